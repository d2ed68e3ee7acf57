"""Styles and scripts: a page links only those that it uses."""

import hashlib
import re
from functools import partial
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from theme.bundle import bundle, held

IMPORT = re.compile(r'@import "\./(\w+\.css)";\n')
IMPORT_LATER = re.compile(r'import\("(\.[./\w]+\.js)"\)')
COMMENT = re.compile(r"/\*.*?\*/\n*|^ +", re.DOTALL | re.MULTILINE)  # stays in the repository

#: What stands in each page that uses a style or a script, by its address below ``_static``.
_marks: dict[str, str | None] = {}


def add(app: Sphinx, room: Path, links: dict[str, str]) -> None:
    """
    Publish the styles and scripts of a room, and link some of them.

    Args:
        app: Sphinx.
        room: The folder.
        links: What stands in each page that links a file, by the file's name; an empty text stands
            in every page. Scripts and styles hold those that they import.
    """
    app.connect("builder-inited", partial(_publish, room))
    for name, mark in links.items():
        address = f"{room.name}/{name}"
        link_where(address, mark)
        if address.endswith(".css"):
            app.add_css_file(address, priority=800)  # behind those of the theme
        else:
            app.add_js_file(address, type="module")


def link_where(address: str, mark: str | None) -> None:
    """Link a style or a script, of another extension too, only on pages with a mark, if any."""
    _marks[address] = mark


def prune(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Drop the links to what the page does not use."""
    body = context.get("body", "")
    for files in (context.get("css_files", []), context.get("script_files", [])):
        files[:] = [file for file in files if _is_used(_address(file), body)]


def _is_used(address: str, body: str) -> bool:
    mark = _marks.get(address, "")
    return mark is not None and mark in body


def _address(file: Any) -> str:
    return str(file.filename or "").removeprefix("_static/")


def _publish(room: Path, app: Sphinx) -> None:
    """Write all styles and scripts, before Sphinx writes the pages with their checksums."""
    if app.builder.format != "html" or app.builder.name == "epub":
        return
    folder = Path(app.outdir) / "_static" / room.name
    folder.mkdir(parents=True, exist_ok=True)
    for style in room.glob("*.css"):
        text = IMPORT.sub(partial(_imported, room), style.read_text(encoding="utf-8"))
        (folder / style.name).write_text(COMMENT.sub("", text), encoding="utf-8")
    for script in room.glob("*.js"):
        _write_script(script, folder, script.name, set())


def _imported(room: Path, found: re.Match[str]) -> str:
    return (room / found[1]).read_text(encoding="utf-8")


def _write_script(script: Path, folder: Path, name: str, brought: set[Path]) -> str:
    """Write a script, and what it loads later; return the version."""
    held_then = brought | held(script)

    def later(found: re.Match[str]) -> str:
        """Let no script load an older one that a browser has kept."""
        loaded = (script.parent / found[1]).resolve()
        own_name = f"{script.stem}_{loaded.stem}.js"
        version = _write_script(loaded, folder, own_name, held_then)
        return f'import("./{own_name}?v={version}")'

    text = IMPORT_LATER.sub(later, bundle(script, brought))
    (folder / name).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()[:8]
