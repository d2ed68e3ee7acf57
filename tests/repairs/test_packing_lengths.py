"""The repairs of "Errors while padding and packing": what packing says of data and lengths."""

import warnings

import pytest
import torch
from covers import LENGTHS, repairs
from references import close, give, is_as_alone, one_alone, pack, some_states, states_of, unpack
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence

FLOATS = (torch.float32, torch.float64)


@repairs("error-lengths-sorted", proj_size=[0, 2], dtypes=FLOATS)
def test_unsorted_lengths_are_sorted_and_come_back_in_their_order(case):
    """
    Each sequence has the results that it has alone, and padding gets no gradient.
    """
    x = case.x.requires_grad_()
    with pytest.raises(RuntimeError, match="must be sorted in decreasing order"):
        pack(case, x, LENGTHS, enforce_sorted=True)

    start = some_states(case, 4)
    packed_output, state = case.layer(pack(case, x, LENGTHS), give(start))

    output = unpack(case, packed_output)
    assert is_as_alone(case, x, LENGTHS, output, state, start)
    output.sum().backward()
    reached = x.grad if case.options["batch_first"] else x.grad.transpose(0, 1)
    assert [int(row.any(-1).sum()) for row in reached] == LENGTHS


@repairs("error-lengths-zero", proj_size=[0, 2])
def test_empty_sequences_are_left_out(case):
    """
    The others have the results that they have alone, in their order.
    """
    lengths = torch.tensor([2, 0, 7, 4])
    with pytest.raises(RuntimeError, match="has to be greater than 0"):
        pack(case, case.x, lengths)

    real = lengths > 0
    kept = case.x[real] if case.options["batch_first"] else case.x[:, real]
    packed_output, state = case.layer(pack(case, kept, lengths[real]))

    assert is_as_alone(case, kept, [2, 7, 4], unpack(case, packed_output), state)


@repairs("error-lengths-zero", proj_size=[0, 2])
def test_empty_sequences_of_length_1_are_cleared(case):
    """
    Nothing is left of an empty sequence, or its initial state, and the others are as before.
    """
    lengths = torch.tensor([2, 0, 7, 4])
    with pytest.raises(RuntimeError, match="has to be greater than 0"):
        pack(case, case.x, lengths)
    start = some_states(case, 4)

    packed_output, state = case.layer(pack(case, case.x, lengths.clamp(min=1)), give(start))
    empty = (lengths == 0).view(1, -1, 1)
    output = unpack(case, packed_output)
    fits = empty.transpose(0, 1) if case.options["batch_first"] else empty
    assert output.masked_select(fits).any()
    output = output.masked_fill(fits, 0)
    cleared = [part.masked_fill(empty, 0) for part in states_of(state)]
    kept = [part.where(~empty, first) for part, first in zip(states_of(state), start, strict=True)]

    assert not output.masked_select(fits).any()
    assert not any(part[:, 1].any() for part in cleared)
    for row, length in ((0, 2), (2, 7), (3, 4)):
        right_output, right = one_alone(case, case.x, row, length, start)
        rows = output[row] if case.options["batch_first"] else output[:, row]
        assert close(rows[:length], right_output)
        assert all(close(a[:, row], b) for a, b in zip(cleared, right, strict=True))
    assert all(
        torch.equal(part[:, 1], first[:, 1]) for part, first in zip(kept, start, strict=True)
    )


@repairs("error-lengths-zero", proj_size=[0, 2])
def test_nan_of_an_empty_sequence_reaches_the_gradients(case):
    """
    Clearing the results leaves it in the gradients; clearing the input does not.
    """
    lengths = torch.tensor([2, 0, 7, 4])
    empty = (lengths == 0).view(1, -1, 1)
    empty = empty.transpose(0, 1) if case.options["batch_first"] else empty
    x = case.x.masked_fill(empty, float("nan"))
    found = []
    for given in (x, x.masked_fill(empty, 0)):
        packed_output, _ = case.layer(pack(case, given, lengths.clamp(min=1)))
        cleared = unpack(case, packed_output).masked_fill(empty, 0)
        gradients = torch.autograd.grad(cleared.sum(), case.layer.weight_hh_l0)
        found.append((bool(cleared.isnan().any()), bool(gradients[0].isnan().any())))

    assert found == [(False, True), (False, False)]


