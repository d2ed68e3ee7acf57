"""
What pictures are made of: boxes, texts, arrows and brackets, as SVG text.

A picture is a list of panels. A panel is at most ``WIDEST`` wide, so that its texts can be read on
the narrowest phone; a wide screen shows panels side by side.
"""

from collections.abc import Callable, Iterable
from html import escape

from sphinx.locale import get_translation

_ = get_translation("guide")

WIDEST = 312  # units: pixels, but on a phone of 320, where texts of 13 units have 12
ARROWS = {"forward": "→", "backward": "←"}

#: Width, height and content of an SVG element.
Panel = tuple[int, int, str]
Drawing = list[Panel]
Draw = Callable[[], Drawing]


def panel(width: float, height: float, parts: Iterable[str]) -> Panel:
    """Return a panel of some parts."""
    if width > WIDEST:
        raise ValueError(f"a panel must be at most {WIDEST} wide, got {width}")
    return round(width), round(height), "".join(parts)


def box(x: float, y: float, width: float, height: float, text: str = "", kind: str = "") -> str:
    """Return a rectangle with a text in its middle."""
    rectangle = (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" class="{kind}"/>'
    )
    if not text:
        return rectangle
    written = " ".join(name for name in kind.split() if name in ("code", "masked"))
    return rectangle + label(x + width / 2, y + height / 2 + 5, text, written)


def cells(x: float, y: float, texts: Iterable[str], size: float, kind: str = "") -> str:
    """Return a row of boxes without a gap, one for each text."""
    return "".join(
        box(x + size * place, y, size - 2, 26, text, kind) for place, text in enumerate(texts)
    )


def label(x: float, y: float, text: str, kind: str = "", anchor: str = "middle") -> str:
    """Return a text; ``anchor`` says which part of it stands at ``x``."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def indexed(x: float, y: float, letter: str, index: str) -> str:
    """Return a letter of a formula with an index below."""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle" class="formula">{escape(letter)}'
        f'<tspan dy="4" class="index">{escape(index)}</tspan></text>'
    )


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a straight line along an axis, with a head at its second end."""
    dx, dy = ((x2 > x1) - (x2 < x1)), ((y2 > y1) - (y2 < y1))
    back, side = (x2 - 8 * dx, y2 - 8 * dy), (5 * dy, 5 * dx)
    head = [
        (x2, y2),
        (back[0] + side[0], back[1] + side[1]),
        (back[0] - side[0], back[1] - side[1]),
    ]
    points = " ".join(f"{x:g},{y:g}" for x, y in head)
    return line(x1, y1, *back) + f'<polygon points="{points}"/>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "") -> str:
    """Return a line."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="{kind}"/>'


def bracket(x1: float, x2: float, y: float, ends: float, kind: str = "") -> str:
    """Return a line with ends that point to what it spans: down if positive, else up."""
    sides = (line(x, y, x, y + ends, kind) for x in (x1, x2))
    return line(x1, y, x2, y, kind) + "".join(sides)


def frame(x: float, y: float, width: float, height: float) -> str:
    """Return a frame around boxes."""
    return box(x, y, width, height, kind="frame")


def hatch(x: float, y: float, size: float) -> str:
    """Return slanted lines in a square."""
    third = size / 3
    return "".join(
        line(x + right, y + down, x + down, y + right, "hatch")
        for right, down in ((third, 0), (2 * third, 0), (size, 0), (size, third), (size, 2 * third))
    )


def direction(name: str) -> str:
    """Return the name of a direction in the language of the site."""
    return {"forward": _("forward"), "backward": _("backward")}[name]
