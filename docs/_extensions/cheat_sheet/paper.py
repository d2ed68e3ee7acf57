"""Sets the sheet on paper, as SVG and PDF. Typst does it with the fonts that packages carry."""

import base64
import json
import re
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import typst
from PIL import Image

from machine_readable.previews import CHINESE_FONT, FONT

SOURCE = Path(__file__).parent / "sheet.typ"
#: Width and height of paper in points.
PAPERS = {"a4": (595.28, 841.89), "letter": (612, 792)}
FORMATS = ("svg", "pdf")
PREVIEW = (440, 622)  # pixels

#: A drawing in the sheet.
DRAWING = re.compile(
    r'<image(?: transform="translate\((\S+) (\S+)\)")? xlink:href="data:image'
    r'/svg\+xml;base64,([^"]*)" width="([^"]*)" height="([^"]*)"[^>]*/>'
)
#: A group of letters.
WORD = re.compile(r"<g( [^>]*)>((?:<use [^>]*/>)+)</g>")


def compiled(content: dict[str, Any], paper: str, format: str, language: str) -> bytes:
    """Return the sheet as SVG or PDF; the same content gives the same bytes."""
    made = typeset(content, paper, format, language)
    return compact(made.decode(), content["title"]).encode() if format == "svg" else made


def preview(content: dict[str, Any], language: str) -> bytes:
    """Return a small picture of the sheet as WebP, which a page can show at the first visit."""
    image = Image.open(BytesIO(typeset(content, "a4", "png", language))).convert("RGB")
    small, result = image.resize(PREVIEW, Image.Resampling.LANCZOS), BytesIO()
    small.save(result, "webp", quality=40, method=6)
    return result.getvalue()


def typeset(content: dict[str, Any], paper: str, format: Any, language: str) -> bytes:
    """Return one page as Typst writes it."""
    width, height = PAPERS[paper]
    inputs = {
        "sheet": json.dumps(content, ensure_ascii=False, default=str),  # texts of a catalog
        "width": str(width),
        "height": str(height),
        "lang": language,
    }
    made = typst.compile(
        str(SOURCE),
        format=format,
        sys_inputs=inputs,
        font_paths=[str(FONT.parent), str(CHINESE_FONT.parent)],
        ignore_system_fonts=True,
        timestamp=0,
    )
    assert isinstance(made, bytes), "Typst returns the one page that it is not told to write"
    return made


def compact(svg: str, title: str) -> str:
    """Return an SVG with a title, whose drawings are a part of it, in half of the bytes."""
    svg = DRAWING.sub(inlined, svg).replace(' fill-rule="nonzero"', "").replace(' y="0"', "")
    short = {name: f"g{place:x}" for place, name in enumerate(re.findall(r'\bid="(\w+)"', svg))}
    svg = re.sub(r'(id="|href="#)(\w+)"', lambda found: f'{found[1]}{short[found[2]]}"', svg)
    svg = WORD.sub(coloured_once, svg)
    svg = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", svg)
    svg = re.sub(r'(<path d="|["Z ])M 0 0m ', r"\1M ", svg)
    return re.sub("(<svg[^>]*)>", rf'\1 role="img"><title>{escape(title)}</title>', svg, count=1)


def coloured_once(word: re.Match[str]) -> str:
    """Return a word whose letters take the colour from their group."""
    colour = re.search(' fill="[^"]*"', word[2])
    assert colour, "letters have a colour"
    return f"<g{colour[0]}{word[1]}>{word[2].replace(colour[0], '')}</g>"


def inlined(image: re.Match[str]) -> str:
    """Return a drawing as an element, in the place of the image that holds it."""
    x, y, data, width, height = image.groups()
    opening, rest = base64.b64decode(data).decode().split(">", 1)
    opening = re.sub(r' (?:x|y|width|height|role|aria-\w+|data-\w+)="[^"]*"', "", opening)
    rest = re.sub(r' (?:data-\w+)="[^"]*"', "", rest)
    return f'{opening} x="{x or 0}" y="{y or 0}" width="{width}" height="{height}">{rest}'
