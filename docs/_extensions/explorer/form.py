"""The form of the explorer."""

from collections.abc import Mapping
from html import escape

from sphinx.locale import get_translation

from explorer.fields import Value, fields, presets
from tensors.rules import ARGUMENTS, ROLES

_ = get_translation("guide")

#: The symbol that stands for the value of a field, where it has another name.
SYMBOLS = {name: symbol for symbol, name in ARGUMENTS.items() if symbol != name}


def field(name: str, value: Value, meaning: str) -> str:
    """Return one field with its label; what is wrong with it is said where its meaning stands."""
    ids = f'id="explorer-{name}" name="{name}"'
    label = (
        f'<label id="explorer-{name}-label" for="explorer-{name}">'
        f"<code>{name}</code>{symbol(name)}</label>"
    )
    if isinstance(value, bool):
        checked = ' checked="checked"' if value else ""
        box = f'<input type="checkbox" role="switch" {ids}{checked}/>'
        return f'<div class="field flag">{label}{box}</div>'
    if isinstance(value, Mapping):
        options = "".join(
            f'<option value="{v}">{escape(text)}</option>' for v, text in value.items()
        )
        return f'<div class="field choice">{label}<select {ids}>{options}</select></div>'
    mode = {"lengths": "text", "dropout": "decimal"}.get(name, "numeric")
    limit = 400 if name == "lengths" else 18
    error = f"explorer-{name}-error"
    return (
        f'<div class="field {mode}">{label}<input type="text" inputmode="{mode}" '
        f'maxlength="{limit}" autocomplete="off" {ids} value="{value}" aria-describedby="{error}"/>'
        f'<small>{escape(meaning)}</small><p class="error" id="{error}"></p></div>'
    )


def symbol(name: str) -> str:
    """Return the symbol of a field, in the colour of its axis."""
    found = SYMBOLS.get(name, "")
    role = ROLES.get(found, "features")
    return f'<code class="{role}" aria-hidden="true">{found}</code>' if found else ""


def groups() -> str:
    """Return all fields."""
    return "".join(
        f"<fieldset><legend>{escape(legend)}</legend>"
        + "".join(field(name, *rest) for name, rest in group.items())
        + "</fieldset>"
        for legend, group in fields().items()
    )


def buttons() -> str:
    """Return a button for each layer to start from."""
    return "".join(
        f'<button type="button" data-preset="{escape("&".join(map("=".join, values.items())))}">'
        f"{escape(title)}</button>"
        for title, values in presets().items()
    )
