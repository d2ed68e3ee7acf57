"""The repairs of "Errors while making or calling a layer": the cells."""

import pytest
import torch
from covers import repairs
from layers import KINDS
from references import close, states_of
from refused import refused
from releases import RELEASE
from torch import nn
from watched import wrong_but_runs

CELLS = {"RNN": nn.RNNCell, "GRU": nn.GRUCell, "LSTM": nn.LSTMCell}
#: A cell does not see up to here that one of input and state is unbatched.
LAST_UNSEEN = (2, 14)

each = pytest.mark.parametrize("kind", list(CELLS))
one_state = pytest.mark.parametrize("kind", ["RNN", "GRU"])
biased = pytest.mark.parametrize("bias", [True, False])


def cell_of(kind, input_size=3, bias=True):
    """Make a cell with a hidden size of 5."""
    return CELLS[kind](input_size, 5, bias=bias)


def some(kind, *shape):
    """Return a random state of a cell, a tensor or a pair."""
    return (torch.randn(shape), torch.randn(shape)) if kind == "LSTM" else torch.randn(shape)


def mapped(function, state):
    """Return a state with a function applied to each of its tensors."""
    return tuple(map(function, state)) if isinstance(state, tuple) else function(state)


def twin(cell, kind):
    """Make the layer with the weights of a cell."""
    layer = KINDS[kind](cell.input_size, cell.hidden_size, bias=cell.bias)
    layer.load_state_dict({f"{name}_l0": weight for name, weight in cell.state_dict().items()})
    return layer


def is_right(kind, cell, x_t, state):
    """Whether a step of a batch is that of the layer with the same weights."""
    result = states_of(cell(x_t, state))
    row = None if state is None else mapped(lambda part: part.unsqueeze(0), state)
    _, right = twin(cell, kind)(x_t.unsqueeze(0), row)
    return close(result, [part[0] for part in states_of(right)])


def name_of(kind):
    """Return what the messages call the state of a cell."""
    return "hx[0]" if kind == "LSTM" else "hidden"


@each
@biased
@repairs("error-cell-input-axes")
def test_one_step_after_another_is_the_layer(kind, bias):
    """
    The loop equals the layer, for time first and with ``unbind`` for batch first.
    """
    cell, x = cell_of(kind, bias=bias), torch.randn(7, 4, 3)
    with refused(ValueError, f"{kind}Cell: Expected input to be 1D or 2D, got 3D instead"):
        cell(x)

    _, right = twin(cell, kind)(x)
    right = [part[0] for part in states_of(right)]
    batch_first, wrong = x.transpose(0, 1), None
    for steps in (x, batch_first.unbind(1)):
        state = None
        for x_t in steps:
            state = cell(x_t, state)
        assert close(states_of(state), right)
    for x_t in batch_first:  # the sequences: it runs
        wrong = cell(x_t, wrong)
    assert not close(states_of(wrong), right)


@one_state
@repairs("error-cell-hidden-axes")
def test_a_cell_takes_the_row_of_its_layer(kind):
    """
    Each row of a layer's state goes on in a cell; the last two are the top of two directions.
    """
    cell, x_t = cell_of(kind), torch.randn(4, 3)
    layer = KINDS[kind](3, 5, num_layers=2, bidirectional=True)
    output, h_n = layer(torch.randn(7, 4, 3))
    with refused(ValueError, f"{kind}Cell: Expected hidden to be 1D or 2D, got 3D instead"):
        cell(x_t, h_n)

    assert is_right(kind, cell, x_t, h_n[-1])
    assert torch.allclose(h_n[-2], output[-1, :, :5])
    assert torch.allclose(h_n[-1], output[0, :, 5:])


