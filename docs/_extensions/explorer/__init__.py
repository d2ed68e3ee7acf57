"""
The shape explorer: a form whose answers follow every change.

``{explorer}`` writes the form, the rules of ``rnn_guide`` as JSON for ``explorer.js``, and its own
content for readers without JavaScript. Script and style are loaded on that page only. Every text
that a reader sees goes through ``_`` here, where a translation can reach it; the script has none.
"""

import json
import re
import string
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

import torch
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective

from rnn_guide import _checks, programs, rules, symbolic_parameter_shapes, symbolic_shapes

FLAGS = (False, True)
_ = get_translation("explorer")


def key(*parts: str | bool) -> str:
    """Return what an array of the same values is as a text in JavaScript."""
    return ",".join(str(part).lower() if isinstance(part, bool) else part for part in parts)


def shapes() -> dict[str, Any]:
    """Return the axes of every tensor, for each kind, layout and ``batch_first``."""
    return {
        key(kind, layout, first): symbolic_shapes(kind, layout=layout, batch_first=first)
        for kind, layout, first in product(_checks.KINDS, _checks.LAYOUTS, FLAGS)
    }


def parameters() -> dict[str, Any]:
    """Return the axes of the parameters of the first layer, and of any layer above it."""
    result = {}
    for kind, bias, both, projected in product(_checks.KINDS, FLAGS, FLAGS, FLAGS):
        if projected and not takes_projection(kind):
            continue
        axes = symbolic_parameter_shapes(
            kind, 2, bias=bias, bidirectional=both, projected=projected
        )
        result[key(kind, bias, both, projected)] = [
            {
                name.replace(f"_l{layer}", "_l{layer}"): value
                for name, value in axes.items()
                if f"_l{layer}" in name
            }
            for layer in range(2)
        ]
    return result


def takes_projection(kind: str) -> bool:
    """Return whether a layer of this kind can have ``proj_size``."""
    try:
        symbolic_shapes(kind, projected=True)
    except ValueError:
        return False
    return True


def applies() -> dict[str, Any]:
    """Return where a field has an effect: the values of another field, or the smallest one."""
    inputs = {
        layout: [
            symbolic_shapes("RNN", layout=layout, batch_first=first)["input"] for first in FLAGS
        ]
        for layout in _checks.LAYOUTS
    }

    def layouts_with(symbol: str) -> tuple[str, list[str]]:
        return "layout", [layout for layout, (axes, _) in inputs.items() if symbol in axes]

    return {
        "proj_size": ("kind", [kind for kind in _checks.KINDS if takes_projection(kind)]),
        "batch_first": ("layout", [layout for layout, (a, b) in inputs.items() if a != b]),
        "seq_len": layouts_with("L"),
        "batch_size": layouts_with("N"),
        "lengths": layouts_with("sum(lengths)"),
        "dropout": ("num_layers", 2),  # it acts between layers
    }


def lines() -> dict[str, list[str]]:
    """Return the lines of the program, for each kind, layout and ``bidirectional``."""
    return {
        key(kind, layout, both): [
            _(line) if line.startswith("#") else line
            for line in programs.lines(kind, layout=layout, bidirectional=both, merge=True)
        ]
        for kind, layout, both in product(_checks.KINDS, _checks.LAYOUTS, FLAGS)
    }


def data() -> dict[str, Any]:
    """Return everything that the script needs to know."""
    causes = {
        "type": _checks.CAUSES_OF_TYPE,
        "number": _checks.CAUSES_OF_NUMBER,
        "probability": _checks.CAUSES_OF_PROBABILITY,
    }
    return {
        "shapes": shapes(),
        "parameters": parameters(),
        "symbols": rules.ARGUMENTS,
        "projected": [
            symbolic_shapes("LSTM", bidirectional=False, projected=flag)["output"][-1]
            for flag in FLAGS
        ],
        "directions": [rules.DIRECTIONS[flag] for flag in FLAGS],
        "cells": rules.CELLS | {"c_0": rules.CELLS["h_0"], "c_n": rules.CELLS["h_n"]},
        "applies": applies(),
        "minima": _checks.MINIMA,
        "messages": {
            name: _(_checks.MESSAGES[name]) for name in ("size", "probability", "projection")
        },
        "causes": {
            group: {name: _(cause) for name, cause in texts.items()}
            for group, texts in causes.items()
        },
        "layer": programs.LAYER,
        "defaults": programs.DEFAULTS,
        "lines": lines(),
        "bytes": torch.float32.itemsize,
        "texts": texts(),
    }


