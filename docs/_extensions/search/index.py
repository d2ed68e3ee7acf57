"""The index of the search: every section, with its words and with what else people call it."""

import json
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from search.sections import different, excerpt_of, label_of, parts_of, shortened, texts_of
from search.words import HAN, RULES, STOPWORDS, cut, stem

#: A word that stands in more of the sections than this says nothing outside of headings.
MAX_SHARE = 0.09
#: The same of Chinese, whose characters alone, and words of one section, are left out too.
MAX_SHARE_IN_CHINESE = 0.015
#: The same of code, whose names come again and again.
MAX_SHARE_IN_CODE = 0.025
#: The pages of which a reader finds the whole, or a section that has a label.
PROGRAMS = "auto_gallery/"
MAX_MESSAGE = 160
#: A list of sections is a text. A letter says how far the next one is, the first letter "one on".
FIRST_LETTER, LETTERS, FAR = "#", 57, "~"
#: How a section says something: it is called so, in its prose, in its code.
WAYS = ("named", "prose", "code")


class Index:
    """What a reader's browser loads to search."""

    def __init__(self, questions: list[dict[str, str]], names: dict[str, list[str]]) -> None:
        """
        Begin with no page.

        Args:
            questions: Each with the section that answers it.
            names: What people call a page, or a section (page#anchor), besides its heading.
        """
        self.questions: dict[str, list[dict[str, str]]] = {}
        for question in questions:
            self.questions.setdefault(question["section"], []).append(question)
        self.names = names
        #: By the page: address, title and folder; what each section is called; what it says.
        self.pages: dict[str, tuple[str, str, str]] = {}
        self.sections: dict[str, list[list[Any]]] = {}
        self.texts: dict[str, list[dict[str, list[str]]]] = {}
        #: What results show below a title: for each page, by the anchor of a section, the answers
        #: to its questions, each with its code, or else the first sentence.
        self.shown: dict[str, dict[str, list[list[str]]]] = {}

    def add(self, app: Sphinx, page: str, document: nodes.document) -> None:
        """Add each section of a page."""
        title = app.env.titles[page].astext()
        wordings = app.env.metadata[page].get("wordings", [])
        self.pages[page] = app.builder.get_target_uri(page), title, page.partition("/")[0]
        self.sections[page], self.texts[page] = [], []
        for ids, heading, content in parts_of(document):
            label = label_of(app.env, page, ids)
            if not (label or heading == title or any(node.astext() for node in content)):
                continue  # it heads other sections, and says nothing of its own
            if page.startswith(PROGRAMS) and not label and heading != title:
                continue  # a step of a program, which says nothing without the others
            anchor = label or ("" if heading == title else ids[0])
            questions = self.questions.get(label or "", [])
            asked = [question["text"] for question in questions]
            said = [text[:MAX_MESSAGE] for text, place in wordings if place in ids and text]
            names = self.names.get(f"{page}#{anchor}" if anchor else page, [])
            others = different([heading, *said, *names])[1:]
            anchor_or_made = 0 if anchor == nodes.make_id(heading) else anchor
            entries = [[q["text"], *([] if "code" in q else [1])] for q in questions]
            self.sections[page].append([anchor_or_made, heading, others, entries])
            answers = [[shortened(q["answer"]), q.get("code", "")] for q in questions]
            shown = answers or [[excerpt_of(content), ""]]
            self.shown.setdefault(page, {})[anchor] = shown
            prose, code = (
                [text for node in content for text in texts_of(node, in_code)]
                for in_code in (False, True)
            )
            named = [heading, title, *others, *asked]
            self.texts[page].append({"named": named, "prose": prose, "code": code})

    def holding(self, way: str) -> dict[str, set[int]]:
        """Return the sections that say each word, by its stem, in one way."""
        found: dict[str, set[int]] = {}
        in_order = (texts for page in sorted(self.texts) for texts in self.texts[page])
        for section, texts in enumerate(in_order):
            for word in (word for text in texts[way] for word in cut(text)):
                if not word[0].isdecimal() and word not in STOPWORDS:
                    found.setdefault(stem(word), set()).add(section)
        return found

    def write(self, file: Path) -> None:
        """
        Write the index as JSON, in the order of the pages' names.

        The engine knows by itself which words the headings have.
        """
        pages = sorted(self.pages)
        sections_of_all = [
            [place, *section] for place, page in enumerate(pages) for section in self.sections[page]
        ]
        count = len(sections_of_all)
        named, prose, code = map(self.holding, WAYS)
        often = {}
        holding: dict[str, set[int]] = {}
        for word, sections in sorted(prose.items()):
            if len(sections) > max_share(word) * count:
                often[word] = len(sections | named.get(word, set()))
            elif not HAN.match(word) or (len(word) > 1 and len(sections) > 1):
                holding[word] = sections
        for word, sections in code.items():
            if len(sections) <= MAX_SHARE_IN_CODE * count:
                holding[word] = holding.get(word, set()) | sections
        rest = {word: sections - named.get(word, set()) for word, sections in holding.items()}
        only = {word: sections for word, sections in sorted(rest.items()) if sections}
        is_chinese = any(map(HAN.match, named))
        data = {
            "pages": [self.pages[page] for page in pages],
            "sections": sections_of_all,
            "rules": RULES,
            "common": " ".join(w for w in sorted(STOPWORDS) if is_chinese or not HAN.match(w)),
            "often": often,
            "words": "".join(shared_starts(only)),
            "holding": " ".join(letters(sections) for sections in only.values()),
        }
        write(file, data)

    def write_shown(self, folder: Path) -> None:
        """Write what results show, a file for each page."""
        for page, shown in self.shown.items():
            write(folder / f"{page}.json", shown)


def write(file: Path, data: object) -> None:
    """Write JSON without spaces."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    file.write_text(text, encoding="utf-8")


def max_share(word: str) -> float:
    """Return the part of the sections that may hold a word."""
    return MAX_SHARE_IN_CHINESE if HAN.match(word) else MAX_SHARE


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
