"""The repairs of "It runs and is wrong": the shape of the input, and the two directions."""

import pytest
import torch
from covers import repairs
from references import close, states_of
from torch import nn

from rnn_guide import merge_directions, split_state


def swapped(x):
    """Return a batch in the other layout."""
    return x.transpose(0, 1).contiguous()


def remade(case, **arguments):
    """Return a layer of the same kind and weights, with another flag."""
    layer = type(case.layer)(**{**case.arguments, **arguments})
    layer.load_state_dict(case.layer.state_dict())
    return layer


def alone(layer, sequences):
    """Return output and first state of each sequence, ``(L, H_in)``, by itself."""
    return [(output, states_of(state)[0]) for output, state in map(layer, sequences)]


def changed(results, others):
    """Return which sequences of ``(N, …)`` have changed."""
    return (results != others).flatten(1).any(1).tolist()


@repairs("runs-and-is-wrong", proj_size=[0, 2], layouts=["batched"])
def test_change_of_one_sequence_is_seen_in_it_alone(case):
    """
    A right layer passes in both layouts, and one with the wrong flag does not.
    """
    batch_first = case.options["batch_first"]
    other = case.x.clone()
    other[0 if batch_first else (slice(None), 0)] += 1
    by_sequence = (lambda x: x) if batch_first else swapped

    for layer, right in ((case.layer, True), (remade(case, batch_first=not batch_first), False)):
        results = [by_sequence(layer.eval()(x)[0]) for x in (case.x, other)]
        assert (changed(*results) == [True, False, False, False]) == right


@repairs("runs-and-is-wrong")
def test_check_needs_eval():
    """
    With dropout each sequence of a right model changes until ``eval()``; words are exchanged.
    """
    gru, x = nn.GRU(3, 5, 2, batch_first=True, dropout=0.5), torch.randn(4, 7, 3)
    assert changed(gru(x)[0], gru(x)[0]) == [True] * 4

    gru.eval()
    other = x.clone()
    other[0] += 1
    assert changed(gru(x)[0], gru(other)[0]) == [True, False, False, False]

    embedding, words = nn.Embedding(9, 3), torch.randint(9, (4, 7))
    other = words.clone()
    other[0] = (other[0] + 1) % 9
    results = [gru(embedding(w))[0] for w in (words, other)]
    assert changed(*results) == [True, False, False, False]


@repairs("wrong-batch-first", proj_size=[0, 2])
def test_flag_of_the_data_gives_each_sequence_its_own_result(case):
    """
    With the wrong flag the output has the same shape, and ``h_n`` shows the other batch size.
    """
    batch_first = case.options["batch_first"]
    sequences = case.x if batch_first else swapped(case.x)

    wrong, wrong_state = remade(case, batch_first=not batch_first)(case.x)
    output, state = case.layer(case.x)

    assert wrong.shape == output.shape
    assert (states_of(wrong_state)[0].shape[1], states_of(state)[0].shape[1]) == (7, 4)
    assert not close(wrong, output)
    rows = output if batch_first else swapped(output)
    for row, (right_output, right_state) in enumerate(alone(case.layer, sequences)):
        assert close(rows[row], right_output)
        assert close(states_of(state)[0][:, row], right_state)


@repairs("wrong-length-one", proj_size=[0, 2])
def test_state_has_its_own_first_axis(case):
    """
    ``h_n`` has one shape for one step and for seven.
    """
    one = case.x[:, :1] if case.options["batch_first"] else case.x[:1]
    rows = case.num_directions * case.sizes[2]
    for x in (one, case.x):
        output, state = case.layer(x)
        assert output.shape == (*x.shape[:2], case.num_directions * case.features)
        assert states_of(state)[0].shape == (rows, 4, case.features)


@repairs("wrong-two-axes", proj_size=[0, 2])
def test_single_steps_get_an_axis_of_time(case):
    """
    Each sequence of one step has the result that it has alone; the other axis is the mistake.
    """
    steps = torch.randn(4, 3)
    time, wrong_time = (1, 0) if case.options["batch_first"] else (0, 1)
    wrong, wrong_state = case.layer(steps)
    assert states_of(wrong_state)[0].dim() == 2

    output, state = case.layer(steps.unsqueeze(time))

    assert states_of(state)[0].shape[1] == 4
    for row, (right_output, right_state) in enumerate(alone(case.layer, steps.unsqueeze(1))):
        assert close(output.squeeze(time)[row : row + 1], right_output)
        assert close(states_of(state)[0][:, row], right_state)
    still_wrong, still_state = case.layer(steps.unsqueeze(wrong_time))
    assert close(still_wrong.squeeze(wrong_time), wrong)
    assert states_of(still_state)[0].shape[1] == 1


