"""The cause that check_forward names is the one that made the call wrong."""

import pytest
import torch
from messages import message
from torch import nn, ones, zeros
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence

from rnn_guide import check_forward

X, H, H_2 = zeros(7, 4, 3), zeros(1, 4, 5), zeros(2, 4, 5)
GRU, LSTM = nn.GRU(3, 5), nn.LSTM(3, 5)
FIRST = nn.GRU(3, 5, batch_first=True)
TWO, SERIES = nn.GRU(3, 5, num_layers=2), nn.GRU(1, 5)
GRU_CELL, LSTM_CELL = nn.GRUCell(3, 5), nn.LSTMCell(3, 5)
PACKED = pack_padded_sequence(X, [7, 5, 2, 1])

LENGTHS = "are these lengths? A layer takes none: pack the input"
NO_C_0 = "is c_0 missing? An LSTM returns both; only where there is none yet pass zeros"
NO_FEATURES = "is the feature axis missing? Use .unsqueeze(-1)"
NO_BATCH = "does input or state lack its batch axis?"
FLATTEN = "are there axes left to flatten into features, such as those of an image?"
OTHER_SIZE = "does the layer or embedding before give another size?"
OTHER_ROWS = "is it from a layer with another num_layers or bidirectional?"
WHOLE = "is the whole return value of an LSTM in it? Then unpack that first"
NOT_SEQUENCES = "is it from a batch of another size?"

