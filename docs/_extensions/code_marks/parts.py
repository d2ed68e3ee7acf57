"""An example as a reader sees it: its statements, what each prints, and what is said of it."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from code_marks.set_up import Step, set_up
from languages.comments import PROMPT

TRACEBACK = "Traceback (most recent call last):\n"
#: A comment that says of a statement what it is, in the language of each edition.
SAID = re.compile(r"#\s*(wrong|right|错误|正确)\b(?!-)")
MARKS = {"错误": "wrong", "正确": "right"}


class Part(NamedTuple):
    """Lines of an example: a statement below its comments, or what it prints."""

    role: str  # "typed", "printed", or "fails" for a traceback
    lines: list[str]  # as shown, with their ends
    code: list[str]  # of what is typed, without prompts

    @property
    def statements(self) -> list[ast.stmt]:
        """Return the statements of what is typed: mostly one, and none in comments."""
        return ast.parse("".join(self.code)).body

    @property
    def comments(self) -> list[tokenize.TokenInfo]:
        """Return the comments of what is typed."""
        tokens = tokenize.generate_tokens(io.StringIO("".join(self.code)).readline)
        return [token for token in tokens if token.type == tokenize.COMMENT]


class Group(NamedTuple):
    """Statements that look alike, with what the last of them prints."""

    mark: str  # "set-up", "wrong", "right" or "plain"
    parts: list[Part]


def groups_of(text: str) -> list[Group]:
    """
    Return the lines of an example in groups.

    Args:
        text: An example with prompts, or a script.

    Raises:
        SyntaxError: What is typed is not Python.
    """
    parts = list(_of_session(text) if text.startswith(">>>") else _of_script(text))
    below = [*(part.role for part in parts[1:]), "typed"]
    said = list(map(_said, parts, below))
    tells = [bool(mark) or role != "typed" for mark, role in zip(said, below, strict=True)]
    steps = zip(parts, tells, below, strict=True)
    back = set_up([Step(part.statements, tell, role == "fails") for part, tell, role in steps])
    groups: list[Group] = []
    for at, part in enumerate(parts):
        above = groups[-1].mark if groups else ""
        mark = said[at] or ("set-up" if at in back else "plain")
        if not part.statements and above == "set-up":  # a blank line
            mark = above
        alike = mark == above and not said[at] and groups[-1].parts[-1].role == "typed"
        if alike or part.role != "typed":
            groups[-1].parts.append(part)
        else:
            groups.append(Group(mark, [part]))
    return groups


def _of_session(text: str) -> Iterator[Part]:
    """Yield the parts of an example with prompts. A comment belongs to the line below it."""
    part = Part("", [], [])
    for line in text.splitlines(keepends=True):
        prompt = PROMPT.match(line)
        if part.role != "typed" and line.startswith("..."):
            prompt = None  # what is printed may leave something out
        role = "typed" if prompt else "fails" if line == TRACEBACK else "printed"
        if line.startswith(">>>"):
            begins = part.role != "typed" or bool(part.statements)
        else:
            begins = role != part.role and part.role != "fails"
        if begins and part.lines:
            yield part
        if begins:
            part = Part(role, [], [])
        part.lines.append(line)
        part.code.extend([line[prompt.end() :]] if prompt else [])
    yield part


def _of_script(text: str) -> Iterator[Part]:
    """Yield the parts of a script: its statements below their comments, and blank lines."""
    lines = text.splitlines(keepends=True)
    ends = {_first_line(node): node.end_lineno or 0 for node in ast.parse(text).body}
    start = at = 0
    while at < len(lines):
        end = ends.get(at + 1, at + 1)
        is_blank = not lines[at].strip()
        if is_blank and start < at:
            yield _script(lines[start:at])
            start = at
        at = end
        if is_blank or end in ends.values():
            yield _script(lines[start:at])
            start = at
    if start < at:
        yield _script(lines[start:])


def _script(lines: list[str]) -> Part:
    return Part("typed", lines, lines)


def _first_line(node: ast.stmt) -> int:
    """Return the line where a statement begins, with its decorators."""
    return min(inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.stmt | ast.expr))


def _said(part: Part, below: str) -> str:
    """Return what is said of a statement: by a comment, or by the traceback below it."""
    if not part.statements:
        return ""
    said = [found[1] for comment in part.comments if (found := SAID.match(comment.string))]
    return MARKS.get(said[0], said[0]) if said else "wrong" if below == "fails" else ""
