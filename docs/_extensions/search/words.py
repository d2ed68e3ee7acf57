"""The words of a text, and what words of one meaning share."""

import re
from pathlib import Path

from sphinx.search.en import SearchEnglish

#: A name such as batch_first is one word; so is each Chinese character.
WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")
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
    """Return the words of a text."""
    return WORD.findall(text.lower())


def stem(word: str) -> str:
    """Return a word without its ending."""
    for rule, put in _RULES:
        word = rule.sub(put, word)
    return word
