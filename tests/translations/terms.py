"""The terms of the Chinese edition, and where a translation has another word for one."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from catalogs import LOCALE
from markup import prose


class Term(NamedTuple):
    """A term in English, its one Chinese word, and what may and may not stand in its place."""

    en: str
    zh: str
    also: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


def read() -> list[Term]:
    """Return the terms, the longest first, since "cell state" says nothing of a "cell"."""
    entries = tomllib.loads((LOCALE / "terms.toml").read_text(encoding="utf-8"))["term"]
    terms = [
        Term(e["en"], e["zh"], tuple(e.get("also", ())), tuple(e.get("never", ()))) for e in entries
    ]
    return sorted(terms, key=lambda term: -len(term.en))


TERMS = read()
#: From so many spaces on, English in a Chinese text is a message or a title.
MESSAGE = 4


@cache
def pattern(english: str) -> re.Pattern[str]:
    """Return what finds a term as a word of its own, in one and in many."""
    forms = {english, f"{english}s", f"{english}es", f"{english}d"}
    if english.endswith("is"):
        forms.add(f"{english[:-2]}es")
    words = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


def without_names(english: str, chinese: str) -> str:
    """Return a text without what stays as it is: arguments, tuples, and quoted messages."""
    for quoted in re.findall(r"[\x20-\x7e]+", prose(chinese)):
        if quoted.count(" ") >= MESSAGE:
            english = english.replace(quoted.strip(), "|")
    return re.sub(r"[\w.]+=\S+|\w+(?:\.\w+)+|\((?:[\w…*-]+, )+[\w…*-]+\)", "|", english)


def faults(english: str, chinese: str) -> Iterator[str]:
    """Yield each term that is translated in another way."""
    text = without_names(prose(english), chinese)
    for term in TERMS:
        text, count = pattern(term.en).subn("|", text)
        if count and not any(word in chinese for word in (term.zh, *term.also)):
            yield f'"{term.en}" is {term.zh}'
        for word in term.never:
            if word in chinese:
                yield f'"{term.en}" is {term.zh}, not {word}'
