"""
What other releases of PyTorch, and a GPU, do in place of what an example shows.

Below an example stands what is on record of it, folded. The search finds a section by each of these
messages, as it does by its heading. ``{releases}`` lists the releases that were compared.
"""

import doctest
import html
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from languages.comments import english_of
from languages.text import shortened
from tables.made import literal, table
from theme import assets
from versions import record
from versions.record import Difference

_ = get_translation("guide")
logger = logging.getLogger(__name__)
ROOM = Path(__file__).parent
#: How the HTML of a folded list begins, and the most of a message that its one line shows.
OTHER_VERSIONS, MAX_SHOWN = '<details class="other-versions">', 64
DIFFERENCES, OLD_MESSAGES = record.differences(), record.old_messages()
GPU_MESSAGES = record.gpu_messages()


def add_other_versions(app: Sphinx, document: nodes.document) -> None:
    """Write below each example of a page what is on record of it."""
    page = f"docs/{app.env.current_document.docname}.md"
    for path in record.PATHS:
        app.env.note_dependency(str(path))
    missing = {where for where in DIFFERENCES if where.startswith(f"{page}, ")}
    for section, number, block in examples_of(app, document):
        where = f"{page}, {section}, {number}"
        missing.discard(where)
        found = DIFFERENCES.get(where, [])
        if number == 1:
            found = [*found, *OLD_MESSAGES.get(section, [])]
            title = block.parent[0].astext()
            found += [said for said in GPU_MESSAGES.get(section, []) if said.message != title]
        if found:
            place = block.parent.index(block) + 1
            block.parent[place:place] = folded(found, english_of(block))
            wordings = app.env.metadata[app.env.current_document.docname]
            anchor = nodes.make_id(section)
            wordings.setdefault("wordings", []).extend((d.message, anchor) for d in found)
    for where in sorted(missing):
        logger.warning("no example stands where the record has one: %s", where)


def examples_of(app: Sphinx, document: nodes.document) -> Iterator[tuple[str, int, nodes.Element]]:
    """Return each example of a page with the label of its section, or else the heading."""
    page = app.env.current_document.docname
    labels = {
        anchor: label
        for label, (place, anchor) in app.env.domains.standard_domain.anonlabels.items()
        if place == page
    }
    numbers: Counter[str] = Counter()
    for block in list(document.findall(nodes.Element)):
        if "testnodetype" not in block:
            continue
        section = block.parent
        while not isinstance(section, nodes.section):
            section = section.parent
        label = next((labels[anchor] for anchor in section["ids"] if anchor in labels), "")
        name = label or heading(section)
        numbers[name] += 1
        yield name, numbers[name], block


def heading(section: nodes.section) -> str:
    """Return the heading of a section as its page has it in English."""
    title = section[0]
    assert isinstance(title, nodes.title), "a section has a heading"
    return title.rawsource if title.get("translated") else title.astext()


def folded(found: list[Difference], text: str) -> list[nodes.Node]:
    """Return a list that opens with a click, the newest releases first."""
    shown = {
        statement.source.strip(): statement
        for statement in doctest.DocTestParser().get_examples(text)
    }
    statements: dict[Difference, list[str]] = {}  # that do the same with the same releases
    for difference in found:
        statements.setdefault(difference._replace(statement=""), []).append(difference.statement)
    lines = Counter(difference.releases for difference in statements)
    items = nodes.bullet_list(classes=["unread"])  # the search knows each message as a heading
    newest_first = sorted(statements, key=lambda d: (not d.on_a_gpu, d.newest), reverse=True)
    for difference in newest_first:
        first, *others = statements[difference]
        colon = _(": ")
        line = nodes.paragraph("", f"{release_names(difference)}{colon}")
        if first and not others and lines[difference.releases] > 1:
            line += [literal(first.splitlines()[-1].strip()), nodes.Text(colon)]
        line += outcome(difference, fails=_fails(first, shown))
        items += nodes.list_item("", line)
    newest = newest_first[0]
    fails = _fails(statements[newest][0], shown)
    summary = f"<summary>{summary_of(newest, fails=fails)}</summary>"
    return [
        nodes.raw("", OTHER_VERSIONS + summary, format="html"),
        items,
        nodes.raw("", "</details>", format="html"),
    ]


def _fails(statement: str, shown: dict[str, doctest.Example]) -> bool:
    """Return whether a statement fails on the page; without one it is the one that does."""
    return not statement or shown[statement].exc_msg is not None


def summary_of(difference: Difference, *, fails: bool) -> str:
    """Return as HTML the releases of a difference, and the start of what they do."""
    releases = in_words(difference.releases) or release_names(difference)
    parts = []
    said = difference.message or difference.text
    for node in outcome(difference._replace(text=said), fails=fails):
        if isinstance(node, nodes.literal):
            text = html.escape(shortened(" ".join(node.astext().split()), MAX_SHOWN), quote=False)
            parts.append(f'<code class="literal">{text}</code>')
        else:
            parts.append(html.escape(node.astext(), quote=False))
    if difference.on_a_gpu:
        return _("On a GPU: {outcome}").format(outcome="".join(parts))
    return _("In other versions: {releases}, {outcome}").format(
        releases=releases, outcome="".join(parts)
    )


def release_names(difference: Difference) -> str:
    """Return the releases in words."""
    if difference.source:
        read = _("Read in {source}, not run").format(source=difference.source)
        releases = in_words(difference.releases)
        if not releases:
            return read
        return _("{read}, PyTorch {releases}").format(read=read, releases=releases)
    if difference.on_a_gpu:
        return _("On a GPU, PyTorch {releases}").format(releases=difference.releases)
    return f"PyTorch {in_words(difference.releases)}"


def in_words(releases: str) -> str:
    """Return releases of the record, such as "1.13 to 2.9", in the language of the edition."""
    return re.sub(r"(\S+) to (\S+)", _(r"\1 to \2"), releases)


def outcome(difference: Difference, *, fails: bool) -> list[nodes.Node]:
    """Return what a statement does, in words and as PyTorch prints it."""
    text = difference.text.strip()
    if difference.verb == "crashes":
        return [nodes.Text(_("the process ends with a crash")), *in_brackets(text)]
    if difference.verb == "raises":
        return [literal(text)]
    if not fails:
        return [literal(text) if text else nodes.Text(_("nothing is printed"))]
    return [nodes.Text(_("no error")), *in_brackets(text)]


def in_brackets(text: str) -> list[nodes.Node]:
    """Return a text behind another, or nothing."""
    return [nodes.Text(_(" (")), literal(text), nodes.Text(_(")"))] if text else []


class Releases(SphinxDirective):
    """``{releases}``: the releases that were compared."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        counts = record.differing_examples()
        head = (
            _("release"),
            _("Python"),
            _("examples that differ"),
            _("tests passed"),
            _("tests failed"),
        )
        rows = []
        for facts in record.compared():
            count = counts[".".join(facts["release"].split(".")[:2])]
            cells = facts["python"], count, facts["passed"], facts["failed"]
            rows.append([literal(facts["release"]), *(nodes.Text(str(cell)) for cell in cells)])
        return [table(_("Releases of PyTorch that were compared"), head, rows)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the steps, the directive and the style."""
    assets.add(app, ROOM, {"versions.css": 'class="other-versions"'})
    app.connect("doctree-read", add_other_versions)
    app.add_directive("releases", Releases)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
