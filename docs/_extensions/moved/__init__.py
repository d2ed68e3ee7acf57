"""
Old addresses of sections: a link to where a section stood leads to where it is.

``docs/moved.toml`` says which sections a page has lost. Without a script a reader lands at the top
of that page.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from theme import assets

logger = logging.getLogger(__name__)
ROOM = Path(__file__).parent
MARK = "data-moved"
BEFORE = 400  # the link to the script is chosen later, by what stands in the page


def add_to_page(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Write into a page where the sections are that it has lost."""
    path = Path(app.srcdir) / "moved.toml"
    lost = tomllib.loads(path.read_text(encoding="utf-8")).get(page, [])
    labels = app.env.domains.standard_domain.anonlabels
    found = {}
    for label in lost:
        if labels.get(label, (page,))[0] == page:
            logger.warning("moved.toml: %s is on no other page than %s", label, page)
        else:
            found[label] = app.builder.get_relative_uri(page, labels[label][0])
    if found and app.builder.name == "html":
        text = json.dumps(found, separators=(",", ":"))
        context["body"] += f'<script type="application/json" {MARK}>{text}</script>'


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the step and the script."""
    app.connect("html-page-context", add_to_page, priority=BEFORE)
    assets.add(app, ROOM, {"moved.js": MARK})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
