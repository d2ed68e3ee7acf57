"""Pictures of weights: the blocks of the gates, and their order in other frameworks."""

import re
from functools import partial
from pathlib import Path

from sphinx.locale import get_translation

from pictures.marks import Draw, Drawing, Panel, box, indexed, label, line, panel
from rnn_guide import parameter_shapes
from rnn_guide._rules import GATES, Kind

_ = get_translation("guide")

#: The page whose table says which order each framework has.
TABLE = Path(__file__).parents[2] / "porting" / "index.md"

#: Other letters for the gates, as that page says below its table.
SAME = {"c": "g", "h": "n"}

INPUT, HIDDEN = 3, 5


def named(kind: Kind, gate: str) -> str:
    """Return what a gate is called."""
    names = {
        "LSTM": {"i": _("input"), "f": _("forget"), "g": _("cell"), "o": _("output")},
        "GRU": {"r": _("reset"), "z": _("update"), "n": _("new")},
    }
    return str(names[kind][gate])


def blocks(kind: Kind) -> Panel:
    """Draw the weights of a layer as the blocks of its gates, one under the other."""
    shapes = parameter_shapes(kind, INPUT, HIDDEN)
    parts = [label(8, 18, f"nn.{kind}", "name", "start")]
    x = 8
    for name, letter in (("weight_ih_l0", "i"), ("weight_hh_l0", "h")):
        rows, width = shapes[name]
        parts.append(label(x, 42, name, "code", "start"))
        parts.append(label(x, 60, f"({rows}, {width})", "code quiet", "start"))
        size = rows // len(GATES[kind])
        for place, gate in enumerate(GATES[kind]):
            y = 70 + 42 * place
            parts.append(box(x, y, 14 * width, 40))
            parts.append(indexed(x + 7 * width, y + 24, "W", letter + gate))
            if letter == "h":
                text = f"[{size * place}:{size * (place + 1)}]"
                parts.append(label(x + 14 * width + 10, y + 18, named(kind, gate), "name", "start"))
                parts.append(label(x + 14 * width + 10, y + 34, text, "code quiet", "start"))
        x += 118
    return panel(x + 62, 70 + 42 * len(GATES[kind]) + 6, parts)


def gates() -> Drawing:
    """Draw the blocks of LSTM and GRU."""
    return [blocks("LSTM"), blocks("GRU")]


def orders(kind: Kind) -> dict[str, str]:
    """Return the order of the gates in each framework, as the table of the pages has it."""
    rows = [
        [cell.strip() for cell in row[1:-1].split("|")]
        for row in re.findall(r"^\|.*\|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    place = next(k for k, row in enumerate(rows) if row[0] == f"gates of {article(kind)} {kind}")
    names = next(row for row in reversed(rows[:place]) if "PyTorch" in row)
    return {
        name: order.replace(", ", "")
        for name, order in zip(names[1:], rows[place][1:], strict=True)
    }


def article(kind: Kind) -> str:
    """Return the article of a kind."""
    return "an" if kind == "LSTM" else "a"


def order(framework: str, kind: Kind) -> Panel:
    """Draw the blocks of PyTorch and of a framework; lines join the gates that are the same."""
    found = orders(kind)
    theirs = found[next(name for name in found if name.startswith(framework))]
    parts = [
        label(8, 18, "PyTorch", "name", "start"),
        label(250, 18, framework, "name", "end"),
        label(129, 18, kind, "quiet"),
    ]
    for place, gate in enumerate(GATES[kind]):
        y = 30 + 34 * place
        other = [SAME.get(letter, letter) for letter in theirs].index(gate)
        moves = "" if place == other else "moves"
        parts.append(box(8, y, 90, 28, f"{gate} {named(kind, gate)}", moves))
        parts.append(line(98, y + 14, 160, 30 + 34 * other + 14, moves))
        text = f"{theirs[other]} {named(kind, gate)}"
        parts.append(box(160, 30 + 34 * other, 90, 28, text, moves))
    return panel(258, 30 + 34 * len(theirs) + 4, parts)


def both_orders(framework: str) -> Drawing:
    """Draw the order of the gates of an LSTM and of a GRU in PyTorch and in a framework."""
    return [order(framework, "LSTM"), order(framework, "GRU")]


#: The pictures of the pages that carry weights to another framework.
PORTED: dict[str, Draw] = {
    f"gates-{name.lower()}": partial(both_orders, name) for name in ("Keras", "Flax", "ONNX")
}
