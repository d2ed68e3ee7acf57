"""The look of every page: furo, with what it leaves out for keyboard, screen reader and paper."""

from functools import partial
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata

from theme import assets

ROOM = Path(__file__).parent


def add_templates(app: Sphinx, room: Path) -> None:
    """Let the templates of a room take the place of furo's that have the same names."""
    app.connect("config-inited", partial(_extend_path, room))


def _extend_path(room: Path, app: Sphinx, config: Config) -> None:
    path = room.relative_to(app.confdir)  # an absolute one would make builds in two places differ
    config.templates_path = [*config.templates_path, str(path)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register templates, styles and scripts."""
    add_templates(app, ROOM)
    app.connect("html-page-context", assets.prune)
    assets.add(app, ROOM, {"colours.css": "", "theme.css": "", "keyboard.js": ""})
    for address in ("clipboard.min.js", "copybutton.js", "copybutton.css"):
        assets.link_where(address, 'class="highlight')
    return {"parallel_read_safe": True, "parallel_write_safe": True}
