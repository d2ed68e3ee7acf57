"""Render mathematics as MathML at build time, so that a page needs no script and no other host."""

import html
import re
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from theme import assets

NAMED_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)\w+;")


def mathml(text: str, *, as_block: bool = False) -> str:
    """Return MathML without named entities, which an EPUB does not know."""
    return NAMED_ENTITY.sub(
        lambda entity: html.unescape(entity[0]), tex2mathml(text, as_block=as_block)
    )


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write mathematics that stands in a line of text."""
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write mathematics that stands on lines of its own."""
    translator.body.append(f'<div class="math">{mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the renderer under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    assets.add(app, Path(__file__).parent, {"mathml.css": "<math"})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
