"""
The image that stands beside a link to a page, where people share it.

It shows the title, and the page's own picture, or else what the page is about. resvg draws it, so a
build needs no browser and no fonts of the machine: the letters come with sphinxext-opengraph, and
Chinese ones with zhplot.
"""

from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import resvg_py
import sphinxext.opengraph
from docutils import nodes
from sphinx.application import Sphinx

from languages.text import shortened, wrapped
from machine_readable.preview_pictures import picture_of, placed, size_of, without_is
from theme import LOGO
from theme.navigation import parts_of
from theme.palette import in_light

WIDTH, HEIGHT = 1200, 630  # what the sites that show previews ask for
FOLDER = "_images/previews"
FONT = Path(sphinxext.opengraph.__file__).parent / "_static" / "Roboto-Flex.ttf"
CHINESE_FONT = Path(str(distribution("zhplot").locate_file("zhplot/fonts/NotoSansSC-Regular.ttf")))
STYLE = """
.ground { fill: var(--page); }
.panel { fill: var(--panel); stroke: var(--border); stroke-width: 2; }
.name, .title { fill: var(--text); font-weight: 700; }
.name, .part { font-size: 34px; }
.part, .about { fill: var(--quiet); font-weight: 500; }
.about { font-size: 36px; }
text.tensor { fill: var(--quiet); font-size: 17px; }
text.tensor tspan { fill: var(--text); font-weight: 700; }
text.tensor .time { fill: var(--time); }
text.tensor .batch { fill: var(--batch); }
text.tensor .rows { fill: var(--rows); }
"""
LEFT, RIGHT, BOTTOM = 64, WIDTH - 64, HEIGHT - 48


def add_preview(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Draw the preview of a page, and name it for Open Graph."""
    if app.builder.name != "html" or document is None:
        return
    title = app.env.titles[page].astext()
    part = next((part.title for part in parts_of(app) if page in part.pages()), "")
    about = app.env.metadata[page]["description"]
    image = draw(app.config.project, part, title, about, picture_of(page, document))
    path = Path(app.outdir) / FOLDER / f"{page}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image)
    context["meta"].update(
        {
            "og:image": f"{FOLDER}/{page}.png",
            "og:image:width": str(WIDTH),
            "og:image:height": str(HEIGHT),
            "og:image:alt": escape(title),
        }
    )


def draw(guide: str, part: str, title: str, about: str, picture: str) -> bytes:
    """Return a preview as a PNG; the picture is an SVG element with a viewBox, or empty."""
    heading, below = heading_of(title, 60 if picture else 72)
    shown = picture_in(picture, below + 24) if picture else about_in(about, below + 32)
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<style>{STYLE}</style><rect width="{WIDTH}" height="{HEIGHT}" class="ground"/>'
        f"{placed(LOGO, LEFT, 40, 64, 64)}"
        f'<text x="{LEFT + 84}" y="84" class="name">{escape(guide)}</text>'
        f'<text x="{RIGHT}" y="84" class="part" text-anchor="end">{escape(part)}</text>'
        f"{heading}{shown}</svg>"
    )
    return resvg_py.svg_to_bytes(
        svg_string=in_light(without_is(text)),
        width=WIDTH,
        height=HEIGHT,
        skip_system_fonts=True,
        font_files=[str(FONT), str(CHINESE_FONT)],
        font_family="Roboto Flex",
        sans_serif_family="Roboto Flex",
        serif_family="Roboto Flex",
        monospace_family="Roboto Flex",
    )


def heading_of(title: str, size: int) -> tuple[str, int]:
    """Return the lines of the title, and where they end."""
    lines = list(wrapped(title, int((RIGHT - LEFT) / size / 0.54)))  # a bold letter is wide
    step = size * 6 // 5
    texts = [
        f'<text x="{LEFT}" y="{116 + step * number}" class="title" font-size="{size}">'
        f"{escape(line)}</text>"
        for number, line in enumerate(lines, start=1)
    ]
    return "".join(texts), 116 + step * len(lines)


def about_in(about: str, top: int) -> str:
    """Return what a page is about, from a height on."""
    lines = list(wrapped(about, 58))
    most = (BOTTOM - top) // 50
    if len(lines) > most:
        lines[most - 1 :] = [shortened(" ".join(lines[most - 1 :]), 56)]
    return "".join(
        f'<text x="{LEFT}" y="{top + 50 * number}" class="about">{escape(line)}</text>'
        for number, line in enumerate(lines, start=1)
    )


def picture_in(picture: str, top: int) -> str:
    """Return a picture in a panel that takes the room below a height."""
    height = BOTTOM - top
    panel = (
        f'<rect x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" height="{height}" rx="24" '
        'class="panel"/>'
    )
    natural = size_of(picture)
    scale = min((RIGHT - LEFT - 64) / natural[0], (height - 48) / natural[1])
    size = (natural[0] * scale, natural[1] * scale)
    place = ((WIDTH - size[0]) / 2, top + (height - size[1]) / 2)
    return panel + placed(picture, *place, *size)
