"""
The numbers that the player shows: those of small layers, which PyTorch runs when the site is built.

A layer below others computes the same without them, so the layers with fewer layers and the weights
of the whole one give the states between.
"""

from functools import cache
from itertools import product

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_sequence, unpack_sequence

from rnn_guide import _rules

#: Of which layers there are numbers: of those with these arguments, and sizes up to these.
EQUAL = {"input_size": 3, "hidden_size": 5, "proj_size": 0, "bias": True, "dropout": 0}
MOST = {"num_layers": 3, "seq_len": 7, "batch_size": 4}
SHAPE = MOST["seq_len"], MOST["batch_size"], EQUAL["input_size"]  # of the input, time first
SEED = 0
FEATURE = 0
#: The digits behind the point.
DIGITS = 2

#: The numbers of each layer and direction, step by step, as whole multiples of the last digit.
Rows = list[list[int]]


def sequences() -> list[Tensor]:
    """Return the longest sequence of each place in the batch."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        x = torch.randn(SHAPE)
    return list(x.unbind(1))


def layer(kind: str, num_layers: int, bidirectional: bool) -> nn.RNNBase:
    """Return a layer; the first layers of a higher one have the same weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        made: nn.RNNBase = getattr(nn, kind)(
            EQUAL["input_size"], EQUAL["hidden_size"], num_layers, bidirectional=bidirectional
        )
    return made.eval()


def key(kind: str, bidirectional: bool, sequence: int, length: int) -> str:
    """Return the key of the numbers of a sequence; those of one direction begin the longest one."""
    length = length if bidirectional else MOST["seq_len"]
    return f"{kind},{str(bidirectional).lower()},{sequence},{length}"


@cache
def numbers() -> dict[str, Rows]:
    """Return the numbers of each layer and each sequence, cut to each length."""
    lengths = range(1, MOST["seq_len"] + 1)
    places = list(product(range(MOST["batch_size"]), lengths))
    whole = sequences()
    packed = pack_sequence([whole[n][:length] for n, length in places], enforce_sorted=False)
    found = {}
    for kind, both in product(_rules.KINDS, (False, True)):
        rows = _rows(kind, both, packed)
        for place, (n, length) in enumerate(places):  # the longest comes last
            found[key(kind, both, n, length)] = [row[place] for row in rows]
    return found


@torch.no_grad()
def _rows(kind: str, bidirectional: bool, packed: PackedSequence) -> list[Rows]:
    """Return the numbers of each row of a state, for each sequence."""
    whole = layer(kind, MOST["num_layers"], bidirectional).state_dict()
    rows = []
    for number in range(MOST["num_layers"]):
        lower = layer(kind, number + 1, bidirectional)
        lower.load_state_dict({name: whole[name] for name in lower.state_dict()})
        outputs = unpack_sequence(lower(packed)[0])
        for direction, _name in enumerate(_rules.DIRECTIONS[bidirectional]):
            column = direction * EQUAL["hidden_size"] + FEATURE
            rows.append([[_whole(value) for value in output[:, column]] for output in outputs])
    return rows


def _whole(value: Tensor) -> int:
    scale: int = 10**DIGITS
    return round(float(f"{value:.{DIGITS}f}") * scale)
