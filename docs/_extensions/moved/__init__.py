"""
Old addresses lead on: a link to where a section or a page stood leads to where it is.

``docs/moved.toml`` says which sections a page has lost, and which pages are gone. Without a script
a reader lands at the top of a page.
"""

import json
import tomllib
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from languages.editions import edition_of
from theme import assets

logger = logging.getLogger(__name__)
ROOM = Path(__file__).parent
MARK = "data-moved"
GONE = "pages that are gone"  # their table in the file
LEAD_ON = """<!DOCTYPE html>
<html lang="{language}">
<meta charset="utf-8">
<title>{title}</title>
<meta name="robots" content="noindex">
<link rel="canonical" href="{whole}">
<script>location.replace("{address}" + location.hash)</script>
<meta http-equiv="refresh" content="0; url={address}">
<p><a href="{address}">{title}</a></p>
</html>
"""
BEFORE = 400  # the link to the script is chosen later, by what stands in the page


def read(app: Sphinx) -> dict[str, Any]:
    """Return the sections that each page has lost, and the pages that are gone."""
    path = Path(app.srcdir) / "moved.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def add_to_page(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Write into a page where the sections are that it has lost."""
    lost = read(app).get(page, [])
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


def write_pages(app: Sphinx, error: Exception | None) -> None:
    """Write a page that leads on where one stood."""
    if error or app.builder.name != "html":
        return
    for old, new in read(app)[GONE].items():
        place = Path(app.outdir) / f"{old}.html"
        place.parent.mkdir(parents=True, exist_ok=True)
        target = app.builder.get_target_uri(new)
        lines = LEAD_ON.format(
            language=edition_of(app.config.language).tag,
            title=escape(app.env.titles[new].astext()),
            whole=urljoin(app.config.html_baseurl, target),
            address="../" * old.count("/") + target,
        )
        place.write_text(lines, encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the steps and the script."""
    app.connect("build-finished", write_pages)
    app.connect("html-page-context", add_to_page, priority=BEFORE)
    assets.add(app, ROOM, {"moved.js": MARK})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
