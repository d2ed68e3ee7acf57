"""
The look of code, alike in pages, docstrings and gallery.

What is typed, what is printed and what fails stand on grounds of their own. Set-up stands back, a
statement that is said to be wrong or right has its sign, and directions have their colours.
"""

from contextlib import suppress
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator
from sphinx_markdown_builder.translator import MarkdownTranslator

from code_marks import breaks
from code_marks.drawn import drawn
from languages.comments import PYTHON


class MarkedCode(nodes.literal_block):
    """A block of code in parts."""


class MarkCode(SphinxPostTransform):
    """Mark the parts of each block of Python, when its language and its links are known."""

    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Put a marked block in the place of each."""
        for block in list(self.document.findall(nodes.Element)):
            if _is_python(block):
                with suppress(SyntaxError):  # a part of a statement
                    children = drawn(block)
                    marked = MarkedCode("", "", *children, **block.attributes)
                    marked["language"] = _language(block)
                    block.replace_self(marked)


def _language(block: nodes.Element) -> str:
    return str(block.get("language") or block.get("lang") or "default")


def _is_python(block: nodes.Element) -> bool:
    """Return whether a block is Python that Sphinx would highlight, or that has its links."""
    if isinstance(block, nodes.literal_block | nodes.doctest_block):
        plain = block.rawsource == block.astext()
        as_usual = not block.get("linenos") and not block.get("highlight_args")
        return plain and as_usual and _language(block).lower() in PYTHON
    return block.tagname == "code_links_block"  # sphinx-gallery's


def visit_html(translator: HTML5Translator, node: MarkedCode) -> None:
    """Begin a block as Sphinx does."""
    kind = f"highlight-{node['language']} notranslate"
    translator.body.append(translator.starttag(node, "div", "", CLASS=kind))
    translator.body.append('<div class="highlight"><pre><span></span>')


def depart_html(translator: HTML5Translator, node: MarkedCode) -> None:
    """End a block as Sphinx does."""
    translator.body.append("</pre></div>\n</div>\n")


def visit_markdown(translator: MarkdownTranslator, node: MarkedCode) -> None:
    """Write code without the links and marks in it."""
    kind = "pycon" if node.astext().startswith(">>>") else "python"
    translator.add(f"```{kind}\n{node.astext().strip()}\n```", prefix_eol=2, suffix_eol=2)
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the step behind those of Sphinx and sphinx-gallery."""
    app.add_node(MarkedCode, html=(visit_html, depart_html), markdown=(visit_markdown, None))
    app.add_node(breaks.WordBreak, html=(breaks.visit_html, None))
    app.add_post_transform(MarkCode)
    app.add_post_transform(breaks.BreakCode)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
