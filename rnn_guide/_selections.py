"""The parts that people take out of what a layer returns, and the expressions that give them."""

from __future__ import annotations

from typing import NamedTuple

from rnn_guide._rules import DIRECTIONS, Kind, Layout
from rnn_guide.symbols import symbolic_shapes

#: Axes in symbols, by tensor.
Shapes = dict[str, tuple[str, ...]]


class Selection(NamedTuple):
    """
    A part of a tensor.

    The expressions have fields in braces: ``H_out``, and of a row ``row``, ``layer`` and
    ``direction``. Those of a packed batch read ``padded``, which the program of ``_snippets`` makes
    of ``output``.
    """

    name: str  #: "forward", "backward", "last_layer", "vector", or "row" for every row of a state
    tensor: str
    alone: str  #: the expression without this package
    package: str
    axes: tuple[str, ...]


def selections(
    kind: Kind, layout: Layout, *, batch_first: bool = False, bidirectional: bool
) -> list[Selection]:
    """Return the parts of what a layer returns, in the order in which people ask for them."""
    padded = layout == "packed"
    shapes = symbolic_shapes(kind, layout="batched" if padded else layout, batch_first=batch_first)
    flag = "" if bidirectional else ", bidirectional=False"
    return [
        *_directions("padded" if padded else "output", shapes, flag, bidirectional),
        *_of_last_layer(shapes["h_n"], flag, bidirectional),
        *_rows(shapes, flag),
    ]


def _directions(output: str, shapes: Shapes, flag: str, bidirectional: bool) -> list[Selection]:
    """Return each direction of the output, which is whole where there is one."""
    axes = (*shapes["output"][:-1], shapes["h_n"][-1])
    halves = [f"{output}[..., :{{H_out}}]", f"{output}[..., {{H_out}}:]"]
    return [
        Selection(
            name=direction,
            tensor="output",
            alone=half if bidirectional else output,
            package=f"split_output({output}{flag}).{direction}",
            axes=axes,
        )
        for direction, half in zip(DIRECTIONS[bidirectional], halves, strict=False)
    ]


def _of_last_layer(h_n: tuple[str, ...], flag: str, bidirectional: bool) -> list[Selection]:
    """Return one vector for each sequence, and the rows of the last layer."""
    batch, features = h_n[1:-1], h_n[-1]
    split = f"split_state(h_n{flag})"
    vector = f"merge_directions({split})[-1]"
    if bidirectional:
        joined = "torch.cat([h_n[-2], h_n[-1]], dim=-1)"
        last = f"torch.stack({split})[:, -1]"
        return [
            Selection("vector", "h_n", joined, vector, (*batch, f"D*{features}")),
            Selection("last_layer", "h_n", "h_n[-2:]", last, ("D", *batch, features)),
        ]
    last = f"{split}.forward[-1]"
    return [
        Selection("vector", "h_n", "h_n[-1]", vector, (*batch, features)),
        Selection("last_layer", "h_n", "h_n[-1]", last, (*batch, features)),
    ]


def _rows(shapes: Shapes, flag: str) -> list[Selection]:
    """Return every row of each final state."""
    return [
        Selection(
            name="row",
            tensor=state,
            alone=f"{state}[{{row}}]",
            package=f"split_state({state}{flag}).{{direction}}[{{layer}}]",
            axes=shapes[state][1:],
        )
        for state in ("h_n", "c_n")
        if state in shapes
    ]