@repairs("error-lengths-count", proj_size=[0, 2])
def test_flag_of_the_layout_repairs_the_number_of_lengths(case):
    """
    With the flag of the data, in either direction, each sequence is as it is alone.
    """
    batch_first = case.options["batch_first"]
    with pytest.raises(RuntimeError, match=r"but got 4 \(batch_size=7\)"):
        pack_padded_sequence(case.x, [7, 4, 2, 1], batch_first=not batch_first)

    packed = pack_padded_sequence(case.x, [7, 4, 2, 1], batch_first=batch_first)
    packed_output, state = case.layer(packed)

    assert is_as_alone(case, case.x, [7, 4, 2, 1], unpack(case, packed_output), state)


@repairs("error-lengths-cpu")
def test_lengths_come_to_the_cpu_and_the_data_stays():
    """
    The lengths are those of the list, and the data stays on its device.
    """
    x, lengths = torch.randn(7, 4, 3), torch.tensor([7, 4, 2, 1])
    with pytest.raises(RuntimeError, match="1D CPU int64 tensor, but got 1D meta Long tensor"):
        pack_padded_sequence(x, lengths.to("meta"))

    for right in (lengths.cpu(), lengths.tolist()):
        packed = pack_padded_sequence(x.to("meta"), right)
        assert packed.data.shape == (14, 3)
        assert (packed.data.device.type, packed.batch_sizes.device.type) == ("meta", "cpu")
        expected = torch.cat([x[t, :n] for t, n in enumerate([4, 3, 2, 2, 1, 1, 1])])
        assert torch.equal(pack_padded_sequence(x, right).data, expected)


@repairs("error-lengths-rank", "error-lengths-rank-unsorted", kinds=["GRU"], num_layers=[1])
def test_lengths_of_two_axes_are_flattened(case):
    """
    Lengths ``(N, 1)`` and ``(1, N)``, sorted and not, of any number type.
    """
    for dtype in (torch.int64, torch.int32, torch.float32):
        for shape in ((4, 1), (1, 4)):
            wrong = torch.tensor([7, 4, 2, 1], dtype=dtype).view(shape)
            with pytest.raises(RuntimeError, match="but got 2D cpu Long tensor"):
                pack(case, case.x, wrong, enforce_sorted=True)
            packed_output, h_n = case.layer(pack(case, case.x, wrong.flatten(), True))
            assert is_as_alone(case, case.x, [7, 4, 2, 1], unpack(case, packed_output), h_n)

        wrong = torch.tensor(LENGTHS, dtype=dtype).view(4, 1)
        with pytest.raises(IndexError, match="Index is supposed to be a vector"):
            pack(case, case.x, wrong)
        packed_output, h_n = case.layer(pack(case, case.x, wrong.flatten()))
        assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), h_n)


@repairs("error-lengths-rank", kinds=["GRU"], num_layers=[1])
def test_length_of_one_sequence_is_a_list(case):
    """
    One number is refused, and a list of one is right.
    """
    one = case.x[:1] if case.options["batch_first"] else case.x[:, :1]
    with pytest.raises(RuntimeError, match="but got 0D cpu Long tensor"):
        pack(case, one, 7)

    packed_output, h_n = case.layer(pack(case, one, [7]))

    assert is_as_alone(case, one, [7], unpack(case, packed_output), h_n)


@repairs("error-lengths-too-long", proj_size=[0, 2])
@pytest.mark.parametrize("enforce_sorted", [True, False])
def test_lengths_are_cut_to_the_steps_of_the_data(case, enforce_sorted):
    """
    The long sequence is read to its end, and the others keep their lengths.
    """
    batch_first = case.options["batch_first"]
    lengths = torch.tensor([8, 4, 2, 1] if enforce_sorted else [2, 8, 4, 1])
    packed = pack(case, case.x, lengths, enforce_sorted)
    with pytest.raises(RuntimeError, match=r"start \(14\) \+ length \(1\) exceeds"):
        case.layer(packed)

    lengths = lengths.clamp(max=case.x.shape[1 if batch_first else 0])
    packed_output, state = case.layer(pack(case, case.x, lengths, enforce_sorted))

    assert is_as_alone(case, case.x, lengths.tolist(), unpack(case, packed_output), state)


@repairs("error-lengths-too-long", kinds=["GRU"], num_layers=[1])
def test_flag_of_the_layout_repairs_lengths_that_fit(case):
    """
    Lengths that fit the data are right with the flag of the data.
    """
    batch_first = case.options["batch_first"]
    packed = pack_padded_sequence(case.x, LENGTHS, not batch_first, enforce_sorted=False)
    with pytest.raises(RuntimeError, match="exceeds dimension size"):
        case.layer(packed)

    packed_output, h_n = case.layer(pack(case, case.x, LENGTHS))

    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), h_n)


