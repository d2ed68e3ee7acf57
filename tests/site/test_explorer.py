"""What the scripts of the explorer know without a page: compared with PyTorch."""

import json
import re
from typing import Any

import pytest
import torch
from built import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer
from torch import nn

from explorer import fits, pasted, rules
from theme.bundle import bundle, closed

ROOM = ROOT / "docs" / "_extensions" / "explorer"
KINDS = {"RNN": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}
GLUE = """
const plain = (_, value) => (typeof value === "bigint" ? Number(value) : value);
const exact = (_, value) => (Number.isInteger(value) ? BigInt(value) : value);
const rules = JSON.parse(RULES);
const tell = (value) => JSON.stringify(value, plain) ?? "null";
const fitted = (state, tensor, given) => tell(
  fit.fit(rules, answer.answer(rules, JSON.parse(state, exact)), tensor, JSON.parse(given, exact)),
);
const shaped = (text) => tell(fit.shapeFrom(text));
const read = (query, hash, kept) => tell(
  address.readAddress(query, hash, JSON.parse(kept), rules.pasted.names),
);
const tell_bytes = (text) => tell(numbers.bytesOf(BigInt(text), JSON.parse(UNITS)));
const took = (text) => tell(pasted.readPasted(text, rules.pasted));
null
"""
UNITS = ["bytes", "kB", "MB", "GB"]


@pytest.fixture(scope="module")
def script():
    """Load the modules; return a function that calls one."""
    engine = MiniRacer()
    names = ("address", "answer", "fit", "numbers", "pasted")
    modules = "".join(f"const {n} = {closed(bundle(ROOM / f'{n}.js'))};\n" for n in names)
    data = json.dumps(json.dumps(rules.data(), default=str))
    # a query of an address is read by the browser
    search = "class URLSearchParams { constructor(text) { this.pairs = text.replace(/^\\?/, '')"
    search += ".split('&').filter(Boolean).map((pair) => pair.split('=')); }"
    search += " [Symbol.iterator]() { return this.pairs[Symbol.iterator](); } }\n"
    units = json.dumps(json.dumps(UNITS))
    engine.eval(f"const RULES = {data}; const UNITS = {units};\n{search}{modules}{GLUE}")
    return lambda name, *arguments: json.loads(str(engine.call(name, *arguments)))


@st.composite
def wrong_shapes(draw: st.DrawFn) -> tuple[dict[str, Any], str, list[int]]:
    """Draw a layer with its input, and a shape for one of the tensors that it takes."""
    sizes = st.integers(1, 4)
    state = {
        "kind": draw(st.sampled_from(list(KINDS))),
        "layout": draw(st.sampled_from(["batched", "unbatched"])),
        "input_size": draw(sizes),
        "hidden_size": draw(st.integers(2, 4)),
        "num_layers": draw(st.integers(1, 2)),
        "proj_size": 0,
        "dropout": 0,
        "bias": True,
        "batch_first": draw(st.booleans()),
        "bidirectional": draw(st.booleans()),
        "seq_len": draw(sizes),
        "batch_size": draw(sizes),
    }
    if state["kind"] == "LSTM":
        state["proj_size"] = draw(st.integers(0, state["hidden_size"] - 1))
    names = ["input", "h_0", "c_0"] if state["kind"] == "LSTM" else ["input", "h_0"]
    given_ = draw(st.lists(st.integers(0, 4), max_size=4))
    return state, draw(st.sampled_from(names)), given_


