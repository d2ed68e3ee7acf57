"""The shape of every tensor and parameter of a layer, in numbers."""

from __future__ import annotations

import math
from collections import namedtuple
from operator import attrgetter

from rnn_guide import _checks
from rnn_guide.rules import DIRECTIONS, symbolic_parameter_shapes, symbolic_shapes

TYPE_CHECKING = False  # as in the typing module, whose import would double the start-up time
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from torch.nn import RNNBase

#: The symbols whose sizes the layer itself decides.
SYMBOLS_OF_LAYER = ("D", "H_in", "H_cell", "H_out", "num_layers")

#: Reads all that a layer says of itself.
ATTRIBUTES = attrgetter(
    *("mode", "input_size", "hidden_size", "num_layers"),
    *("batch_first", "bidirectional", "proj_size"),
)

#: What layers call their kind.
MODES = ("RNN_TANH", "RNN_RELU", "GRU", "LSTM")

#: The rules of :func:`_rule` that were asked for; there are twelve at most.
_RULES: dict[tuple[str, str, bool], Callable[..., Iterable[Any]]] = {}


class Shapes(namedtuple("Shapes", "input output h_0 h_n c_0 c_n", defaults=(None, None))):
    """
    The shape of every tensor that a layer takes and returns, frozen.

    Attributes:
        input: Shape of the input.
        output: Shape of ``output``, the first value that the layer returns.
        h_0: Shape of the initial hidden state, which the layer takes.
        h_n: Shape of the final hidden state, which the layer returns.
        c_0: Shape of the initial cell state of an LSTM, else ``None``.
        c_n: Shape of the final cell state of an LSTM, else ``None``.

    Example:
        >>> from rnn_guide import rnn_shapes
        >>> shapes = rnn_shapes(9, 4, seq_len=3, batch_size=5)
        >>> shapes.output
        (3, 5, 4)
        >>> shapes
        Shapes(input=(3, 5, 9), output=(3, 5, 4), h_0=(1, 5, 4), h_n=(1, 5, 4), c_0=None, c_n=None)
    """

    __slots__ = ()

    input: tuple[int, ...]
    output: tuple[int, ...]
    h_0: tuple[int, ...]
    h_n: tuple[int, ...]
    c_0: tuple[int, ...] | None
    c_n: tuple[int, ...] | None


def rnn_shapes(
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    *,
    seq_len: int,
    batch_size: int | None = None,
    batch_first: bool = False,
    bidirectional: bool = False,
) -> Shapes:
    """
    Return the shapes of every tensor of an ``nn.RNN``.

    Args:
        input_size: Features of one input step, 1 or more.
        hidden_size: Features of the hidden state, 1 or more.
        num_layers: Stacked layers, 1 or more.
        seq_len: Time steps of the input, 1 or more.
        batch_size: Sequences in the batch, 0 or more. ``None`` means unbatched input: two axes
            in, two out.
        batch_first: Whether input and output put the batch first. States never do.
        bidirectional: Whether a second direction reads the sequence backward.

    Returns:
        The shapes; ``c_0`` and ``c_n`` are ``None``.

    Raises:
        ValueError: If a size is too small, or above 2**63 - 1.
        TypeError: If a size is not an integer, or a flag is not a ``bool``. PyTorch takes ``True``
            for a size and any object for ``bidirectional``; both hide mistakes and are refused.

    References:
        :class:`torch.nn.RNN`, "Inputs" and "Outputs" (PyTorch 2.13).

    Example:
        >>> from rnn_guide import rnn_shapes
        >>> shapes = rnn_shapes(3, 5, 2, seq_len=7, batch_size=4, bidirectional=True)
        >>> shapes.output, shapes.h_n
        ((7, 4, 10), (4, 4, 5))
        >>> rnn_shapes(3, 5, 2, seq_len=7, bidirectional=True).output  # unbatched
        (7, 10)
    """
    return _shapes(
        "RNN", input_size, hidden_size, num_layers, seq_len, batch_size, batch_first, bidirectional
    )


