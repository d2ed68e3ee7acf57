"""The search page: a field for phones, and a ranking for whole questions and error messages."""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from theme import add_templates, assets

ROOM = Path(__file__).parent


def add_ranking(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Load the ranking on the search page."""
    if page == "search":
        app.add_js_file(f"{ROOM.name}/ranking.js", type="module")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register template and script."""
    add_templates(app, ROOM)
    assets.add(app, ROOM, {})
    app.connect("html-page-context", add_ranking)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
