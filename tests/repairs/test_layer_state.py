"""The repairs of "Errors while making or calling a layer": the axes of the initial state."""

import pytest
import torch
from covers import HIDDEN_SIZE, INPUT_SIZE, LENGTHS, repairs
from layers import KINDS
from references import alone, close, give, some_states, states_of, time_first
from refused import refused
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from rnn_guide import merge_directions, shapes_of, split_state

PROJECTED = (0, 2)
ONE_STATE = ("RNN", "GRU")


def is_right(case, x, states, columns=None):
    """Whether a batch with initial states gives what each sequence gives alone with its own."""
    output, final = case.layer(x, give(tuple(states)))
    sequences = time_first(case, x).unbind(1) if columns is None else columns
    outputs, finals = alone(case.layer, sequences, tuple(states))
    return close(time_first(case, output).unbind(1), outputs) and close(states_of(final), finals)


def size_message(case, expected, got, which=0):
    """Return the message for a state of a wrong size."""
    name = f"hidden[{which}]" if case.kind == "LSTM" else "hidden"
    return f"Expected {name} size {tuple(expected)}, got {list(got)}"


def axes_message(case, kind_of_input, axes, got):
    """Return the message for a state with a wrong number of axes."""
    if case.kind == "LSTM":
        found = f"({', '.join(f'{n}-D' for n in got)}) tensors"
        return f"For {kind_of_input}, hx and cx should also be {axes}-D but got {found}"
    return f"For {kind_of_input}, hx should also be {axes}-D but got {got[0]}-D tensor"


def rows_of(case):
    """Return D*num_layers."""
    return case.num_directions * case.sizes[2]


@repairs("shape-of-the-initial-state", proj_size=PROJECTED, layouts=["batched", "unbatched"])
def test_states_of_the_shapes_start_the_layer(case):
    """
    The rule, by hand and by the package, is the shape that the layer takes and returns.
    """
    batch = () if case.batch_size is None else (4,)
    h_0, c_0 = (rows_of(case), *batch, case.features), (rows_of(case), *batch, HIDDEN_SIZE)
    shapes = shapes_of(case.layer, case.x.shape)
    assert shapes.h_0 == h_0
    if case.kind == "LSTM":
        assert shapes.c_0 == c_0

    states = [torch.randn(size) for size in (h_0, c_0)[: 1 + (case.kind == "LSTM")]]
    output, final = case.layer(case.x, give(tuple(states)))
    assert [state.shape for state in states_of(final)] == [state.shape for state in states]
    assert not torch.equal(output, case.layer(case.x)[0])


@repairs("error-hx-batched", "error-hx-cx-batched", proj_size=PROJECTED)
def test_a_state_of_two_axes_gets_its_third(case):
    """
    One state for each sequence gets the axis of rows, and goes to each row where there are more.
    """
    start = [state[0] for state in some_states(case, 4)]
    with refused(RuntimeError, axes_message(case, "batched 3-D input", 3, [2, 2])):
        case.layer(case.x, give(tuple(start)))

    rows = rows_of(case)
    states = [state.expand(rows, -1, -1).contiguous() for state in start]
    if rows == 1:
        assert all(torch.equal(s, h.unsqueeze(0)) for s, h in zip(states, start, strict=True))
    assert is_right(case, case.x, states)


@repairs("error-hx-batched", "error-hx-cx-batched", proj_size=PROJECTED)
def test_a_state_of_an_unbatched_call_gets_a_batch_of_one(case):
    """
    The state of one sequence goes on in a batch of one, as it does unbatched.
    """
    sequence, following = torch.randn(2, 7, INPUT_SIZE).unbind()
    states = states_of(case.layer(sequence)[1])
    x = time_first(case, following.unsqueeze(1))
    with refused(RuntimeError, axes_message(case, "batched 3-D input", 3, [2, 2])):
        case.layer(x, give(states))

    assert is_right(case, x, [state.unsqueeze(1) for state in states], [following])


