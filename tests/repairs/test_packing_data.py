"""The repairs of "Errors while padding and packing": what it says of data."""

import pytest
import torch
from covers import LENGTHS, repairs
from references import close, give, is_as_alone, pack, some_states, states_of, unpack
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence


@repairs("error-pack-empty", kinds=["GRU"], num_layers=[1])
def test_empty_batches_are_skipped(case):
    """
    A batch with no sequence, or no step, is refused and skipped, and the next is right.
    """
    no_sequence, no_step = torch.randn(7, 0, 3), torch.randn(0, 4, 3)
    if case.options["batch_first"]:
        no_sequence, no_step = no_sequence.transpose(0, 1), no_step.transpose(0, 1)
    for x, lengths in ((no_sequence, []), (no_step, [0, 0, 0, 0])):
        with pytest.raises(RuntimeError, match="Cannot pack empty tensors"):
            pack(case, x, lengths)

    batches = [(no_sequence, []), (no_step, [0] * 4), (case.x, LENGTHS)]
    results = [case.layer(pack(case, x, n)) for x, n in batches if x.numel() > 0]

    assert len(results) == 1
    assert is_as_alone(case, case.x, LENGTHS, unpack(case, results[0][0]), results[0][1])


@repairs("error-pack-list", proj_size=[0, 2])
def test_list_of_sequences_is_packed_by_the_other_function(case):
    """
    A list, in any order, and an array.
    """
    x = case.x if case.options["batch_first"] else case.x.transpose(0, 1)
    sequences = [row[:length] for row, length in zip(x, LENGTHS, strict=True)]
    with pytest.raises(TypeError, match="must be Tensor, not list"):
        pack(case, sequences, LENGTHS, enforce_sorted=True)
    with pytest.raises(AttributeError, match="'list' object has no attribute 'device'"):
        pack(case, sequences, LENGTHS)
    with pytest.raises(TypeError, match=r"must be Tensor, not numpy.ndarray"):
        pack(case, case.x.double().numpy(), [7, 4, 2, 1], enforce_sorted=True)

    packed = pack_sequence(sequences, enforce_sorted=False)
    of_array = pack(case, torch.from_numpy(case.x.double().numpy()).float(), LENGTHS)

    for right in (packed, of_array):
        packed_output, state = case.layer(right)
        assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state)


@repairs("error-pack-one-axis", proj_size=[0, 2])
def test_series_of_numbers_is_given_its_features(case):
    """
    A series of numbers, packed, has the results that it has unpacked.
    """
    layer, x = type(case.layer)(**{**case.arguments, "input_size": 1}), torch.randn(7)
    with pytest.raises(IndexError, match="Dimension out of range"):
        pack_padded_sequence(x, [7])

    packed_output, state = layer(pack_sequence([x.unsqueeze(-1)]))
    output, right = layer(x.unsqueeze(-1))

    assert close(packed_output.data, output)
    assert close([part[:, 0] for part in states_of(state)], states_of(right))


@repairs("error-pack-one-axis", proj_size=[0, 2])
def test_state_of_one_axis_says_it_too(case):
    """
    A batch packed with ``enforce_sorted=False`` needs its rows and its batch in the state.
    """
    start = some_states(case, 4)
    with pytest.raises(IndexError, match=r"in range of \[-1, 0\]"):
        case.layer(pack(case, case.x, LENGTHS), give([part[0, 0] for part in start]))

    packed_output, state = case.layer(pack(case, case.x, LENGTHS), give(start))

    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state, start)


@repairs("error-pack-one-axis")
def test_word_numbers_are_packed_as_they_are():
    """
    Their Embedding reads ``data``, and a layer reads the result.
    """
    words, embedding, gru = torch.tensor([4, 1, 7]), nn.Embedding(9, 3), nn.GRU(3, 5)
    with pytest.raises(IndexError, match="Dimension out of range"):
        pack_padded_sequence(words, [3])

    packed = pack_sequence([words])
    _, h_n = gru(packed._replace(data=embedding(packed.data)))

    assert close(h_n[:, 0], gru(embedding(words))[1])


@repairs("error-pack-sequence-list")
def test_lists_of_numbers_become_tensors():
    """
    The sequences come back, in their order.
    """
    sentences = [[1, 2, 3], [4, 5], [6, 7, 8, 9]]
    with pytest.raises(AttributeError, match="'list' object has no attribute 'size'"):
        pack_sequence(sentences)

    words = [torch.tensor(sentence) for sentence in sentences]
    padded, lengths = pad_packed_sequence(pack_sequence(words, enforce_sorted=False), True)

    assert [row[:n].tolist() for row, n in zip(padded, lengths, strict=True)] == sentences


@repairs("error-pack-sequence-list", kinds=["RNN", "GRU"])
def test_state_in_a_list_says_it_too(case):
    """
    The state itself is taken.
    """
    start = some_states(case, 4)
    with pytest.raises(AttributeError, match="'list' object has no attribute 'size'"):
        case.layer(pack(case, case.x, [7, 4, 2, 1], True), list(start))

    packed_output, state = case.layer(pack(case, case.x, LENGTHS), start[0])

    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state, start)


@repairs("error-pack-sequence-batch-first")
@pytest.mark.parametrize("batch_first", [True, False])
def test_layout_is_chosen_when_unpacking(batch_first):
    """
    The flag of ``pad_packed_sequence`` decides.
    """
    sequences = [torch.randn(length, 3) for length in LENGTHS]
    with pytest.raises(TypeError, match="unexpected keyword argument 'batch_first'"):
        pack_sequence(sequences, batch_first=True)

    packed = pack_sequence(sequences, enforce_sorted=False)
    padded, lengths = pad_packed_sequence(packed, batch_first=batch_first)
    rows = padded if batch_first else padded.transpose(0, 1)

    assert lengths.tolist() == LENGTHS
    assert all(torch.equal(row[: len(s)], s) for row, s in zip(rows, sequences, strict=True))
