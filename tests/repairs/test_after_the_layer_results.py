"""The repairs of "Errors after the layer": return value, packed outputs, linear layers, views."""

import pytest
import torch
from covers import BATCH_SIZE, LENGTHS, SEQ_LEN, repairs
from refused import checked
from returned import by_time, flat
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnn_guide import merge_directions, shapes_of, split_output, split_state

ONE, TWO = [False], [True]  # directions
NOT_TENSOR = "must be Tensor, not"


class Output(nn.Module):
    """Take the output out of what a layer returns."""

    def forward(self, returned):
        """Return the output."""
        return returned[0]


def alone(case, k):
    """Return the output of one sequence of a packed batch, computed without the others."""
    return case.layer(by_time(case, case.x)[: LENGTHS[k], k])[0]


def last_rows(case, h_n):
    """Return the final state of the top layer, both directions joined."""
    return torch.cat([*h_n[-case.num_directions :]], dim=-1)


@repairs("error-tuple-linear", proj_size=[0, 2], layouts=["batched", "unbatched"])
def test_output_taken_out_goes_into_the_next_layer(case):
    """
    With a module in between, each step goes through the linear layer, and gradients come back.
    """
    linear = nn.Linear(case.num_directions * case.features, 2)
    with pytest.raises(TypeError, match=NOT_TENSOR):
        nn.Sequential(case.layer, linear)(case.x)

    scores = nn.Sequential(case.layer, Output(), linear)(case.x)
    output, _ = case.layer(case.x)

    assert torch.allclose(scores, output @ linear.weight.T + linear.bias, atol=1e-6)
    scores.sum().backward()
    assert all(parameter.grad.any() for parameter in case.layer.parameters())


@repairs("error-tuple-linear", kinds=["LSTM"], bidirectional=ONE, proj_size=[0, 2])
def test_h_n_taken_out_of_the_pair_of_an_lstm_is_the_last_hidden_state(case):
    """
    Part 0 of the state ends in the last step; part -1 is the cell state.
    """
    linear = nn.Linear(case.features, 2)
    output, state = case.layer(case.x)
    with pytest.raises(TypeError, match=NOT_TENSOR):
        linear(state)

    h_n, c_n = state

    assert torch.equal(h_n[-1], by_time(case, output)[-1])
    assert state[-1] is c_n
    assert linear(h_n[-1]).shape == (BATCH_SIZE, 2)


@repairs("error-tuple-sequential", proj_size=[0, 2])
def test_output_of_one_layer_is_the_input_of_another(case):
    """
    A layer reads the output of any other, step by step the same as one call for each sequence.
    """
    batch_first = case.options["batch_first"]
    for kind in (nn.RNN, nn.GRU, nn.LSTM):
        second = kind(case.num_directions * case.features, 6, batch_first=batch_first)
        with pytest.raises(AttributeError, match="'tuple' object has no attribute 'dim'"):
            nn.Sequential(case.layer, second)(case.x)

        output, _ = second(case.layer(case.x)[0])

        returned = case.layer(case.x)
        checked((second, returned), (second, returned[0]), "input must be one tensor, got tuple")
        one = second(case.layer(by_time(case, case.x)[:, 1])[0])[0]
        assert torch.allclose(by_time(case, output)[:, 1], one, atol=1e-6)


@repairs("error-tuple-sequential", bidirectional=ONE)
def test_num_layers_is_the_same_as_equal_layers_in_a_row(case):
    """
    Two layers of one each, with the weights of a layer of two, compute the same.
    """
    kind, batch_first = type(case.layer), case.options["batch_first"]
    both = kind(3, 5, 2, batch_first=batch_first)
    lower, upper = (kind(n, 5, batch_first=batch_first) for n in (3, 5))
    weights = both.state_dict()
    lower.load_state_dict({k: weights[k] for k in lower.state_dict()})
    upper.load_state_dict({k: weights[k.replace("l0", "l1")] for k in upper.state_dict()})

    assert torch.allclose(upper(lower(case.x)[0])[0], both(case.x)[0], atol=1e-6)


