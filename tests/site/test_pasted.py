"""A layer or a shape that is pasted: what the explorer gets of it."""

import inspect
import json

import pytest
from built import HTML
from scripts import engine, function
from torch import nn


@pytest.fixture(scope="module")
def rules():
    """Return what the script knows of layers."""
    data = json.loads((HTML / "_static" / "doctor" / "patterns.json").read_text(encoding="utf-8"))
    return data["rules"]


@pytest.fixture(scope="module")
def read(rules):
    """Return a function that reads a pasted text."""
    racer = engine("explorer/names.js", "explorer/pasted.js")
    racer.eval(f"const rules = {json.dumps(rules)}; null")
    return function(racer, "readPasted(text, rules)")


LAYERS = [
    nn.LSTM(300, 256, num_layers=2, batch_first=True, bidirectional=True),
    nn.LSTM(3, 5, proj_size=2),
    nn.GRU(3, 5, 4, bias=False, dropout=0.25),
    nn.RNN(12, 7, batch_first=True),
]


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_a_printed_layer_is_read(layer, read):
    """
    Every argument that PyTorch prints of a layer is read, alone and in a printed model.
    """
    model = nn.Sequential()
    model.add_module("rnn", layer)
    model.add_module("linear", nn.Linear(5, 2))
    for text in (str(layer), str(model), f"self.encoder = nn.{layer}"):
        found = read(text)
        assert found["unread"] == []
        assert found["fields"].pop("kind") == type(layer).__name__
        for name, value in found["fields"].items():
            assert value == str(getattr(layer, name))
        for name in ("num_layers", "bias", "batch_first", "dropout", "bidirectional"):
            usual = inspect.signature(nn.RNNBase.__init__).parameters[name].default
            assert found["fields"].get(name, str(usual)) == str(getattr(layer, name))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "nn.LSTM(3, 5, 2, True, True)",
            {"num_layers": "2", "bias": "True", "batch_first": "True"},
        ),
        ("nn.RNN(3, 5, 2, 'relu', False)", {"num_layers": "2", "bias": "False"}),
        (
            "torch.nn.GRU(input_size=3,\n  hidden_size=5,\n)",
            {"input_size": "3", "hidden_size": "5"},
        ),
        ("(7, 4, 10)", {"seq_len": "7", "batch_size": "4", "input_size": "10"}),
        ("torch.Size([7, 4, 10])", {"seq_len": "7", "batch_size": "4", "input_size": "10"}),
        ("x.shape = (7, 10)", {"seq_len": "7", "input_size": "10", "layout": "unbatched"}),
        (
            "nn.GRU(10, 5, batch_first=True)  # x: (4, 7, 10)",
            {"batch_size": "4", "seq_len": "7", "input_size": "10"},
        ),
        (
            "batch_size = 32\nself.hidden_dim = 256\nnn.LSTM(300, self.hidden_dim)",
            {"batch_size": "32", "input_size": "300", "hidden_size": "256"},
        ),
        (
            "embed_dim: 300, hidden_dim: 256, batch=4, seq_length = 9",
            {"input_size": "300", "hidden_size": "256", "batch_size": "4", "seq_len": "9"},
        ),
    ],
)
def test_calls_and_shapes_are_read(text, fields, read):
    """
    Positions count as in the call, and the axes of a shape as in the layout.
    """
    assert fields.items() <= read(text)["fields"].items()


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("nn.LSTM(input_dim, 256)", ["input_dim"]),
        ("nn.LSTM(3, 2 * hidden, dropout=p)", ["2 * hidden", "dropout=p"]),
        ("nn.GRU(3, 5, device=torch.device('cuda'))", ["device=torch.device('cuda')"]),
        ("nn.GRU(10, 5)  # (7, 4, 3)", ["3"]),
        ("nn.GRU(10, 5)  # h0: (1, 4, 5)", ["h0: (1, 4, 5)"]),
        ("nn.GRU(10, 5)\nencoder_hidden[0].shape (1, 4, 5)", ["encoder_hidden[0].shape (1, 4, 5)"]),
        ("nn.GRU(input_size=10, hidden_dim=5)", ["hidden_dim=5"]),  # PyTorch takes it no more
        ("nn.GRU(10, 5)  # (7, 4, 10)\nbatch_size = 8", ["batch_size = 8"]),
    ],
)
def test_says_what_is_not_read(text, unread, read):
    """
    An argument that is no number is named, and so is a size that the layer does not take.
    """
    assert read(text)["unread"] == unread


@pytest.mark.parametrize(
    "name",
    [
        *("h0", "c0", "hn", "cn", "h_0", "c_n", "hidden", "cell", "encoder_hidden", "state[0]"),
        *("output", "self.outputs.shape", "hidden.size()", "hidden shape"),
    ],
)
def test_a_shape_of_another_tensor_is_not_taken_for_an_input(name, read):
    """
    Who pastes a state or an output is told that it was not read.
    """
    found = read(f"{name} = torch.Size([2, 4, 5])")
    assert (found["fields"], found["other"]) == ({}, name)


@pytest.mark.parametrize("name", ["x", "input", "inputs.shape", "embedded", "batch"])
def test_any_other_name_is_that_of_an_input(name, read):
    """
    Names of inputs differ in each program.
    """
    found = read(f"{name} = (7, 4, 10)")
    assert found["fields"] == {"seq_len": "7", "batch_size": "4", "input_size": "10"}
    assert found["other"] == ""


@pytest.mark.parametrize("text", ["nn.Linear(3, 5)", "nn.LSTMCell(3, 5)", ""])
def test_reads_nothing_else(text, read):
    """
    Other layers and texts are neither.
    """
    assert read(text) is None


def test_a_shape_of_four_axes_is_refused(read):
    """
    An input has two or three sizes.
    """
    assert read("torch.Size([7, 4, 3, 2])")["refused"]


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_positions_are_those_of_pytorch(kind, rules):
    """
    The fourth position is ``nonlinearity`` for an RNN, and ``bias`` for the others.
    """
    names = rules["parameters"][kind]
    values = {"nonlinearity": "relu", "bias": False, "batch_first": True}
    given = [{**dict.fromkeys(names, 2), **values}.get(name) for name in names[:5]]

    layer = getattr(nn, kind)(*given)

    assert all(getattr(layer, name) == value for name, value in zip(names, given, strict=False))
