"""The recipes of "Start a decoder from a bidirectional encoder"."""

import pytest
import torch
from covers import BATCH_SIZE, HIDDEN_SIZE, PROJ_SIZE, repairs
from layers import KINDS
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from rnn_guide import merge_directions, split_output, split_state

STEPS, WIDTH = 9, 6  # of what the decoder reads
ENCODERS = {"bidirectional": [True], "num_layers": [1, 2, 3]}
REFUSED = r"Expected hidden(\[[01]\])? size"


def decoder(case, num_layers, hidden_size=2 * HIDDEN_SIZE, **options):
    """Return a decoder of the kind and layout of the encoder."""
    options["batch_first"] = case.options["batch_first"]
    return KINDS[case.kind](WIDTH, hidden_size, num_layers, **options)


def decode(case, layer, states):
    """Return what the decoder gives for each sequence of the batch, (N, T, H_out)."""
    torch.manual_seed(1)
    y = torch.randn(BATCH_SIZE, STEPS, WIDTH)
    given = tuple(states) if case.kind == "LSTM" else states[0]
    if case.options["batch_first"]:
        return layer(y, given)[0]
    return layer(y.transpose(0, 1), given)[0].transpose(0, 1)


def alone(case, layer, make):
    """Return the same, where each sequence is encoded and decoded without a batch."""
    torch.manual_seed(1)
    y = torch.randn(BATCH_SIZE, STEPS, WIDTH)
    batch = case.x if case.options["batch_first"] else case.x.transpose(0, 1)
    outputs = []
    for sequence, read in zip(batch, y, strict=True):
        state = case.layer(sequence)[1]
        states = [make(s) for s in (state if case.kind == "LSTM" else (state,))]
        outputs.append(layer(read, tuple(states) if case.kind == "LSTM" else states[0])[0])
    return torch.stack(outputs)


def joined(state):
    """Return one row for each layer, forward beside backward, picked one by one."""
    rows = [torch.cat([state[k], state[k + 1]], dim=-1) for k in range(0, len(state), 2)]
    return torch.stack(rows)


def close(one, other):
    """Say whether two results are one, but for rounding."""
    return torch.allclose(one, other, atol=1e-6)


@repairs("start-a-decoder", "decoder-of-an-lstm", **ENCODERS)
def test_decoder_starts_from_its_own_sequence(case):
    """
    Joined states start each sequence where it would start alone, and gradients reach the encoder.
    """
    layer = decoder(case, case.sizes[2])
    states = list(case.states().values())
    wrong = [s.view(case.sizes[2], BATCH_SIZE, 2 * HIDDEN_SIZE) for s in states]
    right = alone(case, layer, joined)
    assert not close(decode(case, layer, wrong), right)  # the shape fits

    merged = [merge_directions(split_state(state)) for state in states]
    decoded = decode(case, layer, merged)

    by_hand = [torch.cat([s[0::2], s[1::2]], dim=-1) for s in states]
    assert all(torch.equal(*pair) for pair in zip(merged, by_hand, strict=True))
    assert all(state.is_contiguous() for state in merged)
    assert close(decoded, right)
    decoded.square().sum().backward()
    assert all(parameter.grad.any() for parameter in case.layer.parameters())


@repairs("start-a-decoder", bidirectional=[False])
def test_encoder_of_one_direction_is_passed_on(case):
    """
    Nothing is merged: two layers would become one of twice the size.
    """
    states = list(case.states().values())
    if case.sizes[2] == 2:
        assert merge_directions(split_state(states[0])).shape[0] == 1  # no error

    layer = decoder(case, case.sizes[2], HIDDEN_SIZE)

    assert close(decode(case, layer, states), alone(case, layer, lambda state: state))


@repairs("start-a-decoder", bidirectional=[True], layouts=["packed"])
def test_packed_encoder(case):
    """
    Packed, the state of a padded sequence is the one that it has alone.
    """
    x = case.x if case.options["batch_first"] else case.x.transpose(0, 1)
    packed = pack_padded_sequence(x, case.lengths, batch_first=True, enforce_sorted=False)
    state = case.layer(packed)[1]
    h_n = state[0] if case.kind == "LSTM" else state

    merged = merge_directions(split_state(h_n))

    for n, length in enumerate(case.lengths):
        own = case.layer(x[n, :length])[1]
        assert close(merged[:, n], joined(own[0] if case.kind == "LSTM" else own))


