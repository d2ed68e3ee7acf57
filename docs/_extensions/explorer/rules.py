"""What the script must know, from the rules of ``rnn_guide``. Its types stand in ``answer.js``."""

from itertools import product
from typing import Any

import torch

import player
from explorer import fits, pasted, programs
from rnn_guide import _rules, _snippets, symbolic_parameter_shapes, symbolic_shapes
from rnn_guide._rules import KINDS, LAYOUTS, Kind, Layout
from rnn_guide._selections import selections
from tensors.rules import FLAGS, key


def data() -> dict[str, Any]:
    """Return the rules as JSON can hold them."""
    return player.rules() | {
        "parameters": parameters(),
        "applies": applies(),
        "minima": _rules.MINIMA,
        "layer": _snippets.LAYER_CALL,
        "defaults": _snippets.DEFAULTS,
        "programs": {
            key(kind, layout, both): texts_of(kind, layout, both)
            for kind, layout, both in product(KINDS, LAYOUTS, FLAGS)
        },
        "parts": {
            key(kind, layout, first, both): parts(kind, layout, first, both)
            for kind, layout, first, both in product(KINDS, LAYOUTS, FLAGS, FLAGS)
        },
        "fits": fits.data(),
        "pasted": pasted.rules(),
        "bytes": torch.float32.itemsize,
    }


def parameters() -> dict[str, Any]:
    """Return the axes of the parameters of the first layer, and of any layer above it."""
    result = {}
    for kind, bias, both, projected in product(KINDS, FLAGS, FLAGS, FLAGS):
        if projected and kind not in _rules.HAS_PROJECTION:
            continue
        axes = symbolic_parameter_shapes(
            kind, num_layers=2, bias=bias, bidirectional=both, projected=projected
        )
        result[key(kind, bias, both, projected)] = [
            {
                name.replace(f"_l{layer}", "_l{layer}"): shape  # the script fills in the layer
                for name, shape in axes.items()
                if f"_l{layer}" in name
            }
            for layer in (0, 1)
        ]
    return result


def applies() -> dict[str, Any]:
    """Return where a field has an effect: the values of another field, or the smallest one."""
    inputs = {
        layout: [
            symbolic_shapes("RNN", layout=layout, batch_first=first)["input"] for first in FLAGS
        ]
        for layout in LAYOUTS
    }

    def layouts_with(symbol: str) -> list[Layout]:
        return [layout for layout, axes in inputs.items() if symbol in axes[0]]

    return {
        "proj_size": ("kind", [kind for kind in KINDS if kind in _rules.HAS_PROJECTION]),
        "batch_first": ("layout", [name for name, axes in inputs.items() if axes[0] != axes[1]]),
        "seq_len": ("layout", layouts_with("L")),
        "batch_size": ("layout", layouts_with("N")),
        "lengths": ("layout", layouts_with("sum(lengths)")),
        "dropout": ("num_layers", 2),  # it acts between layers
    }


def texts_of(kind: Kind, layout: Layout, bidirectional: bool) -> dict[str, Any]:
    """Return both programs, and what each line of them that prints shows."""
    return {
        name: {
            "lines": programs.program(kind, layout, bidirectional=bidirectional, package=package),
            "printed": programs.printed(kind, layout, bidirectional=bidirectional, package=package),
        }
        for name, package in (("alone", False), ("package", True))
    }


def parts(kind: Kind, layout: Layout, first: bool, bidirectional: bool) -> list[dict[str, Any]]:
    """Return the parts that people come for, with the expressions that give them."""
    found = selections(kind, layout, batch_first=first, bidirectional=bidirectional)
    return [selection._asdict() for selection in found]
