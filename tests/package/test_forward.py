"""check_forward takes the calls that PyTorch computes rightly, and refuses the others."""

import os
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layers import DRAWN_DTYPES
from messages import message
from releases import CRASHES_EMPTY
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from rnn_guide import check_forward

if hasattr(os, "fork"):
    from apart import Ending, server
else:
    pytest.skip("needs processes of their own that share PyTorch", allow_module_level=True)

START = """
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence
torch.manual_seed(0)
"""
CALL = """
from unrolled import computes_rightly
print(computes_rightly(layer, input, state, {autocast}))
"""


@dataclass(frozen=True)
class Call:
    """A call of a layer or cell: the shapes and types of all that takes part."""

    kind: str  # of the layer, without "Cell"
    cell: bool
    options: dict[str, Any]
    dtype: str
    layout: str  # "batched", "unbatched", or how it is packed
    input: tuple[int, ...]
    lengths: list[int]
    states: list[tuple[int, ...]] = field(default_factory=list)  # none for a call without a state
    types: dict[str, str] = field(default_factory=dict)  # those that are not the type of the layer
    changes: tuple[str, ...] = ()  # further lines
    autocast: bool = False
    by_accident: bool = False  # PyTorch may compute it rightly, and we refuse it

    def program(self) -> str:
        """Return the lines that make the layer and its arguments."""
        options = "".join(f", {name}={value}" for name, value in self.options.items())
        class_ = f"nn.{self.kind}{'Cell' if self.cell else ''}"
        lines = [START, f"layer = {class_}(dtype=torch.{self.dtype}{options})"]
        lines.append(f"input = {self.tensor('input', self.input)}")
        if self.lengths:
            keep = self.layout != "packed and sorted anew"
            first = self.options["batch_first"]
            lines.append(f"input = pack_padded_sequence(input, {self.lengths}, {first}, {keep})")
        names = ("state[0]", "state[1]")
        parts = [self.tensor(*part) for part in zip(names, self.states, strict=False)]
        state = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
        lines.append(f"state = {state if parts else None}")
        return "\n".join([*lines, *self.changes])

    def tensor(self, name: str, shape: tuple[int, ...]) -> str:
        """Return the expression of a random tensor."""
        return f"torch.randn({shape}).to(torch.{self.types.get(name, self.dtype)})"

    def arguments(self) -> tuple[Any, Any, Any]:
        """Return layer, input and state."""
        names: dict[str, Any] = {}
        exec(self.program(), names)
        return names["layer"], names["input"], names["state"]

    def accepted(self) -> bool:
        """Return whether check_forward takes the call."""
        arguments = self.arguments()
        try:
            with torch.autocast("cpu", enabled=self.autocast):
                assert check_forward(*arguments) is None
        except (TypeError, ValueError):
            return False
        return True


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Draw a right call. Sizes may be the same: then a wrong order of axes may run."""
    kind, cell = draw(st.sampled_from(["RNN", "GRU", "LSTM"])), draw(st.booleans())
    size = st.integers(1, 5)
    H_in, H_cell, L, N = draw(size), draw(size), draw(size), draw(size)
    options: dict[str, Any] = {
        "input_size": H_in,
        "hidden_size": H_cell,
        "bias": draw(st.booleans()),
    }
    rows, H_out, layout, lengths = 0, H_cell, draw(st.sampled_from(["batched", "unbatched"])), []
    if kind == "RNN":
        options["nonlinearity"] = draw(st.sampled_from(["'tanh'", "'relu'"]))
    if not cell:
        rows = draw(st.integers(1, 2)) * 2
        options |= {"num_layers": rows // 2, "bidirectional": True}
        if draw(st.booleans()):
            rows, options["bidirectional"] = rows // 2, False
        options["batch_first"] = draw(st.booleans())
        if kind == "LSTM" and H_cell > 1:
            options["proj_size"] = draw(st.integers(0, H_cell - 1))
            H_out = options["proj_size"] or H_cell
        layout = draw(st.sampled_from([layout, "packed", "packed alike", "packed and sorted anew"]))
    dtype = str(draw(st.sampled_from(DRAWN_DTYPES))).removeprefix("torch.")
    autocast = draw(st.booleans()) and dtype in ("float32", "bfloat16")
    if layout == "batched" and draw(st.integers(0, 9)) == 0 and not CRASHES_EMPTY:
        N = 0
    if layout.startswith("packed"):
        lengths = draw(st.lists(st.integers(1, L), min_size=N, max_size=N))
        lengths = [L] * N if layout == "packed alike" else lengths
        lengths = lengths if "anew" in layout else sorted(lengths, reverse=True)
    batch = () if layout == "unbatched" else (N,)
    shape = (*batch, H_in) if cell else (L, *batch, H_in)
    if options.get("batch_first") and batch:
        shape = (N, L, H_in)
    states = [(*batch, H_out), (*batch, H_cell)] if kind == "LSTM" else [(*batch, H_out)]
    states = states if cell else [(rows, *state) for state in states]
    states = states if draw(st.booleans()) else []
    types = {}
    if autocast:
        names = draw(st.sets(st.sampled_from(["input", "state[0]", "state[1]"])))
        types = dict.fromkeys(names, draw(st.sampled_from(["float32", "bfloat16"])))
    return Call(
        kind, cell, options, dtype, layout, shape, lengths, states, types, autocast=autocast
    )


@st.composite
def spoilt(draw: st.DrawFn) -> Call:
    """Draw a call and change something in it, so that it is wrong, or right by chance."""
    call = draw(calls())
    mistakes = [reshape_input, retype, change_layer, change_kind]
    mistakes += [reshape_state] * 3 if call.states else []
    mistakes += [change_packing] if call.lengths else []
    return draw(st.sampled_from(mistakes))(draw, call)


def another(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Draw a shape that is near to one."""
    axis = draw(st.integers(0, len(shape) - 1))
    new = draw(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 40]))
    return draw(
        st.sampled_from(
            [
                (*shape[:axis], new, *shape[axis + 1 :]),
                (*shape[:axis], *shape[axis + 1 :]),
                (*shape[:axis], 1, *shape[axis:]),
                (*shape[:axis], *shape[axis + 1 :], shape[axis]),
            ]
        )
    )