def gru_shapes(
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    *,
    seq_len: int,
    batch_size: int | None = None,
    batch_first: bool = False,
    bidirectional: bool = False,
) -> Shapes:
    """
    Return the shapes of every tensor of an ``nn.GRU``.

    They are those of an ``nn.RNN``: the gates change the parameters, not the tensors.

    Args:
        input_size: Features of one input step, 1 or more.
        hidden_size: Features of the hidden state, 1 or more.
        num_layers: Stacked layers, 1 or more.
        seq_len: Time steps of the input, 1 or more.
        batch_size: Sequences in the batch, 0 or more. ``None`` means unbatched input: two axes
            in, two out.
        batch_first: Whether input and output put the batch first. States never do.
        bidirectional: Whether a second direction reads the sequence backward.

    Returns:
        The shapes; ``c_0`` and ``c_n`` are ``None``.

    Raises:
        ValueError: If a size is too small, or above 2**63 - 1.
        TypeError: If a size is not an integer, or a flag is not a ``bool``. PyTorch takes ``True``
            for a size and any object for ``bidirectional``; both hide mistakes and are refused.

    References:
        :class:`torch.nn.GRU`, "Inputs" and "Outputs" (PyTorch 2.13).

    Example:
        >>> from rnn_guide import gru_shapes
        >>> shapes = gru_shapes(3, 5, seq_len=7, batch_size=4, batch_first=True)
        >>> shapes.output, shapes.h_n
        ((4, 7, 5), (1, 4, 5))
    """
    return _shapes(
        "GRU", input_size, hidden_size, num_layers, seq_len, batch_size, batch_first, bidirectional
    )


def lstm_shapes(
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    *,
    seq_len: int,
    batch_size: int | None = None,
    batch_first: bool = False,
    bidirectional: bool = False,
    proj_size: int = 0,
) -> Shapes:
    """
    Return the shapes of every tensor of an ``nn.LSTM``.

    Args:
        input_size: Features of one input step, 1 or more.
        hidden_size: Features of the cell state, 1 or more.
        num_layers: Stacked layers, 1 or more.
        seq_len: Time steps of the input, 1 or more.
        batch_size: Sequences in the batch, 0 or more. ``None`` means unbatched input: two axes
            in, two out.
        batch_first: Whether input and output put the batch first. States never do.
        bidirectional: Whether a second direction reads the sequence backward.
        proj_size: Features of the projected hidden state, below ``hidden_size``; 0 for none.
            It changes ``output``, ``h_0`` and ``h_n``, never ``c_0`` and ``c_n``.

    Returns:
        The shapes, with those of the cell state.

    Raises:
        ValueError: If a size is too small or above 2**63 - 1, or ``proj_size`` is not below
            ``hidden_size``.
        TypeError: If a size is not an integer, or a flag is not a ``bool``. PyTorch takes ``True``
            for a size and any object for ``bidirectional``; both hide mistakes and are refused.

    References:
        :class:`torch.nn.LSTM`, "Inputs" and "Outputs" (PyTorch 2.13).

    Example:
        >>> from rnn_guide import lstm_shapes
        >>> shapes = lstm_shapes(3, 5, seq_len=7, batch_size=4, proj_size=2)
        >>> shapes.output, shapes.h_n, shapes.c_n
        ((7, 4, 2), (1, 4, 2), (1, 4, 5))
    """
    return _shapes(
        "LSTM",
        input_size,
        hidden_size,
        num_layers,
        seq_len,
        batch_size,
        batch_first,
        bidirectional,
        proj_size,
    )