@repairs("decoder-of-an-lstm", kinds=["LSTM"], bidirectional=[True])
def test_both_states_of_an_lstm(case):
    """
    One state alone is refused or is not what the decoder needs; both start it.
    """
    h_n, c_n = case.states().values()
    layer = decoder(case, case.sizes[2])
    merged = [merge_directions(split_state(state)) for state in (h_n, c_n)]
    right = alone(case, layer, joined)
    without = decode(case, layer, [merged[0], torch.zeros_like(merged[1])])
    assert not close(without, right)

    assert close(decode(case, layer, merged), right)


@repairs("decoder-with-proj-size", kinds=["LSTM"], proj_size=[PROJ_SIZE], **ENCODERS)
def test_projection_is_doubled_too(case):
    """
    A decoder without the projection refuses h_0; with twice both sizes it runs.
    """
    states = [torch.cat([s[0::2], s[1::2]], dim=-1) for s in case.states().values()]
    with pytest.raises(RuntimeError, match=REFUSED):
        decode(case, decoder(case, case.sizes[2]), states)

    layer = decoder(case, case.sizes[2], proj_size=2 * PROJ_SIZE)
    decoded = decode(case, layer, states)

    assert decoded.shape == (BATCH_SIZE, STEPS, 2 * PROJ_SIZE)
    assert close(decoded, alone(case, layer, joined))


@repairs("other-numbers-of-layers", **ENCODERS)
@pytest.mark.parametrize("num_layers", [1, 2, 3, 4])
def test_decoder_of_another_number_of_layers(case, num_layers):
    """
    The top rows start a decoder of fewer layers, zeros the other layers of one with more.
    """
    layer, missing = decoder(case, num_layers), num_layers - case.sizes[2]
    states = [torch.cat([s[0::2], s[1::2]], dim=-1) for s in case.states().values()]
    if missing:
        with pytest.raises(RuntimeError, match=REFUSED):
            decode(case, layer, states)

    if missing > 0:
        fit = [torch.cat([s, s.new_zeros(missing, *s.shape[1:])]) for s in states]
    else:
        fit = [s[-num_layers:] for s in states]
    top = [s[-1:].expand(num_layers, -1, -1).contiguous() for s in states]

    def rows(state):
        zeros = [torch.zeros(2 * HIDDEN_SIZE)] * max(missing, 0)
        return torch.stack([*joined(state)[-num_layers:], *zeros])

    assert close(decode(case, layer, fit), alone(case, layer, rows))
    same = alone(case, layer, lambda state: torch.stack([joined(state)[-1]] * num_layers))
    assert close(decode(case, layer, top), same)


@repairs("keep-the-size", **ENCODERS)
@pytest.mark.parametrize("mode", ["sum", "mean", "mul"])
def test_directions_are_combined_to_their_own_size(case, mode):
    """
    A combined state starts a decoder of the size of the encoder.
    """

    def combined(state):
        forward, backward = state[0::2], state[1::2]
        both = {"sum": forward + backward, "mul": forward * backward}
        return both["sum"] / 2 if mode == "mean" else both[mode]

    layer = decoder(case, case.sizes[2], HIDDEN_SIZE)
    states = case.states().values()
    with pytest.raises(RuntimeError, match=REFUSED):
        decode(case, layer, list(states))

    merged = [merge_directions(split_state(state), mode) for state in states]

    assert close(decode(case, layer, merged), alone(case, layer, combined))


@repairs("keep-the-size", kinds=["RNN", "GRU"], bidirectional=[True])
def test_mean_stays_in_the_range_of_a_state(case):
    """
    States that are near 1 in both directions have a sum above 1, and a mean that is not.
    """
    with torch.no_grad():
        for parameter in case.layer.parameters():
            parameter.fill_(1.0)
            if case.kind == "GRU":
                parameter[HIDDEN_SIZE : 2 * HIDDEN_SIZE] = -1.0  # let the update gate open
    directions = split_state(case.states()["h_n"])
    assert all((part.abs() <= 1).all() for part in directions)
    assert (merge_directions(directions, "sum") > 1).any()

    assert (merge_directions(directions, "mean").abs() <= 1).all()


