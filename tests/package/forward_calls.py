"""Draw calls of layers and cells, right ones and spoilt ones."""

from dataclasses import dataclass, field, replace
from typing import Any

import torch
from hypothesis import strategies as st
from layers import DRAWN_DTYPES
from releases import CRASHES_EMPTY

from rnn_guide import check_forward

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
        if not call.states or call.states[0][0] == 0:
            return call  # there is nothing to take apart
        changes = ["state = (*state, state[0])", "state = state[0]"]
        if len({*call.states}) == 1:
            changes.append("state = torch.stack([*state])")
        change = draw(st.sampled_from([change, *changes]))
        if len(call.states) == 2 and change.endswith(("'meta')", "list()", "sparse()")):
            change = f"state = [{change.partition('=')[2].replace('state', 'state[0]')}, state[1]]"
    if call.lengths and name == "input" and change.endswith("list()"):
        return call
    if call.lengths and name == "input" and change.endswith("sparse()"):
        return call
    return replace(call, changes=(change,), by_accident=True)


def change_layer(draw: st.DrawFn, call: Call) -> Call:
    """Change what a layer says about itself after it was made, or assign what it refuses."""
    if draw(st.integers(0, 5)) == 0:
        weight = f"layer.weight_hh{'' if call.cell else '_l0'}"
        change = f"try:\n    {weight} = {weight}.detach() + 1\nexcept TypeError:\n    pass"
        return replace(call, changes=(change,), by_accident=True)
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
        "sizes = input.batch_sizes\n"
        "input = input._replace(batch_sizes=torch.cat([sizes, sizes[:1] * 0]))",
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