def shapes_of(module: RNNBase, input_shape: tuple[int, ...] | list[int]) -> Shapes:
    """
    Return the shapes of every tensor of a layer that exists, for an input of one shape.

    Args:
        module: An ``nn.RNN``, ``nn.GRU`` or ``nn.LSTM``, on any device. It is not run.
        input_shape: ``x.shape`` of the input ``x``, or a tuple or list like it: ``(L, N, H_in)``,
            ``(N, L, H_in)`` for a layer with ``batch_first=True``, or ``(L, H_in)`` for unbatched
            input.

    Returns:
        The shapes; ``c_0`` and ``c_n`` are ``None`` unless the layer is an LSTM.

    Raises:
        ValueError: If ``input_shape`` does not have two or three axes, if its last axis is not
            ``module.input_size``, or if the sequence is empty.
        TypeError: If ``module`` is not such a layer, or was made with a value that it cannot run
            with, such as ``bidirectional=1``, or if ``input_shape`` is neither a tuple nor a list
            of integers.

    References:
        :class:`torch.nn.LSTM`, "Inputs" and "Outputs" (PyTorch 2.13).

    Example:
        >>> import torch
        >>> from rnn_guide import shapes_of
        >>> gru = torch.nn.GRU(3, 5, num_layers=2, batch_first=True)
        >>> x = torch.zeros(4, 7, 3)
        >>> shapes_of(gru, x.shape).h_n
        (2, 4, 5)
    """
    mode, input_size, hidden_size, num_layers, batch_first, *options = _attributes(module)
    _checks.flag("batch_first", batch_first)
    axes = _input_axes(input_shape, input_size, batch_first)
    batch_size = None
    if len(axes) == 3:
        batch_size = _checks.size("batch_size", axes.pop(0 if batch_first else 1))
    kind, seq_len = mode.partition("_")[0], axes[0]
    return _shapes(
        kind, input_size, hidden_size, num_layers, seq_len, batch_size, batch_first, *options
    )


def parameter_shapes(
    kind: str,
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    *,
    bias: bool = True,
    bidirectional: bool = False,
    proj_size: int = 0,
) -> dict[str, tuple[int, ...]]:
    """
    Return the name and shape of every parameter, in the order of ``module.named_parameters()``.

    Args:
        kind: ``"RNN"``, ``"GRU"`` or ``"LSTM"``.
        input_size: Features of one input step, 1 or more.
        hidden_size: Features of the cell, 1 or more.
        num_layers: Stacked layers, from 1 to 10,000: every parameter is listed.
        bias: Whether the layer has ``bias_ih`` and ``bias_hh``.
        bidirectional: Whether a second direction reads the sequence backward.
        proj_size: Features of the projected hidden state, below ``hidden_size``; 0 for none.
            Only an LSTM has one.

    Returns:
        Shapes by name, as in ``{"weight_ih_l0": (20, 3), …}``.

    Raises:
        ValueError: If ``kind`` is none of the three, a size is too small or too large,
            ``proj_size`` is not below ``hidden_size``, or it is set for another kind than LSTM.
        TypeError: If a size is not an integer, or a flag is not a ``bool``. PyTorch takes ``True``
            for a size and any object for ``bidirectional``; both hide mistakes and are refused.

    References:
        :class:`torch.nn.LSTM`, "Variables" (PyTorch 2.13).

    Example:
        >>> from rnn_guide import parameter_shapes
        >>> for name, shape in parameter_shapes("LSTM", 3, 5, proj_size=2).items():
        ...     print(name, shape)
        weight_ih_l0 (20, 3)
        weight_hh_l0 (20, 2)
        bias_ih_l0 (20,)
        bias_hh_l0 (20,)
        weight_hr_l0 (2, 5)
    """
    _checks.kind(kind)
    checked = _sizes(kind, input_size, hidden_size, num_layers, bidirectional, proj_size)
    sizes = dict(zip(SYMBOLS_OF_LAYER, checked, strict=True))
    symbolic = symbolic_parameter_shapes(
        kind,
        sizes["num_layers"],
        bias=bias,
        bidirectional=bidirectional,
        projected=sizes["H_out"] < sizes["H_cell"],
    )
    return {name: _evaluate(axes, sizes) for name, axes in symbolic.items()}


def _shapes(
    kind: str,
    input_size: int,
    hidden_size: int,
    num_layers: int,
    seq_len: int,
    batch_size: int | None,
    batch_first: bool,
    bidirectional: bool,
    proj_size: int = 0,
) -> Shapes:
    sizes = _sizes(kind, input_size, hidden_size, num_layers, bidirectional, proj_size)
    seq_len = _checks.size("seq_len", seq_len)
    layout = "unbatched"
    if batch_size is not None:
        batch_size = _checks.size("batch_size", batch_size)
        layout = "batched"
    _checks.flag("batch_first", batch_first)
    return Shapes._make(_rule(kind, layout, batch_first)(seq_len, batch_size, *sizes))


