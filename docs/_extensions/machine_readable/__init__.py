"""
What other programs read: descriptions, Open Graph, sitemap, robots.txt, llms.txt, and Markdown.

sphinxext-opengraph and sphinx-sitemap write what they know; conf.py says the addresses.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx_sitemap import add_html_link

from languages.editions import EDITIONS, edition_of
from machine_readable import descriptions, markdown, previews
from theme import add_templates

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


def add_tags(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Link a page to its Markdown; keep a page without text of its own out of other searches."""
    if app.builder.name != "html":
        return
    tag = '<meta name="robots" content="noindex">'
    if document is not None:
        tag = f'<link rel="alternate" type="text/markdown" href="{page.rpartition("/")[2]}.md">'
    context["metatags"] = context.get("metatags", "") + tag


def write_lists(app: Sphinx, error: Exception | None) -> None:
    """Write the list of all pages, and where other programs find the sitemap."""
    if error or app.builder.name != "html":
        return
    base, folder = app.config.html_baseurl, Path(app.outdir)
    lines = [f"# {app.config.project}", ""]
    for edition in EDITIONS:
        if edition != edition_of(app.config.language):
            others = base.removesuffix(edition_of(app.config.language).folder) + edition.folder
            lines += [f"[{edition.name}]({urljoin(others, 'llms.txt')})", ""]
    in_order = app.env.collect_relations()  # the order of the sidebar
    for page in dict.fromkeys([*in_order, *sorted(app.env.found_docs)]):
        title, about = app.env.titles[page].astext(), app.env.metadata[page]["description"]
        lines.append(f"- [{title}]({urljoin(base, page)}.md): {about}")
    (folder / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sitemap = folder / app.config.sitemap_filename
    if edition_of(app.config.language) != EDITIONS[0]:
        sitemap.unlink(missing_ok=True)  # the first edition lists all
        return
    add_editions(sitemap, base)
    address = urljoin(base, sitemap.name)
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {address}\n")


def list_every_page(app: Sphinx, error: Exception | None) -> None:
    """Let the sitemap hold each page: sphinx-sitemap knows those that a build has written anew."""
    if error or app.builder.name != "html":
        return
    written = app.sitemap_links  # type: ignore[attr-defined]
    while not written.empty():
        written.get()
    for page in sorted(app.env.found_docs):
        add_html_link(app, page, "", {}, None)


def add_editions(sitemap: Path, base: str) -> None:
    """List each page of the sitemap in every edition, each with its alternatives."""
    ElementTree.register_namespace("", SITEMAP)
    ElementTree.register_namespace("xhtml", XHTML)
    tree = ElementTree.parse(sitemap)
    urls = tree.getroot()
    for url in list(urls):
        urls.remove(url)
        page = str(url.findtext(f"{{{SITEMAP}}}loc")).removeprefix(base)
        addresses = {edition.tag: urljoin(base, edition.folder + page) for edition in EDITIONS}
        for address in addresses.values():
            entry = ElementTree.SubElement(urls, f"{{{SITEMAP}}}url")
            ElementTree.SubElement(entry, f"{{{SITEMAP}}}loc").text = address
            for tag, href in addresses.items():
                link = {"rel": "alternate", "hreflang": tag, "href": href}
                ElementTree.SubElement(entry, f"{{{XHTML}}}link", link)
    tree.write(sitemap, encoding="utf-8", xml_declaration=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the steps."""
    app.connect("html-page-context", previews.add_preview)  # before it is written as a tag
    app.setup_extension("sphinxext.opengraph")
    app.setup_extension("sphinx_sitemap")
    app.setup_extension("sphinx_markdown_builder")
    app.set_translator("markdown", markdown.Translator)
    add_templates(app, Path(__file__).parent)
    app.connect("doctree-read", descriptions.describe)
    app.connect("html-page-context", add_tags)
    app.connect("html-page-context", markdown.write)
    app.connect("build-finished", list_every_page, priority=100)  # before the sitemap is written
    app.connect("build-finished", write_lists, priority=900)  # and behind it
    return {"parallel_read_safe": True, "parallel_write_safe": True}
