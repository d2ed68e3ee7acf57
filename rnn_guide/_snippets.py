"""The code that makes a layer, calls it, and splits what it returns."""

from __future__ import annotations

from rnn_guide._rules import HAS_CELL_STATE, Kind, Layout

#: The call that makes a layer.
LAYER_CALL = "torch.nn.{kind}({arguments})"

#: The arguments that are written only where they differ from PyTorch's default.
DEFAULTS: dict[str, int | float] = {
    "num_layers": 1,
    "bias": True,
    "batch_first": False,
    "dropout": 0.0,
    "bidirectional": False,
    "proj_size": 0,
}

#: The lines that split without this package, by ``bidirectional`` and by what is split. A cell
#: state splits like ``h_n``.
SPLITS = {
    True: {
        "output": "forward, backward = output.chunk(2, dim=-1)",
        "h_n": "forward, backward = h_n[0::2], h_n[1::2]",
    },
    False: {"output": "forward = output", "h_n": "forward = h_n"},
}


def layer_call(
    kind: Kind, input_size: int, hidden_size: int, num_layers: int, **options: int | float
) -> str:
    """Return the call that makes a layer."""
    given = DEFAULTS | {"num_layers": num_layers} | options
    arguments = [str(input_size), str(hidden_size)]
    arguments += [f"{name}={given[name]!r}" for name in DEFAULTS if given[name] != DEFAULTS[name]]
    return LAYER_CALL.format(kind=kind, arguments=", ".join(arguments))


def snippet(kind: Kind, layout: Layout, *, bidirectional: bool) -> list[str]:
    """
    Return the lines of a program.

    The fields in braces are left to fill in: ``layer``, and ``input``, the shape of the input; for
    packed input ``lengths`` and ``input_size`` instead.
    """
    layer, states = kind.lower(), ["h_n"]
    returned = "h_n"
    if kind in HAS_CELL_STATE:
        states.append("c_n")
        returned = "(h_n, c_n)"
    lines = ["import torch"]
    if layout == "packed":
        lines.append("from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence")
    if bidirectional:
        lines.append("from rnn_guide import split_output, split_state")
    lines.append(f"{layer} = {{layer}}")
    if layout == "packed":
        lines += [
            "sequences = [torch.zeros(length, {input_size}) for length in [{lengths}]]",
            "packed = pack_sequence(sequences, enforce_sorted=False)",
            f"output, {returned} = {layer}(packed)",
            "padded, lengths = pad_packed_sequence(output)",
        ]
    else:
        lines.append(f"output, {returned} = {layer}(torch.zeros{{input}})")
    if not bidirectional:
        return [*lines, "# one direction: there is nothing to split"]
    lines.append("forward, backward = split_output(output)")
    for state in states:
        letter = state[0]
        lines.append(f"{letter}_forward, {letter}_backward = split_state({state})")
    return lines
