"""The repairs of "Errors after the layer": saved weights."""

import copy
import io
import pickle
from unittest import mock

import pytest
import torch
from covers import repairs
from references import close
from torch import nn


def arguments(case, **changed):
    """Return the arguments of a case, some of them changed."""
    return {**case.arguments, **changed}


def different_in(case):
    """Yield the arguments of a layer that the saved one does not fit, and a key that says so."""
    if case.bidirectional:
        yield arguments(case, bidirectional=False), r"Unexpected key\(s\).*weight_ih_l0_reverse"
    else:
        yield arguments(case, bidirectional=True), r"Missing key\(s\).*weight_ih_l0_reverse"
    layers = case.sizes[2]
    missing = rf'Missing key\(s\).*"weight_ih_l{layers}"'
    yield arguments(case, num_layers=layers + 1), missing
    yield arguments(case, bias=False), r'Unexpected key\(s\).*"bias_ih_l0"'
    if case.kind == "LSTM":
        sizes = {0: (2, "Missing"), 2: (0, "Unexpected")}
        proj_size, says = sizes[case.layer.proj_size]
        yield arguments(case, proj_size=proj_size), rf'{says} key\(s\).*"weight_hr_l0"'


@repairs("error-load-state-dict", proj_size=[0, 2])
def test_layer_made_as_the_saved_one_takes_its_weights(case):
    """
    A new layer with the saved one's arguments computes the same; the refused one is half saved.
    """
    saved, kind = case.layer.state_dict(), type(case.layer)
    for wrong, message in different_in(case):
        refused = kind(**wrong)
        before = copy.deepcopy(refused.state_dict())
        with pytest.raises(RuntimeError, match=message):
            refused.load_state_dict(saved)
        assert torch.equal(refused.weight_ih_l0, saved["weight_ih_l0"])
        assert not torch.equal(before["weight_ih_l0"], saved["weight_ih_l0"])

    layer = kind(**case.arguments)
    layer.load_state_dict(saved)

    assert close(layer(case.x), case.layer(case.x))


@repairs("error-load-state-dict", proj_size=[0, 2])
@pytest.mark.parametrize("prefix", ["module.", "lstm.", "module.lstm."])
def test_prefix_is_taken_from_every_key(case, prefix):
    """
    Without the prefix the layer takes the weights; refused, it has taken none.
    """
    saved = {prefix + key: value for key, value in case.layer.state_dict().items()}
    layer = type(case.layer)(**case.arguments)
    before = copy.deepcopy(layer.state_dict())
    with pytest.raises(RuntimeError, match=r'Missing key.*"weight_ih_l0"'):
        layer.load_state_dict(saved)
    assert all(torch.equal(before[key], value) for key, value in layer.state_dict().items())

    layer.load_state_dict({key.removeprefix(prefix): value for key, value in saved.items()})

    assert close(layer(case.x), case.layer(case.x))


@repairs("error-load-state-dict")
def test_state_is_taken_out_of_the_dictionary_around_it(case, tmp_path):
    """
    A checkpoint holds the state under a name of its own.
    """
    torch.save({"epoch": 3, "model": case.layer.state_dict()}, tmp_path / "checkpoint.pt")
    checkpoint = torch.load(tmp_path / "checkpoint.pt")
    layer = type(case.layer)(**case.arguments)
    with pytest.raises(RuntimeError, match=r'Missing key.*"weight_ih_l0"'):
        layer.load_state_dict(checkpoint)

    layer.load_state_dict(checkpoint["model"])

    assert close(layer(case.x), case.layer(case.x))


@repairs("error-load-size", proj_size=[0, 2])
def test_sizes_are_read_from_the_saved_weights(case):
    """
    The second size of weight_ih_l0 is input_size, the first a multiple of hidden_size.
    """
    saved, kind = case.layer.state_dict(), type(case.layer)
    refused = kind(**arguments(case, input_size=4))
    before = refused.weight_hh_l0.clone()
    with pytest.raises(RuntimeError, match="size mismatch for weight_ih_l0: copying a param"):
        refused.load_state_dict(saved)
    assert torch.equal(refused.weight_hh_l0, saved["weight_hh_l0"])  # half saved
    assert not torch.equal(before, saved["weight_hh_l0"])

    rows, input_size = saved["weight_ih_l0"].shape
    hidden_size = rows // {"LSTM": 4, "GRU": 3, "RNN": 1}[case.kind]
    layer = kind(**arguments(case, input_size=input_size, hidden_size=hidden_size))
    layer.load_state_dict(saved)

    assert close(layer(case.x), case.layer(case.x))