def reshape_input(draw: st.DrawFn, call: Call) -> Call:
    """Give the input another shape; packed, its last axis."""
    if call.lengths:
        return replace(call, input=(*call.input[:-1], draw(st.integers(1, 6))))
    return replace(call, input=another(draw, call.input))


def reshape_state(draw: st.DrawFn, call: Call) -> Call:
    """Give a state, or both, another shape."""
    places = draw(st.sampled_from([[0], [len(call.states) - 1], range(len(call.states))]))
    shape = another(draw, call.states[places[0]])
    states = [shape if n in places else state for n, state in enumerate(call.states)]
    return replace(call, states=states)


def retype(draw: st.DrawFn, call: Call) -> Call:
    """Give a tensor another type."""
    names = ["input", "state[0]", "state[1]"][: 1 + len(call.states)]
    types = ["float32", "float64", "bfloat16", "int64", "bool"]
    changed = {draw(st.sampled_from(names)): draw(st.sampled_from(types))}
    return replace(call, types={**call.types, **changed}, by_accident=True)


def change_kind(draw: st.DrawFn, call: Call) -> Call:
    """Pass something else than a dense tensor, or put it on another device."""
    name = draw(st.sampled_from(["input", "state", "parameter"]))
    changes = ["{0} = {0}.to('meta')", "{0} = [{0}]", "{0} = {0}.tolist()", "{0} = ({0}, {0})"]
    changes += ["{0} = {0}.to_sparse()", "{0} = ({0}, ({0}, {0}))", "{0} = 0"]
    change = draw(st.sampled_from(changes)).format(name)
    suffix = "" if call.cell else "_l0"
    if name == "parameter":
        parameter = draw(st.sampled_from(["weight_ih", "weight_hh", "bias_ih"]))
        change = f"layer.{parameter}{suffix} = nn.Parameter(layer.weight_ih{suffix}.to('meta'))"
        return replace(call, changes=(change,)) if call.options["bias"] else call
    if name == "state":
        if not call.states:
            return call
        changes = [
            "state = torch.stack([*state])",
            "state = (*state, state[0])",
            "state = state[0]",
        ]
        change = draw(st.sampled_from([change, *changes]))
        if len(call.states) == 2 and change.endswith(("'meta')", "list()", "sparse()")):
            change = f"state = [{change.partition('=')[2].replace('state', 'state[0]')}, state[1]]"
    if call.lengths and name == "input" and change.endswith("list()"):
        return call
    if call.lengths and name == "input" and change.endswith("sparse()"):
        return call
    return replace(call, changes=(change,), by_accident=True)


