"""
What other programs read: descriptions, Open Graph, sitemap, robots.txt, llms.txt, and Markdown.

sphinxext-opengraph and sphinx-sitemap write what they know; conf.py says the addresses.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from machine_readable import descriptions, markdown, previews
from theme import add_templates


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
    in_order = app.env.collect_relations()  # the order of the sidebar
    for page in dict.fromkeys([*in_order, *sorted(app.env.found_docs)]):
        title, about = app.env.titles[page].astext(), app.env.metadata[page]["description"]
        lines.append(f"- [{title}]({urljoin(base, page)}.md): {about}")
    (folder / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sitemap = urljoin(base, app.config.sitemap_filename)
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {sitemap}\n")


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
    app.connect("build-finished", write_lists)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
