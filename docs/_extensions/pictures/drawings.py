"""
What each picture shows: a function returns width, height and the content of the SVG element.

Where a picture shows cells, directions or rows, the rules of ``rnn_guide`` say which. Texts go
through ``_``, so that a translation reaches them.
"""

from collections.abc import Callable
from functools import partial
from html import escape
from itertools import count

from sphinx.locale import get_translation

from rnn_guide import _rules

_ = get_translation("guide")

Drawing = tuple[int, int, str]

BOTH = _rules.DIRECTIONS[True]
CORPUS = ("i like dog", "i love coffee", "i hate milk", "i like music", "i hate you")


def box(x: float, y: float, width: float, height: float, text: str = "", kind: str = "") -> str:
    """Return a rectangle with a text in its middle."""
    rectangle = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="3" class="{kind}"/>'
    return rectangle + label(x + width / 2, y + height / 2 + 5, text) if text else rectangle


def label(x: float, y: float, text: str, kind: str = "", anchor: str = "middle") -> str:
    """Return a text; ``anchor`` says which part of it stands at ``x``."""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def arrow(x1: float, y1: float, x2: float, y2: float, kind: str = "") -> str:
    """Return a straight line with a head at its second end."""
    line = f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" class="{kind}"/>'
    dx, dy = ((x2 > x1) - (x2 < x1)), ((y2 > y1) - (y2 < y1))
    back, side = (x2 - 8 * dx, y2 - 8 * dy), (5 * dy, 5 * dx)
    head = [
        (x2, y2),
        (back[0] + side[0], back[1] + side[1]),
        (back[0] - side[0], back[1] - side[1]),
    ]
    points = " ".join(f"{x},{y}" for x, y in head)
    return f'{line}<polygon points="{points}" class="{kind}"/>'


def unrolled(seq_len: int = 3) -> Drawing:
    """Draw the recurrence, unrolled over its steps."""
    parts = [box(10, 105, 80, 40, "h_0", "quiet")]
    for t in range(seq_len):
        x = 170 + 150 * t
        parts += [
            box(x, 200, 70, 40, f"X_{t}", "input"),
            arrow(x + 35, 200, x + 35, 145),
            label(x + 45, 178, "U", "name", "start"),
            box(x, 105, 70, 40, f"S_{t}", "forward"),
            arrow(x - 80, 125, x, 125),
            label(x - 42, 117, "W", "name"),
            arrow(x + 35, 105, x + 35, 50),
            label(x + 35, 40, f"output[{t}]", "code"),
        ]
    end = 170 + 150 * (seq_len - 1) + 70
    parts += [arrow(end, 125, end + 50, 125), label(end + 58, 130, "h_n", "code", "start")]
    return end + 100, 255, "".join(parts)


def sentences() -> Drawing:
    """Draw the five sentences as a table that is read one column after another."""
    parts = []
    for t in range(3):
        x = 90 + 110 * t
        parts.append(label(x + 45, 24, f"t = {t}", "name"))
        parts.append(box(x - 6, 36, 102, 188, "", "forward" if t == 0 else "quiet"))
        if t < 2:
            parts.append(arrow(x + 97, 130, x + 103, 130))
        for row, sentence in enumerate(CORPUS):
            parts.append(box(x, 44 + 36 * row, 90, 28, sentence.split()[t], "input"))
    for row in range(len(CORPUS)):
        parts.append(label(74, 63 + 36 * row, _("batch {}").format(row + 1), "small", "end"))
    return 420, 235, "".join(parts)


def direction(name: str) -> str:
    """Return the name of a direction in the language of the site."""
    return {"forward": _("forward"), "backward": _("backward")}[name]


def grid(num_layers: int = 3, seq_len: int = 4) -> Drawing:
    """Draw every cell of a bidirectional stack, with those that output and h_n take."""
    parts = []
    width = 92 if seq_len < 5 else 62
    for row, (layer, name) in enumerate(_rules.rows(num_layers, bidirectional=True)):
        y = 34 + (num_layers - 1 - layer) * 92 + 36 * BOTH.index(name)
        sign = {"forward": "→", "backward": "←"}[name]
        text = f"{_('layer {}').format(layer)}, {direction(name)} {sign}"
        parts.append(label(150, y + 20, text, "small", "end"))
        last = range(seq_len)[_rules.CELLS["h_n"]["step"][name]]
        for t in range(seq_len):
            text, kind = (f"h_n[{row}]", f"{name} full") if t == last else ("", name)
            parts.append(box(164 + t * (width + 8), y, width, 30, text, kind))
    right = 164 + seq_len * (width + 8)
    parts.append(box(158, 28, right - 160, 78, kind="frame"))
    parts.append(label(right + 6, 72, "output", "code", "start"))
    bottom = 34 + num_layers * 92 + 4
    for t in range(seq_len):
        x = 164 + t * (width + 8) + width / 2
        parts.append(label(x, bottom, _("step {}").format(t), "name"))
    return right + 70, bottom + 12, "".join(parts)


