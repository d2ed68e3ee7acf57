"""The gallery: sphinx-gallery, with our pictures as thumbnails and links to the scripts."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.typing import ExtensionMetadata

from pictures import PictureNode, svg
from pictures.drawings import DRAWINGS
from theme import assets
from theme.palette import COLOURS

_ = get_translation("guide")

GALLERY = Path(__file__).parents[3] / "gallery"


def write_thumbnails(app: Sphinx) -> None:
    """Write each picture as a file for the gallery, with the colours that a page would give it."""
    folder = Path(app.srcdir) / "_build" / "thumbnails"
    folder.mkdir(parents=True, exist_ok=True)
    colours = f"<style>{COLOURS.replace('body {', 'svg:root {')}"
    for name in DRAWINGS:
        picture = svg(name, name, upright=True).replace("<style>", colours, 1)
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")


def alternative(name: str) -> str:
    """Return what a picture of a script shows, in words."""
    texts = {
        "sentences": _(
            "Five sentences as rows, sequence 0 to sequence 4, with three words each. A frame"
            " around the first words of all of them moves from time step to time step."
        ),
        "halves": _(
            "The last axis of output has ten features: five forward, then five backward. The first"
            " axis of h_n has six rows, in turn forward and backward, layer by layer."
        ),
        "short-grid": _(
            "Three layers with two directions over four steps. output holds both rows of the top"
            " layer. The forward rows end at step 3, the backward rows at step 0: these cells are"
            " the rows of h_n."
        ),
        "packed": _(
            "Three sequences of length 4, 2 and 1, padded to four steps. Packing numbers the real"
            " steps time step by time step; batch_sizes is 3, 2, 1, 1."
        ),
        "tags": _(
            "Five numbers go into a forward and a backward row of cells. Both cells of a step give"
            " its tag: 1 if the next number is larger."
        ),
        "translation": _(
            "An encoder reads three words in both directions. The last cell of each direction is a"
            " row of h_n. From it comes the h_0 of a decoder, which reads START, then each word"
            " that it wrote, until END."
        ),
    }
    return str(texts[name])


def add_picture(app: Sphinx, document: nodes.document) -> None:
    """Show the picture that a script has as its thumbnail below its first paragraph."""
    folder, _slash, name = app.env.docname.partition("/")
    script = GALLERY / f"{name}.py"
    if folder == "auto_gallery" and script.exists():
        picture = re.search(r"/thumbnails/([\w-]+)\.svg", script.read_text(encoding="utf-8"))
        if picture:
            drawn = PictureNode(name=picture[1], alternative=alternative(picture[1]))
            first = next(next(document.findall(nodes.section)).findall(nodes.paragraph))
            first.parent.insert(first.parent.index(first) + 1, drawn)


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
    app.connect("doctree-read", add_picture)
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
