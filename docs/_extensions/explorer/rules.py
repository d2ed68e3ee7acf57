"""What the script must know, from the rules of ``rnn_guide``. Its types stand in ``answer.js``."""

from itertools import product
from typing import Any

import torch
from sphinx.locale import get_translation

from rnn_guide import _rules, _snippets, symbolic_parameter_shapes, symbolic_shapes
from rnn_guide._rules import KINDS, LAYOUTS, Kind, Layout
from tensors import rules as of_tensors
from tensors.rules import FLAGS, key

_ = get_translation("guide")


def data() -> dict[str, Any]:
    """Return the rules as JSON can hold them."""
    return of_tensors.rules() | {
        "parameters": parameters(),
        "cells": _rules.CELLS | {"c_0": _rules.CELLS["h_0"], "c_n": _rules.CELLS["h_n"]},
        "applies": applies(),
        "minima": _rules.MINIMA,
        "layer": _snippets.LAYER_CALL,
        "defaults": _snippets.DEFAULTS,
        "lines": {
            key(kind, layout, both): program(kind, layout, both)
            for kind, layout, both in product(KINDS, LAYOUTS, FLAGS)
        },
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


def program(kind: Kind, layout: Layout, bidirectional: bool) -> list[str]:
    """Return the lines of a program that also merges what it has split."""
    lines = _snippets.snippet(kind, layout, bidirectional=bidirectional)
    if not bidirectional:
        return [_(line) if line.startswith("#") else line for line in lines]
    merged = []
    for line in lines:
        names, _equals, call = line.partition(" = ")  # h_forward, h_backward = split_state(h_n)
        if names.endswith("backward"):
            prefix = names.partition("forward")[0]
            mode = "" if prefix else ', "sum"'
            merged.append(f"{prefix}merged = merge_directions({call}{mode})")
    package = "from rnn_guide import "
    return [line.replace(package, f"{package}merge_directions, ") for line in lines] + merged