@each
@repairs("error-cell-hidden-axes", "error-cell-hx-axes")
def test_stacked_cells_take_a_row_each(kind):
    """
    The cells of a stack of one direction go on from its states as the stack does.
    """
    stack, x = KINDS[kind](3, 5, num_layers=2), torch.randn(8, 4, 3)
    _, state = stack(x[:7])
    cells = [cell_of(kind), cell_of(kind, 5)]
    for k, cell in enumerate(cells):
        weights = stack.state_dict()
        cell.load_state_dict({name: weights[f"{name}_l{k}"] for name in cell.state_dict()})
    with refused(ValueError, f"Cell: Expected {name_of(kind)} to be 1D or 2D, got 3D instead"):
        cells[0](x[7], state)

    below, reached = x[7], []
    for k, cell in enumerate(cells):
        reached.append(cell(below, mapped(lambda part, k=k: part[k], state)))
        below = states_of(reached[-1])[0]
    _, right = stack(x)
    rows = zip(*map(states_of, reached), strict=True)
    assert close([torch.stack(parts) for parts in rows], states_of(right))


@repairs("error-cell-hx-axes")
def test_an_lstm_cell_takes_the_rows_of_both_states():
    """
    ``h`` and ``c`` of one layer start the cell; a wrong ``c`` alone is called ``hx[1]``.
    """
    cell, x_t = cell_of("LSTM"), torch.randn(4, 3)
    _, (h_n, c_n) = nn.LSTM(3, 5, num_layers=2)(torch.randn(7, 4, 3))
    with refused(ValueError, "LSTMCell: Expected hx[0] to be 1D or 2D, got 3D instead"):
        cell(x_t, (h_n, c_n))
    with refused(ValueError, "LSTMCell: Expected hx[1] to be 1D or 2D, got 3D instead"):
        cell(x_t, (h_n[-1], c_n))

    assert is_right("LSTM", cell, x_t, (h_n[-1], c_n[-1]))


@each
@repairs("error-cell-input-size")
def test_a_cell_that_fits_and_a_feature_axis(kind):
    """
    Features are read by a cell of their size, and single numbers one for each sequence.
    """
    x_t, numbers = torch.randn(4, 6), torch.randn(4)
    with refused(RuntimeError, "input has inconsistent input_size: got 6 expected 3"):
        cell_of(kind)(x_t)
    with refused(RuntimeError, "input has inconsistent input_size: got 4 expected 1"):
        cell_of(kind, 1)(numbers)

    assert is_right(kind, cell_of(kind, x_t.shape[-1]), x_t, some(kind, 4, 5))
    assert is_right(kind, cell_of(kind, 1), numbers.unsqueeze(-1), some(kind, 4, 5))
    assert states_of(cell_of(kind, x_t.shape[0])(numbers))[0].shape == (5,)  # runs: one sequence


@each
@repairs("error-cell-hidden-size")
def test_a_bridge_to_the_hidden_size(kind):
    """
    A state of another size comes through a linear layer, and the gradients arrive there.
    """
    cell, x_t, state = cell_of(kind), torch.randn(4, 3), some(kind, 4, 6)
    with refused(RuntimeError, "hidden0 has inconsistent hidden_size: got 6, expected 5"):
        cell(x_t, state)
    if kind == "LSTM":
        with refused(RuntimeError, "hidden1 has inconsistent hidden_size: got 6, expected 5"):
            cell(x_t, (torch.randn(4, 5), state[1]))

    bridge = nn.Linear(6, 5)
    assert is_right(kind, cell, x_t, mapped(bridge, state))
    states_of(cell(x_t, mapped(bridge, state)))[0].square().sum().backward()
    assert bridge.weight.grad.abs().sum() > 0


@each
@repairs("error-cell-hidden-size")
def test_input_and_state_have_one_number_of_axes(kind):
    """
    Without the axis in the state, or with it in the input, the step is the same.
    """
    cell, x_t, state = cell_of(kind), torch.randn(3), some(kind, 1, 5)
    for rows in (1, 4):
        with refused(RuntimeError, f"hidden0 has inconsistent hidden_size: got {rows}, expected 5"):
            cell(x_t, some(kind, rows, 5))

    single = cell(x_t, mapped(lambda part: part[0], state))
    batch = cell(x_t.unsqueeze(0), state)
    assert close(states_of(single), [part[0] for part in states_of(batch)])
    assert is_right(kind, cell, x_t.unsqueeze(0), state)


