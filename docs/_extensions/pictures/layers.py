"""Pictures of layers: depth beside time, what a layer above reads, and where each symbol stands."""

from sphinx.locale import get_translation

from pictures.marks import (
    ARROWS,
    Drawing,
    Panel,
    arrow,
    box,
    bracket,
    cells,
    direction,
    frame,
    label,
    line,
    panel,
)
from rnn_guide import _rules

_ = get_translation("guide")

BOTH = _rules.DIRECTIONS[True]


def depth(num_layers: int = 2, steps: int = 4) -> Drawing:
    """Draw a stack over its steps, with one cell framed; a row has one set of weights."""
    parts, left, size = [], 104, 51
    bottom = 8 + 74 * num_layers
    for layer in range(num_layers):
        y = 8 + 74 * (num_layers - 1 - layer)
        parts.append(label(8, y + 14, _("layer {}").format(layer), "name", "start"))
        parts.append(label(8, y + 32, _("its weights"), "quiet", "start"))
        for t in range(steps):
            x = left + size * t
            parts.append(box(x, y, 36, 36, kind="forward"))
            parts.append(arrow(x - 15, y + 18, x, y + 18))
            parts.append(arrow(x + 18, y + (74 if layer else 64), x + 18, y + 36))
        parts.append(arrow(left + size * steps - 15, y + 18, left + size * steps, y + 18))
    for t in range(steps):
        text = f"t={t}" if t == 0 else str(t)
        parts.append(label(left + 18 + size * t, bottom + 8, text, "time"))
    y = 8 + 74 * (num_layers - 1)
    parts += [frame(left + size - 3, y - 3, 42, 42), label(left + size + 18, y + 23, _("cell"))]
    return [panel(left + size * steps + 2, bottom + 16, parts)]


def wiring(num_layers: int = 2, features: int = 4) -> Drawing:
    """Draw what each direction of each layer reads: both halves of the layer below."""
    left, size, parts = 74, 27, []
    wide = size * features
    bottom = 8 + 116 * num_layers
    for layer in range(num_layers):
        y = 8 + 116 * (num_layers - 1 - layer)
        parts.append(label(left - 8, y + 76, _("layer {}").format(layer), "name", "end"))
        for half, name in enumerate(BOTH):
            x, middle = left + wide * half, left + wide * half + wide / 2 - 1
            parts.append(cells(x, y, [""] * features, size, name))
            parts.append(arrow(middle, y + 56, middle, y + 28))
            text = f"{direction(name)} {ARROWS[name]}"
            parts.append(box(x, y + 56, wide - 2, 30, text, name))
            parts.append(arrow(middle, y + 108, middle, y + 88))
        parts.append(bracket(left, left + 2 * wide - 2, y + 108, 5))
        parts.append(label(left + wide - 1, y + 103, _("both read all"), "quiet"))
    parts.append(cells(left, bottom, [""] * 2 * features, size))
    parts.append(label(left - 8, bottom + 18, _("input"), "name", "end"))
    parts.append(label(left - 8, 26, "output", "code", "end"))
    return [panel(left + 2 * wide + 4, bottom + 34, parts)]


def symbols() -> Drawing:
    """Draw where each symbol stands: in a batch, and at one of its steps inside a layer."""
    return [batch(), step()]


def batch(steps: int = 7, sequences: int = 4) -> Panel:
    """Draw a batch as a table of steps; one of them is framed."""
    right, bottom = 44 + 30 * steps - 2, 60 + 30 * sequences - 2
    parts = [label(44, 18, "L", "code time", "start"), label(60, 18, _("steps"), "time", "start")]
    parts += [bracket(44, right, 30, 8, "time"), line(34, 60, 34, bottom, "batch")]
    parts += [line(34, y, 42, y, "batch") for y in (60, bottom)]
    parts.append(label(26, (60 + bottom) / 2 + 5, "N", "code batch", "end"))
    for row in range(sequences):
        parts += [box(44 + 30 * t, 60 + 30 * row, 28, 28) for t in range(steps)]
    parts += [frame(44, 60, 28, 28), arrow(58, 88, 58, bottom + 24)]
    parts.append(label(44, bottom + 42, _("one step of one sequence"), "", "start"))
    parts.append(cells(44, bottom + 52, [""] * 3, 28))
    parts.append(label(44 + 28 * 3 + 8, bottom + 70, "H_in", "code", "start"))
    return panel(right + 8, bottom + 84, parts)


def step(num_layers: int = 2, hidden: int = 5, projected: int = 2) -> Panel:
    """Draw one step inside a layer with projection: wide cells, narrow output."""
    size, half, left = 18, 102, 8
    right, bottom = left + 2 * half - 12, 68 + 92 * num_layers - 12
    parts = [label((left + right) / 2, 18, f"D = {len(BOTH)}", "code rows")]
    parts.append(bracket(left, right, 28, 8, "rows"))
    for place, name in enumerate(BOTH):
        x = left + half * place
        parts.append(label(x, 54, f"{direction(name)} {ARROWS[name]}", name, "start"))
        for layer in range(num_layers):
            y = 68 + 92 * (num_layers - 1 - layer)
            parts.append(cells(x, y, [""] * projected, size, name))
            parts.append(label(x + size * projected + 4, y + 18, "H_out", "code", "start"))
            parts.append(arrow(x + size - 1, y + 52, x + size - 1, y + 28))
            parts.append(cells(x, y + 52, [""] * hidden, size, name))
            parts.append(label(x + size + 10, y + 44, "H_cell", "code", "start"))
    x = right + 10
    parts += [line(x, 68, x, bottom, "rows")]
    parts += [line(x - 8, y, x, y, "rows") for y in (68, bottom)]
    parts.append(label(x + 6, (68 + bottom) / 2, "num_layers", "code rows", "start"))
    parts.append(label(x + 6, (68 + bottom) / 2 + 18, f"= {num_layers}", "code rows", "start"))
    sizes = f"hidden_size={hidden}, proj_size={projected}"
    parts.append(label(left, bottom + 26, sizes, "code quiet", "start"))
    return panel(x + 88, bottom + 34, parts)
