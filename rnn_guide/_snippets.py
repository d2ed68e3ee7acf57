"""The program that makes a layer, calls it, and splits what it returns, as templates."""

from __future__ import annotations

TYPE_CHECKING = False  # as in the typing module, whose import would double the start-up time
if TYPE_CHECKING:
    from typing import Any

LAYER = "torch.nn.{kind}({arguments})"

#: The arguments that are written only where they differ from PyTorch's default.
DEFAULTS = {
    "num_layers": 1,
    "bias": True,
    "batch_first": False,
    "dropout": 0.0,
    "bidirectional": False,
    "proj_size": 0,
}

ONE_DIRECTION = "# one direction: there is nothing to split"


def layer(kind: str, input_size: int, hidden_size: int, **options: Any) -> str:
    """Return the call that makes a layer."""
    arguments = [str(input_size), str(hidden_size)]
    arguments += [
        f"{name}={options[name]!r}"
        for name, default in DEFAULTS.items()
        if options.get(name, default) != default
    ]
    return LAYER.format(kind=kind, arguments=", ".join(arguments))


def lines(
    kind: str, *, layout: str = "batched", bidirectional: bool = False, merge: bool = False
) -> list[str]:
    """
    Return the lines of the program.

    The fields in braces are left to fill in: ``layer``, and ``input``, the shape of the input; for
    packed input ``lengths`` and ``input_size`` instead.
    """
    name = kind.lower()
    states = ("h_n", "c_n") if kind == "LSTM" else ("h_n",)
    packed = layout == "packed"
    program = ["import torch"]
    if packed:
        program.append("from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence")
    if bidirectional:
        functions = ["merge_directions"] * merge + ["split_hidden", "split_output"]
        program.append(f"from rnn_guide import {', '.join(functions)}")
    program.append(f"{name} = {{layer}}")
    x = "torch.zeros{input}"
    if packed:
        x = "packed"
        program.append("sequences = [torch.zeros(length, {input_size}) for length in [{lengths}]]")
        program.append("packed = pack_sequence(sequences, enforce_sorted=False)")
    returned = f"({', '.join(states)})" if len(states) > 1 else states[0]
    program.append(f"output, {returned} = {name}({x})")
    if packed:
        program.append("padded, lengths = pad_packed_sequence(output)")
    if not bidirectional:
        return [*program, ONE_DIRECTION]
    program.append("forward, backward = split_output(output)")
    for state in states:
        h = state[0]
        program.append(f"{h}_forward, {h}_backward = split_hidden({state})")
    if merge:
        program.append('merged = merge_directions(split_output(output), "sum")')
        for state in states:
            program.append(f"{state[0]}_merged = merge_directions(split_hidden({state}))")
    return program
