"""The shape of every tensor and parameter of a layer, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from rnn_guide import _checks, _rules
from rnn_guide._rules import Kind, PlainSizes, Sizes

if TYPE_CHECKING:
    from torch.nn import RNNBase

#: The kind of a layer by its attribute ``mode``.
KIND_OF_MODE: dict[str, Kind] = {
    "RNN_TANH": "RNN",
    "RNN_RELU": "RNN",
    "GRU": "GRU",
    "LSTM": "LSTM",
}


class Shapes(NamedTuple):
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

    input: tuple[int, ...]
    output: tuple[int, ...]
    h_0: tuple[int, ...]
    h_n: tuple[int, ...]
    c_0: tuple[int, ...] | None = None
    c_n: tuple[int, ...] | None = None


def rnn_shapes(
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    *,
    seq_len: int,
    batch_size: int | None,
    batch_first: bool = False,
    bidirectional: bool = False,
) -> Shapes:
    """
    Return the shapes of every tensor of an ``nn.RNN``.

    It takes and refuses what :func:`lstm_shapes` does, but has no ``proj_size``; ``c_0`` and
    ``c_n`` are ``None``.

    References:
        :class:`torch.nn.RNN`, "Inputs" and "Outputs" (PyTorch 2.13).

    Example:
        >>> from rnn_guide import rnn_shapes
        >>> options = {"num_layers": 2, "bidirectional": True}
        >>> sizes = {"seq_len": 7, "batch_size": 4}
        >>> shapes = rnn_shapes(3, 5, **options, **sizes)
        >>> shapes.output, shapes.h_n
        ((7, 4, 10), (4, 4, 5))
        >>> unbatched = {"seq_len": 7, "batch_size": None}
        >>> rnn_shapes(3, 5, **options, **unbatched).output
        (7, 10)
    """
    sizes = layer_sizes("RNN", input_size, hidden_size, num_layers, bidirectional)
    return shapes_for_input("RNN", sizes, seq_len, batch_size, batch_first)


def gru_shapes(
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    *,
    seq_len: int,
    batch_size: int | None,
    batch_first: bool = False,
    bidirectional: bool = False,
) -> Shapes:
    """
    Return the shapes of every tensor of an ``nn.GRU``.

    They are those of an ``nn.RNN``: the gates change the parameters, not the tensors. It takes and
    refuses what :func:`lstm_shapes` does, but has no ``proj_size``.

    References:
        :class:`torch.nn.GRU`, "Inputs" and "Outputs" (PyTorch 2.13).

    Example:
        >>> from rnn_guide import gru_shapes
        >>> sizes = {"seq_len": 7, "batch_size": 4}
        >>> shapes = gru_shapes(3, 5, batch_first=True, **sizes)
        >>> shapes.output, shapes.h_n
        ((4, 7, 5), (1, 4, 5))
    """
    sizes = layer_sizes("GRU", input_size, hidden_size, num_layers, bidirectional)
    return shapes_for_input("GRU", sizes, seq_len, batch_size, batch_first)


def lstm_shapes(
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    *,
    seq_len: int,
    batch_size: int | None,
    batch_first: bool = False,
    bidirectional: bool = False,
    proj_size: int = 0,
) -> Shapes:
    """
    Return the shapes of every tensor of an ``nn.LSTM``.

    Args:
        input_size: Features of one input step, 1 or more.
        hidden_size: Features of the cell, 1 or more.
        num_layers: Stacked layers, 1 or more.
        seq_len: Time steps of the input, 1 or more.
        batch_size: Sequences in the batch, 0 or more; ``None`` for unbatched input, which has no
            batch axis.
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
        >>> sizes = {"seq_len": 7, "batch_size": 4}
        >>> shapes = lstm_shapes(3, 5, proj_size=2, **sizes)
        >>> shapes.output, shapes.h_n, shapes.c_n
        ((7, 4, 2), (1, 4, 2), (1, 4, 5))
        >>> # unbatched
        >>> lstm_shapes(3, 5, seq_len=7, batch_size=None).output
        (7, 5)
    """
    sizes = layer_sizes("LSTM", input_size, hidden_size, num_layers, bidirectional, proj_size)
    return shapes_for_input("LSTM", sizes, seq_len, batch_size, batch_first)


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
    kind, arguments, batch_first = _layer(module)
    _checks.flag("batch_first", batch_first)
    input_size = _checks.size("input_size", arguments[0], plain_int=True)
    axes = _input_axes(input_shape, input_size, batch_first)
    batch_size = None
    if len(axes) == 3:
        batch_size = _checks.size("batch_size", axes.pop(0 if batch_first else 1))
    return shapes_for_input(kind, layer_sizes(kind, *arguments), axes[0], batch_size, batch_first)


def parameter_shapes(
    kind: Kind,
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
        >>> shapes = parameter_shapes("LSTM", 3, 5, proj_size=2)
        >>> for name, shape in shapes.items():
        ...     print(name, shape)
        weight_ih_l0 (20, 3)
        weight_hh_l0 (20, 2)
        bias_ih_l0 (20,)
        bias_hh_l0 (20,)
        weight_hr_l0 (2, 5)
    """
    _checks.kind(kind)
    options = bidirectional, proj_size
    sizes = Sizes(*layer_sizes(kind, input_size, hidden_size, num_layers, *options))
    _checks.at_most("num_layers", sizes.num_layers, _checks.MAX_LISTED_LAYERS)
    _checks.flag("bias", bias)
    projected = sizes.H_out < sizes.H_cell
    return _rules.parameters(
        kind, sizes, bias=bias, bidirectional=bidirectional, projected=projected
    )


