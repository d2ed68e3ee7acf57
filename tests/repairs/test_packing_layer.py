"""The repairs of "Errors while padding and packing": a packed sequence in a layer."""

import pytest
import torch
from covers import LENGTHS, repairs
from references import close, give, is_as_alone, one_alone, pack, some_states, states_of, unpack
from torch import nn
from torch.nn.utils.rnn import pack_sequence

SORTED = [7, 4, 2, 1]


def remade(case, **arguments):
    """Make a layer of the same kind with other arguments."""
    return type(case.layer)(**{**case.arguments, **arguments})


@repairs("error-packed-input-size", proj_size=[0, 2])
def test_input_size_is_that_of_the_packed_data(case):
    """
    A layer for the features gives each sequence its own result.
    """
    packed = pack(case, case.x, LENGTHS)
    message = r"mat1 and mat2 shapes cannot be multiplied \(14x3 and 4x20\)"
    if case.kind != "LSTM":
        message = r"input.size\(-1\) must be equal to input_size. Expected 4, got 3"
    with pytest.raises(RuntimeError, match=message):
        remade(case, input_size=4)(packed)

    case.__dict__["layer"] = remade(case, input_size=packed.data.shape[-1])
    packed_output, state = case.layer(packed)

    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state)


@repairs("error-packed-input-size", kinds=["LSTM"], num_layers=[1], bidirectional=[False])
def test_same_words_come_from_the_features_of_a_state(case):
    """
    Then the first number is the batch size, and the state is to be made anew.
    """
    wrong = torch.randn(1, 4, 6), torch.randn(1, 4, 6)
    with pytest.raises(RuntimeError, match=r"cannot be multiplied \(4x6 and 5x20\)"):
        case.layer(pack(case, case.x, SORTED, True), wrong)

    start = some_states(case, 4)
    packed_output, state = case.layer(pack(case, case.x, SORTED, True), start)

    assert is_as_alone(case, case.x, SORTED, unpack(case, packed_output), state, start)


@repairs("error-packed-axes", proj_size=[0, 2])
@pytest.mark.parametrize("lengths", [LENGTHS, [7, 7, 7, 7]], ids=["lengths", "equal"])
def test_features_are_flattened_before_packing(case, lengths):
    """
    Each sequence has the results of its flattened steps alone.
    """
    x = torch.randn(*case.x.shape, 2)
    case.__dict__["layer"] = remade(case, input_size=6)
    message = "input must have 2 dimensions, got 3"
    if case.kind == "LSTM":
        message = "mat1 and mat2 shapes cannot be multiplied|is invalid for input of size"
    with pytest.raises(RuntimeError, match=message):
        case.layer(pack(case, x, lengths))

    packed_output, state = case.layer(pack(case, x.flatten(2), lengths))

    assert is_as_alone(case, x.flatten(2), lengths, unpack(case, packed_output), state)


@repairs("error-packed-axes", kinds=["LSTM"], proj_size=[0, 2])
def test_last_axis_may_be_the_input_size(case):
    """
    The message is a third one, and the repair the same.
    """
    x = torch.randn(*case.x.shape, 2)
    case.__dict__["layer"] = remade(case, input_size=2)
    with pytest.raises(RuntimeError, match=r"The size of tensor a \(4\) must match"):
        case.layer(pack(case, x, LENGTHS))

    case.__dict__["layer"] = remade(case, input_size=6)
    packed_output, state = case.layer(pack(case, x.flatten(2), LENGTHS))

    assert is_as_alone(case, x.flatten(2), LENGTHS, unpack(case, packed_output), state)


