"""The recipes of the pages on one vector, the last step and pooling."""

import pytest
import torch
from covers import BATCH_SIZE, LENGTHS, SEQ_LEN, repairs
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence, unpack_sequence

from rnn_guide import merge_directions, split_output, split_state

MINUS_INFINITY = float("-inf")
#: What the words "both layouts, every kind" cover.
ALL = {"layouts": ["batched"], "proj_size": [0, 2], "nonlinearity": ["tanh", "relu"]}
WIDTH = max(LENGTHS)


def run(case, x):
    """Return the output and h_n."""
    output, state = case.layer(x)
    return output, state[0] if case.kind == "LSTM" else state


def sequences(case, lengths=(SEQ_LEN,) * BATCH_SIZE):
    """Return each sequence, (L, H_in), cut to its length."""
    batch = case.x if case.options["batch_first"] else case.x.transpose(0, 1)
    return [sequence[:length] for sequence, length in zip(batch, lengths, strict=True)]


def ends(case, lengths=(SEQ_LEN,) * BATCH_SIZE):
    """Return both ends of the output of each sequence, run alone: what has read all of it."""
    rows = []
    for sequence in sequences(case, lengths):
        output, _ = run(case, sequence)
        backward = output[0, case.features :]  # empty for one direction
        rows.append(torch.cat([output[-1, : case.features], backward]))
    return torch.stack(rows)


def outputs_alone(case):
    """Return the output of each cut sequence, run alone."""
    return [run(case, sequence)[0] for sequence in sequences(case, LENGTHS)]


def batch_first(case, output):
    """Return a padded output with the batch first."""
    return output if case.options["batch_first"] else output.transpose(0, 1)


def real_steps(case, output):
    """Return the mask of the page, in the layout of the output."""
    lengths = torch.as_tensor(LENGTHS, device=output.device)
    if case.options["batch_first"]:
        steps = torch.arange(output.shape[1], device=output.device)
        return (steps < lengths.unsqueeze(1)).unsqueeze(-1), 1
    steps = torch.arange(output.shape[0], device=output.device)
    return (steps < lengths.unsqueeze(1)).T.unsqueeze(-1), 0


def close(one, other):
    """Say whether two results are one, but for rounding."""
    return torch.allclose(one, other, atol=1e-6)


@repairs("one-vector", dtypes=[torch.float32, torch.float64], **ALL)
def test_last_row_has_read_the_whole_sequence(case):
    """
    The last row of h_n, or both last rows joined, is what both ends of the output hold.
    """
    _, h_n = run(case, case.x)

    last = torch.cat([h_n[-2], h_n[-1]], dim=-1) if case.bidirectional else h_n[-1]
    merged = merge_directions(split_state(h_n, bidirectional=case.bidirectional))[-1]

    assert close(last, ends(case))
    assert torch.equal(merged, last)
    last.sum().backward()
    assert all(parameter.grad is not None for parameter in case.layer.parameters())


@repairs("one-vector", layouts=["unbatched"], proj_size=[0, 2])
def test_last_row_without_a_batch_axis(case):
    """
    The same lines hold for one sequence.
    """
    output, h_n = run(case, case.x)

    last = torch.cat([h_n[-2], h_n[-1]], dim=-1) if case.bidirectional else h_n[-1]

    assert close(last, torch.cat([output[-1, : case.features], output[0, case.features :]], dim=-1))


@repairs("one-vector", layouts=["packed"], **{k: v for k, v in ALL.items() if k != "layouts"})
def test_padded_batch_is_to_be_packed(case):
    """
    Unpacked, the state of a shorter sequence has read the padding; packed, it is right.
    """
    right = ends(case, LENGTHS)
    _, wrong = run(case, case.x)
    assert not close(wrong[-1], right[:, -case.features :])

    _, h_n = run(case, case.packed())

    last = torch.cat([h_n[-2], h_n[-1]], dim=-1) if case.bidirectional else h_n[-1]
    assert close(last, right)


@repairs("one-vector", kinds=["LSTM"], num_layers=[1, 2])
def test_pair_has_to_be_unpacked(case):
    """
    The last of the pair is c_n, and a linear layer takes it; of the state it is the last row.
    """
    linear = nn.Linear(case.features, 6)
    _, wrong = case.layer(case.x)
    assert wrong[-1] is wrong[1]
    assert linear(wrong[-1]).shape[-1] == 6  # no error

    _, (h_n, _) = case.layer(case.x)

    assert torch.equal(h_n[-1], wrong[0][-1])
    assert close(h_n[-1], ends(case)[:, -case.features :])


@repairs("one-vector", num_layers=[2], bidirectional=[False])
def test_one_direction_is_said_to_the_package(case):
    """
    Two layers of one direction look like two directions; with the argument they are not joined.
    """
    _, h_n = run(case, case.x)
    wrong = merge_directions(split_state(h_n))[-1]
    assert torch.equal(wrong, torch.cat([h_n[0], h_n[1]], dim=-1))

    right = merge_directions(split_state(h_n, bidirectional=case.bidirectional))[-1]

    assert close(right, ends(case))


