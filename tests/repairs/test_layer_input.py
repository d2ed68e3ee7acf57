"""The repairs of "Errors while making or calling a layer": the input."""

import pytest
import torch
from covers import HIDDEN_SIZE, INPUT_SIZE, LENGTHS, repairs
from layers import KINDS
from references import alone, close, give, some_states, states_of, time_first
from refused import refused
from releases import IGNORES_FEATURES
from torch import nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence

MISMATCH = "input.size(-1) must be equal to input_size. Expected {}, got {}"


def another(case, input_size):
    """Make a layer like that of a case, for another number of features."""
    return KINDS[case.kind](input_size, *case.sizes[1:], **case.options)


def is_right(case, layer, x, sequences):
    """Whether a batch in the layout of the layer gives what each sequence gives alone."""
    output, state = layer(x)
    outputs, states = alone(layer, sequences)
    columns = time_first(case, output).unbind(1)
    return close(columns, outputs) and close(states_of(state), states)


def reads(sequence, layer):
    """Whether a result of the layer for a batch depends on each sequence alone, axis 0 of both."""
    changed = sequence.clone()
    changed[0] += 1
    before, after = layer(sequence)[0], layer(changed)[0]
    return torch.equal(before[1:], after[1:]) and not torch.equal(before[0], after[0])


@repairs("error-input-axes")
def test_an_axis_of_size_1_goes(case):
    """
    Words without their last axis, and one-hot words without an embedding, are read one by one.
    """
    layer, embedding = case.layer, nn.Embedding(9, INPUT_SIZE)
    words = torch.randint(9, (*case.x.shape[:2], 1))
    form = "got 4D tensor instead" if case.kind == "RNN" else "got 4D instead"
    message = f"{case.kind}: Expected input to be 2D or 3D, {form}"
    with refused(ValueError, message):
        layer(embedding(words))

    x = embedding(words.squeeze(-1))
    sequences = [embedding(w) for w in time_first(case, words[..., 0]).unbind(1)]
    assert is_right(case, layer, x, sequences)
    hot = functional.one_hot(words[..., 0] % INPUT_SIZE, INPUT_SIZE)
    with refused(ValueError, message):
        layer(embedding(hot))
    sequences = time_first(case, hot.float()).unbind(1)
    assert is_right(case, layer, hot.float(), sequences)


@repairs("error-input-axes")
def test_a_missing_axis_comes(case):
    """
    A series has its feature axis last, and one step of features its axis of time first.
    """
    series, step = torch.randn(7), torch.randn(INPUT_SIZE)
    numbers = another(case, 1)
    for layer, wrong in ((numbers, series), (case.layer, step)):
        with refused(ValueError, f"{case.kind}: Expected input to be 2D or 3D, got 1D"):
            layer(wrong)

    output, _ = numbers(series.unsqueeze(-1))
    of_one = series.view(1, 7, 1) if case.options["batch_first"] else series.view(7, 1, 1)
    assert close([output], time_first(case, numbers(of_one)[0]).unbind(1))
    output, _ = case.layer(step.unsqueeze(0))
    assert close([output[0]], [case.layer(step.view(1, 1, -1))[0][0, 0]])


@pytest.mark.skipif(IGNORES_FEATURES, reason="it reads beyond the weights")
@repairs("error-input-size")
def test_a_layer_that_fits_or_a_bridge(case):
    """
    Features of another size are read by a layer of that size, or through a linear layer.
    """
    layer, x = case.layer, torch.randn(*case.x.shape[:2], 6)
    with refused(RuntimeError, MISMATCH.format(3, 6)):
        layer(x)

    assert is_right(case, another(case, x.shape[-1]), x, time_first(case, x).unbind(1))
    bridge = nn.Linear(6, 3)
    assert is_right(case, layer, bridge(x), bridge(time_first(case, x)).unbind(1))
    layer(bridge(x))[0].square().sum().backward()
    assert bridge.weight.grad.abs().sum() > 0


