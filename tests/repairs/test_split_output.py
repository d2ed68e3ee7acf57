"""The recipes of "Split output into directions"."""

import pytest
import torch
from covers import BATCH_SIZE, LENGTHS, SEQ_LEN, repairs
from torch.nn.utils.rnn import pad_packed_sequence

from rnn_guide import merge_directions, split_output

EVERYWHERE = {"bidirectional": [True], "layouts": ["batched", "unbatched"], "proj_size": [0, 2]}
#: The step whose context is looked at.
STEP = 3


def alone(case):
    """Return both directions of one layer, each from a layer of one direction, at each step."""
    layer, size = case.layer, case.sizes[1]
    one = type(layer)(case.sizes[0], size, batch_first=layer.batch_first, **projection(case))
    time = 1 if layer.batch_first and case.layout == "batched" else 0
    found = []
    for suffix, turn in (("", lambda x: x), ("_reverse", lambda x: x.flip(time))):
        weights = {name: getattr(layer, name + suffix) for name, _ in one.named_parameters()}
        one.load_state_dict(weights)
        found.append(turn(one(turn(case.x))[0]))
    return found


def projection(case):
    """Return proj_size, for an LSTM."""
    return {"proj_size": case.options["proj_size"]} if case.kind == "LSTM" else {}


def close(one, other):
    """Say whether two results are one, but for rounding."""
    return torch.allclose(one, other, atol=1e-6)


@repairs("split-output", num_layers=[1], **EVERYWHERE)
def test_halves_are_the_directions(case):
    """
    Each part is what a layer of one direction computes, forward or on the reversed sequence.
    """
    output, _ = case.layer(case.x)
    forward, backward = split_output(output)

    assert all(close(*pair) for pair in zip((forward, backward), alone(case), strict=True))
    assert not close(output[..., 0::2], forward)  # they are not interleaved
    assert forward.data_ptr() == output.data_ptr()
    (forward.sum() + backward.square().sum()).backward()
    assert all(parameter.grad.any() for parameter in case.layer.parameters())


@repairs("split-output", bidirectional=[True], layouts=["packed"], proj_size=[0, 2])
def test_packed_output_is_split(case):
    """
    A packed output is split as the padded one is.
    """
    packed_output, _ = case.layer(case.packed())
    output, _ = pad_packed_sequence(packed_output)

    for part, right in zip(split_output(packed_output), output.chunk(2, dim=-1), strict=True):
        assert torch.equal(pad_packed_sequence(part)[0], right)
    for part, right in zip(
        packed_output.data.chunk(2, -1), split_output(packed_output), strict=True
    ):
        assert torch.equal(part, right.data)


@repairs("split-output", proj_size=[0, 2])
def test_number_of_directions_is_passed(case):
    """
    With the argument of the layer, an output of one direction stays whole.
    """
    output, _ = case.layer(case.x)
    if not case.bidirectional and case.features % 2:
        with pytest.raises(ValueError, match="pass bidirectional=False"):
            split_output(output)
    elif not case.bidirectional:
        assert split_output(output).forward.shape[-1] == case.features // 2  # cut, no error

    forward, backward = split_output(output, bidirectional=case.layer.bidirectional)

    assert forward.shape[-1] == case.features
    assert torch.equal(forward, output[..., : case.features])
    assert (backward is None) != case.bidirectional


@repairs("split-by-hand", num_layers=[1], **EVERYWHERE)
def test_lines_without_sizes_hold_in_every_layout(case):
    """
    chunk and unflatten give both directions, whatever the layout.
    """
    output, _ = case.layer(case.x)
    directions = output.unflatten(-1, (2, -1))

    forward, backward = alone(case)

    assert all(close(*pair) for pair in zip(output.chunk(2, -1), (forward, backward), strict=True))
    assert close(directions[..., 0, :], forward)
    assert close(directions[..., 1, :], backward)


@repairs("split-by-hand", bidirectional=[True], proj_size=[0, 2])
def test_sizes_in_the_wrong_order(case):
    """
    In the order of the other layout view or reshape mixes; in the right one view is right.
    """
    output = case.layer(case.x)[0]
    forward, size = output[..., : case.features], case.features
    if case.options["batch_first"]:
        with pytest.raises(RuntimeError, match=r"Use \.reshape"):
            output.view(SEQ_LEN, BATCH_SIZE, 2, size)
        mixed = output.reshape(SEQ_LEN, BATCH_SIZE, 2, size)
        right = output.view(BATCH_SIZE, SEQ_LEN, 2, size)
    else:
        mixed = output.view(BATCH_SIZE, SEQ_LEN, 2, size)
        right = output.view(SEQ_LEN, BATCH_SIZE, 2, size)

    assert not close(mixed[:, :, 0].transpose(0, 1), forward)
    assert torch.equal(right[:, :, 0], forward)
    assert torch.equal(right, output.unflatten(-1, (2, -1)))


@repairs("sum-of-directions", num_layers=[1], **EVERYWHERE)
def test_directions_are_added(case):
    """
    Sum and mean are those of two layers of one direction.
    """
    output, _ = case.layer(case.x)

    forward, backward = alone(case)

    directions = split_output(output)
    assert close(merge_directions(directions, "sum"), forward + backward)
    assert close(merge_directions(directions, "mean"), (forward + backward) / 2)
    assert close(output.unflatten(-1, (2, -1)).mean(dim=-2), (forward + backward) / 2)


