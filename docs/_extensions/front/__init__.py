"""
The front page: four controls, the tensors that follow them, and the lines that split these.

``{front}`` writes the panel as it stands at first, and what its script must know: rules, lines and
sentences. Without the script the panel stays as it is. The content of the directive is for readers
without the script, and for books.
"""

from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator
from sphinx_markdown_builder.translator import MarkdownTranslator

from front import figures, panel
from theme import assets

MARK = '<div class="front">'  # in panel.html
EXPLORER = "explorer"


class PanelNode(nodes.General, nodes.Element):
    """The panel, whose link depends on where pages stand."""


def visit_html(translator: HTML5Translator, node: PanelNode) -> None:
    """Write the panel into a page."""
    builder = translator.builder
    address = builder.get_relative_uri(builder.current_docname, EXPLORER)
    translator.body.append(panel.html(address))
    raise nodes.SkipNode


def visit_markdown(translator: MarkdownTranslator, node: PanelNode) -> None:
    """Write nothing: the content of the directive says it."""
    raise nodes.SkipNode


class Front(SphinxDirective):
    """``{front}``: the panel, and the content for readers without the script."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the panel for the site, and the content as it is for anything else."""
        site = addnodes.only(expr="html and not epub")
        site += PanelNode()
        content = self.parse_content_to_nodes()
        return [site, nodes.container("", *content, classes=["front-static"])]


def add_figures(app: Sphinx, config: Config) -> None:
    """Let pages write ``{{ record.releases }}`` for what the records hold."""
    known = {"record": figures.of_records(app.srcdir)}
    config.myst_substitutions = {**config.myst_substitutions, **known}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive; its style and script are for its page alone."""
    app.add_node(PanelNode, html=(visit_html, None), markdown=(visit_markdown, None))
    app.add_directive("front", Front)
    app.connect("config-inited", add_figures)
    assets.add(app, Path(__file__).parent, {"front.css": MARK, "front.js": MARK})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
