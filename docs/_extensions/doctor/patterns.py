"""What the guide knows of messages: each text with its section, and what a section says first."""

import doctest
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from error_cards import labels
from search.sections import Section, sections_of
from versions import record, releases

#: The pages whose sections are explained, and those whose sections have messages on record too.
ERRORS = "errors/"
#: The longest part of a message that tells it from others, and the most that is shown of a section.
MAX_MESSAGE, MAX_SAID = 200, 190
#: Where in PyTorch's sources an old release raised an error: each build has its own path.
SOURCE = re.compile(r"\s+at \S*[/\\]\S+:\d+$")
DIFFERENCES, OLD_MESSAGES = record.differences(), record.old_messages()
GPU_MESSAGES = record.gpu_messages()
#: What prepares an example.
SET_UP = re.compile(r"import |from |_ = torch\.manual_seed")
#: What a line calls.
CALLED = re.compile(r"\w+\(")
#: The most lines that a repair is shown with.
MAX_LINES = 3


class Pattern(NamedTuple):
    """A message of a section, with the releases that print it, and the type of the error."""

    text: str
    releases: str
    type: str


def examples(section: Section) -> Iterator[list[doctest.Example]]:
    """Yield the statements of each example of a section."""
    for node in section.content:
        for block in node.findall(nodes.Element):
            if "testnodetype" in block:
                yield doctest.DocTestParser().get_examples(block.astext())


def raised(statement: doctest.Example) -> tuple[str, str]:
    """Return type and text of the error that a statement raises, both empty if it raises none."""
    kind, _, text = (statement.exc_msg or "").partition(": ")
    return kind.rpartition(".")[2].strip(), text.strip()


def patterns(app: Sphinx, section: Section) -> list[Pattern]:
    """Return every message that a section raises, in any release on record and on a GPU."""
    blocks = list(examples(section))
    others = [
        difference
        for number in range(1, len(blocks) + 1)
        for difference in DIFFERENCES.get(f"docs/{section.page}.md, {section.label}, {number}", [])
    ] + OLD_MESSAGES.get(section.label, [])
    found = [pattern for pattern in shown(section, blocks, others) if pattern.text]
    for other in others:
        kind = other.text.partition(": ")[0].rpartition(".")[2]
        found.append(Pattern(other.message, other.releases, kind))
    texts = {pattern.text for pattern in found}
    for said in GPU_MESSAGES.get(section.label, []):
        if said.message not in texts:
            found.append(Pattern(said.message, "", said.text.partition(": ")[0]))
    wordings = app.env.metadata[section.page].get("wordings", [])
    texts = {pattern.text for pattern in found}
    found += [
        Pattern(t, "", "") for t, anchor in wordings if anchor == section.label and t not in texts
    ]
    shortened = [p._replace(text=SOURCE.sub("", p.text)[:MAX_MESSAGE]) for p in found if p.text]
    return list(dict.fromkeys(shortened))


def shown(
    section: Section, blocks: list[list[doctest.Example]], others: list[record.Difference]
) -> Iterator[Pattern]:
    """Yield the messages that a page of errors shows: its heading, and what its examples raise."""
    if not section.page.startswith(ERRORS):
        return
    own = releases.of_page(others)
    errors = [raised(statement) for block in blocks for statement in block]
    kind = next((kind for kind, _ in errors if kind), "")
    if section.label.startswith("error-") and section.heading not in [o.message for o in others]:
        yield Pattern(section.heading, own, kind)
    for kind, text in errors:
        yield Pattern(text, own, kind)


def marked_up(node: nodes.Node, titles: dict[str, str]) -> str:
    """Return a text with its code in backticks, and with the titles of what it refers to."""
    if isinstance(node, nodes.literal):
        return f"`{node.astext()}`"
    if isinstance(node, addnodes.pending_xref) and not node.get("refexplicit"):
        title = titles.get(node["reftarget"])
        return f"“{title}”" if title else f"`{node.astext()}`"
    if isinstance(node, nodes.Text):
        return node.astext()
    return "".join(marked_up(child, titles) for child in node.children)


def first_sentences(section: Section, titles: dict[str, str]) -> str:
    """Return what a section says first: whole sentences, which stand in lines of their own."""
    paragraph = next(
        (node for node in section.content if isinstance(node, nodes.paragraph)), nodes.paragraph()
    )
    said = ""
    for sentence in marked_up(paragraph, titles).splitlines():
        if said and len(said) + len(sentence) > MAX_SAID:
            break
        said = f"{said} {sentence}".strip()
    return said


def lines(section: Section) -> dict[str, str]:
    """Return the line of a section that fails, and those behind it that repair it."""
    for block in examples(section):
        failing = next((n for n, s in enumerate(block) if s.exc_msg), None)
        if failing is None:
            continue
        wrong = block[failing].source.strip()
        following = [s.source.strip() for s in block[failing + 1 :] if not s.exc_msg]
        right = repair([line for line in following if not SET_UP.match(line)], wrong)
        return {"wrong": wrong, "right": right} if right else {"wrong": wrong}
    return {}


def repair(following: list[str], wrong: str) -> str:
    """Return the first line, with those up to the one that calls what has failed, if it is near."""
    called = CALLED.search(wrong)
    for number, line in enumerate(following[:MAX_LINES]):
        if called and called[0] in line:
            return "\n".join(following[: number + 1])
    return following[0] if following else ""


def verb(section: Section) -> str:
    """Return what happens; what runs and is wrong has messages of releases that refuse it."""
    kind = labels.of(section.label, section.content)
    return labels.RAISES if kind in (None, labels.RUNS) else kind


def sections(app: Sphinx, meant: set[str]) -> dict[str, dict[str, Any]]:
    """Return the sections that have messages or are meant otherwise, as an answer shows them."""
    titles = {name: title for name, (_, _, title) in app.env.domains.standard_domain.labels.items()}
    found: dict[str, dict[str, Any]] = {}
    for section in sections_of(app):
        messages = patterns(app, section)
        if messages or section.label in meant:
            found[section.label] = {
                "page": app.builder.get_target_uri(section.page),
                "heading": section.heading,
                "messages": messages,
                "verb": verb(section),
                "says": first_sentences(section, titles),
                **lines(section),
            }
    return found
