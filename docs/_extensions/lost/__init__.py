"""
The page for addresses that do not exist: a box for what brought the reader here, and ways on.

It is shown at any depth, so its links begin with the path of the site.
"""

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.typing import ExtensionMetadata

_ = get_translation("guide")
PAGE = "404"
#: What stands behind the colon of a title: a card has room for the name alone.
SUBTITLE = re.compile(r"[:：].*")


def ways() -> dict[str, str]:
    """Return the pages that the lost look for, and what each is for."""
    return {
        "errors/index": _("Each message of PyTorch, with its cause and its repair."),
        "questions": _("Short answers, each with the line of code that decides."),
        "explorer": _("Set a layer, and see the shape of each tensor."),
        "first-steps/one-step": _("Where to begin, in numbers that you can check."),
        "how-to/split-output": _("Cut a bidirectional output into its directions."),
        "reference/cheat-sheet": _("To print, to pin and to share."),
    }


def write_page(app: Sphinx) -> None:
    """Say what the page says first."""
    sentence = _(
        'There is no page at this address. Start at the <a href="{first}">first page</a>, '
        "or use the search."
    )
    said = sentence.format(first=app.config.notfound_urls_prefix)
    title = _("Page not found")
    body = f"<h1>{title}</h1>\n<p>{said}</p>"
    app.config.notfound_context = {"title": title, "body": body}


def add_ways(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Add the ways on."""
    if page == PAGE:
        cards = "".join(card(app, name, said) for name, said in ways().items())
        context["body"] += f'<div class="cards"><ul>\n{cards}</ul></div>'


def card(app: Sphinx, page: str, said: str) -> str:
    """Return the way to a page."""
    address = app.config.notfound_urls_prefix + app.builder.get_target_uri(page)
    title = SUBTITLE.sub("", app.env.titles[page].astext())
    return f'<li><p><a href="{address}">{escape(title)}</a></p><p>{escape(said)}</p></li>\n'


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the steps."""
    app.connect("builder-inited", write_page)
    app.connect("html-page-context", add_ways)  # behind the box of the doctor
    return {"parallel_read_safe": True, "parallel_write_safe": True}