@repairs("vector-of-all-layers", num_layers=[1, 2, 3], proj_size=[0, 2])
def test_all_layers_stand_beside_each_other(case):
    """
    Each sequence has the rows that it has alone; reshape mixes the sequences.
    """
    _, h_n = run(case, case.x)
    alone = torch.stack([run(case, sequence)[1].flatten() for sequence in sequences(case)])
    if len(h_n) > 1:
        assert not close(h_n.reshape(BATCH_SIZE, -1), alone)

    assert close(h_n.transpose(0, 1).flatten(1), alone)


@repairs("index-0-or-minus-1", bidirectional=[True], proj_size=[0, 2])
def test_ends_of_both_directions_are_the_state(case):
    """
    Forward ends at the last step, backward at step 0, in both layouts.
    """
    output, h_n = run(case, case.x)
    time_first = batch_first(case, output).transpose(0, 1)
    forward, backward = split_output(output)
    if case.options["batch_first"]:
        found = forward[:, -1], backward[:, 0]
    else:
        assert not torch.equal(forward[:, -1], time_first[-1, :, : case.features])
        found = forward[-1], backward[0]

    assert torch.equal(found[0], h_n[-2])
    assert torch.equal(found[1], h_n[-1])
    assert not close(time_first[-1, :, case.features :], h_n[-1])  # it has read one step


@repairs("index-0-or-minus-1", bidirectional=[True], layouts=["packed"])
def test_end_of_forward_in_a_padded_batch(case):
    """
    After packing, the last step of forward is 0 for shorter sequences; lengths - 1 is right.
    """
    packed_output, h_n = run(case, case.packed())
    output, lengths = pad_packed_sequence(packed_output, batch_first=True)
    forward, backward = split_output(output)
    ended = (forward[:, -1] == 0).all(dim=-1)
    assert ended.tolist() == [length < WIDTH for length in LENGTHS]

    assert torch.equal(forward[torch.arange(len(lengths)), lengths - 1], h_n[-2])
    assert torch.equal(backward[:, 0], h_n[-1])


@repairs("the-last-step", bidirectional=[False], proj_size=[0, 2])
def test_last_step_by_layout(case):
    """
    Time first, the index of the other layout takes the last sequence, without an error.
    """
    output, h_n = run(case, case.x)
    if case.options["batch_first"]:
        found = output[:, -1, :]
    else:
        assert output[:, -1, :].shape == (SEQ_LEN, case.features)
        assert nn.Linear(case.features, 6)(output[:, -1, :]).shape == (SEQ_LEN, 6)  # no error
        found = output[-1]

    assert torch.equal(found, h_n[-1])
    assert close(found, ends(case))
    case.x.requires_grad_()
    output, _ = run(case, case.x)
    (output[:, -1] if case.options["batch_first"] else output[-1]).sum().backward()
    assert case.x.grad.any(dim=-1).all()


@repairs("the-last-step", bidirectional=[False], batch_first=[False])
def test_last_step_where_the_shape_does_not_tell(case):
    """
    With as many steps as sequences only the numbers differ.
    """
    output, h_n = run(case, case.x[:BATCH_SIZE])
    assert output[:, -1, :].shape == h_n[-1].shape
    assert not close(output[:, -1, :], h_n[-1])

    assert torch.equal(output[-1], h_n[-1])


@repairs("last-valid-step", layouts=["packed"], proj_size=[0, 2])
def test_step_of_the_length_is_the_last(case):
    """
    The forward half of the step before the length is the final state, in both layouts.
    """
    lengths = torch.as_tensor(LENGTHS)
    packed_output, _ = run(case, case.packed())
    output, _ = pad_packed_sequence(packed_output, case.options["batch_first"])
    if case.options["batch_first"]:
        last = output[torch.arange(len(lengths)), lengths - 1]
        first = output[:, 0]
    else:
        last = output[lengths - 1, torch.arange(len(lengths))]
        first = output[0]

    right, size = ends(case, LENGTHS), case.features
    assert close(last[:, :size], right[:, :size])
    assert close(first[:, size:], right[:, size:])  # backward, if there is one


@repairs("last-valid-step", bidirectional=[False], layouts=["packed"])
def test_step_of_the_length_without_packing(case):
    """
    With one direction and the padding at the end the batch need not be packed.
    """
    output, h_n = run(case, case.x)
    assert not close(h_n[-1], ends(case, LENGTHS))

    last = batch_first(case, output)[torch.arange(BATCH_SIZE), torch.as_tensor(LENGTHS) - 1]

    assert close(last, ends(case, LENGTHS))


