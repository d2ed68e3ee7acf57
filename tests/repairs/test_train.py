"""The recipes of "Train a recurrent layer"."""

import pytest
import torch
from covers import repairs
from torch import nn
from torch.nn.functional import cross_entropy, dropout, dropout1d
from torch.utils.data import DataLoader


def gradients(module):
    """Return all gradients in one tensor."""
    return torch.cat([p.grad.flatten() for p in module.parameters()])


def top(case, state):
    """Return the hidden state of the last layer, both directions joined."""
    h_n = state[0] if case.kind == "LSTM" else state
    return torch.cat(list(h_n[-case.num_directions :]), dim=-1)


@repairs("train", proj_size=[0, 2])
def test_training_lowers_the_loss(case):
    """
    The loop learns what it is given, and evaluation keeps no graph.
    """
    linear = nn.Linear(case.features * case.num_directions, 2)
    model = nn.ModuleList([case.layer, linear])
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    x, target = torch.randn_like(case.x), torch.tensor([0, 1, 1, 0])
    losses = []
    for _ in range(100):
        _, state = case.layer(x)
        loss = cross_entropy(linear(top(case, state)), target)
        optimizer.zero_grad()
        loss.backward()
        before = [p.detach().clone() for p in model.parameters()]
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        optimizer.step()
        after = list(model.parameters())
        moved = torch.cat([(a - b).flatten() for a, b in zip(after, before, strict=True)])
        assert moved.norm() < 1.001  # never further than lr * max_norm
        losses.append(loss.item())

    assert losses[-1] < losses[0] / 2
    model.eval()
    assert top(case, case.layer(case.x)[1]).grad_fn is not None  # eval alone keeps the graph
    with torch.no_grad():
        assert top(case, case.layer(case.x)[1]).grad_fn is None


@repairs("train", bidirectional=[True])
def test_the_last_row_is_the_backward_direction(case):
    """
    Both directions of the top layer end where the output of each does; the last row is one of them.
    """
    output, state = case.layer(case.x)
    h_n = state[0] if case.kind == "LSTM" else state
    by_time = output.transpose(0, 1) if case.options["batch_first"] else output

    both = torch.cat([h_n[-2], h_n[-1]], dim=-1)

    size = case.features
    assert torch.allclose(both[:, :size], by_time[-1, :, :size], atol=1e-6)
    assert torch.allclose(h_n[-1], by_time[0, :, size:], atol=1e-6)


@repairs("vanishing-and-exploding", num_layers=[1], bidirectional=[False])
def test_the_gradient_falls_step_by_step(case):
    """
    In each kind and both layouts the norm by step has one number for each step, and vanishes.
    """
    first = case.options["batch_first"]
    shape = (4, 50, 3) if first else (50, 4, 3)
    x = torch.randn(shape, requires_grad=True)
    output, _ = case.layer(x)
    (output[:, -1] if first else output[-1]).sum().backward()

    by_step = x.grad.norm(dim=(0, 2) if first else (1, 2))

    assert by_step.shape == (50,)
    assert by_step[0] < 1e-6 * by_step[-1]


@repairs("vanishing-and-exploding")
def test_a_forget_gate_multiplies_the_cell_state():
    """
    From the last cell state to the first the gradient is the gate to the power of the steps.
    """
    for bias in (0.0, 3.0):
        lstm = nn.LSTM(3, 5)
        for parameter in lstm.parameters():
            nn.init.zeros_(parameter)
        lstm.bias_ih_l0.data[5:10] = bias  # i, f, g, o
        c_0 = torch.randn(1, 4, 5, requires_grad=True)
        lstm(torch.randn(10, 4, 3), (torch.zeros(1, 4, 5), c_0))[1][1].sum().backward()

        right = torch.tensor(bias).sigmoid() ** 10
        assert torch.allclose(c_0.grad, right.expand(1, 4, 5), rtol=1e-4)


