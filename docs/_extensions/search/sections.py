"""What a page says, section by section."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from docutils import nodes
from docutils.utils import column_width
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from languages.text import joined, parts
from languages.text import shortened as start_of
from search.words import words

TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n +\.\.\.")
#: What code says to somebody else: comments, and names of attributes, calls and arguments.
SAID_IN_CODE = re.compile(r"# .*|(?<=\.)[a-zA-Z_]\w{2,}|[a-zA-Z_]\w{2,}(?=\(|=[^= ])")
#: The class of what the search does not read: it is another heading, or no text.
UNREAD = "unread"
MAX_EXCERPT = 84


class Section(NamedTuple):
    """A section that has a label, with what belongs to it and to no section inside."""

    page: str
    label: str
    title: nodes.Node
    content: list[nodes.Node]

    @property
    def heading(self) -> str:
        """Return the title as text."""
        return self.title.astext()


def label_of(env: BuildEnvironment, page: str, ids: list[str]) -> str | None:
    """Return the label of a section that other pages link, if it has one."""
    labels = env.domains.standard_domain.anonlabels.values()
    named = {anchor for place, anchor in labels if place == page}
    return next((anchor for anchor in ids if anchor in named), None)


def sections_of(app: Sphinx, pages: Collection[str] | None = None) -> Iterator[Section]:
    """Yield each section that has a label, of some pages or of all."""
    for page in sorted(app.env.found_docs if pages is None else pages):
        document = app.env.get_doctree(page)
        for section in document.findall(nodes.section):
            label = label_of(app.env, page, section["ids"])
            if label:
                content = [child for child in section[1:] if not isinstance(child, nodes.section)]
                yield Section(page, label, section[0], content)


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
