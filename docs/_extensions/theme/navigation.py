"""
The ways through the guide: the navigation, and previous and next, which stay within a part.

The toctrees of the first page say what there is. One without a caption holds pages that stand
alone, each with those below it, in the groups of its own toctrees. A caption names a group; what
follows a colon in it, as in "How to: Prepare the input", heads some of its pages.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

#: What stands between the name of a group and that of some of its pages, also in Chinese.
COLON = re.compile(r": *|：")


@dataclass
class Entry:
    """A page in the navigation."""

    title: str
    page: str
    below: list[tuple[str, list["Entry"]]] = field(default_factory=list)

    def pages(self) -> list[str]:
        """Return its page and those below it."""
        entries = [entry for _, entries in self.below for entry in entries]
        return [self.page, *(page for entry in entries for page in entry.pages())]


@dataclass
class Part:
    """Pages that belong together: a group with its headings, or a page that stands alone."""

    title: str
    headed: list[tuple[str, list[Entry]]]
    group: bool

    def pages(self) -> list[str]:
        """Return its pages in order."""
        return [page for _, entries in self.headed for entry in entries for page in entry.pages()]


@cache
def parts_of(app: Sphinx) -> list[Part]:
    """Return the parts in the order of the first page."""
    first = app.env.get_doctree(app.config.root_doc)
    parts = []
    for title, headed in groupby(trees_of(app, first), lambda tree: COLON.split(tree[0])[0]):
        lists = [((*COLON.split(caption), "")[1], entries) for caption, entries in headed]
        if title:
            parts.append(Part(title, lists, group=True))
        else:
            alone = [entry for _, entries in lists for entry in entries]
            parts += [Part(entry.title, [("", [entry])], group=False) for entry in alone]
    return parts


def trees_of(app: Sphinx, document: nodes.document) -> list[tuple[str, list[Entry]]]:
    """Return the captions of the toctrees of a page, each with its entries."""
    trees = document.findall(addnodes.toctree)
    return [(tree.get("caption") or "", entries_of(app, tree["entries"])) for tree in trees]


def entries_of(app: Sphinx, listed: list[tuple[str | None, str]]) -> list[Entry]:
    """Return the entries of a toctree, with the short titles that it gives."""
    entries = []
    for title, page in listed:
        title = title or app.env.titles[page].astext()
        entries.append(Entry(title, page, trees_of(app, app.env.get_doctree(page))))
    return entries


def add_ways(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Give the templates the parts, the part of a page, and its neighbours in that part."""
    parts = parts_of(app)
    here = next((part for part in parts if page in part.pages()), None)
    context.update(ways=parts, here=here)
    pages = here.pages() if here else []
    _, before, after = getattr(app.builder, "relations", {}).get(page, (None, None, None))
    if before not in pages:
        context["prev"] = None
    if after not in pages:
        context["next"] = None


def spare_tree(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Keep furo from making its navigation for each page: that takes long, and ours is shown."""
    context["toctree"] = lambda **options: ""
