"""
The cheat sheet: one page to print and to share, made from the rules.

``{cheat-sheet}`` shows it in a page, and :cheat-sheet:`A4 <a4.pdf>` links one of its files.
"""

import tomllib
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.docutils import ReferenceRole, SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator
from sphinx_markdown_builder.translator import MarkdownTranslator

from cheat_sheet import content, paper
from theme import assets

_ = get_translation("guide")

ROOM = Path(__file__).parent
FOLDER = "_static/cheat-sheet"
NAME = "rnn-shapes"
SMALL = f"{FOLDER}/{NAME}.webp"
FILES = [f"{size}.{format}" for size in paper.PAPERS for format in paper.FORMATS]
#: The page that the sheet names for more.
MORE = "errors/runs-and-is-wrong.html"


def address(file: str) -> str:
    """Return where a file stands below the site, such as ``a4.pdf``."""
    return f"{FOLDER}/{NAME}-{file}"


def write(app: Sphinx) -> None:
    """Write the sheet in each size and format, and a small picture of it."""
    if app.builder.name != "html":
        return
    record = Path(app.srcdir) / "records" / "versions.toml"
    releases = list(tomllib.loads(record.read_text(encoding="utf-8"))["releases"])
    said = content.content(app.config.project, releases, urljoin(app.config.html_baseurl, MORE))
    language = app.config.language.partition("_")[0]
    folder = Path(app.outdir)
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for size in paper.PAPERS:
        for format in paper.FORMATS:
            made = paper.compiled(said, size, format, language)
            (folder / address(f"{size}.{format}")).write_bytes(made)
    (folder / SMALL).write_bytes(paper.preview(said, language))


class SheetNode(nodes.General, nodes.Element):
    """The sheet in a page."""


def visit_html(translator: HTML5Translator, node: SheetNode) -> None:
    """Show the small picture, which leads to the large one; a book shows nothing."""
    if translator.builder.name == "html":
        here = translator.builder.get_target_uri(translator.builder.current_docname)
        width, height = paper.PREVIEW
        alternative = _(
            "The cheat sheet, one page: the drawn tensors of an LSTM, the shapes of every tensor, "
            "both splits, weights and biases, packing, and five mistakes. Opens it as SVG."
        )
        translator.body.append(
            f'<a class="cheat-sheet" href="{relative_uri(here, address("a4.svg"))}">'
            f'<img src="{relative_uri(here, SMALL)}" width="{width}" height="{height}" '
            f'alt="{escape(alternative)}"/></a>'
        )
    raise nodes.SkipNode


def visit_markdown(translator: MarkdownTranslator, node: SheetNode) -> None:
    """Write nothing: the links beside it lead to the files."""
    raise nodes.SkipNode


class CheatSheet(SphinxDirective):
    """``{cheat-sheet}``: the sheet."""

    def run(self) -> list[nodes.Node]:
        """Return the sheet."""
        return [SheetNode()]


class Download(ReferenceRole):
    """:cheat-sheet:`A4 <a4.pdf>` is a link to a file."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link; where it leads depends on what is built."""
        if self.target not in FILES:
            said = f"cheat-sheet must name one of {FILES}, got {self.target}"
            message = self.inliner.reporter.error(said, line=self.lineno)
            return [], [message]
        uri = address(self.target)
        return [nodes.reference("", self.title, refuri=uri, cheat_sheet=uri)], []


def lead(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Let each link lead to the file beside the pages, or from a book to the site."""
    for reference in doctree.findall(nodes.reference):
        uri = reference.get("cheat_sheet")
        if uri and app.builder.name == "html":
            reference["refuri"] = relative_uri(app.builder.get_target_uri(page), uri)
        elif uri:
            reference["refuri"] = urljoin(app.config.html_baseurl, uri)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register directive, role and steps."""
    drawn: dict[str, Any] = {"html": (visit_html, None), "markdown": (visit_markdown, None)}
    app.add_node(SheetNode, **drawn)
    app.add_directive("cheat-sheet", CheatSheet)
    app.add_role("cheat-sheet", Download())
    app.connect("builder-inited", write)
    app.connect("doctree-resolved", lead)
    assets.add(app, ROOM, {"cheat_sheet.css": 'class="cheat-sheet"'})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
