"""The repairs of "Errors while making or calling a layer": the two states of an LSTM."""

import pytest
import torch
from covers import HIDDEN_SIZE, INPUT_SIZE, LENGTHS, repairs
from references import alone, close, give, some_states, states_of, time_first
from refused import refused
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence
from watched import wrong_but_runs

PROJECTED = (0, 2)
ONE_STATE = ("RNN", "GRU")


def in_time(case, part):
    """Return the index of a range of steps in the layout of the case."""
    return (slice(None), part) if case.options["batch_first"] else part


def is_right(case, states):
    """Whether the batch with initial states gives what each sequence gives alone with its own."""
    output, final = case.layer(case.x, give(tuple(states)))
    outputs, finals = alone(case.layer, time_first(case, case.x).unbind(1), tuple(states))
    return close(time_first(case, output).unbind(1), outputs) and close(states_of(final), finals)


def rows_of(case):
    """Return D*num_layers."""
    return case.num_directions * case.sizes[2]


@repairs("error-hidden1-size", kinds=["LSTM"], proj_size=[2])
def test_the_cell_state_has_its_own_size(case):
    """
    Zeros of the hidden size, or a bridge from another cell state, start beside the real ``h_0``.
    """
    h_0, _ = some_states(case, 4)
    message = f"Expected hidden[1] size {(rows_of(case), 4, 5)}, got {[rows_of(case), 4, 2]}"
    with refused(RuntimeError, message):
        case.layer(case.x, (h_0, torch.zeros_like(h_0)))

    c_0 = case.x.new_zeros(rows_of(case), 4, case.layer.hidden_size)
    assert is_right(case, [h_0, c_0])
    assert not torch.equal(case.layer(case.x, (h_0, c_0))[0], case.layer(case.x)[0])
    bridge = nn.Linear(2, HIDDEN_SIZE)
    assert is_right(case, [h_0, bridge(torch.randn(rows_of(case), 4, 2))])


@repairs("error-hidden1-size", kinds=["LSTM"])
def test_the_cell_state_alone_differs(case):
    """
    Too many rows or another batch of ``c_0`` have the message, and the right rows start.
    """
    rows, (h_0, _) = rows_of(case), some_states(case, 4)
    wide, long = torch.randn(rows, 6, HIDDEN_SIZE), torch.randn(rows + 1, 4, HIDDEN_SIZE)
    for c_0 in (wide, long):
        message = f"Expected hidden[1] size {(rows, 4, 5)}, got {list(c_0.shape)}"
        with refused(RuntimeError, message):
            case.layer(case.x, (h_0, c_0))

    assert is_right(case, [h_0, long[-rows:]])


@repairs("error-state-one-tensor", kinds=["LSTM"], bidirectional=[False], proj_size=PROJECTED)
def test_the_pair_goes_on_where_it_was(case):
    """
    The pair carried on equals one call over all steps, in two rows too; zeros for ``c`` forget.
    """
    lstm, x = case.layer, case.x
    _, (h_n, c_n) = lstm(x[in_time(case, slice(3))])
    rest = x[in_time(case, slice(3, None))]
    if rows_of(case) == 1:
        with refused(IndexError, "index 1 is out of bounds for dimension 0 with size 1"):
            lstm(rest, h_n)
    else:
        words = "hx and cx should also be 3-D but got (2-D, 2-D) tensors"
        with refused(RuntimeError, words):
            lstm(rest, h_n)

    whole = lstm(x)[0][in_time(case, slice(3, None))]
    assert close([lstm(rest, (h_n, c_n))[0]], [whole])
    assert not close([lstm(rest, (h_n, torch.zeros_like(c_n)))[0]], [whole])


@repairs("error-state-one-tensor", kinds=["LSTM"], proj_size=PROJECTED)
def test_a_state_without_a_cell_state_gets_zeros(case):
    """
    Zeros of the hidden size stand beside the state of a GRU, and its gradients arrive.
    """
    gru = nn.GRU(INPUT_SIZE, case.features, case.sizes[2], bidirectional=case.bidirectional)
    _, h_0 = gru(torch.randn(9, 4, INPUT_SIZE))
    with refused((IndexError, RuntimeError), "index 1" if rows_of(case) == 1 else "(2-D, 2-D)"):
        case.layer(case.x, h_0)

    c_0 = case.x.new_zeros(rows_of(case), 4, case.layer.hidden_size)
    assert is_right(case, [h_0, c_0])
    case.layer(case.x, (h_0, c_0))[0].square().sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in gru.parameters())


