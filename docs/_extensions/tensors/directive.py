"""``{tensors}``: tensors of a layer, drawn into a page."""

import ast
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator
from sphinx_markdown_builder.translator import MarkdownTranslator

import tensors
from rnn_guide._rules import KINDS

_ = get_translation("guide")

#: What is drawn where nothing else is chosen.
USUAL = ("input", "output", "h_n", "c_n")


class TensorsNode(addnodes.translatable, nodes.General, nodes.Element):
    """Drawn tensors; their text alternative can be translated."""

    def preserve_original_messages(self) -> None:
        """Keep the text; there is nothing else to keep."""

    def extract_original_messages(self) -> list[str]:
        """Return the texts to translate."""
        return [self["alternative"]]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Put the translation in the place of the text."""
        self["alternative"] = translated_message


def visit_html(translator: HTML5Translator, node: TensorsNode) -> None:
    """Draw the tensors; beyond the site they carry their style."""
    alone = translator.builder.name != "html"
    named = tensors.with_halves(tensors.described(node["kind"], **node["arguments"]))
    drawn = tensors.figures([named[name] for name in node["show"]], alone=alone)
    label = escape(node["alternative"])
    translator.body.append(f'<div class="tensors" role="img" aria-label="{label}">{drawn}</div>')
    raise nodes.SkipNode


def visit_markdown(translator: MarkdownTranslator, node: TensorsNode) -> None:
    """Write the text alternative in the place of the drawing."""
    text = _("Picture: {alternative}").format(alternative=node["alternative"])
    translator.add(text, prefix_eol=2, suffix_eol=2)
    raise nodes.SkipNode


class Tensors(SphinxDirective):
    """
    ``{tensors} LSTM num_layers=2 lengths=7,5,2``, with a text alternative as content.

    ``:show: output h_n`` chooses the tensors, in this order; ``h_n.forward`` is that half of one.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {"show": directives.unchanged}
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the drawing."""
        kind, *given = self.arguments[0].split()
        if kind not in KINDS:
            raise self.error(f"tensors must be those of one of {KINDS}, got {kind}")
        alternative = " ".join(self.content)
        if not alternative:
            raise self.error("drawn tensors must have a text alternative, got no content")
        arguments = dict(map(self.argument, given))
        named = tensors.with_halves(tensors.described(kind, **arguments))
        show = self.options.get("show", "").split() or [name for name in USUAL if name in named]
        for name in show:
            if name not in named:
                raise self.error(f"show must name some of {list(named)}, got {name}")
        node = TensorsNode(kind=kind, arguments=arguments, show=show, alternative=alternative)
        self.set_source_info(node)
        return [node]

    def argument(self, text: str) -> tuple[str, Any]:
        """Return the name and the value of ``name=value``."""
        name, _equals, value = text.partition("=")
        try:
            return name, ast.literal_eval(value)
        except (SyntaxError, ValueError):
            raise self.error(f"an argument must be name=value, got {text}") from None
