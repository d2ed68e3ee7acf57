"""
Sections about errors as cards: the label, the message, the cause, and the example in two halves.

Only the pages in HTML have cards. They are made while a page is written, so that documents stay as
they are for all that reads them: examples that run, the search, the Markdown beside each page.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from error_cards import labels
from error_cards.card import card
from error_cards.parts import (
    Continued,
    Line,
    Part,
    depart_continued,
    depart_part,
    visit_continued,
    visit_part,
)
from search.sections import label_of
from theme import assets

ROOM = Path(__file__).parent
ERRORS = "errors/"


def visit_section(translator: Any, node: nodes.section) -> None:
    """Write a section as its card, if it is about an error."""
    builder = translator.builder
    page = builder.current_docname
    if builder.name == "html" and page.startswith(ERRORS) and "error-card" not in node["classes"]:
        label = label_of(builder.env, page, node["ids"])
        kind = labels.of(label, node[1:]) if label else None
        if kind:
            card(node, kind).walkabout(translator)
            raise nodes.SkipNode
    type(translator).visit_section(translator, node)


def depart_section(translator: Any, node: nodes.section) -> None:
    """Close a section."""
    type(translator).depart_section(translator, node)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register how a section is written, the parts of its card, and the style."""
    assets.add(app, ROOM, {"error_cards.css": 'class="error-card"'})
    app.add_node(nodes.section, override=True, html=(visit_section, depart_section))
    app.add_node(Part, html=(visit_part, depart_part))
    app.add_node(Line, html=(visit_part, depart_part))
    app.add_node(Continued, html=(visit_continued, depart_continued))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