@repairs("error-hx-batched", "error-hx-cx-batched", proj_size=PROJECTED)
def test_a_flat_state_is_transposed(case):
    """
    Each sequence starts with its own rows of a flat state; ``view`` alone mixes them.
    """
    rows, states = rows_of(case), some_states(case, 4)
    flat = [state.transpose(0, 1).flatten(1) for state in states]  # (N, rows*H)
    with refused(RuntimeError, axes_message(case, "batched 3-D input", 3, [2, 2])):
        case.layer(case.x, give(tuple(flat)))

    whole = [one.view(4, rows, -1).transpose(0, 1).contiguous() for one in flat]
    assert all(torch.equal(one, other) for one, other in zip(whole, states, strict=True))
    assert is_right(case, case.x, whole)
    wrong = [one.view(rows, 4, -1) for one in flat]
    assert torch.equal(wrong[0], states[0]) == (rows == 1)


@repairs("error-hx-batched", kinds=ONE_STATE)
def test_four_axes_of_a_state_are_joined(case):
    """
    Layers and directions with an axis each are joined, in this order.
    """
    _, _, num_layers = case.sizes
    h = torch.randn(num_layers, case.num_directions, 4, HIDDEN_SIZE)
    with refused(RuntimeError, axes_message(case, "batched 3-D input", 3, [4])):
        case.layer(case.x, h)

    rows = [h[layer, way] for layer in range(num_layers) for way in range(case.num_directions)]
    assert torch.equal(h.flatten(0, 1), torch.stack(rows))
    assert is_right(case, case.x, [h.flatten(0, 1)])


@repairs("error-hx-batched", "error-hx-cx-batched")
def test_lengths_are_packed(case):
    """
    Lengths in place of the state have the message, and belong in the packing.
    """
    lengths = torch.tensor(LENGTHS)
    got = [0, 0] if case.kind == "LSTM" else [1]
    with refused(RuntimeError, axes_message(case, "batched 3-D input", 3, got)):
        case.layer(case.x, lengths)

    first = case.options["batch_first"]
    packed = pack_padded_sequence(case.x, lengths, batch_first=first, enforce_sorted=False)
    sequences = [s[:n] for s, n in zip(time_first(case, case.x).unbind(1), LENGTHS, strict=True)]
    assert close(states_of(case.layer(packed)[1]), alone(case.layer, sequences)[1])


@repairs("error-hx-cx-batched", kinds=["LSTM"])
def test_only_the_cell_state_lacks_an_axis(case):
    """
    (3-D, 2-D) is a ``c_0`` without its axis.
    """
    h_0, c_0 = some_states(case, 4)
    with refused(RuntimeError, axes_message(case, "batched 3-D input", 3, [3, 2])):
        case.layer(case.x, (h_0, c_0[0]))

    rows = c_0[:1].expand(rows_of(case), -1, -1).contiguous()
    assert is_right(case, case.x, [h_0, rows])


@repairs("error-hx-unbatched", "error-hx-cx-unbatched", proj_size=PROJECTED)
def test_one_step_of_a_batch_gets_its_axis_of_time(case):
    """
    Each sequence makes its step with its own state, and the states can be handed on.
    """
    x_t, states = torch.randn(4, INPUT_SIZE), some_states(case, 4)
    with refused(RuntimeError, axes_message(case, "unbatched 2-D input", 2, [3, 3])):
        case.layer(x_t, give(states))

    x = x_t.unsqueeze(1) if case.options["batch_first"] else x_t.unsqueeze(0)
    assert is_right(case, x, states, x_t.unsqueeze(1).unbind(0))
    wrong = x_t.unsqueeze(0) if case.options["batch_first"] else x_t.unsqueeze(1)
    with pytest.raises(RuntimeError):
        case.layer(wrong, give(states))


