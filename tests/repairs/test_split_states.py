"""The recipes of "Split h_n and c_n into directions"."""

import pytest
import torch
from covers import BATCH_SIZE, HIDDEN_SIZE, INPUT_SIZE, SEQ_LEN, repairs
from torch import nn

from rnn_guide import merge_directions, split_state

BOTH_DIRECTIONS = {"num_layers": [1, 2, 3], "bidirectional": [True], "proj_size": [0, 2]}


def features(case, state):
    """Return the width of a row of a state."""
    return case.features if state == "h_n" else HIDDEN_SIZE


def rows(case):
    """
    Return each state by layer and direction, (num_layers, 2): computed layer by layer, each
    direction by a layer of one direction with the same weights.
    """
    projection = {"proj_size": case.layer.proj_size} if case.kind == "LSTM" else {}
    read = case.x
    time = 1 if case.options["batch_first"] and case.layout == "batched" else 0
    states = {"h_n": [], "c_n": []} if case.kind == "LSTM" else {"h_n": []}
    for k in range(case.sizes[2]):
        outputs, found = [], {state: [] for state in states}
        for suffix in ("", "_reverse"):
            one = type(case.layer)(
                read.shape[-1], HIDDEN_SIZE, batch_first=case.layer.batch_first, **projection
            )
            weights = {
                key: getattr(case.layer, key.replace("_l0", f"_l{k}") + suffix)
                for key in one.state_dict()
            }
            one.load_state_dict(weights)
            output, state = one(read.flip(time) if suffix else read)
            outputs.append(output.flip(time) if suffix else output)
            pair = state if case.kind == "LSTM" else (state,)
            for key, tensor in zip(states, pair, strict=True):
                found[key].append(tensor[0])
        read = torch.cat(outputs, dim=-1)
        for key in states:
            states[key].append(torch.stack(found[key]))
    return {key: torch.stack(tensors) for key, tensors in states.items()}


def close(one, other):
    """Say whether two results are one, but for rounding."""
    return torch.allclose(one, other, atol=1e-6)


@repairs("split-states", layouts=["batched", "unbatched"], **BOTH_DIRECTIONS)
def test_rows_of_each_direction(case):
    """
    The directions of h_n and c_n are those of layers of one direction, layer by layer.
    """
    right, states = rows(case), case.states()

    for key, state in states.items():
        forward, backward = split_state(state)
        assert close(forward, right[key][:, 0])
        assert close(backward, right[key][:, 1])
        assert torch.equal(forward, state[0::2])
        assert torch.equal(backward, state[1::2])
        assert torch.equal(state[-2:], torch.stack([forward[-1], backward[-1]]))
        again = state[0::2].contiguous()
        assert again.is_contiguous()
        assert torch.equal(again, forward)


@repairs("split-states", num_layers=[2], bidirectional=[False])
def test_one_direction_is_said(case):
    """
    Two layers of one direction are torn apart without an error, unless the argument says so.
    """
    for state in case.states().values():
        wrong = split_state(state)
        assert torch.equal(wrong.backward[0], state[1])  # layer 1

        forward, backward = split_state(state, bidirectional=case.layer.bidirectional)

        assert forward is state
        assert backward is None


@repairs("split-states", num_layers=[2], bidirectional=[True])
def test_state_is_split_before_it_is_transposed(case):
    """
    With the batch first an even batch is split without an error; the other order is right.
    """
    for key, state in case.states().items():
        wrong, _ = split_state(state.transpose(0, 1))
        assert torch.equal(wrong[1], state[:, 2])  # a sequence

        forward, _ = split_state(state)

        assert close(forward.transpose(0, 1), rows(case)[key][:, 0].transpose(0, 1))


