"""
The Markdown beside each page: what the page shows, with the tables that directives make.

sphinx-markdown-builder writes it from the documents in memory.
"""

from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_markdown_builder.builder import MarkdownBuilder
from sphinx_markdown_builder.translator import MarkdownTranslator


class Translator(MarkdownTranslator):
    """Write a document as Markdown for other tools."""

    def visit_raw(self, node: nodes.raw) -> None:
        """Leave out HTML."""
        raise nodes.SkipNode

    def visit_meta(self, node: nodes.meta) -> None:
        """Leave out the description, which begins as the page does."""
        raise nodes.SkipNode

    def visit_comment(self, node: nodes.comment) -> None:
        """Leave out the notes of the gallery to itself."""
        raise nodes.SkipNode

    def visit_target(self, node: nodes.target) -> None:
        """Leave out anchors: the links lead to the site."""

    def visit_admonition(self, node: nodes.admonition) -> None:
        """Write a box with a title of its own as its content."""

    def visit_abbreviation(self, node: nodes.abbreviation) -> None:
        """Write the text."""


def write(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Write a page as Markdown, beside its HTML: links become whole addresses."""
    if app.builder.name != "html" or document is None:
        return
    document = document.deepcopy()  # others read it too
    address = urljoin(app.config.html_baseurl, app.builder.get_target_uri(page))
    for reference in document.findall(nodes.reference):
        inside = f"#{reference.get('refid')}"
        reference["refuri"] = urljoin(address, reference.get("refuri") or inside)
    for box in [*document.findall(nodes.note)]:
        if "sphx-glr-download-link-note" in box["classes"]:
            box.parent.remove(box)
    for title in [*document.findall(nodes.title)]:
        if isinstance(title.parent, nodes.Admonition):  # as a heading it would begin a section
            title.replace_self(nodes.paragraph("", "", nodes.strong("", "", *title.children)))
    builder = MarkdownBuilder(app, app.env)
    builder.prepare_writing(set())
    builder.write_doc(page, document)