def change_layer(draw: st.DrawFn, call: Call) -> Call:
    """Change what a layer says about itself after it was made."""
    name = draw(st.sampled_from(sorted(call.options.keys() - {"nonlinearity", "batch_first"})))
    value = draw(st.booleans() if name in ("bias", "bidirectional") else st.integers(0, 6))
    return replace(call, changes=(f"layer.{name} = {value}",), by_accident=True)


def change_packing(draw: st.DrawFn, call: Call) -> Call:
    """Change a part of a packed sequence."""
    changes = [
        "input = input._replace(batch_sizes=input.batch_sizes[:-1])",
        "input = input._replace(batch_sizes=input.batch_sizes.flip(0))",
        "input = input._replace(batch_sizes=input.batch_sizes + 1)",
        "input = input._replace(batch_sizes=input.batch_sizes.float())",
        "input = input._replace(batch_sizes=torch.cat([input.batch_sizes, torch.tensor([0])]))",
        "input = input._replace(data=input.data[:-1])",
        "input = input._replace(data=torch.cat([input.data] * 2))",
        "input = input._replace(unsorted_indices=None)",
        "input = input._replace(sorted_indices=torch.tensor([0]), unsorted_indices=None)",
        "n = input.batch_sizes[0]\n"
        "input = input._replace(sorted_indices=torch.arange(n), unsorted_indices=torch.arange(n))",
        "n = input.batch_sizes[0]\n"
        "input = input._replace(unsorted_indices=torch.arange(n).flip(0))",
    ]
    return replace(call, changes=(draw(st.sampled_from(changes)),), by_accident=True)


@pytest.fixture(scope="module")
def ending():
    """Return a function that runs a call in a process of its own."""
    with server() as runs:
        yield lambda call: runs.run(call.program() + CALL.format(autocast=call.autocast))


class TestSameAsPyTorch:
    @given(call=calls())
    def test_right(self, ending, call):
        """
        It takes what PyTorch computes rightly.
        """
        assert ending(call) == Ending("prints", "True")
        assert call.accepted()

    @given(call=spoilt())
    def test_wrong(self, ending, call):
        """
        It refuses what PyTorch refuses, what ends the process, and what gives other numbers.
        """
        ended = ending(call)
        accepted = call.accepted()

        right = ended == Ending("prints", "True")
        assert right or not accepted, ended
        assert accepted or not right or call.by_accident


X, H_0 = torch.zeros(7, 4, 3), torch.zeros(1, 4, 5)
GRU, LSTM = nn.GRU(3, 5), nn.LSTM(3, 5)
PACKED = pack_padded_sequence(X, [7, 5, 2, 1])


def changed(layer: nn.Module, **attributes: object) -> nn.Module:
    """Return a layer that was changed after it was made."""
    for name, value in attributes.items():
        setattr(layer, name, value)
    return layer


def by_hand(*parts: object) -> PackedSequence:
    """Return a packed sequence whose parts nobody has looked at."""
    return tuple.__new__(PackedSequence, (*parts, None, None)[:4])