@repairs("sum-of-directions", bidirectional=[True], layouts=["packed"], proj_size=[0, 2])
def test_packed_directions_are_added(case):
    """
    A packed output gives a packed sum, with the sequences in their order.
    """
    packed_output, _ = case.layer(case.packed())
    output, _ = pad_packed_sequence(packed_output)

    total, _ = pad_packed_sequence(merge_directions(split_output(packed_output), "sum"))

    assert torch.equal(total, output[..., : case.features] + output[..., case.features :])


def steps_read(case, context):
    """Return which steps reach the context of one step, which is the one for STEP."""
    time = 1 if case.options["batch_first"] else 0
    (gradient,) = torch.autograd.grad(
        context.select(time, STEP - 1).sum(), case.x, retain_graph=True
    )
    steps = gradient.transpose(0, time)
    return [bool(step.any()) for step in steps]


@repairs("fill-in-the-blank", num_layers=[1], bidirectional=[True], proj_size=[0, 2])
def test_context_has_read_every_other_step(case):
    """
    The gradient of the context of a step reaches every step but this one, and one sequence.
    """
    case.x.requires_grad_()
    output, _ = case.layer(case.x)
    forward, backward = split_output(output)
    everything = [True] * SEQ_LEN
    assert steps_read(case, output[:, 1:] if case.options["batch_first"] else output[1:]) == (
        everything
    )

    if case.options["batch_first"]:
        wrong = torch.cat([forward[:-2], backward[2:]], dim=-1)
        assert wrong.shape == (BATCH_SIZE - 2, SEQ_LEN, 2 * case.features)  # no error
        context = torch.cat([forward[:, :-2], backward[:, 2:]], dim=-1)
        (gradient,) = torch.autograd.grad(context[1].sum(), case.x, retain_graph=True)
        rows = gradient.flatten(1)
    else:
        context = torch.cat([forward[:-2], backward[2:]], dim=-1)
        (gradient,) = torch.autograd.grad(context[:, 1].sum(), case.x, retain_graph=True)
        rows = gradient.transpose(0, 1).flatten(1)

    assert rows.any(dim=1).tolist() == [False, True, False, False]
    assert steps_read(case, context) == [step != STEP for step in range(SEQ_LEN)]


@repairs("fill-in-the-blank", num_layers=[2], bidirectional=[True])
def test_second_layer_has_read_every_step(case):
    """
    With two layers the context knows the word that it should predict.
    """
    case.x.requires_grad_()
    forward, backward = split_output(case.layer(case.x)[0])
    first = case.options["batch_first"]

    halves = (forward[:, :-2], backward[:, 2:]) if first else (forward[:-2], backward[2:])

    assert all(steps_read(case, torch.cat(halves, dim=-1)))


@repairs("fill-in-the-blank", num_layers=[1], bidirectional=[True], layouts=["packed"])
def test_last_real_step_of_a_packed_batch(case):
    """
    The last real step of each sequence has nothing after it, and earlier steps have both sides.
    """
    output, _ = pad_packed_sequence(case.layer(case.packed())[0])
    forward, backward = split_output(output)

    context = torch.cat([forward[:-2], backward[2:]], dim=-1)

    for column, length in enumerate(LENGTHS):
        halves = context[:, column].unflatten(-1, (2, -1)).ne(0).any(dim=-1).tolist()
        for step, (has_forward, has_backward) in enumerate(halves, start=1):
            assert has_forward == (step <= length)
            assert has_backward == (step < length - 1)


@repairs("view-with-hidden-size", bidirectional=[True], kinds=["LSTM"], proj_size=[0, 2])
def test_size_is_that_of_the_projection(case):
    """
    With a projection hidden_size fails; proj_size or hidden_size, and unflatten, are right.
    """
    output = case.layer(case.x)[0].contiguous()
    sizes, lstm = output.shape[:2], case.layer
    if lstm.proj_size:
        with pytest.raises(RuntimeError, match="is invalid for input of size"):
            output.view(*sizes, 2, lstm.hidden_size)
    else:
        with pytest.raises(RuntimeError, match="is invalid for input of size"):
            output.view(*sizes, 2, lstm.proj_size)

    directions = output.view(*sizes, 2, lstm.proj_size or lstm.hidden_size)

    assert torch.equal(directions[:, :, 0], output[..., : case.features])
    assert torch.equal(directions, output.unflatten(-1, (2, -1)))


@repairs("direction-axis-last", num_layers=[1], bidirectional=[True], proj_size=[0, 2])
def test_axis_of_directions_comes_before_the_features(case):
    """
    As the last axis it mixes the directions, before the features it does not.
    """
    output = case.layer(case.x)[0]
    forward, _ = alone(case)
    assert not close(output.unflatten(-1, (-1, 2))[..., 0], forward)

    assert close(output.unflatten(-1, (2, -1))[..., 0, :], forward)


@repairs("split-the-return-value", **EVERYWHERE)
def test_return_value_is_unpacked(case):
    """
    The pair is refused, its output is split.
    """
    with pytest.raises(TypeError, match="unpack it first"):
        split_output(case.layer(case.x))

    if case.kind == "LSTM":
        output, (_h_n, _c_n) = case.layer(case.x)
    else:
        output, _h_n = case.layer(case.x)

    assert torch.equal(split_output(output).backward, output[..., case.features :])
