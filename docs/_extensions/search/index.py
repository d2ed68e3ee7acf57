"""The index of the search: every section, with its words and with what else people call it."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils import column_width
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from languages.text import joined, parts
from languages.text import shortened as start_of
from search.words import HAN, RULES, STOPWORDS, cut, stem, words

TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n +\.\.\.")
#: What code says to somebody else: comments, and names of attributes, calls and arguments.
SAID_IN_CODE = re.compile(r"# .*|(?<=\.)[a-zA-Z_]\w{2,}|[a-zA-Z_]\w{2,}(?=\(|=[^= ])")
#: The class of what the search does not read: it is another heading, or no text.
UNREAD = "unread"
#: A word that stands in more of the sections than this says nothing outside of headings.
MAX_SHARE = 0.09
#: The same of code, whose names come again and again.
MAX_SHARE_IN_CODE = 0.03
#: The pages of which a reader finds the whole, or a section that has a label.
PROGRAMS = "auto_gallery/"
MAX_EXCERPT = 84
MAX_MESSAGE = 160
#: A list of sections is a text. A letter says how far the next one is, the first letter "one on".
FIRST_LETTER, LETTERS, FAR = "#", 57, "~"


def label_of(env: BuildEnvironment, page: str, ids: list[str]) -> str | None:
    """Return the label of a section that other pages link, if it has one."""
    labels = env.domains.standard_domain.anonlabels.values()
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
    """Return the first sentence of a section."""
    paragraphs = (p for node in content for p in node.findall(nodes.paragraph))
    text = " ".join(next(paragraphs, nodes.paragraph()).astext().split())
    return shortened(parts(text)[0])


def shortened(text: str) -> str:
    """Return the first sentences that fit, or else the start of the first one."""
    excerpt = ""
    for sentence in parts(text):
        if column_width(joined(excerpt, sentence)) >= MAX_EXCERPT:
            break
        excerpt = joined(excerpt, sentence)
    return excerpt.rstrip(":：") or start_of(text, MAX_EXCERPT)


def texts_of(node: nodes.Node, in_code: bool) -> Iterator[str]:
    """Yield the texts of code, or all others, without what is known as another heading."""
    if isinstance(node, nodes.raw) or UNREAD in getattr(node, "attributes", {}).get("classes", ()):
        return
    if isinstance(node, nodes.FixedTextElement):
        if in_code:
            yield " ".join(SAID_IN_CODE.findall(TRACEBACK.sub("", node.astext())))
    elif node.children:
        for child in node.children:
            yield from texts_of(child, in_code)
    elif not in_code:
        yield node.astext()


def different(texts: Iterable[str]) -> list[str]:
    """Return the texts that differ in more than the values of their numbers."""
    found: dict[tuple[str, ...], str] = {}
    for text in texts:
        numbers: dict[str, str] = {}
        pattern = (
            numbers.setdefault(word, f"#{len(numbers)}") if word.isdecimal() else word
            for word in words(text)
        )
        found.setdefault(tuple(pattern), text)
    return list(found.values())


class Index:
    """What a reader's browser loads to search."""

    def __init__(self, questions: list[dict[str, str]], names: dict[str, list[str]]) -> None:
        """
        Begin with no page.

        Args:
            questions: Each with the section that answers it.
            names: What people call a page, or a section (page#anchor), besides its heading.
        """
        self.questions: dict[str, list[list[str]]] = {}
        for question in questions:
            texts = [question["text"], shortened(question["answer"]), question.get("code", "")]
            self.questions.setdefault(question["section"], []).append(texts)
        self.names = names
        self.names_of_pages: set[str] = set()
        self.pages: list[tuple[str, str, str]] = []
        self.sections: list[list[Any]] = []
        # the sections that have a stem in what they are called, in their prose, in their code
        self.named: dict[str, set[int]] = {}
        self.prose: dict[str, set[int]] = {}
        self.code: dict[str, set[int]] = {}

    def add(self, app: Sphinx, page: str, document: nodes.document) -> None:
        """Add each section of a page."""
        self.names_of_pages.add(page)
        title = app.env.titles[page].astext()
        wordings = app.env.metadata[page].get("wordings", [])
        self.pages.append((app.builder.get_target_uri(page), title, page.partition("/")[0]))
        for ids, heading, content in parts_of(document):
            label = label_of(app.env, page, ids)
            if not (label or heading == title or any(node.astext() for node in content)):
                continue  # it heads other sections, and says nothing of its own
            if page.startswith(PROGRAMS) and not label and heading != title:
                continue  # a step of a program, which says nothing without the others
            anchor = label or ("" if heading == title else ids[0])
            questions = self.questions.get(label or "", [])
            said = [text[:MAX_MESSAGE] for text, place in wordings if place in ids and text]
            names = self.names.get(f"{page}#{anchor}" if anchor else page, [])
            others = different([heading, *said, *names])[1:]
            excerpt = "" if questions else excerpt_of(content)
            self._add_words(self.named, [heading, title, *others, *(q[0] for q in questions)])
            for node in content:
                self._add_words(self.prose, texts_of(node, in_code=False))
                self._add_words(self.code, texts_of(node, in_code=True))
            place = len(self.pages) - 1
            anchor_or_made = 0 if anchor == nodes.make_id(heading) else anchor
            self.sections.append([place, anchor_or_made, heading, excerpt, others, questions])

    def _add_words(self, sections: dict[str, set[int]], texts: Iterable[str]) -> None:
        """Remember that the section that comes next has the words of the texts."""
        for word in (word for text in texts for word in cut(text)):
            if not word[0].isdecimal() and word not in STOPWORDS:
                sections.setdefault(stem(word), set()).add(len(self.sections))

    def _may_stand(self, word: str) -> bool:
        """Return whether the texts are in the language of a word."""
        return not HAN.match(word) or any(map(HAN.match, self.named))

    def write(self, file: Path) -> None:
        """Write the index as JSON; the engine knows by itself which words the headings have."""
        often = {
            word: len(sections | self.named.get(word, set()))
            for word, sections in sorted(self.prose.items())
            if len(sections) > MAX_SHARE * len(self.sections)
        }
        known = ((MAX_SHARE, self.prose), (MAX_SHARE_IN_CODE, self.code))
        holding: dict[str, set[int]] = {}
        for share, texts in known:
            for word, sections in texts.items():
                if len(sections) <= share * len(self.sections):
                    holding.setdefault(word, set()).update(sections - self.named.get(word, set()))
        only = {word: sections for word, sections in sorted(holding.items()) if sections}
        data = {
            "pages": self.pages,
            "sections": self.sections,
            "rules": RULES,
            "common": " ".join(sorted(filter(self._may_stand, STOPWORDS))),
            "often": often,
            "words": "".join(shared_starts(only)),
            "holding": " ".join(letters(sections) for sections in only.values()),
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        file.write_text(text, encoding="utf-8")


def shared_starts(sorted_words: Iterable[str]) -> Iterator[str]:
    """Yield for each word a capital letter, how much it has of the last one, and the rest."""
    last = ""
    for word in sorted_words:
        pairs = zip(last, word[:25], strict=False)
        same = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
        yield chr(ord("A") + same) + word[same:]
        last = word


def letters(sections: set[int]) -> str:
    """Return a letter for each section: how far it is from the one before."""
    text, before = "", -1
    for section in sorted(sections):
        far, near = divmod(section - before - 1, LETTERS)
        text += FAR * far + chr(ord(FIRST_LETTER) + near)
        before = section
    return text
