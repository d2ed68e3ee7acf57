"""The layer of a case. ``nox -s porting`` has what the tests here need."""

import pytest
import torch
from torch import nn


@pytest.fixture
def layer(kind, num_layers, bias, bidirectional):
    """Make the layer of a case, with the same weights each time."""
    torch.manual_seed(0)
    return getattr(nn, kind)(3, 5, num_layers, bias=bias, bidirectional=bidirectional)