@repairs("error-packed-axes", proj_size=[0, 2])
def test_numbers_are_given_their_axis_before_packing(case):
    """
    Series of numbers have the results that each has alone.
    """
    case.__dict__["layer"] = remade(case, input_size=1)
    series = [torch.randn(length) for length in LENGTHS]
    message = "input must have 2 dimensions, got 1"
    if case.kind == "LSTM":
        message = "mat1 and mat2 shapes cannot be multiplied|is invalid for input of size"
    with pytest.raises(RuntimeError, match=message):
        case.layer(pack_sequence(series, enforce_sorted=False))

    sequences = [numbers.unsqueeze(-1) for numbers in series]
    packed_output, state = case.layer(pack_sequence(sequences, enforce_sorted=False))

    output = unpack(case, packed_output)
    for row, numbers in enumerate(sequences):
        right_output, right = case.layer(numbers)
        rows = output[row] if case.options["batch_first"] else output[:, row]
        assert close(rows[: len(numbers)], right_output)
        assert close([part[:, row] for part in states_of(state)], states_of(right))


@repairs("error-packed-input-dtype", proj_size=[0, 2])
def test_packed_data_become_float32(case):
    """
    The results are those of the data as float32.
    """
    x = case.x.double()
    packed = pack(case, x, LENGTHS)
    error, message = RuntimeError, "must have the same dtype, but got Double and Float"
    if case.kind != "LSTM":
        error, message = ValueError, "does not match weight dtype"
    with pytest.raises(error, match=message):
        case.layer(packed)

    packed_output, state = case.layer(packed.float())

    assert is_as_alone(case, x.float(), LENGTHS, unpack(case, packed_output), state)


@repairs("error-packed-input-dtype", num_layers=[1], bidirectional=[False])
def test_same_words_come_from_the_state_and_from_integers(case):
    """
    A state of float64 is converted, and words go through an Embedding.
    """
    start = some_states(case, 4)
    message = "must have the same dtype, but got Double and Float"
    with pytest.raises(RuntimeError, match=message):
        case.layer(pack(case, case.x, SORTED), give([state.double() for state in start]))
    packed_output, state = case.layer(pack(case, case.x, SORTED), give(start))
    assert is_as_alone(case, case.x, SORTED, unpack(case, packed_output), state, start)

    if case.kind == "LSTM":  # equal lengths are oneDNN's
        equal = pack(case, case.x, [7, 7, 7, 7])
        with pytest.raises(RuntimeError, match="get_mkldnn_dtype: unsupported data type"):
            case.layer(equal, give([state.double() for state in start]))
        packed_output, state = case.layer(equal, give(start))
        assert is_as_alone(case, case.x, [7] * 4, unpack(case, packed_output), state, start)

    words = torch.randint(9, case.x.shape[:2])
    one_hot = nn.functional.one_hot(words, 3 * 3)[..., :3]
    with pytest.raises((RuntimeError, ValueError), match=r"Long and Float|torch\.int64"):
        case.layer(pack(case, one_hot, SORTED))
    for x in (nn.Embedding(9, 3)(words), one_hot.float()):
        packed_output, state = case.layer(pack(case, x, SORTED))
        assert is_as_alone(case, x, SORTED, unpack(case, packed_output), state)


@repairs("error-packed-state-batch", proj_size=[0, 2])
@pytest.mark.parametrize("batch_size", [1, 2, 6])
def test_state_has_the_batch_size_of_the_packed_sequence(case, batch_size):
    """
    One state for each sequence is taken; one for all of them is repeated.
    """
    packed = pack(case, case.x, SORTED, enforce_sorted=True)
    wrong = some_states(case, batch_size)
    message = rf"The size of tensor a \({batch_size}\) must match the size of tensor b \(4\)"
    if batch_size == 1:
        message = r"output with shape \[1, 20\] doesn't match the broadcast shape \[4, 20\]"
    if case.kind != "LSTM":
        message = "Expected hidden size"
    with pytest.raises(RuntimeError, match=message):
        case.layer(packed, give(wrong))

    start = some_states(case, int(packed.batch_sizes[0]))
    if batch_size == 1:
        start = tuple(state.expand(-1, 4, -1).contiguous() for state in wrong)
    packed_output, state = case.layer(packed, give(start))

    assert is_as_alone(case, case.x, SORTED, unpack(case, packed_output), state, start)


