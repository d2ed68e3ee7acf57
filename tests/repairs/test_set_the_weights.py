"""The recipes of "Initialise, share and normalise the weights" on normalised ones."""

import copy
import io

import pytest
import torch
from covers import repairs
from layers import KINDS
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm


@repairs("weight-norm", batch_first=[False], proj_size=[0, 2])
def test_both_parts_of_a_weight_are_trained(case):
    """
    Nothing changes at first; then each call uses the weight that both parts make, and removing
    the parts leaves a plain layer that computes the same.
    """
    layer, x = case.layer, torch.randn_like(case.x)
    names = [name for name, _ in layer.named_parameters() if name.startswith("weight_hh")]
    saved, (before, _) = layer.state_dict(), layer(x)
    for name in names:
        weight_norm(layer, name)
    assert torch.allclose(layer(x)[0], before, atol=1e-6)
    with pytest.raises(RuntimeError, match="Missing key"):
        layer.load_state_dict(saved)

    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
    layer(x)[0].square().mean().backward()
    for name in names:
        lengths, directions = layer.parametrizations[name].parameters()
        assert lengths.grad.any()
        assert directions.grad.any()
        by_hand = lengths * directions / directions.norm(dim=1, keepdim=True)
        assert torch.allclose(getattr(layer, name), by_hand, atol=1e-6)
    optimizer.step()
    layer.flatten_parameters()

    output, _ = layer(x)
    assert not torch.allclose(output, before, atol=1e-4)
    plain = KINDS[case.kind](**case.arguments)
    plain.load_state_dict({name: getattr(layer, name) for name in plain.state_dict()})
    assert torch.allclose(plain(x)[0], output, atol=1e-6)
    for name in names:
        nn.utils.parametrize.remove_parametrizations(layer, name)
    assert set(layer.state_dict()) == set(plain.state_dict())
    assert torch.allclose(layer(x)[0], output, atol=1e-6)


@repairs("weight-norm", batch_first=[False], bidirectional=[False], num_layers=[1])
def test_the_old_function_gives_the_same(case):
    """
    The old function warns, computes and learns the same, and its weights load into the new one.
    """
    new = weight_norm(copy.deepcopy(case.layer), "weight_hh_l0")
    with pytest.warns((FutureWarning, UserWarning), match="deprecated"):
        old = nn.utils.weight_norm(case.layer, "weight_hh_l0")
    for layer in (old, new):
        layer(case.x)[0].square().mean().backward()
        torch.optim.SGD(layer.parameters(), lr=1.0).step()
    assert {"weight_hh_l0_g", "weight_hh_l0_v"} <= set(old.state_dict())
    assert torch.allclose(old(case.x)[0], new(case.x)[0], atol=1e-6)

    fresh = weight_norm(KINDS[case.kind](3, 5), "weight_hh_l0")
    fresh.load_state_dict(old.state_dict())

    assert torch.allclose(fresh(case.x)[0], old(case.x)[0], atol=1e-6)


@repairs("weight-norm", batch_first=[False])
def test_spectral_norm_divides_by_the_largest_singular_value(case):
    """
    Calls in training mode bring the largest singular value to 1; one tensor is trained, and
    removing it leaves a plain layer that computes the same.
    """
    layer, x = case.layer, torch.randn_like(case.x)
    before = layer.weight_hh_l0.detach().clone()
    spectral_norm(layer, "weight_hh_l0")
    for _ in range(50):
        output, _ = layer(x)
    layer.eval()

    weight = layer.weight_hh_l0
    expected = before / torch.linalg.matrix_norm(before, 2)
    assert torch.allclose(weight, expected, atol=1e-3)
    output, _ = layer(x)
    output.square().mean().backward()
    (trained,) = layer.parametrizations.weight_hh_l0.parameters()
    assert trained.grad.any()
    nn.utils.parametrize.remove_parametrizations(layer, "weight_hh_l0")
    assert torch.allclose(layer(x)[0], output, atol=1e-6)


@repairs("weight-norm")
def test_what_fails_with_a_normalised_weight():
    """
    No name, saving the whole layer, and a deep copy after a call; the state dict can be saved.
    """
    with pytest.raises(ValueError, match="'weight'"):
        weight_norm(nn.LSTM(3, 5))
    lstm = weight_norm(nn.LSTM(3, 5), "weight_hh_l0")
    with pytest.raises(RuntimeError, match="state_dict"):
        torch.save(lstm, io.BytesIO())
    lstm(torch.randn(7, 4, 3))
    with pytest.raises(RuntimeError, match="deepcopy"):
        copy.deepcopy(lstm)

    torch.save(lstm.state_dict(), io.BytesIO())
