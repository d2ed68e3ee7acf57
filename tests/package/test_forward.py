"""check_forward takes the calls that PyTorch computes rightly, and refuses the others."""

import os
from functools import partial

import pytest
import torch
from forward_calls import CALL, calls, spoilt
from hypothesis import given
from torch import nn
from torch.nn.utils import parametrizations, prune
from torch.nn.utils.rnn import pack_padded_sequence

from rnn_guide import check_forward

if hasattr(os, "fork"):
    from apart import Ending, server
else:
    pytest.skip("needs processes of their own that share PyTorch", allow_module_level=True)


@pytest.fixture(scope="module")
def ending():
    """Return a function that runs a call in a process of its own."""
    with server() as runs:
        yield lambda call: runs.run(call.program() + CALL.format(autocast=call.autocast))


class TestSameAsPyTorch:
    @given(call=calls())
    def test_right(self, ending, call):
        """
        It takes what PyTorch computes rightly.
        """
        assert ending(call) == Ending("prints", "True")
        assert call.accepted()

    @given(call=spoilt())
    def test_wrong(self, ending, call):
        """
        It refuses what PyTorch refuses, what ends the process, and what gives other numbers.
        """
        ended = ending(call)
        accepted = call.accepted()

        right = ended == Ending("prints", "True")
        assert right or not accepted, ended
        assert accepted or not right or call.by_accident


X, H_0 = torch.zeros(7, 4, 3), torch.zeros(1, 4, 5)
GRU, LSTM = nn.GRU(3, 5), nn.LSTM(3, 5)


class TestAutocast:
    def test_mixes(self):
        """
        Within autocast the types that it converts may be mixed.
        """
        with torch.autocast("cpu"):
            check_forward(GRU, X.bfloat16(), H_0)
            GRU(X.bfloat16(), H_0)
        with pytest.raises(ValueError, match="input must be torch"):
            check_forward(GRU, X.bfloat16(), H_0)

    @pytest.mark.parametrize("x", [X.double(), X.long()])
    def test_leaves_others(self, x):
        """
        It does not convert float64 and integers.
        """
        with torch.autocast("cpu"):
            with pytest.raises(ValueError, match="input must be torch"):
                check_forward(GRU, x)
            with pytest.raises(RuntimeError):
                GRU(x)

    def test_of_another_device(self):
        """
        Autocast for another device than that of the layer changes nothing.
        """
        with torch.autocast("cpu"), pytest.raises(ValueError, match="input must be torch"):
            check_forward(nn.GRU(3, 5, device="meta"), X.bfloat16().to("meta"))


class TestWithoutValues:
    def test_meta(self):
        """
        A call on the device "meta" can be looked at, packed too.
        """
        packed = pack_padded_sequence(X.to("meta"), [2, 7, 4, 1], enforce_sorted=False)

        check_forward(nn.LSTM(3, 5, device="meta"), packed)

    def test_changes_nothing(self):
        """
        Looking at a call computes nothing, keeps no gradient and leaves the random numbers alone.
        """
        x = X.clone().requires_grad_()
        before = torch.get_rng_state()

        check_forward(LSTM, x, (H_0, H_0))

        assert x.grad is None
        assert torch.equal(torch.get_rng_state(), before)


class TestWeights:
    @pytest.mark.parametrize(
        "change", [parametrizations.spectral_norm, partial(prune.random_unstructured, amount=0.5)]
    )
    def test_computed_ones_are_right(self, change):
        """
        A weight that is made from other parameters is no refused one.
        """
        layer = nn.GRU(3, 5)
        change(layer, name="weight_hh_l0")

        check_forward(layer, X, H_0)

    def test_assigned_parameter_is_right(self):
        """
        A parameter that takes the place of what was refused is computed with.
        """
        layer = nn.LSTM(3, 5)
        with pytest.raises(TypeError, match="cannot assign"):
            layer.weight_hh_l0 = torch.zeros(20, 5)

        layer.weight_hh_l0 = nn.Parameter(torch.zeros(20, 5))

        check_forward(layer, X, (H_0, H_0))

    @pytest.mark.skipif(not hasattr(torch, "func"), reason="PyTorch 2.0 brought torch.func")
    def test_given_for_one_call_are_right(self):
        """
        Weights that a call is given, as for an ensemble, are plain tensors.
        """
        seen = []

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.gru = nn.GRU(3, 5)

            def forward(self, x):
                seen.append(check_forward(self.gru, x))
                return self.gru(x)

        model = Model()
        weights = {name: value.detach() + 1 for name, value in model.named_parameters()}

        torch.func.functional_call(model, weights, (X,))

        assert seen == [None]
