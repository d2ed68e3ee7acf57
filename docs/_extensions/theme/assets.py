"""Styles and scripts: a page links only those that it uses."""

import hashlib
import re
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

#: What stands in each page that uses a style or a script, by its address below ``_static``.
_marks: dict[str, str] = {}


def add(app: Sphinx, room: Path, links: dict[str, str]) -> None:
    """
    Publish the styles and scripts of a room, and link some of them.

    Args:
        app: Sphinx.
        room: The folder.
        links: What stands in each page that links a file, by the file's name; an empty text stands
            in every page. Scripts are modules: those that others import need no link.
    """
    app.connect("builder-inited", partial(_publish, room))
    for name, mark in links.items():
        address = f"{room.name}/{name}"
        link_where(address, mark)
        if address.endswith(".css"):
            app.add_css_file(address, priority=800)  # behind those of the theme
        else:
            app.add_js_file(address, type="module")


def link_where(address: str, mark: str) -> None:
    """Link a style or a script, of another extension too, only on pages that hold a mark."""
    _marks[address] = mark


def prune(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Drop the links to what the page does not use."""
    body = context.get("body", "")
    for files in (context.get("css_files", []), context.get("script_files", [])):
        files[:] = [file for file in files if _marks.get(_address(file), "") in body]


def _address(file: Any) -> str:
    return str(file.filename or "").removeprefix("_static/")


def _publish(room: Path, app: Sphinx) -> None:
    """Write all styles and scripts, before Sphinx writes the pages with their checksums."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / room.name
    folder.mkdir(parents=True, exist_ok=True)
    for style in room.glob("*.css"):
        copyfile(style, folder / style.name)
    scripts = {path.name: path.read_text(encoding="utf-8") for path in sorted(room.glob("*.js"))}
    version = hashlib.sha256("".join(scripts.values()).encode()).hexdigest()[:8]
    for name, text in scripts.items():
        # no module meets an older one that a browser has kept
        versioned = re.sub(r'from "\./(\w+\.js)"', rf'from "./\1?v={version}"', text)
        (folder / name).write_text(versioned, encoding="utf-8")
