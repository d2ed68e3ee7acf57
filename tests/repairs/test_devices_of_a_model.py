"""The recipes of "Run on a GPU" that keep a model and its states together, as far as on a CPU."""

import copy

import pytest
import torch
from covers import repairs
from references import close, give, some_states, states_of
from torch import nn

DTYPES = (torch.float64, torch.bfloat16, torch.float16)


def shapes_of(case):
    """Return the shape of each state of a layer."""
    return [state.shape for state in some_states(case, case.batch_size)]


@repairs("devices-and-dtypes", dtypes=DTYPES)
def test_state_like_the_input_is_taken(case):
    """
    A state made from the input has its dtype, and equals no state at all.
    """
    with pytest.raises(RuntimeError):
        case.layer(case.x, give(torch.zeros(shape) for shape in shapes_of(case)))

    x = torch.rand(case.x.shape).to(case.layer.weight_ih_l0)
    batch_size = x.shape[0 if case.options["batch_first"] else 1]
    assert batch_size == case.batch_size
    output, _ = case.layer(x, give(x.new_zeros(shape) for shape in shapes_of(case)))

    assert output.dtype == case.dtype
    assert torch.equal(output, case.layer(x)[0])


@repairs("devices-and-dtypes", layouts=["packed"], dtypes=[torch.float64])
def test_state_like_packed_input_is_taken(case):
    """
    A packed sequence makes its zeros from `data`.
    """
    packed = case.packed()

    output, _ = case.layer(packed, give(packed.data.new_zeros(s) for s in shapes_of(case)))

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
    states = some_states(case, case.batch_size)
    with pytest.raises(RuntimeError):  # what the first of two GPUs would get
        case.layer(case.x[:2], give(s.chunk(2)[0] for s in states))

    def run(x, *batch_first):
        output, state = case.layer(x, give(s.transpose(0, 1).contiguous() for s in batch_first))
        return (output, *(s.transpose(0, 1) for s in states_of(state)))

    passed = [s.transpose(0, 1) for s in states]
    parts = [run(case.x[cut], *(s[cut] for s in passed)) for cut in (slice(2), slice(2, 4))]
    whole = case.layer(case.x, give(states))

    assert torch.allclose(torch.cat([part[0] for part in parts]), whole[0], atol=1e-6)
    together = tuple(torch.cat(part).transpose(0, 1) for part in zip(*parts, strict=True))[1:]
    assert close(together, states_of(whole[1]))


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
