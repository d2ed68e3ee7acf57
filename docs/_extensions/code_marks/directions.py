"""Where a name in code means a direction, to show it in the colour of that direction."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

#: Half of a tensor has its name alone, or behind that of the tensor: ``h_forward``. The weights
#: of the backward direction end with ``_reverse``.
FORWARD = re.compile(r"(?:\w+_)?forward")
BACKWARD = re.compile(r"(?:\w+_)?backward|\w*_reverse")


class Word(NamedTuple):
    """A word in the code of an example."""

    line: int  # from 0
    start: int
    end: int
    direction: str  # "forward" or "backward"


def directions(code: str) -> list[Word]:
    """
    Return the names that mean a direction.

    What is called means none: ``loss.backward()`` computes gradients, and ``model.forward(x)``
    runs a model. Nor does the method that a model is given, or that a function returns.
    """
    tree = ast.parse(code)
    lines = code.splitlines()
    methods = {id(node) for node in _methods(tree)}
    named = [_word(node, lines) for node in ast.walk(tree) if id(node) not in methods]
    return sorted(word for word in named if word)


def _methods(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what is called, what a function returns, and what an object is given."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.func
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Attribute):
            yield node.value
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node


def _word(node: ast.AST, lines: list[str]) -> Word | None:
    """Return the word of a node, if it names a direction."""
    if isinstance(node, ast.Attribute):
        name, line, end = node.attr, node.end_lineno, node.end_col_offset
    elif isinstance(node, ast.Name):
        name, line, end = node.id, node.end_lineno, node.end_col_offset
    elif isinstance(node, ast.arg):
        name, line, end = node.arg, node.lineno, node.col_offset + len(node.arg.encode())
    else:
        return None
    found = [("forward", FORWARD), ("backward", BACKWARD)]
    for direction, pattern in found:
        if pattern.fullmatch(name) and line and end:
            last = len(lines[line - 1].encode()[:end].decode())  # Python counts bytes
            return Word(line - 1, last - len(name), last, direction)
    return None
