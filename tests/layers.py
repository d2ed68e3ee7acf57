"""Draw layers and inputs. Sizes all differ, so that no swap of two axes goes unseen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from hypothesis import assume
from hypothesis import strategies as st
from releases import CRASHES_EMPTY, runs_on_a_cpu
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from rnn_guide import gru_shapes, lstm_shapes, rnn_shapes

KINDS = {"RNN": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}
FUNCTIONS = {"RNN": rnn_shapes, "GRU": gru_shapes, "LSTM": lstm_shapes}
DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)
DRAWN_DTYPES = tuple(filter(runs_on_a_cpu, DTYPES))  # no float16 with an old release
PADDED = ("batched", "unbatched", "empty batch")
LAYOUTS = (*PADDED, "packed")
OPTIONS = ("bidirectional", "batch_first", "proj_size", "no bias")

#: How often each property of a compared layer or input came up, for the record of a soak.
COMPARED = Counter(dict.fromkeys(("all", *KINDS, *LAYOUTS, *map(str, DTYPES), *OPTIONS), 0))


def input_shape(
    input_size: Any, seq_len: Any, batch_size: Any, batch_first: bool
) -> tuple[Any, ...]:
    """Return the shape of an input, unbatched where there is no batch size."""
    if batch_size is None:
        return seq_len, input_size
    if batch_first:
        return batch_size, seq_len, input_size
    return seq_len, batch_size, input_size


@dataclass(frozen=True)
class Case:
    """The arguments of a layer, and the sizes of an input for it."""

    kind: str
    sizes: tuple[int, int, int]  # input_size, hidden_size, num_layers
    options: dict[str, Any]  # batch_first, bidirectional, and proj_size for an LSTM
    bias: bool
    nonlinearity: str  # for an RNN
    dtype: torch.dtype
    layout: str
    seq_len: int
    batch_size: int | None
    lengths: list[int]  # of the sequences of packed input

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the layer that change a shape, by name."""
        sizes = zip(("input_size", "hidden_size", "num_layers"), self.sizes, strict=True)
        return {**dict(sizes), "bias": self.bias, **self.options}

    @property
    def num_directions(self) -> int:
        """Return 2 or 1."""
        return 2 if self.bidirectional else 1

    @property
    def bidirectional(self) -> bool:
        """Return whether the layer has two directions."""
        return self.options["bidirectional"]

    @property
    def features(self) -> int:
        """Return H_out."""
        return self.options.get("proj_size") or self.sizes[1]

    @property
    def symbols(self) -> dict[str, int | None]:
        """Return the value of each symbol of the rules."""
        values = dict(zip(("H_in", "H_cell", "num_layers"), self.sizes, strict=True))
        values |= {"L": self.seq_len, "N": self.batch_size, "D": self.num_directions}
        return {**values, "H_out": self.features}

    @cached_property
    def layer(self) -> nn.RNNBase:
        """Make the layer. Whoever asks for it compares with it, so the case counts."""
        count(self)
        choice = {"nonlinearity": self.nonlinearity} if self.kind == "RNN" else {}
        return KINDS[self.kind](**self.arguments, **choice, dtype=self.dtype)

    @cached_property
    def x(self) -> torch.Tensor:
        """Make the input, padded if it is to be packed."""
        batch_first = self.options["batch_first"]
        shape = input_shape(self.sizes[0], self.seq_len, self.batch_size, batch_first)
        return torch.rand(shape, dtype=self.dtype)

    def packed(self) -> PackedSequence:
        """Return the input with each sequence cut to its length."""
        batch_first = self.options["batch_first"]
        return pack_padded_sequence(self.x, self.lengths, batch_first, enforce_sorted=False)

    def states(self) -> dict[str, torch.Tensor]:
        """Run the layer and return its final states."""
        h_n = self.layer(self.x)[1]
        return dict(zip(("h_n", "c_n"), h_n, strict=True)) if self.kind == "LSTM" else {"h_n": h_n}


@st.composite
def cases(
    draw: st.DrawFn,
    layouts: Sequence[str] = PADDED,
    bidirectional: bool | None = None,
    max_layers: int = 3,
) -> Case:
    """Draw a case in one of the layouts."""
    kind = draw(st.sampled_from(list(KINDS)))
    num_layers = draw(st.integers(1, max_layers))
    others = st.integers(1, 9).filter(lambda size: size != num_layers)
    sizes = draw(st.lists(others, min_size=4, max_size=4, unique=True))
    seq_len, batch_size, input_size, hidden_size = sizes
    options: dict[str, Any] = {"batch_first": draw(st.booleans())}
    options["bidirectional"] = draw(st.booleans()) if bidirectional is None else bidirectional
    if kind == "LSTM":
        unlike = set(range(1, hidden_size)) - {*sizes, num_layers}
        options["proj_size"] = draw(st.sampled_from([0, *sorted(unlike)]))
    layout = draw(st.sampled_from(layouts))
    dtype = draw(st.sampled_from(DRAWN_DTYPES))
    if CRASHES_EMPTY:
        assume((kind, layout, dtype) != ("LSTM", "empty batch", torch.bfloat16))
    lengths = []
    if layout == "packed":
        length = st.integers(1, seq_len)
        lengths = draw(st.lists(length, min_size=batch_size, max_size=batch_size))
    return Case(
        kind,
        (input_size, hidden_size, num_layers),
        options,
        bias=draw(st.booleans()),
        nonlinearity=draw(st.sampled_from(["tanh", "relu"])),
        dtype=dtype,
        layout=layout,
        seq_len=seq_len,
        batch_size={"unbatched": None, "empty batch": 0}.get(layout, batch_size),
        lengths=lengths,
    )


def count(case: Case) -> None:
    """Count a case that is compared."""
    options = {**case.options, "no bias": not case.bias}
    COMPARED.update(["all", case.kind, case.layout, str(case.dtype)])
    COMPARED.update(name for name, on in options.items() if on)
