"""The recipes of "Shape the input"."""

import pytest
import torch
from covers import repairs
from references import alone, close, give, some_states, states_of, time_first
from torch import nn


def runs_each_alone(case, layer, x, sequences):
    """Return whether the layer reads x as these sequences, side by side."""
    output, state = layer(x)
    outputs, finals = alone(layer, sequences)
    columns = time_first(case, output).unbind(1)
    return close(columns, outputs) and close(states_of(state), finals)


@repairs("shape-the-input", layouts=["batched", "empty batch"], proj_size=[0, 2])
def test_axes_are_as_the_page_says(case):
    """
    The layer reads sequences along the batch axis, steps along the time axis, and any number.
    """
    output, state = case.layer(case.x)

    batch_size = case.batch_size
    shape = (7, batch_size, case.features * case.num_directions)
    assert time_first(case, output).shape == shape
    rows = case.num_directions * case.sizes[2]
    assert states_of(state)[0].shape == (rows, batch_size, case.features)
    if batch_size:
        sequences = time_first(case, case.x).unbind(1)
        assert runs_each_alone(case, case.layer, case.x, sequences)
        other = time_first(case, torch.randn(9, 2, 3))
        assert runs_each_alone(case, case.layer, other, time_first(case, other).unbind(1))


@repairs("batch-first", proj_size=[0, 2], dtypes=[torch.float32, torch.float64])
def test_the_flag_changes_no_result(case):
    """
    The layer with the other flag and the transposed input agrees in output and states.
    """
    other = type(case.layer)(
        **{**case.arguments, "batch_first": not case.options["batch_first"]}, dtype=case.dtype
    )
    other.load_state_dict(case.layer.state_dict())

    output, state = case.layer(case.x)
    output_2, state_2 = other(case.x.transpose(0, 1))

    assert torch.allclose(output, output_2.transpose(0, 1), atol=1e-6)
    assert close(states_of(state), states_of(state_2))


@repairs("one-number-for-each-step", num_layers=[1])
def test_a_series_of_numbers_gets_an_axis(case):
    """
    Each series is a sequence of steps with one feature; without ``.T`` time first reads across.
    """
    layer = type(case.layer)(1, 5, **case.options)
    series = torch.randn(4, 7)
    with pytest.raises((RuntimeError, ValueError)):
        layer(series)

    first = case.options["batch_first"]
    x = series.unsqueeze(-1) if first else series.T.unsqueeze(-1)

    sequences = list(series.unsqueeze(-1))
    assert runs_each_alone(case, layer, x, sequences)
    if not first:
        wrong = states_of(layer(series.unsqueeze(-1))[1])[0]
        assert wrong.shape[1] == 7


@repairs("words", num_layers=[1], bidirectional=[False])
def test_words_are_embedded_in_both_layouts(case):
    """
    An embedding adds the last axis in either order of axes, and equals one-hot vectors.
    """
    words = torch.randint(100, (4, 7) if case.options["batch_first"] else (7, 4))
    embedding = nn.Embedding(100, 3)
    with pytest.raises((RuntimeError, ValueError)):
        case.layer(words)

    x = embedding(words)

    sentences = time_first(case, words).unbind(1)
    assert runs_each_alone(case, case.layer, x, [embedding(s) for s in sentences])
    one_hot = nn.functional.one_hot(words, num_classes=100)
    assert torch.allclose(one_hot.float() @ embedding.weight, x)
    with pytest.raises((RuntimeError, ValueError)):  # .float() is needed
        type(case.layer)(100, 5)(one_hot)


@repairs("images-and-feature-maps", num_layers=[1])
def test_columns_of_a_map_are_the_steps(case):
    """
    Each image is a sequence of its columns; ``reshape`` runs and gives other steps.
    """
    maps = torch.randn(4, 2, 3, 7)
    layer = type(case.layer)(6, 5, **case.options)
    first = case.options["batch_first"]
    order = (0, 3, 1, 2) if first else (3, 0, 1, 2)

    steps = maps.permute(*order).flatten(2)

    columns = [torch.stack([image[..., w].flatten() for w in range(7)]) for image in maps]
    assert runs_each_alone(case, layer, steps, columns)
    assert not torch.equal(maps.reshape(4, 7, 6), maps.permute(0, 3, 1, 2).flatten(2))


