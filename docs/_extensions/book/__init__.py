"""
The book: an EPUB with a cover, one style, and all that a reader for books has to be told.

It holds what the pages show without a script, in light colours: many readers know no others.
"""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.locale import get_translation
from sphinx.util.typing import ExtensionMetadata

from pictures import element
from pictures.drawings import DRAWINGS
from theme import LOGO
from theme.palette import in_light

_ = get_translation("guide")

ROOM = Path(__file__).parent
STYLE, COVER = "book/book.css", "_static/book/cover.svg"
TOOLS = ".doctor, .filter, .front-controls, .front-lines button { display: none; }"
#: Styles of Sphinx that the pages use; all else below ``_static`` serves a browser.
KEPT = ("basic.css", "epub.css", "file.png")
#: What the manifest has to say of a page, by what stands in the page.
ITEM = re.compile(r'(<item (?![^>]*properties)[^>]*href="([^"]+\.xhtml)"[^>]*?) ?/>')
PROPERTIES = {"<svg": "svg", "<math": "mathml"}


class Book(Epub3Builder):
    """Sphinx's builder, which leaves out what serves a browser, and declares what pages hold."""

    def build_content(self) -> None:
        """Write the manifest."""
        folder = Path(self.outdir)
        for path in folder.glob("_static/**/*"):
            name = path.relative_to(folder / "_static").as_posix()
            if path.is_file() and name not in KEPT and path.parent.name != "book":
                path.unlink()
        super().build_content()
        manifest = folder / "content.opf"
        text = re.sub(ITEM, self._declared, manifest.read_text(encoding="utf-8"))
        manifest.write_text(text, encoding="utf-8")

    def _declared(self, item: re.Match[str]) -> str:
        page = (Path(self.outdir) / item[2]).read_text(encoding="utf-8")
        try:
            ElementTree.fromstring(page)  # a reader shows nothing of a page that is not XML
        except ElementTree.ParseError as error:
            raise ExtensionError(f"{item[2]} is no XML: {error}") from error
        found = " ".join(name for mark, name in PROPERTIES.items() if mark in page)
        return f'{item[1]} properties="{found}" />' if found else item[0]


def describe(app: Sphinx, config: Config) -> None:
    """Say what the book is. Its two lists of contents know it by one name, which is an XML id."""
    config.epub_description = str(_("The shapes of PyTorch's RNN, GRU and LSTM"))
    config.epub_identifier = config.epub_uid = "rnn-guide"
    config.epub_cover = (COVER, "epub-cover.html")
    config.epub_show_urls = "no"


def write_style_and_cover(app: Sphinx) -> None:
    """Write what each page links, and the cover."""
    if app.builder.name != "epub":
        return
    folder = Path(app.outdir) / "_static" / "book"
    folder.mkdir(parents=True, exist_ok=True)
    style = in_light((ROOM / "book.css").read_text(encoding="utf-8"))
    (folder / "book.css").write_text(style, encoding="utf-8")
    (folder / "cover.svg").write_text(cover(app.config.project), encoding="utf-8")


def cover(title: str) -> str:
    """Return the cover: the name, what it is about, and a picture from inside."""
    width, height, content = DRAWINGS["grid"]()[0]
    logo = LOGO.replace("<svg ", '<svg x="48" y="64" width="72" height="72" ', 1)
    words = "".join(
        f'<text x="48" y="{y}" style="font: {font} sans-serif">{text}</text>'
        for y, font, text in (
            (210, "700 64px", title),
            (262, "24px", _("The shapes of PyTorch's")),
            (294, "24px", _("RNN, GRU and LSTM")),
        )
    )
    scale = 504 / width
    picture = f'<g transform="translate(48 360) scale({scale:.3f})">{content}</g>'
    bottom = 360 + scale * height + 48
    return in_light(
        element(600, round(bottom), logo + words + picture, f'role="img" aria-label="{title}"')
    )


def link_style(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """
    Link the style of the book alone, and drop an attribute that only a browser forgives.

    A page that is read from a disk shows no tools: a browser runs no modules there.
    """
    if app.builder.name == "singlehtml":
        context["metatags"] = context.get("metatags", "") + f"<style>{TOOLS}</style>"
    if app.builder.name == "epub":
        context["css_files"] = [f"_static/{STYLE}"]
        context["body"] = re.sub(r' tooltip="[^"]*"', "", context.get("body", ""))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the builder in the place of Sphinx's, and the steps."""
    app.add_builder(Book, override=True)
    app.connect("config-inited", describe)
    app.connect("builder-inited", write_style_and_cover)
    app.connect("html-page-context", link_style, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
