"""
What other programs read: each page's description, Open Graph and Markdown; the lists of all pages.

A description is the ``description`` of a page's front matter, or else the first sentences of the
page. The Markdown holds what the page shows, with the tables that directives make and the text
alternatives of pictures; sphinx-markdown-builder writes it from the documents in memory.
"""

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_markdown_builder.builder import MarkdownBuilder
from sphinx_markdown_builder.translator import MarkdownTranslator

ENOUGH, MOST = 70, 200  # characters of a description: more sentences below, none above


def describe(app: Sphinx, document: nodes.document) -> None:
    """Note what a page is about, in a line."""
    metadata = app.env.metadata[app.env.docname]
    description = str(metadata.get("description", ""))
    if description:
        return
    for paragraph in document.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section) and len(description) < ENOUGH:
            for sentence in re.split(r"(?<=[.?!:]) ", " ".join(paragraph.astext().split())):
                if sentence.endswith(":") or (description and len(description + sentence) >= MOST):
                    break
                description = f"{description} {sentence}".strip()
    metadata["description"] = description


def add_tags(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Describe a page in its head; keep a page without text of its own out of other searches."""
    if app.builder.name != "html":
        return
    if document is None:
        context["metatags"] = context.get("metatags", "") + '<meta name="robots" content="noindex">'
        return
    description = html.escape(app.env.metadata[page]["description"])
    title = html.escape(app.env.titles[page].astext())
    context["metatags"] += "\n".join(
        (
            f'<meta name="description" content="{description}">',
            f'<meta property="og:description" content="{description}">',
            f'<meta property="og:title" content="{title}">',
            f'<meta property="og:site_name" content="{app.config.project}">',
            f'<meta property="og:url" content="{context["pageurl"]}">',
            '<meta property="og:type" content="article">',
            f'<link rel="alternate" type="text/markdown" href="{page.rpartition("/")[2]}.md">',
        )
    )


class Translator(MarkdownTranslator):  # type: ignore[misc]
    """Write a document as Markdown for other tools."""

    def visit_PictureNode(self, node: nodes.Element) -> None:  # noqa: N802
        """Write the text alternative of a picture."""
        self.add(f"Picture: {node['alternative']}", prefix_eol=2, suffix_eol=2)
        raise nodes.SkipNode

    def visit_raw(self, node: nodes.raw) -> None:
        """Leave out HTML."""
        raise nodes.SkipNode

    def visit_comment(self, node: nodes.comment) -> None:
        """Leave out the notes of the gallery to itself."""
        raise nodes.SkipNode

    def visit_target(self, node: nodes.target) -> None:
        """Leave out anchors: the links lead to the site."""

    def visit_admonition(self, node: nodes.admonition) -> None:
        """Write a box with a title of its own as its content."""

    def visit_code_links_block(self, node: nodes.Element) -> None:
        """Write the code of the gallery, without the links in it."""
        self.add(f"```python\n{node.astext().strip()}\n```", prefix_eol=2, suffix_eol=2)
        raise nodes.SkipNode

    def visit_abbreviation(self, node: nodes.abbreviation) -> None:
        """Write the text."""


def write_markdown(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Write a page as Markdown, once its HTML is made: links become whole addresses."""
    if app.builder.name != "html" or document is None:
        return
    address = urljoin(app.config.html_baseurl, app.builder.get_target_uri(page))
    for reference in document.findall(nodes.reference):
        inside = f"#{reference.get('refid')}"
        reference["refuri"] = urljoin(address, reference.get("refuri") or inside)
    for box in [*document.findall(nodes.note)]:
        if "sphx-glr-download-link-note" in box["classes"]:
            box.parent.remove(box)
    markdown = MarkdownBuilder(app, app.env)
    markdown.init()
    markdown.prepare_writing(set())
    markdown.write_doc(page, document)


def write_lists(app: Sphinx, error: Exception | None) -> None:
    """Write the lists of all pages."""
    if error or app.builder.name != "html":
        return
    base = app.config.html_baseurl
    addresses, lines = [], [f"# {app.config.project}", ""]
    in_order = app.env.collect_relations()  # the order of the sidebar
    for page in dict.fromkeys([*in_order, *sorted(app.env.found_docs)]):
        addresses.append(urljoin(base, app.builder.get_target_uri(page)))
        title, about = app.env.titles[page].astext(), app.env.metadata[page]["description"]
        lines.append(f"- [{title}]({urljoin(base, page)}.md): {about}")
    folder = Path(app.outdir)
    (folder / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    entries = "".join(f"<url><loc>{html.escape(address)}</loc></url>\n" for address in addresses)
    (folder / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        encoding="utf-8",
    )
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps."""
    app.setup_extension("sphinx_markdown_builder")
    app.set_translator("markdown", Translator)
    app.connect("doctree-read", describe)
    app.connect("html-page-context", add_tags)
    app.connect("html-page-context", write_markdown, priority=999)  # it changes the document
    app.connect("build-finished", write_lists)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
