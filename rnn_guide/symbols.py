"""The shape of every tensor and parameter of a layer, in symbols."""

from __future__ import annotations

from rnn_guide import _checks, _rules
from rnn_guide._rules import Kind, Layout, NamedAxes, Sizes, Symbol


def symbolic_shapes(
    kind: Kind,
    *,
    layout: Layout = "batched",
    batch_first: bool = False,
    bidirectional: bool | None = None,
    projected: bool | None = None,
) -> dict[str, tuple[str, ...]]:
    """
    Return the axes of every tensor of a layer in symbols.

    Args:
        kind: ``"RNN"``, ``"GRU"`` or ``"LSTM"``.
        layout: How the input holds its sequences: ``"batched"``, ``"unbatched"``, or ``"packed"``;
            then the axes of input and output are those of ``data`` of a packed sequence.
        batch_first: As in the layer. It swaps ``L`` and ``N`` of the input and the output,
            never of a state, and changes nothing for other layouts.
        bidirectional: ``None`` keeps the symbol ``D``; ``True`` writes 2 for it, ``False`` 1.
        projected: Whether ``proj_size`` is set. ``None`` and ``True`` keep the symbol ``H_out``;
            ``False`` writes ``H_cell`` for it.

    Returns:
        The axes of ``input``, ``output``, ``h_0``, ``h_n``, and for an LSTM of ``c_0`` and ``c_n``,
        by these names. An axis is a symbol or a product of symbols, such as ``"D*H_out"``.

    Raises:
        ValueError: If ``kind`` or ``layout`` is none of the three, or ``projected`` is set for
            another kind than LSTM.
        TypeError: If a flag is not a ``bool``.

    References:
        :class:`torch.nn.LSTM`, "Inputs" and "Outputs" (PyTorch 2.13).

    Example:
        >>> from rnn_guide import symbolic_shapes
        >>> symbolic_shapes("GRU", batch_first=True)["output"]
        ('N', 'L', 'D*H_out')
        >>> options = {"layout": "unbatched", "bidirectional": True}
        >>> symbolic_shapes("LSTM", **options)["c_n"]
        ('2*num_layers', 'H_cell')
    """
    _checks.kind(kind)
    _checks.layout(layout)
    _checks.flag("batch_first", batch_first)
    sizes = _symbols()
    if bidirectional is not None:
        _checks.flag("bidirectional", bidirectional)
        sizes = sizes._replace(D=len(_rules.DIRECTIONS[bidirectional]))
    if projected is not None:
        _checks.projected(projected, kind)
        sizes = sizes if projected else sizes._replace(H_out=sizes.H_cell)
    steps = Symbol("sum(lengths)" if layout == "packed" else "L")
    axes = _rules.tensors(kind, layout, batch_first, sizes, steps, Symbol("N"))
    shapes = dict(zip(_rules.TENSORS, axes, strict=True))
    return _written({name: axes for name, axes in shapes.items() if axes is not None})


def symbolic_parameter_shapes(
    kind: Kind,
    num_layers: int = 1,
    *,
    bias: bool = True,
    bidirectional: bool = False,
    projected: bool = False,
) -> dict[str, tuple[str, ...]]:
    """
    Return the axes of every parameter of a layer in symbols, in PyTorch's order.

    Args:
        kind: ``"RNN"``, ``"GRU"`` or ``"LSTM"``.
        num_layers: Stacked layers, from 1 to 10,000: every parameter is listed.
        bias: Whether the layer has ``bias_ih`` and ``bias_hh``.
        bidirectional: Whether each layer has a second set, named ``…_reverse``.
        projected: Whether ``proj_size`` is set (LSTM only), which adds ``weight_hr``.

    Returns:
        The axes by parameter name, such as ``{"weight_ih_l0": ("4*H_cell", "H_in"), …}``.
        A layer above the first reads the output of the layer below, so its ``weight_ih`` is
        ``D*H_out`` wide.

    Raises:
        ValueError: If ``kind`` is none of the three, ``num_layers`` is below 1 or above 10,000, or
            ``projected`` is set for another kind than LSTM.
        TypeError: If ``num_layers`` is not an integer, or a flag is not a ``bool``.

    References:
        :class:`torch.nn.LSTM`, "Variables" (PyTorch 2.13).

    Example:
        >>> from rnn_guide import symbolic_parameter_shapes
        >>> options = {"num_layers": 2, "bias": False}
        >>> shapes = symbolic_parameter_shapes("GRU", **options)
        >>> for name, axes in shapes.items():
        ...     print(name, axes)
        weight_ih_l0 ('3*H_cell', 'H_in')
        weight_hh_l0 ('3*H_cell', 'H_out')
        weight_ih_l1 ('3*H_cell', 'D*H_out')
        weight_hh_l1 ('3*H_cell', 'H_out')
    """
    _checks.kind(kind)
    num_layers = _checks.size("num_layers", num_layers)
    _checks.at_most("num_layers", num_layers, _checks.MAX_LISTED_LAYERS)
    _checks.flag("bias", bias)
    _checks.flag("bidirectional", bidirectional)
    _checks.projected(projected, kind)
    sizes = _symbols()._replace(num_layers=num_layers)
    options = {"bias": bias, "bidirectional": bidirectional, "projected": projected}
    return _written(_rules.parameters(kind, sizes, **options))


def _symbols() -> Sizes:
    """Return the sizes of a layer as their own names."""
    return Sizes(*map(Symbol, Sizes._fields))


def _written(shapes: NamedAxes) -> dict[str, tuple[str, ...]]:
    """Return plain texts in the place of symbols."""
    return {name: tuple(str(axis) for axis in axes) for name, axes in shapes.items()}
