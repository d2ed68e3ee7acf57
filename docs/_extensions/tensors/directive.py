"""``{tensors}``: tensors of a layer, drawn into a page."""

import ast
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.writers.html5 import HTML5Translator

import tensors
from pictures.alternative import DrawnDirective, DrawnNode
from rnn_guide._rules import KINDS, Kind
from tensors import link

#: What is drawn where nothing else is chosen.
USUAL = ("input", "output", "h_n", "c_n")


class TensorsNode(DrawnNode):
    """Drawn tensors; their text alternative can be translated."""


def visit_html(translator: HTML5Translator, node: TensorsNode) -> None:
    """Draw the tensors; beyond the site they carry their style."""
    alone = translator.builder.name != "html"
    named = tensors.with_halves(tensors.described(node["kind"], **node["arguments"]))
    drawn = tensors.figures([named[name] for name in node["show"]], alone=alone)
    label = escape(node["alternative"])
    translator.body.append(
        f'<div class="tensors" role="img" aria-label="{label}">{drawn}</div>'
        f"{link.html(translator, node['kind'], node['arguments'], 'p')}"
    )
    raise nodes.SkipNode


class LayerDirective(DrawnDirective):
    """A directive whose argument is a layer, such as ``LSTM num_layers=2 lengths=7,5,2``."""

    final_argument_whitespace = True

    def layer(self) -> tuple[Kind, dict[str, Any]]:
        """Return the kind, and what follows it as arguments."""
        kind, *given = self.arguments[0].split()
        if kind not in KINDS:
            raise self.error(f"a layer must be one of {KINDS}, got {kind}")
        return kind, dict(map(self.argument, given))

    def argument(self, text: str) -> tuple[str, Any]:
        """Return the name and the value of ``name=value``."""
        name, _equals, value = text.partition("=")
        try:
            return name, ast.literal_eval(value)
        except (SyntaxError, ValueError):
            raise self.error(f"an argument must be name=value, got {text}") from None


class Tensors(LayerDirective):
    """
    ``{tensors} LSTM num_layers=2 lengths=7,5,2``, with a text alternative as content.

    ``:show: output h_n`` chooses the tensors, in this order; ``h_n.forward`` is that half of one.
    """

    option_spec: ClassVar = {"show": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the drawing."""
        kind, arguments = self.layer()
        named = tensors.with_halves(tensors.described(kind, **arguments))
        show = self.options.get("show", "").split() or [name for name in USUAL if name in named]
        for name in show:
            if name not in named:
                raise self.error(f"show must name some of {list(named)}, got {name}")
        text = self.alternative()
        node = TensorsNode(kind=kind, arguments=arguments, show=show, alternative=text)
        self.set_source_info(node)
        return [node]