@repairs("states-by-hand", layouts=["batched", "unbatched"], **BOTH_DIRECTIONS)
def test_rows_by_layer_and_direction(case):
    """
    unflatten gives the axes layer and direction; view with hidden_size fails for a projection.
    """
    right = rows(case)
    for key, state in case.states().items():
        if features(case, key) != HIDDEN_SIZE:
            with pytest.raises(RuntimeError, match="is invalid for input of size"):
                state.view(case.sizes[2], 2, *state.shape[1:-1], HIDDEN_SIZE)

        found = state.unflatten(0, (case.sizes[2], 2))

        assert close(found, right[key])
        assert all(torch.equal(found[k // 2, k % 2], row) for k, row in enumerate(state))


@repairs("order-of-rows")
@pytest.mark.parametrize("num_layers", [1, 3, 12])
@pytest.mark.parametrize("bias", [-1.0, 0.0, 3.0])
def test_every_cell_has_a_number(num_layers, bias):
    """
    The biases come back in the order of the rows, with more than ten layers and any input too.
    """
    rnn = nn.RNN(INPUT_SIZE, 1, num_layers, bidirectional=True, nonlinearity="relu")
    for key, parameter in rnn.named_parameters():
        nn.init.zeros_(parameter)
        if key.startswith("bias_ih"):
            layer, direction = int(key.split("_l")[1].split("_")[0]), int(key.endswith("_reverse"))
            nn.init.constant_(parameter, 10 * layer + direction)

    _, h_n = rnn(torch.randn(SEQ_LEN, INPUT_SIZE) + bias)

    wanted = [10 * layer + direction for layer in range(num_layers) for direction in (0, 1)]
    assert h_n.flatten().tolist() == wanted
    for kind in (nn.GRU, nn.LSTM):
        squashed = kind(INPUT_SIZE, 1, num_layers, bidirectional=True)
        for key, parameter in squashed.named_parameters():
            old = rnn.get_parameter(key)
            nn.init.constant_(parameter, old.item() if old.dim() == 1 else 0)
        state = squashed(torch.randn(SEQ_LEN, INPUT_SIZE))[1]
        upper = (state if kind is nn.GRU else state[0]).flatten()[2:]
        assert torch.allclose(upper, upper.mean(), atol=1e-3)


@repairs("direction-before-layer", **BOTH_DIRECTIONS)
def test_layer_comes_before_direction(case):
    """
    In the other order the shape is right and the rows are not, as soon as there are two layers.
    """
    right, num_layers = rows(case), case.sizes[2]
    for key, state in case.states().items():
        wrong = state.view(2, num_layers, BATCH_SIZE, features(case, key))[0]
        assert close(wrong, right[key][:, 0]) == (num_layers == 1)

        found = state.view(num_layers, 2, BATCH_SIZE, features(case, key))[:, 0]

        assert close(found, right[key][:, 0])


@repairs("join-with-view", **BOTH_DIRECTIONS)
def test_directions_are_joined_on_the_last_axis(case):
    """
    view joins states of different sequences; both lines of the page join those of one.
    """
    right = rows(case)
    for key, state in case.states().items():
        joined = torch.cat([right[key][-1, 0], right[key][-1, 1]], dim=-1)
        wrong = state[-2:].view(BATCH_SIZE, 2 * features(case, key))
        assert not close(wrong, joined)

        assert close(merge_directions(split_state(state))[-1], joined)
        assert close(torch.cat([state[-2], state[-1]], dim=-1), joined)


@repairs("join-with-view", bidirectional=[True])
def test_one_sequence_does_not_find_the_mistake(case):
    """
    With a batch of one sequence both are the same.
    """
    one = case.x[:1] if case.options["batch_first"] else case.x[:, :1]
    state = case.layer(one)[1]
    h_n = state[0] if case.kind == "LSTM" else state

    wrong = h_n[-2:].view(1, 2 * HIDDEN_SIZE)

    assert torch.equal(wrong, torch.cat([h_n[-2], h_n[-1]], dim=-1))


TRANSPOSED = {"num_layers": [1, 2], "proj_size": [0, 2]}


def pass_in(case, x, states):
    """Run the layer from a state, or from both of an LSTM, and return the final h_n."""
    given = tuple(states) if case.kind == "LSTM" else states[0]
    state = case.layer(x, given)[1]
    return state[0] if case.kind == "LSTM" else state


@repairs("state-with-the-batch-first", **TRANSPOSED)
def test_state_with_the_batch_first_and_back(case):
    """
    The transposed state holds each sequence in a row; transposed back it starts the layer again.
    """
    states = list(case.states().values())
    h_n = states[0]
    turned = [state.transpose(0, 1) for state in states]
    if case.layer.num_layers * case.num_directions > 1:
        wrong = h_n.view(BATCH_SIZE, -1, case.features)
        assert not close(wrong[1], h_n[:, 1])
    if case.layer.num_layers * case.num_directions != BATCH_SIZE:
        with pytest.raises(RuntimeError, match=r"Expected hidden(\[0\])? size"):
            pass_in(case, case.x, [state.contiguous() for state in turned])

    back = [state.transpose(0, 1).contiguous() for state in turned]

    assert all(torch.equal(turned[0][n], h_n[:, n]) for n in range(BATCH_SIZE))
    assert torch.equal(pass_in(case, case.x, back), pass_in(case, case.x, states))


@repairs("state-with-the-batch-first", num_layers=[2], bidirectional=[True])
def test_forgotten_way_back_is_not_noticed(case):
    """
    With as many sequences as rows the transposed state runs, and gives other numbers.
    """
    states = list(case.states().values())

    wrong = pass_in(case, case.x, [state.transpose(0, 1).contiguous() for state in states])

    assert not close(wrong, pass_in(case, case.x, states))
