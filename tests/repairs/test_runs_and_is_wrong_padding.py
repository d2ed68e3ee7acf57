"""The repairs of "It runs and is wrong": padding."""

import pytest
import torch
from covers import LENGTHS, repairs
from references import close, is_as_alone, one_alone, pack, states_of, steps_of, unpack
from torch import nn
from torch.nn.utils import rnn

steps, rows_of_batch = torch.arange(7), torch.arange(4)


def padded_with(case, number):
    """Return the batch with a number in its padding, at the end of each sequence."""
    x = case.x.clone()
    rows = x if case.options["batch_first"] else x.transpose(0, 1)
    for row, length in zip(rows, LENGTHS, strict=True):
        row[length:] = number
    return x


@repairs("wrong-padding", proj_size=[0, 2], num_layers=[1, 2, 3])
@pytest.mark.parametrize("number", [0.0, 9.0])
def test_packing_is_needed_for_two_directions_and_the_state(case, number):
    """
    Without it the real steps are right in one direction; in two, the forward half of one layer.
    """
    x, size = padded_with(case, number), case.features
    packed_output, state = case.layer(pack(case, x, LENGTHS))
    right = unpack(case, packed_output)
    assert is_as_alone(case, x, LENGTHS, right, state)

    output, wrong = case.layer(x)
    for row, length in enumerate(LENGTHS):
        real, expected = (steps_of(case, batch, row, length) for batch in (output, right))
        forward = not case.bidirectional or case.sizes[2] == 1
        assert close(real[:, :size], expected[:, :size]) == (forward or length == 7)
        if case.bidirectional:
            assert close(real[:, size:], expected[:, size:]) == (length == 7)
        assert close(states_of(wrong)[0][:, row], states_of(state)[0][:, row]) == (length == 7)


@repairs("wrong-padding", bidirectional=[False], proj_size=[0, 2], num_layers=[1, 2, 3])
def test_one_direction_needs_no_packing_for_a_loss_at_each_step(case):
    """
    The last real output is ``h_n``, and loss and gradients with ``ignore_index`` are the same.
    """
    lengths, batch_first = torch.tensor(LENGTHS), case.options["batch_first"]
    linear, loss = nn.Linear(case.features, 9), nn.CrossEntropyLoss()
    targets = torch.randint(9, (4, 7)).masked_fill(steps >= lengths.view(-1, 1), -100)
    targets = targets if batch_first else targets.T
    packed_output, state = case.layer(pack(case, case.x, lengths))
    output, wrong = case.layer(case.x)

    last = output[rows_of_batch, lengths - 1] if batch_first else output[lengths - 1, rows_of_batch]

    assert close(last, states_of(state)[0][-1])
    assert not close(states_of(wrong)[0][-1], last)
    losses = [
        loss(linear(batch).flatten(0, 1), targets.flatten())
        for batch in (output, unpack(case, packed_output))
    ]
    assert close(*losses)
    gradients = [torch.autograd.grad(value, list(case.layer.parameters())) for value in losses]
    assert all(map(close, *gradients))


@repairs("wrong-last-padded-step", proj_size=[0, 2])
def test_state_of_packed_input_stops_at_the_last_real_step(case):
    """
    One vector for each sequence, joined for two directions, is that of the sequence alone.
    """
    batch_first = case.options["batch_first"]
    output, unpacked = case.layer(case.x)
    last = output[:, -1] if batch_first else output[-1]
    h_n = states_of(case.layer(pack(case, case.x, LENGTHS))[1])[0]

    vectors = torch.cat([h_n[-2], h_n[-1]], dim=-1) if case.bidirectional else h_n[-1]

    assert vectors.shape == (4, case.num_directions * case.features)
    for row, length in enumerate(LENGTHS):
        _, right = one_alone(case, case.x, row, length)
        rows = right[0][-case.num_directions :]
        assert close(vectors[row], rows.flatten())
        assert close(states_of(unpacked)[0][-1, row], rows[-1]) == (length == 7)
        assert close(last[row], rows.flatten()) == (length == 7 and not case.bidirectional)


@repairs("wrong-zero-padding", proj_size=[0, 2])
@pytest.mark.parametrize("bias", [True, False])
def test_zeros_are_read_as_data(case, bias):
    """
    Zero input moves a state, at first through the biases only; packing repairs both.
    """
    case.__dict__["layer"] = type(case.layer)(**{**case.arguments, "bias": bias})
    embedding, size = nn.Embedding(9, 3, padding_idx=0), case.features
    words = torch.randint(1, 9, (4, 7))
    words[steps >= torch.tensor(LENGTHS).view(-1, 1)] = 0
    x = embedding(words if case.options["batch_first"] else words.T)
    packed_output, state = case.layer(pack(case, x, LENGTHS))
    right = unpack(case, packed_output)
    assert is_as_alone(case, x, LENGTHS, right, state)

    output, wrong = case.layer(x)
    row, length = 0, LENGTHS[0]
    assert not close(states_of(wrong)[0][0, row], states_of(state)[0][0, row])
    if case.bidirectional and case.sizes[2] == 1:
        halves = (steps_of(case, b, row, length)[:, size:] for b in (output, right))
        assert close(*halves) != bias


