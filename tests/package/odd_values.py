"""Odd values to pass where another value belongs."""

import enum
import functools
import itertools
import sys
import warnings
from collections import namedtuple
from types import SimpleNamespace
from unittest.mock import ANY, MagicMock

import numpy as np
import torch
from releases import storage
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from rnn_guide import Directions

HUGE = 10**5000  # more digits than Python writes


def raises(*_):
    """Raise an error that no code expects."""
    raise RuntimeError("raised on purpose")


def odd_type(name: str, *bases: type, **members: object) -> type:
    """Make a class in one expression."""
    return type(name, bases, members)


def packed(lengths: tuple[int, ...] = (3, 2), features: int = 4) -> PackedSequence:
    """Make a packed sequence."""
    x = torch.rand(max(lengths), len(lengths), features)
    return pack_padded_sequence(x, lengths, enforce_sorted=False)


def packed_by_hand(sizes: object) -> PackedSequence:
    """Make a packed sequence whose batch sizes may be wrong."""
    return tuple.__new__(PackedSequence, (torch.rand(5, 4), torch.tensor(sizes), None, None))


def layer_with(**attributes: object) -> nn.RNNBase:
    """Return a layer whose attributes were changed after it was made."""
    layer = nn.LSTM(3, 5)
    vars(layer).update(attributes)
    return layer


ITSELF: list[object] = []
ITSELF.append(ITSELF)
WIDE = functools.reduce(lambda inner, _: [inner, inner], range(40), [])  # 2**40 lists, written out
DEEP = functools.reduce(lambda inner, _: (inner,), range(5000), ())
Whole = enum.IntEnum("Whole", {"THREE": 3})
Pair = namedtuple("Pair", "batch_sizes other")
LINES = odd_type("LinesRepr", __repr__=lambda _: "a\n\tb\r\u2028\x1b[31m\u061c")()
BAD_TYPE = odd_type("BadType", __repr__=lambda _: "<BadType>", dtype=property(raises))()
LOOKS_LIKE_A_LAYER = {"mode": "GRU", "input_size": 3, "hidden_size": 5, "num_layers": 1}
LOOKS_LIKE_A_LAYER |= {"batch_first": False, "bidirectional": False, "proj_size": 0}

NUMBERS = [0, -1, 2, 3, 2.0, 3j, HUGE, -HUGE, sys.maxsize, sys.maxsize + 1]
NUMBERS += [True, False, float("nan"), float("inf"), -float("inf"), Whole.THREE]
NUMBERS += [np.int64(3), np.True_, np.float64("nan"), np.array(3), odd_type("Int", int)(3)]

TEXTS = ["", "3", "GRU", "gru", "a" * 10**5, "a\nb\x1b\ud800", np.str_("GRU")]
TEXTS += [b"GRU", bytearray(b"\7\3"), memoryview(b"\7\3")]

#: Much like a shape, or like none.
SHAPES = [(), (3,), [3, 3], [[7], [3]], (7, 4, -3), list(range(5000)), torch.Size([7, 3])]
SHAPES += [(7, None, 3), (None, 7, 3), (None, 3), ("7", 3), (7.0, 3), (True, 3), (HUGE, 3)]
SHAPES += [(7, HUGE), ITSELF, DEEP, WIDE, Pair(1, 2), np.array([None, ITSELF], object)]
SHAPES += [{7, 3}, {7: 1, 3: 2}, range(2, 4), iter((7, 3)), itertools.count()]

OBJECTS = [None, ..., int, len, sys, object(), ANY, MagicMock(), np.zeros((4, 2, 6))]
OBJECTS += [SimpleNamespace(shape=shape) for shape in (7, (4, 2, 6), ("a", None))]
OBJECTS += [SimpleNamespace(shape=itertools.repeat(1)), SimpleNamespace(batch_sizes=3)]
OBJECTS += [
    SimpleNamespace(mode="GRU"),
    SimpleNamespace(**LOOKS_LIKE_A_LAYER | {"batch_first": "yes"}),
    SimpleNamespace(**LOOKS_LIKE_A_LAYER | {"mode": ANY}),
    odd_type("BadRepr", __repr__=raises)(),
    odd_type("LongRepr", __repr__=lambda _: "x" * 10**5)(),
    LINES,
    odd_type("NoText", __repr__=lambda _: None)(),
    odd_type("BadIndex", __index__=raises)(),
    odd_type("TextIndex", __index__=lambda _: "3")(),
    odd_type("Zero", __index__=lambda _: 0)(),
    odd_type("BadEq", __eq__=raises, __hash__=None)(),
    odd_type("BadBool", __bool__=raises, __len__=raises)(),
    odd_type("BadAttributes", __getattr__=raises)(),
    BAD_TYPE,
    odd_type("Name\nof two lines")(),
]

TENSORS = [torch.tensor(3), torch.tensor(3.0), torch.tensor(True), torch.rand(4)]
TENSORS += [torch.rand(4, 2, 6), torch.rand(3, 2, 5), torch.rand(6, 2, 4).mT]
TENSORS += [torch.zeros(4, 0, 6), torch.zeros(0, 2, 0), torch.zeros([0] * 64)]
TENSORS += [
    torch.tensor(3, device="meta"),
    torch.zeros(4, 2, 6, device="meta"),
    torch.ones(4, 2, 6, dtype=torch.bool),
    torch.tensor(1.0).expand([2] * 20),  # to write it would take for ever
    nn.Parameter(torch.rand(4, 2, 6)),
    nn.UninitializedParameter(),
    torch.rand(4, 2, 6).as_subclass(odd_type("Own", torch.Tensor)),
    torch.eye(4).to_sparse(),
    torch.eye(4).to_mkldnn(),
    storage(torch.rand(3)),
]
with warnings.catch_warnings(action="ignore"):  # that these may change
    ROWS = [torch.rand(2, 6), torch.rand(3, 6)]
    scales, zeros = torch.ones(4), torch.zeros(4)
    TENSORS += [
        torch.eye(4).to_sparse_csr(),
        torch.nested.nested_tensor(ROWS),
        torch.quantize_per_channel(torch.rand(4, 2, 6), scales, zeros, 0, torch.qint8),
    ]

#: What layers are, take and return, but not as it should be.
PARTS = [
    packed(),
    packed(features=5),
    nn.LSTM(3, 5)(torch.rand(7, 3)),
    nn.LSTM(3, 5),
    nn.GRUCell(3, 5),
    nn.LSTM,
    nn.Sequential(),
    layer_with(batch_first="yes"),
    layer_with(bidirectional=1),
    layer_with(input_size=HUGE, num_layers=-HUGE),
    layer_with(mode=["GRU"], proj_size=9),
    Directions(None, None),
    Directions(torch.rand(3), "x"),
    Directions(None, torch.rand(3)),
    Directions(np.zeros(3), np.zeros(3)),
    Directions(torch.rand(3), torch.rand(3, device="meta")),
    Directions(torch.rand(3), torch.arange(3)),
    Directions(torch.tensor(1.0), torch.tensor(2.0)),
    Directions(torch.eye(3).to_sparse(), torch.eye(3).to_sparse()),
    Directions(packed(), torch.rand(5, 4)),
    Directions(torch.rand(5, 4), packed()),
    Directions(packed(), packed((2, 3))),
    *(Directions(packed_by_hand(sizes), packed_by_hand(sizes)) for sizes in ([], [[2]], [3, 2])),
    Directions(packed().to("meta"), packed((3, 2)).to("meta")),
]
ODD = [*NUMBERS, *TEXTS, *SHAPES, *OBJECTS, *TENSORS, *PARTS]