@pytest.mark.skipif(IGNORES_FEATURES, reason="it reads beyond the weights")
@repairs("error-input-size")
def test_a_series_has_a_feature_axis(case):
    """
    Series of single numbers do not mix; a layer as wide as the length mixes them.
    """
    first = case.options["batch_first"]
    series = torch.randn(4, 7) if first else torch.randn(7, 4)
    layer = another(case, 1)
    with refused(RuntimeError, MISMATCH.format(1, series.shape[-1])):
        layer(series)

    x = series.unsqueeze(-1)
    assert is_right(case, layer, x, time_first(case, x).unbind(1))
    if first:
        assert reads(x, layer)
        wide = another(case, series.shape[-1])
        assert not reads(series, wide)


@pytest.mark.skipif(IGNORES_FEATURES, reason="it reads beyond the weights")
@repairs("error-input-size", bidirectional=[True])
def test_a_second_layer_reads_both_directions(case):
    """
    The layer behind two directions has twice the hidden size as its input size.
    """
    output, _ = case.layer(case.x)
    with refused(RuntimeError, MISMATCH.format(HIDDEN_SIZE, 2 * HIDDEN_SIZE)):
        another(case, HIDDEN_SIZE)(output)

    second = another(case, 2 * HIDDEN_SIZE)
    assert is_right(case, second, output, time_first(case, output).unbind(1))


@pytest.mark.skipif(IGNORES_FEATURES, reason="it reads beyond the weights")
@repairs("error-input-features-axis")
def test_the_features_move_to_the_last_axis(case):
    """
    Each sequence of a convolution is read by itself, in both layouts and without a batch.
    """
    layer, conv = case.layer, nn.Conv1d(2, INPUT_SIZE, 1)
    features = conv(torch.randn(4, 2, 7))  # (N, C, L)
    with refused(RuntimeError, MISMATCH.format(3, 7)):
        layer(features)

    batch_first = case.options["batch_first"]
    x = features.transpose(1, 2) if batch_first else features.permute(2, 0, 1)
    assert is_right(case, layer, x, [one.T for one in features])
    assert close([layer(features[1].T)[0]], [time_first(case, layer(x)[0])[:, 1]])
    other = features.permute(2, 0, 1) if batch_first else features.transpose(1, 2)
    outputs, _ = alone(layer, [one.T for one in features])
    wrong = layer(other)[0]
    assert not any(close(wrong.unbind(axis), outputs) for axis in (0, 1))
    layer(x)[0].square().sum().backward()
    assert conv.weight.grad.abs().sum() > 0


@repairs("error-input-empty")
def test_an_empty_sequence_is_left_out(case):
    """
    The others have the states that they have alone, the empty one keeps zeros; gradients arrive.
    """
    layer = case.layer
    sequences = [torch.randn(n, INPUT_SIZE, requires_grad=True) for n in (2, 0, 4)]
    with refused(RuntimeError, "Expected sequence length to be larger than 0 in RNN"):
        layer(sequences[1])

    real = [i for i, s in enumerate(sequences) if len(s)]
    _, final = layer(pack_sequence([sequences[i] for i in real], enforce_sorted=False))
    rows = case.num_directions * case.sizes[2]
    states = []
    for state in states_of(final):
        whole = torch.zeros(rows, len(sequences), state.shape[-1])
        whole[:, real] = state
        states.append(whole)
    _, right = alone(layer, [sequences[0], sequences[2]])
    assert close([state[:, [0, 2]] for state in states], right)
    assert not any(state[:, 1].any() for state in states)
    states[0].square().sum().backward()
    assert all(sequences[i].grad.abs().sum() > 0 for i in real)


@repairs("error-input-empty", batch_first=[False])
def test_an_empty_batch_needs_the_flag(case):
    """
    A batch of no sequence, batch first, runs with the flag.
    """
    x = torch.randn(0, 7, INPUT_SIZE)
    with refused(RuntimeError, "Expected sequence length to be larger than 0 in RNN"):
        case.layer(x)

    flagged = KINDS[case.kind](*case.sizes, **{**case.options, "batch_first": True})
    assert flagged(x)[0].shape == (0, 7, HIDDEN_SIZE * case.num_directions)


