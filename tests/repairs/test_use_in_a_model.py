"""The recipes of "Use a recurrent layer in a model"."""

import copy

import pytest
import torch
from covers import repairs
from torch import nn
from torch.nn.utils.rnn import pad_packed_sequence

DTYPES = (torch.float64, torch.bfloat16, torch.float16)


def pair(case, rows, make):
    """Return a state made by a function: for an LSTM two of them, with their own sizes."""
    h_0 = make(rows, case.batch_size, case.features)
    return (h_0, make(rows, case.batch_size, case.sizes[1])) if case.kind == "LSTM" else h_0


def close(a, b):
    """Return whether two tensors agree, or each two of two pairs."""
    pairs = zip(a, b, strict=True) if isinstance(a, tuple) else [(a, b)]
    return all(torch.allclose(x, y, atol=1e-6) for x, y in pairs)


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


@repairs("devices-and-dtypes", dtypes=DTYPES)
def test_state_like_the_input_is_taken(case):
    """
    A state made from the input has its dtype, and equals no state at all.
    """
    rows = case.num_directions * case.sizes[2]
    wrong = pair(case, rows, lambda *shape: torch.zeros(shape))
    with pytest.raises(RuntimeError):
        case.layer(case.x, wrong)

    x = torch.rand(case.x.shape).to(case.layer.weight_ih_l0)
    batch_size = x.shape[0 if case.options["batch_first"] else 1]
    assert batch_size == case.batch_size
    output, _ = case.layer(x, pair(case, rows, lambda *shape: x.new_zeros(shape)))

    assert output.dtype == case.dtype
    assert torch.equal(output, case.layer(x)[0])


@repairs("devices-and-dtypes", layouts=["packed"], dtypes=[torch.float64])
def test_state_like_packed_input_is_taken(case):
    """
    A packed sequence makes its zeros from `data`.
    """
    packed = case.packed()
    rows = case.num_directions * case.sizes[2]

    output, _ = case.layer(packed, pair(case, rows, lambda *shape: packed.data.new_zeros(shape)))

    assert torch.equal(output.data, case.layer(packed)[0].data)


@repairs("devices-and-dtypes")
def test_buffer_moves_and_a_plain_tensor_does_not():
    """
    A registered state goes where the model goes: to another dtype and another device.
    """
    model = nn.Module()
    model.plain = torch.zeros(1, 1, 5)
    model.register_buffer("h_0", torch.zeros(1, 1, 5))

    model.to(dtype=torch.float64, device="meta")

    assert (model.plain.dtype, model.plain.device.type) == (torch.float32, "cpu")
    assert (model.h_0.dtype, model.h_0.device.type) == (torch.float64, "meta")
    words = torch.tensor([1, 2])
    assert words.to(torch.zeros(1)).dtype == torch.float32  # no longer numbers of words


@repairs("data-parallel", batch_first=[True], proj_size=[0, 2])
def test_parts_of_the_batch_give_what_the_whole_gives(case):
    """
    Input and states cut on axis 0, as for two GPUs, give the rows of the whole batch.
    """
    rows = case.num_directions * case.sizes[2]
    state = pair(case, rows, lambda *shape: torch.randn(shape))
    states = state if case.kind == "LSTM" else (state,)
    first = tuple(s.chunk(2)[0] for s in states)
    with pytest.raises(RuntimeError):  # what the first of two GPUs would get
        case.layer(case.x[:2], first if case.kind == "LSTM" else first[0])

    def run(x, *batch_first):
        given = tuple(s.transpose(0, 1).contiguous() for s in batch_first)
        output, state = case.layer(x, given if case.kind == "LSTM" else given[0])
        returned = state if case.kind == "LSTM" else (state,)
        return (output, *(s.transpose(0, 1) for s in returned))

    passed = [s.transpose(0, 1) for s in states]
    parts = [run(case.x[cut], *(s[cut] for s in passed)) for cut in (slice(2), slice(2, 4))]
    whole = case.layer(case.x, state)

    assert torch.allclose(torch.cat([part[0] for part in parts]), whole[0], atol=1e-6)
    together = tuple(torch.cat(part).transpose(0, 1) for part in zip(*parts, strict=True))[1:]
    assert close(together, whole[1] if case.kind == "LSTM" else (whole[1],))


@repairs("data-parallel")
def test_a_list_of_lengths_is_copied_whole():
    """
    As the page says: each GPU gets all of a list, and its part of a tensor.
    """
    scatter = nn.parallel.scatter_gather.scatter

    assert scatter([2, 7, 4, 1], [0, 1]) == [[2, 7, 4, 1], [2, 7, 4, 1]]


@repairs("flatten-parameters", proj_size=[0, 2])
def test_flattening_changes_no_number(case):
    """
    After copying, the layer computes the same with and without the call.
    """
    copied = copy.deepcopy(case.layer)
    before = copied(case.x)

    copied.flatten_parameters()

    after = copied(case.x)
    assert torch.equal(after[0], before[0])
    assert torch.equal(after[0], case.layer(case.x)[0])


@repairs("determinism", num_layers=[2])
def test_same_seed_same_dropout(case):
    """
    A seed repeats the dropout of a layer, and another seed does not.
    """
    layer, x = case.layer, case.x
    layer.dropout = 0.5

    def run(seed):
        torch.manual_seed(seed)
        return layer(x)[0]

    assert torch.equal(run(0), run(0))
    assert not torch.equal(run(0), run(1))


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