@repairs("error-packed-state-unsorted", proj_size=[0, 2])
@pytest.mark.parametrize("batch_size", [1, 3])
def test_state_of_unsorted_sequences_is_in_their_order(case, batch_size):
    """
    A state for each sequence, in the order of the batch, is taken in that order.
    """
    packed = pack(case, case.x, LENGTHS)
    with pytest.raises(RuntimeError, match="INDICES element is out of DATA bounds"):
        case.layer(packed, give(some_states(case, batch_size)))

    start = some_states(case, 4)
    packed_output, state = case.layer(packed, give(start))

    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state, start)


@repairs("error-packed-state-unsorted", kinds=["GRU"], num_layers=[1])
def test_same_words_come_from_too_many_lengths(case):
    """
    Then it is packing that fails, not the layer, which says it of a state too small.
    """
    message = "INDICES element is out of DATA bounds, id=4|index out of range in self"
    with pytest.raises((RuntimeError, IndexError), match=message):
        pack(case, case.x, [*LENGTHS, 3])
    with pytest.raises((RuntimeError, IndexError), match=r"id=3 axis_dim=3|index out of range"):
        case.layer(pack(case, case.x, LENGTHS), some_states(case, 3)[0])

    packed_output, h_n = case.layer(pack(case, case.x, LENGTHS))

    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), h_n)


@repairs("error-packed-state-axes", num_layers=[1], bidirectional=[False], proj_size=[0, 2])
@pytest.mark.parametrize("enforce_sorted", [True, False])
def test_state_of_each_sequence_gets_its_axis_of_rows(case, enforce_sorted):
    """
    States ``(N, H_out)`` are the rows of one layer.
    """
    packed = pack(case, case.x, SORTED, enforce_sorted)
    start = some_states(case, 4)
    flat = give([state[0] for state in start])
    message = r"expected to be in range of \[-2, 1\], but got 2"
    if case.kind != "LSTM":
        message = "Expected hidden size"
    elif not enforce_sorted and case.features < 4:  # it looks for sequence 3 among the features
        message = "INDICES element is out of DATA bounds"
    with pytest.raises((IndexError, RuntimeError), match=message):
        case.layer(packed, flat)

    fits = give([state.unsqueeze(0) for state in states_of(flat)])
    packed_output, state = case.layer(packed, fits)

    assert is_as_alone(case, case.x, SORTED, unpack(case, packed_output), state, start)


@repairs("error-packed-state-axes", proj_size=[0, 2])
def test_state_of_one_sequence_gets_its_axis_of_the_batch(case):
    """
    States ``(D*num_layers, H_out)`` belong to one sequence.
    """
    x = case.x[:1] if case.options["batch_first"] else case.x[:, :1]
    start = some_states(case, 1)
    flat = [state[:, 0] for state in start]
    with pytest.raises((IndexError, RuntimeError), match=r"Dimension out|Expected hidden"):
        case.layer(pack(case, x, [4]), give(flat))

    fits = give([state.unsqueeze(1) for state in flat])
    packed_output, state = case.layer(pack(case, x, [4]), fits)

    assert is_as_alone(case, x, [4], unpack(case, packed_output), state, start)


@repairs("error-packed-state-rows", "error-packed-state-odd", proj_size=[0, 2])
@pytest.mark.parametrize("difference", [-1, 1, 2])
def test_state_has_a_row_for_each_layer_and_direction(case, difference):
    """
    Too few, and too many, are refused where the lengths differ; with its own rows each is right.
    """
    rows = case.num_directions * case.sizes[2]
    wrong = some_states(case, 4, rows + difference)
    odd = case.bidirectional and difference % 2
    message = "Odd number of params or hiddens given to a bidirectional RNN" if odd else None
    message = message or "Expected more hidden states in stacked_rnn"
    message = message if case.kind == "LSTM" else "Expected hidden size"
    for lengths in (SORTED, LENGTHS):
        packed = pack(case, case.x, lengths)
        with pytest.raises(RuntimeError, match=message):
            case.layer(packed, give(wrong))

        start = some_states(case, 4)
        packed_output, state = case.layer(packed, give(start))
        assert is_as_alone(case, case.x, lengths, unpack(case, packed_output), state, start)