@repairs("wrong-left-padding", proj_size=[0, 2], num_layers=[1])
def test_real_steps_are_cut_out_and_packed(case):
    """
    Packing takes padding as data; what was cut out has the results of each sequence alone.
    """
    batch_first, size = case.options["batch_first"], case.features
    sequences = [torch.randn(length, 3) + 1 for length in LENGTHS]
    x = rnn.pad_sequence([s.flip(0) for s in sequences], batch_first=True).flip(1)
    x = x if batch_first else x.transpose(0, 1)
    padding = [int((x == 0).all(-1).sum()), int((pack(case, x, LENGTHS).data == 0).all(-1).sum())]
    assert padding == [14, 0 + 2 + 3 + 1]

    rows = x if batch_first else x.transpose(0, 1)
    cut = [row[len(row) - length :] for row, length in zip(rows, LENGTHS, strict=True)]
    assert all(map(torch.equal, cut, sequences))
    packed_output, state = case.layer(rnn.pack_sequence(cut, enforce_sorted=False))

    output = unpack(case, packed_output)
    unpacked = case.layer(x)[0]
    last = unpacked[:, -1] if batch_first else unpacked[-1]
    for row, s in enumerate(sequences):
        right, right_state = case.layer(s)
        assert close(steps_of(case, output, row, len(s)), right)
        assert close(states_of(state)[0][:, row], states_of(right_state)[0])
        assert close(last[row, :size], right[-1, :size]) == (len(s) == 7)


@repairs("wrong-lengths-order", proj_size=[0, 2])
def test_unsorted_lengths_stay_with_their_sequences(case):
    """
    The lengths sorted alone take padding; unsorted ones give each sequence, and its result.
    """
    x = padded_with(case, -1.0)
    wrong = pack(case, x, sorted(LENGTHS, reverse=True), enforce_sorted=True)
    assert (wrong.data == -1).any()

    right = pack(case, x, LENGTHS)

    assert not (right.data == -1).any()
    for row, (s, length) in enumerate(zip(rnn.unpack_sequence(right), LENGTHS, strict=True)):
        assert torch.equal(s, steps_of(case, x, row, length))
    packed_output, state = case.layer(right)
    assert is_as_alone(case, x, LENGTHS, unpack(case, packed_output), state)


@repairs("wrong-lengths-count", num_layers=[1])
def test_number_of_lengths_is_compared_with_the_batch(case):
    """
    Too few, and another layout, run through the layer; the check finds both.
    """
    batch_first = case.options["batch_first"]
    batch, time = (0, 1) if batch_first else (1, 0)
    few = pack(case, case.x, LENGTHS[:3])
    turned = rnn.pack_padded_sequence(case.x, [2, 4, 3, 1], not batch_first, enforce_sorted=False)
    assert states_of(case.layer(few)[1])[0].shape[1] == 3
    assert states_of(case.layer(turned)[1])[0].shape[1] == 4
    assert few.batch_sizes[0] != case.x.shape[batch]
    assert turned.batch_sizes[0] != case.x.shape[time]

    packed = pack(case, case.x, LENGTHS)
    packed_output, state = case.layer(packed)

    assert packed.batch_sizes[0] == case.x.shape[batch]
    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state)


@repairs("wrong-lengths-short", num_layers=[1], proj_size=[0, 2])
def test_output_has_the_steps_of_the_data(case):
    """
    A mask of the data fits, and the steps after the longest length are padding.
    """
    axis, lengths = (1 if case.options["batch_first"] else 0), [2, 5, 4, 1]
    packed_output, state = case.layer(pack(case, case.x, lengths))
    assert unpack(case, packed_output).shape[axis] == 5

    output = unpack(case, packed_output, total_length=case.x.shape[axis])

    assert output.shape[:2] == case.x.shape[:2]
    assert is_as_alone(case, case.x, lengths, output, state)
    assert not output.narrow(axis, 5, 2).any()


@repairs("wrong-unpad-in-place")
@pytest.mark.parametrize("batch_size", [4, 7])
def test_tensor_is_swapped_back(batch_size):
    """
    The repair leaves the tensor as it was, also where the shape cannot show it.
    """
    x, lengths = torch.randn(7, batch_size, 3), torch.tensor([7, 5, 2, 1, 3, 7, 4][:batch_size])
    kept = x.clone()
    wrong = rnn.unpad_sequence(x, lengths)
    assert torch.equal(x, kept.transpose(0, 1))

    x = x.transpose(0, 1)
    result = rnn.unpad_sequence(x.transpose(0, 1), lengths, batch_first=True)

    assert torch.equal(x, kept)
    by_batch = kept.transpose(0, 1).contiguous()
    for one, other in zip(
        rnn.unpad_sequence(by_batch, lengths, batch_first=True), result, strict=True
    ):
        assert torch.equal(one, other)
    assert torch.equal(by_batch, kept.transpose(0, 1))
    for row, (s, first, length) in enumerate(zip(result, wrong, lengths, strict=True)):
        assert torch.equal(s, kept[:length, row])
        assert torch.equal(s, first)


@repairs("wrong-pad-dtype")
def test_sequences_of_one_type_keep_their_fractions():
    """
    An integer sequence in front cuts the others, and floats do not.
    """
    sequences = [torch.tensor([1, 2, 3]), torch.tensor([0.5, 0.7])]
    assert rnn.pad_sequence(sequences)[:2, 1].tolist() == [0, 0]

    padded = rnn.pad_sequence([s.float() for s in sequences])

    assert torch.equal(padded[:2, 1], sequences[1])
    assert torch.equal(padded[:, 0], sequences[0].float())
    packed = rnn.pack_sequence([s.float() for s in sequences])
    assert torch.equal(rnn.pad_packed_sequence(packed)[0], padded)
