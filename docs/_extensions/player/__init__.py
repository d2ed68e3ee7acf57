"""
The player: the unrolled layer runs step by step, and its cells say what they are.

``{player} GRU num_layers=2 bidirectional=True`` puts one into a page. A tool of a page writes
``<div data-player=""></div>``, and calls ``mount`` of ``player.js`` with a layer, ``update`` with
another one, and ``light`` with the name of a tensor. One that knows all rules writes
``data-player="rules"``, and hands them to ``mount``.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

import tensors
from pictures.alternative import visit_markdown
from player import directive, numbers, texts
from rnn_guide import _rules, _snippets
from tensors import rules as of_tensors
from theme import assets
from theme.data import as_json

ROOM = Path(__file__).parent
MARK = "data-player"
NUMBERS = "player/numbers.json"


def known(address: str) -> dict[str, Any]:
    """Return what the script must know; ``address`` is where the numbers are."""
    return {
        "rules": rules(),
        "texts": texts.data(),
        "computed": {"equal": numbers.EQUAL, "most": numbers.MOST, "digits": numbers.DIGITS},
        "address": address,
    }


def rules() -> dict[str, Any]:
    """Return the rules as ``order.js`` describes them."""
    cells = _rules.CELLS | {"c_0": _rules.CELLS["h_0"], "c_n": _rules.CELLS["h_n"]}
    usual = {"layout": "batched", **_snippets.DEFAULTS, **tensors.SIZES}
    return of_tensors.rules() | {"cells": cells, "usual": usual}


def add_known(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Write what the script must know into the pages that have a player."""
    if MARK not in context.get("body", ""):
        return
    version = hashlib.sha256(published().encode()).hexdigest()[:8]
    data = known(f"{context['pathto'](f'_static/{NUMBERS}', 1)}?v={version}")
    if f'{MARK}="rules"' in context["body"]:
        del data["rules"]
    context["body"] += f'<script type="application/json" id="player-data">{as_json(data)}</script>'


def published() -> str:
    """Return the numbers as they are fetched."""
    return json.dumps(numbers.numbers(), separators=(",", ":"))


def publish(app: Sphinx) -> None:
    """Write the numbers beside the scripts; a book has neither."""
    if app.builder.name != "html":
        return
    path = Path(app.outdir) / "_static" / NUMBERS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(published(), encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive; its style and script are for pages with a player."""
    app.add_node(
        directive.PlayerNode,
        html=(directive.visit_html, None),
        markdown=(visit_markdown, None),
    )
    app.add_directive("player", directive.Player)
    app.connect("builder-inited", publish)
    app.connect("html-page-context", add_known)
    assets.add(app, ROOM, {"player.css": MARK, "page.js": 'class="player"'})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