@repairs("error-load-size")
def test_weight_hh_tells_kind_and_hidden_size(case):
    """
    Its second size is hidden_size, and the first size over it tells the kind of the saved layer.
    """
    saved = case.layer.state_dict()
    others = {4: nn.LSTM, 3: nn.GRU, 1: nn.RNN}
    for kind in set(others.values()) - {type(case.layer)}:
        options = {k: v for k, v in case.arguments.items() if k != "proj_size"}
        with pytest.raises(RuntimeError, match="size mismatch for weight_hh_l0"):
            kind(**options).load_state_dict(saved)

    rows, hidden_size = saved["weight_hh_l0"].shape

    assert others[rows // hidden_size] is type(case.layer)
    assert hidden_size == case.sizes[1]


@repairs("error-assign-weight", proj_size=[0, 2])
@pytest.mark.parametrize("how", ["assigned", "put back and copied", "copied"])
def test_layer_computes_with_the_weight_and_trains_it(case, how):
    """
    Output and gradient are those of a fresh layer with these weights, before and after a step.
    """
    layer, weight = case.layer, torch.randn_like(case.layer.weight_ih_l0)
    if how != "copied":
        with pytest.raises(TypeError, match=r"cannot assign 'torch.FloatTensor' as parameter"):
            layer.weight_ih_l0 = weight

    if how == "assigned":
        layer.weight_ih_l0 = nn.Parameter(weight.clone())
    else:
        if how != "copied":
            layer.weight_ih_l0 = layer.weight_ih_l0
        with torch.no_grad():
            layer.weight_ih_l0.copy_(weight)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    fresh = type(layer)(**case.arguments)

    for _ in range(2):
        fresh.load_state_dict(layer.state_dict())
        optimizer.zero_grad()
        fresh.zero_grad()
        returned, wanted = layer(case.x), fresh(case.x)
        assert close(returned, wanted)
        returned[0].sum().backward()
        wanted[0].sum().backward()
        for ours, theirs in zip(layer.parameters(), fresh.parameters(), strict=True):
            assert torch.allclose(ours.grad, theirs.grad, atol=1e-5)
        optimizer.step()
    assert not torch.equal(layer.weight_ih_l0, weight)


@repairs("error-assign-weight")
def test_copying_after_the_refused_line_leaves_a_broken_layer(case):
    """
    This is why the section does not say so: the layer goes on with the plain tensor.
    """
    weight = torch.randn_like(case.layer.weight_ih_l0)
    with pytest.raises(TypeError, match="cannot assign"):
        case.layer.weight_ih_l0 = weight
    with torch.no_grad():
        case.layer.weight_ih_l0.copy_(weight)

    case.layer(case.x)[0].sum().backward()

    assert case.layer.weight_ih_l0.grad is None


@repairs("error-assign-weight")
@pytest.mark.parametrize("kind", [nn.RNNCell, nn.GRUCell, nn.LSTMCell])
def test_cell_is_left_as_it_was(kind):
    """
    A cell refuses the tensor too; copied into, it computes with it and trains it.
    """
    cell, x_t = kind(3, 5), torch.randn(4, 3)
    weight = torch.randn_like(cell.weight_ih)
    with pytest.raises(TypeError, match="cannot assign"):
        cell.weight_ih = weight
    with torch.no_grad():
        cell.weight_ih.copy_(weight)

    fresh = kind(3, 5)
    fresh.load_state_dict(cell.state_dict())

    h, wanted = (c(x_t)[0] if kind is nn.LSTMCell else c(x_t) for c in (cell, fresh))
    assert torch.allclose(h, wanted)
    h.sum().backward()
    assert cell.weight_ih.grad.any()


def old_file(layer, without):
    """Save a whole model whose layer lacks attributes, as an old PyTorch did."""
    state = {k: v for k, v in layer.__getstate__().items() if not k.startswith(without)}
    file = io.BytesIO()
    with mock.patch.object(nn.RNNBase, "__getstate__", return_value=state):
        torch.save(nn.ModuleList([layer]), file)
    file.seek(0)
    return file


@repairs("error-old-file", proj_size=[0, 2])
def test_weights_of_a_whole_old_layer_are_read(case):
    """
    The file is refused; without the check its state_dict fits a new layer that computes the same.
    """
    file = old_file(case.layer, "_flat")
    with pytest.raises(AttributeError, match=f"'{case.kind}' object has no attribute '_flat_"):
        torch.load(file, weights_only=False)
    file.seek(0)

    usual = nn.RNNBase.__setstate__
    with mock.patch.object(nn.RNNBase, "__setstate__", nn.Module.__setstate__):
        whole = torch.load(file, weights_only=False)
    layer = type(case.layer)(**case.arguments)
    layer.load_state_dict(whole[0].state_dict())

    assert close(layer(case.x), case.layer(case.x))
    assert nn.RNNBase.__setstate__ is usual
    with pytest.raises(AttributeError):  # it does not compute
        whole[0](case.x)


@repairs("error-old-file", layouts=["unbatched"])
def test_a_whole_layer_needs_trust(case):
    """
    A whole layer is refused by default, and loads where the file is trusted.
    """
    file = io.BytesIO()
    torch.save(case.layer, file)
    file.seek(0)
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        torch.load(file)

    file.seek(0)
    whole = torch.load(file, weights_only=False)
    assert close(whole(case.x), case.layer(case.x))


@repairs("error-old-file")
def test_a_missing_proj_size_is_set(case):
    """
    This release reads a layer from before `proj_size` as it is.
    """
    (layer,) = torch.load(old_file(case.layer, "proj_size"), weights_only=False)

    assert layer.proj_size == 0
    assert close(layer(case.x), case.layer(case.x))