CAUSES = [
    # the input
    ((GRU, zeros(7, 4, 1, 3)), f"is an axis of size 1 one too many, or {FLATTEN}"),
    ((GRU, zeros(7, 4, 3, 2)), FLATTEN),
    ((SERIES, zeros(7)), NO_FEATURES),
    ((SERIES, zeros(4, 7)), NO_FEATURES),
    ((nn.RNNCell(1, 5), zeros(4)), NO_FEATURES),
    ((SERIES, pack_sequence([zeros(7), zeros(5)])), f"{NO_FEATURES}, before packing"),
    ((GRU, pack_sequence([zeros(7), zeros(5)])), "is the feature axis missing?"),
    ((GRU, zeros(3)), "is it one step without its axis of time? Use .unsqueeze(0)"),
    ((GRU, zeros(7)), "is the feature axis missing?"),
    ((GRU_CELL, torch.tensor(1.0)), "is the feature axis missing?"),
    ((GRU_CELL, X), "a cell reads one step: did you mean nn.GRU?"),
    ((GRU, zeros(7, 4, 6)), OTHER_SIZE),
    ((SERIES, zeros(7, 4, 6)), OTHER_SIZE),
    ((GRU_CELL, zeros(4, 6)), OTHER_SIZE),
    (
        (FIRST, zeros(4, 3, 7)),
        "are the axes in another order? Move them with transpose, not view. Or does the layer "
        "before give another size?",
    ),
    # the type of a state
    ((GRU, X, [7, 5, 2, 1]), LENGTHS),
    ((GRU, X, torch.tensor([7, 5, 2, 1])), LENGTHS),
    ((LSTM, X, (7, 5)), LENGTHS),
    ((LSTM, X, torch.tensor(7)), LENGTHS),
    (
        (GRU, X, ones(2, 4, 5).long()),
        "is it from NumPy, or was the layer converted? Use .to(torch.float32)",
    ),
    (
        (GRU, X, [H]),
        "is it the pair of an LSTM, or the whole return value of a layer? Pass h_0 alone",
    ),
    ((GRU, X, PACKED), "a cell computes one step, and a state is not packed: was a layer meant?"),
    ((LSTM, X, PACKED), "a cell computes one step, and a state is not packed: was a layer meant?"),
    ((GRU, X, 7), "was another argument passed in its place?"),
    ((GRU, X, H.numpy()), "did you mean torch.as_tensor?"),
    # the pair
    ((LSTM, X, H), NO_C_0),
    ((LSTM, X, (H,)), NO_C_0),
    ((LSTM, X, ()), NO_C_0),
    ((LSTM, X, ((H, H),)), WHOLE),
    ((LSTM, X, (X, (H, H))), WHOLE),
    ((LSTM, X, [(H, H)] * 2), "is it a pair for each layer? Stack all h_0 and all c_0 on axis 0"),
    (
        (LSTM, X, (H, H, H)),
        "is it one for each layer? There are two, each with the layers on axis 0",
    ),
    (
        (LSTM, X, (None, None)),
        "are both to start as zeros? Pass None in the place of the pair",
    ),
    ((LSTM, X, (H, None)), "is there none yet? Pass zeros of its shape"),
    # the number of axes of a state
    ((GRU, X, H[0]), "does it lack its first axis, with a row for each layer and direction?"),
    ((TWO, X[:, :1], H_2[:, 0]), "does it lack its batch axis, the second one?"),
    ((TWO, X[:, :2], H_2[:, 0]), "does input or state lack an axis?"),
    (
        (TWO, X, zeros(4, 10)),
        "are its rows side by side? Use .view(4, 2, 5).transpose(0, 1).contiguous()",
    ),
    ((TWO, X, zeros(2, 1, 4, 5)), "have layers and directions an axis each? Use .flatten(0, 1)"),
    ((TWO, X, zeros(2, 2, 4, 5)), "does input or state lack an axis?"),
    ((GRU, X, zeros(5)), "does input or state lack an axis?"),
    (
        (GRU, X[0], H),
        "is input one step of 4 sequences, without its axis of time? Use .unsqueeze(0)",
    ),
    (
        (FIRST, X[0], H),
        "is input one step of 4 sequences, without its axis of time? Use .unsqueeze(1)",
    ),
    ((GRU, X[:, 0], H[:, :1]), "is input one sequence without its batch axis? Use .unsqueeze(1)"),
    ((FIRST, X[:, 0], H[:, :1]), "is input one sequence without its batch axis? Use .unsqueeze(0)"),
    ((GRU, X[:, 0], H), NO_BATCH),
    ((GRU, X[0], H_2), NO_BATCH),
    ((GRU, X[0], zeros(5)), NO_BATCH),
    (
        (GRU_CELL, X[0], H),
        "is it the state of a layer? A cell takes one row of it, such as h_n[-1]",
    ),
    ((GRU_CELL, X[0], H[0, 0]), NO_BATCH),
    ((GRU_CELL, X[0, 0], H[0]), NO_BATCH),
    # its sizes
    (
        (GRU, zeros(4, 7, 3), H),
        "does batch_first fit the input? The layer reads its batch from axis 1",
    ),
    ((FIRST, X, H), "does batch_first fit the input? The layer reads its batch from axis 0"),
    ((GRU, X[:, :2], H), NOT_SEQUENCES),
    ((GRU, PACKED, H[:, :2]), NOT_SEQUENCES),
    ((GRU_CELL, X[0], H[0, :2]), NOT_SEQUENCES),
    ((GRU, X, H_2), OTHER_ROWS),
    ((GRU, X, zeros(1, 4, 6)), "is it from a layer with another hidden_size or proj_size?"),
    (
        (nn.LSTM(3, 5, proj_size=2), X, (zeros(1, 4, 2), zeros(1, 4, 2))),
        "is it from a layer with another hidden_size? proj_size does not change c_0",
    ),
    ((GRU, X, zeros(2, 4, 6)), "is it from a layer of other sizes?"),
    (
        (FIRST, X.transpose(0, 1), H.transpose(0, 1)),
        "are its axes in another order? batch_first never applies to a state",
    ),
    ((LSTM_CELL, X[0], (H[0], H[0].T)), "is it from a layer of other sizes?"),
    # the packing
    (
        (GRU, pack_padded_sequence(X, [8, 5, 2, 1])),
        "was a length larger than L, or batch_first wrong, in pack_padded_sequence?",
    ),
    (
        (GRU, PACKED._replace(batch_sizes=PACKED.batch_sizes[:-1])),
        "was it made by hand, or was a length or batch_first wrong in pack_padded_sequence?",
    ),
]


@pytest.mark.parametrize(("arguments", "cause"), CAUSES)
def test_names_the_cause(arguments, cause):
    """
    The message of a wrong call ends with what has made it wrong.
    """
    assert message(check_forward, *arguments).split("; ", 1)[1] == cause
