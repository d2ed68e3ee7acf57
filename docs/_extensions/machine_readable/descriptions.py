"""
What a page is about, in a line for search results and previews.

It is the ``description`` among the ``html_meta`` of a page's front matter, or else the first
sentences of the page.
"""

import html

from docutils import nodes
from docutils.utils import column_width
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util import logging

from languages.text import joined, sentences

#: Columns, of which a Chinese character takes two: sentences are added until there are enough.
LEAST, ENOUGH, MOST = 50, 70, 200
#: What stands for a title that is not known yet.
UNKNOWN = "\0"
logger = logging.getLogger(__name__)


def describe(app: Sphinx, document: nodes.document) -> None:
    """Note the description of a page for its tags, for Open Graph and for the list of pages."""
    tags = (tag for tag in document.findall(nodes.meta) if tag.get("name") == "description")
    tag = next(tags, None)
    if tag is None:
        tag = nodes.meta(name="description", content=first_sentences(document))
        document.insert(0, tag)
    description = tag["content"]
    if not LEAST <= column_width(description) <= MOST:
        logger.warning(
            "a page must be described in %d to %d columns, by its first sentences or by "
            "html_meta in its front matter, got %r",
            *(LEAST, MOST, description),
            location=app.env.docname,
        )
    metadata = app.env.metadata[app.env.docname]
    metadata["description"] = description
    metadata["og:description"] = html.escape(description)  # from here sphinxext-opengraph takes it


def first_sentences(document: nodes.document) -> str:
    """
    Return enough sentences from the start of a page.

    A sentence that announces an example is left out, or one that names a section by its title.
    """
    description = ""
    for paragraph in document.findall(nodes.paragraph):
        if not isinstance(paragraph.parent, nodes.section):
            continue  # in a table, a list, a box
        for sentence in sentences(" ".join(text_of(paragraph).split())):
            longer = joined(description, sentence)
            if column_width(description) >= ENOUGH or column_width(longer) > MOST:
                return description
            if not sentence.endswith((":", "：")) and UNKNOWN not in sentence:
                description = longer
    return description


def text_of(paragraph: nodes.paragraph) -> str:
    """Return the text of a paragraph, with a mark in the place of titles that are not known yet."""
    paragraph = paragraph.deepcopy()
    for link in list(paragraph.findall(pending_xref)):
        if link["reftype"] in {"doc", "ref"} and not link["refexplicit"]:
            link.children = [nodes.Text(UNKNOWN)]
    return paragraph.astext()
