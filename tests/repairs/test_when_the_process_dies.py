"""The repairs of the page on crashes. What ends a process runs in one of its own."""

import sys
from pathlib import Path

import pytest
import torch
from covers import LENGTHS, repairs
from torch.nn.utils.rnn import pack_padded_sequence

from rnn_guide import check_forward

sys.path.insert(0, str(Path(__file__).parents[1]))
from unrolled import computes_rightly

EVERY = {"layouts": ["packed"], "proj_size": [0, 2]}


def calls(case):
    """Yield the input of a case with different and with equal lengths, and states for it."""
    for lengths in (LENGTHS, [7] * 4):
        x = pack_padded_sequence(case.x, lengths, case.options["batch_first"], False)
        h_0 = torch.randn(case.sizes[2] * case.num_directions, 4, case.features)
        c_0 = torch.randn(*h_0.shape[:2], case.sizes[1])
        yield x, (h_0, c_0) if case.kind == "LSTM" else h_0


@repairs("when-the-process-dies", **EVERY)
def test_check_forward_comes_first(case):
    """
    It refuses the features that the layer may not notice, and takes the repaired call.
    """
    for right, state in calls(case):
        wrong = right._replace(data=torch.cat([right.data, right.data], dim=-1))
        with pytest.raises(ValueError, match="the last axis of data of input must be input_size=3"):
            check_forward(case.layer, wrong)

        check_forward(case.layer, right, state)

        assert computes_rightly(case.layer, right, state)


@repairs("crash-without-the-package", **EVERY)
def test_shapes_are_compared_by_hand(case):
    """
    What the page compares holds for a right call, and for no state of another shape.
    """
    layer = case.layer
    for packed, state in calls(case):
        h_0, *others = state if case.kind == "LSTM" else (state,)
        rows = layer.num_layers * (2 if layer.bidirectional else 1)
        sequences = int(packed.batch_sizes[0])
        right = (rows, sequences, layer.proj_size or layer.hidden_size)

        assert packed.data.shape[-1] == layer.input_size
        assert h_0.shape == right
        assert all(c_0.shape == (rows, sequences, layer.hidden_size) for c_0 in others)
        assert computes_rightly(layer, packed, state)
        for axis in range(3):
            shape = [size + (place == axis) for place, size in enumerate(right)]
            wrong = (torch.randn(shape), *others) if others else torch.randn(shape)
            with pytest.raises(ValueError, match=r"must be h_0 of shape"):
                check_forward(layer, packed, wrong)
