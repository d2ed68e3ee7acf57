"""The recipes of "Reset the state" and "Learn or set the initial state"."""

from itertools import pairwise

import pytest
import torch
from covers import LENGTHS, repairs
from references import alone, close, give, some_states, states_of, time_first
from torch import nn

from rnn_guide import split_state

ONE, DTYPES = [False], [torch.float32, torch.float64]


@repairs("reset-some-sequences", proj_size=[0, 2], dtypes=DTYPES)
def test_reset_rows_start_as_new_and_others_go_on(case):
    """
    Also from NaN, and from numbers for ``done``; multiplying keeps the NaN and takes -2 for False.
    """
    numbers = torch.tensor([1, 0, 0, 1])
    given = some_states(case, 4)
    for state in given:
        state[:, 0] = float("nan")
    assert (given[0] * ~numbers.bool().view(1, -1, 1)).isnan().any()
    assert (given[0] * ~numbers.view(1, -1, 1))[0, 1, 0] == -given[0][0, 1, 0]

    done = numbers.bool()
    state = tuple(s.masked_fill(done.view(1, -1, 1), 0) for s in given)

    output = time_first(case, case.layer(case.x, give(state))[0])
    new = time_first(case, case.layer(case.x)[0])
    going_on = time_first(case, case.layer(case.x, give(given))[0])
    assert torch.allclose(output[:, done], new[:, done], atol=1e-6)
    assert torch.allclose(output[:, ~done], going_on[:, ~done], atol=1e-6)
    assert not torch.allclose(output[:, ~done], new[:, ~done], atol=1e-6)


@repairs("reset-some-sequences", proj_size=[0, 2])
def test_reset_to_a_learned_state(case):
    """
    ``torch.where`` puts the learned row in, also in place of NaN, and lets its gradient through.
    """
    done = torch.tensor([True, False, False, True])
    h_0 = nn.Parameter(torch.randn(case.num_directions * case.sizes[2], 1, case.features))
    given = some_states(case, 4)[0]
    given[:, 0] = float("nan")

    state = torch.where(done.view(1, -1, 1), h_0, given)

    assert torch.equal(state[:, done], h_0.expand(-1, 2, -1))
    assert torch.equal(state[:, ~done], given[:, ~done])
    state.sum().backward()
    assert (h_0.grad == 2).all()


@repairs("episodes-inside-a-segment", bidirectional=ONE, proj_size=[0, 2])
def test_episodes_inside_a_segment_run_as_if_alone(case):
    """
    Each episode equals its own call, step by step and in pieces; one call over all does not.
    """
    x = time_first(case, case.x)
    begins = torch.zeros(7, 4, dtype=torch.bool)
    begins[3, 1] = begins[5, 1] = begins[2, 0] = True
    pieces = [0, 2, 3, 5, 7]

    def run(bounds):
        state, outputs = tuple(torch.zeros_like(s) for s in some_states(case, 4)), []
        for start, stop in pairwise(bounds):
            state = tuple(s.masked_fill(begins[start].view(1, -1, 1), 0) for s in state)
            output, new = case.layer(time_first(case, x[start:stop]), give(state))
            state = states_of(new)
            outputs.append(time_first(case, output))
        return torch.cat(outputs)

    output = run(list(range(8)))

    for n in range(4):
        starts = [0, *begins[:, n].nonzero().flatten().tolist(), 7]
        episodes = [x[a:b, n] for a, b in pairwise(starts)]
        right = torch.cat(alone(case.layer, episodes)[0])
        assert torch.allclose(output[:, n], right, atol=1e-6)
    assert torch.allclose(output, run(pieces), atol=1e-6)
    whole = time_first(case, case.layer(case.x)[0])
    assert not torch.allclose(whole[3:, 1], output[3:, 1], atol=1e-6)


@repairs(
    "learnable-initial-state",
    "two-learnable-states",
    layouts=["batched", "packed"],
    proj_size=[0, 2],
)
def test_learned_states_are_used_and_get_gradients(case):
    """
    One parameter for each state, expanded to the batch, is the state of every sequence.
    """
    rows = case.num_directions * case.sizes[2]
    sizes = (case.features, case.sizes[1]) if case.kind == "LSTM" else (case.features,)
    parameters = [nn.Parameter(torch.randn(rows, 1, size)) for size in sizes]
    x = case.packed() if case.layout == "packed" else case.x
    if case.layout == "packed":
        batch_size = int(x.batch_sizes[0])
    else:
        batch_size = x.shape[0 if case.options["batch_first"] else 1]
    if case.kind == "LSTM" and case.layout == "batched":
        with pytest.raises((RuntimeError, IndexError)):
            case.layer(x, parameters[0].expand(-1, batch_size, -1).contiguous())

    states = tuple(s.expand(-1, batch_size, -1).contiguous() for s in parameters)
    output, final = case.layer(x, give(states))

    lengths = LENGTHS if case.layout == "packed" else [7] * 4
    columns = time_first(case, case.x).unbind(1)
    sequences = [column[:length] for column, length in zip(columns, lengths, strict=True)]
    assert close(states_of(final), alone(case.layer, sequences, states)[1])
    (output.data if case.layout == "packed" else output).sum().backward()
    assert all((parameter.grad != 0).all() for parameter in parameters)


@repairs("initial-state-by-direction", num_layers=[1, 2, 3], bidirectional=[True])
def test_rows_of_one_direction(case):
    """
    A view that is filled changes that direction alone; the first rows are it in one layer only.
    """
    num_layers = case.sizes[2]
    h_0 = some_states(case, 4)[0]
    before = h_0.clone()

    split_state(h_0).forward.fill_(9)

    assert (h_0[0::2] == 9).all()
    assert torch.equal(h_0[1::2], before[1::2])
    first_rows = (h_0[:num_layers] == 9).flatten(1).all(1).tolist()
    assert first_rows == [row % 2 == 0 for row in range(num_layers)]
    if num_layers == 1:
        states = (h_0, torch.zeros_like(h_0)) if case.kind == "LSTM" else (h_0,)
        zeros = tuple(torch.zeros_like(state) for state in states)
        changed = states[0].clone()
        changed[1] = 0
        output = case.layer(case.x, give((changed, *states[1:])))[0]
        plain = case.layer(case.x, give(zeros))[0]
        H = case.features  # noqa: N806
        assert torch.equal(output[..., H:], plain[..., H:])
        assert not torch.allclose(output[..., :H], plain[..., :H])
