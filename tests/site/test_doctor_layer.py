"""The shapes that the box says of a pasted layer."""

import itertools
import json

import pytest
import torch
from built import HTML
from scripts import engine, function
from torch import nn


@pytest.fixture(scope="module")
def shapes():
    """Return a function that gives the shapes of a pasted layer."""
    racer = engine(
        "explorer/names.js", "explorer/pasted.js", "tensors/shapes.js", "doctor/layer.js"
    )
    data = json.loads((HTML / "_static" / "doctor" / "patterns.json").read_text(encoding="utf-8"))
    racer.eval(f"const data = {json.dumps(data)}; null")
    return function(racer, "shapesOf(data.shapes, readPasted(text, data.rules).fields)")


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM", "LSTM with a projection"])
def test_shapes_are_those_of_the_layer(kind, shapes):
    """
    With its input beside it, a layer of each kind has the shapes that PyTorch returns.
    """
    kind, _, projection = kind.partition(" ")
    projected = {"proj_size": 2} if projection else {}
    for layers, both, first in itertools.product((1, 2), (False, True), (False, True)):
        options = {"num_layers": layers, "bidirectional": both, "batch_first": first, **projected}
        layer = getattr(nn, kind)(3, 5, **options)
        for size in ((7, 4, 3), (7, 3)):
            x = torch.zeros(size)
            output, state = layer(x)
            returned = [output, *(state if kind == "LSTM" else [state])]
            named = zip(("input", "output", "h_n", "c_n"), [x, *returned], strict=False)
            wanted = [f"{name} {tuple(tensor.shape)}" for name, tensor in named]

            assert shapes(f"{layer}\nx.shape = {size}") == wanted


def test_what_the_text_leaves_out_is_a_symbol(shapes):
    """
    Of a layer alone batch and steps are symbols, and so is a size whose name has no number.
    """
    layer = "LSTM(10, 20, num_layers=2, bidirectional=True, proj_size=5, batch_first=True)"
    assert shapes(layer) == [
        "input (N, L, 10)",
        "output (N, L, 10)",
        "h_n (4, N, 5)",
        "c_n (4, N, 20)",
    ]
    assert shapes("nn.GRU(3, hidden, bidirectional=True)") == [
        "input (L, N, 3)",
        "output (L, N, 2*H_out)",
        "h_n (2, N, H_out)",
    ]


@pytest.mark.parametrize("layer", ["LSTM(3, 5, proj_size=5)", "GRU(3, 5, proj_size=2)"])
def test_a_layer_that_pytorch_refuses_has_no_shapes(layer, shapes):
    """
    A projection as wide as the cell, or of a kind that has none.
    """
    with pytest.raises(ValueError, match="proj_size"):
        eval(f"nn.{layer}")

    assert shapes(layer) == []
