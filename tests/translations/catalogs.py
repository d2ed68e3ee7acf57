"""The messages of the translations, as their catalogs hold them."""

from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po

from languages.missing import has_words

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LOCALE = DOCS / "locale" / "zh_CN"
CATALOGS = LOCALE / "LC_MESSAGES"


class Message(NamedTuple):
    """A text and its translation."""

    catalog: str  # the path of the page, or the name of what is not a page
    english: str
    chinese: str


def read(path: Path):
    """Return a catalog."""
    with path.open("rb") as file:
        return read_po(file)


def name_of(path: Path) -> str:
    """Return how a catalog is called."""
    return path.relative_to(CATALOGS).with_suffix("").as_posix()


PATHS = sorted(CATALOGS.rglob("*.po"))
MESSAGES = [
    Message(name_of(path), str(message.id), str(message.string))
    for path in PATHS
    for message in read(path)
    if message.id and message.string and not message.fuzzy
]
#: Those that say something; the others are code or symbols.
TEXTS = [message for message in MESSAGES if has_words(message.english)]
CODE = {m.english: m.chinese for m in MESSAGES if m.catalog == "code"}
