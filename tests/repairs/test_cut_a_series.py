"""The recipes of "Cut a time series into windows"."""

import pytest
import torch
from covers import repairs
from references import alone, close, states_of, time_first
from refused import refused
from torch import nn

ONE = [False]


@repairs("cut-a-series")
@pytest.mark.parametrize(("L", "step"), [(4, 1), (3, 2), (5, 5), (10, 1)])
def test_windows_are_pieces_of_the_series(L, step):
    """
    Window i is the series from step i on, in both layouts; ``reshape`` gives other values.
    """
    series = torch.randn(10, 2)
    starts = range(0, 10 - L + 1, step)

    windows = series.unfold(0, L, step)

    right = torch.stack([series[i : i + L] for i in starts])
    assert len(windows) == (10 - L) // step + 1
    assert torch.equal(windows.transpose(1, 2), right)
    assert torch.equal(windows.permute(2, 0, 1), right.transpose(0, 1))
    assert windows.reshape(-1, L, 2).shape == right.shape
    assert not torch.equal(windows.reshape(-1, L, 2), right)
    with refused(RuntimeError, "Use .reshape(...) instead"):
        windows.view(-1, L, 2)
    numbers = series[:, 0].unfold(0, L, step).unsqueeze(-1)
    assert torch.equal(numbers, right[..., :1])
    windows[0, 0, 0] = 9
    assert series[0, 0] == 9  # a view


@repairs("cut-a-series")
def test_windows_of_several_series_do_not_cross():
    """
    The windows of all series, one series after another.
    """
    series = torch.randn(3, 10, 2)

    windows = series.unfold(1, 4, 1).flatten(0, 1).transpose(1, 2)

    right = [s[i : i + 4] for s in series for i in range(7)]
    assert torch.equal(windows, torch.stack(right))


@repairs("cut-a-series", "window-targets", bidirectional=ONE, proj_size=[0, 2])
def test_next_step_is_the_target_of_its_window(case):
    """
    Each prediction is that of the window alone, and each target the step after it.
    """
    L, series = 4, torch.randn(10, 3)
    linear = nn.Linear(case.features, 3)

    x = series[:-1].unfold(0, L, 1).transpose(1, 2)
    target = series[L:]
    state = case.layer(x if case.options["batch_first"] else x.transpose(0, 1))[1]
    prediction = linear(states_of(state)[0][-1])

    windows = [series[i : i + L] for i in range(6)]
    assert torch.equal(x, torch.stack(windows))
    assert torch.equal(target, torch.stack([series[i + L] for i in range(6)]))
    right = linear(alone(case.layer, windows)[1][0][-1])
    assert torch.allclose(prediction, right, atol=1e-6)
    assert prediction.shape == target.shape
    loss = nn.functional.mse_loss(prediction, target)
    gradients = torch.autograd.grad(loss, list(case.layer.parameters()))
    assert all(gradient.any() for gradient in gradients)


@repairs("many-to-one", bidirectional=ONE, proj_size=[0, 2])
def test_what_each_pattern_keeps(case):
    """
    Many to one is the last step of many to many; one to many starts from its vector.
    """
    output, state = case.layer(case.x)
    steps = time_first(case, output)
    states = states_of(state)

    assert torch.equal(steps[-1], states[0][-1])
    linear = nn.Linear(case.features, 6)
    assert torch.allclose(time_first(case, linear(output))[-1], linear(states[0][-1]), atol=1e-6)


@repairs("many-to-one", kinds=["RNN", "GRU"], num_layers=[1], bidirectional=ONE)
def test_one_to_many_starts_from_its_vector(case):
    """
    Each sequence is that of its own vector.
    """
    from_vector = nn.Linear(3, case.features)
    x_0 = time_first(case, case.x)[0]
    h_0 = from_vector(x_0).unsqueeze(0)
    zeros = time_first(case, torch.zeros(9, 4, 3))
    many = time_first(case, case.layer(zeros, h_0)[0])
    each, _ = alone(case.layer, [torch.zeros(9, 3)] * 4, (h_0,))
    assert close(many.unbind(1), each)
    assert not torch.allclose(many[:, 0], many[:, 1])