MESSAGES = [
    (
        (nn.Sequential(GRU), X),
        "TypeError: layer must be an nn.RNN, nn.GRU or nn.LSTM, or a cell of one, got Sequential; "
        "is it a model, or was it compiled? Then pass the layer that it contains",
    ),
    (
        (nn.GRU, X),
        "TypeError: layer must be an nn.RNN, nn.GRU or nn.LSTM, or a cell of one, got type; was it "
        "never constructed?",
    ),
    (
        (nn.RNNCell(3, 5, nonlinearity="sin"), X[0]),
        'ValueError: nonlinearity of layer must be "tanh" or "relu", got \'sin\'; is it misspelt?',
    ),
    (
        (changed(nn.LSTM(3, 5), hidden_size=6), X),
        "ValueError: weight_ih_l0 of layer must have shape (24, 3), got shape (20, 3); was a size "
        "of the layer changed after it was made? Make a new layer",
    ),
    (
        (changed(nn.LSTMCell(3, 5), hidden_size=6), X[0]),
        "ValueError: weight_ih of layer must have shape (24, 3), got shape (20, 3); was a size of "
        "the layer changed after it was made? Make a new layer",
    ),
    (
        (changed(nn.LSTM(3, 5), bias=False), X),
        "ValueError: layer must have 2 parameters, got 4; was num_layers, bidirectional, proj_size "
        "or bias changed after it was made? Make a new layer",
    ),
    (
        (changed(nn.GRU(3, 5), bias_hh_l0=nn.Parameter(torch.zeros(15).double())), X),
        "ValueError: bias_hh_l0 of layer must be torch.float32 on cpu, as weight_ih is, got "
        "torch.float64 on cpu; was a part of it converted or moved?",
    ),
    (
        (GRU, [X[0], X[1]]),
        "TypeError: input must be one tensor, got list; is it a list to stack, or the whole return "
        "value of a layer? Then unpack it first",
    ),
    (
        (GRU, X.numpy()),
        "TypeError: input must be one tensor, got ndarray; did you mean torch.as_tensor?",
    ),
    (
        (GRU, None),
        "TypeError: input must be one tensor, got NoneType; was it never set, or does the "
        "forward before it lack its return?",
    ),
    (
        (nn.GRUCell(3, 5), PACKED),
        "TypeError: input must be one tensor, got PackedSequence; a cell computes one step, and a "
        "state is not packed: was a layer meant?",
    ),
    (
        (nn.GRU(3, 5, batch_first=True), X[0, 0]),
        "ValueError: input must be (N, L, H_in) if batched or (L, H_in) if unbatched, got shape "
        "(3,); is it one step without its axis of time? Use .unsqueeze(0)",
    ),
    (
        (nn.GRUCell(3, 5), X),
        "ValueError: input must be (N, H_in) if batched or (H_in,) if unbatched, got shape "
        "(7, 4, 3); a cell reads one step: did you mean nn.GRU?",
    ),
    (
        (LSTM, pack_padded_sequence(torch.zeros(7, 4, 6), [7] * 4)),
        "ValueError: the last axis of data of input must be input_size=3, got shape (28, 6); does "
        "the layer or embedding before give another size?",
    ),
    (
        (LSTM, by_hand(torch.zeros(10, 3), torch.tensor([4, 3, 2]))),
        "ValueError: batch_sizes of input must be positive integers on the CPU that never rise and "
        "add up to the 10 rows of its data, got [4, 3, 2]; was it made by hand, or was a length or "
        "batch_first wrong in pack_padded_sequence?",
    ),
    (
        (LSTM, pack_padded_sequence(X, [8, 5, 2, 1])),
        "ValueError: batch_sizes of input must be positive integers on the CPU that never rise and "
        "add up to the 15 rows of its data, got [4, 3, 2, 2, 2, 1, 1, 1]; was a length larger than "
        "L, or batch_first wrong, in pack_padded_sequence?",
    ),
    (
        (LSTM, by_hand(torch.zeros(8, 3), torch.tensor([4, 4]), torch.tensor([0, 1]))),
        "ValueError: sorted_indices and unsorted_indices of input must be orders of 4 sequences "
        "that undo each other, got tensor([0, 1]) and None; was it made by hand, or of another "
        "batch?",
    ),
    (
        (GRU, X[:0]),
        "ValueError: input must have at least one step, got shape (0, 4, 3); is the sequence "
        "empty, or batch_first wrong? A batch may be empty, a sequence may not",
    ),
    (
        (GRU, X.double()),
        "ValueError: input must be torch.float32, as the layer is, got torch.float64; is it from "
        "NumPy, or was the layer converted? Use .to(torch.float32)",
    ),
    (
        (GRU, X.long()),
        "ValueError: input must be torch.float32, as the layer is, got torch.int64; do numbers of "
        "words lack an nn.Embedding, or one-hot vectors a .float()?",
    ),
    (
        (GRU, X.to("meta")),
        "ValueError: input must be on cpu, where the layer is, got meta; was only one of the two "
        "moved? Use .to('cpu')",
    ),
    (
        (LSTM, X, H_0),
        "TypeError: state must be the pair (h_0, c_0), got Tensor; is c_0 missing? An LSTM returns "
        "both; only where there is none yet pass zeros",
    ),
    (
        (LSTM, X, (H_0, H_0, H_0)),
        "TypeError: state must be the pair (h_0, c_0), got tuple; is it one for each layer? There "
        "are two, each with the layers on axis 0",
    ),
    (
        (LSTM, X, (X, (H_0, H_0))),
        "TypeError: state must be the pair (h_0, c_0), got tuple; is the whole return value of an "
        "LSTM in it? Then unpack that first",
    ),
    (
        (GRU, X, (X, H_0)),
        "TypeError: state must be one tensor, got tuple; is it the pair of an LSTM, or the whole "
        "return value of a layer? Pass h_0 alone",
    ),
    (
        (LSTM, PACKED, (H_0, H_0[:, :2])),
        "ValueError: state[1] must be c_0 of shape (1, 4, 5), that is (D*num_layers, N, H_cell), "
        "got shape (1, 2, 5); is it from a batch of another size?",
    ),
    (
        (nn.GRU(3, 5, batch_first=True), X.transpose(0, 1), H_0.transpose(0, 1)),
        "ValueError: state must be h_0 of shape (1, 4, 5), that is (D*num_layers, N, H_out), got "
        "shape (4, 1, 5); are its axes in another order? batch_first never applies to a state",
    ),
    (
        (GRU, X[:, 0], H_0),
        "ValueError: state must be h_0 of shape (1, 5), that is (D*num_layers, H_out), got shape "
        "(1, 4, 5); does input or state lack its batch axis?",
    ),
    (
        (nn.LSTMCell(3, 5), X[0, 0], (torch.zeros(5, 5), torch.zeros(5, 5))),
        "ValueError: state[0] must be h_0 of shape (5,), that is (H_out,), got shape (5, 5); does "
        "input or state lack its batch axis?",
    ),
    (
        (GRU, X, H_0.double()),
        "ValueError: state must be torch.float32, as the layer is, got torch.float64; is it from "
        "NumPy, or was the layer converted? Use .to(torch.float32)",
    ),
]