@repairs("error-hx-unbatched", "error-hx-cx-unbatched", proj_size=PROJECTED)
def test_one_sequence_gets_a_batch_or_its_state_loses_it(case):
    """
    Both repairs give the same numbers, in both layouts.
    """
    sequence, states = torch.randn(7, INPUT_SIZE), some_states(case, 1)
    with refused(RuntimeError, axes_message(case, "unbatched 2-D input", 2, [3, 3])):
        case.layer(sequence, give(states))

    x = sequence.unsqueeze(0) if case.options["batch_first"] else sequence.unsqueeze(1)
    assert is_right(case, x, states, [sequence])
    output, _ = case.layer(x, give(states))
    unbatched, _ = case.layer(sequence, give(tuple(s.squeeze(1) for s in states)))
    assert close([unbatched], time_first(case, output).unbind(1))


@repairs("error-hx-unbatched", "error-hx-cx-unbatched")
def test_a_series_gets_its_feature_axis(case):
    """
    Series of single numbers with a state are read one by one.
    """
    layer, states = KINDS[case.kind](1, *case.sizes[1:], **case.options), some_states(case, 4)
    series = time_first(case, torch.randn(7, 4))
    with refused(RuntimeError, axes_message(case, "unbatched 2-D input", 2, [3, 3])):
        layer(series, give(states))

    case.__dict__["layer"] = layer
    assert is_right(case, series.unsqueeze(-1), states)


@repairs("error-hidden-rows", "error-hidden0-rows", bidirectional=[False])
def test_two_directions_are_merged(case):
    """
    The decoder starts from the sum of both directions of each layer; gradients arrive.
    """
    _, _, num_layers = case.sizes
    encoder = KINDS[case.kind](6, HIDDEN_SIZE, num_layers, bidirectional=True)
    states = states_of(encoder(torch.randn(9, 4, 6))[1])
    expected = (num_layers, 4, HIDDEN_SIZE)
    with refused(RuntimeError, size_message(case, expected, states[0].shape)):
        case.layer(case.x, give(states))

    merged = [merge_directions(split_state(state), "sum") for state in states]
    for state, whole in zip(states, merged, strict=True):
        pairs = [state[2 * k] + state[2 * k + 1] for k in range(num_layers)]
        assert torch.equal(whole, torch.stack(pairs))
        assert torch.equal(whole, state[0::2] + state[1::2])
    assert is_right(case, case.x, merged)
    case.layer(case.x, give(tuple(merged)))[0].square().sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in encoder.parameters())


@repairs("error-hidden-rows", "error-hidden0-rows", bidirectional=[False])
def test_more_layers_give_their_upper_ones(case):
    """
    The upper layers start the decoder; merging them as directions adds two layers.
    """
    _, _, num_layers = case.sizes
    encoder, x_encoded = KINDS[case.kind](6, HIDDEN_SIZE, 2 * num_layers), torch.randn(9, 4, 6)
    states = states_of(encoder(x_encoded)[1])
    expected = (num_layers, 4, HIDDEN_SIZE)
    with refused(RuntimeError, size_message(case, expected, states[0].shape)):
        case.layer(case.x, give(states))

    upper = [state[-num_layers:] for state in states]
    assert is_right(case, case.x, upper)
    output, _ = encoder(x_encoded)
    assert torch.allclose(upper[0][-1], output[-1], atol=1e-6)  # the top layer is in it
    merged = merge_directions(split_state(states[0]), "sum")
    assert torch.equal(merged[0], states[0][0] + states[0][1])


@repairs("error-hidden-rows", "error-hidden0-rows")
def test_the_same_arguments_take_the_state(case):
    """
    A layer with the layers and directions of the other takes its state.
    """
    options = {**case.options, "bidirectional": not case.bidirectional}
    other = KINDS[case.kind](*case.sizes, **options)
    states = states_of(other(case.x)[1])
    expected = (rows_of(case), 4, HIDDEN_SIZE)
    with refused(RuntimeError, size_message(case, expected, states[0].shape)):
        case.layer(case.x, give(states))

    case.__dict__["layer"] = KINDS[case.kind](*case.sizes, **options)
    assert is_right(case, case.x, states)