@repairs(
    "error-tuple-size",
    num_layers=[1, 2, 3],
    proj_size=[0, 2],
    layouts=["batched", "unbatched", "packed"],
)
def test_hook_shows_each_shape_and_is_taken_away(case, capsys):
    """
    The hook prints the shapes of every kind and layout, and is silent once it is removed.
    """
    x = case.packed() if case.layout == "packed" else case.x
    with pytest.raises(AttributeError, match="'tuple' object has no attribute 'size'"):
        case.layer(x).size()

    def show(module, inputs, returned):
        output, state = returned
        states = state if isinstance(state, tuple) else (state,)
        print(type(module).__name__, *[tuple(t.data.shape) for t in (output, *states)])

    handle = case.layer.register_forward_hook(show)
    case.layer(x)
    handle.remove()
    shown = capsys.readouterr().out
    case.layer(x)

    if case.layout == "packed":
        output = (sum(LENGTHS), case.num_directions * case.features)
    else:
        output = tuple(shapes_of(case.layer, case.x.shape).output)
    batch = () if case.layout == "unbatched" else (BATCH_SIZE,)
    rows = case.num_directions * case.sizes[2]
    wanted = [output, (rows, *batch, case.features)]
    wanted += [(rows, *batch, 5)] if case.kind == "LSTM" else []
    assert shown == " ".join([case.kind, *map(str, wanted)]) + "\n"
    assert capsys.readouterr().out == ""


@repairs("error-tuple-shape", bidirectional=ONE, proj_size=[0, 2])
def test_last_step_is_taken_on_the_axis_of_time(case):
    """
    The last step is index -1 of the axis of time; a GRU and an RNN raise nothing and give h_n.
    """
    h_n = case.states()["h_n"]
    if case.kind == "LSTM":
        with pytest.raises(AttributeError, match="'tuple' object has no attribute 'shape'"):
            _ = case.layer(case.x)[-1].shape
    else:
        assert torch.equal(case.layer(case.x)[-1], h_n)

    output, _ = case.layer(case.x)
    last = output[:, -1] if case.options["batch_first"] else output[-1]

    assert torch.equal(last, h_n[-1])


@repairs("error-tuple-detach", bidirectional=ONE, proj_size=[0, 2])
def test_detached_state_goes_on_and_sends_no_gradient_back(case):
    """
    The state taken out and detached continues the sequences, and its past gets no gradient.
    """
    first, second = by_time(case, case.x).clone().requires_grad_(), by_time(case, case.x * 2)
    with pytest.raises(AttributeError, match="'tuple' object has no attribute 'detach'"):
        case.layer(by_time(case, first)).detach()

    returned = case.layer(by_time(case, first))
    if case.kind == "LSTM":
        with pytest.raises(AttributeError, match="'tuple' object has no attribute 'detach'"):
            returned[1].detach()
        state = tuple(part.detach() for part in returned[1])
    else:
        state = returned[1].detach()
    output, _ = case.layer(by_time(case, second), state)

    whole = case.layer(by_time(case, torch.cat([first, second])))[0]
    assert torch.allclose(by_time(case, output), by_time(case, whole)[SEQ_LEN:], atol=1e-6)
    output.sum().backward()
    assert first.grad is None


@repairs("error-tuple-index", bidirectional=ONE)
def test_unpacked_output_is_indexed(case):
    """
    The last step of the output is what the pair could not be indexed for.
    """
    with pytest.raises(TypeError, match="tuple indices must be integers or slices, not tuple"):
        case.layer(case.x)[:, -1]

    output, _ = case.layer(case.x)
    last = output[:, -1] if case.options["batch_first"] else output[-1]

    assert torch.equal(last, case.states()["h_n"][-1])


