"""
The shape explorer: a form whose answers follow every change.

``{explorer}`` writes the form, and what its script must know: the rules of ``rnn_guide`` and every
text that a reader sees, so the script holds neither. The content of the directive is for readers
without the script.
"""

from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from explorer import page
from theme import assets

MARK = 'class="explorer"'  # in explorer.html


class Explorer(SphinxDirective):
    """``{explorer}``: the form, and the content for readers without the script."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the form for the site, and the content as it is for anything else."""
        site = addnodes.only(expr="html and not epub")
        site += nodes.raw("", page.html(), format="html")
        tables = nodes.container("", *self.parse_content_to_nodes(), classes=["explorer-static"])
        return [site, tables]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive; its style and script are for its page alone."""
    app.add_directive("explorer", Explorer)
    assets.add(app, Path(__file__).parent, {"explorer.css": MARK, "explorer.js": MARK})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