@repairs("clip-gradients", batch_first=[False], proj_size=[0, 2])
def test_clipping_scales_all_gradients_by_one_factor(case):
    """
    The norm becomes the largest allowed and the direction stays, in one call; not in several.
    """
    (100 * case.layer(case.x)[0]).sum().backward()
    before = gradients(case.layer)

    norm = nn.utils.clip_grad_norm_(case.layer.parameters(), max_norm=1.0)

    after = gradients(case.layer)
    assert torch.allclose(norm, before.norm(), rtol=1e-4)
    assert torch.allclose(after.norm(), torch.tensor(1.0), atol=1e-4)
    assert torch.allclose(after * norm, before, rtol=1e-3, atol=1e-4)
    for parameter in case.layer.parameters():  # the mistake: a call for each
        nn.utils.clip_grad_norm_(parameter, max_norm=0.1)
    several = gradients(case.layer)
    assert not torch.allclose(several / several.norm(), after, atol=1e-4)


@repairs("clip-gradients")
def test_a_norm_that_is_not_finite_is_refused_on_request():
    """
    Without the argument such gradients become 0 or nan; with it they raise an error.
    """
    parameter = nn.Parameter(torch.ones(3))
    parameter.grad = torch.tensor([torch.inf, 1.0, 2.0])
    with pytest.raises(RuntimeError, match="non-finite"):
        nn.utils.clip_grad_norm_([parameter], 1.0, error_if_nonfinite=True)

    assert nn.utils.clip_grad_norm_([parameter], 1.0) == torch.inf
    assert parameter.grad.isnan().tolist() == [True, False, False]
    assert parameter.grad[1:].tolist() == [0, 0]


@repairs("dropout-where", num_layers=[2], proj_size=[0, 2])
def test_dropout_acts_between_layers_only(case):
    """
    In training the rows of layer 0 stay and those above change, no number of output is dropped,
    and evaluation repeats everything.
    """
    case.layer.dropout = 0.5

    def rows():
        output, state = case.layer(case.x)
        return output, state[0] if case.kind == "LSTM" else state

    (output, first), (_, second) = rows(), rows()
    below = case.num_directions
    assert torch.equal(first[:below], second[:below])
    assert not torch.equal(first[below:], second[below:])
    assert (output != 0).all()
    case.layer.eval()
    assert torch.equal(rows()[0], rows()[0])


class LockedDropout(nn.Module):
    """The module of the page."""

    def __init__(self, p, batch_first=False):
        super().__init__()
        self.p, self.time = p, 1 if batch_first else 0

    def forward(self, x):
        """Drop the same features at each step."""
        mask = torch.ones_like(x.narrow(self.time, 0, 1))
        return x * dropout(mask, self.p, self.training)


@repairs("locked-dropout", num_layers=[1], proj_size=[0, 2])
def test_one_mask_for_all_steps(case):
    """
    The same features are dropped at each step, others in each sequence; the rest is scaled.
    """
    first = case.options["batch_first"]
    output, _ = case.layer(case.x)
    locked = LockedDropout(0.5, batch_first=first)

    ratio = (locked(output) / output).detach()

    by_step = ratio if not first else ratio.transpose(0, 1)
    assert torch.allclose(by_step, by_step[:1].expand_as(by_step), atol=1e-6)
    assert not torch.allclose(by_step[0, 0], by_step[0, 1])
    assert {round(number, 4) for number in ratio.flatten().tolist()} == {0.0, 2.0}
    usual = dropout(torch.ones_like(by_step), 0.5)
    assert not torch.equal(usual, usual[:1].expand_as(usual))  # nn.Dropout is not locked
    assert torch.equal(locked.eval()(output), output)


@repairs("locked-dropout")
def test_without_a_batch_axis_time_is_first():
    """
    With `batch_first=True` an unbatched sequence loses whole steps; without it features.
    """
    x = torch.ones(7, 10)

    right, wrong = LockedDropout(0.5)(x), LockedDropout(0.5, batch_first=True)(x)

    assert torch.equal(right, right[:1].expand_as(right))
    assert 0 < (right[0] == 0).sum() < 10
    assert torch.equal(wrong, wrong[:, :1].expand_as(wrong))


