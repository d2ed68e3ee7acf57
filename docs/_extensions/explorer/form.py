"""The form of the explorer, and the places for its answers."""

import json
import re
import string
from collections.abc import Mapping
from html import escape
from pathlib import Path

from sphinx.locale import get_translation

import pictures
from explorer import rules, texts
from rnn_guide import _rules

_ = get_translation("guide")

TEMPLATE = string.Template((Path(__file__).parent / "explorer.html").read_text(encoding="utf-8"))

#: A choice by its values, a flag, or the text that a field starts with.
Value = Mapping[str, str] | bool | str


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


def fields() -> dict[str, dict[str, tuple[Value, str]]]:
    """Return the fields by group: the value to start with, and what the field means."""
    layouts = {
        "batched": _("batched"),
        "unbatched": _("unbatched"),
        "packed": _("packed"),
    }
    kinds: dict[str, str] = {kind: f"nn.{kind}" for kind in _rules.KINDS}
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


def field(name: str, value: Value, meaning: str) -> str:
    """Return one field with its label, and the place for its error."""
    ids = f'id="explorer-{name}" name="{name}"'
    label = f"<code>{name}</code>" + (f"<small>{escape(meaning)}</small>" if meaning else "")
    label = f'<label for="explorer-{name}">{label}</label>'
    if isinstance(value, bool):
        checked = ' checked="checked"' if value else ""
        return f'<div class="flag"><input type="checkbox" {ids}{checked}/>{label}</div>'
    if isinstance(value, Mapping):
        options = "".join(
            f'<option value="{v}">{escape(text)}</option>' for v, text in value.items()
        )
        return f"<div>{label}<select {ids}>{options}</select></div>"
    mode = {"lengths": "text", "dropout": "decimal"}.get(name, "numeric")
    limit = 400 if name == "lengths" else 18
    error = f"explorer-{name}-error"
    return (
        f'<div>{label}<input type="text" inputmode="{mode}" maxlength="{limit}" '
        f'autocomplete="off" {ids} value="{value}" aria-describedby="{error}"/>'
        f'<p class="error" id="{error}"></p></div>'
    )


def table(name: str, caption: str, *head: str, body: str = "") -> str:
    """Return a table; where it has no body yet, the script writes the rows."""
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    return (
        f'<table id="explorer-{name}">'
        f'<caption id="explorer-{name}-caption">{escape(caption)}</caption>'
        f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
    )


def symbol_table() -> str:
    """Return what each symbol means; the script fills in the numbers."""
    rows = []
    for symbol, meaning in _rules.SYMBOLS.items():
        text = re.sub("`(.*?)`", r"<code>\1</code>", escape(_(meaning)))
        rows.append(
            f'<tr data-symbol="{symbol}"><th scope="row"><code>{symbol}</code></th><td></td>'
            f"<td>{text}</td></tr>"
        )
    head = (_("symbol"), _("value"), _("meaning"))
    return table("symbols", _("Symbols"), *head, body="".join(rows))


def html() -> str:
    """Return the form, the places for its answers, and what the script must know."""
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
    data = json.dumps(
        {"rules": rules.data(), "texts": texts.data()}, separators=(",", ":"), ensure_ascii=False
    )
    return TEMPLATE.substitute(
        groups=groups,
        buttons=buttons,
        picture_style=pictures.STYLE,
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
        data=data.replace("&", "\\u0026").replace("<", "\\u003c"),
    )