def texts() -> dict[str, str]:
    """Return the texts that the script fills in."""
    return {
        "forward": _("forward"),
        "backward": _("backward"),
        "layer": _("layer {layer}"),
        "step": _("step"),
        "total": _("{count} numbers, {bytes} bytes in float32"),
        "more_parameters": _(
            "The list ends with layer {last}. The layers above it have the same shapes, and are "
            "counted."
        ),
        "more_rows": _("The first {listed} of {rows} rows are listed."),
        "stale": _("A value is refused, so this is the answer to the values before it."),
        "said": _("{layer}: output {output}, h_n {h_n}, {count} parameters"),
        "drawn": _("{steps} of {seq_len} steps and {layers} of {num_layers} layers are drawn."),
        "packed": _(
            "The picture shows a sequence of the longest length. A shorter one has fewer steps, "
            "and its last step is its own."
        ),
        "picture": _(
            "A grid of {seq_len} steps, {num_layers} layers and {directions} directions. Each "
            "row of h_n is the last cell that a layer computes in a direction: forward at the "
            "last step, backward at step 0. output is every cell of the top layer."
        ),
        "hint": _("Point at a tensor, or move to it with the Tab key: its cells light up."),
        "input": _("input is read by every cell of layer 0."),
        "output": _(
            "output is every step of the last layer. Two directions stand side by side on its "
            "last axis."
        ),
        "h_0": _("h_0 is read by the cell that comes first in each layer and direction."),
        "h_n": _("h_n is the cell that comes last in each layer and direction, one row for each."),
        "c_0": _("c_0 is read by the same cells as h_0."),
        "c_n": _("c_n is taken from the same cells as h_n."),
        "row": _("h_n[{row}] is layer {layer}, {direction}, after step {step}."),
    }


def presets() -> dict[str, dict[str, str]]:
    """Return the layers to start from; a field that is not named gets its default."""
    return {
        _("The demonstration"): {
            "kind": "RNN",
            "num_layers": "3",
            "bidirectional": "True",
            "batch_first": "True",
            "seq_len": "1",
            "batch_size": "1",
        },
        _("One layer"): {"kind": "GRU", "num_layers": "1"},
        _("Two directions"): {"kind": "GRU", "bidirectional": "True", "num_layers": "1"},
        _("Stacked LSTM"): {"kind": "LSTM", "bidirectional": "True"},
        _("Projected"): {"kind": "LSTM", "proj_size": "2", "num_layers": "1"},
        _("Unbatched"): {"kind": "GRU", "layout": "unbatched"},
        _("Packed"): {"kind": "GRU", "layout": "packed", "bidirectional": "True"},
        _("Text classifier"): {
            "kind": "LSTM",
            "input_size": "300",
            "hidden_size": "256",
            "dropout": "0.5",
            "batch_first": "True",
            "bidirectional": "True",
            "seq_len": "50",
            "batch_size": "32",
        },
    }


def fields() -> dict[str, dict[str, tuple[Any, str]]]:
    """Return the fields by group: the value to start with, and what the field means."""
    layouts = {
        "batched": _("batched"),
        "unbatched": _("unbatched"),
        "packed": _("packed"),
    }
    kinds = {kind: f"nn.{kind}" for kind in _checks.KINDS}
    return {
        _("Layer"): {
            "kind": (kinds, _("layer")),
            "input_size": ("3", _("features of a step")),
            "hidden_size": ("5", _("features of the cell")),
            "num_layers": ("2", _("stacked")),
            "proj_size": ("0", _("LSTM only")),
            "dropout": ("0", _("between layers")),
            "bias": (True, ""),
            "batch_first": (False, ""),
            "bidirectional": (False, ""),
        },
        _("Input"): {
            "layout": (layouts, _("of the input")),
            "seq_len": ("7", _("steps")),
            "batch_size": ("4", _("sequences")),
            "lengths": ("7, 5, 2, 1", _("steps of each sequence")),
        },
    }


