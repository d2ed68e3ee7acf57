"""Draw layers and inputs. Sizes all differ, so that no swap of two axes goes unseen."""

import os
from collections import Counter
from typing import Any, NamedTuple

import torch
from hypothesis import settings
from hypothesis import strategies as st
from torch import nn

# The first example of a run pays for PyTorch's start, so a deadline would fail at random.
for profile, max_examples in {"quick": 50, "default": 300, "soak": 5000}.items():
    settings.register_profile(profile, deadline=None, max_examples=max_examples)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "default")
settings.load_profile(PROFILE)

KINDS = {"RNN": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}
DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)

LAYOUTS = ("batched", "unbatched", "empty batch")
OPTIONS = ("bidirectional", "batch_first", "proj_size", "no bias")

#: How often each property of a drawn layer or input came up, for the last lines of a run.
DRAWN = Counter(dict.fromkeys(("all", *KINDS, *LAYOUTS, *map(str, DTYPES), *OPTIONS), 0))


class Case(NamedTuple):
    """A layer, the arguments that it was made from, and an input for it."""

    kind: str
    sizes: tuple[int, int, int]  # input_size, hidden_size, num_layers
    options: dict[str, Any]  # batch_first, bidirectional, and proj_size for an LSTM
    bias: bool
    dtype: torch.dtype
    seq_len: int
    batch_size: int | None
    layer: nn.RNNBase
    x: torch.Tensor

    def state(self, shape: tuple[int, ...]) -> torch.Tensor:
        """Return an initial state."""
        return torch.zeros(shape, dtype=self.dtype)

    @property
    def num_directions(self) -> int:
        return 2 if self.options["bidirectional"] else 1

    @property
    def features(self) -> int:
        return self.options.get("proj_size") or self.sizes[1]

    def states(self) -> dict[str, torch.Tensor]:
        """Run the layer and return its final states."""
        h_n = self.layer(self.x)[1]
        return dict(zip(("h_n", "c_n"), h_n, strict=True)) if self.kind == "LSTM" else {"h_n": h_n}


@st.composite
def cases(draw: st.DrawFn, bidirectional: bool | None = None) -> Case:
    kind = draw(st.sampled_from(list(KINDS)))
    seq_len, batch_size, input_size, hidden_size = draw(
        st.lists(st.integers(1, 9), min_size=4, max_size=4, unique=True)
    )
    num_layers = draw(st.integers(1, 3))
    batch_size = draw(st.sampled_from([batch_size, None, 0]))
    options: dict[str, Any] = {"batch_first": draw(st.booleans())}
    options["bidirectional"] = draw(st.booleans()) if bidirectional is None else bidirectional
    if kind == "LSTM":
        options["proj_size"] = draw(st.integers(0, hidden_size - 1))
    bias = draw(st.booleans())
    dtype = draw(st.sampled_from(DTYPES))
    layer = KINDS[kind](input_size, hidden_size, num_layers, bias=bias, dtype=dtype, **options)
    shape = [seq_len, input_size]
    if batch_size is not None:
        shape.insert(0 if options["batch_first"] else 1, batch_size)
    sizes = (input_size, hidden_size, num_layers)
    count(kind, dtype, batch_size, bias, **options)
    x = torch.rand(shape, dtype=dtype)
    return Case(kind, sizes, options, bias, dtype, seq_len, batch_size, layer, x)


def count(
    kind: str, dtype: torch.dtype, batch_size: int | None, bias: bool, **options: Any
) -> None:
    """Count a drawn case, and show that the long run is still running."""
    layout = {None: "unbatched", 0: "empty batch"}.get(batch_size, "batched")
    options["no bias"] = not bias
    DRAWN.update(["all", kind, str(dtype), layout, *(name for name, on in options.items() if on)])
    if PROFILE == "soak" and DRAWN["all"] % 1000 == 0:
        print(f" {DRAWN['all']:,}", end="", flush=True)
