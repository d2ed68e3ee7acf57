"""Sentences and widths of a text, in English and in Chinese."""

import re
from collections.abc import Iterator

from docutils.utils import column_width

SENTENCE = re.compile(r"(?<=[.?!]) (?=\S)|(?<=[。？！])(?=.)")
#: A colon far enough from the start to leave something that says something.
COLON = re.compile(r"(?<=:) (?=\S)|(?<=[^。]{16}：)(?=.)")
#: What stays together at the end of a line: a word, or a Chinese character, with its punctuation.
UNIT = re.compile(
    r"[“（《]*(?:[\u2e80-\u9fff]|[^\s\u2e80-\u9fff\uff00-\uffef“（《]+)[，。；：？！）”》、…]*\s*|\S\s*"
)
MORE = " …"


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return SENTENCE.split(text)


def parts(text: str) -> list[str]:
    """Return the sentences of a text, each cut behind its colons."""
    return [part for sentence in sentences(text) for part in COLON.split(sentence)]


def joined(first: str, second: str) -> str:
    """Return two sentences side by side; Chinese has no space between them."""
    between = " " if first and first[-1].isascii() else ""
    return f"{first}{between}{second}"


def shortened(text: str, width: int) -> str:
    """Return the start of a text that fits into columns, up to the end of a word."""
    if column_width(text) <= width:
        return text
    return next(wrapped(text, width)).rstrip(" ,;:(，；：（") + MORE


def units(text: str) -> list[str]:
    """Return what of a text stays together at the end of a line."""
    return [unit.rstrip() for unit in UNIT.findall(text)]


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, each of at most so many columns."""
    line = ""
    for unit in UNIT.findall(text):
        if line and column_width(line + unit.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += unit
    if line:
        yield line.rstrip()