@repairs("many-to-one")
def test_a_backward_direction_has_read_the_answer():
    """
    The gradient of the output at a step reaches the next step in two directions only.
    """
    for bidirectional in (False, True):
        x = torch.randn(7, 1, 3, requires_grad=True)
        output, _ = nn.GRU(3, 5, bidirectional=bidirectional)(x)
        output[3].sum().backward()
        assert bool(x.grad[4].any()) == bidirectional


@repairs("target-at-every-step", bidirectional=ONE)
def test_each_step_has_the_next_as_its_target(case):
    """
    Input and target of a window are one step apart, and the output knows no target.
    """
    series = torch.randn(10, 3)
    windows = series.unfold(0, 5, 1).transpose(1, 2)

    x, target = windows[:, :-1], windows[:, 1:]

    for i in range(len(windows)):
        for t in range(4):
            assert torch.equal(x[i, t], series[i + t])
            assert torch.equal(target[i, t], series[i + t + 1])
    x = time_first(case, x.transpose(0, 1)).clone().requires_grad_()
    output = time_first(case, case.layer(x)[0])
    output[1].sum().backward()
    seen = time_first(case, x.grad).abs().sum(dim=(1, 2)) > 0
    assert seen.tolist() == [True, True, False, False]


@repairs("several-steps-ahead", bidirectional=ONE, proj_size=[0, 2])
@pytest.mark.parametrize("features", [1, 3])
def test_all_steps_ahead_from_the_last_state(case, features):
    """
    The target is the window that follows, and the forecast reads the whole window.
    """
    L, ahead, series = 4, 3, torch.randn(12, features)
    layer = type(case.layer)(**{**case.arguments, "input_size": features})
    linear = nn.Linear(case.features, ahead * features)

    x = series[:-ahead].unfold(0, L, 1).transpose(1, 2)
    target = series[L:].unfold(0, ahead, 1).transpose(1, 2)
    given = x if case.options["batch_first"] else x.transpose(0, 1)
    h_n = states_of(layer(given)[1])[0]
    prediction = linear(h_n[-1]).unflatten(-1, (ahead, features))

    assert len(x) == len(target) == 6
    for i in range(6):
        assert torch.equal(x[i], series[i : i + L])
        assert torch.equal(target[i], series[i + L : i + L + ahead])
    assert prediction.shape == target.shape
    assert torch.allclose(prediction[2, 1], linear(h_n[-1, 2])[features : 2 * features], atol=1e-6)


@repairs("several-steps-ahead", bidirectional=ONE)
def test_the_last_outputs_are_no_forecast(case):
    """
    The first of the last three outputs has not read the end of the window; ``h_n`` has.
    """
    case.x.requires_grad_()
    output, state = case.layer(case.x)

    for value, reads_all in (
        (time_first(case, output)[-3], False),
        (states_of(state)[0][-1], True),
    ):
        (gradient,) = torch.autograd.grad(value.sum(), case.x, retain_graph=True)
        assert bool(time_first(case, gradient)[-1].any()) == reads_all


@repairs("step-by-step-forecast", bidirectional=ONE, proj_size=[0, 2])
def test_forecast_equals_one_call_over_its_own_inputs(case):
    """
    The window and all predictions but the last, read in one call, give the predictions.
    """
    axis = 1 if case.options["batch_first"] else 0
    linear = nn.Linear(case.features, 3)
    with torch.no_grad():
        output, state = case.layer(case.x)
        predictions = [linear(output.narrow(axis, 6, 1))]
        for _ in range(2):
            output, state = case.layer(predictions[-1], state)
            predictions.append(linear(output))
    forecast = torch.cat(predictions, dim=axis)

    whole, _ = case.layer(torch.cat([case.x, forecast.narrow(axis, 0, 2)], dim=axis))

    assert torch.allclose(linear(whole.narrow(axis, 6, 3)), forecast, atol=1e-6)
    lost, _ = case.layer(predictions[0])  # without the state
    assert not torch.allclose(linear(lost), predictions[1], atol=1e-6)
