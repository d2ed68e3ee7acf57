"""The first sentence of a paragraph."""

import re
from itertools import takewhile

from docutils import nodes

#: Where the first sentence of a text ends: the pages have a line for each.
END = re.compile(r"[.?!](?=\s)|[。？！]|(?=\n)")


def parted(paragraph: nodes.paragraph) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Return the nodes of the first sentence, and the others."""
    before = list(takewhile(lambda node: not _ends(node), paragraph.children))
    if len(before) == len(paragraph.children):
        return before, []
    text = paragraph.children[len(before)].astext()
    found = END.search(text)
    end = found.end() if found else len(text)
    first = [*before, nodes.Text(text[:end])]
    return first, [nodes.Text(text[end:]), *paragraph.children[len(before) + 1 :]]


def _ends(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Text) and bool(END.search(node))
