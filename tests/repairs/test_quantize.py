"""The recipes of "Quantize a GRU or LSTM"."""

import copy

import pytest
import torch
from covers import HIDDEN_SIZE, INPUT_SIZE, repairs
from torch import nn

quantize_dynamic = pytest.importorskip("torch.ao.quantization").quantize_dynamic

# The module warns that it is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore")
QUANTIZED = ["GRU", "LSTM"]
CLOSE = 0.1  # 8 bits of weights and of input


class Encoder(nn.Module):
    """Hold a layer, and pass a state."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x, state=None):
        """Return what the layer returns."""
        return self.layer(x, state)


def quantized(layer):
    """Return a model with the layer quantized."""
    return quantize_dynamic(Encoder(layer).eval(), {nn.LSTM, nn.GRU})


def flat(returned):
    """Return the tensors of a result."""
    output, last = returned
    return [getattr(output, "data", output), *(last if isinstance(last, tuple) else (last,))]


def differ(ours, theirs):
    """Return the largest difference of two results of one shape."""
    pairs = list(zip(flat(ours), flat(theirs), strict=True))
    assert all(a.shape == b.shape and a.dtype == b.dtype for a, b in pairs)
    return max((a - b).abs().max().item() for a, b in pairs)


def state(case):
    """Return a random state for the layer of a case."""
    batch_size = case.x.shape[0 if case.options["batch_first"] else 1]
    rows = case.num_directions * case.sizes[2]
    h_0, c_0 = torch.randn(2, rows, batch_size, HIDDEN_SIZE)
    return (h_0, c_0) if case.kind == "LSTM" else h_0


@repairs("quantize", kinds=QUANTIZED)
def test_shapes_stay_and_numbers_change_a_little(case):
    """
    Without and with a state, outputs and states have their shapes, and are close, not equal.
    """
    small = quantized(case.layer)

    for given in (None, state(case)):
        assert 0 < differ(small(case.x, given), case.layer(case.x, given)) < CLOSE


@repairs("quantize", kinds=QUANTIZED, layouts=["packed"])
def test_packed_input_stays_packed(case):
    """
    Packed input gives packed output, in the same order.
    """
    packed = case.packed()
    ours, theirs = quantized(case.layer)(packed), case.layer(packed)

    assert 0 < differ(ours, theirs) < CLOSE
    assert torch.equal(ours[0].batch_sizes, theirs[0].batch_sizes)
    assert torch.equal(ours[0].unsorted_indices, theirs[0].unsorted_indices)


def is_quantized(module):
    """Return whether a module is a quantized one."""
    return "quantized" in type(module).__module__


@repairs("what-is-not-quantized")
def test_bare_layers_and_plain_layers_stay(case):
    """
    A bare layer stays as it is, and a plain one in a model too.
    """
    kind, inside = type(case.layer), nn.Sequential(case.layer)

    assert not is_quantized(quantize_dynamic(case.layer, {kind}))
    assert is_quantized(quantize_dynamic(inside, {kind})[0]) == (case.kind in QUANTIZED)


@repairs("what-is-not-quantized", num_layers=[1], bidirectional=[False], batch_first=[False])
def test_cells_are_quantized_where_they_are_named(case):
    """
    Each of the three cells can be quantized, and gives nearly the layer's last state.
    """
    cell = getattr(nn, f"{case.kind}Cell")(INPUT_SIZE, HIDDEN_SIZE)
    weights = {name.removesuffix("_l0"): p for name, p in case.layer.state_dict().items()}
    cell.load_state_dict(weights)
    small = quantize_dynamic(nn.Sequential(cell).eval(), {type(cell)})[0]
    assert is_quantized(small)

    now = None
    for x_t in case.x:
        now = small(x_t, now)

    h_n = case.states()["h_n"][0]
    h = now[0] if case.kind == "LSTM" else now
    assert 0 < (h - h_n).abs().max() < CLOSE


@repairs("what-is-not-quantized", kinds=QUANTIZED)
def test_what_does_not_work_says_so(case):
    """
    No bias, no batch axis, and another type; a batch of one sequence works.
    """
    without = type(case.layer)(INPUT_SIZE, HIDDEN_SIZE, bias=False)
    with pytest.raises(AssertionError, match="bias must be True"):
        quantized(without)
    small, x = quantized(case.layer), torch.randn(7, INPUT_SIZE)
    with pytest.raises(RuntimeError, match="input must have 3 dimensions, got 2"):
        small(x)
    with pytest.raises(RuntimeError, match="expected scalar type Float but found Double"):
        small(case.x.double())

    axis = 0 if case.options["batch_first"] else 1
    output, _ = small(x.unsqueeze(axis))
    assert (output.squeeze(axis) - case.layer(x)[0]).abs().max() < CLOSE


@repairs("what-is-not-quantized", kinds=["LSTM"], proj_size=[2])
def test_projections_fail_at_the_first_call(case):
    """
    A projection is quantized without a word, and then refused.
    """
    small = quantized(case.layer)
    with pytest.raises(RuntimeError, match="number of rows in the packB"):
        small(case.x)


@repairs("load-before-quantizing", kinds=QUANTIZED)
def test_weights_go_in_before(case):
    """
    Afterwards they are refused; loaded before, or taken from a quantized model, they arrive.
    """
    trained = Encoder(case.layer).eval()
    new = Encoder(type(case.layer)(**case.arguments)).eval()
    late = quantize_dynamic(copy.deepcopy(new), {nn.LSTM, nn.GRU})
    assert not list(late.parameters())
    assert not hasattr(late.layer, "weight_ih_l0")
    with pytest.raises(KeyError):
        late.load_state_dict(trained.state_dict())

    new.load_state_dict(trained.state_dict())
    small, again = quantized(case.layer), quantize_dynamic(new, {nn.LSTM, nn.GRU})
    other = quantized(type(case.layer)(**case.arguments))
    assert differ(small(case.x), other(case.x)) > 0
    other.load_state_dict(small.state_dict())

    assert differ(small(case.x), again(case.x)) == 0
    assert differ(small(case.x), other(case.x)) == 0


@repairs("quantized-state", kinds=QUANTIZED, bidirectional=[False])
def test_parts_are_close_to_the_whole(case):
    """
    With the state carried, parts are close to one call; without it they are not as close.
    """
    time, batch = (1, 0) if case.options["batch_first"] else (0, 1)
    small, x = quantized(case.layer), case.x * 2 - 1
    whole, last = small(x)
    first, now = small(x.narrow(time, 0, 4))
    second, now = small(x.narrow(time, 4, 3), now)
    forgotten, _ = small(x.narrow(time, 4, 3))

    carried = differ((torch.cat([first, second], time), now), (whole, last))
    assert 0 < carried < CLOSE
    assert (forgotten - whole.narrow(time, 4, 3)).abs().max() > 3 * carried
    alone, _ = small(x.narrow(batch, 0, 1))
    assert 0 < (alone - whole.narrow(batch, 0, 1)).abs().max() < CLOSE
