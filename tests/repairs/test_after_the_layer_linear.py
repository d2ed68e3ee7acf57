"""The repairs of "Errors after the layer": packed outputs, linear layers and views."""

import pytest
import torch
from covers import BATCH_SIZE, LENGTHS, SEQ_LEN, repairs
from references import one_alone, states_of, time_first
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnn_guide import merge_directions, shapes_of, split_output, split_state

ONE, TWO = [False], [True]  # directions


@repairs("error-packed-linear", layouts=["packed"], proj_size=[0, 2])
def test_scores_of_a_packed_output_are_those_of_each_sequence_alone(case):
    """
    Both ways give the scores of each sequence; after the first the padding holds the bias.
    """
    linear = nn.Linear(case.num_directions * case.features, 2)
    output, _ = case.layer(case.packed())
    with pytest.raises(TypeError, match="must be Tensor, not PackedSequence"):
        linear(output)

    padded = time_first(case, linear(pad_packed_sequence(output, case.options["batch_first"])[0]))
    packed_scores = output._replace(data=linear(output.data))
    scores, lengths = pad_packed_sequence(packed_scores)

    assert lengths.tolist() == LENGTHS
    for k, length in enumerate(LENGTHS):
        wanted = linear(one_alone(case, case.x, k, length)[0])
        assert torch.allclose(padded[:length, k], wanted, atol=1e-6)
        assert torch.allclose(scores[:length, k], wanted, atol=1e-6)
        assert torch.equal(padded[length:, k], linear.bias.expand(SEQ_LEN - length, 2))
        assert not scores[length:, k].any()


@repairs("error-packed-size", layouts=["packed"], proj_size=[0, 2])
def test_packed_output_is_unpacked_and_split(case):
    """
    Unpacked it has the output of each sequence alone; packed halves are its halves.
    """
    output, _ = case.layer(case.packed())
    with pytest.raises(AttributeError, match="'PackedSequence' object has no attribute 'size'"):
        output.size()

    batch_first = case.options["batch_first"]
    padded = time_first(case, pad_packed_sequence(output, batch_first)[0])
    assert padded.shape == (SEQ_LEN, BATCH_SIZE, case.num_directions * case.features)
    for k, length in enumerate(LENGTHS):
        assert torch.allclose(padded[:length, k], one_alone(case, case.x, k, length)[0], atol=1e-6)

    forward, backward = split_output(output, bidirectional=case.bidirectional)
    halves = [half for half in (forward, backward) if half is not None]
    joined = torch.cat([pad_packed_sequence(half)[0] for half in halves], dim=-1)
    assert torch.equal(joined, padded)


@repairs("error-linear-bidirectional", bidirectional=TWO, proj_size=[0, 2])
def test_linear_layer_for_both_directions_reads_each_step(case):
    """
    The features come from the layer's own arguments, and are what shapes_of tells.
    """
    output, _ = case.layer(case.x)
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        nn.Linear(case.features, 2)(output)

    H_out = case.layer.proj_size or case.layer.hidden_size
    features = 2 * H_out if case.layer.bidirectional else H_out
    linear = nn.Linear(features, 2)

    assert features == shapes_of(case.layer, case.x.shape).output[-1]
    wanted = output @ linear.weight.T + linear.bias
    assert torch.allclose(linear(output), wanted, atol=1e-6)


@repairs("error-linear-flat", bidirectional=ONE, batch_first=[True])
def test_one_vector_of_each_sequence_or_one_of_each_step(case):
    """
    The last state gives the score of the last step; all steps joined need a wider layer.
    """
    linear, wide = nn.Linear(5, 2), nn.Linear(SEQ_LEN * 5, 2)
    output, _ = case.layer(case.x)
    flat = output.reshape(BATCH_SIZE, -1)
    with pytest.raises(RuntimeError, match=r"\(4x35 and 5x2\)"):
        linear(flat)

    by_sequence = linear(case.states()["h_n"][-1])

    assert torch.allclose(linear(output)[:, -1], by_sequence, atol=1e-6)
    wanted = sum(output[:, t] @ wide.weight[:, 5 * t : 5 * t + 5].T for t in range(SEQ_LEN))
    assert torch.allclose(wide(flat), wanted + wide.bias, atol=1e-5)
    with pytest.raises(RuntimeError, match=r"\(4x40 and 35x2\)"):
        wide(torch.cat([flat, flat[:, :5]], dim=1))


@repairs("error-linear-state", bidirectional=TWO, proj_size=[0, 2])
def test_last_rows_joined_fit_a_linear_layer_for_two_directions(case):
    """
    The rows of the top layer, joined, are what both directions end with.
    """
    linear = nn.Linear(2 * case.features, 2)
    h_n = case.states()["h_n"]
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        linear(h_n)

    top = torch.cat([h_n[-2], h_n[-1]], dim=-1)

    output = time_first(case, case.layer(case.x)[0])
    ends = output[-1, :, : case.features], output[0, :, case.features :]
    assert torch.equal(top, torch.cat(ends, dim=-1))
    assert torch.equal(top, merge_directions(split_state(h_n))[-1])
    assert linear(top).shape == (BATCH_SIZE, 2)


@repairs("error-linear-state", bidirectional=ONE, num_layers=[2])
def test_two_layers_of_one_direction_are_not_joined(case):
    """
    They give the same message; the layer tells, and its last row is the last step.
    """
    h_n = case.states()["h_n"]
    with pytest.raises(RuntimeError, match=r"\(8x5 and 10x2\)"):
        nn.Linear(10, 2)(h_n)

    assert not case.layer.bidirectional
    assert torch.equal(h_n[-1], time_first(case, case.layer(case.x)[0])[-1])
    assert nn.Linear(5, 2)(h_n[-1]).shape == (BATCH_SIZE, 2)


@repairs("error-view", batch_first=TWO, layouts=["batched", "packed"], proj_size=[0, 2])
def test_reshape_keeps_each_step_whole(case):
    """
    Row n*L + t is step t of sequence n, for what a layer or the unpacking of it returns.
    """
    if case.layout == "packed":
        packed = pack_padded_sequence(case.x, [7, 5, 2, 1], batch_first=True)  # sorted
        output, _ = pad_packed_sequence(case.layer(packed)[0], batch_first=True)
    else:
        output, _ = case.layer(case.x)
    features = case.num_directions * case.features
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        output.view(BATCH_SIZE * SEQ_LEN, features)

    rows = output.reshape(BATCH_SIZE * SEQ_LEN, features)

    for n in range(BATCH_SIZE):
        assert torch.equal(rows[n * SEQ_LEN : (n + 1) * SEQ_LEN], output[n])
    last_axis = output.view(BATCH_SIZE, SEQ_LEN, case.num_directions, -1)
    assert torch.equal(last_axis[:, :, -1], output[..., -case.features :])


@repairs("error-view-size", bidirectional=TWO, proj_size=[0, 2])
@pytest.mark.parametrize("batch_size", [2, 3])
def test_view_with_the_sizes_of_the_output_splits_a_smaller_batch(case, batch_size):
    """
    Sizes that are read from the tensor split the directions of any batch.
    """
    x = time_first(case, time_first(case, case.x)[:, :batch_size])
    output, state = case.layer(x)
    size = case.x.shape[:2]
    with pytest.raises(RuntimeError, match="is invalid for input of size"):
        output.view(*size, 2, case.features)

    forward, backward = output.view(*output.shape[:2], 2, -1).unbind(2)

    h_n = states_of(state)[0]
    assert torch.equal(time_first(case, forward)[-1], h_n[-2])
    assert torch.equal(time_first(case, backward)[0], h_n[-1])
