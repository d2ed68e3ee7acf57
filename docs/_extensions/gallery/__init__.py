"""The gallery: sphinx-gallery, with our pictures as thumbnails and links to the scripts."""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from pictures import svg
from pictures.drawings import DRAWINGS
from theme import assets
from theme.palette import COLOURS


def write_thumbnails(app: Sphinx) -> None:
    """Write each picture as a file for the gallery, with the colours that a page would give it."""
    folder = Path(app.srcdir) / "_build" / "thumbnails"
    folder.mkdir(parents=True, exist_ok=True)
    colours = f"<style>{COLOURS.replace('body {', 'svg:root {')}"
    for name in DRAWINGS:
        picture = svg(name, name, upright=True).replace("<style>", colours, 1)
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")


def link_to_script(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Let "Edit this page" lead to the script that a page is made from."""
    folder, _, name = page.partition("/")
    if folder == "auto_gallery":
        source = "GALLERY_HEADER.rst" if name == "index" else f"{name}.py"
        options = app.config.html_theme_options
        edit = f"{options['source_repository']}edit/{options['source_branch']}"
        context["theme_source_edit_link"] = f"{edit}/gallery/{source}"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the steps: thumbnails first, for sphinx-gallery looks for them when it runs."""
    app.connect("builder-inited", write_thumbnails)
    app.setup_extension("sphinx_gallery.gen_gallery")
    app.connect("html-page-context", link_to_script)
    assets.add(app, Path(__file__).parent, {"gallery.css": "sphx-glr-"})
    for address, mark in {  # sphinx-gallery links its own on every page
        "sg_gallery.css": "sphx-glr-",
        "sg_gallery-binder.css": "binder-badge",
        "sg_gallery-dataframe.css": "dataframe",
        "sg_gallery-rendered-html.css": "rendered_html",
        "sg-tags.js": "sphx-glr-tag",
    }.items():
        assets.link_where(address, mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