@repairs("error-unpack-gru", kinds=["RNN", "GRU"], num_layers=[1, 2, 3])
def test_number_of_rows_decides_what_a_pair_of_states_does(case):
    """
    One row and three or more are refused, two are taken for h_n and c_n; one name has them all.
    """
    output, h_n = case.layer(case.x)
    rows = len(h_n)
    if rows == 2:
        _, (_, not_c_n) = case.layer(case.x)
        assert torch.equal(not_c_n, h_n[1])
    else:
        few = r"not enough values to unpack \(expected 2, got 1\)"
        message = few if rows == 1 else r"too many values to unpack \(expected 2"
        with pytest.raises(ValueError, match=message):
            _, (_, not_c_n) = case.layer(case.x)

    assert h_n.shape == (case.num_directions * case.sizes[2], BATCH_SIZE, 5)
    assert torch.equal(last_rows(case, h_n)[:, :5], by_time(case, output)[-1, :, :5])


@repairs("error-unpack-three", proj_size=[0, 2])
def test_two_names_take_what_a_layer_returns(case):
    """
    A pair for an LSTM and one state for the others.
    """
    with pytest.raises(ValueError, match=r"not enough values to unpack \(expected 3, got 2\)"):
        output, h_n, c_n = case.layer(case.x)

    if case.kind == "LSTM":
        output, (h_n, c_n) = case.layer(case.x)
        assert c_n.shape == (*h_n.shape[:2], 5)
    else:
        output, h_n = case.layer(case.x)

    final = by_time(case, output)[-1, :, : case.features]
    assert torch.equal(h_n[-case.num_directions], final)


@repairs("error-sequential-state", bidirectional=ONE)
def test_layer_called_by_hand_starts_from_the_state(case):
    """
    The state that no sequential takes continues the sequences.
    """
    linear = nn.Linear(5, 2)
    first, second = by_time(case, case.x)[:3], by_time(case, case.x)[3:]
    _, state = case.layer(by_time(case, first))
    with pytest.raises(TypeError, match="takes 2 positional arguments but 3 were given"):
        nn.Sequential(case.layer, linear)(by_time(case, second), state)

    output, _ = case.layer(by_time(case, second), state)

    whole = by_time(case, linear(case.layer(case.x)[0]))[3:]
    assert torch.allclose(by_time(case, linear(output)), whole, atol=1e-6)


@repairs("error-packed-linear", layouts=["packed"], proj_size=[0, 2])
def test_scores_of_a_packed_output_are_those_of_each_sequence_alone(case):
    """
    Both ways give the scores of each sequence; after the first the padding holds the bias.
    """
    linear = nn.Linear(case.num_directions * case.features, 2)
    output, _ = case.layer(case.packed())
    with pytest.raises(TypeError, match="must be Tensor, not PackedSequence"):
        linear(output)

    padded = by_time(case, linear(pad_packed_sequence(output, case.options["batch_first"])[0]))
    packed_scores = output._replace(data=linear(output.data))
    scores, lengths = pad_packed_sequence(packed_scores)

    assert lengths.tolist() == LENGTHS
    for k, length in enumerate(LENGTHS):
        wanted = linear(alone(case, k))
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
    padded = by_time(case, pad_packed_sequence(output, batch_first)[0])
    assert padded.shape == (SEQ_LEN, BATCH_SIZE, case.num_directions * case.features)
    for k, length in enumerate(LENGTHS):
        assert torch.allclose(padded[:length, k], alone(case, k), atol=1e-6)

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

    output = by_time(case, case.layer(case.x)[0])
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
    assert torch.equal(h_n[-1], by_time(case, case.layer(case.x)[0])[-1])
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
    x = by_time(case, by_time(case, case.x)[:, :batch_size])
    output, state = case.layer(x)
    size = case.x.shape[:2]
    with pytest.raises(RuntimeError, match="is invalid for input of size"):
        output.view(*size, 2, case.features)

    forward, backward = output.view(*output.shape[:2], 2, -1).unbind(2)

    h_n = flat(state)[0]
    assert torch.equal(by_time(case, forward)[-1], h_n[-2])
    assert torch.equal(by_time(case, backward)[0], h_n[-1])
