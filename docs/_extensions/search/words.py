"""The words of a text, and what words of one meaning share."""

import logging
import re
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.search.en import SearchEnglish

#: A name such as batch_first is one word; so is each Chinese character.
WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")
#: The same, with Chinese that is still to be cut.
PIECE = re.compile(r"[\u4e00-\u9fff]+|[^\W\u4e00-\u9fff]+")
HAN = re.compile(r"[\u4e00-\u9fff]")
#: What an ending is replaced with: "pads", "padded" and "padding" become "pad". The engine gets
#: the same rules with the index.
RULES = [
    (r"^(\w*_\w*[^s]|\w\w[^s])s$", "$1"),
    (r"^([^_]{3,}?)(?:ational|ation|ions?|ings?|edly|ed|ies|es|s|ers?|ly|al)$", "$1"),
    (r"^([^_]{2,}?)([bdgmnprt])\2$", "$1$2"),
    (r"^([^_]{3,})[ey]$", "$1"),
]
_RULES = [(re.compile(rule, re.ASCII), put.replace("$", "\\")) for rule, put in RULES]
#: Words that say nothing, beside those of Sphinx.
STOPWORDS = SearchEnglish.stopwords | set(
    (Path(__file__).parent / "stopwords.txt").read_text(encoding="utf-8").split()
)


def words(text: str) -> list[str]:
    """Return the words of a text, of Chinese its characters."""
    return WORD.findall(text.lower())


def cut(text: str) -> list[str]:
    """Return the words of a text, of Chinese too."""
    pieces = PIECE.findall(text.lower())
    return [word for piece in pieces for word in (chinese(piece) if HAN.match(piece) else [piece])]


def chinese(run: str) -> list[str]:
    """Return the words of Chinese characters."""
    found: list[str] = jieba().lcut(run, HMM=False)  # words of the dictionary, which a script finds
    return found


@cache
def jieba() -> Any:
    """Return jieba, which only a text in Chinese needs."""
    import jieba  # type: ignore[import-untyped]

    jieba.setLogLevel(logging.WARNING)
    return jieba


def stem(word: str) -> str:
    """Return a word without its ending."""
    for rule, put in _RULES:
        word = rule.sub(put, word)
    return word
