"""The shape rules of PyTorch's recurrent layers, as data and in symbols.

Everything else is evaluated from the names below: the numbers that the package returns and
the tables of the guide. Source: the documentation of torch.nn.RNN, torch.nn.GRU and torch.nn.LSTM;
the tests compare every rule with the layers of PyTorch 2.13.
"""

from __future__ import annotations

from rnn_guide import _checks

SYMBOLS = {
    "L": "sequence length, the time steps of one sequence (`seq_len`)",
    "N": "batch size, the sequences computed together (`batch_size`)",
    "D": "number of directions: 2 if `bidirectional`, else 1",
    "H_in": "features of one input step (`input_size`)",
    "H_cell": "features of the cell (`hidden_size`)",
    "H_out": "features of one direction of the output: `proj_size` if that is set, "
    "else `hidden_size`",
    "num_layers": "recurrent layers stacked on each other (`num_layers`)",
    "sum(lengths)": "real time steps of all sequences of a packed batch together",
}

#: The argument that each symbol is the value of, where no other rule decides it.
ARGUMENTS = {
    "L": "seq_len",
    "N": "batch_size",
    "H_in": "input_size",
    "H_cell": "hidden_size",
    "H_out": "proj_size",
    "num_layers": "num_layers",
}

#: The directions of a layer, by ``bidirectional``. A state has a row for each, layer after layer.
DIRECTIONS = {False: ("forward",), True: ("forward", "backward")}

#: The cells of the unrolled layer (step × layer × direction) that a tensor holds or that read it;
#: -1 is the last. What is left out is not restricted. ``c_0`` and ``c_n`` are like ``h_0`` and
#: ``h_n``, and row k of a state belongs to the k-th layer and direction.
CELLS: dict[str, dict[str, dict[str, int]]] = {
    "input": {"layer": {"forward": 0, "backward": 0}},
    "output": {"layer": {"forward": -1, "backward": -1}},
    "h_0": {"step": {"forward": 0, "backward": -1}},
    "h_n": {"step": {"forward": -1, "backward": 0}},
}

#: The blocks stacked on the first axis of weights and biases, in PyTorch's order.
GATES = {"RNN": ("h",), "GRU": ("r", "z", "n"), "LSTM": ("i", "f", "g", "o")}

#: The axes of every tensor for batched input and ``batch_first=False``.
TENSORS: dict[str, tuple[str, ...]] = {
    "input": ("L", "N", "H_in"),
    "output": ("L", "N", "D*H_out"),
    "h_0": ("D*num_layers", "N", "H_out"),
    "h_n": ("D*num_layers", "N", "H_out"),
    "c_0": ("D*num_layers", "N", "H_cell"),
    "c_n": ("D*num_layers", "N", "H_cell"),
}

#: The axes of the parameters of the first layer, in PyTorch's order.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "weight_ih": ("gates*H_cell", "H_in"),
    "weight_hh": ("gates*H_cell", "H_out"),
    "bias_ih": ("gates*H_cell",),
    "bias_hh": ("gates*H_cell",),
    "weight_hr": ("H_out", "H_cell"),
}


def symbolic_shapes(
    kind: str,
    *,
    layout: str = "batched",
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
        >>> symbolic_shapes("LSTM", layout="unbatched", bidirectional=True)["c_n"]
        ('2*num_layers', 'H_cell')
    """
    _checks.kind(kind)
    _checks.layout(layout)
    _checks.flag("batch_first", batch_first)
    written = {}
    if bidirectional is not None:
        _checks.flag("bidirectional", bidirectional)
        written["D*"] = "2*" if bidirectional else ""
    if projected is not None:
        _checks.projected(projected, kind)
        written["H_out"] = "H_out" if projected else "H_cell"
    shapes = {}
    for tensor, axes in TENSORS.items():
        if tensor.startswith("c_") and kind != "LSTM":
            continue
        if layout == "unbatched":
            axes = tuple(axis for axis in axes if axis != "N")
        elif layout == "packed" and axes[0] == "L":
            axes = ("sum(lengths)", *axes[2:])
        elif batch_first and axes[0] == "L":
            axes = ("N", "L", *axes[2:])
        for symbol, text in written.items():
            axes = tuple(axis.replace(symbol, text) for axis in axes)
        shapes[tensor] = axes
    return shapes


def symbolic_parameter_shapes(
    kind: str,
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
        >>> for name, axes in symbolic_parameter_shapes("GRU", num_layers=2, bias=False).items():
        ...     print(name, axes)
        weight_ih_l0 ('3*H_cell', 'H_in')
        weight_hh_l0 ('3*H_cell', 'H_out')
        weight_ih_l1 ('3*H_cell', 'D*H_out')
        weight_hh_l1 ('3*H_cell', 'H_out')
    """
    _checks.kind(kind)
    num_layers = _checks.size("num_layers", num_layers)
    _checks.at_most("num_layers", num_layers, _checks.MOST_LISTED)
    _checks.flag("bias", bias)
    _checks.flag("bidirectional", bidirectional)
    _checks.projected(projected, kind)
    blocks = len(GATES[kind])
    rows = "H_cell" if blocks == 1 else f"{blocks}*H_cell"
    shapes = {}
    for layer in range(num_layers):
        columns = "H_in" if layer == 0 else TENSORS["output"][-1]
        concrete = {"gates*H_cell": rows, "H_in": columns}
        for suffix in ("", "_reverse") if bidirectional else ("",):
            for name, axes in PARAMETERS.items():
                if (name.startswith("bias") and not bias) or (
                    name == "weight_hr" and not projected
                ):
                    continue
                shapes[f"{name}_l{layer}{suffix}"] = tuple(concrete.get(a, a) for a in axes)
    return shapes
