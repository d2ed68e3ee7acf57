"""
``{error-list}``: every message and mistake of the error pages, by page, with a field that filters.

The pages stand in the order of the toctrees below the directive. Without a script the whole list
is there.
"""

from collections import Counter
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from error_cards import labels
from error_list import form
from search.sections import Section, sections_of
from theme import assets
from theme.navigation import trees_of

ROOM = Path(__file__).parent
MARK = 'class="error-list'


class Placeholder(nodes.General, nodes.Element):
    """Where the list is put when all pages are known."""


class ErrorList(SphinxDirective):
    """``{error-list}``."""

    def run(self) -> list[nodes.Node]:
        """Return the place of the list."""
        return [Placeholder()]


def entry(address: str, section: Section, label: str) -> nodes.list_item:
    """Return a line: the message, and what happens where that is no error."""
    heading = [child.deepcopy() for child in section.title.children]
    line = nodes.paragraph("", "", nodes.reference("", "", *heading, refuri=address, internal=True))
    if label != labels.RAISES:
        said = nodes.inline("", labels.texts()[label], classes=["error-label", label])
        line += [nodes.Text(" "), said]
    return nodes.list_item("", line, classes=[label])


def fill(app: Sphinx, document: nodes.document, page: str) -> None:
    """Put the list in its place."""
    for placeholder in list(document.findall(Placeholder)):
        trees = trees_of(app, app.env.get_doctree(page))
        entries = [entry.page for _, listed in trees for entry in listed]
        counts: Counter[str] = Counter()
        groups = nodes.bullet_list(classes=["error-list"])
        sections = list(sections_of(app, set(entries)))
        for listed in entries:
            uri = app.builder.get_relative_uri(page, listed)
            lines = nodes.bullet_list()
            for section in (section for section in sections if section.page == listed):
                label = labels.of(section.label, section.content)
                if label:
                    counts[label] += 1
                    lines += entry(f"{uri}#{section.label}", section, label)
            title = app.env.titles[listed].deepcopy().children
            name = nodes.reference("", "", *title, refuri=uri, internal=True)
            groups += nodes.list_item("", nodes.paragraph("", "", name), lines)
        place_of_form = [nodes.raw("", form.html(counts), format="html")]
        with_script = place_of_form if app.builder.name == "html" else []
        placeholder.replace_self([*with_script, groups])


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, the step that fills it, and the style."""
    app.add_directive("error-list", ErrorList)
    app.add_node(Placeholder)
    app.connect("doctree-resolved", fill)
    assets.add(app, ROOM, {"error_list.css": MARK})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