@repairs("mean-over-steps", layouts=["packed"], proj_size=[0, 2])
def test_mean_of_the_real_steps(case):
    """
    The masked mean is the mean of each sequence alone, even with nan in the padding.
    """
    packed_output, _ = run(case, case.packed())
    output, _ = pad_packed_sequence(
        packed_output, case.options["batch_first"], padding_value=float("nan")
    )
    mask, time = real_steps(case, output)
    lengths = torch.as_tensor(LENGTHS, device=output.device)
    right = torch.stack([alone.mean(dim=0) for alone in outputs_alone(case)])
    assert (output * mask).isnan().any()

    mean = torch.where(mask, output, 0.0).sum(dim=time) / lengths.unsqueeze(1)

    assert close(mean, right)
    zeros, _ = pad_packed_sequence(packed_output, case.options["batch_first"])
    assert not close(zeros.mean(dim=time), right)
    assert close(zeros.sum(dim=time) / lengths.unsqueeze(1), right)


@repairs("mean-over-steps", layouts=["packed"])
def test_mean_without_packing(case):
    """
    Unpacked, the mask is enough for one direction, and not for two.
    """
    output, _ = run(case, case.x)
    mask, time = real_steps(case, output)

    mean = torch.where(mask, output, 0.0).sum(dim=time) / torch.as_tensor(LENGTHS).unsqueeze(1)

    right = torch.stack([alone.mean(dim=0) for alone in outputs_alone(case)])
    assert close(mean, right) != case.bidirectional


@repairs("mean-over-steps")
def test_mask_is_made_where_the_output_is():
    """
    Lengths on the CPU and an output elsewhere do not go together, and the mask brings them there.
    """
    output, lengths = torch.randn(4, 7, 5, device="meta"), torch.tensor(LENGTHS)
    with pytest.raises(RuntimeError, match="device"):
        torch.lt(torch.arange(output.shape[1], device=output.device), lengths.unsqueeze(1))

    lengths = torch.as_tensor(lengths, device=output.device)
    mask = torch.arange(output.shape[1], device=output.device) < lengths.unsqueeze(1)

    assert torch.where(mask.unsqueeze(-1), output, 0.0).device.type == "meta"


@repairs("max-over-steps", layouts=["packed"], proj_size=[0, 2])
def test_padding_loses_against_every_step(case):
    """
    With minus infinity in the padding the maximum is that of each sequence alone.
    """
    packed_output, _ = run(case, case.packed())
    time = 1 if case.options["batch_first"] else 0
    right = torch.stack([alone.amax(dim=0) for alone in outputs_alone(case)])
    zeros, _ = pad_packed_sequence(packed_output, case.options["batch_first"])
    assert not close(zeros.amax(dim=time), right)

    output, _ = pad_packed_sequence(
        packed_output, case.options["batch_first"], padding_value=MINUS_INFINITY
    )

    assert close(output.amax(dim=time), right)
    mask, time = real_steps(case, zeros)
    assert close(zeros.masked_fill(~mask, MINUS_INFINITY).amax(dim=time), right)


@repairs("pool-packed-output", layouts=["packed"], proj_size=[0, 2])
def test_unpacked_sequences_are_pooled(case):
    """
    Each unpacked sequence is in its place, and has its real steps alone.
    """
    packed_output, _ = run(case, case.packed())

    mean = torch.stack([steps.mean(dim=0) for steps in unpack_sequence(packed_output)])

    assert close(mean, torch.stack([alone.mean(dim=0) for alone in outputs_alone(case)]))


@repairs("pool-packed-output", layouts=["packed"], proj_size=[0, 2])
def test_data_is_pooled(case):
    """
    Mean and maximum of the rows of data, brought back into the order of the batch.
    """
    packed_output, _ = run(case, case.packed())
    right = outputs_alone(case)
    data, batch_sizes, _, unsorted_indices = packed_output
    rows = torch.cat([torch.arange(n) for n in batch_sizes.tolist()]).to(data.device)
    total = data.new_zeros(batch_sizes[0], data.shape[-1]).index_add(0, rows, data)
    mean = total / rows.bincount().unsqueeze(1)
    assert not close(mean, torch.stack([alone.mean(dim=0) for alone in right]))  # sorted yet

    start = torch.full_like(total, MINUS_INFINITY)
    largest = start.scatter_reduce(0, rows.unsqueeze(1).expand_as(data), data, "amax")

    mean, largest = mean[unsorted_indices], largest[unsorted_indices]
    assert close(mean, torch.stack([alone.mean(dim=0) for alone in right]))
    assert close(largest, torch.stack([alone.amax(dim=0) for alone in right]))
    (mean + largest).sum().backward()
    assert all(parameter.grad is not None for parameter in case.layer.parameters())


@repairs("pool-packed-output")
def test_data_of_a_sorted_batch():
    """
    A batch that was packed as sorted has no way back, and needs none.
    """
    sequences = [torch.randn(length, 5) for length in (7, 4, 1)]
    data, batch_sizes, _, unsorted_indices = pack_sequence(sequences)
    assert unsorted_indices is None

    rows = torch.cat([torch.arange(n) for n in batch_sizes.tolist()])
    total = data.new_zeros(batch_sizes[0], 5).index_add(0, rows, data)

    alone = torch.stack([sequence.mean(dim=0) for sequence in sequences])
    assert close(total / rows.bincount().unsqueeze(1), alone)