@repairs("error-lengths-too-long")
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 2, 1), (3, 1, 0), (2, 2, 0)])
def test_lengths_after_a_convolution(kernel, stride, padding):
    """
    The lengths are the numbers of steps that each sequence has alone.
    """
    conv, gru = nn.Conv1d(3, 6, kernel, stride=stride, padding=padding), nn.GRU(6, 5)
    x, lengths = torch.randn(4, 3, 14), torch.tensor([14, 10, 5, 4])
    shorter = conv(x).permute(2, 0, 1)
    with pytest.raises(RuntimeError, match=r"exceeds dimension size|invalid for input of size"):
        gru(pack_padded_sequence(shorter, [20, 10, 4, 2]))

    after = (lengths + 2 * padding - kernel) // stride + 1

    assert after.tolist() == [conv(x[:1, :, :n]).shape[-1] for n in lengths]
    assert pad_packed_sequence(gru(pack_padded_sequence(shorter, after))[0])[1].equal(after)


@repairs("error-lengths-too-long-equal")
def test_equal_lengths_are_cut_to_the_steps_of_the_data(case):
    """
    An LSTM on a CPU speaks of a shape, the others of a start; the repair is the same.
    """
    lengths = torch.tensor([8, 8, 8, 8])
    message = r"shape '\[8, 4, 3\]' is invalid for input of size 84|exceeds dimension size"
    with pytest.raises(RuntimeError, match=message):
        case.layer(pack(case, case.x, lengths))

    lengths = lengths.clamp(max=case.x.shape[1 if case.options["batch_first"] else 0])
    packed_output, state = case.layer(pack(case, case.x, lengths))

    assert is_as_alone(case, case.x, [7, 7, 7, 7], unpack(case, packed_output), state)


@repairs("error-lengths-too-long-equal")
def test_unpacking_says_it_too():
    """
    What was packed with lengths too large is neither read nor unpacked; with right ones it is both.
    """
    x, lengths, lstm = torch.randn(2, 1, 3), torch.tensor([3]), nn.LSTM(3, 5)
    for function in (pad_packed_sequence, lstm):
        message = r"shape '\[3, 1, 3\]' is invalid for input of size 6"
        with pytest.raises(RuntimeError, match=message):
            function(pack_padded_sequence(x, lengths))

    packed = pack_padded_sequence(x, lengths.clamp(max=x.shape[0]))

    assert torch.equal(pad_packed_sequence(packed)[0], x)
    assert torch.allclose(lstm(packed)[0].data, lstm(x)[0].flatten(0, 1), atol=1e-6)


@repairs("error-lengths-missing", kinds=["GRU"], num_layers=[1])
def test_lengths_are_counted_where_they_are_lost(case):
    """
    The numbers of words that are no padding are the lengths; a padded tensor packed as a list
    of sequences takes the padding as data.
    """
    words = torch.randint(1, 9, (4, 7))
    for row, length in zip(words, LENGTHS, strict=True):
        row[length:] = 0
    words = words if case.options["batch_first"] else words.T
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'lengths'"):
        pack_padded_sequence(words)

    lengths = (words != 0).sum(dim=1 if case.options["batch_first"] else 0)

    assert lengths.tolist() == LENGTHS
    assert not (pack(case, words, lengths).data == 0).any()
    assert (pack_sequence(list(words)).data == 0).any()


@repairs("error-lengths-trace", num_layers=[2], batch_first=[False])
def test_traced_lengths_as_a_tensor_stay_open(case):
    """
    With lengths as a list the trace is wrong for others; with a tensor it is right.
    """

    class Model(nn.Module):
        def __init__(self, keep):
            super().__init__()
            self.layer, self.keep = case.layer, keep

        def forward(self, x, lengths):
            lengths = [7, 4, 2, 1] if self.keep else lengths
            return states_of(self.layer(pack_padded_sequence(x, lengths))[1])[0]

    lengths, other = torch.tensor([7, 4, 2, 1]), torch.tensor([6, 6, 3, 2])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        wrong = torch.jit.trace(Model(True), (case.x, lengths))
    assert any("called with a Python list" in str(warning.message) for warning in caught)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        right = torch.jit.trace(Model(False), (case.x, lengths))
    assert not any("called with a Python list" in str(warning.message) for warning in caught)

    expected = Model(False)(case.x, other)
    assert close(right(case.x, other), expected)
    assert not close(wrong(case.x, other), expected)
