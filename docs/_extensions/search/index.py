"""The index of the search: every section, with its words and with what else people call it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

WORD = re.compile(r"\w+")
TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n +\.\.\.")
#: The class of what the search does not read: it is another heading, or no text.
UNREAD = "unread"
#: Words that say nothing, beside those of Sphinx.
STOPWORDS = SearchEnglish.stopwords | set(
    (Path(__file__).parent / "stopwords.txt").read_text(encoding="utf-8").split()
)
#: A word that stands in more of the sections than this says nothing.
MAX_SHARE = 0.4
MAX_EXCERPT = 80


def words(text: str) -> list[str]:
    """Return the words of a text; a name such as batch_first is one."""
    return WORD.findall(text.lower())


def label_of(app: Sphinx, page: str, ids: list[str]) -> str | None:
    """Return the label of a section that other pages link, if it has one."""
    labels = app.env.domains.standard_domain.anonlabels.values()
    named = {anchor for place, anchor in labels if place == page}
    return next((anchor for anchor in ids if anchor in named), None)


def parts_of(document: nodes.document) -> Iterator[tuple[list[str], str, list[nodes.Node]]]:
    """Yield ids, heading and content of each section and each documented function."""
    for section in document.findall(nodes.section):
        content = [child for child in section[1:] if not isinstance(child, nodes.section)]
        yield section["ids"], section[0].astext(), content
    for signature in document.findall(addnodes.desc_signature):
        if signature["ids"]:
            yield signature["ids"], signature["fullname"], [signature.parent[-1]]


def excerpt_of(content: list[nodes.Node]) -> str:
    """Return the first sentences of a section."""
    paragraphs = (p for node in content for p in node.findall(nodes.paragraph))
    text = " ".join(next(paragraphs, nodes.paragraph()).astext().split())
    if len(text) <= MAX_EXCERPT:
        return text
    return text[:MAX_EXCERPT].rpartition(" ")[0] + " …"


def as_text(node: nodes.Node) -> str:
    """Return the text of a node, without markup and without what is known as another heading."""
    if isinstance(node, nodes.raw):
        return ""
    if isinstance(node, nodes.Element) and UNREAD in node["classes"]:
        return ""
    text = " ".join(map(as_text, node.children)) if node.children else node.astext()
    return TRACEBACK.sub("", text)


class Index:
    """What a reader's browser loads to search."""

    def __init__(self) -> None:
        """Begin with no page."""
        self.pages: list[tuple[str, str]] = []
        self.sections: list[tuple[int, str, str, str]] = []
        self.lengths: list[int] = []
        self.other_headings: list[tuple[int, str]] = []
        self.holding: dict[str, list[int]] = {}  # the sections that hold a word
        self.questions: dict[str, list[str]] = {}  # by the label of the section that answers them

    def add(self, app: Sphinx, page: str, document: nodes.document) -> None:
        """Add each section of a page."""
        title = app.env.titles[page].astext()
        wordings = app.env.metadata[page].get("wordings", [])
        self.pages.append((app.builder.get_target_uri(page), title))
        for ids, heading, content in parts_of(document):
            number = len(self.sections)
            label = label_of(app, page, ids)
            anchor = label or ("" if heading == title else ids[0])
            self.sections.append((len(self.pages) - 1, anchor, heading, excerpt_of(content)))
            said = [text for text, place in wordings if place in ids and text]
            others = dict.fromkeys([*self.questions.get(anchor, []), *said])
            self.other_headings += [(number, text) for text in others]
            texts = [heading, title, *others, *map(as_text, content)]
            found = {word for text in texts for word in words(text) if not word.isdecimal()}
            self.lengths.append(len(found))
            for word in found - STOPWORDS:
                self.holding.setdefault(word, []).append(number)

    def write(self, folder: Path) -> None:
        """Write the index as JSON."""
        most = MAX_SHARE * len(self.sections)
        common = {word for word, sections in self.holding.items() if len(sections) > most}
        data: dict[str, Any] = {
            "pages": self.pages,
            "sections": self.sections,
            "lengths": self.lengths,
            "otherHeadings": self.other_headings,
            "common": sorted(common | STOPWORDS),
            "words": {
                word: distances(self.holding[word]) for word in sorted(self.holding.keys() - common)
            },
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        (folder / "search-index.json").write_text(text, encoding="utf-8")


def distances(sections: list[int]) -> list[int]:
    """Return the first section, and how far each other is from the one before: it is short."""
    return [b - a for a, b in zip([0, *sections], sections, strict=False)]
