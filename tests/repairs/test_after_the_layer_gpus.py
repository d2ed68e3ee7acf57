"""The repairs of "Errors after the layer": warnings, cuDNN and several GPUs."""

import copy

import pytest
import torch
from covers import BATCH_SIZE, SEQ_LEN, repairs
from references import close, give, mapped, states_of
from refused import checked
from torch import Tensor, nn


@repairs("error-dropout-one-layer", num_layers=[1], proj_size=[0, 2])
def test_dropout_module_drops_what_the_argument_does_not(case):
    """
    With one layer the argument changes nothing; the module drops and scales, until eval().
    """
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last"):
        warned = type(case.layer)(**case.arguments, dropout=0.5)
    warned.load_state_dict(case.layer.state_dict())
    output, _ = case.layer(case.x)
    assert torch.equal(warned(case.x)[0], output)

    dropout = nn.Dropout(0.5)
    dropped = dropout(output)

    assert dropped.eq(0).any()
    assert torch.equal(dropped, torch.where(dropped == 0, 0.0, 2 * output))
    assert torch.equal(dropout.eval()(output), output)


@repairs("error-cudnn-eval", proj_size=[0, 2])
def test_gradients_in_evaluation_leave_the_model_as_it_was(case):
    """
    Both ways give the result of eval(), gradients for the input, and put everything back.
    """
    layer = type(case.layer)(**case.arguments).eval()
    layer.dropout = 0.5  # as the argument, without its warning for one layer
    x = case.x.clone().requires_grad_()
    wanted = layer(x)
    wanted[0].sum().backward()
    gradient, x.grad = x.grad, None

    with torch.backends.cudnn.flags(enabled=False):
        first = layer(x)
    first[0].sum().backward()
    assert torch.allclose(x.grad, gradient, atol=1e-6)
    x.grad = None
    dropout, layer.dropout = layer.dropout, 0.0
    second = layer.train()(x)
    second[0].sum().backward()
    layer.dropout = dropout
    layer.eval()

    assert close(first, wanted)
    assert close(second, wanted)
    assert torch.allclose(x.grad, gradient, atol=1e-6)
    assert torch.backends.cudnn.enabled
    assert (layer.training, layer.dropout) == (False, 0.5)
    if case.sizes[2] == 2:
        layer.train()
        assert not torch.equal(layer(x)[0], layer(x)[0])  # dropout works again


@repairs("error-cudnn-eval")
def test_train_of_the_whole_model_is_another_result(case):
    """
    That is why the layer alone is put into training mode: the averages of the model change.
    """
    norm, dropout = nn.BatchNorm1d(SEQ_LEN), nn.Dropout(0.5)
    model = nn.ModuleList([case.layer, norm, dropout]).eval()

    def run():
        output, _ = case.layer(case.x)
        output = output if case.options["batch_first"] else output.transpose(0, 1)
        return dropout(norm(output))

    wanted, mean = run(), norm.running_mean.clone()
    case.layer.train()
    assert torch.allclose(run(), wanted, atol=1e-6)
    assert torch.equal(norm.running_mean, mean)

    model.train()
    assert not torch.allclose(run(), wanted, atol=1e-6)
    assert not torch.equal(norm.running_mean, mean)


@repairs("error-cudnn-double", proj_size=[0, 2])
def test_gradient_of_the_penalty_is_that_of_small_steps(case):
    """
    The second derivative agrees with differences of the first, in float64.
    """
    layer = copy.deepcopy(case.layer).double()
    x = case.x.double().requires_grad_()

    def penalty():
        with torch.backends.cudnn.flags(enabled=False):
            output, _ = layer(x)
        (gradient,) = torch.autograd.grad(output.sum(), x, create_graph=True)
        axes = (1, 2) if case.options["batch_first"] else (0, 2)
        return (gradient.norm(dim=axes) - 1).pow(2).mean()

    penalty().backward()
    step = 1e-6
    values = []
    for sign in (1, -1):
        with torch.no_grad():
            layer.weight_ih_l0[1, 2] += sign * step
        values.append(penalty())
        with torch.no_grad():
            layer.weight_ih_l0[1, 2] -= sign * step

    slope = (values[0] - values[1]) / (2 * step)
    assert slope.abs() > 1e-6
    assert torch.allclose(layer.weight_ih_l0.grad[1, 2], slope, rtol=1e-3)


@repairs("error-cudnn-hx", proj_size=[0, 2])
@pytest.mark.parametrize("how", ["transposed", "expanded", "cut"])
def test_contiguous_state_has_the_same_numbers(case, how):
    """
    Each part is contiguous afterwards, and the layer starts from the same state.
    """

    def start(part):
        rows, batch_size, features = part.shape
        if how == "transposed":
            return torch.randn(batch_size, rows, features).transpose(0, 1)
        if how == "expanded":
            return torch.randn(rows, 1, features).expand(-1, batch_size, -1)
        return torch.randn(rows, batch_size, 2 * features)[..., :features]

    state = mapped(case.layer(case.x)[1], start)
    if how != "transposed" or len(states_of(state)[0]) > 1:
        assert not states_of(state)[0].is_contiguous()

    whole = mapped(state, Tensor.contiguous)

    assert all(part.is_contiguous() for part in states_of(whole))
    assert all(map(torch.equal, states_of(state), states_of(whole)))
    assert close(case.layer(case.x, whole), case.layer(case.x, state))
    assert not close(case.layer(case.x, whole), case.layer(case.x))


@repairs("error-data-parallel", num_layers=[2], batch_first=[True], proj_size=[0, 2])
def test_state_goes_in_and_comes_out_batch_first(case):
    """
    Two halves of a batch, joined on axis 0, are the results of the whole batch.
    """
    state = mapped(case.layer(case.x)[1], torch.randn_like)
    wanted = case.layer(case.x, state)
    rows = 2 * case.num_directions
    size = r"hidden\[0\] size" if case.kind == "LSTM" else "hidden size"
    with pytest.raises(RuntimeError, match=rf"Expected {size} \({rows}, 2, .*got \[{rows // 2}, 4"):
        case.layer(case.x.chunk(2)[0], mapped(state, lambda part: part.chunk(2)[0]))
    half, cut = case.x.chunk(2)[0], mapped(state, lambda part: part.chunk(2)[0])
    of_half = mapped(state, lambda part: part[:, :2])
    # Where the rows are as many as the sequences, a cut state looks like a transposed one.
    said = "in another order" if rows == BATCH_SIZE else "was it cut on axis 0"
    checked((case.layer, half, cut), (case.layer, half, of_half), said)

    def forward(x, state):
        inside = mapped(state, lambda part: part.transpose(0, 1).contiguous())
        output, after = case.layer(x, inside)
        return output, mapped(after, lambda part: part.transpose(0, 1))

    by_sequence = mapped(state, lambda part: part.transpose(0, 1))
    halves = [mapped(by_sequence, lambda part: part.chunk(2)[k]) for k in range(2)]  # noqa: B023
    returned = [forward(x, half) for x, half in zip(case.x.chunk(2), halves, strict=True)]
    joined = torch.cat([output for output, _ in returned])
    parts = zip(*(states_of(after) for _, after in returned), strict=True)
    after = tuple(torch.cat(part).transpose(0, 1) for part in parts)

    assert close((joined, give(after)), wanted)
    wrong = torch.cat([states_of(part)[0].transpose(0, 1) for _, part in returned])
    assert wrong.shape == (2 * rows, BATCH_SIZE // 2, case.features)  # as it is
