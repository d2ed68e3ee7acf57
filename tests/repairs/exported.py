"""Inputs and states of other sizes for a layer, and what compares an exported program with it."""

import torch
from covers import BATCH_SIZE, HIDDEN_SIZE, INPUT_SIZE, SEQ_LEN
from layers import input_shape

PROJECTED = (0, 2)
SIZES = ((SEQ_LEN, BATCH_SIZE), (9, 6), (2, 1), (1, 2))  # sequence length, batch


def flat(returned):
    """Return the tensors that a layer or cell returned, the states of an LSTM behind each other."""
    if torch.is_tensor(returned):
        return [returned]
    return [tensor for part in returned for tensor in flat(part)]


def same(ours, theirs):
    """Return whether all tensors of two results are equal."""
    pairs = list(zip(flat(ours), flat(theirs), strict=True))
    return all(a.shape == b.shape and torch.allclose(a, b, atol=1e-5) for a, b in pairs)


def inputs(case, seq_len=SEQ_LEN, batch_size=BATCH_SIZE):
    """Return random input of other sizes for the layer of a case."""
    return torch.randn(input_shape(INPUT_SIZE, seq_len, batch_size, case.options["batch_first"]))


def state(case, batch_size=BATCH_SIZE):
    """Return a random state for the layer of a case: a pair for an LSTM."""
    rows = case.num_directions * case.sizes[2]
    h_0, c_0 = (torch.randn(rows, batch_size, size) for size in (case.features, HIDDEN_SIZE))
    return (h_0, c_0) if case.kind == "LSTM" else h_0
