"""
The search: it finds sections, by whole questions and by pasted messages of errors.

Sphinx's own finds pages that hold every word. People paste an error with numbers of their own, or
ask in a sentence, so here a section may miss words, and rare words count more.
"""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.locale import get_translation
from sphinx.util.typing import ExtensionMetadata

from questions import questions
from search.index import Index
from theme import assets

_ = get_translation("guide")
ROOM = Path(__file__).parent


@functools.cache
def index_of(app: Sphinx) -> Index:
    """Return the index that a build fills."""
    index = Index()
    for question in questions(Path(app.srcdir)):
        index.questions.setdefault(question["section"], []).append(question["text"])
    return index


def replace_search_of_sphinx(app: Sphinx) -> None:
    """Build our index alone."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


def add_to_index(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Add the sections of a page, unless it says that it is not searched."""
    if document and "nosearch" not in app.env.metadata[page]:
        index_of(app).add(app, page, document)


def add_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Add the page that shows what is found."""
    if not isinstance(app.builder, StandaloneHTMLBuilder) or app.builder.name != "html":
        return
    texts = {
        "title": _("Search"),
        "all_pages": _("All pages"),
        "hint": _("Words, a question, or a message of an error"),
        "no_script": _("The search needs JavaScript. Questions and errors are lists to read."),
        "some": _("{} sections, the best first."),
        "near": _("No section says just that. These are the nearest:"),
        "none": _("Nothing was found. Try other words, or a part of the message."),
    }
    body = (ROOM / "form.html").read_text(encoding="utf-8").format(**texts)
    robots = '<meta name="robots" content="noindex" />'
    yield "search", {"title": texts["title"], "body": body, "metatags": robots}, "page.html"


def write_index(app: Sphinx, error: Exception | None) -> None:
    """Write the index beside the pages."""
    if not error and app.builder.name == "html":
        index_of(app).write(Path(app.outdir))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the steps, the scripts and the style."""
    assets.add(app, ROOM, {"page.js": 'id="search-results"', "search.css": 'id="search-results"'})
    app.connect("builder-inited", replace_search_of_sphinx)
    app.connect("html-page-context", add_to_index)
    app.connect("html-collect-pages", add_page)
    app.connect("build-finished", write_index)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