def split(num_layers: int = 3, features: int = 5) -> Drawing:
    """Draw the last axis of output beside the first axis of h_n, coloured by direction."""
    title = _("output, last axis: {} features").format(2 * features)
    parts = [label(20, 24, title, "name", "start")]
    cuts = {"forward": f"[..., :{features}]", "backward": f"[..., {features}:]"}
    for half, name in enumerate(BOTH):
        x = 20 + half * features * 30
        parts += [box(x + feature * 30, 40, 28, 36, "", name) for feature in range(features)]
        parts.append(label(x + features * 15 - 1, 98, direction(name), "small"))
        parts.append(label(x + features * 15 - 1, 118, cuts[name], "code"))
    rows = _rules.rows(num_layers, bidirectional=True)
    left = 20 + 2 * features * 30 + 70
    title = _("h_n, first axis: {} rows").format(len(rows))
    parts.append(label(left, 24, title, "name", "start"))
    for row, (layer, name) in enumerate(rows):
        parts.append(box(left, 40 + row * 30, 90, 28, f"h_n[{row}]", name))
        text = f"{_('layer {}').format(layer)}, {direction(name)}"
        parts.append(label(left + 100, 59 + row * 30, text, "small", "start"))
    return left + 240, 40 + len(rows) * 30 + 12, "".join(parts)


def packed(lengths: tuple[int, ...] = (4, 2, 1)) -> Drawing:
    """Draw a padded batch, the order in which packing keeps its steps, and batch_sizes."""
    parts = []
    seq_len = max(lengths)
    numbers = count()
    for t in range(seq_len):
        x = 110 + 70 * t
        parts.append(label(x + 30, 24, f"t = {t}", "name"))
        alive = sum(length > t for length in lengths)
        for row in range(len(lengths)):
            text, kind = (str(next(numbers)), "forward") if row < alive else (_("pad"), "quiet")
            parts.append(box(x, 36 + 36 * row, 60, 30, text, kind))
        parts.append(label(x + 30, 36 + 36 * len(lengths) + 22, str(alive), "code"))
    for row, length in enumerate(lengths):
        parts.append(label(98, 56 + 36 * row, _("length {}").format(length), "small", "end"))
    bottom = 36 + 36 * len(lengths) + 22
    parts.append(label(98, bottom, "batch_sizes", "code", "end"))
    return 110 + 70 * seq_len + 10, bottom + 16, "".join(parts)


def merge() -> Drawing:
    """Draw what each mode makes of two directions with two features."""
    halves: dict[str, tuple[float, ...]] = {"forward": (2, 3), "backward": (5, 7)}
    pairs = list(zip(*halves.values(), strict=True))
    results: dict[str, list[tuple[float, str]]] = {
        "concat": [(number, name) for name, half in halves.items() for number in half],
        "sum": [(a + b, "") for a, b in pairs],
        "mean": [((a + b) / 2, "") for a, b in pairs],
        "mul": [(a * b, "") for a, b in pairs],
    }
    parts = []
    for row, (name, half) in enumerate(halves.items()):
        parts.append(label(110, 63 + 72 * row, direction(name), "small", "end"))
        for column, number in enumerate(half):
            parts.append(box(120 + 48 * column, 40 + 72 * row, 46, 36, f"{number:g}", name))
    parts.append(arrow(230, 94, 280, 94))
    for row, (mode, cells) in enumerate(results.items()):
        parts.append(label(360, 41 + 46 * row, mode, "code", "end"))
        for column, (number, kind) in enumerate(cells):
            parts.append(box(370 + 48 * column, 18 + 46 * row, 46, 36, f"{number:g}", kind))
    return 580, 210, "".join(parts)


#: The drawings by name. Two sizes of one are two entries.
DRAWINGS: dict[str, Callable[[], Drawing]] = {
    "unrolled": unrolled,
    "sentences": sentences,
    "grid": partial(grid, seq_len=7),
    "short-grid": grid,
    "split": split,
    "packed": packed,
    "merge": merge,
}
