"""What stands on the sheet: shapes from the rules, drawings from the room ``tensors``."""

import re
from typing import Any

from sphinx.locale import get_translation

import tensors
from cheat_sheet import lines
from machine_readable.preview_pictures import size_of, without_is
from rnn_guide import _rules, _snippets, symbolic_parameter_shapes, symbolic_shapes
from rule_tables import LAYOUTS
from tensors.rules import ROLES
from theme import LOGO
from theme.palette import LIGHT, in_light

_ = get_translation("guide")

#: The layer that is drawn, and the lengths of the packed batch.
LAYER: dict[str, Any] = {"num_layers": 2, "bidirectional": True}
LENGTHS = [7, 5, 2, 1]

TEXT = re.compile(
    r'<text x="(\S+)" y="(\S+)"(?: text-anchor="(\w+)")? class="([^"]+)".*?>(.*?)</text>'
)


def axis(symbols: str) -> dict[str, str]:
    """Return an axis as it is written, and what it counts."""
    roles = [ROLES[symbol] for symbol in symbols.split("*") if symbol in ROLES]
    return {"text": symbols.replace("*", "·"), "role": (roles or ["features"])[0]}


def shape(axes: tuple[str, ...]) -> list[dict[str, str]]:
    """Return a shape in symbols."""
    return [axis(symbols) for symbols in axes]


def drawing(tensor: tensors.Description, cell: float) -> dict[str, Any]:
    """Return a block without its words, and the words with their places."""
    drawn = in_light(without_is(tensors.svg(tensor, alone=True, cell=cell)))
    drawn = re.sub(r"svg\.tensor \{[^}]*\}", "", drawn)  # its size is that of a place on paper
    box = re.search(r'viewBox="(\S+) (\S+)', drawn)
    assert box, "a drawing needs a viewBox"
    labels = [
        {
            "x": float(x) - float(box[1]),
            "y": float(y) - float(box[2]),
            "anchor": anchor or "start",
            "role": role,
            "text": text.replace("*", "·"),
        }
        for x, y, anchor, role, text in TEXT.findall(drawn)
    ]
    width, height = size_of(drawn)
    said = re.search('aria-label="(.*?)"', drawn)
    return {
        "svg": TEXT.sub("", drawn),
        "alt": said[1] if said else "",
        "width": width,
        "height": height,
        "labels": labels,
    }


def drawn(found: dict[str, tensors.Description]) -> list[dict[str, Any]]:
    """Return the tensors of a layer; those of one shape are drawn once."""
    groups: dict[str, list[tensors.Description]] = {}
    for name in ("input", "output", "h_n", "c_n"):
        sizes = str([(axis["role"], axis["size"]) for axis in found[name]["axes"]])
        groups.setdefault(sizes, []).append(found[name])
    return [
        {
            "names": [tensor["name"] for tensor in group],
            "shape": [
                {"text": str(axis["size"]), "role": axis["role"]} for axis in group[0]["axes"]
            ],
            "drawing": drawing(group[0], 15),
        }
        for group in groups.values()
    ]


def tensor_rows() -> list[dict[str, Any]]:
    """Return the tensors of a layer with their shapes in each layout; None is as in a batch."""
    layouts = [symbolic_shapes("LSTM", **layout) for layout in LAYOUTS.values()]
    rows: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for name in layouts[0]:
        rows.setdefault(tuple(layout[name] for layout in layouts), []).append(name)
    return [
        {
            "names": names,
            "shapes": [shape(shapes[0])]
            + [None if axes == shapes[0] else shape(axes) for axes in shapes[1:]],
        }
        for shapes, names in rows.items()
    ]


def parameter_rows() -> list[dict[str, Any]]:
    """Return the parameters of a layer, first and above; G stands for the number of blocks."""
    gates = f"{len(_rules.GATES['LSTM'])}*"
    found = {
        name: tuple(symbols.replace(gates, "G*") for symbols in axes)
        for name, axes in symbolic_parameter_shapes("LSTM", 2, projected=True).items()
    }
    rows: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for name in found:
        stem, _l, layer = name.rpartition("_l")
        if layer == "0":
            rows.setdefault((found[name], found[f"{stem}_l1"]), []).append(stem)
    return [
        {"names": names, "shapes": [shape(first), None if above == first else shape(above)]}
        for (first, above), names in rows.items()
    ]


