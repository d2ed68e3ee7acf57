"""What pictures take from elsewhere: halves from the layers, orders of gates from the pages."""

import re

import pytest
import torch
from drawn import ROOT, tensors

from pictures import weights
from pictures.drawings import DRAWINGS
from pictures.marks import WIDEST
from rnn_guide import _rules, split_output, split_state


@pytest.mark.parametrize(
    ("page", "framework", "kind"),
    [("keras", "Keras 3", "GRU"), ("onnx", "ONNX", "LSTM"), ("onnx", "ONNX", "GRU")],
)
def test_gates_stand_as_the_example_of_the_page_puts_them(page, framework, kind):
    """
    The picture has the order that the function of the page makes from PyTorch's.
    """
    text = (ROOT / "docs" / "porting" / f"{page}.md").read_text(encoding="utf-8")
    ours = ", ".join(_rules.GATES[kind])
    made = re.search(rf"# from {ours}\n.*\n.*torch\.cat\(\[([\w, ]+)\]\)", text)[1]

    drawn = [weights.SAME.get(gate, gate) for gate in weights.orders(kind)[framework]]
    assert drawn == made.split(", ")


def test_pytorch_stands_in_the_table_as_in_the_rules():
    """One side of each picture is PyTorch's order."""
    for kind in ("LSTM", "GRU"):
        assert tuple(weights.orders(kind)["PyTorch"]) == _rules.GATES[kind]


@pytest.mark.parametrize("batch_first", [False, True])
def test_halves_have_the_shapes_of_the_splits(batch_first):
    """
    The halves that are drawn are those that splitting gives.
    """
    lstm = torch.nn.LSTM(3, 5, 2, batch_first=batch_first, bidirectional=True, proj_size=2)
    shape = (4, 7, 3) if batch_first else (7, 4, 3)
    output, states = lstm(torch.zeros(shape))
    named = tensors.with_halves(
        tensors.described(
            "LSTM", num_layers=2, batch_first=batch_first, bidirectional=True, proj_size=2
        )
    )
    parts = {"output": split_output(output)}
    parts |= zip(("h_n", "c_n"), map(split_state, states), strict=True)

    for name, split in parts.items():
        for direction, part in split._asdict().items():
            drawn = named[f"{name}.{direction}"]
            assert tuple(axis["size"] for axis in drawn["axes"]) == tuple(part.shape)
            assert drawn["directions"] == [direction]


@pytest.mark.parametrize("name", DRAWINGS)
def test_panels_fit_a_phone(name):
    """No panel is wider than a phone, which would make its texts small."""
    assert all(width <= WIDEST for width, _, _ in DRAWINGS[name]())