def layer_sizes(
    kind: Kind,
    input_size: Any,
    hidden_size: Any,
    num_layers: Any,
    bidirectional: Any,
    proj_size: Any = 0,
) -> PlainSizes:
    """Return the sizes of a layer, checked."""
    input_size = _checks.size("input_size", input_size, plain_int=True)
    hidden_size = _checks.size("hidden_size", hidden_size, plain_int=True)
    num_layers = _checks.size("num_layers", num_layers)
    _checks.flag("bidirectional", bidirectional)
    proj_size = _checks.projection(proj_size, hidden_size, kind)
    directions = 2 if bidirectional else 1
    return directions, input_size, hidden_size, proj_size or hidden_size, num_layers


def shapes_for_input(
    kind: Kind, sizes: PlainSizes, seq_len: Any, batch_size: Any, batch_first: Any
) -> Shapes:
    """Return the shapes for one input, whose sizes are checked here."""
    seq_len = _checks.size("seq_len", seq_len)
    _checks.flag("batch_first", batch_first)
    if batch_size is None:
        return Shapes(*_rules.tensors(kind, "unbatched", batch_first, sizes, seq_len, None))
    batch_size = _checks.size("batch_size", batch_size)
    return Shapes(*_rules.tensors(kind, "batched", batch_first, sizes, seq_len, batch_size))


def _layer(module: Any) -> tuple[Kind, tuple[Any, ...], Any]:
    """Return kind, arguments and ``batch_first`` as a layer tells them; torch is not needed."""
    try:
        if isinstance(module.mode, str) and module.mode in KIND_OF_MODE:
            sizes = module.input_size, module.hidden_size, module.num_layers
            arguments = *sizes, module.bidirectional, module.proj_size
            return KIND_OF_MODE[module.mode], arguments, module.batch_first
    except Exception:  # an attribute is missing, or cannot be read
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


def _input_axes(input_shape: object, input_size: int, batch_first: bool) -> list[Any]:
    """Return the axes of the input as a list, checked against the layer."""
    batched = "(N, L, H_in)" if batch_first else "(L, N, H_in)"
    rule = f"input_shape must be {batched}, or (L, H_in) for unbatched input"
    if not isinstance(input_shape, (tuple, list)):
        got = _checks.format_value(input_shape)
        if hasattr(type(input_shape), "shape"):
            got = _checks.type_name(input_shape)
        raise TypeError(f"{rule}, got {got}; did you mean x.shape?")
    axes = list(input_shape)
    if len(axes) not in (2, 3):
        count = "1 axis" if len(axes) == 1 else f"{len(axes)} axes"
        cause = "is the feature axis missing?"
        if len(axes) > 3:
            cause = "are there axes left to flatten into features, such as those of an image?"
        raise ValueError(f"{rule}, got {_checks.format_value(tuple(axes))} with {count}; {cause}")
    if _checks.size("the last axis of input_shape", axes[-1]) != input_size:
        raise ValueError(
            f"the last axis of input_shape must be input_size={input_size}, got "
            f"{_checks.format_value(tuple(axes))}; are the axes in another order, or does the "
            "layer before give another size?"
        )
    return axes