def blocks() -> str:
    """Return how many blocks stand on the first axis of weights, and in which order."""
    parts = []
    for kind, gates in _rules.GATES.items():
        order = f" ({', '.join(gates)})" if len(gates) > 1 else ""
        parts.append(f"{len(gates)} {kind}{order}")
    return f"`G` = {', '.join(parts)}"


def content(project: str, releases: list[str], address: str) -> dict[str, Any]:
    """Return all that the sheet shows, as JSON can hold it."""
    return {
        "title": _("RNN, GRU, LSTM: the shapes"),
        "guide": project,
        "author": project,
        "about": _("{guide} · PyTorch {first} to {last}").format(
            guide=project, first=releases[0], last=releases[-1]
        ),
        "logo": in_light(LOGO),
        "colours": LIGHT,
        "drawn": drawn(tensors.described("LSTM", **LAYER)),
        "call": call(),
        "tensors": every_tensor(),
        "output": split_output(),
        "states": split_states(),
        "parameters": parameters(),
        "packing": packing(),
        "mistakes": mistakes(),
        "more": _("More, each with its repair:"),
        "address": address,
    }


def call() -> str:
    """Return the layer that is drawn, and what it reads."""
    layer = {**tensors.SIZES, **LAYER}
    made = _snippets.layer_call("LSTM", layer["input_size"], layer["hidden_size"], **LAYER)
    return _("`{call}`, {steps} steps, {sequences} sequences").format(
        call=made.removeprefix("torch."), steps=layer["seq_len"], sequences=layer["batch_size"]
    )


def every_tensor() -> dict[str, Any]:
    """Return the table of all shapes, and what the symbols mean."""
    return {
        "title": _("Every tensor"),
        "heads": [
            "",
            _("a batch"),
            "`batch_first=True`",
            _("one sequence"),
            _("packed: `.data`"),
        ],
        "rows": tensor_rows(),
        "same": _("as in a batch"),
        "symbols": [[axis(symbol), _(meaning)] for symbol, meaning in _rules.SYMBOLS.items()],
    }


def split_output() -> dict[str, Any]:
    """Return how an output is split."""
    return {
        "title": _("Split `output`"),
        "lines": lines.SPLITS["output"],
        "notes": [
            _(
                "`forward[-1]` is `h_n[-2]`, and `backward[0]` is `h_n[-1]`: "
                "where a direction ends."
            ),
            _("With `batch_first=True`: `forward[:, -1]` and `backward[:, 0]`."),
        ],
    }


def split_states() -> dict[str, Any]:
    """Return how states are split."""
    return {
        "title": _("Split `h_n`, `c_n`"),
        "lines": lines.SPLITS["states"],
        "notes": [
            _(
                "Layer `k` has the rows `2*k`, forward, and `2*k + 1`, backward. "
                "`last` joins those of the last layer."
            )
        ],
    }


def parameters() -> dict[str, Any]:
    """Return the table of weights and biases."""
    return {
        "title": _("Weights and biases of layer `k`"),
        "heads": ["", "`k = 0`", "`k > 0`"],
        "rows": parameter_rows(),
        "same": _("the same"),
        "notes": [
            blocks(),
            _(
                "Names end in `_l0`, `_l1`, …; of the backward direction in `_l0{suffix}`. "
                "`weight_hr` is there with `proj_size`."
            ).format(suffix=_rules.SUFFIXES["backward"]),
        ],
    }


def packing() -> dict[str, Any]:
    """Return a packed batch, and the lines that pack and unpack."""
    packed = tensors.described("GRU", layout="packed", lengths=LENGTHS)["input"]
    return {
        "title": _("Sequences of different length"),
        "drawing": drawing(packed, 11),
        "lines": lines.PACKING,
        "notes": [
            _("`h_n` holds the last real step of each sequence, in the order that you gave."),
            _("`batch_first=True` goes to the layer and to both functions."),
        ],
    }


def mistakes() -> dict[str, Any]:
    """Return the mistakes, each with its repair."""
    return {
        "title": _("Five that cost an afternoon"),
        "wrong": _("Wrong"),
        "right": _("Right"),
        "rows": [
            {"wrong": wrong, "because": _(because), "right": right, "so": _(so)}
            for wrong, because, right, so in lines.MISTAKES
        ],
    }