@repairs("error-hidden-length-as-batch", proj_size=PROJECTED)
def test_flag_and_layout_agree(case):
    """
    The flag, or the transposed input, gives each sequence its own state.
    """
    first = case.options["batch_first"]
    x, states = case.x.transpose(0, 1), some_states(case, 4)  # not as the layer reads it
    expected = (rows_of(case), 7, case.features)
    with refused(RuntimeError, size_message(case, expected, states[0].shape)):
        case.layer(x, give(states))

    assert is_right(case, x.transpose(0, 1), states)
    other = KINDS[case.kind](*case.sizes, **{**case.options, "batch_first": not first})
    other.load_state_dict(case.layer.state_dict())
    output, final = other(x, give(states))
    right, right_final = case.layer(x.transpose(0, 1), give(states))
    assert close([output.transpose(0, 1), *states_of(final)], [right, *states_of(right_final)])


@repairs("error-hidden-batch-first", proj_size=PROJECTED)
def test_the_axes_of_a_state_are_swapped(case):
    """
    Each sequence starts with its own rows, whatever the flag is.
    """
    states = some_states(case, 3)  # not the number of rows
    case.__dict__["x"] = time_first(case, torch.randn(7, 3, INPUT_SIZE))
    batch_first = [state.transpose(0, 1).contiguous() for state in states]
    expected = (rows_of(case), 3, case.features)
    with refused(RuntimeError, size_message(case, expected, batch_first[0].shape)):
        case.layer(case.x, give(tuple(batch_first)))

    swapped = [state.transpose(0, 1).contiguous() for state in batch_first]
    assert all(torch.equal(one, other) for one, other in zip(swapped, states, strict=True))
    assert is_right(case, case.x, swapped)


@repairs("error-hidden-last-batch", proj_size=PROJECTED)
def test_a_state_is_made_for_the_batch(case):
    """
    Nothing, zeros of the batch, a learned state expanded, and rows kept fit the smaller batch.
    """
    rows, states = rows_of(case), some_states(case, 4)
    last = time_first(case, torch.randn(7, 2, INPUT_SIZE))
    expected = (rows, 2, case.features)
    with refused(RuntimeError, size_message(case, expected, states[0].shape)):
        case.layer(last, give(states))

    size = last.shape[0 if case.options["batch_first"] else 1]
    zeros = [last.new_zeros(rows, size, state.shape[-1]) for state in states]
    assert is_right(case, last, zeros)
    assert torch.equal(case.layer(last)[0], case.layer(last, give(tuple(zeros)))[0])
    learned = [nn.Parameter(torch.randn(rows, 1, state.shape[-1])) for state in states]
    expanded = [state.expand(-1, size, -1).contiguous() for state in learned]
    assert is_right(case, last, expanded)
    case.layer(last, give(tuple(expanded)))[0].square().sum().backward()
    assert all(state.grad.abs().sum() > 0 for state in learned)
    assert is_right(case, last, [state[:, [0, 3]] for state in states])


@repairs("error-hidden-features", proj_size=PROJECTED)
def test_a_bridge_for_each_state(case):
    """
    The bridged states start the layer, and the gradients arrive in bridges and encoder.
    """
    _, _, num_layers = case.sizes
    encoder = KINDS[case.kind](INPUT_SIZE, 6, num_layers, bidirectional=case.bidirectional)
    given = states_of(encoder(torch.randn(9, 4, INPUT_SIZE))[1])
    expected = (rows_of(case), 4, case.features)
    with refused(RuntimeError, size_message(case, expected, given[0].shape)):
        case.layer(case.x, give(given))

    sizes = case.features, HIDDEN_SIZE
    bridges = [nn.Linear(6, size) for size, _ in zip(sizes, given, strict=False)]
    states = [bridge(state) for bridge, state in zip(bridges, given, strict=True)]
    assert is_right(case, case.x, states)
    case.layer(case.x, give(tuple(states)))[0].square().sum().backward()
    for module in (encoder, *bridges):
        assert all(weight.grad.abs().sum() > 0 for weight in module.parameters())
