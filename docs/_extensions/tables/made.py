"""Tables that are made, for directives of all rooms."""

from collections.abc import Iterable, Sequence

from docutils import nodes


def literal(text: str) -> nodes.Node:
    """Return a text in the font of code."""
    return nodes.literal(text, text)


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[nodes.Node]]) -> nodes.table:
    """Return a table whose first column names the rows."""
    group = nodes.tgroup(cols=len(head), stub=True)
    group += nodes.colspec(colwidth=1, stub=1)
    group += [nodes.colspec(colwidth=1) for _column in head[1:]]
    group += nodes.thead("", row(nodes.Text(cell) for cell in head))
    group += nodes.tbody("", *(row(cells) for cells in rows))
    # The titles come from our catalog, not from that of the page.
    return nodes.table("", nodes.title("", title, translatable=False), group)


def row(cells: Iterable[nodes.Node]) -> nodes.row:
    """Return a row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))
