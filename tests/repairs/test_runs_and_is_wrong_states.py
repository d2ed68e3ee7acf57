"""The repairs of "It runs and is wrong": states, and what comes after the layer."""

import warnings

import pytest
import torch
from covers import LENGTHS, repairs
from references import close, give, is_as_alone, pack, some_states, states_of, unpack
from refused import checked
from torch import nn
from watched import wrong_but_runs


def along(case, x, start, end):
    """Return some steps of a batch in the layout of the layer."""
    return x[:, start:end] if case.options["batch_first"] else x[start:end]


@repairs("wrong-transposed-state", num_layers=[4], bidirectional=[False], proj_size=[0, 2])
def test_transposed_state_starts_each_sequence(case):
    """
    Where ``N`` equals the rows only the transposed state is right; another batch size shows it.
    """
    start = some_states(case, 4)
    by_sequence = [state.transpose(0, 1).contiguous() for state in start]
    assert not close(case.layer(case.x, give(by_sequence))[0], case.layer(case.x)[0])

    fits = [state.transpose(0, 1).contiguous() for state in by_sequence]
    output, state = case.layer(case.x, give(fits))

    assert is_as_alone(case, case.x, [7] * 4, output, state, start)
    assert not close(case.layer(case.x, give(by_sequence))[0], output)
    two = case.x[:2] if case.options["batch_first"] else case.x[:, :2]
    with pytest.raises(RuntimeError, match="Expected hidden"):
        case.layer(two, give([state[:2] for state in by_sequence]))
    wrong = give([state[:2] for state in by_sequence])
    right = give([state[:2].transpose(0, 1) for state in by_sequence])
    checked((case.layer, two, wrong), (case.layer, two, right), "batch_first never applies")


@repairs("wrong-stored-state", "wrong-carried-order", proj_size=[0, 2])
def test_carried_state_continues_the_same_sequences(case):
    """
    Two parts equal one call, in one direction; in another order they do not.
    """
    first, second = along(case, case.x, 0, 3), along(case, case.x, 3, 7)
    output, hidden = case.layer(first)
    assert torch.equal(case.layer(first)[0], output)

    carried = give([state.detach() for state in states_of(hidden)])
    output, state = case.layer(second, carried)
    right, right_state = case.layer(case.x)

    equal = close(output, along(case, right, 3, 7)) and all(
        map(close, *map(states_of, (state, right_state)))
    )
    assert equal != case.bidirectional
    order = [1, 0, 3, 2]
    other = second[order] if case.options["batch_first"] else second[:, order]
    shuffled = case.layer(other, carried)[0]
    back = shuffled[order] if case.options["batch_first"] else shuffled[:, order]
    assert not close(back, output)


@repairs("wrong-hidden-pair", kinds=["LSTM"], proj_size=[0, 2])
@pytest.mark.parametrize("layout", ["batched", "packed", "unbatched"])
def test_last_hidden_state_is_of_the_first_part(case, layout):
    """
    ``hidden[-1]`` is ``c_n``, and the last row of ``h_n`` is the end of a direction of the output.
    """
    x = {"batched": case.x, "packed": pack(case, case.x, [7] * 4), "unbatched": case.x[0]}[layout]
    output, hidden = case.layer(x)
    h_n, c_n = hidden
    assert hidden[-1] is c_n
    assert c_n.shape[:-1] == (
        case.num_directions * case.sizes[2],
        *([] if layout == "unbatched" else [4]),
    )

    if layout == "packed":
        output = unpack(case, output)
    by_step = (
        output
        if layout == "unbatched" or not case.options["batch_first"]
        else output.transpose(0, 1)
    )
    end = by_step[0 if case.bidirectional else -1][..., -case.features :]

    assert close(h_n[-1], end)
    assert not close(c_n[-1], end)


@repairs("wrong-hidden-pair", kinds=["RNN", "GRU"], bidirectional=[False])
def test_last_row_of_the_others_is_the_state(case):
    """
    A GRU and an RNN have no pair.
    """
    output, hidden = case.layer(case.x)

    assert close(
        hidden[-1], along(case, output, 6, 7).squeeze(1 if case.options["batch_first"] else 0)
    )


