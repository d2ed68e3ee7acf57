"""The explorer: the form, the places for its answers, and what the script must know."""

import re
import string
from html import escape
from pathlib import Path

from sphinx.locale import get_translation

from explorer import fields, form, rules, texts, ways
from player.directive import drawn
from rnn_guide import _rules
from tensors.rules import ROLES
from theme.data import as_json

_ = get_translation("guide")

TEMPLATE = string.Template((Path(__file__).parent / "explorer.html").read_text(encoding="utf-8"))


def table(name: str, *head: str, caption: str | None = None, body: str = "") -> str:
    """
    Return a table.

    Where it has no caption, the heading above it names it; where it has no body, the script writes
    the rows.
    """
    cells = "".join(f'<th scope="col" role="columnheader">{escape(cell)}</th>' for cell in head)
    named = f' aria-labelledby="explorer-{name}-name"' if caption is None else ""
    title = "" if caption is None else f"<caption>{escape(caption)}</caption>"
    return (  # with roles, which a browser forgets where a style lays out rows as cards
        f'<table id="explorer-{name}" role="table"{named}>{title}<thead role="rowgroup">'
        f'<tr role="row">{cells}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def symbol_table() -> str:
    """Return what each symbol means; the script fills in the numbers."""
    rows = []
    for symbol, meaning in _rules.SYMBOLS.items():
        text = re.sub("`(.*?)`", r"<code>\1</code>", escape(_(meaning)))
        role = ROLES.get(symbol, "features")
        name = f'<code class="{role}">{symbol}</code>'
        rows.append(
            f'<tr data-symbol="{symbol}" role="row"><th scope="row" role="rowheader">{name}</th>'
            f'<td role="cell"></td><td role="cell">{text}</td></tr>'
        )
    head = (_("symbol"), _("value"), _("meaning"))
    return table("symbols", *head, caption=_("Symbols"), body="".join(rows))


def html() -> str:
    """Return the explorer."""
    said = {name: escape(text) for name, text in texts.of_page().items()}
    parameters_page, parameters_way = ways.ways()["parameters"]
    return TEMPLATE.substitute(
        said,
        parameters_page=parameters_page,
        parameters_way=escape(parameters_way),
        groups=form.groups(),
        buttons=form.buttons(),
        player=drawn(fields.first()),
        tensor_table=table("tensors", _("tensor"), _("shape"), _("symbols")),
        symbol_table=symbol_table(),
        part_table=table("parts", _("part"), _("shape"), _("index")),
        parameter_table=table(
            "parameters", _("parameter"), _("shape"), _("symbols"), _("elements"), caption=""
        ),
        data=as_json({"rules": rules.data(), "texts": texts.data()}),
    )
