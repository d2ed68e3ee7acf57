"""The recipes of "Find out why the loss does not fall"."""

import pytest
import torch
from covers import repairs
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss
from torch.nn.utils import clip_grad_norm_

ONE = {"num_layers": [1], "bidirectional": [False], "batch_first": [True]}
CLASSES = torch.tensor([0, 1, 1, 0])


def last(case, x):
    """Return the hidden state of the last layer, both directions joined."""
    state = case.layer(x)[1]
    h_n = state[0] if case.kind == "LSTM" else state
    return torch.cat(list(h_n[-case.num_directions :]), dim=-1)


def learn(case, loss_of, make=torch.optim.Adam, lr=0.05, clip=None, x=None, features=2):
    """Let a model learn 4 sequences by heart; return the last loss and what the model says."""
    linear = nn.Linear(case.features * case.num_directions, features)
    parameters = [*case.layer.parameters(), *linear.parameters()]
    optimizer = make(parameters, lr=lr)
    x = torch.randn_like(case.x) if x is None else x
    for _ in range(150):
        scores = linear(last(case, x))
        loss = loss_of(scores)
        optimizer.zero_grad()
        loss.backward()
        if clip:
            clip_grad_norm_(parameters, clip)
        optimizer.step()
    return loss.item(), scores.detach()


@repairs("loss-does-not-fall", proj_size=[0, 2])
def test_a_right_model_learns_four_sequences_by_heart(case):
    """
    The loss goes near 0 and each sequence has its own class.
    """
    loss, scores = learn(case, lambda scores: cross_entropy(scores, CLASSES))

    assert loss < 0.05
    assert torch.equal(scores.argmax(dim=-1), CLASSES)


@repairs("loss-does-not-fall", **ONE)
def test_a_second_softmax_leaves_a_loss(case):
    """
    With a softmax before it the loss stays above 0.313, however well the model learns.
    """
    loss, scores = learn(case, lambda scores: cross_entropy(scores.softmax(-1), CLASSES))

    assert torch.equal(scores.argmax(dim=-1), CLASSES)
    assert 0.313 < loss < 0.5


@repairs("loss-does-not-fall", **ONE)
def test_relu_on_the_scores_can_stop_the_gradient(case):
    """
    Where all scores are negative, no gradient is left after a ReLU; without it there is one.
    """
    linear = nn.Linear(5, 2)
    nn.init.constant_(linear.bias, -10)
    for squeeze in (torch.relu, lambda scores: scores):
        case.layer.zero_grad()
        cross_entropy(squeeze(linear(last(case, case.x))), CLASSES).backward()
        arrived = any(p.grad.any() for p in case.layer.parameters())
        assert arrived == (squeeze is not torch.relu)


@repairs("loss-does-not-fall")
def test_a_cut_layer_has_no_gradient(case):
    """
    After `detach` every weight of the layer is named; without it none is.
    """
    linear = nn.Linear(5 * case.num_directions, 2)

    def without():
        return [name for name, p in case.layer.named_parameters() if p.grad is None]

    cross_entropy(linear(last(case, case.x).detach()), CLASSES).backward()
    assert without() == [name for name, _ in case.layer.named_parameters()]
    cross_entropy(linear(last(case, case.x)), CLASSES).backward()
    lower = [f"l{n}" for n in range(case.sizes[2])]
    assert without() == []
    assert all(case.layer.get_parameter(f"weight_hh_{n}").grad.any() for n in lower)


@repairs("loss-does-not-fall", **ONE)
def test_numbers_against_a_row_of_numbers_teach_the_mean(case):
    """
    `(N, 1)` against `(N,)` makes every prediction the same; with one shape each is learnt.
    """
    target = torch.tensor([-1.0, 0.0, 1.0, 2.0])
    with pytest.warns(UserWarning, match="target size"):
        _, same = learn(case, lambda scores: mse_loss(scores, target), features=1)
    assert torch.allclose(same, torch.full((4, 1), 0.5), atol=0.05)

    loss, each = learn(case, lambda scores: mse_loss(scores.squeeze(-1), target), features=1)

    assert loss < 0.3
    assert each.std() > 0.8


@repairs("loss-does-not-fall", **ONE)
def test_a_small_max_norm_stops_sgd(case):
    """
    With a norm far above `max_norm` the loss hardly falls; without clipping it does.
    """
    state = {name: p.clone() for name, p in case.layer.state_dict().items()}
    losses = []
    for clip in (1e-4, None):
        case.layer.load_state_dict(state)
        torch.manual_seed(0)

        def loss_of(scores):
            return cross_entropy(scores, CLASSES)

        losses.append(learn(case, loss_of, torch.optim.SGD, lr=1.0, clip=clip)[0])

    assert losses[0] > 0.5 > 0.1 > losses[1]


@repairs("loss-does-not-fall", **ONE)
def test_large_inputs_saturate(case):
    """
    Inputs of hundreds leave the first weights hardly a gradient; scaled ones do not.
    """
    large = 500 + 300 * torch.randn_like(case.x)
    scaled = (large - large.mean((0, 1))) / large.std((0, 1))
    norms = []
    for x in (large, scaled):
        case.layer.zero_grad()
        cross_entropy(last(case, x)[:, :2], CLASSES).backward()
        norms.append(case.layer.weight_hh_l0.grad.norm())

    assert norms[0] < 0.5 * norms[1]


@repairs("loss-does-not-fall", **ONE)
def test_the_spread_over_the_batch_tells_where_sequences_become_alike(case):
    """
    Equal sequences have no spread after the layer; a dead linear layer has none after it.
    """
    assert last(case, case.x[:1].expand(4, -1, -1)).std(dim=0).max() < 1e-6
    h_n = last(case, torch.randn_like(case.x))
    dead = nn.Linear(5, 2)
    nn.init.zeros_(dead.weight)

    assert h_n.std(dim=0).min() > 1e-3
    assert dead(h_n).std(dim=0).max() == 0
