"""The repairs of "Errors after the layer": TorchScript, export and vmap."""

import contextlib
import warnings

import pytest
import torch
from covers import BATCH_SIZE, repairs
from references import close, mapped, states_of, time_first
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

ATEN = {"RNN": "rnn_tanh", "GRU": "gru", "LSTM": "lstm"}


@contextlib.contextmanager
def quiet():
    """Leave out the warnings: TorchScript is deprecated, and torch.export warns of its cache."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class RNNModule(nn.Module):
    """Script a layer with a state."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor, h_0: Tensor) -> tuple[Tensor, Tensor]:
        """Call the layer."""
        return self.layer(x, h_0)


class LSTMModule(nn.Module):
    """Script an LSTM with its states."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(
        self, x: Tensor, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Call the layer."""
        return self.layer(x, state)


class PackedModule(nn.Module):
    """Script a layer with a packed input."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(self, x: PackedSequence) -> PackedSequence:
        """Return the packed output."""
        return self.layer(x)[0]


@repairs("error-script-forward", proj_size=[0, 2])
def test_module_that_holds_the_layer_is_scripted(case):
    """
    In a sequential for a tensor, in a module with a state: both as the layer, for any length.
    """
    state = mapped(case.layer(case.x)[1], torch.randn_like)
    module = LSTMModule if case.kind == "LSTM" else RNNModule
    with quiet():
        alone = torch.jit.script(case.layer)
        inside = torch.jit.script(nn.Sequential(case.layer))
        with_state = torch.jit.script(module(case.layer))
    with pytest.raises(AttributeError, match="has no attribute 'forward'"):
        alone(case.x)
    with pytest.raises(RuntimeError, match="expected at most 2 argument"):
        inside(case.x, state)

    longer = torch.cat([case.x, case.x], dim=1 if case.options["batch_first"] else 0)
    for x in (case.x, longer):
        assert close(inside(x), case.layer(x))
        assert close(with_state(x, state), case.layer(x, state))


@repairs("error-script-forward", layouts=["packed"])
def test_packed_input_is_taken_by_a_module_of_its_type(case):
    """
    The sequential refuses it; a module whose forward names the type gives the packed output.
    """
    with quiet():
        inside = torch.jit.script(nn.Sequential(case.layer))
        module = torch.jit.script(PackedModule(case.layer))
    with pytest.raises(RuntimeError, match="Expected a value of type 'Tensor"):
        inside(case.packed())

    output = module(case.packed())

    wanted, _ = case.layer(case.packed())
    assert torch.allclose(output.data, wanted.data, atol=1e-6)
    assert torch.equal(output.batch_sizes, wanted.batch_sizes)


@repairs("error-export-length", num_layers=[1], bidirectional=[False], batch_first=[True])
def test_open_length_is_refused_or_fixed_in_silence(case):
    """
    A marked length has the message; with AUTO the export runs, and the program refuses the next.
    """
    batch, length = torch.export.Dim("batch", min=2), torch.export.Dim("length", min=2)
    layer = case.layer.eval()
    with quiet():
        with pytest.raises(Exception, match="You marked length as dynamic but your code"):
            torch.export.export(layer, (case.x,), dynamic_shapes=({0: batch, 1: length},))
        auto = ({1: torch.export.Dim.AUTO},)
        program = torch.export.export(layer, (case.x,), dynamic_shapes=auto)
    run = program.module()

    assert close(run(case.x), layer(case.x))
    with pytest.raises(AssertionError, match="Guard failed"):
        run(case.x[:, :5])


@repairs("error-export-length", num_layers=[2])
def test_program_of_one_length_takes_any_batch_and_no_padding(case):
    """
    The program is the layer for its own length; padding changes h_n, with two directions all.
    """
    axis = 0 if case.options["batch_first"] else 1
    layer, shapes = case.layer.eval(), ({axis: torch.export.Dim("batch", min=2)},)
    with quiet():
        run = torch.export.export(layer, (case.x,), dynamic_shapes=shapes).module()
    other = torch.randn_like(torch.cat([case.x, case.x], dim=axis))
    assert close(run(other), layer(other))

    short = other.narrow(1 - axis, 0, 5)
    with pytest.raises(AssertionError, match="Guard failed"):
        run(short)
    padding = torch.zeros_like(other.narrow(1 - axis, 0, 2))
    output, state = run(torch.cat([short, padding], dim=1 - axis))

    wanted, states = layer(short)
    steps = output.narrow(1 - axis, 0, 5)
    assert torch.allclose(steps, wanted, atol=1e-6) == (not case.bidirectional)
    assert not torch.allclose(states_of(state)[0], states_of(states)[0], atol=1e-6)


@repairs("error-export-length", num_layers=[1], bidirectional=[False])
def test_exported_cell_with_the_trained_weights_is_the_layer(case):
    """
    The cell takes the weights of the layer, and its loop gives the layer's states, for any length.
    """
    cell = {"RNN": nn.RNNCell, "GRU": nn.GRUCell, "LSTM": nn.LSTMCell}[case.kind](3, 5)
    with pytest.raises(RuntimeError, match="Missing key"):
        cell.load_state_dict(case.layer.state_dict())
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in case.layer.state_dict().items()})
    zeros = torch.zeros(BATCH_SIZE, 5)
    state = (zeros, zeros.clone()) if case.kind == "LSTM" else zeros
    x = time_first(case, case.x)
    with quiet():
        step = torch.export.export(cell.eval(), (x[0], state)).module()

    x = torch.cat([x, torch.randn_like(x)])
    for x_t in x:
        state = step(x_t, state)

    states = states_of(case.layer(time_first(case, x))[1])
    assert close(states_of(state), [part[0] for part in states])


@repairs("error-export-length")
def test_one_tensor_as_both_states_is_exported_as_one():
    """
    That is why the example of an LSTM holds two tensors: else the program reads one of them.
    """
    cell, zeros = nn.LSTMCell(3, 5).eval(), torch.zeros(4, 5)
    given = torch.randn(4, 3), (torch.randn(4, 5), torch.randn(4, 5))
    right = []
    for example in ((zeros, zeros), (zeros, zeros.clone())):
        with quiet():
            step = torch.export.export(cell, (torch.randn(4, 3), example)).module()
        right.append(all(map(torch.allclose, step(*given), cell(*given))))

    assert right == [False, True]


@repairs("error-vmap", proj_size=[0, 2], nonlinearity=["tanh", "relu"])
def test_joined_axes_and_loops_give_each_call_alone(case):
    """
    Over inputs the new axis joins the batch, wherever it is; over weights a loop runs each layer.
    """
    x = torch.stack([case.x, torch.randn_like(case.x)])
    name = "rnn_relu" if case.nonlinearity == "relu" else ATEN[case.kind]
    with pytest.raises(RuntimeError, match=f"not implemented for aten::{name}.input"):
        torch.vmap(case.layer)(x)

    if case.options["batch_first"]:
        output = case.layer(x.flatten(0, 1))[0].unflatten(0, (2, BATCH_SIZE))
    else:
        output, _ = case.layer(x.transpose(0, 1).flatten(1, 2))
        output = output.unflatten(1, (2, BATCH_SIZE)).transpose(0, 1)

    wanted = torch.stack([case.layer(part)[0] for part in x])
    assert torch.allclose(output, wanted, atol=1e-6)


@repairs("error-vmap")
def test_weights_are_refused_by_vmap_and_run_in_a_loop(case):
    """
    Stacked weights have the message of their kind; a loop gives each model's own output.
    """
    models = [type(case.layer)(**case.arguments) for _ in range(3)]
    weights, buffers = torch.func.stack_module_state(models)

    def call(weights, buffers, x):
        return torch.func.functional_call(models[0], (weights, buffers), (x,))[0]

    with pytest.raises(RuntimeError, match=f"not implemented for aten::{ATEN[case.kind]}.input"):
        torch.vmap(call, (0, 0, None))(weights, buffers, case.x)

    outputs = torch.stack([model(case.x)[0] for model in models])

    for k in range(3):
        each = {name: weight[k] for name, weight in weights.items()}
        assert torch.allclose(outputs[k], call(each, {}, case.x), atol=1e-6)
    assert not torch.allclose(outputs[0], outputs[1])


@repairs("error-vmap", proj_size=[0, 2], nonlinearity=["tanh", "relu"])
def test_a_gradient_for_each_sequence(case):
    """
    Without a state all but a plain LSTM are refused; with one each gradient is that of the
    sequence alone.
    """
    layer, x = case.layer, torch.randn(4, 7, 3)
    rows, plain = case.num_directions * case.sizes[2], case.kind == "LSTM" and not layer.proj_size

    def loss(weights, sequence, with_state):
        h_0, c_0 = (sequence.new_zeros(rows, size) for size in (case.features, 5))
        state = ((h_0, c_0) if case.kind == "LSTM" else h_0) if with_state else None
        output, _ = torch.func.functional_call(layer, weights, (sequence, state))
        return output.square().mean()

    weights = {name: p.detach() for name, p in layer.named_parameters()}
    gradients = torch.vmap(torch.func.grad(loss), (None, 0, None))
    with quiet():
        if not plain:
            with pytest.raises(RuntimeError, match="doesn't match the broadcast shape"):
                gradients(weights, x, False)
        each = gradients(weights, x, True)

    for n, sequence in enumerate(x):
        layer.zero_grad()
        layer(sequence)[0].square().mean().backward()
        for name, parameter in layer.named_parameters():
            assert torch.allclose(each[name][n], parameter.grad, atol=1e-6)