@repairs("error-state-one-tensor", kinds=["LSTM"], layouts=["unbatched"], proj_size=PROJECTED)
def test_an_unbatched_pair(case):
    """
    Unbatched, the words end in other axes, and the pair is right.
    """
    rows = rows_of(case)
    h_0 = torch.randn(rows, case.features)
    one, more = "index 1 is out of bounds", "but got (1-D, 1-D) tensors"
    with refused((IndexError, RuntimeError), one if rows == 1 else more):
        case.layer(case.x, h_0)

    c_0 = torch.zeros(rows, HIDDEN_SIZE)
    output, _ = case.layer(case.x, (h_0, c_0))
    of_one = case.x.unsqueeze(0 if case.options["batch_first"] else 1)
    right, _ = case.layer(of_one, (h_0.unsqueeze(1), c_0.unsqueeze(1)))
    assert close([output], time_first(case, right).unbind(1))


@repairs("error-state-tuple", kinds=ONE_STATE)
def test_one_state_of_a_pair_starts(case):
    """
    A GRU, an RNN and their cells start with ``h`` of an LSTM.
    """
    options = {"bidirectional": case.bidirectional}
    lstm = nn.LSTM(INPUT_SIZE, HIDDEN_SIZE, case.sizes[2], **options)
    _, (h_n, c_n) = lstm(torch.randn(9, 4, INPUT_SIZE))
    cell = {"RNN": nn.RNNCell, "GRU": nn.GRUCell}[case.kind](INPUT_SIZE, HIDDEN_SIZE)
    x_t = torch.randn(4, INPUT_SIZE)
    words = "'tuple' object has no attribute 'dim'"
    with refused(AttributeError, words):
        case.layer(case.x, (h_n, c_n))
    with refused(AttributeError, words):
        cell(x_t, (h_n[-1], c_n[-1]))
    with refused(AttributeError, words):
        case.layer(case.x, case.layer(case.x))

    assert is_right(case, [h_n])
    h = cell(x_t, h_n[-1])
    one_by_one = [cell(x, row) for x, row in zip(x_t, h_n[-1], strict=True)]
    assert close(h.unbind(), one_by_one)
    _, state = case.layer(case.x)
    assert is_right(case, [state])


@repairs("error-state-tuple", kinds=ONE_STATE)
def test_packed_input_has_other_words(case):
    """
    A pair beside a packed input: two texts, and one state is right.
    """
    first = case.options["batch_first"]
    start = torch.randn(2, rows_of(case), 4, HIDDEN_SIZE)
    for lengths, name in (([7, 4, 2, 1], "size"), (LENGTHS, "index_select")):
        ordered = name == "size"
        packed = pack_padded_sequence(case.x, lengths, first, enforce_sorted=ordered)
        with refused(AttributeError, f"'tuple' object has no attribute '{name}'"):
            case.layer(packed, tuple(start))

        sequences = zip(time_first(case, case.x).unbind(1), lengths, strict=True)
        _, right = alone(case.layer, [s[:n] for s, n in sequences], (start[0],))
        assert close(states_of(case.layer(packed, start[0])[1]), right)


@repairs("error-state-tuple", kinds=["LSTM"], bidirectional=[False], proj_size=PROJECTED)
def test_the_state_is_taken_out_of_the_return_value(case):
    """
    The state of the first part starts the second, as in one call.
    """
    head, rest = (case.x[in_time(case, part)] for part in (slice(3), slice(3, None)))
    with refused(AttributeError, "'tuple' object has no attribute 'dim'"):
        case.layer(rest, case.layer(head))

    _, state = case.layer(head)
    right = case.layer(case.x)[0][in_time(case, slice(3, None))]
    assert close([case.layer(rest, state)[0]], [right])


@repairs("error-state-tuple")
def test_a_cell_reads_the_h_of_the_cell_below():
    """
    Two LSTM cells on each other compute what a layer of two does.
    """
    stack, x = nn.LSTM(3, 5, num_layers=2), torch.randn(7, 4, 3)
    lower, upper = nn.LSTMCell(3, 5), nn.LSTMCell(5, 5)
    for k, cell in enumerate((lower, upper)):
        weights = {name: stack.state_dict()[f"{name}_l{k}"] for name in cell.state_dict()}
        cell.load_state_dict(weights)
    with refused(AttributeError, "'tuple' object has no attribute 'dim'"):
        upper(lower(x[0]))

    below = above = None
    for x_t in x:
        below = lower(x_t, below)
        above = upper(below[0], above)
    _, (h_n, c_n) = stack(x)
    assert close([below[0], above[0], below[1], above[1]], [*h_n, *c_n])


