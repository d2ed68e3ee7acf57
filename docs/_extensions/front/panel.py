"""The panel of the front page, as it stands at first, and what its script must know."""

import re
import string
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sphinx.locale import get_translation

import tensors
from rnn_guide import _rules, _snippets
from tensors import rules
from tensors.rules import FLAGS
from theme.data import as_json

_ = get_translation("guide")

TEMPLATE = string.Template((Path(__file__).parent / "panel.html").read_text(encoding="utf-8"))

#: The layer that the panel begins with.
FIRST: dict[str, Any] = {
    "kind": "LSTM",
    "num_layers": 2,
    "bidirectional": True,
    "batch_first": False,
}
SHOWN = ("input", "output", "h_n", "c_n")
#: The box of a drawing, in pixels.
BOX: dict[str, Any] = {"width": 300, "height": 196}
MOST_LAYERS = 99


def direction(name: str, text: str) -> str:
    """Return a direction in its colour, which lights up with the drawings."""
    return f'<span class="{name}" data-part="{name}">{escape(text)}</span>'


def line(code: str) -> str:
    """Return a line of code with the directions in their colours."""
    return re.sub(r"\b(?:forward|backward)\b", lambda name: direction(name[0], name[0]), code)


def sentence(bidirectional: bool) -> str:
    """Return what the lines do."""
    text = (
        _("{forward} and {backward} share the last axis of `output`, and take turns in `h_n`.")
        if bidirectional
        else _("One direction: `output` and `h_n` hold {forward} alone. There is nothing to split.")
    )
    coloured = escape(text).format(
        forward=direction("forward", _("forward")), backward=direction("backward", _("backward"))
    )
    return re.sub("`(.*?)`", r"<code>\1</code>", coloured)


def data() -> dict[str, Any]:
    """Return what the script must know."""
    return {
        **rules.data(),
        "layer": {"layout": "batched", **_snippets.DEFAULTS, **tensors.SIZES},
        "shown": SHOWN,
        "box": BOX,
        "splits": [
            {
                "lines": {name: line(code) for name, code in _snippets.SPLITS[flag].items()},
                "sentence": sentence(flag),
            }
            for flag in FLAGS
        ],
        "said": _("{kind}: {shapes}"),
        "copied": _("copied"),
    }


def kinds() -> str:
    """Return the choice of the kind."""
    checked = ' checked="checked"'
    return "".join(
        f'<label><input type="radio" name="kind" value="{kind}"'
        f"{checked if kind == FIRST['kind'] else ''}/><span>{kind}</span></label>"
        for kind in _rules.KINDS
    )


def html(explorer: str) -> str:
    """Return the panel; ``explorer`` is the address of the explorer."""
    known = data()
    split = known["splits"][FIRST["bidirectional"]]
    found = tensors.described(**FIRST)
    shown = [found[name] for name in SHOWN if name in found]
    copy, copy_line = escape(_("copy")), escape(_("copy the line that splits {name}"))
    lines = "".join(
        f'<div><code data-line="{name}">{code}</code><button type="button" '
        f'aria-label="{copy_line.format(name=name)}">'
        f"{copy}</button></div>"
        for name, code in split["lines"].items()
    )
    return TEMPLATE.substitute(
        layer=escape(_("Layer")),
        kinds=kinds(),
        layers=escape(_("layers")),
        fewer=escape(_("one layer less")),
        more=escape(_("one layer more")),
        first_layers=FIRST["num_layers"],
        most_layers=MOST_LAYERS,
        two_directions=escape(_("two directions")),
        batch_first=escape(_("batch first")),
        shapes=tensors.shapes(shown),
        tensors=tensors.figures(shown, **BOX),
        lines=lines,
        sentence=split["sentence"],
        explorer=f"{explorer}#{escape(urlencode(FIRST))}",
        open_explorer=escape(_("Open the explorer")),
        data=as_json(known),
    )