def field(name: str, value: Any, meaning: str) -> str:
    """Return one field with its label, and the place for its error."""
    ids = f'id="explorer-{name}" name="{name}"'
    label = f"<code>{name}</code>" + (f"<small>{escape(meaning)}</small>" if meaning else "")
    label = f'<label for="explorer-{name}">{label}</label>'
    if isinstance(value, bool):
        checked = ' checked="checked"' if value else ""
        return f'<div class="flag"><input type="checkbox" {ids}{checked}/>{label}</div>'
    if isinstance(value, dict):
        options = "".join(
            f'<option value="{v}">{escape(text)}</option>' for v, text in value.items()
        )
        return f"<div>{label}<select {ids}>{options}</select></div>"
    mode = "text" if name == "lengths" else "decimal" if name == "dropout" else "numeric"
    limit = 400 if name == "lengths" else 18
    error = f"explorer-{name}-error"
    return (
        f'<div>{label}<input type="text" inputmode="{mode}" maxlength="{limit}" '
        f'autocomplete="off" {ids} value="{value}" aria-describedby="{error}"/>'
        f'<p class="error" id="{error}"></p></div>'
    )


def table(name: str, caption: str, *head: str) -> str:
    """Return a table whose rows the script writes."""
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    return (
        f'<table id="explorer-{name}" class="rules">'
        f'<caption id="explorer-{name}-caption">{escape(caption)}</caption>'
        f"<thead><tr>{cells}</tr></thead><tbody></tbody></table>"
    )


def symbol_table() -> str:
    """Return what each symbol means; the script fills in the numbers."""
    rows = []
    for symbol, meaning in rules.SYMBOLS.items():
        text = re.sub("`(.*?)`", r"<code>\1</code>", escape(_(meaning)))
        rows.append(
            f'<tr data-symbol="{symbol}"><th scope="row"><code>{symbol}</code></th><td></td>'
            f"<td>{text}</td></tr>"
        )
    head = table("symbols", _("Symbols"), _("symbol"), _("value"), _("meaning"))
    return head.replace("<tbody>", f"<tbody>{''.join(rows)}")


def html() -> str:
    """Return the form and the places for its answers."""
    groups = "".join(
        f"<fieldset><legend>{escape(legend)}</legend>"
        + "".join(field(name, *rest) for name, rest in group.items())
        + "</fieldset>"
        for legend, group in fields().items()
    )
    buttons = "".join(
        f'<button type="button" data-preset="{escape("&".join(map("=".join, values.items())))}">'
        f"{escape(title)}</button>"
        for title, values in presets().items()
    )
    template = string.Template(
        (Path(__file__).parent / "explorer.html").read_text(encoding="utf-8")
    )
    rules_json = json.dumps(data(), separators=(",", ":"), ensure_ascii=False)
    return template.substitute(
        groups=groups,
        buttons=buttons,
        start=escape(_("Start from")),
        answer=escape(_("Answer")),
        parameters=escape(_("Parameters")),
        code=escape(_("Program")),
        tensor_table=table("tensors", _("Tensors"), _("tensor"), _("shape"), _("symbols")),
        symbol_table=symbol_table(),
        row_table=table("rows", _("Rows of h_n"), _("row"), _("layer"), _("direction"), _("step")),
        parameter_table=table(
            "parameters", "", _("parameter"), _("shape"), _("symbols"), _("numbers")
        ),
        # no markup inside, whatever the texts hold
        rules=rules_json.replace("&", "\\u0026").replace("<", "\\u003c"),
    )


class Explorer(SphinxDirective):
    """``{explorer}``: the form, and the content for readers without JavaScript."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the form for the site, and the content as it is for anything else."""
        form = addnodes.only(expr="html and not epub")
        form += nodes.raw("", html(), format="html", explorer=True)
        fallback = nodes.container("", *self.parse_content_to_nodes(), classes=["explorer-static"])
        return [form, fallback]


def add_assets(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load script and style on the page of the explorer only."""
    raws = doctree.findall(nodes.raw) if doctree else []
    if any(raw.get("explorer") for raw in raws):
        app.add_css_file("explorer.css")
        app.add_js_file("explorer.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and the catalog of its texts."""
    app.add_message_catalog("explorer", str(Path(app.srcdir) / "_locale"))
    app.add_directive("explorer", Explorer)
    app.connect("html-page-context", add_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
