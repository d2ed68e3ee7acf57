"""The recipe of "Find out why the loss is NaN"."""

from pathlib import Path

import pytest
import torch
from covers import repairs
from references import states_of, time_first
from refused import refused
from torch import nn
from torch.nn.functional import cross_entropy, ctc_loss, mse_loss
from torch.nn.utils import clip_grad_norm_

PART = {"num_layers": [1, 2], "bidirectional": [False], "batch_first": [True]}
NAN, INF = torch.nan, torch.inf


def first_not_finite(case, linear, x, loss_of):
    """Return what the page returns."""
    parameters = [*case.layer.parameters(), *linear.parameters()]
    output, state = case.layer(x)
    loss = loss_of(linear(states_of(state)[0][-1]))
    for parameter in parameters:
        parameter.grad = None
    loss.backward()
    tensors = {"x": x, "output": output, "loss": loss}
    tensors["norm"] = clip_grad_norm_(parameters, max_norm=1.0)
    return next((name for name, value in tensors.items() if not value.isfinite().all()), None)


def square(scores):
    """Return a loss that is always finite."""
    return scores.square().mean()


LOSSES = {
    "log of 0": (lambda s: -(0 * s).log().mean(), "loss"),
    "log of a softmax": (lambda s: (1e5 * s).softmax(-1).log().mean(), "loss"),
    "log_softmax": (lambda s: (1e5 * s).log_softmax(-1).mean(), None),
    "0 by 0": (lambda s: (0 * s).sum() / 0, "loss"),
    "lengths of 0": (lambda s: (s.sum(-1) / torch.zeros(4)).mean(), "loss"),
    "clamped lengths": (lambda s: (s.sum(-1) / torch.zeros(4).clamp(min=1)).mean(), None),
    "no real step": (lambda s: cross_entropy(s, torch.full((4,), -100)), "loss"),
    "root of 0": (lambda s: square(0 * s).sqrt(), "norm"),
    "root above 0": (lambda s: (square(0 * s) + 1e-8).sqrt(), None),
    "float16": (lambda s: (1e8 * s).half().float().mean(), "loss"),
    "float32": (lambda s: (1e8 * s).mean(), None),
}


@repairs("loss-is-nan", proj_size=[0, 2], **PART)
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_ones_own_is_found(case, name):
    """
    The first tensor that is not finite is the loss, or the gradients; the repair leaves none.
    """
    loss_of, found = LOSSES[name]
    linear = nn.Linear(case.features, 3)
    nn.init.normal_(linear.weight)

    assert first_not_finite(case, linear, case.x, loss_of) == found


@repairs("loss-is-nan", **PART)
def test_the_input_is_found(case):
    """
    A missing value is found in the input, a mask does not help, a number does; the other sequences
    and the steps before it stay finite.
    """
    linear = nn.Linear(case.features, 3)
    missing = case.x.clone()
    missing[1, 2, 0] = NAN

    assert first_not_finite(case, linear, missing, square) == "x"
    output = time_first(case, case.layer(missing)[0])
    assert not output[2:, 1].isfinite().any()
    assert output[:2, 1].isfinite().all()
    assert output[:, [0, 2, 3]].isfinite().all()
    masked = missing * torch.ones_like(missing).index_fill(1, torch.tensor(2), 0)
    assert first_not_finite(case, linear, masked, square) == "x"
    assert first_not_finite(case, linear, missing.nan_to_num(), square) is None
    constant = torch.full((5, 1), 3.0)
    assert ((constant - constant.mean()) / constant.std()).isnan().all()


@repairs("loss-is-nan", num_layers=[1], bidirectional=[False], batch_first=[True])
def test_inf_in_the_input_can_leave_the_output_finite(case):
    """
    The gates are at their ends, so the output is finite, and yet the gradients are not.
    """
    case.x[1, 2, 0] = INF

    output, _ = case.layer(case.x)
    output.sum().backward()

    assert output.isfinite().all()
    assert not case.layer.weight_ih_l0.grad.isfinite().all()


@repairs("loss-is-nan", **PART)
def test_weights_stay_spoilt(case):
    """
    After one update with such gradients, clipped or not, a right batch has an output that is not
    finite, and the weights tell; what was saved before is well.
    """
    linear = nn.Linear(case.features, 3)
    before = {name: p.clone() for name, p in case.layer.state_dict().items()}
    optimizer = torch.optim.SGD(case.layer.parameters(), lr=0.1)
    missing = case.x.clone()
    missing[1, 2, 0] = NAN

    first_not_finite(case, linear, missing, square)
    optimizer.step()

    assert first_not_finite(case, linear, case.x, square) == "output"
    assert not all(p.isfinite().all() for p in case.layer.parameters())
    case.layer.load_state_dict(before)
    assert first_not_finite(case, linear, case.x, square) is None


@repairs("loss-is-nan", num_layers=[1], bidirectional=[False], batch_first=[True])
def test_a_large_rate_makes_the_loss_leap(case):
    """
    With a rate of 10 the loss grows in leaps, then it is not finite; clipped, or with a far smaller
    rate, it stays finite.
    """
    start = {name: p.clone() for name, p in case.layer.state_dict().items()}
    linear, target = nn.Linear(case.features, 1), torch.randn(4, 1)
    first = {name: p.clone() for name, p in linear.state_dict().items()}

    def losses(lr, max_norm):
        case.layer.load_state_dict(start)
        linear.load_state_dict(first)
        parameters = [*case.layer.parameters(), *linear.parameters()]
        optimizer = torch.optim.SGD(parameters, lr=lr)
        found = []
        for _ in range(60):
            loss = mse_loss(linear(states_of(case.layer(case.x)[1])[0][-1]), target)
            optimizer.zero_grad()
            loss.backward()
            clip_grad_norm_(parameters, max_norm)
            optimizer.step()
            found.append(loss.item())
        return torch.tensor(found)

    wild = losses(10.0, INF)
    assert not wild.isfinite().all()
    finite = wild[: int(wild.isfinite().int().argmin())]
    assert finite[-1] > 1000 * finite[0]
    assert losses(10.0, 1.0).isfinite().all()
    assert losses(0.01, INF).isfinite().all()


@repairs("loss-is-nan")
def test_what_the_other_causes_give():
    """
    CTC gives inf for a target that is too long; an RNN with ReLU can overflow, and float16 above
    65,504; the detection of anomalies stops at the root.
    """
    log_probs = torch.randn(3, 1, 6).log_softmax(-1)
    labels, length = torch.tensor([[1, 1, 2]]), torch.tensor([3])

    assert ctc_loss(log_probs, labels, torch.tensor([3]), length).isinf()
    assert ctc_loss(log_probs, labels, torch.tensor([3]), length, zero_infinity=True) == 0
    rnn = nn.RNN(1, 1, nonlinearity="relu", bias=False)
    nn.init.ones_(rnn.weight_ih_l0)
    nn.init.constant_(rnn.weight_hh_l0, 2.0)
    assert rnn(torch.ones(200, 1))[0][-1].isinf()
    assert torch.tensor(65_504.0).half().isfinite()
    assert torch.tensor(65_540.0).half().isinf()
    zero = torch.zeros(3, requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        loss = zero.square().mean().sqrt()
        with pytest.warns(UserWarning, match=Path(__file__).name), refused(RuntimeError, "nan"):
            loss.backward()
