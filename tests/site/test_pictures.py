"""What pictures take from elsewhere: halves from the layers, orders of gates from the pages."""

import re

import numpy as np
import pytest
import torch
from built import ROOT

import tensors
from pictures import carried, padded, weights
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


@pytest.mark.parametrize("framework", ["keras", "flax"])
def test_gates_and_biases_have_the_shapes_of_the_layer(framework):
    """
    Weights are drawn with their shapes, and turned where the example of the page writes ``.T``.
    """
    lstm = torch.nn.LSTM(weights.INPUT, weights.HIDDEN)
    drawn = "".join(content for _, _, content in carried.CARRIED[f"arrays-{framework}"]())
    names = re.findall(r">([\w.]+)</text><text[^>]*>(\([\d, ]+\))", drawn)

    found = {name: eval(shape) for name, shape in names}
    own = {name: tuple(p.shape) for name, p in lstm.named_parameters()}
    assert own.items() <= found.items()
    turned = [found[name][::-1] for name in own if name.startswith("weight")]
    assert [shape for name, shape in found.items() if name not in own] == [*turned, (20,)]


def test_rows_of_onnx_are_those_of_a_reshape():
    """
    The last panel shows what a reshape makes of the first one, the middle one what moving makes.
    """
    one, right, wrong = (re.findall(r">([→←] \d)<", content) for _, _, content in carried.axes())
    y = np.array(one).reshape(2, 4)

    assert np.array(right).reshape(2, 4).T.tolist() == y.T.tolist()
    assert wrong == y.reshape(4, 2).flatten().tolist()


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


@pytest.mark.parametrize("bidirectional", [False, True])
def test_states_have_read_padding_where_it_changes_them(bidirectional):
    """
    Another padding changes the states that the picture hatches, and no other.
    """
    gru = torch.nn.GRU(3, 5, bidirectional=bidirectional)
    x = torch.randn(7, 1, 3)
    other = x.clone()
    other[4:] += 1
    changed = (gru(x)[0] - gru(other)[0]).abs() > 1e-6

    for name, half in zip(("forward", "backward"), changed.split(5, dim=-1), strict=False):
        drawn = [padded.has_read_padding(name, t, length=4, steps=7) for t in range(7)]
        assert half.any(dim=-1).flatten().tolist() == drawn


def test_pooled_numbers_are_those_of_the_recipes():
    """
    Each pair is what pooling gives with the padding, and without.
    """
    ((_, _, drawn),) = padded.pooled()
    steps = torch.tensor([float(x) for x in re.findall(r'class="">(-?\d+)<', drawn)])
    numbers = [float(x) for x in re.findall(r">(-?[\d.]+) [✕✓]<", drawn)]

    real = steps[: drawn.count('class=""/>')]
    assert len(real) == 3
    expected = [steps.mean(), real.mean(), steps.amax(), real.amax()]
    assert numbers == pytest.approx([float(number) for number in expected])


@pytest.mark.parametrize("name", DRAWINGS)
def test_panels_fit_a_phone(name):
    """No panel is wider than a phone, which would make its texts small."""
    assert all(width <= WIDEST for width, _, _ in DRAWINGS[name]())