@repairs("error-packed-state-rows", kinds=["LSTM"], num_layers=[1], bidirectional=[False])
def test_rows_of_two_directions_start_two_directions(case):
    """
    A layer of two directions gives each row its own; one of two layers runs, and mixes them.
    """
    packed = pack(case, case.x, LENGTHS)
    encoder = remade(case, bidirectional=True)
    packed_output, states = encoder(packed)
    with pytest.raises(RuntimeError, match="Expected more hidden states in stacked_rnn"):
        case.layer(packed, states)

    output = unpack(case, packed_output)
    for row, length in enumerate(LENGTHS):
        steps = output[row] if case.options["batch_first"] else output[:, row]
        assert close(states[0][0, row], steps[length - 1, :5])  # row 0 is the forward end
        assert close(states[0][1, row], steps[0, 5:])  # row 1 is the backward end
    remade(case, num_layers=2)(packed, states)
    case.__dict__["layer"] = remade(case, bidirectional=True)
    packed_output, final = case.layer(packed, states)
    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), final, states)


@repairs("error-packed-state-one-tensor", kinds=["LSTM"], proj_size=[0, 2])
def test_pair_is_carried_on(case):
    """
    The pair continues the sequences as one call; zeros in the place of ``c_n`` do not.
    """
    first = pack(case, case.x, SORTED, enforce_sorted=True)
    start = some_states(case, 4)
    with pytest.raises(TypeError, match=r"lstm\(\) received an invalid combination of arguments"):
        case.layer(first, start[0])

    _, (h_n, c_n) = case.layer(first, start)
    _, state = case.layer(first, (h_n, c_n))
    _, forgets = case.layer(first, (h_n, torch.zeros_like(c_n)))

    for row, length in enumerate(SORTED):
        _, right = one_alone(case, case.x, row, length, start)
        _, (right, _) = one_alone(
            case, case.x, row, length, [s.unsqueeze(1).repeat(1, 4, 1) for s in right]
        )
        assert close(state[0][:, row], right)
        assert not close(forgets[0][:, row], right)


@repairs("error-packed-state-one-tensor", kinds=["LSTM"])
def test_one_tensor_for_unsorted_sequences_says_other_words(case):
    """
    What it says depends on the rows; the pair is right in each case.
    """
    rows = case.num_directions * case.sizes[2]
    message = "index 1 is out of bounds" if rows == 1 else r"in range of \[-2, 1\], but got 2"
    start = some_states(case, 4)
    with pytest.raises(IndexError, match=message):
        case.layer(pack(case, case.x, LENGTHS), start[0])

    packed_output, state = case.layer(pack(case, case.x, LENGTHS), start)

    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state, start)


@repairs("error-packed-state-one-tensor", num_layers=[1], bidirectional=[True])
def test_flag_is_no_number(case):
    """
    ``bidirectional=1`` says the same in each kind, packed and not, and ``True`` is right.
    """
    name = {"RNN": "rnn_tanh"}.get(case.kind, case.kind.lower())
    for wrong in ({"bidirectional": 1}, {"num_layers": True}):
        for x in (case.x, pack(case, case.x, LENGTHS)):
            message = rf"^{name}\(\) received an invalid combination of arguments"
            with pytest.raises(TypeError, match=message):
                remade(case, **wrong)(x)

    case.__dict__["layer"] = remade(case, bidirectional=True, num_layers=1)
    packed_output, state = case.layer(pack(case, case.x, LENGTHS))

    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state)
