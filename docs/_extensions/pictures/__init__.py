"""
The pictures of the guide: ``{picture} grid`` puts one into a page.

The content of the directive is the text alternative, which a translation reaches. A picture is SVG
that carries its style, so it looks the same in a page, in a book and in a file.
"""

from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from pictures.alternative import DrawnDirective, DrawnNode, visit_markdown
from pictures.drawings import DRAWINGS
from theme.palette import with_light

STYLE = with_light((Path(__file__).parent / "pictures.css").read_text(encoding="utf-8"))
GAP = 26  # between panels in one element


def svg(name: str, alternative: str, *, upright: bool = False) -> str:
    """Return a picture as one SVG element: for a file, its panels side by side or in a column."""
    x, y, parts, right, bottom = 0, 0, [], 0, 0
    for width, height, content in DRAWINGS[name]():
        parts.append(f'<g transform="translate({x} {y})">{content}</g>')
        right, bottom = max(right, x + width), max(bottom, y + height)
        x, y = (0, y + height + GAP) if upright else (x + width + GAP, 0)
    return element(right, bottom, "".join(parts), named(alternative))


def html(name: str, alternative: str) -> str:
    """Return a picture for a page, where its panels wrap."""
    panels = DRAWINGS[name]()
    if len(panels) == 1:
        return element(*panels[0], named(alternative))
    drawn = "".join(element(*panel, 'aria-hidden="true"') for panel in panels)
    return f'<div {named(alternative)} class="picture">{drawn}</div>'


def named(alternative: str) -> str:
    """Return the attributes that say a picture in words."""
    return f'role="img" aria-label="{escape(alternative)}"'


def element(width: int, height: int, content: str, attributes: str) -> str:
    """Return an SVG element that carries its style."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {attributes} '
        f'class="picture" style="max-width: {width}px"><style>{STYLE}</style>{content}</svg>'
    )


class PictureNode(DrawnNode):
    """A picture of a page; its text alternative can be translated."""


def visit_html(translator: HTML5Translator, node: PictureNode) -> None:
    """Write the picture into a page."""
    translator.body.append(html(node["name"], node["alternative"]))
    raise nodes.SkipNode


class Picture(DrawnDirective):
    """``{picture} grid``: a picture, with its text alternative as content."""

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        name, alternative = self.arguments[0], self.alternative()
        if name not in DRAWINGS:
            raise self.error(f"a picture must be one of {list(DRAWINGS)}, got {name}")
        node = PictureNode(name=name, alternative=alternative)
        self.set_source_info(node)
        return [node]


class Beside(SphinxPostTransform):
    """Let a picture of one panel stand beside the example above it, where there is room."""

    formats = ("html",)
    default_priority = 400  # before the example is marked

    def run(self, **kwargs: Any) -> None:
        """Put both into one box."""
        for picture in list(self.document.findall(PictureNode)):
            above = picture.previous_sibling()
            if isinstance(above, nodes.literal_block) and len(DRAWINGS[picture["name"]]()) == 1:
                picture.parent.remove(picture)
                box = nodes.container("", classes=["beside"])
                above.replace_self(box)
                box += [above, picture]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and how its pictures are written."""
    app.add_node(PictureNode, html=(visit_html, None), markdown=(visit_markdown, None))
    app.add_directive("picture", Picture)
    app.add_post_transform(Beside)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
