"""
The editions of the guide: English, and Chinese below ``zh-cn``, from the same pages.

Sphinx takes what a page says from the catalogs in ``docs/locale``. Here is what it leaves out:
comments in code, the way from a page to the same page of another edition, and the addresses.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import get_translation
from sphinx.transforms import SphinxTransform
from sphinx.util.i18n import CatalogInfo
from sphinx.util.typing import ExtensionMetadata

import theme
from languages import catalogs, comments, fields, missing
from languages.editions import EDITIONS, edition_of
from languages.terms import Terms
from theme import assets

_ = get_translation("guide")
ROOM = Path(__file__).parent


def move(app: Sphinx, config: Config) -> None:
    """Give an edition the addresses of its folder, and a book its language."""
    folder = edition_of(config.language).folder
    for name in ("html_baseurl", "ogp_site_url"):
        setattr(config, name, urljoin(getattr(config, name), folder))
    config.epub_language = edition_of(config.language).tag
    config.notfound_urls_prefix = urlsplit(config.html_baseurl).path


def load(app: Sphinx) -> None:
    """Load the catalogs that are not of a page, before anything asks for their texts."""
    folder = Path(app.confdir) / "locale"
    language = str(app.config.language)
    for name in catalogs.OURS:
        catalog = CatalogInfo(folder / language / "LC_MESSAGES", name, "utf-8")
        if Path(catalog.po_path).exists() and catalog.is_outdated():
            catalog.write_mo(language)
        app.add_message_catalog(name, str(folder))


def report_missing(app: Sphinx, error: Exception | None) -> None:
    """Name each text that is not translated."""
    if not error and edition_of(app.config.language) != EDITIONS[0]:
        missing.report(app.config.language, catalogs.of_data(app))


def add_editions(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Tell the templates the address of the page in each edition."""
    own = edition_of(app.config.language)
    root = app.config.html_baseurl.removesuffix(own.folder)
    address = app.builder.get_target_uri(page)
    up = "../" * (own.folder + page).count("/")
    context["other_editions"] = [
        {
            "tag": edition.tag,
            "name": edition.name,
            "sign": edition.sign,
            "href": up + edition.folder + address,
            "root": "../" * own.folder.count("/") + edition.folder,
        }
        for edition in EDITIONS
        if edition != own
    ]
    if document is not None and app.builder.name == "html":
        whole = {edition.tag: urljoin(root, edition.folder + address) for edition in EDITIONS}
        links = {**whole, "x-default": whole[EDITIONS[0].tag]}
        context["metatags"] = context.get("metatags", "") + "".join(
            f'<link rel="alternate" hreflang="{tag}" href="{href}">' for tag, href in links.items()
        )


class OneDocument(SphinxTransform):
    """
    Let each translated text belong to its page.

    Sphinx reads it as a document of its own, with settings of its own. Its nodes would keep them,
    and a page is loaded many times.
    """

    default_priority = 21  # right after the texts

    def apply(self, **kwargs: object) -> None:
        """Name the page in each node."""
        for node in self.document.findall():
            node.document = self.document


class PlainMeta(SphinxTransform):
    """Take Sphinx's mark from a translated description: no head of a page may hold it."""

    default_priority = 26  # after Sphinx has counted what is translated

    def apply(self, **kwargs: object) -> None:
        """Take it from each."""
        for meta in self.document.findall(nodes.meta):
            meta.attributes.pop("translated", None)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register catalogs, steps, template, script and style."""
    app.connect("builder-inited", load, priority=0)
    app.connect("config-inited", move)
    app.add_transform(OneDocument)
    app.add_transform(PlainMeta)
    app.add_transform(comments.TranslateComments)
    app.add_transform(missing.ReportUntranslated)
    app.connect("build-finished", catalogs.write)
    app.connect("build-finished", report_missing)
    theme.add_templates(app, ROOM)
    assets.add(app, ROOM, {"languages.js": "", "languages.css": ""})
    app.connect("html-page-context", add_editions)
    app.connect("doctree-read", fields.write_colons)
    app.add_directive("terms", Terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
