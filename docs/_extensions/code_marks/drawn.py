"""The parts of a block of code as nodes, with the classes that code.css knows."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile
from typing import NamedTuple

from docutils import nodes

from code_marks.breaks import WordBreak, places
from code_marks.directions import directions
from code_marks.parts import TRACEBACK, Part, groups_of

#: Pygments' names for what is printed and for a traceback.
ROLES = {"printed": "go", "fails": "gt"}
#: The head of a traceback that leaves its calls out.
NO_CALLS = TRACEBACK + "    ...\n"
LONG = 20  # letters without a space that half of a card on a phone holds


class Stretch(NamedTuple):
    """Characters of a block that an element holds: a link, or one with a class."""

    start: int
    end: int
    element: nodes.Element  # without children


def drawn(block: nodes.Element) -> list[nodes.Node]:
    """
    Return what a block of Python holds, as the text that it was, in marked parts.

    Raises:
        SyntaxError: It is not Python.
    """
    text = block.astext().removesuffix("\n") + "\n"
    links = list(_links(block))
    found: list[nodes.Node] = []
    at = 0
    for group in groups_of(text):
        children: list[nodes.Node] = []
        for part in group.parts:
            end = at + sum(map(len, part.lines))
            stretches = [*_stretches(part, at), *(link for link in links if at <= link.start < end)]
            inner = _nested(text, at, end, sorted(stretches, key=lambda s: (s.start, -s.end)))
            role = ROLES.get(part.role)
            children += [_with_class(role, *inner)] if role else inner
            at = end
        found.append(_with_class(group.mark, *children))
    return found


def _with_class(name: str, *children: nodes.Node) -> nodes.inline:
    return nodes.inline("", "", *children, classes=[name])


def _links(block: nodes.Element) -> Iterator[Stretch]:
    """Yield the links that a block has already."""
    at = 0
    for child in block.children:
        end = at + len(child.astext())
        if isinstance(child, nodes.reference):
            yield Stretch(at, end, child.copy())
        at = end


def _stretches(part: Part, at: int) -> Iterator[Stretch]:
    """Yield prompts, comments and directions of what is typed, and what a traceback ends with."""
    ends = [at + end for end in accumulate(map(len, part.lines))]
    if part.role == "fails":
        head = [*takewhile(lambda line: line.startswith((TRACEBACK, " ")), part.lines)]
        message = at + sum(map(len, head))
        if "".join(head) == NO_CALLS:
            yield Stretch(at, message, _with_class("calls"))
        yield Stretch(message, ends[-1], _with_class("gr"))
    if part.role != "typed":
        return
    starts = [end - len(code) for code, end in zip(part.code, ends, strict=True)]
    for line, end, start in zip(part.lines, ends, starts, strict=True):
        if start > end - len(line):
            yield Stretch(end - len(line), start, _with_class("gp"))
    for comment in part.comments:
        row, column = comment.start
        start = starts[row - 1] + column
        comes_after = part.code[row - 1][:column].strip()
        element = nodes.inline(classes=["c1", "behind"] if comes_after else ["c1"])
        yield Stretch(start, start + len(comment.string), element)
    for place in places("".join(part.lines), LONG):
        yield Stretch(at + place, at + place, WordBreak())
    for word in directions("".join(part.code)):
        start = starts[word.line]
        yield Stretch(start + word.start, start + word.end, _with_class(word.direction))


def _nested(text: str, at: int, end: int, stretches: Sequence[Stretch]) -> list[nodes.Node]:
    """Return a piece of text as nodes. A direction may stand within a link."""
    found: list[nodes.Node] = []
    for place, (start, stop, element) in enumerate(stretches):
        if start >= at:
            found += _text(text[at:start])
            inside = [other for other in stretches[place + 1 :] if other.end <= stop]
            element += _nested(text, start, stop, inside)
            found.append(element)
            at = stop
    return [*found, *_text(text[at:end])]


def _text(text: str) -> list[nodes.Node]:
    return [nodes.Text(text)] if text else []
