"""Split bidirectional outputs and states into directions, and merge them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, get_args, overload

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from rnn_guide import _checks

MergeMode = Literal["concat", "sum", "mean", "mul"]
MERGE_MODES = get_args(MergeMode)
Part = TypeVar("Part", Tensor, PackedSequence)

if TYPE_CHECKING:
    from typing import Generic

    from typing_extensions import TypeVar as TypeVarWithDefault

    Forward = TypeVar("Forward", covariant=True)
    Backward = TypeVarWithDefault("Backward", covariant=True, default=Forward)

    class Directions(NamedTuple, Generic[Forward, Backward]):
        """The two directions of an output or a state, a named tuple ``(forward, backward)``."""

        forward: Forward
        backward: Backward

else:  # no second base: to PyTorch a named tuple is a class whose only base is tuple

    class Directions(NamedTuple):
        """
        The two directions of an output or a state, a named tuple ``(forward, backward)``.

        Attributes:
            forward: What the direction that reads from the first step to the last has computed.
            backward: What the direction that reads from the last step to the first has computed;
                ``None`` for a layer with one direction.

        Example:
            >>> import torch
            >>> from rnn_guide import split_output
            >>> output = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
            >>> forward, backward = split_output(output)
            >>> backward
            tensor([[3., 4.]])
        """

        forward: Tensor | PackedSequence
        backward: Tensor | PackedSequence | None


@overload
def split_output(
    output: Part, *, bidirectional: Literal[True] = True
) -> Directions[Part, Part]: ...
@overload
def split_output(output: Part, *, bidirectional: Literal[False]) -> Directions[Part, None]: ...
@overload
def split_output(output: Part, *, bidirectional: bool) -> Directions[Part, Part | None]: ...


def split_output(output: Any, *, bidirectional: bool = True) -> Directions[Any, Any]:
    """
    Split the ``output`` of a layer into its directions, on the last axis.

    Args:
        output: Shape ``(L, N, D*H_out)``, ``(N, L, D*H_out)`` or ``(L, D*H_out)``, or a
            ``PackedSequence``. Any other leading axes are kept too, as in ``output[-1]``.
        bidirectional: As in the layer. An output of one direction looks like one of two where its
            size is even, so pass ``layer.bidirectional`` where it may be either.

    Returns:
        Two views of shape ``(…, H_out)``, or two packed sequences. No element is copied. With one
        direction, ``output`` itself and ``None``. As after ``torch.chunk``, a view that carries
        gradients cannot be changed in place: change a ``.clone()`` of it.

    Raises:
        ValueError: If the last axis is odd or empty.
        TypeError: If ``output`` is not one dense tensor or ``PackedSequence``, such as an array of
            NumPy, or ``bidirectional`` is not a ``bool``.

    References:
        :class:`torch.nn.LSTM`, "Outputs" (PyTorch 2.13). The recipe there divides the last axis
        into ``hidden_size``; once ``proj_size`` is set, that size is ``proj_size``.

    Example:
        >>> import torch
        >>> from rnn_guide import split_output
        >>> gru = torch.nn.GRU(3, 4, bidirectional=True)
        >>> output, h_n = gru(torch.zeros(7, 5, 3))
        >>> forward, backward = split_output(output)
        >>> forward.shape, backward.shape
        (torch.Size([7, 5, 4]), torch.Size([7, 5, 4]))
    """
    _checks.flag("bidirectional", bidirectional)
    if not isinstance(output, PackedSequence):
        forward, backward = _halves(output, bidirectional)
        return Directions(forward, backward)
    forward, backward = _halves(output.data, bidirectional)
    if backward is None:
        return Directions(output, None)
    return Directions(output._replace(data=forward), output._replace(data=backward))


@overload
def split_state(state: Tensor, *, bidirectional: Literal[True] = True) -> Directions[Tensor]: ...
@overload
def split_state(state: Tensor, *, bidirectional: Literal[False]) -> Directions[Tensor, None]: ...
@overload
def split_state(state: Tensor, *, bidirectional: bool) -> Directions[Tensor, Tensor | None]: ...


def split_state(state: Tensor, *, bidirectional: bool = True) -> Directions[Any, Any]:
    """
    Split a state of a layer into its directions, on the first axis.

    The rows of a state are ordered by layer first and direction second, so the forward rows are
    0, 2, 4, … and the backward rows 1, 3, 5, …

    Args:
        state: Any of ``h_0``, ``h_n``, ``c_0``, ``c_n``: shape ``(D*num_layers, N, H)`` or
            ``(D*num_layers, H)``.
        bidirectional: As in the layer.

    Returns:
        Two views of shape ``(num_layers, N, H)`` or ``(num_layers, H)``. No element is copied.
        With one direction, ``state`` itself and ``None``. These views can be changed in place.
        With two layers or more they are not contiguous: a layer on a GPU takes one as its state
        only after ``.contiguous()``.

    Raises:
        ValueError: If ``state`` does not have two or three axes, or its first axis is odd or
            empty.
        TypeError: If ``state`` is not one dense tensor, or ``bidirectional`` is not a ``bool``.

    References:
        :class:`torch.nn.LSTM`, "Outputs" (PyTorch 2.13), which does not say the order of the
        rows; the tests compare each row with the layer and direction that computed it.

    Example:
        >>> import torch
        >>> from rnn_guide import split_state
        >>> lstm = torch.nn.LSTM(3, 4, num_layers=2, bidirectional=True)
        >>> output, (h_n, c_n) = lstm(torch.zeros(7, 5, 3))
        >>> forward, backward = split_state(h_n)
        >>> forward.shape, backward.shape
        (torch.Size([2, 5, 4]), torch.Size([2, 5, 4]))
        >>> torch.equal(backward[1], h_n[3])  # layer 1, backward
        True
    """
    _checks.flag("bidirectional", bidirectional)
    shape = _shape("state", state)
    if len(shape) not in (2, 3):
        cause = "is it a single row of the state?"
        if len(shape) > 3:
            cause = "is it split already?"
        raise ValueError(
            "state must be (D*num_layers, N, H), or (D*num_layers, H) for unbatched input, got "
            f"shape {_checks.format_value(tuple(shape))}; {cause}"
        )
    if not bidirectional:
        return Directions(state, None)
    if shape[0] == 0 or shape[0] % 2:
        raise ValueError(
            "state must have an even first axis, 2*num_layers, got shape "
            f"{_checks.format_value(tuple(shape))}; was the layer bidirectional, and is the batch "
            "on the second axis? batch_first never applies to a state. For one direction pass "
            "bidirectional=False"
        )
    try:
        return Directions(state[0::2], state[1::2])
    except RuntimeError:
        _check_dense("state", state)
        raise


@overload
def merge_directions(directions: Directions[Part, None], mode: MergeMode = "concat") -> Part: ...
@overload
def merge_directions(
    directions: Directions[Part, Part | None], mode: MergeMode = "concat"
) -> Part: ...


def merge_directions(directions: Directions[Any, Any], mode: MergeMode = "concat") -> Any:
    """
    Merge two directions into one tensor, on the last axis.

    ``merge_directions(split_output(output))`` is ``output`` again. It is no such undo for a state,
    whose directions are rows: ``torch.stack(split_state(h_n), 1).flatten(0, 1)`` is ``h_n`` again.

    Args:
        directions: What :func:`split_output` or :func:`split_state` returns.
        mode: ``"concat"`` joins the features, forward first; ``"sum"``, ``"mean"`` and ``"mul"``
            combine them element by element.

    Returns:
        Shape ``(…, 2*H)`` for ``"concat"``, else ``(…, H)``; a ``PackedSequence`` for two of them.
        Where there is one direction only, that direction itself, in every mode.

    Raises:
        ValueError: If ``mode`` is none of the four, or the directions do not have one shape and one
            device, or are not packed alike.
        TypeError: If ``directions`` is not a :class:`Directions` of dense tensors or of packed
            sequences.

    References:
        :class:`torch.nn.GRU`, "Outputs" (PyTorch 2.13), for ``"concat"``; the other modes are
        those of the ``Bidirectional`` wrapper in Keras, where ``"mean"`` is named ``"ave"``.

    Example:
        >>> import torch
        >>> from rnn_guide import (
        ...     merge_directions,
        ...     split_output,
        ...     split_state,
        ... )
        >>> gru = torch.nn.GRU(3, 4, num_layers=2, bidirectional=True)
        >>> output, h_n = gru(torch.randn(7, 5, 3))
        >>> torch.equal(merge_directions(split_output(output)), output)
        True
        >>> # starts a decoder of 8 features
        >>> merge_directions(split_state(h_n)).shape
        torch.Size([2, 5, 8])
        >>> rows = torch.stack(split_state(h_n), dim=1)
        >>> torch.equal(rows.flatten(0, 1), h_n)
        True
    """
    if not isinstance(mode, str) or mode not in MERGE_MODES:
        raise ValueError(
            'mode must be "concat", "sum", "mean" or "mul", got '
            f"{_checks.format_value(mode)}; is it misspelt?"
        )
    if not isinstance(directions, Directions):
        raise TypeError(
            f"directions must be a Directions, got {_checks.type_name(directions)}; was the tensor "
            "not split first? For tensors of your own use Directions(forward, backward)"
        )
    forward, backward = directions
    packed = isinstance(forward, PackedSequence)
    if backward is None:
        if not packed:
            _shape("forward", forward)
        return forward
    if not packed and not isinstance(backward, PackedSequence):
        return _merge(forward, backward, mode)
    _check_packed_alike(forward, backward)
    return forward._replace(data=_merge(forward.data, backward.data, mode))


def _halves(output: Tensor, bidirectional: bool) -> tuple[Tensor, Tensor | None]:
    """Return the two halves of the last axis; of one direction, the tensor and None."""
    shape = _shape("output", output)
    if not bidirectional:
        return output, None
    if not shape or shape[-1] == 0 or shape[-1] % 2:
        raise ValueError(
            "output must have an even last axis, 2*H_out, got shape "
            f"{_checks.format_value(tuple(shape))}; was the layer bidirectional? For one direction "
            "pass bidirectional=False"
        )
    try:
        forward, backward = output.chunk(2, -1)
    except RuntimeError:
        _check_dense("output", output)
        raise
    return forward, backward


def _merge(forward: Tensor, backward: Tensor, mode: MergeMode) -> Tensor:
    """Return one tensor for two of one shape."""
    shapes = tuple(_shape("forward", forward)), tuple(_shape("backward", backward))
    _check_same("have one shape", *shapes)
    _check_same("be on one device", forward.device, backward.device)
    _check_dense("forward", forward)
    _check_dense("backward", backward)
    if mode == "sum":
        return forward + backward
    if mode == "mean":
        return (forward + backward) / 2
    if mode == "mul":
        return forward * backward
    if shapes[0] == ():
        raise ValueError(
            "forward and backward must have features to join, got shape () of both; was one "
            "number taken out of each?"
        )
    return torch.cat((forward, backward), dim=-1)


def _check_packed_alike(forward: Any, backward: Any) -> None:
    """Refuse two packed sequences whose steps or sequences are in another order."""
    rule = "be packed alike"
    _check_same(rule, _checks.type_name(forward), _checks.type_name(backward))
    if all(a is b for a, b in zip(forward[1:], backward[1:], strict=True)):
        return  # the usual case: both are from one split
    (sizes, order), (other_sizes, other_order) = _packing(forward), _packing(backward)
    _check_same(rule, sizes, other_sizes, "batch_sizes ")
    _check_same(rule, order, other_order, "sorted_indices ")


def _packing(packed: PackedSequence) -> tuple[list[int], list[int]]:
    """Return the batch sizes and the order of the sequences; without one, they are as they were."""
    try:
        sizes: list[int] = packed.batch_sizes.tolist()
        order = packed.sorted_indices
        return sizes, list(range(sizes[0])) if order is None else order.tolist()
    except Exception:  # it was not made by PyTorch, or is on the device "meta"
        raise ValueError(
            f"forward and backward must be packed alike, got {_checks.format_value(packed[1:])}; "
            "was it made by hand, or of tensors without values?"
        ) from None


def _check_same(rule: str, forward: object, backward: object, name: str = "") -> None:
    if forward != backward:
        raise ValueError(
            f"forward and backward must {rule}, got {name}{_checks.format_value(forward)} and "
            f"{_checks.format_value(backward)}; do they come from the same layer?"
        )


def _shape(name: str, tensor: Any) -> torch.Size:
    """Return the shape of one tensor; refuse everything else."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{name} must be one tensor, got {_describe(name, tensor)}")
    try:
        return tensor.shape
    except RuntimeError:  # a nested tensor, or a parameter of a lazy layer
        _check_dense(name, tensor)
        raise


