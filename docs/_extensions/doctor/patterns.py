"""What the guide knows of messages: each text with its section, and what a section says first."""

import doctest
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from error_cards import labels
from search.sections import label_of
from versions import record

#: The pages whose sections are explained, and those whose sections have messages on record too.
ERRORS = "errors/"
#: The longest part of a message that tells it from others, and the most that is shown of a section.
MAX_MESSAGE, MAX_SAID = 200, 190
#: Where in PyTorch's sources an old release raised an error: each build has its own path.
SOURCE = re.compile(r"\s+at \S*[/\\]\S+:\d+$")
DIFFERENCES, OLD_MESSAGES = record.differences(), record.old_messages()
GPU_MESSAGES = record.gpu_messages()
#: The releases that were compared, the oldest first, and the place of the one that is shown.
RELEASES = [".".join(facts["release"].split(".")[:2]) for facts in reversed(record.compared())]
REFERENCE = RELEASES.index(record.load(record.VERSIONS)["reference"])
#: What prepares an example, what a line calls, and the most lines that a repair is shown with.
SET_UP, CALLED, MAX_LINES = (
    re.compile(r"import |from |_ = torch\.manual_seed"),
    re.compile(r"\w+\("),
    3,
)


class Pattern(NamedTuple):
    """A message of a section, with the releases that print it, and the type of the error."""

    text: str
    releases: str
    type: str


class Place(NamedTuple):
    """A section of a page, with what belongs to it and to no section inside."""

    page: str
    label: str
    title: nodes.Node
    content: list[nodes.Node]

    @property
    def heading(self) -> str:
        """Return the title as text."""
        return self.title.astext()


def places(app: Sphinx, pages: Collection[str] | None = None) -> Iterator[Place]:
    """Yield each section that has a label, of some pages or of all."""
    for page in sorted(app.env.found_docs if pages is None else pages):
        document = app.env.get_doctree(page)
        for section in document.findall(nodes.section):
            label = label_of(app.env, page, section["ids"])
            if label:
                content = [child for child in section[1:] if not isinstance(child, nodes.section)]
                yield Place(page, label, section[0], content)


def examples(place: Place) -> Iterator[list[doctest.Example]]:
    """Yield the statements of each example of a section."""
    for node in place.content:
        for block in node.findall(nodes.Element):
            if "testnodetype" in block:
                yield doctest.DocTestParser().get_examples(block.astext())


def raised(statement: doctest.Example) -> tuple[str, str]:
    """Return type and text of the error that a statement raises, both empty if it raises none."""
    kind, _, text = (statement.exc_msg or "").partition(": ")
    return kind.rpartition(".")[2].strip(), text.strip()


def patterns(app: Sphinx, place: Place) -> list[Pattern]:
    """Return every message that a section raises, in any release on record and on a GPU."""
    blocks = list(examples(place))
    others = [
        difference
        for number in range(1, len(blocks) + 1)
        for difference in DIFFERENCES.get(f"docs/{place.page}.md, {place.label}, {number}", [])
    ] + OLD_MESSAGES.get(place.label, [])
    found = [pattern for pattern in shown(place, blocks, others) if pattern.text]
    for other in others:
        kind = other.text.partition(": ")[0].rpartition(".")[2]
        found.append(Pattern(other.message, other.releases, kind))
    texts = {pattern.text for pattern in found}
    for said in GPU_MESSAGES.get(place.label, []):
        if said.message not in texts:
            found.append(Pattern(said.message, "", said.text.partition(": ")[0]))
    wordings = app.env.metadata[place.page].get("wordings", [])
    texts = {pattern.text for pattern in found}
    found += [
        Pattern(t, "", "") for t, anchor in wordings if anchor == place.label and t not in texts
    ]
    shortened = [p._replace(text=SOURCE.sub("", p.text)[:MAX_MESSAGE]) for p in found if p.text]
    return list(dict.fromkeys(shortened))


def shown(
    place: Place, blocks: list[list[doctest.Example]], others: list[record.Difference]
) -> Iterator[Pattern]:
    """Yield the messages that a page of errors shows: its heading, and what its examples raise."""
    if not place.page.startswith(ERRORS):
        return
    releases = releases_of_own(others)
    errors = [raised(statement) for block in blocks for statement in block]
    kind = next((kind for kind, _ in errors if kind), "")
    if place.label.startswith("error-") and place.heading not in [o.message for o in others]:
        yield Pattern(place.heading, releases, kind)
    for kind, text in errors:
        yield Pattern(text, releases, kind)


def releases_of_own(others: list[record.Difference]) -> str:
    """Return the releases that print what the page shows: all that were compared but others'."""
    differing: set[str] = set()
    newest_old = ""
    for other in others:
        if other.source or not other.releases:
            continue
        start, _, end = other.releases.partition(" to ")
        if start in RELEASES:
            differing.update(RELEASES[RELEASES.index(start) : RELEASES.index(end or start) + 1])
        else:
            newest_old = max(newest_old, end or start, key=as_numbers)
    first = last = REFERENCE
    while first > 0 and RELEASES[first - 1] not in differing:
        first -= 1
    while last + 1 < len(RELEASES) and RELEASES[last + 1] not in differing:
        last += 1
    oldest = RELEASES[first]
    if first == 0 and newest_old:  # the old ones were run too, and differ up to here
        oldest = min(f"1.{int(newest_old.partition('.')[2]) + 1}", oldest, key=as_numbers)
    return oldest if oldest == RELEASES[last] else f"{oldest} to {RELEASES[last]}"


def as_numbers(release: str) -> tuple[int, ...]:
    """Return a release as numbers, which sort by age."""
    return tuple(int(part) for part in release.split(".")) if release else ()


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


def first_sentences(place: Place, titles: dict[str, str]) -> str:
    """Return what a section says first: whole sentences, which stand in lines of their own."""
    paragraph = next(
        (node for node in place.content if isinstance(node, nodes.paragraph)), nodes.paragraph()
    )
    said = ""
    for sentence in marked_up(paragraph, titles).splitlines():
        if said and len(said) + len(sentence) > MAX_SAID:
            break
        said = f"{said} {sentence}".strip()
    return said


def lines(place: Place) -> dict[str, str]:
    """Return the line of a section that fails, and those behind it that repair it."""
    for block in examples(place):
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


def verb(place: Place) -> str:
    """Return what happens; what runs and is wrong has messages of releases that refuse it."""
    kind = labels.of(place.label, place.content)
    return labels.RAISES if kind in (None, labels.RUNS) else kind


def sections(app: Sphinx, meant: set[str]) -> dict[str, dict[str, Any]]:
    """Return the sections that have messages or are meant otherwise, as an answer shows them."""
    titles = {name: title for name, (_, _, title) in app.env.domains.standard_domain.labels.items()}
    found: dict[str, dict[str, Any]] = {}
    for place in places(app):
        messages = patterns(app, place)
        if messages or place.label in meant:
            found[place.label] = {
                "page": app.builder.get_target_uri(place.page),
                "heading": place.heading,
                "messages": messages,
                "verb": verb(place),
                "says": first_sentences(place, titles),
                **lines(place),
            }
    return found
