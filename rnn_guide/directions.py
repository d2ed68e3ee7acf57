"""Split bidirectional outputs and states into directions, and merge them again."""

from __future__ import annotations

import operator
import sys
from collections import namedtuple

from rnn_guide import _checks

TYPE_CHECKING = False  # as in the typing module, whose import would double the start-up time
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from torch import Tensor
    from torch.nn.utils.rnn import PackedSequence
    from typing_extensions import TypeIs


def _concat(forward: Tensor, backward: Tensor) -> Tensor:
    from torch import cat  # only here: whoever has tensors has torch

    return cat((forward, backward), -1)


def _mean(forward: Tensor, backward: Tensor) -> Tensor:
    return (forward + backward) / 2


MERGE_MODES = {"concat": _concat, "sum": operator.add, "mean": _mean, "mul": operator.mul}


class Directions(namedtuple("Directions", ("forward", "backward"))):
    """
    The two directions of an output or a state, a named tuple ``(forward, backward)``.

    Attributes:
        forward: What the direction that reads from the first step to the last has computed.
        backward: What the direction that reads from the last step to the first has computed;
            ``None`` for a layer with one direction.

    Example:
        >>> import torch
        >>> from rnn_guide import split_output
        >>> forward, backward = split_output(torch.tensor([[1.0, 2.0, 3.0, 4.0]]))
        >>> backward
        tensor([[3., 4.]])
    """

    __slots__ = ()


