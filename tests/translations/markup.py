"""What of a text is not prose: code, roles, links, mathematics and what is filled in."""

import re
from collections import Counter
from collections.abc import Iterator

#: Code, or a role of Markdown or of reStructuredText; the first in a text wins.
MARKED = re.compile(
    r"(?<!`)(?P<ticks>`{1,2})(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?:\{(?P<role>[\w:-]+)\}|:(?P<old_role>[\w:]+):)`(?P<content>[^`]*)`",
    re.DOTALL,
)
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
TAG = re.compile(r"</?[a-z]\w*(?: [^<>]*)?/?>")
#: What stays as it is: mathematics, numbers that Sphinx or we fill in, addresses.
SAME = re.compile(r"\$\S(?:[^$]*\S)?\$|\{\{.*?\}\}|%\(\w+\)s|<?https?://[^\s>，。；）]+>?")
FILLED = re.compile(r"\{\w*\}")
#: What a reader of prose sees where code stands, and where a word of any language is filled in.
CODE, WORD = "\ufffc", "\ufffd"
#: What stands around the text of a role.
START, END = "\ufffa", "\ufffb"


def target_of(content: str) -> tuple[str, str]:
    """Return text and target of what stands in a role; without a text it is empty."""
    match = re.fullmatch(r"(.*?)\s*<([^<>]+)>", content, re.DOTALL)
    return (match[1], match[2]) if match else ("", content)


def held(text: str) -> Counter[str]:
    """Return what a translation has to hold too: code, targets, and what is filled in."""
    return Counter(_held(text))


def _held(text: str) -> Iterator[str]:
    for match in MARKED.finditer(text):
        if match["code"]:
            yield f"`{match['code'].strip()}`"
            continue
        kind = (match["role"] or match["old_role"]).rpartition(":")[2]
        target = target_of(match["content"])[1]
        yield f"{{{kind}}}`{target.lower() if kind == 'term' else target}`"
    text = MARKED.sub(" ", text)
    yield from (f"]({match[2]})" for match in LINK.finditer(text))
    text = LINK.sub(r"\1", text)
    for pattern in (TAG, SAME, FILLED):
        yield from (match[0] for match in pattern.finditer(text))
        text = pattern.sub(" ", text)


def differences(english: str, chinese: str) -> list[str]:
    """Return what one of two texts holds and the other does not; Chinese may repeat it."""
    first, second = held(english), held(chinese)
    return sorted({*(first - second), *(second.keys() - first.keys())})


def prose(text: str) -> str:
    """Return what a reader reads: texts of roles and links, and a mark in the place of code."""
    text = MARKED.sub(_read, text)
    text = LINK.sub(r"\1", text)
    text = TAG.sub("", text)
    return FILLED.sub(WORD, SAME.sub(CODE, text))


def without_code(comment: str) -> str:
    """Return a comment of an example with a mark in the place of strings, tuples and products."""
    text = re.sub(r'"[^"]*"', CODE, comment)
    text = re.sub(r"\([^()]*,[^()]*\)|\w+(?: ?[*/] ?\w+)+", CODE, text)
    return re.sub(r"[\w.]+\([^()]*\)", CODE, text)


def _read(match: re.Match[str]) -> str:
    text = target_of(match["content"] or "")[0]
    return f"{START}{text}{END}" if text else CODE
