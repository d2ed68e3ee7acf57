"""
What other releases of PyTorch do in place of what an example shows.

The record ``docs/records/versions.toml`` names the page, the section and the number of an example
in it. Below that example this room writes what differs, by range of releases.
"""

import doctest
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util import logging

_ = get_translation("guide")
logger = logging.getLogger(__name__)
PATH = Path(__file__).parents[2] / "records" / "versions.toml"
RECORD = tomllib.loads(PATH.read_text(encoding="utf-8"))

#: The differing statements of each example, by page, section and number.
EXAMPLES: dict[str, list[dict[str, Any]]] = {}
for entry in RECORD["example"]:
    EXAMPLES.setdefault(entry["where"], []).append(entry)


def add_other_versions(app: Sphinx, document: nodes.document) -> None:
    """Write below each example of a page what is on record of it."""
    page = f"docs/{app.env.docname}.md"
    app.env.note_dependency(str(PATH))
    wanted = {where for where in EXAMPLES if where.startswith(f"{page}, ")}
    for where, block in examples_of(app, document, page):
        if where in wanted:
            wanted.remove(where)
            place = block.parent.index(block) + 1
            block.parent.insert(place, difference_list(EXAMPLES[where], block.astext()))
    for where in sorted(wanted):
        logger.warning("no example stands where the record has one: %s", where)


def examples_of(
    app: Sphinx, document: nodes.document, page: str
) -> Iterator[tuple[str, nodes.Element]]:
    """Return each example with the name that it has in the record."""
    labels = {place[1]: label for label, place in label_places(app).items()}
    numbers: Counter[str] = Counter()
    for block in list(
        document.findall(lambda node: "testnodetype" in getattr(node, "attributes", {}))
    ):
        section = block.parent
        while section and not isinstance(section, nodes.section):
            section = section.parent
        name = ""
        if section:
            label = next((labels[i] for i in section["ids"] if i in labels), None)
            name = label or section.next_node(nodes.title).astext()
        numbers[name] += 1
        yield f"{page}, {name}, {numbers[name]}", block


def label_places(app: Sphinx) -> dict[str, tuple[str, str]]:
    """Return the anchors of the labels that the page writes out, by label."""
    found = app.env.domains.standard_domain.anonlabels
    return {
        label: place
        for label, place in found.items()
        if place[0] == app.env.docname and not label.startswith("/")
    }


def difference_list(entries: list[dict[str, Any]], text: str) -> nodes.container:
    """Return what differs, by range of releases; a statement is named where there are several."""
    statements = {
        statement.source.strip(): statement
        for statement in doctest.DocTestParser().get_examples(text)
    }
    several = len({entry["statement"] for entry in entries}) > 1
    items = nodes.bullet_list()
    for entry in entries:
        raises = statements[entry["statement"]].exc_msg is not None
        for verb in ("raises", "prints", "crashes"):
            for releases, result in entry.get(verb, {}).items():
                line = nodes.paragraph("", _("PyTorch {}: ").format(_(releases)))
                if several:
                    line += [
                        literal(entry["statement"].splitlines()[-1].strip()),
                        nodes.Text(" → "),
                    ]
                line += outcome(verb, result.strip(), raises)
                items += nodes.list_item("", line)
    head = nodes.paragraph("", _("With other versions:"))
    return nodes.container("", head, items, classes=["other-versions"])


def outcome(verb: str, result: str, raises: bool) -> list[nodes.Node]:
    """Return what a statement does, in words and as PyTorch prints it."""
    if verb == "crashes":
        return [nodes.Text(_("the process ends with ")), literal(result)]
    if verb == "raises":
        return [literal(result)]
    said = [nodes.Text(_("no error"))] if raises else []
    if raises and result:
        said.append(nodes.Text(_(", and it prints ")))
    return [*said, literal(result)] if result else said


def literal(text: str) -> nodes.literal:
    """Return a text in the font of code."""
    return nodes.literal(text, text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; a record that changes rebuilds the pages."""
    app.connect("doctree-read", add_other_versions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