@pytest.mark.skipif(RELEASE > LAST_UNSEEN, reason="it is refused since")
@repairs("error-cell-hidden-size")
def test_no_message_where_the_batch_size_is_the_hidden_size():
    """
    The warning is true: an RNN cell returns another shape (LSTM and GRU cells may end the process).
    """
    cell, x_t, state = nn.RNNCell(3, 5), torch.randn(3), torch.randn(5, 5)

    with wrong_but_runs():
        assert cell(x_t, state).shape == (5, 5)
    assert is_right("RNN", cell, x_t.expand(5, -1), state)


@each
@repairs("error-cell-batch")
def test_the_state_is_left_out_at_the_first_step_only(kind):
    """
    The loop remembers; without the state it does not. Rows that are kept go on as before.
    """
    cell, x = cell_of(kind), torch.randn(7, 4, 3)
    with refused(RuntimeError, "Input batch size 4 doesn't match hidden0 batch size 2"):
        cell(x[0], some(kind, 2, 5))

    state = None
    for x_t in x:
        state = cell(x_t, state)
    _, right = twin(cell, kind)(x)
    assert close(states_of(state), [part[0] for part in states_of(right)])
    assert not close(states_of(cell(x[-1])), states_of(state))
    kept = mapped(lambda part: part[[0, 2]], state)
    going_on = states_of(cell(x[0, [0, 2]], kept))
    assert close(going_on, [part[[0, 2]] for part in states_of(cell(x[0], state))])


@each
@repairs("error-cell-batch")
def test_a_state_without_a_batch_is_expanded(kind):
    """
    Each sequence of the batch starts with it.
    """
    cell, x_t, state = cell_of(kind), torch.randn(4, 3), some(kind, 5)
    with refused(RuntimeError, "Input batch size 4 doesn't match hidden0 batch size 5"):
        cell(x_t, state)

    batch = cell(x_t, mapped(lambda part: part.expand(4, -1), state))
    singles = [states_of(cell(one, state)) for one in x_t]
    assert close(states_of(batch), [torch.stack(parts) for parts in zip(*singles, strict=True)])


@repairs("error-cell-one-tensor")
def test_the_pair_of_the_step_before_goes_on():
    """
    The pair equals the layer; zeros for ``c`` forget; an ``h`` from elsewhere starts with zeros.
    """
    cell, x = cell_of("LSTM"), torch.randn(7, 4, 3)
    lstm = twin(cell, "LSTM")
    h, c = cell(x[0])
    with refused(TypeError, "argument 'hx' (position 2) must be tuple of Tensors, not Tensor"):
        cell(x[1], h)

    forgets = h
    for x_t in x[1:]:
        h, c = cell(x_t, (h, c))
        forgets, _ = cell(x_t, (forgets, torch.zeros_like(forgets)))
    _, (h_n, c_n) = lstm(x)
    assert close([h, c], [h_n[0], c_n[0]])
    assert not close([forgets], [h_n[0]])
    encoded = torch.randn(4, 5)
    assert is_right("LSTM", cell, x[0], (encoded, torch.zeros_like(encoded)))
    assert not torch.equal(cell(x[0], (encoded, torch.zeros_like(encoded)))[0], cell(x[0])[0])


@repairs("error-cell-one-tensor")
def test_an_unbatched_cell_has_other_words_or_none():
    """
    One axis and one row are refused; two rows or more are read as the pair.
    """
    cell, x_t = cell_of("LSTM"), torch.randn(3)
    with refused(ValueError, "LSTMCell: Expected hx[0] to be 1D or 2D, got 0D instead"):
        cell(x_t, torch.randn(5))
    with refused(IndexError, "index 1 is out of bounds for dimension 0 with size 1"):
        cell(x_t, torch.randn(1, 5))

    for rows in (2, 3):
        state = torch.randn(rows, 5)
        with wrong_but_runs():
            read = cell(x_t, state)
        assert close(read, cell(x_t, (state[0], state[1])))
    h, c = torch.randn(2, 5)
    assert close(cell(x_t, (h, c)), [part[0] for part in cell(x_t[None], (h[None], c[None]))])


