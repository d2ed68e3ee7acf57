"""Take the layers of PyTorch apart, and compare what other frameworks return with them."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnn_guide import split_output, split_state

CASES = [
    pytest.param(kind, num_layers, bias, bidirectional, id=f"{kind}-{num_layers}-{bias}-{name}")
    for kind in ("RNN", "GRU", "LSTM")
    for num_layers in (1, 2)
    for bias in (True, False)
    for bidirectional, name in ((False, "one"), (True, "two"))
]
KERAS = {"RNN": "SimpleRNN", "GRU": "GRU", "LSTM": "LSTM"}
FLAX = {"RNN": "SimpleCell", "GRU": "GRUCell", "LSTM": "OptimizedLSTMCell"}


def split(layer):
    """Return the rows of all_weights by layer and direction, with zeros for biases that miss."""
    zeros = torch.zeros(layer.weight_hh_l0.shape[0])
    rows = [[p.detach() for p in row] for row in layer.all_weights]
    rows = [row if layer.bias else [*row, zeros, zeros] for row in rows]
    step = 2 if layer.bidirectional else 1
    return [rows[k : k + step] for k in range(0, len(rows), step)]


def reordered(row, order):
    """Return the parameters with their gates in another order."""
    return [torch.cat([p.chunk(len(order))[i] for i in order]) for p in row]


def keras_arrays(kind, row):
    """Return the arrays of Keras for one layer and direction."""
    row = reordered(row, (1, 0, 2)) if kind == "GRU" else row
    weight_ih, weight_hh, *biases = (p.detach().numpy() for p in row)
    return [weight_ih.T, weight_hh.T, np.stack(biases) if kind == "GRU" else sum(biases)]


def packed_call(layer, x, lengths):
    """Return the output of a packed batch, padded, and its states."""
    packed = pack_padded_sequence(x, lengths, layer.batch_first, enforce_sorted=False)
    output, last = layer(packed)
    last = last if isinstance(layer, nn.LSTM) else (last,)
    output, _ = pad_packed_sequence(output, layer.batch_first)
    return output.detach().numpy(), [state.detach().numpy() for state in last]


def compare(layer, x, output, states):
    """Compare with one call of the layer; states holds h_n, and c_n for an LSTM."""
    expected, h_n = layer(x)
    expected_states = h_n if isinstance(layer, nn.LSTM) else (h_n,)
    np.testing.assert_allclose(output, expected.detach(), atol=1e-5)
    for ours, theirs in zip(expected_states, states, strict=True):
        np.testing.assert_allclose(np.stack(theirs), ours.detach(), atol=1e-5)


def compare_splits(layer, x, halves, h_n):
    """Compare our splits with what keeps the directions apart: h_n by layer and direction."""
    expected, last = layer(x)
    last = last[0] if isinstance(layer, nn.LSTM) else last
    rows = split_state(last.detach(), bidirectional=layer.bidirectional)
    for i, half in enumerate(
        split_output(expected.detach(), bidirectional=layer.bidirectional)[: len(halves)]
    ):
        np.testing.assert_allclose(halves[i], half, atol=1e-5)
        np.testing.assert_allclose([by_layer[i] for by_layer in h_n], rows[i], atol=1e-5)