class TestMessages:
    @pytest.mark.parametrize(("arguments", "expected"), MESSAGES)
    def test_says(self, arguments, expected):
        """A wrong call is refused, with the argument, the rule, the value and the likely cause."""
        assert message(check_forward, *arguments) == expected

    @pytest.mark.skipif(not CRASHES_EMPTY, reason="only PyTorch 2.0 ends there")
    def test_empty_batch(self):
        """Where a release divides by the batch size, the batch may not be empty."""
        layer = nn.LSTM(3, 5, dtype=torch.bfloat16)

        assert "must hold a sequence" in message(check_forward, layer, X[:, :0].bfloat16())


class TestAutocast:
    def test_mixes(self):
        """
        Within autocast the types that it converts may be mixed.
        """
        with torch.autocast("cpu"):
            check_forward(GRU, X.bfloat16(), H_0)
            GRU(X.bfloat16(), H_0)
        with pytest.raises(ValueError, match="input must be torch"):
            check_forward(GRU, X.bfloat16(), H_0)

    @pytest.mark.parametrize("x", [X.double(), X.long()])
    def test_leaves_others(self, x):
        """
        It does not convert float64 and integers.
        """
        with torch.autocast("cpu"):
            with pytest.raises(ValueError, match="input must be torch"):
                check_forward(GRU, x)
            with pytest.raises(RuntimeError):
                GRU(x)

    def test_of_another_device(self):
        """
        Autocast for another device than that of the layer changes nothing.
        """
        with torch.autocast("cpu"), pytest.raises(ValueError, match="input must be torch"):
            check_forward(nn.GRU(3, 5, device="meta"), X.bfloat16().to("meta"))


class TestWithoutValues:
    def test_meta(self):
        """
        A call on the device "meta" can be looked at, packed too.
        """
        packed = pack_padded_sequence(X.to("meta"), [2, 7, 4, 1], enforce_sorted=False)

        check_forward(nn.LSTM(3, 5, device="meta"), packed)

    def test_changes_nothing(self):
        """
        Looking at a call computes nothing, keeps no gradient and leaves the random numbers alone.
        """
        x = X.clone().requires_grad_()
        before = torch.get_rng_state()

        check_forward(LSTM, x, (H_0, H_0))

        assert x.grad is None
        assert torch.equal(torch.get_rng_state(), before)