@repairs("error-state-none")
def test_no_state_is_none(case):
    """
    ``None`` and nothing start at zeros, and a ``None`` as input is found in every kind.
    """
    words = "'NoneType' object has no attribute 'dim'"
    with refused(AttributeError, words):
        case.layer(None)
    if case.kind == "LSTM":
        with refused(AttributeError, words):
            case.layer(case.x, (None, None))

    zeros = [torch.zeros_like(state) for state in some_states(case, 4)]
    right, _ = case.layer(case.x, give(tuple(zeros)))
    assert torch.equal(case.layer(case.x, None)[0], right)
    assert torch.equal(case.layer(case.x)[0], right)


@repairs("error-state-none", kinds=["LSTM"], proj_size=PROJECTED)
def test_a_state_beside_none_counts(case):
    """
    ``h_0`` with zeros for ``c_0`` starts the layer; dropping it gives other numbers.
    """
    h_0, _ = some_states(case, 4)
    with refused(AttributeError, "'NoneType' object has no attribute 'dim'"):
        case.layer(case.x, (h_0, None))

    c_0 = case.x.new_zeros(rows_of(case), 4, case.layer.hidden_size)
    assert is_right(case, [h_0, c_0])
    assert not torch.equal(case.layer(case.x, (h_0, c_0))[0], case.layer(case.x, None)[0])


@repairs("error-state-none", kinds=["LSTM"])
def test_a_packed_input_has_other_words_for_none(case):
    """
    Packed, the words are others.
    """
    first = case.options["batch_first"]
    ordered = pack_padded_sequence(case.x, [7, 4, 2, 1], first)
    with refused(TypeError, "expected Tensor as element 0 in argument 2, but got NoneType"):
        case.layer(ordered, (None, None))
    unordered = pack_padded_sequence(case.x, LENGTHS, first, enforce_sorted=False)
    with refused(AttributeError, "'NoneType' object has no attribute 'index_select'"):
        case.layer(unordered, (None, None))

    sequences = zip(time_first(case, case.x).unbind(1), LENGTHS, strict=True)
    _, right = alone(case.layer, [s[:n] for s, n in sequences])
    assert close(states_of(case.layer(unordered, None)[1]), right)


@repairs("error-two-hidden-states", kinds=["LSTM"], proj_size=PROJECTED)
def test_states_of_the_layers_come_together(case):
    """
    States of cells are stacked, states of layers are joined, and each row comes to its place.
    """
    h_0, c_0 = some_states(case, 4)
    with refused(RuntimeError, "lstm expects two hidden states"):
        case.layer(case.x, (h_0, c_0, c_0))
    with refused(IndexError, "tuple index out of range"):
        case.layer(case.x, (h_0,))

    of_cells = list(zip(h_0, c_0, strict=True))
    stacked = [torch.stack(each) for each in zip(*of_cells, strict=True)]
    of_layers = [(h.unsqueeze(0), c.unsqueeze(0)) for h, c in of_cells]
    joined = [torch.cat(each) for each in zip(*of_layers, strict=True)]
    for states in (stacked, joined):
        assert all(torch.equal(*pair) for pair in zip(states, (h_0, c_0), strict=True))
        assert is_right(case, states)
    with pytest.raises((IndexError, RuntimeError, AttributeError)):
        case.layer(case.x, of_cells * 3)


@repairs("error-two-hidden-states", kinds=["LSTM"])
def test_a_third_state_is_dropped(case):
    """
    Unbatched, and packed in any order, a third tensor changes nothing and raises nothing.
    """
    h_0, c_0 = some_states(case, 4)
    sequence = time_first(case, case.x)[:, 0]
    pair = h_0[:, 0], c_0[:, 0]
    with wrong_but_runs():
        third = case.layer(sequence, (*pair, pair[1]))[0]
    assert torch.equal(third, case.layer(sequence, pair)[0])
    first = case.options["batch_first"]
    packed = pack_padded_sequence(case.x, LENGTHS, first, enforce_sorted=False)
    with wrong_but_runs():
        third = case.layer(packed, (h_0, c_0, c_0))[0].data
    assert torch.equal(third, case.layer(packed, (h_0, c_0))[0].data)
