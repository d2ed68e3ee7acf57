"""The repairs of "Errors after the layer"."""

import pytest
import torch
from covers import repairs
from torch import nn

from rnn_guide import merge_directions, split_state


@repairs("error-linear-state", bidirectional=[True])
def test_last_row_joined_fits_a_linear_layer_for_two_directions(case):
    """
    The rows of the top layer, joined, are what the linear layer reads.
    """
    linear = nn.Linear(2 * case.features, 2)
    h_n = case.states()["h_n"]
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        linear(h_n)

    top = merge_directions(split_state(h_n))[-1]

    assert torch.equal(top, torch.cat([h_n[-2], h_n[-1]], dim=-1))
    assert linear(top).shape == (4, 2)
