"""Answer a question: ``python -m rnn_guide gru --input-size 3 --hidden-size 5 --seq-len 7 …``."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from rnn_guide import _checks, _rules
from rnn_guide._snippets import layer_call, snippet
from rnn_guide.shapes import layer_sizes, parameter_shapes, shapes_for_input
from rnn_guide.symbols import symbolic_shapes


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {_checks.one_line(message, 400)}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what there is to know about the shapes of one layer."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        answer = _answer(asked)
    except (TypeError, ValueError) as error:
        parser.error(str(error))
    if asked.json:
        import json  # only here: it would slow the start

        text = json.dumps(answer, indent=2)
    else:
        text = _text(answer)
    try:
        print(text, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        if not isinstance(error, BrokenPipeError):  # head and less stop reading when they like
            parser.exit(1, f"{parser.prog}: error: {error.strerror}\n")


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m rnn_guide",
        description="Show the shapes of a recurrent layer of PyTorch. PyTorch is not loaded.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    size: dict[str, Any] = {"type": int, "metavar": "INT"}
    needed = {**size, "required": True}
    add("kind", type=str.upper, choices=_rules.KINDS, help="in capitals or not")
    add("--input-size", help="features of one input step", **needed)
    add("--hidden-size", help="features of the cell", **needed)
    add("--num-layers", help="stacked layers, default 1", default=1, **size)
    add("--seq-len", help="time steps of the input", **needed)
    batch = parser.add_mutually_exclusive_group(required=True)
    batch.add_argument("--batch-size", help="sequences in the batch", **size)
    batch.add_argument("--unbatched", action="store_true", help="input without a batch axis")
    add("--proj-size", help="features of the projected state, LSTM only", default=0, **size)
    add("--batch-first", action="store_true", help="input is (N, L, H_in)")
    add("--bidirectional", action="store_true", help="two directions")
    add("--no-bias", dest="bias", action="store_false", help="no bias vectors")
    add("--json", action="store_true", help="print JSON, for programs")
    return parser


def _answer(asked: argparse.Namespace) -> dict[str, Any]:
    """Return everything that is printed, as data; without ``--batch-size`` input is unbatched."""
    kind, bidirectional = asked.kind, asked.bidirectional
    arguments = asked.input_size, asked.hidden_size, asked.num_layers
    options: dict[str, Any] = {"bidirectional": bidirectional, "proj_size": asked.proj_size}
    parameters = parameter_shapes(kind, *arguments, bias=asked.bias, **options)
    sizes = layer_sizes(kind, *arguments, **options)
    shapes = shapes_for_input(kind, sizes, asked.seq_len, asked.batch_size, asked.batch_first)
    layout: _rules.Layout = "batched" if asked.batch_size is not None else "unbatched"
    symbols = symbolic_shapes(kind, layout=layout, batch_first=asked.batch_first)
    options |= {"bias": asked.bias, "batch_first": asked.batch_first}
    layer = layer_call(kind, *arguments, **options)
    lines = snippet(kind, layout, bidirectional=bidirectional)
    return {
        "layer": layer,
        "tensors": {
            name: {"symbols": axes, "shape": getattr(shapes, name)}
            for name, axes in symbols.items()
        },
        "rows": [
            {"row": row, "layer": layer_of_row, "direction": direction}
            for row, (layer_of_row, direction) in enumerate(
                _rules.rows(asked.num_layers, bidirectional)
            )
        ],
        "parameters": parameters,
        "parameter_count": sum(math.prod(shape) for shape in parameters.values()),
        "code": [line.format(layer=layer, input=shapes.input) for line in lines],
    }


def _text(answer: dict[str, Any]) -> str:
    """Return the answer as tables."""
    tensors = [
        (name, f"({', '.join(tensor['symbols'])})", str(tensor["shape"]))
        for name, tensor in answer["tensors"].items()
    ]
    states = " and ".join(name for name in ("h_n", "c_n") if name in answer["tensors"])
    rows = [(f"[{r['row']}]", f"layer {r['layer']}", r["direction"]) for r in answer["rows"]]
    parameters = [
        (name, str(shape), str(math.prod(shape))) for name, shape in answer["parameters"].items()
    ]
    parameters.append(("all parameters", "", str(answer["parameter_count"])))
    parts = [
        answer["layer"],
        _table(("tensor", "symbols", "shape"), tensors),
        _table((f"rows of {states}", "", ""), rows),
        _table(("parameter", "shape", "count"), parameters),
        "\n".join(answer["code"]),
    ]
    return "\n\n".join(parts)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return aligned columns."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )


if __name__ == "__main__":
    main(sys.argv[1:])