@repairs("wrong-unpack-rows", kinds=["RNN", "GRU"])
def test_state_is_taken_whole(case):
    """
    Two rows are unpacked without an error, and other numbers of rows are not.
    """
    rows = case.num_directions * case.sizes[2]
    if rows == 2:
        _, (h_n, c_n) = case.layer(case.x)
        assert h_n.dim() == c_n.dim() == 2
    else:
        with pytest.raises(ValueError, match="values to unpack"):
            _, (h_n, c_n) = case.layer(case.x)

    output, h_n = case.layer(case.x)

    assert h_n.dim() == 3
    assert is_as_alone(case, case.x, [7] * 4, output, h_n)


@repairs("wrong-unpack-rows")
@pytest.mark.parametrize("rows", [2, 3])
def test_cell_takes_the_pair(rows):
    """
    Two rows or more are read as the pair for a single sequence; a batch refuses them.
    """
    cell, x_t, wrong = nn.LSTMCell(3, 5), torch.randn(3), torch.randn(rows, 5)
    with wrong_but_runs():
        read = cell(x_t, wrong)
    assert all(map(torch.equal, read, cell(x_t, (wrong[0], wrong[1]))))
    with pytest.raises(TypeError, match="must be tuple of Tensors"):
        cell(torch.randn(rows, 3), wrong)

    h, c = cell(x_t, cell(x_t))

    said = "are both in one tensor" if rows == 2 else "state must be the pair (h_0, c_0)"
    checked((cell, x_t, wrong), (cell, x_t, (h, c)), said)
    lstm = nn.LSTM(3, 5)
    lstm.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    _, (h_n, c_n) = lstm(torch.stack([x_t, x_t]))
    assert close(h, h_n[0])
    assert close(c, c_n[0])


@repairs("wrong-packed-state-cut", proj_size=[0, 2])
def test_states_that_go_on_are_chosen(case):
    """
    The first are taken without an error; the chosen ones start the sequences that they belong to.
    """
    packed, many = pack(case, case.x, LENGTHS), some_states(case, 6)
    with wrong_but_runs():
        packed_output, state = case.layer(packed, give(many))
    first = [state[:, :4].contiguous() for state in many]
    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state, first)

    chosen = [state[:, [0, 2, 3, 5]] for state in many]
    packed_output, state = case.layer(packed, give(chosen))

    right = case.layer, packed, give(chosen)
    checked((case.layer, packed, give(many)), right, "is it from a batch of another size?")
    assert chosen[0].shape[1] == packed.batch_sizes[0]
    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state, chosen)


@repairs("wrong-packed-lstm", kinds=["LSTM"], proj_size=[0, 2])
def test_sizes_are_checked_before_the_call(case):
    """
    Each size that does not fit is refused, and what fits is let through and is right.
    """
    packed, start = pack(case, case.x, [7] * 4), some_states(case, 4)
    h_0, c_0 = start
    wrong = {
        "batch": some_states(case, 2),
        "rows": some_states(case, 4, h_0.shape[0] + 1),
        "rows of c_0": (h_0, c_0.repeat(2, 1, 1)),
        "features": (h_0[..., :-1], c_0),
    }
    for states in wrong.values():
        with pytest.raises(RuntimeError, match=r"Expected hidden\[[01]\] size"):
            case.layer.check_forward_args(packed.data, states, packed.batch_sizes)
        checked((case.layer, packed, states), (case.layer, packed, start), "of shape")
    narrow = packed._replace(data=packed.data[:, :2])
    checked((case.layer, narrow), (case.layer, packed), "must be input_size=3")
    with pytest.raises(RuntimeError, match=r"Expected 3, got 2"):
        case.layer.check_forward_args(packed.data[:, :2], start, packed.batch_sizes)

    case.layer.check_forward_args(packed.data, start, packed.batch_sizes)
    packed_output, state = case.layer(packed, start)

    assert packed.data.shape[-1] == case.layer.input_size
    assert is_as_alone(case, case.x, [7] * 4, unpack(case, packed_output), state, start)


