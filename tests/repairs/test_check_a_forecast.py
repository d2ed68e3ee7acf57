"""The recipes of "Check whether a forecast only repeats the last value"."""

import pytest
import torch
from covers import repairs
from layers import KINDS
from references import states_of
from torch import nn
from torch.nn.functional import mse_loss

STEPS = 400  # of the series, in windows of
L = 10
TRAINED = 300  # windows


def walk():
    """Return a series that moves by chance."""
    return torch.randn(STEPS, 1).cumsum(0)


def rising_wave():
    """Return a series with structure, whose end is above what training sees."""
    t = torch.arange(float(STEPS)).unsqueeze(-1)
    return (t / 5).sin() + t / 50


def windows(series):
    """Return windows, their targets and their last values."""
    x = series[:-1].unfold(0, L, 1).transpose(1, 2)
    return x, series[L:], x[:, -1]


def forecast(kind, x, target, steps=60):
    """Return what a trained layer says of the windows that it was not trained on."""
    layer, linear = getattr(nn, kind)(1, 16, batch_first=True), nn.Linear(16, 1)
    optimizer = torch.optim.Adam([*layer.parameters(), *linear.parameters()], lr=0.01)

    def predict(x):
        return linear(states_of(layer(x)[1])[0][-1])

    for _ in range(steps):
        loss = mse_loss(predict(x[:TRAINED]), target[:TRAINED])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return predict(x[TRAINED:])


@repairs("check-a-forecast")
@pytest.mark.parametrize("kind", KINDS)
def test_a_forecast_of_a_random_walk_follows_its_last_value(kind):
    """
    It is no better than the naive forecast, and nearer to the last value than to the target.
    """
    torch.manual_seed(2)
    x, target, last = windows(walk())

    prediction = forecast(kind, x, target, steps=150)

    error = mse_loss(prediction, target[TRAINED:])
    assert error > 0.9 * mse_loss(last[TRAINED:], target[TRAINED:])
    assert mse_loss(prediction, last[TRAINED:]) < 0.5 * error


@repairs("check-a-forecast")
@pytest.mark.parametrize("kind", KINDS)
def test_a_target_in_its_own_window_is_copied(kind):
    """
    Targets that begin a step too early are the last steps: the error is far below the naive one,
    and drawn one step later, the forecast is the naive one.
    """
    torch.manual_seed(2)
    series = walk()
    x, target, last = windows(series)
    early = series[L - 1 : -1]

    copied = forecast(kind, x, early, steps=300)

    assert torch.equal(early, last)
    assert torch.equal(target[:-1], x[1:, -1])
    naive = mse_loss(last[TRAINED:], target[TRAINED:])
    assert mse_loss(copied, early[TRAINED:]) < 0.5 * naive
    assert mse_loss(copied, target[TRAINED:]) > 0.9 * naive


@repairs("predict-the-difference")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_differences_forecast_a_wave_and_no_walk(kind, seed):
    """
    A wave that rises above what training saw is forecast well; without the difference it is not,
    and for a random walk nothing is better than the last value.
    """
    torch.manual_seed(seed)

    def errors(series, relative):
        x, target, last = windows(series)
        base = last * relative
        change = forecast(kind, x - base.unsqueeze(1), target - base)
        right = target[TRAINED:]
        return mse_loss(base[TRAINED:] + change, right), mse_loss(last[TRAINED:], right)

    error, naive = errors(rising_wave(), relative=True)
    assert error < 0.5 * naive
    error, naive = errors(rising_wave(), relative=False)
    assert error > 2 * naive
    error, naive = errors(walk(), relative=True)
    assert error > 0.9 * naive
