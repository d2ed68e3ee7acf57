"""The look of every page: furo, with what it leaves out for keyboard, screen reader and paper."""

from functools import partial
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata

from theme import assets, furo_style, navigation

ROOM = Path(__file__).parent
LOGO = (ROOM / "logo.svg").read_text(encoding="utf-8")
#: What every page links.
LINKED = ("theme.css", "theme.js")
#: What serves the copy buttons alone.
COPYING = ("clipboard.min.js", "copybutton.js", "documentation_options.js")
#: What no page needs: our styles say it, or our search does.
REPLACED = (
    "pygments.css",
    "copybutton.css",
    "styles/furo-extensions.css",
    "doctools.js",
    "sphinx_highlight.js",
    "translations.js",
)


def add_templates(app: Sphinx, room: Path) -> None:
    """Let the templates of a room take the place of furo's that have the same names."""
    app.connect("config-inited", partial(_extend_path, room))


def _extend_path(room: Path, app: Sphinx, config: Config) -> None:
    path = room.relative_to(app.confdir)  # an absolute one would make builds in two places differ
    config.templates_path = [*config.templates_path, str(path)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register templates, styles and scripts."""
    add_templates(app, ROOM)
    app.connect("builder-inited", furo_style.lighten)
    app.connect("html-page-context", navigation.spare_tree, priority=400)  # furo's is 500
    app.connect("html-page-context", navigation.add_ways)
    app.connect("html-page-context", assets.prune)
    assets.add(app, ROOM, {**dict.fromkeys(LINKED, ""), "cards.css": 'class="cards'})
    for address in COPYING:
        assets.link_where(address, 'class="highlight')
    for address in REPLACED:
        assets.link_where(address, None)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