@repairs("wrong-packed-lstm", kinds=["RNN", "GRU"])
def test_the_others_check_by_themselves(case):
    """
    A packed GRU and RNN refuse wrong sizes, with equal lengths too.
    """
    packed = pack(case, case.x, [7] * 4, enforce_sorted=True)
    for states in (some_states(case, 2), some_states(case, 4, 7)):
        with pytest.raises(RuntimeError, match="Expected hidden size"):
            case.layer(packed, states[0])
        right = case.layer, packed, some_states(case, 4)[0]
        checked((case.layer, packed, states[0]), right, "state must be h_0 of shape")
    with pytest.raises(RuntimeError, match="Expected 3, got 2"):
        case.layer(packed._replace(data=packed.data[:, :2]))

    _, state = case.layer(packed, some_states(case, 4)[0])

    assert state.shape[1] == 4


@repairs("wrong-cross-entropy")
def test_classes_are_axis_1():
    """
    The loss is the mean over each step by itself; the view has its shape and another value.
    """
    scores, targets, loss = torch.randn(4, 9, 9), torch.randint(9, (4, 9)), nn.CrossEntropyLoss()
    steps = [loss(scores[n, t : t + 1], targets[n, t : t + 1]) for n in range(4) for t in range(9)]
    expected = torch.stack(steps).mean()
    assert not close(loss(scores, targets), expected)
    assert not close(loss(scores.view(4, 9, 9), targets), expected)

    assert close(loss(scores.transpose(1, 2), targets), expected)
    assert close(loss(scores.reshape(-1, 9), targets.reshape(-1)), expected)
    with pytest.raises(RuntimeError, match=r"Expected target size \[4, 9\], got \[4, 7\]"):
        loss(scores[:, :7], targets[:, :7])


@repairs("wrong-loss-order", num_layers=[1])
def test_targets_are_flattened_as_the_scores(case):
    """
    Each score meets the target of its own sequence and step.
    """
    linear, loss = nn.Linear(case.num_directions * 5, 9), nn.CrossEntropyLoss()
    targets = torch.randint(9, (4, 7))
    scores = linear(case.layer(case.x)[0])
    flat, batch_first = scores.reshape(-1, 9), case.options["batch_first"]
    by_hand = [
        loss(scores[n, t] if batch_first else scores[t, n], targets[n, t])
        for n in range(4)
        for t in range(7)
    ]
    expected = torch.stack(by_hand).mean()

    right = targets if batch_first else targets.T
    wrong = targets.T if batch_first else targets

    assert close(loss(flat, right.reshape(-1)), expected)
    assert not close(loss(flat, wrong.reshape(-1)), expected)


@repairs("wrong-softmax-axis")
@pytest.mark.parametrize("batch_size", [1, 4])
def test_weights_sum_to_1_over_the_steps(batch_size):
    """
    The context is PyTorch's own attention, with padding masked; without ``dim`` it is axis 0.
    """
    encoded, queries = torch.randn(batch_size, 7, 5), torch.randn(batch_size, 2, 5)
    scores = queries @ encoded.transpose(1, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert torch.equal(nn.functional.softmax(scores), scores.softmax(dim=0))
    assert (scores.softmax(dim=0) == 1).all() == (batch_size == 1)

    padding = (torch.arange(7) >= torch.tensor([4, 7, 2, 1])[:batch_size].view(-1, 1)).unsqueeze(1)
    for mask in (torch.zeros_like(padding), padding):
        weights = scores.masked_fill(mask, -torch.inf).softmax(dim=-1)
        expected = nn.functional.scaled_dot_product_attention(
            queries * 5**0.5, encoded, encoded, attn_mask=~mask
        )
        assert close(weights @ encoded, expected)
        assert not weights.masked_select(mask).any()


@repairs("wrong-train-mode", num_layers=[1, 2])
def test_eval_switches_dropout_off(case):
    """
    It is on until then, under ``no_grad`` too, and again after ``train``; one layer has none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = type(case.layer)(**case.arguments, dropout=0.5)

    def differs():
        return not torch.equal(layer(case.x)[0], layer(case.x)[0])

    has_dropout = case.sizes[2] > 1
    assert differs() == has_dropout
    with torch.no_grad():
        assert differs() == has_dropout

    layer.eval()
    assert not differs()
    case.layer.load_state_dict(layer.state_dict())
    assert close(layer(case.x)[0], case.layer(case.x)[0])
    layer.train()
    assert differs() == has_dropout
