"""The recipes of "Run on a GPU" that keep a model and its states together, as far as on a CPU."""

import copy

import pytest
import torch
from covers import repairs
from references import close
from torch import nn

DTYPES = (torch.float64, torch.bfloat16, torch.float16)


def pair(case, rows, make):
    """Return a state made by a function: for an LSTM two of them, with their own sizes."""
    h_0 = make(rows, case.batch_size, case.features)
    return (h_0, make(rows, case.batch_size, case.sizes[1])) if case.kind == "LSTM" else h_0


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
