"""``{player}``: the unrolled layer of a case, in a page."""

import json
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

import player
from pictures.alternative import DrawnNode
from player import numbers
from tensors import link
from tensors.directive import LayerDirective
from tensors.engine import script

BUILD = Path(__file__).parent / "build.js"
#: The steps that have room in a page.
COLUMNS = 8


class PlayerNode(DrawnNode):
    """A player; its text alternative can be translated."""


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
        arguments = {name: value for name, value in node["case"].items() if name != "kind"}
        body += link.html(translator, node["case"]["kind"], arguments, "p")
    else:
        body = drawn(node["case"], alone=True)
    translator.body.append(body + text)
    raise nodes.SkipNode


class Player(LayerDirective):
    """``{player} GRU num_layers=2 lengths=5,3,2``, with a text alternative as content."""

    def run(self) -> list[nodes.Node]:
        """Return the player."""
        kind, arguments = self.layer()
        case = {"kind": kind, **arguments}
        node = PlayerNode(case=case, alternative=self.alternative())
        self.set_source_info(node)
        return [node]