@repairs("error-cell-two-states")
def test_two_states_are_the_pair():
    """
    The pair is right; unbatched, one is refused in other words and a third is dropped.
    """
    cell, x_t, (h, c) = cell_of("LSTM"), torch.randn(4, 3), torch.randn(2, 4, 5)
    for wrong in ((h,), (h, c, c)):
        with refused(RuntimeError, "lstm_cell expects two hidden states"):
            cell(x_t, wrong)
    with refused(IndexError, "tuple index out of range"):
        cell(x_t[0], (h[0],))

    assert is_right("LSTM", cell, x_t, (h, c))
    assert is_right("LSTM", cell, x_t, (h, torch.zeros_like(h)))
    with wrong_but_runs():
        third = cell(x_t[0], (h[0], c[0], h[0]))
    assert close(third, cell(x_t[0], (h[0], c[0])))


@one_state
@repairs("error-cell-unpack")
def test_one_name_for_one_state(kind):
    """
    The state of a cell and that of a layer have one name; with two rows two names hold a row each.
    """
    cell, x_t = cell_of(kind), torch.randn(4, 3)
    layer = KINDS[kind](3, 5, num_layers=3)
    with refused(ValueError, "too many values to unpack (expected 2"):
        _, _ = cell(x_t)
    with refused(ValueError, "too many values to unpack (expected 2"):
        _, (_, _) = layer(x_t[None])
    with refused(ValueError, "not enough values to unpack (expected 2, got 1)"):
        _, _ = cell(x_t[:1])

    h = cell(x_t)
    assert is_right(kind, cell, x_t, None)
    output, h_n = layer(x_t[None])
    assert close([output[-1]], [h_n[-1]])
    first, second = cell(x_t[:2])
    assert close([first, second], h[:2].unbind())


@repairs("error-cell-unpack")
def test_an_lstm_cell_has_no_output():
    """
    Two names hold the pair; three names fail, but for a batch of two.
    """
    cell, x_t = cell_of("LSTM"), torch.randn(4, 3)
    with refused(ValueError, "too many values to unpack (expected 2"):
        _, (_, _) = cell(x_t)

    h, c = cell(x_t)
    assert is_right("LSTM", cell, x_t, None)
    not_output, (row, other) = cell(x_t[:2])
    assert close([not_output, row, other], [h[:2], *c[:2]])


@repairs("error-cell-nonlinearity")
def test_one_of_the_two_nonlinearities_computes():
    """
    The cell computes the chosen function, made anew or set, which keeps the weights.
    """
    cell, x_t, h = nn.RNNCell(3, 5, nonlinearity="sigmoid"), torch.randn(4, 3), torch.randn(4, 5)
    weights = {name: weight.clone() for name, weight in cell.state_dict().items()}
    with refused(RuntimeError, "Unknown nonlinearity: sigmoid"):
        cell(x_t, h)

    for function in (torch.tanh, torch.relu):
        cell.nonlinearity = function.__name__
        new = nn.RNNCell(3, 5, nonlinearity=function.__name__)
        new.load_state_dict(weights)
        below = x_t @ cell.weight_ih.T + cell.bias_ih + h @ cell.weight_hh.T + cell.bias_hh
        assert torch.allclose(cell(x_t, h), function(below), atol=1e-6)
        assert torch.equal(cell(x_t, h), new(x_t, h))
    for kind in ("GRU", "LSTM"):
        with refused(TypeError, "got an unexpected keyword argument 'nonlinearity'"):
            CELLS[kind](3, 5, nonlinearity="relu")
