"""
The doctor: a box that explains a pasted message with the reader's own numbers.

``{doctor}`` places it, with ``:examples:`` some examples to press too. The page that is not found
and the page of the search have it as well. The build writes every message that the guide knows, and
what ``docs/doctor.toml`` says of their numbers; a browser loads that with the first paste, and
nothing that is pasted leaves it.
"""

import json
import re
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata, OptionSpec

from doctor import causes, form, patterns
from explorer import pasted
from rnn_guide import _rules, _snippets
from tensors import rules as tensors
from theme import assets

logger = logging.getLogger(__name__)
ROOM = Path(__file__).parent
FILE = "doctor.toml"
MARK = "data-doctor"  # in doctor.html
LINK = re.compile(r"\]\(([\w-]+)\)")
BEFORE = 400  # the links to style and script are chosen later, by what stands in the page


class Doctor(SphinxDirective):
    """``{doctor}``: the box, for the site alone."""

    option_spec: ClassVar[OptionSpec] = {"examples": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the form."""
        path = Path(self.env.srcdir) / FILE
        self.env.note_dependency(str(path))
        examples = causes.examples(path) if "examples" in self.options else ()
        root = "../" * self.env.current_document.docname.count("/")
        site = addnodes.only(expr="html and not epub")
        site += nodes.raw("", form.html(root, examples), format="html")
        return [site]


def add_to_page(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Place the box on the pages that are no documents."""
    if page == "search":
        before, place, after = context["body"].partition('<div id="search-page">')
        context["body"] = f"{before}{place}{form.html('')}{after}"
    elif page == "404":
        context["body"] += form.html(app.config.notfound_urls_prefix)


def with_addresses(app: Sphinx, value: Any) -> Any:
    """Return texts whose links to sections, ``[text](label)``, have become addresses."""
    labels = app.env.domains.standard_domain.anonlabels

    def address(link: re.Match[str]) -> str:
        if link[1] not in labels:
            logger.warning("doctor.toml links to no section: %s", link[1])
            return link[0]
        page, anchor = labels[link[1]]
        return f"]({app.builder.get_target_uri(page)}#{anchor})"

    if isinstance(value, str):
        return LINK.sub(address, value)
    if isinstance(value, dict):
        return {name: with_addresses(app, part) for name, part in value.items()}
    if isinstance(value, list):
        return [with_addresses(app, part) for part in value]
    return value


def write_patterns(app: Sphinx, error: Exception | None) -> None:
    """Write what the script loads when something is pasted."""
    if error or app.builder.name != "html":
        return
    meant = causes.read(Path(app.srcdir) / FILE)
    labels = {cause["label"] for family in meant["families"] for cause in family["causes"]}
    data = {
        "sections": patterns.sections(app, labels),
        **with_addresses(app, meant),
        "texts": form.texts(),
        "rules": pasted.rules(),
        "shapes": {
            **tensors.rules(),
            "usual": {name: str(value) for name, value in _snippets.DEFAULTS.items()},
            "projects": sorted(_rules.HAS_PROJECTION),
        },
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    (Path(app.outdir) / "_static" / ROOM.name / "patterns.json").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and the steps that write the box and what it knows."""
    app.add_directive("doctor", Doctor)
    assets.add(app, ROOM, {"doctor.css": MARK, "doctor.js": MARK})
    app.connect("html-page-context", add_to_page, priority=BEFORE)
    app.connect("build-finished", write_patterns)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
