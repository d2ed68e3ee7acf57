"""The recipes of the pages on GPU, cuDNN and MPS, as far as a CPU can check them."""

import copy

import pytest
import torch
from covers import repairs
from references import close, states_of

from rnn_guide import split_state


def hidden(state):
    """Return the hidden state."""
    return state[0] if isinstance(state, tuple) else state


@repairs("devices", proj_size=[0, 2])
def test_zeros_are_made_where_the_input_is(case):
    """
    On another device, here one without numbers, layer and input are enough; a state stays behind.
    """
    layer, x = copy.deepcopy(case.layer).to("meta"), case.x.to("meta")

    output, state = layer(x)

    assert output.device.type == hidden(state).device.type == "meta"
    assert output.shape == case.layer(case.x)[0].shape


def difference(layer, x, device):
    """Compare a device with the CPU as the page does."""
    results = []
    for where in ("cpu", device):
        copied = copy.deepcopy(layer).to(where)
        copied.dropout = 0.0
        inputs = x.detach().to(where).requires_grad_()
        output, state = copied(inputs)
        states = state if isinstance(state, tuple) else (state,)
        sum(t.square().sum() for t in (output, *states)).backward()
        gradients = [inputs.grad, *(p.grad for p in copied.parameters())]
        results.append([t.detach().cpu() for t in (output, *states, *gradients)])
    return max((a - b).abs().max().item() for a, b in zip(*results, strict=True))


@repairs("compare-devices", proj_size=[0, 2])
def test_difference_sees_a_wrong_output_and_a_wrong_gradient(case, monkeypatch):
    """
    It is 0 for the same device, leaves the layer alone, and sees what a wrong device would do.
    """
    before = {name: p.clone() for name, p in case.layer.state_dict().items()}
    case.layer.dropout = 0.5 if case.sizes[2] > 1 else 0.0
    assert difference(case.layer, case.x, "cpu") == 0
    assert case.layer.dropout == (0.5 if case.sizes[2] > 1 else 0.0)
    assert all(p.grad is None for p in case.layer.parameters())
    assert all(torch.equal(p, before[n]) for n, p in case.layer.state_dict().items())

    calls = []
    forward = type(case.layer).forward

    def wrong_forward(self, *inputs):
        calls.append(1)
        output, state = forward(self, *inputs)
        return output + (0.1 if len(calls) % 2 == 0 else 0), state

    monkeypatch.setattr(type(case.layer), "forward", wrong_forward)
    assert difference(case.layer, case.x, "cpu") > 0.09

    class WrongGradient(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, gradient):
            return 2 * gradient

    def wrong_backward(self, *inputs):
        calls.append(1)
        output, state = forward(self, *inputs)
        return WrongGradient.apply(output) if len(calls) % 2 == 0 else output, state

    monkeypatch.setattr(type(case.layer), "forward", wrong_backward)
    assert difference(case.layer, case.x, "cpu") > 1e-3


@repairs("cudnn-limit", bidirectional=[False], proj_size=[0, 2])
def test_steps_in_parts(case):
    """
    With the state passed on, outputs, states and gradients are those of one call.
    """
    steps = 1 if case.options["batch_first"] else 0
    state, outputs = None, []
    for part in case.x.split(3, dim=steps):
        output, state = case.layer(part, state)
        outputs.append(output)
    output, right = case.layer(case.x)

    parameters = list(case.layer.parameters())
    joined = torch.cat(outputs, dim=steps)
    gradients = [torch.autograd.grad(t.square().sum(), parameters) for t in (joined, output)]
    assert close((joined, *states_of(state)), (output, *states_of(right)))
    assert close(*gradients)
    anew = [case.layer(part)[0] for part in case.x.split(3, dim=steps)]
    assert not close(anew, output.split(3, dim=steps))


@repairs("cudnn-limit", proj_size=[0, 2])
def test_sequences_in_parts(case):
    """
    Parts of a batch have the outputs and states of the whole one, in one direction and in two.
    """
    batch = 0 if case.options["batch_first"] else 1
    parts = [case.layer(part) for part in case.x.split(3, dim=batch)]
    output, state = case.layer(case.x)

    states = zip(*(states_of(part[1]) for part in parts), strict=True)
    joined = [torch.cat(part, dim=1) for part in states]
    assert close(
        (torch.cat([part[0] for part in parts], dim=batch), *joined), (output, *states_of(state))
    )


@repairs("cudnn-limit", bidirectional=[True])
def test_steps_in_parts_are_wrong_for_two_directions(case):
    """
    The backward direction of a part has not read what comes after it.
    """
    steps = 1 if case.options["batch_first"] else 0
    state, outputs = None, []
    for part in case.x.split(3, dim=steps):
        output, state = case.layer(part, state)
        outputs.append(output)

    assert not close(outputs, case.layer(case.x)[0].split(3, dim=steps))


