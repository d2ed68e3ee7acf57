"""A quiet link that opens the explorer with a layer, for what shows the shapes of one."""

from html import escape
from typing import Any
from urllib.parse import urlencode

from docutils import nodes
from sphinx.locale import get_translation
from sphinx.writers.html5 import HTML5Translator
from sphinx_markdown_builder.translator import MarkdownTranslator

_ = get_translation("guide")

EXPLORER = "explorer"


def address(layer: dict[str, Any]) -> str:
    """Return a layer and its input as the address of the explorer holds them."""
    return urlencode({name: _text(value) for name, value in layer.items()})


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def html(translator: HTML5Translator, kind: str, arguments: dict[str, Any], element: str) -> str:
    """
    Return the link for a page of the site; books and the explorer itself have none.

    Args:
        translator: What writes the page.
        kind: The kind of the layer.
        arguments: Of the layer and its input, those that are not the usual ones of a call.
        element: What stands around the link.
    """
    builder = translator.builder
    page = builder.current_docname
    if builder.name != "html" or page == EXPLORER:
        return ""
    layer = {"kind": kind, "num_layers": 1, **arguments}
    if "lengths" in layer:
        layer["layout"] = "packed"
    said = " ".join([kind, *(f"{name}={_text(value)}" for name, value in arguments.items())])
    name = _("explorer")
    label = escape(_("{layer} in the explorer").format(layer=said))
    target = f"{builder.get_relative_uri(page, EXPLORER)}#{escape(address(layer))}"
    link = f'<a href="{target}" aria-label="{label}" title="{label}">{escape(name)}</a>'
    return f'<{element} class="to-explorer">{link}</{element}>'


class ExplorerLink(nodes.General, nodes.Inline, nodes.Element):
    """The link in or below a table, of a ``kind`` with ``arguments``, in an ``element``."""


def visit_html(translator: HTML5Translator, node: ExplorerLink) -> None:
    """Write the link into a page."""
    translator.body.append(html(translator, node["kind"], node["arguments"], node["element"]))
    raise nodes.SkipNode


def visit_markdown(translator: MarkdownTranslator, node: ExplorerLink) -> None:
    """Write nothing: the explorer is for a browser."""
    raise nodes.SkipNode