@repairs("keep-the-size", bidirectional=[True], proj_size=[0, 2])
def test_output_is_merged_for_the_next_layer(case):
    """
    The next layer refuses both halves, and takes their sum.
    """
    output, _ = case.layer(case.x)
    following = nn.GRU(case.features, 4, batch_first=case.options["batch_first"])
    with pytest.raises(RuntimeError, match="input_size"):
        following(output)

    total = merge_directions(split_output(output), "sum")

    assert torch.equal(total, output[..., : case.features] + output[..., case.features :])
    assert following(total)[0].shape[:2] == output.shape[:2]


@repairs("bridge-to-a-decoder", proj_size=[0, 2], **ENCODERS)
def test_linear_layer_brings_the_size(case):
    """
    One linear layer for each width: each sequence starts as alone, and the gradients arrive.
    """
    layer = decoder(case, case.sizes[2], 4)
    states = case.states()
    merged = [merge_directions(split_state(state)) for state in states.values()]
    with pytest.raises(RuntimeError, match=REFUSED):
        decode(case, layer, merged)

    bridges = nn.ModuleList(nn.Linear(state.shape[-1], 4) for state in merged)
    bridged = [bridge(state) for bridge, state in zip(bridges, merged, strict=True)]
    bridged[0] = bridged[0].tanh()

    for n in range(BATCH_SIZE):
        own = bridges[0](joined(states["h_n"])[:, n]).tanh()
        assert close(bridged[0][:, n], own)
    assert bridged[0].abs().max() <= 1
    decode(case, layer, bridged).square().sum().backward()
    assert all(parameter.grad.any() for parameter in bridges.parameters())
    assert all(parameter.grad.any() for parameter in case.layer.parameters())


@repairs("decoder-without-merging", **ENCODERS)
def test_state_that_is_not_merged(case):
    """
    It is refused, unless the decoder has twice the layers; merged, it starts the decoder.
    """
    states, num_layers = list(case.states().values()), case.sizes[2]
    layer = decoder(case, num_layers, HIDDEN_SIZE)
    with pytest.raises(RuntimeError, match=REFUSED):
        decode(case, layer, states)
    assert decode(case, decoder(case, 2 * num_layers, HIDDEN_SIZE), states).shape == (
        (BATCH_SIZE, STEPS, HIDDEN_SIZE)  # no error
    )

    if case.kind == "LSTM":  # its pair has parts, and no rows
        pair = tuple(states)
        assert all(map(torch.equal, pair[0::2] + pair[1::2], pair))

    means = [(state[0::2] + state[1::2]) / 2 for state in states]

    right = alone(case, layer, lambda state: state.unflatten(0, (num_layers, 2)).mean(dim=1))
    assert close(decode(case, layer, means), right)


@repairs("first-rows-of-the-state", proj_size=[0, 2], **ENCODERS)
def test_every_second_row_is_forward(case):
    """
    The first rows are both directions of the lower layers; with one layer alone they are forward.
    """
    num_layers = case.sizes[2]
    for state in case.states().values():
        forward, backward = split_state(state)
        in_order = [forward[0], backward[0], *forward[1:2]][:num_layers]
        assert torch.equal(state[:num_layers], torch.stack(in_order))
        assert torch.equal(state[:num_layers], forward) == (num_layers == 1)

        assert torch.equal(state[0::2], forward)
        assert state[0::2].contiguous().is_contiguous()
        assert state[0::2].is_contiguous() == (num_layers == 1)

    if case.kind != "LSTM" and num_layers > 1:
        # A forward row of the top layer has nothing of the backward weights of this layer.
        last = dict(case.layer.named_parameters())[f"weight_hh_l{num_layers - 1}_reverse"]
        h_n = case.states()["h_n"]
        (gradient,) = torch.autograd.grad(h_n[0::2].sum(), last, allow_unused=True)
        assert gradient is None or not gradient.any()


@repairs("size-of-encoder-hidden", proj_size=[0, 2])
def test_first_of_the_state(case):
    """
    It is all of h_n from an LSTM, and the first row of it from any other layer.
    """
    _, encoder_hidden = case.layer(case.x)
    h_n = encoder_hidden[0] if isinstance(encoder_hidden, tuple) else encoder_hidden
    size = case.options.get("proj_size") or HIDDEN_SIZE

    assert encoder_hidden[0].size(1) == (BATCH_SIZE if case.kind == "LSTM" else size)
    assert (h_n.size(1), h_n.size(2)) == (BATCH_SIZE, size)