@repairs("images-and-feature-maps")
def test_frames_of_a_video_are_the_steps():
    """
    All frames go through the convolution at once, and come back in their places.
    """
    cnn, video = nn.Conv2d(3, 8, 3), torch.randn(2, 5, 3, 6, 6)

    steps = cnn(video.flatten(0, 1)).flatten(1).unflatten(0, video.shape[:2])

    assert steps.shape == (2, 5, 8 * 4 * 4)
    assert torch.allclose(steps[1, 3], cnn(video[1, 3:4]).flatten(), atol=1e-5)


@repairs("after-a-convolution", num_layers=[1])
@pytest.mark.parametrize(("kernel", "stride", "padding", "dilation"), [(5, 2, 0, 1), (3, 3, 2, 2)])
def test_steps_of_a_convolution_are_in_order(case, kernel, stride, padding, dilation):
    """
    Swapped axes keep the steps, ``view`` does not; the formula gives the number of steps.
    """
    conv = nn.Conv1d(3, 8, kernel, stride, padding, dilation)
    layer = type(case.layer)(8, 5, **case.options)
    x = torch.randn(4, 20, 3)
    with pytest.raises(RuntimeError, match="to have 3 channels, but got 20 channels instead"):
        conv(x)

    y = conv(x.transpose(1, 2)).transpose(1, 2)

    lengths = torch.tensor([20, 13, 9, 6])
    shorter = (lengths + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    for sequence, length, steps in zip(x, lengths, shorter, strict=True):
        assert conv(sequence[:length].T).shape[-1] == steps
    each = [conv(sequence.T).T for sequence in x]
    assert runs_each_alone(
        case, layer, y if case.options["batch_first"] else y.transpose(0, 1), each
    )
    assert not torch.allclose(conv(x.view(4, 3, 20)).transpose(1, 2), y)


@repairs("constant-features", num_layers=[1], bidirectional=[False])
def test_constant_features_stand_at_every_step(case):
    """
    Each step of a sequence has the constants of that sequence.
    """
    constant = torch.randn(4, 2)
    layer = type(case.layer)(5, 5, **case.options)
    first = case.options["batch_first"]
    if first:
        repeated = constant.unsqueeze(1).expand(-1, case.x.shape[1], -1)
    else:
        repeated = constant.expand(case.x.shape[0], -1, -1)

    both = torch.cat([case.x, repeated], dim=-1)

    sequences = [
        torch.cat([sequence, constant[n].expand(7, 2)], dim=-1)
        for n, sequence in enumerate(time_first(case, case.x).unbind(1))
    ]
    assert runs_each_alone(case, layer, both, sequences)
    vector = torch.cat([case.states()["h_n"][-1], constant], dim=-1)
    assert torch.equal(vector[2, 5:], constant[2])
    assert nn.Linear(7, 1)(vector).shape == (4, 1)


@repairs("a-single-sequence", layouts=["unbatched"], proj_size=[0, 2])
def test_a_single_sequence_is_a_batch_of_one(case):
    """
    With a state without the batch axis it equals a batch of one; with one it is refused.
    """
    states = some_states(case, 1)
    axis = 0 if case.options["batch_first"] else 1
    batched, batched_state = case.layer(case.x.unsqueeze(axis), give(states))
    with pytest.raises(RuntimeError, match="For unbatched 2-D input"):
        case.layer(case.x, give(states))

    output, state = case.layer(case.x, give(tuple(s.squeeze(1) for s in states)))

    assert torch.allclose(output, batched.squeeze(axis), atol=1e-6)
    assert close(states_of(state), [s.squeeze(1) for s in states_of(batched_state)])
    step = torch.randn(4, 3)  # one step of a batch
    assert not torch.allclose(
        case.layer(step)[0], case.layer(step.unsqueeze(1 - axis))[0].view(4, -1)
    )


@repairs("axis-of-size-1", num_layers=[1], bidirectional=[False], proj_size=[0, 2])
def test_one_step_of_each_sequence_is_its_state(case):
    """
    The output of one step and the row of ``h_n`` hold the same vectors in the same order.
    """
    axis = 1 if case.options["batch_first"] else 0
    x = case.x.narrow(axis, 0, 1)

    output, state = case.layer(x)

    h_n = states_of(state)[0]
    assert h_n.shape == (1, 4, case.features)
    assert torch.equal(output.squeeze(axis), h_n[0])
