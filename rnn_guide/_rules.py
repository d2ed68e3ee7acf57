"""
The shape rules of PyTorch's recurrent layers.

Each rule is a function that stands once. Called with numbers it gives numbers, called with
:class:`Symbol` it gives symbols. Source: the documentation of :class:`torch.nn.RNN`,
:class:`torch.nn.GRU` and :class:`torch.nn.LSTM`; the tests compare every rule with the real layers.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args

Kind = Literal["RNN", "GRU", "LSTM"]
Layout = Literal["batched", "unbatched", "packed"]

KINDS: tuple[Kind, ...] = get_args(Kind)
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

#: The kinds of layers that have ``c_0`` and ``c_n``, and those that can have ``proj_size``.
HAS_CELL_STATE = HAS_PROJECTION = frozenset({"LSTM"})

#: The blocks stacked on the first axis of weights and biases, in PyTorch's order.
GATES = {"RNN": ("h",), "GRU": ("r", "z", "n"), "LSTM": ("i", "f", "g", "o")}

#: What a layer takes and returns.
TENSORS = ("input", "output", "h_0", "h_n", "c_0", "c_n")

#: The smallest value of a size, where that is not 1.
MINIMA = {"batch_size": 0, "proj_size": 0}

#: The directions of a layer, by ``bidirectional``.
DIRECTIONS = {False: ("forward",), True: ("forward", "backward")}

#: What the name of a parameter ends in, by direction.
SUFFIXES = {"forward": "", "backward": "_reverse"}

SYMBOLS = {
    "L": "sequence length, the time steps of one sequence (`seq_len`)",
    "N": "batch size, the sequences computed together (`batch_size`)",
    "D": "number of directions: 2 if `bidirectional`, else 1",
    "H_in": "features of one input step (`input_size`)",
    "H_cell": "features of the cell (`hidden_size`)",
    "H_out": "features of one direction of the output: `proj_size` if that is set, "
    "else `hidden_size`",
    "num_layers": "recurrent layers stacked on each other (`num_layers`)",
    "sum(lengths)": "real time steps of all sequences of a packed batch together",
}

#: The cells of the unrolled layer (step × layer × direction) that a tensor holds or that read it;
#: -1 is the last. What is left out is not restricted. ``c_0`` and ``c_n`` are like ``h_0`` and
#: ``h_n``.
CELLS: dict[str, dict[str, dict[str, int]]] = {
    "input": {"layer": {"forward": 0, "backward": 0}},
    "output": {"layer": {"forward": -1, "backward": -1}},
    "h_0": {"step": {"forward": 0, "backward": -1}},
    "h_n": {"step": {"forward": -1, "backward": 0}},
}


#: Axes by the name of a tensor or a parameter.
NamedAxes = dict[str, tuple[Any, ...]]


class Symbol(str):
    """A size whose number is not known. A product is written out, as in ``2*H_out``."""

    __slots__ = ()

    def __mul__(self, other: object) -> Symbol:
        """Return a product that begins with this symbol."""
        return Symbol(f"{self}*{other}")

    def __rmul__(self, other: object) -> Symbol:
        """Return a product that ends with this symbol; a factor of 1 is left out."""
        return self if other == 1 else Symbol(f"{other}*{self}")


class Sizes(NamedTuple):
    """The sizes that a layer itself decides, as numbers or as symbols."""

    D: Any
    H_in: Any
    H_cell: Any
    H_out: Any
    num_layers: Any


#: The same without names, which take a tenth of the time that the shapes of a layer take.
PlainSizes = tuple[Any, Any, Any, Any, Any]


def tensors(
    kind: Kind, layout: Layout, batch_first: bool, sizes: PlainSizes, L: Any, N: Any
) -> tuple[Any, ...]:
    """
    Return the axes of each of ``TENSORS``, or None for a state that the kind does not have.

    For a packed batch ``L`` is the sum of all lengths.
    """
    D, H_in, H_cell, H_out, num_layers = sizes
    depth, features = D * num_layers, D * H_out
    input: tuple[Any, ...] = (L, H_in)
    output: tuple[Any, ...] = (L, features)
    if layout == "batched":
        input = (N, L, H_in) if batch_first else (L, N, H_in)
        output = (N, L, features) if batch_first else (L, N, features)
    hidden: tuple[Any, ...] = (depth, N, H_out)
    cell: tuple[Any, ...] | None = (depth, N, H_cell)
    if layout == "unbatched":
        hidden, cell = (depth, H_out), (depth, H_cell)
    if kind not in HAS_CELL_STATE:
        cell = None
    return input, output, hidden, hidden, cell, cell


def parameters(
    kind: Kind, sizes: Sizes, *, bias: bool, bidirectional: bool, projected: bool
) -> NamedAxes:
    """Return the axes of every parameter, in PyTorch's order; ``num_layers`` is a number here."""
    return {
        f"{name}_l{layer}{SUFFIXES[direction]}": axes
        for layer, direction in rows(sizes.num_layers, bidirectional)
        for name, axes in _parameters_of_layer(kind, sizes, layer, bias, projected).items()
    }


def _parameters_of_layer(
    kind: Kind, sizes: Sizes, layer: int, bias: bool, projected: bool
) -> NamedAxes:
    """Return the axes of the parameters of one layer in one direction."""
    D, H_in, H_cell, H_out, _ = sizes
    blocks = len(GATES[kind]) * H_cell
    shapes: NamedAxes = {"weight_ih": (blocks, H_in if layer == 0 else D * H_out)}
    shapes["weight_hh"] = (blocks, H_out)
    if bias:
        shapes["bias_ih"] = shapes["bias_hh"] = (blocks,)
    if projected:
        shapes["weight_hr"] = (H_out, H_cell)
    return shapes


def rows(num_layers: int, bidirectional: bool) -> list[tuple[int, str]]:
    """Return the layer and the direction of each row of a state, in their order."""
    return [(layer, name) for layer in range(num_layers) for name in DIRECTIONS[bidirectional]]
