"""
The pictures of the guide, drawn as SVG by one function each.

``{picture} name`` puts one into a page, where the style sheet colours it for light and dark; the
content of the directive is the text alternative. The gallery's thumbnails are the same pictures
as files, with a style of their own. Texts go through ``_`` so that a translation reaches them.
"""

from functools import partial
from html import escape
from itertools import count
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

_ = get_translation("pictures")

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


def unrolled(seq_len: int = 3) -> tuple[int, int, str]:
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


def sentences() -> tuple[int, int, str]:
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


def grid(num_layers: int = 3, seq_len: int = 4) -> tuple[int, int, str]:
    """Draw every cell of a bidirectional stack, with those that output and h_n take."""
    parts = []
    width, height = (92, 30) if seq_len < 5 else (62, 30)
    for layer in range(num_layers):
        top = 34 + (num_layers - 1 - layer) * 92
        for direction, name in enumerate(("forward", "backward")):
            y = top + 36 * direction
            sign = "→" if direction == 0 else "←"
            text = f"{_('layer {}').format(layer)}, {_(name)} {sign}"
            parts.append(label(150, y + 20, text, "small", "end"))
            last = seq_len - 1 if direction == 0 else 0
            for t in range(seq_len):
                text = f"h_n[{2 * layer + direction}]" if t == last else ""
                kind = f"{name} {'full' if text else ''}"
                parts.append(box(164 + t * (width + 8), y, width, height, text, kind))
    right = 164 + seq_len * (width + 8)
    parts.append(f'<rect x="158" y="28" width="{right - 160}" height="78" rx="6" class="frame"/>')
    parts.append(label(right + 6, 72, "output", "code", "start"))
    bottom = 34 + num_layers * 92 + 4
    for t in range(seq_len):
        parts.append(
            label(164 + t * (width + 8) + width / 2, bottom, _("step {}").format(t), "name")
        )
    return right + 70, bottom + 12, "".join(parts)


def split(num_layers: int = 3, features: int = 5) -> tuple[int, int, str]:
    """Draw the last axis of output beside the first axis of h_n, coloured by direction."""
    parts = [
        label(20, 24, _("output, last axis: {} features").format(2 * features), "name", "start")
    ]
    for direction, name in enumerate(("forward", "backward")):
        x = 20 + direction * features * 30
        for feature in range(features):
            parts.append(box(x + feature * 30, 40, 28, 36, "", name))
        parts.append(label(x + features * 15 - 1, 98, _(name), "small"))
        cut = f"[..., :{features}]" if direction == 0 else f"[..., {features}:]"
        parts.append(label(x + features * 15 - 1, 118, cut, "code"))
    left = 20 + 2 * features * 30 + 70
    parts.append(
        label(left, 24, _("h_n, first axis: {} rows").format(2 * num_layers), "name", "start")
    )
    for row in range(2 * num_layers):
        name = ("forward", "backward")[row % 2]
        parts.append(box(left, 40 + row * 30, 90, 28, f"h_n[{row}]", name))
        parts.append(
            label(
                left + 100,
                59 + row * 30,
                f"{_('layer {}').format(row // 2)}, {_(name)}",
                "small",
                "start",
            )
        )
    return left + 240, 40 + 2 * num_layers * 30 + 12, "".join(parts)


def packed(lengths: tuple[int, ...] = (4, 2, 1)) -> tuple[int, int, str]:
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


def merge() -> tuple[int, int, str]:
    """Draw what each mode makes of two directions with two features."""
    forward, backward = (2, 3), (5, 7)
    results = {
        "concat": [(n, "forward") for n in forward] + [(n, "backward") for n in backward],
        "sum": [(a + b, "") for a, b in zip(forward, backward, strict=True)],
        "mean": [((a + b) / 2, "") for a, b in zip(forward, backward, strict=True)],
        "mul": [(a * b, "") for a, b in zip(forward, backward, strict=True)],
    }
    parts = []
    for row, (name, numbers) in enumerate({"forward": forward, "backward": backward}.items()):
        parts.append(label(110, 63 + 72 * row, _(name), "small", "end"))
        for column, number in enumerate(numbers):
            parts.append(box(120 + 48 * column, 40 + 72 * row, 46, 36, str(number), name))
    parts.append(arrow(230, 94, 280, 94))
    for row, (mode, cells) in enumerate(results.items()):
        parts.append(label(360, 41 + 46 * row, mode, "code", "end"))
        for column, (number, kind) in enumerate(cells):
            parts.append(box(370 + 48 * column, 18 + 46 * row, 46, 36, f"{number:g}", kind))
    return 580, 210, "".join(parts)


PICTURES = {
    "unrolled": unrolled,
    "sentences": sentences,
    "grid": partial(grid, seq_len=7),
    "short-grid": grid,
    "split": split,
    "packed": packed,
    "merge": merge,
}


def svg(name: str, alternative: str, style: str = "") -> str:
    """Return a picture as one SVG element."""
    width, height, content = PICTURES[name]()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(alternative)}" class="picture" style="max-width: {width}px">'
        f"{style}{content}</svg>"
    )


class PictureNode(addnodes.translatable, nodes.General, nodes.Element):
    """A picture of a page; its text alternative can be translated."""

    def preserve_original_messages(self) -> None:
        """Keep the text; there is nothing else to keep."""

    def extract_original_messages(self) -> list[str]:
        """Return the texts to translate."""
        return [self["alternative"]]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Put the translation in the place of the text."""
        self["alternative"] = translated_message


def visit_picture(translator: HTML5Translator, node: PictureNode) -> None:
    """Write the picture into a page."""
    translator.body.append(svg(node["name"], node["alternative"]))
    raise nodes.SkipNode


class Picture(SphinxDirective):
    """``{picture} grid``: a picture, with its text alternative as content."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        name, alternative = self.arguments[0], " ".join(self.content)
        if not alternative:
            raise self.error("a picture must have a text alternative, got no content")
        if name not in PICTURES:
            raise self.error(f"a picture must be one of {list(PICTURES)}, got {name}")
        node = PictureNode(name=name, alternative=alternative)
        self.set_source_info(node)
        return [node]


def write_thumbnails(app: Sphinx) -> None:
    """Write each picture as a file for the gallery."""
    folder = Path(app.srcdir) / "_build" / "thumbnails"
    folder.mkdir(parents=True, exist_ok=True)
    style = f"<style>{(Path(app.srcdir) / '_static' / 'thumbnail.css').read_text()}</style>"
    for name in PICTURES:
        (folder / f"{name}.svg").write_text(svg(name, name, style), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive; thumbnails are written before the gallery is made."""
    app.add_node(PictureNode, html=(visit_picture, None))
    app.add_directive("picture", Picture)
    app.connect("builder-inited", write_thumbnails, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
