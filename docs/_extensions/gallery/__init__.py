"""The gallery: sphinx-gallery, with our pictures as thumbnails and links to the scripts."""

import re
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from pictures import svg
from pictures.drawings import DRAWINGS
from theme import assets
from theme.palette import COLOURS

#: How a card of the gallery begins, and the script whose picture stands in it.
CARD = '<div class="sphx-glr-thumbcontainer" '
THUMBNAIL = re.compile(r"sphx_glr_(plot_\w+)_thumb\.svg")
#: Where a script says which picture is its own.
DRAWN = re.compile(r"sphinx_gallery_thumbnail_path = [\"'](.*?)[\"']")


def write_thumbnails(app: Sphinx) -> None:
    """Write each picture as a file for the gallery, unless the first edition has done it."""
    folder = Path(app.srcdir) / "_build" / "thumbnails"
    folder.mkdir(parents=True, exist_ok=True)
    for name in DRAWINGS:
        path = folder / f"{name}.svg"
        if app.config.language == "en" or not path.exists():
            path.write_text(thumbnail(name), encoding="utf-8")


def thumbnail(name: str) -> str:
    """Return a picture with the colours that a page would give it."""
    colours = f"<style>{COLOURS.replace('body {', 'svg:root {')}"
    return svg(name, name, upright=True).replace("<style>", colours, 1)


def translate_cards(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Give the cards of the gallery the titles of this edition; sphinx-gallery writes English."""
    if page != "auto_gallery/index" or app.config.language == "en":
        return
    cards = context["body"].split(CARD)
    for number, card in enumerate(cards[1:], start=1):
        found = THUMBNAIL.search(card)
        assert found, "a card has its picture"
        place = f"auto_gallery/{found[1]}"
        title = escape(app.env.titles[place].astext())
        about = escape(app.env.metadata[place]["description"])
        card = re.sub('tooltip="[^"]*"', f'tooltip="{about}"', card, count=1)
        cards[number] = re.sub(r'(thumbnail-title">)[^<]*', rf"\g<1>{title}", card, count=1)
    context["body"] = CARD.join(cards)


def translate_thumbnails(app: Sphinx, error: Exception | None) -> None:
    """Put the pictures of this edition in the place of those that sphinx-gallery has copied."""
    if error or app.builder.name != "html" or app.config.language == "en":
        return
    for script in (Path(app.srcdir).parent / "gallery").glob("plot_*.py"):
        path = DRAWN.search(script.read_text(encoding="utf-8"))
        assert path, "a script names its thumbnail"
        copy = Path(app.outdir) / "_images" / f"sphx_glr_{script.stem}_thumb.svg"
        copy.write_text(thumbnail(Path(path[1]).stem), encoding="utf-8")


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
    app.connect("html-page-context", translate_cards)
    app.connect("build-finished", translate_thumbnails)
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
