"""The recipes of "Use a recurrent layer in a model"."""

import pytest
import torch
from covers import repairs
from torch import nn
from torch.nn.utils.rnn import pad_packed_sequence


@repairs("use-in-a-model", proj_size=[0, 2])
def test_tags_are_those_of_each_step(case):
    """
    The tags of a step come from the output of that step, in both layouts.
    """
    linear = nn.Linear(case.features * case.num_directions, 6)
    with pytest.raises(TypeError):
        linear(case.layer(case.x))

    output, _ = case.layer(case.x)
    tags = linear(output)

    assert tags.shape == (*case.x.shape[:2], 6)
    assert torch.allclose(tags[2, 1], linear(output[2, 1]), atol=1e-6)
    tags.sum().backward()
    assert all(p.grad is not None for p in case.layer.parameters())


def initialise(rnn):
    """Initialise as the page does."""
    for name, parameter in rnn.named_parameters():
        blocks = parameter.data.split(rnn.hidden_size)
        if name.startswith("weight_hh"):
            for block in blocks:
                nn.init.orthogonal_(block)
        elif name.startswith("bias_ih") and len(blocks) == 4:
            blocks[1].fill_(1)
        elif name.startswith("bias_hh") and len(blocks) == 4:
            blocks[1].fill_(0)


@repairs("initialise", proj_size=[0, 2], dtypes=[torch.float32, torch.float64])
def test_every_gate_is_orthogonal_and_only_a_forget_gate_gets_a_bias(case):
    """
    Each gate of each layer and direction is orthogonal; nothing else has changed.
    """
    before = {name: p.detach().clone() for name, p in case.layer.named_parameters()}
    for name, parameter in nn.ModuleDict({"rnn": case.layer}).named_parameters():
        assert not name.startswith("weight_hh")  # the loop over a whole model changes nothing
        assert torch.equal(parameter, before[name.removeprefix("rnn.")])

    initialise(case.layer)

    for name, parameter in case.layer.named_parameters():
        blocks = parameter.split(case.layer.hidden_size)
        if name.startswith("weight_hh"):
            assert len(blocks) == {"RNN": 1, "GRU": 3, "LSTM": 4}[case.kind]
            for block in blocks:
                eye = torch.eye(block.shape[1], dtype=case.dtype)
                assert torch.allclose(block.T @ block, eye, atol=1e-5)
        elif name.startswith("bias") and case.kind == "LSTM":
            other = before[name].split(case.layer.hidden_size)
            assert (blocks[1] == float(name.startswith("bias_ih"))).all()
            assert all(torch.equal(blocks[k], other[k]) for k in (0, 2, 3))
        else:
            assert torch.equal(parameter, before[name])
    assert not case.layer.requires_grad_(False).weight_hh_l0.requires_grad


@repairs("initialise", kinds=["GRU"], bidirectional=[False], batch_first=[False])
def test_chunk_of_four_cuts_a_gru_across_its_gates(case):
    """
    The mistake of the warning raises nothing, and leaves no gate orthogonal.
    """
    for block in case.layer.weight_hh_l0.data.chunk(4):
        nn.init.orthogonal_(block)

    gate = case.layer.weight_hh_l0[5:10]
    assert not torch.allclose(gate @ gate.T, torch.eye(5), atol=1e-5)


@repairs("initialise", batch_first=[False], proj_size=[0, 2])
def test_reset_parameters_goes_back_to_the_bounds(case):
    """
    All weights and biases start within 1 / sqrt(hidden_size).
    """
    for parameter in case.layer.parameters():
        nn.init.constant_(parameter, 9)

    case.layer.reset_parameters()

    numbers = torch.cat([p.flatten() for p in case.layer.parameters()])
    assert 0.9 < numbers.abs().max() * 5**0.5 <= 1


@repairs("tie-directions", bidirectional=[True], proj_size=[0, 2])
def test_shared_weights_stay_shared(case):
    """
    Both names hold one parameter, with the sum of both gradients, also after a step.
    """
    layer, x = case.layer, case.x
    shared = [name for name, _ in layer.named_parameters() if name.endswith("_reverse")]
    for name in shared:
        setattr(layer, name, layer.get_parameter(name.removesuffix("_reverse")))
    apart = type(layer)(**case.arguments)
    apart.load_state_dict(layer.state_dict())

    layer(x)[0].square().sum().backward()
    apart(x)[0].square().sum().backward()
    for name in shared:
        forward, backward = name.removesuffix("_reverse"), name
        right = apart.get_parameter(forward).grad + apart.get_parameter(backward).grad
        assert torch.allclose(layer.get_parameter(name).grad, right, rtol=1e-4, atol=1e-5)
    before = layer(x)[0].detach()
    torch.optim.SGD(layer.parameters(), lr=0.1).step()

    assert not torch.allclose(layer(x)[0], before)
    assert len(list(layer.parameters())) == len(shared)
    assert all(
        layer.get_parameter(name) is layer.get_parameter(name.removesuffix("_reverse"))
        for name in shared
    )
    if case.sizes[2] == 1:
        flipped = x.flip(1 if case.options["batch_first"] else 0)
        here, there = layer(x)[1], layer(flipped)[1]
        here, there = (here[0], there[0]) if case.kind == "LSTM" else (here, there)
        assert torch.allclose(here[1], there[0], atol=1e-6)


class Output(nn.Module):
    """The module of the page."""

    def forward(self, returned):
        """Return the output."""
        return returned[0]


class Last(nn.Module):
    """The module of the page for one vector of each sequence."""

    def forward(self, returned):
        """Return the hidden state of the last layer."""
        state = returned[1]
        return state[0][-1] if isinstance(state, tuple) else state[-1]


