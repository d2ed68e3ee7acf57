"""
Where code may break, in blocks and in sentences.

A line breaks at a space where it can. Long code that has none is broken behind ``.``, ``(`` and the
like, and in a sentence also behind ``_``, before a browser cuts it anywhere. Short code in a
sentence, such as a tuple, stays whole, and so does a short argument with its name.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

NAMED = re.compile(r"\w+=[^\s(),=\[\]]+")  # an argument with its name
LONG = 24  # letters of a sentence's code that a line of a phone holds


class WordBreak(nodes.inline):
    """A place where a line may end."""


def places(text: str, long: int, behind: str = r"[.(\[,=]") -> Iterator[int]:
    """Yield where a text may break: in its words of more than so many letters."""
    for word in re.finditer(rf"\S{{{long + 1},}}", text):
        arguments = [named.span() for named in NAMED.finditer(word[0]) if len(named[0]) <= long]
        for sign in re.finditer(rf"(?<=\w){behind}(?=\w)", word[0]):
            if not any(start < sign.end() < end for start, end in arguments):
                yield word.start() + sign.end()


class BreakCode(SphinxPostTransform):
    """Let code in sentences break where it has a joint, and keep what is short whole."""

    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Look at all of it."""
        for code in self.document.findall(nodes.literal):
            short = len(code.astext()) <= LONG
            if short and " " in code.astext() and not isinstance(code.parent, nodes.title):
                code["classes"].append("whole")
            for text in list(code.findall(nodes.Text)):
                ends = [0, *places(str(text), LONG, r"[._(\[,=]"), len(text)]
                parts = [nodes.Text(text[start:end]) for start, end in pairwise(ends)]
                if len(parts) > 1:
                    joined = [node for part in parts for node in (WordBreak(), part)]
                    text.parent.replace(text, joined[1:])


def visit_html(translator: HTML5Translator, node: WordBreak) -> None:
    """Write the place."""
    translator.body.append("<wbr/>")  # closed, for a book is XML
    raise nodes.SkipNode
