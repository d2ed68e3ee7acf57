"""What the drawing of a tensor must know, from the rules of ``rnn_guide``."""

from itertools import product
from typing import Any

from sphinx.locale import get_translation

from rnn_guide import _rules, symbolic_shapes
from rnn_guide._rules import KINDS, LAYOUTS

_ = get_translation("guide")

FLAGS = (False, True)

#: The argument that each symbol is the value of, where no other rule decides it.
ARGUMENTS = {
    "L": "seq_len",
    "N": "batch_size",
    "H_in": "input_size",
    "H_cell": "hidden_size",
    "H_out": "proj_size",
    "num_layers": "num_layers",
}

#: What an axis counts, by a symbol in it; any other one counts features.
ROLES = {"L": "time", "sum(lengths)": "time", "N": "batch", "num_layers": "rows"}


def data() -> dict[str, Any]:
    """Return rules and texts as JSON can hold them."""
    return {"rules": rules(), "texts": texts()}


def rules() -> dict[str, Any]:
    """Return the rules; ``shapes.js`` says what each is."""
    return {
        "shapes": {
            key(kind, layout, first): symbolic_shapes(kind, layout=layout, batch_first=first)
            for kind, layout, first in product(KINDS, LAYOUTS, FLAGS)
        },
        "symbols": ARGUMENTS,
        "roles": ROLES,
        "projected": [
            symbolic_shapes("LSTM", bidirectional=False, projected=flag)["output"][-1]
            for flag in FLAGS
        ],
        "directions": [_rules.DIRECTIONS[flag] for flag in FLAGS],
    }


def key(*parts: str | bool) -> str:
    """Return what an array of the same values is as a text in JavaScript."""
    return ",".join(str(part).lower() if isinstance(part, bool) else part for part in parts)


def texts() -> dict[str, Any]:
    """Return the words beside a block, and the sentence for those who do not see it."""
    return {
        "forward": _("forward"),
        "backward": _("backward"),
        "layer": _("layer {layer}"),
        "label": _("{name} {shape}: {axes}"),
        "axes": {
            "time": _("{symbol}, {size} steps"),
            "batch": _("{symbol}, {size} sequences"),
            "rows": _("{symbol}, {size} rows"),
            "features": _("{symbol}, {size} features"),
        },
        "lengths": _("lengths {lengths}"),
    }
