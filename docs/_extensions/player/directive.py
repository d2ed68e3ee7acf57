"""``{player}``: the unrolled layer of a case, in a page."""

import ast
import json
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator
from sphinx_markdown_builder.translator import MarkdownTranslator

import player
from player import numbers
from rnn_guide._rules import KINDS
from tensors.engine import script

_ = get_translation("guide")

BUILD = Path(__file__).parent / "build.js"
#: The steps that have room in a page.
COLUMNS = 8


class PlayerNode(addnodes.translatable, nodes.General, nodes.Element):
    """A player; its text alternative can be translated."""

    def preserve_original_messages(self) -> None:
        """Keep the text; there is nothing else to keep."""

    def extract_original_messages(self) -> list[str]:
        """Return the texts to translate."""
        return [self["alternative"]]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Put the translation in the place of the text."""
        self["alternative"] = translated_message


def with_numbers(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case with the numbers of its sequences, if there are any."""
    lengths = case.get("lengths") or [case.get("seq_len", numbers.MOST["seq_len"])]
    keys = [
        numbers.key(case["kind"], case.get("bidirectional", False), place, length)
        for place, length in enumerate(lengths)
    ]
    rows = case.get("num_layers", 1) * (1 + case.get("bidirectional", False))
    found = {key: numbers.numbers()[key][:rows] for key in keys if key in numbers.numbers()}
    return {**case, "numbers": found}


def drawn(case: dict[str, Any], alone: bool = False) -> str:
    """Return the player as HTML when all is computed, or its picture alone."""
    return str(script(BUILD)("drawn", player.known(""), with_numbers(case), COLUMNS, alone))


def visit_html(translator: HTML5Translator, node: PlayerNode) -> None:
    """Write the player into a page; beyond the site its picture, as a table."""
    text = f'<p class="player-text">{escape(node["alternative"])}</p>'
    if translator.builder.name == "html":
        case = escape(json.dumps(with_numbers(node["case"]), separators=(",", ":")))
        body = f'<div class="player" data-player="" data-case="{case}">{drawn(node["case"])}</div>'
    else:
        body = drawn(node["case"], alone=True)
    translator.body.append(body + text)
    raise nodes.SkipNode


def visit_markdown(translator: MarkdownTranslator, node: PlayerNode) -> None:
    """Write the text alternative in the place of the player."""
    text = _("Picture: {alternative}").format(alternative=node["alternative"])
    translator.add(text, prefix_eol=2, suffix_eol=2)
    raise nodes.SkipNode


class Player(SphinxDirective):
    """``{player} GRU num_layers=2 lengths=5,3,2``, with a text alternative as content."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the player."""
        kind, *given = self.arguments[0].split()
        if kind not in KINDS:
            raise self.error(f"a player must be that of one of {KINDS}, got {kind}")
        alternative = " ".join(self.content)
        if not alternative:
            raise self.error("a player must have a text alternative, got no content")
        case = {"kind": kind, **dict(map(self.argument, given))}
        node = PlayerNode(case=case, alternative=alternative)
        self.set_source_info(node)
        return [node]

    def argument(self, text: str) -> tuple[str, Any]:
        """Return the name and the value of ``name=value``."""
        name, _equals, value = text.partition("=")
        try:
            return name, ast.literal_eval(value)
        except (SyntaxError, ValueError):
            raise self.error(f"an argument must be name=value, got {text}") from None