def refusal(state: dict[str, Any], tensor: str, shape: list[int]) -> str:
    """Return what the layer says of a tensor of this shape; the others are right."""
    names = ["input_size", "hidden_size", "num_layers", "batch_first", "bidirectional"]
    names += ["proj_size"] * (state["kind"] == "LSTM")
    layer = KINDS[state["kind"]](**{name: state[name] for name in names})
    features, steps, batch = state["input_size"], state["seq_len"], state["batch_size"]
    if state["layout"] == "unbatched":
        x = torch.zeros(steps, features)
    else:
        order = (batch, steps) if state["batch_first"] else (steps, batch)
        x = torch.zeros(*order, features)
    _, last = layer(x)
    try:
        if tensor == "input":
            layer(torch.zeros(shape))
        elif state["kind"] != "LSTM":
            layer(x, torch.zeros(shape))
        elif tensor == "h_0":
            layer(x, (torch.zeros(shape), last[1]))
        else:
            layer(x, (last[0], torch.zeros(shape)))
    except (RuntimeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


class TestFit:
    @settings(max_examples=600)
    @given(wrong_shapes())
    def test_says_what_pytorch_says(self, script, drawn):
        """
        For 600 drawn shapes of inputs and states the message is the one of the layer, or there is
        none where it takes the tensor.
        """
        state, tensor, shape = drawn

        found = script("fitted", json.dumps(state), tensor, json.dumps(shape))

        assert found.get("fault", {}).get("text", "") == refusal(state, tensor, shape)
        wrong = [axis for axis in found["axes"] if "wanted" in axis]
        if "fault" not in found:
            assert not wrong
            assert [axis["got"] for axis in found["axes"]] == shape
        elif found["axes"]:
            assert wrong
        else:
            assert len(shape) not in found["counts"]

    @settings(max_examples=300)
    @given(wrong_shapes())
    def test_a_named_axis_is_the_wrong_one(self, script, drawn):
        """
        With the size that is wanted in the place of each wrong one, the layer takes the tensor.
        """
        state, tensor, shape = drawn
        found = script("fitted", json.dumps(state), tensor, json.dumps(shape))

        if found["axes"]:
            mended = [axis.get("wanted", axis["got"]) for axis in found["axes"]]
            if tensor == "input" and mended[:-1] and 0 in mended[:-1]:
                return  # an empty batch, or a second fault behind the first
            assert refusal(state, tensor, mended) == ""

    def test_links_to_sections_about_the_message(self):
        """Each fault has its section, whose text shows a message of these words."""
        texts = {f"{page}#{label}": text for label, page, text in fits.sections()}

        for fault in rules.data()["fits"]["faults"].values():
            words = re.split(r"\{\w+\}", fault["text"])
            assert all(word in texts[fault["address"]] for word in words)

    @pytest.mark.parametrize(
        ("text", "shape"),
        [
            ("(7, 4, 3)", [7, 4, 3]),
            ("torch.Size([7, 4, 3])", [7, 4, 3]),
            ("x.shape = (7, 3,)", [7, 3]),
            ("7, 4, 1_000", [7, 4, 1000]),
            ("5", [5]),
            ("7 4 3", None),
            ("(7, x)", None),
            ("-1, 3", None),
        ],
    )
    def test_reads_shapes(self, text, shape, script):
        """A shape is read as Python prints it, and as people type it."""
        assert script("shaped", text) == shape


KEPT = json.dumps(
    [
        {"name": "kind", "options": ["RNN", "GRU", "LSTM"], "flag": False},
        {"name": "bias", "flag": True},
        {"name": "seq_len", "flag": False},
        {"name": "hidden_size", "flag": False},
    ]
)


class TestAddress:
    @pytest.mark.parametrize(
        ("query", "hash_", "values", "unknown"),
        [
            ("", "#kind=LSTM", {"kind": "LSTM"}, []),
            ("", "#kind=lstm&bias=false", {"kind": "LSTM", "bias": "False"}, []),
            ("?kind=lstm", "", {"kind": "LSTM"}, []),
            ("?Kind=nn.Gru&BIAS=0", "", {"kind": "GRU", "bias": "False"}, []),
            ("?kind=lstm", "#kind=gru", {"kind": "GRU"}, []),  # the nearer one
            ("", "#kind=lstmm&seq_len=9", {"seq_len": "9"}, [["kind", "lstmm"]]),
            ("", "#bias=maybe", {}, [["bias", "maybe"]]),
            ("", "#kinds=lstm", {}, [["kinds", "lstm"]]),
            ("?utm_source=x", "", {}, []),  # it does not speak of fields
            ("?seq_len=2&utm_source=x", "", {"seq_len": "2"}, [["utm_source", "x"]]),
            ("", "#parameters", {}, []),
            ("?hidden_dim=256", "", {"hidden_size": "256"}, []),
            ("", "#hidden=256&seq-length=9", {"hidden_size": "256", "seq_len": "9"}, []),
            ("", "#cell=LSTM", {"kind": "LSTM"}, []),
            ("?h0=2", "", {}, [["h0", "2"]]),  # a tensor: it speaks of the explorer
            ("", "#hidden=(2,4,5)", {}, [["hidden", "(2,4,5)"]]),
            ("", "#cell=(2,4,5)&kind=GRU", {"kind": "GRU"}, [["cell", "(2,4,5)"]]),
            ("", "#hidden_dim=5&hidden_size=6", {"hidden_size": "6"}, [["hidden_dim", "5"]]),
        ],
    )
    def test_is_tolerant_and_honest(self, query, hash_, values, unknown, script):
        """What can only mean one thing is taken; the rest is told, never guessed."""
        read = script("read", query, hash_, KEPT)

        assert (read["values"], read["unknown"]) == (values, unknown)


class TestNumbers:
    @pytest.mark.parametrize(
        ("bytes_", "shown"),
        [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1000, "1 kB"),
            (10_878_976, "10.9 MB"),
            (999_499, "999 kB"),
            (999_600, "1 MB"),
            (10**9, "1 GB"),
            (123 * 10**12, "123000 GB"),
            (10**30, "1.00e+21 GB"),
        ],
    )
    def test_bytes_can_be_read(self, bytes_, shown, script):
        """Three digits, in the largest unit of which there is one."""
        assert script("tell_bytes", str(bytes_)) == shown


class TestPasted:
    @settings(max_examples=60)
    @given(wrong_shapes())
    def test_reads_what_pytorch_prints(self, script, drawn):
        """A printed layer, and a model that holds it, give back the arguments of the layer."""
        state = drawn[0]
        names = ["input_size", "hidden_size", "num_layers", "batch_first", "bidirectional"]
        layer = KINDS[state["kind"]](**{name: state[name] for name in names})
        model = nn.Sequential(nn.Embedding(9, 2), nn.Linear(2, 3), layer)

        for text in (str(layer), str(model)):
            fields = script("took", text)["fields"]
            assert fields["kind"] == state["kind"]
            usual = {"num_layers": "1", "batch_first": "False", "bidirectional": "False"}
            for name in names:
                assert (usual | fields)[name] == str(state[name])

    def test_knows_the_arguments_of_the_layers(self):
        """The order of the arguments is PyTorch's."""
        order = pasted.rules()["parameters"]

        lstm = nn.LSTM(*(3, 5, 2, True, True, 0.5, True, 2))
        given_ = dict(zip(order["LSTM"], (3, 5, 2, True, True, 0.5, True, 2), strict=False))
        assert {name: getattr(lstm, name) for name in given_} == given_
        rnn = nn.RNN(*(3, 5, 2, "relu", False))
        assert order["RNN"][3] == "nonlinearity"
        assert (rnn.nonlinearity, rnn.bias) == ("relu", False)
