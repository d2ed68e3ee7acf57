"""
The drawing of a tensor: a block whose edges are its axes, and its shape in the same colours.

``{tensors} LSTM num_layers=2 bidirectional=True`` draws the tensors of a layer into a page. Tools
of a page import ``block.js``, which draws the same in a browser.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from pictures.alternative import visit_markdown
from rnn_guide import _snippets
from rnn_guide._rules import Kind
from tensors import directive, link, rules
from tensors.engine import script
from theme import ROOM as THEME
from theme import assets

ROOM = Path(__file__).parent
DRAW = ROOM / "draw.js"

#: The arguments of a layer and its input, where a drawing names no other.
SIZES = {"input_size": 3, "hidden_size": 5, "seq_len": 7, "batch_size": 4}

#: A tensor, as ``shapes.js`` describes it.
Description = dict[str, Any]


def described(kind: Kind, *, layout: str = "batched", **arguments: Any) -> dict[str, Description]:
    """
    Return every tensor of a layer, by its name, as the drawing wants it.

    Args:
        kind: ``"RNN"``, ``"GRU"`` or ``"LSTM"``.
        layout: ``"batched"``, ``"unbatched"`` or ``"packed"``, which needs ``lengths``.
        arguments: Those of the layer, ``seq_len``, ``batch_size`` and ``lengths``.
    """
    layer = {"kind": kind, "layout": layout, **_snippets.DEFAULTS, **SIZES, **arguments}
    found: dict[str, Description] = script(DRAW)("described", rules.rules(), layer)
    return found


def with_halves(named: dict[str, Description]) -> dict[str, Description]:
    """Add the halves of each tensor that has two directions, such as ``output.forward``."""
    halves = {
        f"{name}.{direction}": half(description, direction)
        for name, description in named.items()
        for direction in description.get("directions", ())
        if len(description["directions"]) > 1
    }
    return {**named, **halves}


def half(description: Description, direction: str) -> Description:
    """Return what a tensor holds of a direction: rows of a state, features of an output."""
    axes = [dict(axis) for axis in description["axes"]]
    axis = next(axis for axis in axes if axis["symbol"].startswith("D*"))
    axis.update(symbol=axis["symbol"].removeprefix("D*"), size=axis["size"] // 2)
    return {**description, "name": direction, "axes": axes, "directions": [direction]}


def svg(description: Description, *, alone: bool = False, **options: Any) -> str:
    """
    Draw a tensor as an ``svg`` element.

    Args:
        description: One of those that :func:`described` returns.
        alone: Whether it stands where the styles of the site do not reach: it then carries them.
        options: Those of ``block.js``: ``width``, ``height``, ``cell``, ``cells``.
    """
    return _styled(script(DRAW)("block", description, _complete(options)), alone)


def figures(descriptions: list[Description], *, alone: bool = False, **options: Any) -> str:
    """Return tensors with names and shapes as HTML; those of one shape are drawn once."""
    return _styled(script(DRAW)("figuresOf", descriptions, _complete(options)), alone)


def shapes(descriptions: list[Description]) -> str:
    """Return names and shapes of tensors as HTML."""
    return str(script(DRAW)("shapesOf", descriptions))


def fit(descriptions: list[Description], **options: Any) -> float:
    """Return the largest cell with which each tensor fits its box, so that they compare."""
    return float(script(DRAW)("fit", descriptions, _complete(options)))


def tuple_of(description: Description) -> str:
    """Return the shape of a tensor as HTML, in the colours of its axes."""
    return str(script(DRAW)("tupleOf", description))


def _complete(options: dict[str, Any]) -> dict[str, Any]:
    return {"cells": False, **options, "texts": rules.texts()}


def _styled(drawn: str, alone: bool) -> str:
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{style()}</style>", drawn) if alone else drawn


def style() -> str:
    """Return the style of a drawing that stands alone: in light colours."""
    text = (ROOM / "tensors.css").read_text(encoding="utf-8")
    palette = (THEME / "colours.css").read_text(encoding="utf-8")
    colours = re.findall(r"(--[\w-]+): light-dark\((#\w+),", palette)
    return text + f"svg.tensor {{ {' '.join(f'{name}: {light};' for name, light in colours)} }}"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive; publish the scripts, and the style for pages with a drawing."""
    app.add_node(
        directive.TensorsNode,
        html=(directive.visit_html, None),
        markdown=(visit_markdown, None),
    )
    app.add_directive("tensors", directive.Tensors)
    app.add_node(
        link.ExplorerLink,
        html=(link.visit_html, None),
        markdown=(link.visit_markdown, None),
    )
    assets.add(app, ROOM, {"tensors.css": 'class="tensor'})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
