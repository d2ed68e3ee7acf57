"""
Tables on any screen: their rows become cards where there is no room for columns.

What ``tables.css`` needs for that is written here. Each cell knows the name of its column, the
first cell of a row names it, and the roles of a table stand in its elements: a browser forgets
them where a style lays out rows as cards. Tables of one kind on a page get the same columns.
"""

from collections.abc import Callable, Iterator
from html import escape
from itertools import zip_longest
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils import column_width
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from languages.text import units
from tensors.link import ExplorerLink
from theme import assets

LONG = 28  # letters of code that may break where a line ends
LINE = 40  # letters of a cell that stand in one line, where there is room
LETTER, ROOM = 0.545, 1.2  # ems that a letter takes, and a column beside its letters
NARROW, WIDE = 19, 58  # ems of a phone and of a page

#: A table becomes cards where its box is narrower than one of these, in rem.
STEPS = (34, 42, 50)

ARROW = 2  # letters that the link of a row takes

ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "row": "row"}


class Columns(SphinxPostTransform):
    """Say of each table where it becomes cards, and give tables of one kind the same columns."""

    formats = ("html",)
    default_priority = 400  # before furo puts each table into a box with the same classes

    def run(self, **kwargs: Any) -> None:
        """Look at the tables of a page."""
        kinds: list[list[nodes.table]] = []
        for table in self.document.findall(nodes.table):
            next(table.findall(nodes.colspec))["stub"] = 1
            for code in table.findall(nodes.literal):
                if len(code.astext()) > LONG:
                    code["classes"].append("long")
            kind = next((kind for kind in kinds if is_like(table, kind[0])), None)
            if kind:
                kind.append(table)
            else:
                kinds.append([table])
        for kind in kinds:
            least = longest(words, kind)
            if len(kind) > 1:
                share(kind, least)
            if sum(least) > NARROW:
                size = (13 if len(kind) > 1 else 15) / 16  # rem that an em is at least
                fits = (step for step in STEPS if sum(least) * size <= step)
                for table in kind:
                    table["classes"] += ["as-cards", f"below-{next(fits, STEPS[-1])}"]


def is_like(table: nodes.table, other: nodes.table) -> bool:
    """Return whether two tables of a page are of one kind: they say the same of something."""
    ours, theirs = names(table), names(other)
    return ours[0] == theirs[0] or (len(ours) == len(theirs) and ours[-1] == theirs[-1])


def share(tables: list[nodes.table], least: list[float]) -> None:
    """Give columns that stand at the same place the same width, and as much as a page has."""
    most = [max(pair) for pair in zip(least, longest(texts, tables), strict=True)]
    more = sum(most) - sum(least)
    part = min(1, max(0, WIDE - sum(least)) / more) if more else 0
    widths = [low + part * (high - low) for low, high in zip(least, most, strict=True)]
    for table in tables:
        columns = list(table.findall(nodes.colspec))
        for column, width in zip(columns, widths, strict=False):
            column["colwidth"] = width
        table["ems"], table["widest"] = sum(widths[: len(columns)]), sum(widths)
        kept = [name for name in table["classes"] if name != "colwidths-auto"]
        table["classes"] = [*kept, "colwidths-given"]


def longest(letters: Callable[[nodes.table], list[int]], tables: list[nodes.table]) -> list[float]:
    """Return how wide each column is that holds the letters of all tables, in ems."""
    columns = zip_longest(*map(letters, tables), fillvalue=0)
    return [LETTER * max(column) + ROOM for column in columns]


def names(table: nodes.table) -> list[str]:
    """Return what the columns are called."""
    return [cell.astext() for cell in next(table.findall(nodes.row)).children]


def columns_of(table: nodes.table) -> Iterator[tuple[nodes.Node, ...]]:
    """Return the cells of each column, without those of rows that have fewer."""
    rows = [row.children for row in table.findall(nodes.row)]
    return zip(*(row for row in rows if len(row) == len(rows[0])), strict=True)


def words(table: nodes.table) -> list[int]:
    """Return how many letters of each column cannot be parted."""
    return [
        max(max(unbroken(cell), default=0) + leads_on(cell) for cell in cells)
        for cells in columns_of(table)
    ]


def unbroken(cell: nodes.Node) -> Iterator[int]:
    """Return how long the words of a cell are, with their punctuation; short code is one word."""
    for paragraph in cell.findall(nodes.paragraph):
        yield from map(column_width, units("".join(map(as_word, paragraph.findall(nodes.Text)))))


def as_word(text: nodes.Text) -> str:
    """Return a text in which short code has no place to break."""
    whole = isinstance(text.parent, nodes.literal) and len(text) <= LONG
    return "x" * len(text) if whole else str(text)


def texts(table: nodes.table) -> list[int]:
    """Return how many letters of each column would stand in one line."""
    return [
        max(min(column_width(cell.astext()), LINE) + leads_on(cell) for cell in cells)
        for cells in columns_of(table)
    ]


def leads_on(cell: nodes.Node) -> int:
    """Return how many letters the link to the explorer takes in a cell, if it has one."""
    return ARROW if any(cell.findall(ExplorerLink)) else 0


Visit = Callable[[HTML5Translator, nodes.Element], None]


def visit_with_role(name: str) -> Visit:
    """Return a function that writes an element as Sphinx does, with its role."""

    def visit(translator: HTML5Translator, node: nodes.Element) -> None:
        start = len(translator.body)
        getattr(HTML5Translator, f"visit_{name}")(translator, node)
        columns = "; ".join(f"--{key}: {node[key]:.1f}" for key in ("ems", "widest") if key in node)
        add(translator, start, f'role="{ROLES[name]}"' + f' style="{columns}"' * bool(columns))

    return visit


def visit_entry(translator: HTML5Translator, node: nodes.entry) -> None:
    """Write a cell with its role and the name of its column; a name that is empty is no head."""
    place, start = node.parent.index(node), len(translator.body)
    HTML5Translator.visit_entry(translator, node)
    if isinstance(node.parent.parent, nodes.thead):
        if node.astext():
            add(translator, start, 'role="columnheader"')
        else:
            translator.body[start:], translator.context[-1] = ['<td role="cell">'], "</td>\n"
        return
    group = node.parent.parent.parent
    heads = next(group.findall(nodes.row)).children
    name = heads[place].astext() if place < len(heads) else ""
    add(translator, start, f'role="{"cell" if place else "rowheader"}"')
    add(translator, start, f'data-name="{escape(name)}"')


def add(translator: HTML5Translator, start: int, attribute: str) -> None:
    """Add an attribute to the tag that stands at a place."""
    tag, end, rest = translator.body[start].rpartition(">")
    translator.body[start] = f"{tag} {attribute}{end}{rest}"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the step and how tables are written; publish the style for pages with tables."""
    app.add_post_transform(Columns)
    for name in ROLES:
        leave = getattr(HTML5Translator, f"depart_{name}")
        app.add_node(getattr(nodes, name), override=True, html=(visit_with_role(name), leave))
    app.add_node(nodes.entry, override=True, html=(visit_entry, HTML5Translator.depart_entry))
    assets.add(app, Path(__file__).parent, {"tables.css": 'role="table"'})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