@repairs("locked-dropout")
def test_dropout1d_is_locked_on_the_right_axes_only():
    """
    With features on axis 1 it drops the same ones at each step; else whole steps.
    """
    x = torch.ones(4, 7, 10)

    right = dropout1d(x.transpose(1, 2), 0.5).transpose(1, 2)
    wrong = dropout1d(x, 0.5)

    assert torch.equal(right, right[:, :1].expand_as(right))
    assert 0 < (right[0, 0] == 0).sum() < 10
    assert torch.equal(wrong, wrong[:, :, :1].expand_as(wrong))


def weight_drop(rnn, p, *inputs):
    """Call a layer as the page does."""
    weights = {
        name: dropout(weight, p, rnn.training)
        for name, weight in rnn.named_parameters()
        if name.startswith("weight_hh")
    }
    return torch.func.functional_call(rnn, weights, inputs)


@repairs("weight-drop", proj_size=[0, 2])
def test_dropped_weights_are_used_and_nothing_is_left_behind(case):
    """
    Half of the recurrent weights get no gradient, others get one, and the layer is as before.
    """
    before = case.layer(case.x)[0]

    output, _ = weight_drop(case.layer, 0.5, case.x)
    output.sum().backward()

    assert not torch.allclose(output, before)
    for name, weight in case.layer.named_parameters():
        dropped = (weight.grad == 0).float().mean()
        assert (0.2 < dropped < 0.8) if name.startswith("weight_hh") else dropped < 0.2
    assert torch.equal(case.layer(case.x)[0], before)
    case.layer.eval()
    assert torch.equal(weight_drop(case.layer, 0.5, case.x)[0], before)


@repairs("reproducible-training", num_layers=[2], batch_first=[True], bidirectional=[False])
def test_two_runs_are_equal(case):
    """
    Weights, dropout and the order of the batches repeat with the seed, and change with it.
    """
    data, kind = case.x, type(case.layer)

    def train(seed, draw_once_more=False):
        torch.manual_seed(seed)
        layer = kind(3, 5, 2, dropout=0.5, batch_first=True)
        optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
        if draw_once_more:
            torch.rand(1)
        for x in DataLoader(data, 2, shuffle=True):
            optimizer.zero_grad()
            layer(x)[0].square().mean().backward()
            optimizer.step()
        return layer.weight_hh_l1.detach()

    assert torch.equal(train(0), train(0))
    assert not torch.equal(train(0), train(1))
    assert not torch.equal(train(0), train(0, draw_once_more=True))


@repairs("one-direction-to-two", bidirectional=[True], proj_size=[0, 2])
def test_the_forward_half_is_the_old_layer(case):
    """
    After copying, the forward half of output and states is what the old layer gives.
    """
    both = case.layer
    one = type(both)(**{**case.arguments, "bidirectional": False})
    if case.sizes[2] == 2:
        with pytest.raises(RuntimeError, match="size mismatch"):
            both.load_state_dict(one.state_dict(), strict=False)
    backward = {n: p.clone() for n, p in both.named_parameters() if n.endswith("_reverse")}

    with torch.no_grad():
        for name, weight in one.named_parameters():
            new = both.get_parameter(name)
            new.zero_()
            new[..., : weight.shape[-1]].copy_(weight)

    output, state = both(case.x)
    right, right_state = one(case.x)
    assert torch.allclose(output[..., : case.features], right, atol=1e-6)
    states = zip(state, right_state, strict=True) if case.kind == "LSTM" else [(state, right_state)]
    assert all(torch.allclose(s[0::2], r, atol=1e-6) for s, r in states)
    assert all(torch.equal(both.get_parameter(name), p) for name, p in backward.items())
    output[..., : case.features].sum().backward()
    if case.sizes[2] == 2:  # training changes the zeros
        assert both.weight_ih_l1.grad[:, case.features :].any()
    if case.sizes[2] == 1:  # with one layer loading is enough
        fresh = type(both)(**case.arguments)
        fresh.load_state_dict(one.state_dict(), strict=False)
        assert torch.allclose(fresh(case.x)[0][..., : case.features], right, atol=1e-6)
