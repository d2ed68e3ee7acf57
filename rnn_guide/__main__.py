"""Answer a question: ``python -m rnn_guide gru --input-size 3 --hidden-size 5 --seq-len 7``."""

from __future__ import annotations

import argparse
import math
import os
import sys

from rnn_guide import _checks, programs
from rnn_guide.rules import DIRECTIONS, symbolic_shapes
from rnn_guide.shapes import gru_shapes, lstm_shapes, parameter_shapes, rnn_shapes

TYPE_CHECKING = False  # as in the typing module, whose import would double the start-up time
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {_checks.one_line(message, 400)}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what there is to know about the shapes of one layer."""
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    as_json = options.pop("json")
    try:
        answer = _answer(options.pop("kind").upper(), **options)
    except (TypeError, ValueError) as error:
        parser.error(str(error))
    if as_json:
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
    parser.add_argument("kind", type=str.lower, choices=("rnn", "gru", "lstm"))

    def size(name: str, meaning: str, **options: Any) -> None:
        parser.add_argument(name, type=int, metavar="INT", help=meaning, **options)

    size("--input-size", "features of one input step", required=True)
    size("--hidden-size", "features of the cell", required=True)
    size("--num-layers", "stacked layers, default 1", default=1)
    size("--seq-len", "time steps of the input", required=True)
    size("--batch-size", "sequences in the batch; leave it out for unbatched input")
    size("--proj-size", "features of the projected hidden state, LSTM only", default=0)
    parser.add_argument(
        "--dropout", type=float, default=0.0, metavar="FLOAT", help="dropout between layers"
    )
    parser.add_argument("--batch-first", action="store_true", help="input is (N, L, H_in)")
    parser.add_argument("--bidirectional", action="store_true", help="two directions")
    parser.add_argument("--no-bias", dest="bias", action="store_false", help="no bias vectors")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    return parser


def _answer(
    kind: str,
    *,
    input_size: int,
    hidden_size: int,
    num_layers: int,
    seq_len: int,
    batch_size: int | None,
    proj_size: int,
    dropout: float,
    batch_first: bool,
    bidirectional: bool,
    bias: bool,
) -> dict[str, Any]:
    """Return everything that is printed, as data."""
    _checks.probability("dropout", dropout)
    parameters = parameter_shapes(
        kind,
        input_size,
        hidden_size,
        num_layers,
        bias=bias,
        bidirectional=bidirectional,
        proj_size=proj_size,
    )
    options: dict[str, Any] = {"batch_first": batch_first, "bidirectional": bidirectional}
    if kind == "LSTM":
        options["proj_size"] = proj_size
    function: Any = {"RNN": rnn_shapes, "GRU": gru_shapes, "LSTM": lstm_shapes}[kind]
    shapes = function(
        input_size, hidden_size, num_layers, seq_len=seq_len, batch_size=batch_size, **options
    )
    layout = "unbatched" if batch_size is None else "batched"
    symbols = symbolic_shapes(kind, layout=layout, batch_first=batch_first)
    directions = DIRECTIONS[bidirectional]
    layer = programs.layer(
        kind, input_size, hidden_size, num_layers=num_layers, bias=bias, dropout=dropout, **options
    )
    lines = programs.lines(kind, layout=layout, bidirectional=bidirectional)
    return {
        "layer": layer,
        "tensors": {
            name: {"symbols": axes, "shape": getattr(shapes, name)}
            for name, axes in symbols.items()
        },
        "rows": [
            {"row": row, "layer": row // len(directions), "direction": direction}
            for row, direction in enumerate(directions * num_layers)
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
