"""What a card is made of in HTML."""

import html
from typing import Any

from docutils import nodes


class Part(nodes.General, nodes.Element):
    """An element of HTML around other nodes."""


class ContinuedBlock(nodes.literal_block):
    """Code that goes on behind other code, which only the copy button sees."""


def part(tag: str, classes: str, *children: nodes.Node) -> Part:
    """Return an element around nodes."""
    return Part("", *children, tag=tag, classes=classes.split())


def visit_part(translator: Any, node: Part) -> None:
    """Open the element."""
    translator.body.append(translator.starttag(node, node["tag"], ""))


def depart_part(translator: Any, node: Part) -> None:
    """Close the element."""
    translator.body.append(f"</{node['tag']}>\n")


def visit_continued_block(translator: Any, node: ContinuedBlock) -> None:
    """Write the code as any other, and what is before it where a copy holds it."""
    try:
        translator.visit_literal_block(node)
    except nodes.SkipNode:
        hidden = f"<span hidden>{html.escape(node['needed'], quote=False)}</span>"
        if node["needed"]:
            translator.body[-1] = translator.body[-1].replace("<pre>", f"<pre>{hidden}", 1)
        raise