def split_output(output: Tensor | PackedSequence, num_directions: int = 2) -> Directions:
    """
    Split the ``output`` of a layer into its directions, on the last axis.

    Args:
        output: Shape ``(L, N, D*H_out)``, ``(N, L, D*H_out)`` or ``(L, D*H_out)``, or a
            ``PackedSequence``. Any other leading axes are kept too, as in ``output[-1]``.
        num_directions: ``D``, 2 or 1. An output of one direction looks like one of two where its
            size is even, so pass 1 for it.

    Returns:
        Two views of shape ``(…, H_out)``, or two packed sequences. No element is copied. With one
        direction, ``output`` itself and ``None``. As after ``torch.chunk``, a view that carries
        gradients cannot be changed in place: change a ``.clone()`` of it.

    Raises:
        ValueError: If the last axis is odd or empty, or ``num_directions`` is neither 1 nor 2.
        TypeError: If ``output`` is not one dense tensor or ``PackedSequence``, such as an array of
            NumPy, or ``num_directions`` is not an ``int``.

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
    if type(num_directions) is not int or num_directions != 2:
        _check_num_directions(num_directions)
    if isinstance(output, tuple) and _is_packed(output):
        forward, backward = split_output(output.data, num_directions)
        if backward is None:
            return Directions(output, None)
        return Directions(_packed_like(output, forward), _packed_like(output, backward))
    shape = _shape("output", output)
    if num_directions == 1:
        return Directions(output, None)
    if not shape or (size := shape[-1]) % 2 or not size:
        raise ValueError(
            "output must have an even last axis, 2*H_out, got shape "
            f"{_checks.shown(tuple(shape))}; was the layer bidirectional? For one direction pass "
            "num_directions=1"
        )
    try:
        return tuple.__new__(Directions, output.chunk(2, -1))  # quicker than Directions()
    except RuntimeError:
        _check_dense("output", output)
        raise


def split_hidden(hidden: Tensor, num_directions: int = 2) -> Directions:
    """
    Split a state of a layer into its directions, on the first axis.

    The rows of a state are ordered by layer first and direction second, so the forward rows are
    0, 2, 4, … and the backward rows 1, 3, 5, …

    Args:
        hidden: Any of ``h_0``, ``h_n``, ``c_0``, ``c_n``: shape ``(D*num_layers, N, H)`` or
            ``(D*num_layers, H)``.
        num_directions: ``D``, 2 or 1.

    Returns:
        Two views of shape ``(num_layers, N, H)`` or ``(num_layers, H)``. No element is copied.
        With one direction, ``hidden`` itself and ``None``. These views can be changed in place.

    Raises:
        ValueError: If ``hidden`` does not have two or three axes, if its first axis is odd or
            empty, or ``num_directions`` is neither 1 nor 2.
        TypeError: If ``hidden`` is not one dense tensor, or ``num_directions`` is not an ``int``.

    References:
        :class:`torch.nn.LSTM`, "Outputs" (PyTorch 2.13), which does not say the order of the
        rows; the tests compare each row with the layer and direction that computed it.

    Example:
        >>> import torch
        >>> from rnn_guide import split_hidden
        >>> lstm = torch.nn.LSTM(3, 4, num_layers=2, bidirectional=True)
        >>> output, (h_n, c_n) = lstm(torch.zeros(7, 5, 3))
        >>> forward, backward = split_hidden(h_n)
        >>> forward.shape, backward.shape
        (torch.Size([2, 5, 4]), torch.Size([2, 5, 4]))
        >>> torch.equal(backward[1], h_n[3])  # layer 1, backward
        True
    """
    if type(num_directions) is not int or num_directions != 2:
        _check_num_directions(num_directions)
    shape = _shape("hidden", hidden)
    if len(shape) not in (2, 3):
        cause = "is it a single row of the state?"
        if len(shape) > 3:
            cause = "is it split already?"
        raise ValueError(
            "hidden must be (D*num_layers, N, H), or (D*num_layers, H) for unbatched input, got "
            f"shape {_checks.shown(tuple(shape))}; {cause}"
        )
    if num_directions == 1:
        return Directions(hidden, None)
    if (size := shape[0]) % 2 or not size:
        raise ValueError(
            "hidden must have an even first axis, 2*num_layers, got shape "
            f"{_checks.shown(tuple(shape))}; was the layer bidirectional, and is the batch on the "
            "second axis? batch_first never applies to a state. For one direction pass "
            "num_directions=1"
        )
    try:
        return Directions(hidden[0::2], hidden[1::2])
    except RuntimeError:
        _check_dense("hidden", hidden)
        raise


def merge_directions(directions: Directions, mode: str = "concat") -> Tensor | PackedSequence:
    """
    Merge two directions into one tensor.

    Args:
        directions: What :func:`split_output` or :func:`split_hidden` returns.
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
        >>> from rnn_guide import merge_directions, split_hidden, split_output
        >>> gru = torch.nn.GRU(3, 4, num_layers=2, bidirectional=True)
        >>> output, h_n = gru(torch.zeros(7, 5, 3))
        >>> torch.equal(merge_directions(split_output(output)), output)
        True
        >>> merge_directions(split_hidden(h_n)).shape  # starts a decoder of 8 features
        torch.Size([2, 5, 8])
    """
    if not isinstance(mode, str) or mode not in MERGE_MODES:
        raise ValueError(
            f'mode must be "concat", "sum", "mean" or "mul", got {_checks.shown(mode)}; '
            "is it misspelt?"
        )
    if not isinstance(directions, Directions):
        raise TypeError(
            f"directions must be a Directions, got {_checks.type_name(directions)}; was the tensor "
            "not split first? For tensors of your own use Directions(forward, backward)"
        )
    forward, backward = directions
    packed = _is_packed(forward)
    if backward is None:
        if not packed:
            _shape("forward", forward)
        only: Tensor | PackedSequence = forward
        return only
    if packed or _is_packed(backward):
        _check_packed_alike(forward, backward)
        data = merge_directions(Directions(forward.data, backward.data), mode)
        return _packed_like(forward, data)
    shapes = tuple(_shape("forward", forward)), tuple(_shape("backward", backward))
    _check_same("have one shape", *shapes)
    _check_same("be on one device", forward.device, backward.device)
    if mode == "concat" and not shapes[0]:
        raise ValueError(
            "forward and backward must have features to join, got shape () of both; was one "
            "number taken out of each?"
        )
    _check_dense("forward", forward)
    _check_dense("backward", backward)
    merged: Tensor = MERGE_MODES[mode](forward, backward)
    return merged


def _packed_like(packed: Any, data: Any) -> PackedSequence:
    """Return a packed sequence with other data and the batch sizes and order of the first."""
    other: PackedSequence = type(packed)(data, *packed[1:])
    return other


def _is_packed(value: object) -> TypeIs[PackedSequence]:
    """Return whether a value is a PackedSequence, without loading torch."""
    fields = ("data", "batch_sizes", "sorted_indices", "unsorted_indices")
    return isinstance(value, tuple) and getattr(value, "_fields", None) == fields


def _check_packed_alike(forward: Any, backward: Any) -> None:
    """Refuse two packed sequences whose steps or sequences are in another order."""
    rule = "be packed alike"
    _check_same(rule, _checks.type_name(forward), _checks.type_name(backward))
    if all(mine is yours for mine, yours in zip(forward[1:], backward[1:], strict=True)):
        return  # the usual case: both are from one split
    (sizes, order), (other_sizes, other_order) = _packing(forward), _packing(backward)
    _check_same(rule, sizes, other_sizes, "batch_sizes ")
    _check_same(rule, order, other_order, "sorted_indices ")


def _packing(packed: Any) -> tuple[list[int], list[int]]:
    """Return the batch sizes and the order of the sequences; without one, they are as they were."""
    try:
        sizes: list[int] = packed.batch_sizes.tolist()
        order = packed.sorted_indices
        return sizes, list(range(sizes[0])) if order is None else order.tolist()
    except Exception:  # it was not made by PyTorch, or is on the device "meta"
        raise ValueError(
            f"forward and backward must be packed alike, got {_checks.shown(packed[1:])}; was it "
            "made by hand, or of tensors without values?"
        ) from None


def _check_same(rule: str, forward: object, backward: object, name: str = "") -> None:
    if forward != backward:
        raise ValueError(
            f"forward and backward must {rule}, got {name}{_checks.shown(forward)} and "
            f"{_checks.shown(backward)}; do they come from the same layer?"
        )


def _check_num_directions(num_directions: object) -> None:
    """Refuse anything but 1 and 2."""
    rule = f"num_directions must be 1 or 2, got {_checks.shown(num_directions)}"
    if isinstance(num_directions, bool):
        raise TypeError(f"{rule}; for a flag write 2 if bidirectional else 1")
    if not isinstance(num_directions, int):
        raise TypeError(f"{rule}; was another argument passed in its place?")
    if num_directions not in (1, 2):
        raise ValueError(f"{rule}; is it num_layers, or D*num_layers?")


def _shape(name: str, tensor: Any) -> Sequence[int]:
    """Return the shape of one tensor; refuse everything else."""
    torch = sys.modules.get("torch")  # loaded wherever there is a tensor
    if torch is None or not isinstance(tensor, torch.Tensor):
        raise TypeError(f"{name} must be one tensor, got {_describe(name, tensor)}")
    try:
        shape: Sequence[int] = tensor.shape
    except RuntimeError:  # a nested tensor, or a parameter of a lazy layer
        _check_dense(name, tensor)
        raise
    return shape


def _check_dense(name: str, tensor: Any) -> None:
    """Refuse a tensor that PyTorch cannot split or merge."""
    torch = sys.modules["torch"]
    lazy = isinstance(tensor, torch.nn.UninitializedParameter)
    if lazy or tensor.is_nested or tensor.is_quantized or tensor.layout is not torch.strided:
        raise TypeError(
            f"{name} must be one dense tensor, got {_checks.shown(tensor)}; is it sparse, nested, "
            "quantized, or a parameter that has no shape yet?"
        )


def _describe(name: str, value: object) -> str:
    """Return what stands in the place of a tensor, and why that may be."""
    if _is_packed(value):
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