def is_dense(tensor: Tensor) -> bool:
    """Return whether a tensor has a shape, and one number for each place in it."""
    if isinstance(tensor, torch.nn.UninitializedParameter):
        return False
    return tensor.layout is torch.strided and not (tensor.is_nested or tensor.is_quantized)


def _check_dense(name: str, tensor: Tensor) -> None:
    """Refuse a tensor that PyTorch cannot split or merge."""
    if not is_dense(tensor):
        raise TypeError(
            f"{name} must be one dense tensor, got {_checks.format_value(tensor)}; is it sparse, "
            "nested, quantized, or a parameter that has no shape yet?"
        )


def _describe(name: str, value: object) -> str:
    """Return what stands in the place of a tensor, and why that may be."""
    if isinstance(value, PackedSequence):
        return "a PackedSequence; is it the output of the layer? Then use split_output"
    if isinstance(value, Directions):
        return "Directions; is it split already?"
    if not isinstance(value, (tuple, list)):
        cause = "is it part of what the layer returned?"
        if hasattr(type(value), "__array__"):
            cause = f"did you mean torch.as_tensor({name})?"
        return f"{_checks.type_name(value)}; {cause}"
    if len(value) == 2 and isinstance(value[1], (tuple, list)):
        return (
            "a pair inside a pair; is it the whole return value of an LSTM? Then unpack it first: "
            "output, (h_n, c_n) = lstm(x)"
        )
    if len(value) == 2:
        return (
            "a pair; is it (h_n, c_n) of an LSTM? Then split each on its own. Is it the whole "
            "return value of a layer? Then unpack it first: output, h_n = gru(x)"
        )
    return f"a {_checks.type_name(value)} of {len(value)}; stack or index it first"