@repairs("error-input-not-tensor")
def test_each_list_becomes_the_tensor_of_its_layout(case):
    """
    Steps are stacked on the axis of time, sequences on that of the batch.
    """
    layer, first = case.layer, case.options["batch_first"]
    steps = [torch.randn(4, INPUT_SIZE) for _ in range(7)]
    sequences = [torch.randn(7, INPUT_SIZE) for _ in range(4)]
    for wrong in (steps, sequences, [1.0, 2.0]):
        with refused(AttributeError, "'list' object has no attribute 'dim'"):
            layer(wrong)

    x = torch.stack(steps, dim=1) if first else torch.stack(steps)
    assert is_right(case, layer, x, torch.stack(steps, dim=1).unbind(0))
    x = torch.stack(sequences) if first else torch.stack(sequences, dim=1)
    assert is_right(case, layer, x, sequences)
    other = torch.stack(sequences, dim=1) if first else torch.stack(sequences)
    assert not is_right(case, layer, other, sequences[: other.shape[int(not first)]])
    numbers = torch.tensor([1, 2, 3]).float().unsqueeze(-1)
    assert another(case, 1)(numbers)[0].shape == (3, HIDDEN_SIZE * case.num_directions)


@repairs("error-input-not-tensor")
def test_an_array_becomes_a_tensor_of_floats(case):
    """
    An array of doubles gives what the tensor gives.
    """
    array = case.x.double().numpy()
    with refused(AttributeError, "'numpy.ndarray' object has no attribute 'dim'"):
        case.layer(array)

    right = case.layer(case.x)[0]
    assert torch.equal(case.layer(torch.from_numpy(array).float())[0], right)


@repairs("error-input-not-tensor")
def test_state_and_lengths_leave_their_list(case):
    """
    The state itself is taken, and the lengths are packed.
    """
    layer, start = case.layer, some_states(case, 4)
    if case.kind == "LSTM":
        with refused(AttributeError, "'int' object has no attribute 'dim'"):
            layer(case.x, LENGTHS)
    else:
        for wrong in ([start[0]], LENGTHS):
            with refused(AttributeError, "'list' object has no attribute 'dim'"):
                layer(case.x, wrong)

    sequences = time_first(case, case.x).unbind(1)
    _, right = alone(layer, sequences, start)
    assert close(states_of(layer(case.x, give(start))[1]), right)
    first = case.options["batch_first"]
    packed = pack_padded_sequence(case.x, LENGTHS, batch_first=first, enforce_sorted=False)
    _, state = layer(packed)
    _, right = alone(layer, [s[:n] for s, n in zip(sequences, LENGTHS, strict=True)])
    assert close(states_of(state), right)


@repairs("error-forward-arguments")
def test_one_state_and_a_packed_input(case):
    """
    The pair is one argument, and the lengths go into the packing, with the state beside it.
    """
    layer, start = case.layer, some_states(case, 4)
    message = f"{case.kind}.forward() takes from 2 to 3 positional arguments but 4 were given"
    for extra in (start[-1], LENGTHS):
        with refused(TypeError, message):
            layer(case.x, start[0], extra)

    sequences = time_first(case, case.x).unbind(1)
    outputs, right = alone(layer, sequences, start)
    output, state = layer(case.x, give(start))
    assert close(time_first(case, output).unbind(1), outputs)
    assert close(states_of(state), right)
    first = case.options["batch_first"]
    packed = pack_padded_sequence(case.x, LENGTHS, batch_first=first, enforce_sorted=False)
    _, state = layer(packed, give(start))
    _, right = alone(layer, [s[:n] for s, n in zip(sequences, LENGTHS, strict=True)], start)
    assert close(states_of(state), right)


@repairs("error-state-keyword", proj_size=[0, 2])
def test_hx_is_the_state(case):
    """
    The keyword gives what the position gives, and the state counts.
    """
    layer, start = case.layer, some_states(case, 4)
    for name in ("h_0", "initial_state", "mask"):
        message = f"{case.kind}.forward() got an unexpected keyword argument '{name}'"
        with refused(TypeError, message):
            layer(case.x, **{name: start[0]})

    output, _ = layer(input=case.x, hx=give(start))
    assert torch.equal(output, layer(case.x, give(start))[0])
    assert not torch.equal(output, layer(case.x)[0])