def _rule(kind: str, layout: str, batch_first: bool) -> Callable[..., Iterable[Any]]:
    """Return a function of all symbols, which gives the fields of a Shapes; made once."""
    key = kind, layout, batch_first
    if key not in _RULES:
        symbolic = symbolic_shapes(kind, layout=layout, batch_first=batch_first)
        fields = (", ".join(symbolic.get(field, ())) for field in Shapes._fields)
        shapes = ", ".join(f"({axes})" if axes else "None" for axes in fields)
        # Compiled, for it is the quickest way to evaluate a rule; its text is from rules.py alone.
        _RULES[key] = eval(f"lambda L, N, {', '.join(SYMBOLS_OF_LAYER)}: ({shapes})")
    return _RULES[key]


def _sizes(
    kind: str,
    input_size: int,
    hidden_size: int,
    num_layers: int,
    bidirectional: bool,
    proj_size: int,
) -> tuple[int, ...]:
    """Return the checked sizes of SYMBOLS_OF_LAYER."""
    input_size = _checks.size("input_size", input_size, plain_int=True)
    hidden_size = _checks.size("hidden_size", hidden_size, plain_int=True)
    num_layers = _checks.size("num_layers", num_layers)
    _checks.flag("bidirectional", bidirectional)
    proj_size = _checks.projection(proj_size, hidden_size, kind)
    directions = len(DIRECTIONS[bidirectional])
    return directions, input_size, hidden_size, proj_size or hidden_size, num_layers


def _evaluate(axes: tuple[str, ...], sizes: dict[str, int]) -> tuple[int, ...]:
    """Return the numbers of symbolic axes: ``("D*H_out",)`` is ``(10,)`` for D=2 and H_out=5."""
    return tuple(
        math.prod(sizes[factor] if factor in sizes else int(factor) for factor in axis.split("*"))
        for axis in axes
    )


def _attributes(module: object) -> tuple[Any, ...]:
    """Return all that a layer says of itself; so torch need not be imported."""
    try:
        attributes: tuple[Any, ...] = ATTRIBUTES(module)
        if isinstance(attributes[0], str) and attributes[0] in MODES:
            return attributes
    except Exception:  # an attribute is missing, or cannot be read or compared
        pass
    name = _checks.type_name(module)
    cause = "is it a model that contains the layer? Then pass the layer itself"
    if isinstance(module, type):
        name = f"the class {_checks.one_line(module.__name__)}"
        cause = "was the layer never constructed?"
    elif name.endswith("Cell"):
        cause = "a cell computes one step and takes no sequence: did you mean "
        cause += f"nn.{name.removesuffix('Cell')}?"
    raise TypeError(f"module must be an nn.RNN, nn.GRU or nn.LSTM, got {name}; {cause}")


def _input_axes(input_shape: object, input_size: Any, batch_first: bool) -> list[Any]:
    """Return the axes of the input as a list, checked against the layer."""
    rule = "input_shape must be (L, N, H_in), or (L, H_in) for unbatched input"
    if batch_first:
        rule = rule.replace("L, N", "N, L")
    if not isinstance(input_shape, (tuple, list)):
        got = _checks.shown(input_shape)
        if hasattr(type(input_shape), "shape"):
            got = _checks.type_name(input_shape)
        raise TypeError(f"{rule}, got {got}; did you mean x.shape?")
    axes = list(input_shape)
    if len(axes) not in (2, 3):
        cause = "does the input miss its feature axis?"
        if len(axes) > 3:
            cause = "are there axes left to flatten into features, such as those of an image?"
        raise ValueError(f"{rule}, got {_checks.shown(tuple(axes))} with {len(axes)} axes; {cause}")
    features = _checks.size("the last axis of input_shape", axes[-1])
    if features != _checks.size("input_size", input_size, plain_int=True):
        raise ValueError(
            f"the last axis of input_shape must be input_size={input_size}, got "
            f"{_checks.shown(tuple(axes))}; are the axes in another order, or does the layer "
            "before give another size?"
        )
    return axes