@repairs("mps", proj_size=[0, 2])
def test_two_calls_see_what_mps_did_wrong(case, monkeypatch):
    """
    They agree on one device, and see an output in another order.
    """
    layer, x = case.layer.eval(), case.x

    def compare():
        right, _ = layer(x)
        output, _ = copy.deepcopy(layer).to("cpu")(x.to("cpu"))
        return torch.allclose(output.cpu(), right, atol=1e-4)

    assert compare()
    forward, calls = type(layer).forward, []

    def swapped(self, *inputs):
        output, state = forward(self, *inputs)
        calls.append(1)
        return (output if len(calls) % 2 else output.flatten().flip(0).view_as(output)), state

    monkeypatch.setattr(type(layer), "forward", swapped)
    assert not compare()


@repairs("cuda-contiguous", bidirectional=[False], proj_size=[0, 2])
def test_views_become_contiguous_states(case):
    """
    Each view of the page is not contiguous, and after the call it is, with the same numbers.
    """
    rows, features = case.sizes[2], case.features
    both = torch.randn(2 * rows, 4, features)
    learnt = torch.randn(rows, 1, features, requires_grad=True)
    batch_first = torch.randn(4, rows, features)
    cut = torch.randn(rows, 8, features)[:, ::2]
    views = [learnt.expand(rows, 4, features), cut]
    if rows > 1:
        views += [both[0::2], split_state(both).forward, batch_first.transpose(0, 1)]
    for view in views:
        assert not view.is_contiguous()
        h_0 = view.contiguous()
        c_0 = torch.randn(rows, 4, 5)
        given = (h_0, c_0) if case.kind == "LSTM" else h_0
        same = (view, c_0) if case.kind == "LSTM" else view

        output, _ = case.layer(case.x, given)

        assert h_0.is_contiguous()
        assert torch.equal(h_0, view)
        assert torch.allclose(output, case.layer(case.x, same)[0], atol=1e-6)
    case.layer(case.x, (views[0].contiguous(), c_0) if case.kind == "LSTM" else views[0])[
        0
    ].sum().backward()
    assert learnt.grad.any()
    assert torch.cat([both[:rows], both[rows:]], dim=-1).is_contiguous()


@repairs("double-backward", proj_size=[0, 2])
def test_gradient_of_a_gradient(case):
    """
    The penalty has a gradient, equal to a difference quotient, and the switch goes back.
    """
    enabled = torch.backends.cudnn.enabled
    layer = case.layer.double()
    x = case.x.double().requires_grad_()

    def penalty():
        with torch.backends.cudnn.flags(enabled=False):
            output, _ = layer(x)
        (gradient,) = torch.autograd.grad(output.sum(), x, create_graph=True)
        return (gradient.norm(dim=-1) - 1).square().mean()

    penalty().backward()

    weight, step = layer.weight_hh_l0, 1e-6
    found = weight.grad[0, 0].item()
    with torch.no_grad():
        weight[0, 0] += step
    up = penalty().item()
    with torch.no_grad():
        weight[0, 0] -= 2 * step
    quotient = (up - penalty().item()) / (2 * step)
    assert abs(found - quotient) < 1e-6
    assert found != 0
    assert torch.backends.cudnn.enabled == enabled


@pytest.fixture
def without_onednn():
    """Compute without oneDNN."""
    torch.backends.mkldnn.enabled = False
    yield
    torch.backends.mkldnn.enabled = True


@repairs("onednn", kinds=["LSTM"])
def test_without_onednn_the_message_names_both_types(case, without_onednn):
    """
    The cause is named without oneDNN, the converted state is taken, and the numbers are the same.
    """
    rows = case.num_directions * case.sizes[2]
    x = case.x
    for dtype in (torch.float64, torch.bfloat16, torch.float16):
        state = torch.randn(rows, 4, 5).to(dtype), torch.randn(rows, 4, 5).to(dtype)
        torch.backends.mkldnn.enabled = True
        with pytest.raises(RuntimeError, match=r"get_mkldnn_dtype|primitive descriptor"):
            case.layer(x, state)
        torch.backends.mkldnn.enabled = False
        with pytest.raises(RuntimeError, match="must have the same dtype"):
            case.layer(x, state)
        converted = tuple(s.to(x.dtype) for s in state)
        without, _ = case.layer(x, converted)
        torch.backends.mkldnn.enabled = True
        assert torch.allclose(case.layer(x, converted)[0], without, atol=1e-6)


@repairs("onednn", kinds=["RNN", "GRU"], batch_first=[False])
def test_rnn_and_gru_name_both_types_at_once(case):
    """
    For RNN and GRU the clear message needs no switch.
    """
    state = torch.zeros(case.num_directions * case.sizes[2], 4, 5, dtype=torch.float64)

    with pytest.raises(RuntimeError, match="must have the same dtype"):
        case.layer(case.x, state)