@repairs("wrong-view-for-transpose")
def test_transpose_keeps_each_sequence_together():
    """
    A view mixes them, for two axes and for a feature map.
    """
    x = torch.arange(28).view(4, 7)
    assert not torch.equal(x.view(7, 4)[:, 1], x[1])
    assert all(torch.equal(x.transpose(0, 1)[:, n], x[n]) for n in range(4))

    maps = torch.randn(4, 2, 3, 7)  # (N, C, H, W)
    steps = maps.permute(3, 0, 1, 2)
    for n in range(4):
        for w in range(7):
            assert torch.equal(steps[w, n], maps[n, :, :, w])
    assert not torch.equal(maps.view(7, 4, 2, 3), steps)


@repairs("wrong-positional-true")
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_flag_by_name_makes_two_directions(kind):
    """
    The output has both, and layer 1 reads both.
    """
    wrong = kind(3, 5, 2, True)
    assert not wrong.bidirectional
    assert wrong.bias

    right = kind(3, 5, 2, bidirectional=True)

    assert right(torch.randn(7, 4, 3))[0].shape == (7, 4, 10)
    assert (wrong.weight_ih_l1.shape[1], right.weight_ih_l1.shape[1]) == (5, 10)
    with pytest.raises(ValueError, match="Unknown nonlinearity"):
        nn.RNN(3, 5, 2, True)


@repairs("wrong-last-step", "wrong-last-row", bidirectional=[True], proj_size=[0, 2])
def test_last_rows_have_read_everything(case):
    """
    Every step reaches both halves of the joined rows, which stand at the ends of the output.
    """
    batch_first, size = case.options["batch_first"], case.features
    x = case.x.requires_grad_()
    output, state = case.layer(x)
    h_n = states_of(state)[0]
    last, first = (output[:, -1], output[:, 0]) if batch_first else (output[-1], output[0])

    right = torch.cat([h_n[-2], h_n[-1]], dim=-1)

    assert torch.equal(right, merge_directions(split_state(h_n))[-1])
    assert close(right, torch.cat([last[:, :size], first[:, size:]], dim=-1))
    assert not close(right, last)
    assert h_n[-1].shape == (4, size)
    assert close(h_n[-1], right[:, size:])
    for half in (right[:, :size], right[:, size:]):
        (gradient,) = torch.autograd.grad(half.sum(), x, retain_graph=True)
        assert gradient.any(-1).all()
    (gradient,) = torch.autograd.grad(last[:, size:].sum(), x)
    assert gradient.any(-1).all() == (case.sizes[2] > 1)


@repairs("wrong-view-h-n", bidirectional=[True], num_layers=[1], proj_size=[0, 2])
def test_joined_directions_are_of_one_sequence(case):
    """
    The view joins others, and is right for a batch of one only.
    """
    h_n, size = case.states()["h_n"], case.features

    right = h_n.transpose(0, 1).reshape(4, 2 * size)

    assert torch.equal(right, torch.cat([h_n[0], h_n[1]], dim=-1))
    assert torch.equal(right, merge_directions(split_state(h_n))[-1])
    assert not torch.equal(h_n.view(4, 2 * size), right)
    one = h_n[:, :1].contiguous()
    assert torch.equal(one.view(1, 2 * size), right[:1])


@repairs("wrong-directions-first", bidirectional=[True], num_layers=[1, 2, 3, 4])
def test_layers_come_before_directions(case):
    """
    The forward states of the view and of the slice are those of each layer by its weights.
    """
    num_layers, h_n = case.sizes[2], case.states()["h_n"]
    forward = split_state(h_n).forward

    assert torch.equal(h_n.view(num_layers, 2, 4, 5)[:, 0], forward)
    assert torch.equal(h_n[0::2], forward)
    assert torch.equal(h_n.view(2, num_layers, 4, 5)[0], forward) == (num_layers == 1)
    assert torch.equal(h_n[:num_layers], forward) == (num_layers == 1)
    if num_layers % 2 == 0:
        lower = h_n.view(num_layers, 2, 4, 5)[: num_layers // 2]
        assert torch.equal(h_n[:num_layers], lower.flatten(0, 1))
    output = case.layer(case.x)[0]
    last = output[:, -1] if case.options["batch_first"] else output[-1]
    assert close(forward[-1], last[:, :5])


@repairs("wrong-last-sequence", proj_size=[0, 2])
@pytest.mark.parametrize("seq_len", [7, 4])
def test_last_step_of_each_sequence(case, seq_len):
    """
    The index of the layout is the last step, the other one the last sequence.
    """
    batch_first = case.options["batch_first"]
    x = case.x[:, :seq_len] if batch_first else case.x[:seq_len]
    output, state = case.layer(x)
    of_steps, of_sequences = (output[:, -1, :], output[-1])
    if not batch_first:
        of_steps, of_sequences = of_sequences, of_steps

    sequences = alone(case.layer, x if batch_first else swapped(x))

    assert close(of_steps, torch.stack([right[-1] for right, _ in sequences]))
    assert close(of_sequences, sequences[-1][0])
    assert close(of_steps, states_of(state)[0][-1]) != case.bidirectional
    with pytest.raises(IndexError, match="too many indices"):
        sequences[0][0][:, -1, :]
