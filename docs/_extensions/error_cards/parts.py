"""What a card is made of in HTML."""

import html
from typing import Any

from docutils import nodes


class Part(nodes.General, nodes.Element):
    """An element of HTML around other nodes."""


class Line(nodes.General, nodes.TextElement):
    """An element of HTML around text."""


class Continued(nodes.General, nodes.Element):
    """Around a block of code: what stands before it in a program, for the copy button alone."""


def part(tag: str, classes: str, *children: nodes.Node) -> Part:
    """Return an element around nodes."""
    return Part("", *children, tag=tag, classes=classes.split())


def line(tag: str, classes: str, *children: nodes.Node) -> Line:
    """Return an element around text."""
    return Line("", "", *children, tag=tag, classes=classes.split())


def visit_part(translator: Any, node: Part | Line) -> None:
    """Open the element."""
    translator.body.append(translator.starttag(node, node["tag"], ""))


def depart_part(translator: Any, node: Part | Line) -> None:
    """Close the element."""
    translator.body.append(f"</{node['tag']}>\n")


def divided(node: nodes.Node, at: int) -> tuple[nodes.Node, nodes.Node]:
    """Return the two parts of a text with its marks, cut behind so many characters."""
    if isinstance(node, nodes.Text):
        return nodes.Text(node[:at]), nodes.Text(node[at:])
    assert isinstance(node, nodes.Element)
    first, second = node.copy(), node.copy()
    for child in node.children:
        length = len(child.astext())
        if 0 < at < length:
            left, right = divided(child, at)
            first += left
            second += right
        elif at > 0:
            first += child
        else:
            second += child
        at -= length
    first.rawsource, second.rawsource = first.astext(), second.astext()
    return first, second


def visit_continued(translator: Any, node: Continued) -> None:
    """Remember where the block begins."""
    translator.context.append(len(translator.body))


def depart_continued(translator: Any, node: Continued) -> None:
    """Put into the block what stands before it, unseen."""
    start = translator.context.pop()
    block = "".join(translator.body[start:])
    needed = html.escape(node["needed"], quote=False)
    translator.body[start:] = [block.replace("<pre>", f"<pre><span hidden>{needed}</span>", 1)]
