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
    parts = [box(4, 100, 36, 36, "h_0", "quiet code")]
    for t in range(seq_len):
        x = 64 + 80 * t
        parts += [
            box(x, 188, 46, 36, kind="input"),
            indexed(x + 23, 211, "X", str(t)),
            arrow(x + 23, 188, x + 23, 136),
            label(x + 31, 169, "U", "formula", "start"),
            box(x, 100, 46, 36, kind="forward"),
            indexed(x + 23, 123, "S", str(t)),
            arrow(x - (34 if t else 24), 118, x, 118),
            label(x - (18 if t else 13), 110, "W", "formula"),
            arrow(x + 23, 100, x + 23, 48),
            label(x + 23, 40, f"output[{t}]", "code"),
        ]
    end = 64 + 80 * (seq_len - 1) + 46
    parts += [arrow(end, 118, end + 14, 118), label(end + 16, 123, "h_n", "code", "start")]
    return [panel(end + 42, 232, parts)]


def column(t: int, seq_len: int) -> tuple[int, int]:
    """Return where a step stands and how wide it is; the ends have room for a name."""
    ends = (0, seq_len - 1)
    return 24 + 34 * t + 22 * (t > 0), 52 if t in ends else 30


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
    parts.append(arrow(98, 80, 118, 80))
    for row, (mode, (how, numbers)) in enumerate(results.items()):
        y = 8 + 52 * row
        parts.append(label(128, y + 12, mode, "code", "start"))
        parts.append(label(136 + 8 * len(mode), y + 12, how, "quiet", "start"))
        for place, (number, kind) in enumerate(numbers):
            parts.append(box(128 + 42 * place, y + 18, 40, 26, f"{number:g}", kind))
    return [panel(312, 218, parts)]


def decoder(num_layers: int = 2, features: int = 5) -> Drawing:
    """Draw how two rows of the encoder's state become one row of the decoder's."""
    parts = [label(54, 18, "h_n", "code", "start"), label(170, 18, "h_0", "code", "start")]
    for row, (layer, name) in enumerate(_rules.rows(num_layers, bidirectional=True)):
        y = 30 + 72 * layer + 30 * BOTH.index(name)
        parts.append(label(46, y + 18, f"[{row}] {ARROWS[name]}", f"{name} code", "end"))
        parts.append(cells(54, y, [""] * features, 13, name))
        half = 170 + 13 * features * BOTH.index(name)
        parts.append(cells(half, y_of(layer), [""] * features, 13, name))
        if name == BOTH[0]:
            parts.append(arrow(122, y + 28, 140, y + 28))
            parts.append(label(166, y_of(layer) + 18, f"[{layer}]", "code", "end"))
    bottom = 30 + 72 * num_layers
    parts.append(label(54 + 6.5 * features, bottom + 6, _("{} features").format(features), "quiet"))
    wide = _("{} features").format(2 * features)
    parts.append(label(170 + 13 * features, bottom + 6, wide, "quiet"))
    return [panel(170 + 26 * features + 6, bottom + 16, parts)]


def translation() -> Drawing:
    """Draw an encoder whose final states start a decoder, which writes word by word."""
    source, target = ("4", "7", "6"), ("6", "7", "END")
    parts = [label(44, 18, _("encoder"), "name", "start")]
    for t, word in enumerate(source):
        x = 44 + 66 * t
        parts += [box(x, 28, 54, 26, kind="forward"), box(x, 62, 54, 26, kind="backward")]
        parts += [arrow(x + 27, 112, x + 27, 90), box(x, 112, 54, 28, word)]
        if t + 1 < len(source):
            parts += [arrow(x + 54, 41, x + 66, 41), arrow(x + 66, 75, x + 54, 75)]
    end = 44 + 66 * len(source) - 12
    parts += [arrow(end, 41, end + 14, 41), label(end + 18, 46, "h_n", "forward code", "start")]
    parts += [arrow(44, 75, 30, 75), label(28, 80, "h_n", "backward code", "end")]
    encoder = panel(end + 48, 146, parts)
    parts = [label(70, 18, _("decoder"), "name", "start"), box(4, 62, 40, 28, "h_0", "quiet code")]
    for t, word in enumerate(target):
        x = 70 + 80 * t
        before = "START" if t == 0 else target[t - 1]
        parts += [box(x, 62, 60, 28), box(x, 114, 60, 28, before), label(x + 30, 38, word)]
        parts += [arrow(x + 30, 114, x + 30, 92), arrow(x + 30, 62, x + 30, 44)]
        parts.append(arrow(x - (20 if t else 26), 76, x, 76))
    return [encoder, panel(70 + 80 * len(target) - 16, 146, parts)]


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
            x = 24 + 40 * t
            last = t == range(seq_len)[step]
            text, kind = (f"[{step}]", f"{name} full code") if last else ("", name)
            parts.append(box(x, y, 36, 26, text, kind))
            if last:
                parts.append(frame(x - 3, y - 3, 42, 32))
        row = place - len(BOTH)
        joined.append(box(73 + 90 * place, 140, 88, 28, f"h_n[{row}]", f"{name} code"))
    for t in range(seq_len):
        parts.append(label(42 + 40 * t, 116, f"t={t}" if t == 0 else str(t), "time"))
    parts += [*joined, label(162, 188, _("one vector for each sequence"), "quiet")]
    return [panel(24 + 40 * seq_len, 198, parts)]
