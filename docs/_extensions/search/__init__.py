"""
The search: it opens over each page, and finds sections by questions and by messages of errors.

Sphinx's own finds pages that hold every word. People paste an error with numbers of their own, or
ask in a sentence, so here a section may miss words, and rare words count more.
"""

import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.locale import get_translation
from sphinx.util.typing import ExtensionMetadata

import theme
from questions import files, questions
from search.index import Index
from theme import assets

_ = get_translation("guide")
ROOM = Path(__file__).parent
INDEX, RESULTS = "search-index.json", "search-results"


def files_of_names(app: Sphinx) -> list[Path]:
    """Return the file of names, and that of an edition's own, if it has one."""
    own = Path(app.srcdir) / "locale" / str(app.config.language) / "names.toml"
    return [ROOM / "names.toml", *([own] if own.exists() else [])]


def names(app: Sphinx) -> dict[str, list[str]]:
    """Return what people call a page, or a section of it, besides its heading."""
    found: dict[str, list[str]] = {}
    for path in files_of_names(app):
        for place, called in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(place, []).extend(called)
    return found


@functools.cache
def index_of(app: Sphinx) -> Index:
    """Return the index that a build fills."""
    return Index(questions(app.config), names(app))


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


def texts() -> dict[str, Any]:
    """Return what the search says."""
    how_to, explanation, reference = _("How to"), _("Explanation"), _("Reference")
    return {
        "title": _("Search"),
        "all_pages": _("All pages"),
        "hint": _("A question, a word, or a message"),
        "close": _("Close"),
        "results": _("What is found"),
        "choose": _("choose"),
        "open": _("open"),
        "promise": _("nothing you type leaves this page"),
        "some": _("{} sections, the best first."),
        "near": _("No section says just that. These are the nearest:"),
        "none": _("Nothing was found. Try other words, or a part of the message."),
        "layer": _("The shapes of this layer"),
        "groups": {  # by the folder of the page
            "answer": _("Answer"),
            "how-to": how_to,
            "porting": how_to,
            "auto_gallery": how_to,
            "errors": _("Errors"),
            "first-steps": explanation,
            "explanation": explanation,
            "": reference,
        },
        "more": _("More"),
    }


def add_texts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Let the templates know what the search says."""
    context["search_texts"] = texts()


def add_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Add the page that an address with a query leads to, and all readers without JavaScript."""
    if not isinstance(app.builder, StandaloneHTMLBuilder) or app.builder.name != "html":
        return
    title = texts()["title"]
    elsewhere = _(
        'The search needs JavaScript. <a href="{questions}">Questions</a> and '
        '<a href="{errors}">errors</a> are lists to read.'
    ).format(questions=address(app, "questions"), errors=address(app, "errors/index"))
    body = (
        f'<h1>{title}</h1>\n<noscript><p>{elsewhere}</p></noscript>\n<div id="search-page"></div>'
    )
    robots = '<meta name="robots" content="noindex" />'
    yield "search", {"title": title, "body": body, "metatags": robots}, "page.html"


def address(app: Sphinx, page: str) -> str:
    """Return the address of a page, as the page of the search links it."""
    return app.builder.get_relative_uri("search", page)


def write_index(app: Sphinx, error: Exception | None) -> None:
    """Write the index beside the pages."""
    if error or app.builder.name != "html":
        return
    index = index_of(app)
    file = Path(app.outdir) / INDEX
    sources = [*ROOM.iterdir(), *files(app.config), *files_of_names(app)]
    newest = max(source.stat().st_mtime for source in sources)
    if not index.pages and file.exists() and file.stat().st_mtime > newest:
        return  # nothing has changed
    for page in sorted(app.env.found_docs - index.pages.keys()):  # those that did not change
        document = app.env.get_and_resolve_doctree(page, app.builder, tags=app.tags)
        add_to_index(app, page, "", {}, document)
    index.write(file)
    index.write_shown(Path(app.outdir) / RESULTS)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the steps, the templates, the script and the style."""
    theme.add_templates(app, ROOM)
    assets.add(app, ROOM, {"box.js": "", "search.css": ""})
    app.connect("builder-inited", replace_search_of_sphinx)
    app.connect("html-page-context", add_to_index)
    app.connect("html-page-context", add_texts)
    app.connect("html-collect-pages", add_page)
    app.connect("build-finished", write_index)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
