"""What check_forward says of each mistake."""

import pytest
import torch
from messages import message
from releases import CRASHES_EMPTY
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from rnn_guide import check_forward

X, H_0 = torch.zeros(7, 4, 3), torch.zeros(1, 4, 5)
GRU, LSTM = nn.GRU(3, 5), nn.LSTM(3, 5)
PACKED = pack_padded_sequence(X, [7, 5, 2, 1])


def changed(layer: nn.Module, **attributes: object) -> nn.Module:
    """Return a layer that was changed after it was made."""
    for name, value in attributes.items():
        setattr(layer, name, value)
    return layer


def refusing(layer: nn.Module, name: str) -> nn.Module:
    """Return a layer that has refused a plain tensor as a parameter."""
    with pytest.raises(TypeError, match="cannot assign"):
        setattr(layer, name, torch.zeros(2, 2))
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
        (refusing(nn.LSTM(3, 5, 2, proj_size=2), "weight_hr_l1"), X),
        "ValueError: weight_hr_l1 of layer must be an nn.Parameter where the layer computes, got "
        "Tensor; was a plain tensor assigned and refused? Assign nn.Parameter(tensor)",
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
        "moved? Use .to('cpu'), or move the layer",
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
        (nn.GRU(3, 5, 2), X[:, :2], H_0),
        "ValueError: state must be h_0 of shape (2, 2, 5), that is (D*num_layers, N, H_out), got "
        "shape (1, 4, 5); was it cut on axis 0, as nn.DataParallel does? The batch of a state is "
        "axis 1",
    ),
    (
        (LSTM, X, torch.stack([H_0, H_0])),
        "TypeError: state must be the pair (h_0, c_0), got Tensor; are both in one tensor? Then "
        "pass (state[0], state[1])",
    ),
    (
        (nn.LSTMCell(3, 5), X[0, 0], H_0[0, :2]),
        "TypeError: state must be the pair (h_0, c_0), got Tensor; are both in one tensor? Then "
        "pass (state[0], state[1])",
    ),
    (
        (GRU, X, H_0.double()),
        "ValueError: state must be torch.float32, as the layer is, got torch.float64; is it from "
        "NumPy, or was the layer converted? Use .to(torch.float32)",
    ),
    (
        (LSTM, X, (H_0, H_0.bfloat16())),
        "ValueError: state[1] must be torch.float32, as the layer is, got torch.bfloat16; did it "
        "leave torch.autocast, or was the layer converted? Use .to(torch.float32)",
    ),
    (
        (GRU, X, H_0.long()),
        "ValueError: state must be torch.float32, as the layer is, got torch.int64; is it from "
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
