"""Draw layers and inputs. Sizes all differ, so that no swap of two axes goes unseen."""

from collections import Counter
from typing import Any, NamedTuple

import torch
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from rnn_guide import gru_shapes, lstm_shapes, rnn_shapes

KINDS = {"RNN": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}
FUNCTIONS = {"RNN": rnn_shapes, "GRU": gru_shapes, "LSTM": lstm_shapes}
DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)
LAYOUTS = ("batched", "unbatched", "empty batch", "packed")
OPTIONS = ("bidirectional", "batch_first", "proj_size", "no bias")

#: How often each property of a compared layer or input came up, for the record of a soak.
COMPARED = Counter(dict.fromkeys(("all", *KINDS, *LAYOUTS, *map(str, DTYPES), *OPTIONS), 0))


class Case(NamedTuple):
    """A layer, the arguments that it was made from, and an input for it."""

    kind: str
    sizes: tuple[int, int, int]  # input_size, hidden_size, num_layers
    options: dict[str, Any]  # batch_first, bidirectional, and proj_size for an LSTM
    bias: bool
    dtype: torch.dtype
    seq_len: int
    batch_size: int | None
    lengths: list[int] | None  # of packed input
    layer: nn.RNNBase
    x: torch.Tensor

    @property
    def num_directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def bidirectional(self) -> bool:
        return self.options["bidirectional"]

    @property
    def features(self) -> int:
        return self.options.get("proj_size") or self.sizes[1]

    @property
    def symbols(self) -> dict[str, int | None]:
        """Return the value of each symbol of the rules."""
        values = dict(zip(("H_in", "H_cell", "num_layers"), self.sizes, strict=True))
        values |= {"L": self.seq_len, "N": self.batch_size, "D": self.num_directions}
        return {**values, "H_out": self.features}

    def states(self) -> dict[str, torch.Tensor]:
        """Run the layer and return its final states."""
        h_n = self.layer(self.x)[1]
        return dict(zip(("h_n", "c_n"), h_n, strict=True)) if self.kind == "LSTM" else {"h_n": h_n}

    def packed(self) -> PackedSequence:
        """Return the input with each sequence cut to its length."""
        batch_first = self.options["batch_first"]
        return pack_padded_sequence(self.x, self.lengths, batch_first, enforce_sorted=False)


@st.composite
def cases(draw: st.DrawFn, bidirectional: bool | None = None, packed: bool = False) -> Case:
    kind = draw(st.sampled_from(list(KINDS)))
    num_layers = draw(st.integers(1, 3))
    others = st.integers(1, 9).filter(lambda size: size != num_layers)
    sizes = draw(st.lists(others, min_size=4, max_size=4, unique=True))
    seq_len, batch_size, input_size, hidden_size = sizes
    batch_size = batch_size if packed else draw(st.sampled_from([batch_size, None, 0]))
    lengths = None
    if packed:
        lengths = draw(st.lists(st.integers(1, seq_len), min_size=batch_size, max_size=batch_size))
    options: dict[str, Any] = {"batch_first": draw(st.booleans())}
    options["bidirectional"] = draw(st.booleans()) if bidirectional is None else bidirectional
    if kind == "LSTM":
        unlike = set(range(1, hidden_size)) - {*sizes, num_layers}
        options["proj_size"] = draw(st.sampled_from([0, *sorted(unlike)]))
    bias, dtype = draw(st.booleans()), draw(st.sampled_from(DTYPES))
    choice = {"nonlinearity": draw(st.sampled_from(["tanh", "relu"]))} if kind == "RNN" else {}
    arguments = {"bias": bias, "dtype": dtype, **options, **choice}
    layer = KINDS[kind](input_size, hidden_size, num_layers, **arguments)
    shape = [seq_len, input_size]
    if batch_size is not None:
        shape.insert(0 if options["batch_first"] else 1, batch_size)
    x, sizes = torch.rand(shape, dtype=dtype), (input_size, hidden_size, num_layers)
    case = Case(kind, sizes, options, bias, dtype, seq_len, batch_size, lengths, layer, x)
    count(case)
    return case


def count(case: Case) -> None:
    """Count a case."""
    layout = {None: "unbatched", 0: "empty batch"}.get(case.batch_size, "batched")
    options = {**case.options, "no bias": not case.bias}
    COMPARED.update(["all", case.kind, "packed" if case.lengths else layout, str(case.dtype)])
    COMPARED.update(name for name, on in options.items() if on)
