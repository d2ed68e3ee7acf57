"""Pictures of states: their recurrence, where output and h_n hold them, and their merging."""

from sphinx.locale import get_translation

from pictures.marks import (
    ARROWS,
    Drawing,
    arrow,
    box,
    cells,
    direction,
    frame,
    indexed,
    label,
    panel,
)
from rnn_guide import _rules

_ = get_translation("guide")

BOTH = _rules.DIRECTIONS[True]


def unrolled(seq_len: int = 3) -> Drawing:
    """Draw the recurrence, unrolled over its steps."""
    parts = [box(4, 100, 44, 36, "h_0", "quiet code")]
    for t in range(seq_len):
        x = 80 + 84 * t
        parts += [
            box(x, 188, 50, 36, kind="input"),
            indexed(x + 25, 211, "X", str(t)),
            arrow(x + 25, 188, x + 25, 136),
            label(x + 33, 169, "U", "formula", "start"),
            box(x, 100, 50, 36, kind="forward"),
            indexed(x + 25, 123, "S", str(t)),
            arrow(x - 32 - (2 if t else 0), 118, x, 118),
            label(x - 18, 110, "W", "formula"),
            arrow(x + 25, 100, x + 25, 48),
            label(x + 25, 40, f"output[{t}]", "code"),
        ]
    end = 80 + 84 * (seq_len - 1) + 50
    parts += [arrow(end, 118, end + 22, 118), label(end + 25, 123, "h_n", "code", "start")]
    return [panel(end + 52, 232, parts)]


def column(t: int, seq_len: int) -> tuple[int, int]:
    """Return where a step stands and how wide it is; the ends have room for a name."""
    ends = (0, seq_len - 1)
    return 24 + 40 * t + 16 * (t > 0), 52 if t in ends else 36


def grid(num_layers: int = 3, seq_len: int = 4, bidirectional: bool = True) -> Drawing:
    """Draw every cell of a stack, with those that output and h_n take."""
    directions = _rules.DIRECTIONS[bidirectional]
    right = sum(column(seq_len - 1, seq_len))
    high = 38 + 32 * len(directions)
    parts = []
    for row, (layer, name) in enumerate(_rules.rows(num_layers, bidirectional)):
        top = 8 + (num_layers - 1 - layer) * high
        y = top + 24 + 32 * directions.index(name)
        if name == directions[0]:
            parts.append(label(24, top + 16, _("layer {}").format(layer), "name", "start"))
        parts.append(label(10, y + 19, ARROWS[name], name))
        last = range(seq_len)[_rules.CELLS["h_n"]["step"][name]]
        for t in range(seq_len):
            x, width = column(t, seq_len)
            text, kind = (f"h_n[{row}]", f"{name} full code") if t == last else ("", name)
            parts.append(box(x, y, width, 28, text, kind))
    parts.append(frame(20, 28, right - 16, 32 * len(directions) + 4))
    parts.append(label(right, 22, "output", "code", "end"))
    bottom = num_layers * high + 16
    for t in range(seq_len):
        x, width = column(t, seq_len)
        parts.append(label(x + width / 2, bottom, f"t={t}" if t == 0 else str(t), "time"))
    return [panel(right + 6, bottom + 10, parts)]


def merge() -> Drawing:
    """Draw what each mode makes of two directions with two features."""
    halves: dict[str, tuple[float, ...]] = {"forward": (2, 3), "backward": (5, 7)}
    pairs = list(zip(*halves.values(), strict=True))
    results: dict[str, tuple[str, list[tuple[float, str]]]] = {
        "concat": (
            _("side by side"),
            [(number, name) for name, half in halves.items() for number in half],
        ),
        "sum": ("+", [(a + b, "") for a, b in pairs]),
        "mean": ("(+) / 2", [((a + b) / 2, "") for a, b in pairs]),
        "mul": (_("⊙, element by element"), [(a * b, "") for a, b in pairs]),
    }
    parts = []
    for row, (name, half) in enumerate(halves.items()):
        parts.append(label(8, 30 + 56 * row, f"{direction(name)} {ARROWS[name]}", name, "start"))
        parts.append(cells(8, 38 + 56 * row, [f"{number:g}" for number in half], 42, name))
    parts.append(arrow(104, 80, 134, 80))
    for row, (mode, (how, numbers)) in enumerate(results.items()):
        y = 8 + 52 * row
        parts.append(label(146, y + 12, mode, "code", "start"))
        parts.append(label(156 + 8 * len(mode), y + 12, how, "quiet", "start"))
        for place, (number, kind) in enumerate(numbers):
            parts.append(box(146 + 42 * place, y + 18, 40, 26, f"{number:g}", kind))
    return [panel(348, 218, parts)]


def decoder(num_layers: int = 2, features: int = 5) -> Drawing:
    """Draw how two rows of the encoder's state become one row of the decoder's."""
    parts = [label(54, 18, "h_n", "code", "start"), label(200, 18, "h_0", "code", "start")]
    for row, (layer, name) in enumerate(_rules.rows(num_layers, bidirectional=True)):
        y = 30 + 72 * layer + 30 * BOTH.index(name)
        parts.append(label(46, y + 18, f"[{row}] {ARROWS[name]}", f"{name} code", "end"))
        parts.append(cells(54, y, [""] * features, 14, name))
        half = 200 + 14 * features * BOTH.index(name)
        parts.append(cells(half, y_of(layer), [""] * features, 14, name))
        if name == BOTH[0]:
            parts.append(arrow(132, y + 28, 160, y + 28))
            parts.append(label(192, y_of(layer) + 18, f"[{layer}]", "code", "end"))
    bottom = 30 + 72 * num_layers
    parts.append(label(54 + 7 * features, bottom + 6, _("{} features").format(features), "quiet"))
    wide = _("{} features").format(2 * features)
    parts.append(label(200 + 14 * features, bottom + 6, wide, "quiet"))
    return [panel(200 + 28 * features + 6, bottom + 16, parts)]


def y_of(layer: int) -> int:
    """Return where the joined row of a layer stands: between its two rows."""
    return 45 + 72 * layer


def one_vector(seq_len: int = 7) -> Drawing:
    """Draw the cells of output that have read the whole sequence, and their join."""
    parts = [label(24, 16, "output", "code", "start")]
    joined = []
    for place, name in enumerate(BOTH):
        y = 28 + 36 * place
        parts.append(label(10, y + 18, ARROWS[name], name))
        step = _rules.CELLS["h_n"]["step"][name]
        for t in range(seq_len):
            x = 24 + 46 * t
            last = t == range(seq_len)[step]
            text, kind = (f"[{step}]", f"{name} full code") if last else ("", name)
            parts.append(box(x, y, 42, 26, text, kind))
            if last:
                parts.append(frame(x - 3, y - 3, 48, 32))
        row = place - len(BOTH)
        joined.append(box(84 + 90 * place, 140, 88, 28, f"h_n[{row}]", f"{name} code"))
    for t in range(seq_len):
        parts.append(label(45 + 46 * t, 116, f"t={t}" if t == 0 else str(t), "time"))
    parts += [*joined, label(173, 188, _("one vector for each sequence"), "quiet")]
    return [panel(24 + 46 * seq_len, 198, parts)]