@repairs("sequential", proj_size=[0, 2])
def test_sequential_gets_output(case):
    """
    The chain equals the layer and the linear layer called by hand.
    """
    linear = nn.Linear(case.features * case.num_directions, 6)
    with pytest.raises(TypeError):
        nn.Sequential(case.layer, linear)(case.x)

    model = nn.Sequential(case.layer, Output(), linear)

    assert torch.equal(model(case.x), linear(case.layer(case.x)[0]))


@repairs("sequential", bidirectional=[False], layouts=["batched", "packed"])
def test_sequential_gets_the_last_state(case):
    """
    With one direction the last row of the state is the last step of each sequence.
    """
    x = case.packed() if case.layout == "packed" else case.x
    output = case.layer(x)[0]
    lengths = case.lengths or [case.seq_len] * case.batch_size
    if case.layout == "packed":
        output, _ = pad_packed_sequence(output, batch_first=case.options["batch_first"])
    output = output if case.options["batch_first"] else output.transpose(0, 1)
    right = torch.stack([output[n, length - 1] for n, length in enumerate(lengths)])

    assert torch.equal(nn.Sequential(case.layer, Last())(x), right)


@repairs("sequential", layouts=["batched", "unbatched", "packed"], proj_size=[0, 2])
def test_hook_shows_every_shape_and_goes_away(case, capsys):
    """
    The hook serves every kind, prints the real shapes, and can be removed.
    """

    def show(module, inputs, returned):
        output, state = returned
        states = state if isinstance(state, tuple) else (state,)
        shapes = [tuple(t.data.shape) for t in (output, *states)]
        print(type(module).__name__, *shapes)

    x = case.packed() if case.layout == "packed" else case.x
    handle = case.layer.register_forward_hook(show)
    output, state = case.layer(x)
    handle.remove()
    case.layer(x)

    states = state if case.kind == "LSTM" else (state,)
    data = output.data if case.layout == "packed" else output
    shapes = [tuple(tensor.shape) for tensor in (data, *states)]
    assert capsys.readouterr().out == " ".join(map(str, [case.kind, *shapes])) + "\n"


@repairs("hooks", layouts=["batched", "unbatched", "packed"], proj_size=[0, 2])
def test_a_forward_hook_gets_the_tuple_and_can_replace_it(case):
    """
    The hook sees what the layer returns; what it returns is returned instead; afterwards all is
    as before.
    """
    layer, x = case.layer, case.packed() if case.layout == "packed" else case.x
    output, state = layer(x)
    seen, inputs = [], []

    def keep(module, given, returned):
        inputs.append(given)
        seen.append(returned)

    with layer.register_forward_hook(keep):
        layer(x, state)
        layer(input=x)
        layer.forward(x)  # calls no hook
    assert [len(given) for given in inputs] == [2, 0]
    assert torch.equal(seen[1][0].data, output.data)
    with pytest.raises(AttributeError, match="'tuple' object has no attribute 'shape'"):
        _ = seen[0].shape

    def first_state(state):
        return state[0] if isinstance(state, tuple) else state

    with layer.register_forward_hook(lambda module, given, returned: (None, returned[1])):
        nothing, kept = layer(x)
    assert nothing is None
    assert torch.equal(first_state(kept), first_state(state))
    assert torch.equal(layer(x)[0].data, output.data)


@repairs("hooks", proj_size=[0, 2], layouts=["batched", "packed"])
def test_a_hook_on_a_weight_freezes_one_gate(case):
    """
    The gradient of that gate is 0, and that of the others is what it was.
    """
    layer, x = case.layer, case.packed() if case.layout == "packed" else case.x
    count = {"RNN": 1, "GRU": 3, "LSTM": 4}[case.kind]
    gate = 1 % count
    names = [name for name, _ in layer.named_parameters() if "_hr_" not in name]

    def freeze(gradient):
        blocks = list(gradient.chunk(count))
        blocks[gate] = torch.zeros_like(blocks[gate])
        return torch.cat(blocks)

    def gradients():
        layer.zero_grad()
        output, _ = layer(x)
        (output.data if case.layout == "packed" else output).square().mean().backward()
        return {name: layer.get_parameter(name).grad.chunk(count) for name in names}

    wanted = gradients()
    handles = [layer.get_parameter(name).register_hook(freeze) for name in names]
    for name, blocks in gradients().items():
        for place, (block, right) in enumerate(zip(blocks, wanted[name], strict=True)):
            assert right.any()
            assert torch.equal(block, torch.zeros_like(right) if place == gate else right)
    for handle in handles:
        handle.remove()
    assert all(block.any() for blocks in gradients().values() for block in blocks)


@repairs("hooks", proj_size=[0, 2])
def test_a_backward_hook_sees_no_states_of_an_lstm(case):
    """
    Of an LSTM it gets the gradient of output alone, of the others both; a hook on the state gets
    the state's.
    """
    got, of_state = [], []
    x = case.x.clone().requires_grad_()
    with case.layer.register_full_backward_hook(lambda *gradients: got.append(gradients)):
        output, state = case.layer(x)
        h_n = state[0] if case.kind == "LSTM" else state
        h_n.register_hook(of_state.append)
        (output.sum() + 2 * h_n.sum()).backward()

    ((_, given, returned),) = got
    assert torch.allclose(given[0], x.grad)
    assert torch.equal(returned[0], torch.ones_like(output))
    if case.kind == "LSTM":
        assert returned[1] is None
    else:
        assert torch.equal(returned[1], torch.full_like(h_n, 2))
    assert torch.equal(of_state[0], torch.full_like(h_n, 2))
