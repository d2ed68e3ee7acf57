"""The repairs of "Errors while padding and packing": padding, unpacking and packed sequences."""

import warnings

import pytest
import torch
from covers import LENGTHS, repairs
from references import close, is_as_alone, pack, real_steps, states_of, unpack
from torch import nn
from torch.nn.utils.rnn import (
    PackedSequence,
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
    unpack_sequence,
    unpad_sequence,
)
from torch.utils.data import DataLoader

NUMBERS = [torch.tensor([1, 2, 3]), torch.tensor([4])]


@repairs("error-stack-lengths", batch_first=[True], proj_size=[0, 2])
def test_collate_function_pads_and_keeps_the_lengths(case):
    """
    The batch of the data loader, packed, gives each sequence its own result.
    """
    samples = real_steps(case, case.x, LENGTHS)
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size"):
        torch.stack(samples)
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size"):
        next(iter(DataLoader(samples, batch_size=4)))

    def collate(samples):
        lengths = torch.tensor([len(sample) for sample in samples])
        return pad_sequence(samples, batch_first=True), lengths

    x, lengths = next(iter(DataLoader(samples, batch_size=4, collate_fn=collate)))
    packed_output, state = case.layer(pack(case, x, lengths))

    assert lengths.tolist() == LENGTHS
    assert is_as_alone(case, x, LENGTHS, unpack(case, packed_output), state)
    time_first = next(iter(DataLoader(samples, batch_size=4, collate_fn=pad_sequence)))
    assert torch.equal(time_first, x.transpose(0, 1))


@repairs("error-ragged-list")
def test_lists_of_other_lengths_are_padded():
    """
    Each list comes back from its row and length.
    """
    sentences = [[1, 2, 3], [4, 5]]
    with pytest.raises(ValueError, match=r"expected sequence of length 3 at dim 1 \(got 2\)"):
        torch.tensor(sentences)

    words = [torch.tensor(sentence) for sentence in sentences]
    padded = pad_sequence(words, batch_first=True)

    assert [row[: len(s)].tolist() for row, s in zip(padded, words, strict=True)] == sentences


@repairs("error-pad-iterable", "error-pad-side", "error-pad-batch-first", "error-pad-value")
def test_arguments_of_pad_sequence():
    """
    After each refused call the right one has the sequences and the padding where they belong.
    """
    with pytest.raises(RuntimeError, match="Expected iterable for input sequences"):
        pad_sequence(7)
    with pytest.raises(RuntimeError, match="Expected padding_side to be one of left or right"):
        pad_sequence(NUMBERS, padding_side="both")
    with pytest.raises(TypeError, match=r"'batch_first' \(position 2\) must be bool, not int"):
        pad_sequence(NUMBERS, -1)
    with pytest.raises(TypeError, match=r"'padding_value' \(position 3\) must be float, not str"):
        pad_sequence(NUMBERS, padding_value="<pad>")

    assert pad_sequence(NUMBERS).tolist() == [[1, 4], [2, 0], [3, 0]]
    assert pad_sequence(NUMBERS, True, padding_side="left").tolist() == [[1, 2, 3], [0, 0, 4]]
    assert pad_sequence(NUMBERS, padding_value=-1).tolist() == [[1, 4], [2, -1], [3, -1]]
    assert pad_sequence(NUMBERS, batch_first=True, padding_value=9).tolist()[1] == [4, 9, 9]


@repairs("error-pad-side")
@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_padding_on_the_left_is_read(kind):
    """
    Packed or not, a state after padding on the left is not that of the sequence alone.
    """
    embedding, layer = nn.Embedding(9, 3, padding_idx=0), kind(3, 5, 2, batch_first=True)
    alone = [states_of(layer(embedding(words))[1])[0] for words in NUMBERS]
    for side in ("left", "right"):
        x = embedding(pad_sequence(NUMBERS, batch_first=True, padding_side=side))
        packed = pack_padded_sequence(x, [3, 1], batch_first=True)
        for input in (x, packed):
            h_n = states_of(layer(input)[1])[0]
            same = [close(h_n[:, n], h) for n, h in enumerate(alone)]
            assert same == [True, side == "right" and input is packed]


@repairs("error-pad-empty")
@pytest.mark.parametrize("function", [pack_sequence, pad_sequence])
def test_generator_becomes_a_list(function):
    """
    An empty list is refused, and a generator by packing, which reads it twice.
    """
    sequences = [torch.randn(length, 3) for length in (7, 4)]
    for wrong in ([], (s for s in []), *([iter(sequences)] * (function is pack_sequence))):
        with pytest.raises(RuntimeError, match="received an empty list of sequences"):
            function(wrong)

    result = function(list(iter(sequences)))

    padded = pad_packed_sequence(result)[0] if function is pack_sequence else result
    assert torch.equal(padded[:, 0], sequences[0])
    assert torch.equal(padded[:4, 1], sequences[1])


@repairs("error-pad-element")
def test_collate_function_takes_pairs_apart():
    """
    Sequences, lengths and targets of a batch belong together; padded targets count for nothing.
    """
    sequences = [torch.randn(length, 3) for length in LENGTHS]
    samples = [(s, int(s.sum() > 0)) for s in sequences]
    for wrong in (samples, [[1.0], [2.0]], [s.numpy() for s in sequences]):
        with pytest.raises(TypeError, match="expected Tensor as element 0 in argument 0, but got"):
            pad_sequence(wrong)

    def collate(samples):
        sequences, targets = zip(*samples, strict=True)
        lengths = torch.tensor([len(sequence) for sequence in sequences])
        return pad_sequence(sequences, batch_first=True), lengths, torch.tensor(targets)

    x, lengths, targets = next(iter(DataLoader(samples, batch_size=4, collate_fn=collate)))

    assert lengths.tolist() == LENGTHS
    for row, n, target, (s, right) in zip(x, lengths, targets, samples, strict=True):
        assert torch.equal(row[:n], s)
        assert not row[n:].any()
        assert target == right
    steps = [torch.randint(9, (length,)) for length in LENGTHS]
    scores = [torch.randn(length, 9) for length in LENGTHS]
    padded = pad_sequence(steps, batch_first=True, padding_value=-100).flatten()
    loss = nn.CrossEntropyLoss()
    right = loss(torch.cat(scores), torch.cat(steps))
    assert close(loss(pad_sequence(scores, True).flatten(0, 1), padded), right)


@repairs("error-pad-features")
def test_time_comes_first_before_padding():
    """
    The transposed sequences stand in the batch; one feature is repeated without a word.
    """
    sequences = [torch.randn(3, 7), torch.randn(3, 5)]
    with pytest.raises(RuntimeError, match=r"tensor a \(7\) must match the size of tensor b \(5\)"):
        pad_sequence(sequences)

    padded = pad_sequence([s.T for s in sequences])

    assert torch.equal(padded[:, 0], sequences[0].T)
    assert torch.equal(padded[:5, 1], sequences[1].T)
    repeated = pad_sequence([sequences[0].T, sequences[1].T[:, :1]])[:5, 1]
    assert torch.equal(repeated, sequences[1].T[:, :1].expand(5, 3))


@repairs("error-pad-number")
def test_numbers_are_stacked():
    """
    Stacked, or padded with an axis of time, each number is there.
    """
    numbers = [torch.tensor(1.5), torch.tensor(2.5)]
    with pytest.raises(RuntimeError, match="ArrayRef: invalid slice, N = 1; size = 0"):
        pad_sequence(numbers)

    assert torch.stack(numbers).tolist() == [1.5, 2.5]
    assert pad_sequence([number.reshape(1) for number in numbers]).tolist() == [[1.5, 2.5]]


@repairs("error-total-length", num_layers=[1], proj_size=[0, 2])
def test_total_length_is_that_of_the_data(case):
    """
    The result is as long as the data, and the steps are the same as without it.
    """
    axis = 1 if case.options["batch_first"] else 0
    packed_output, state = case.layer(pack(case, case.x, [2, 5, 4, 1]))
    with pytest.raises(ValueError, match="Expected total_length to be at least"):
        unpack(case, packed_output, total_length=3)

    output = unpack(case, packed_output, total_length=case.x.shape[axis])

    assert output.shape[axis] == 7
    assert is_as_alone(case, case.x, [2, 5, 4, 1], output, state)
    assert torch.equal(output.narrow(axis, 0, 5), unpack(case, packed_output))
    x = case.x if case.options["batch_first"] else case.x.transpose(0, 1)
    wide = nn.functional.pad(x, (0, 0, 0, 100 - x.shape[1]))
    assert torch.equal(wide, torch.cat([x, torch.zeros(4, 93, 3)], dim=1))


@repairs("error-not-packed", "error-not-packed-tuple", proj_size=[0, 2])
def test_only_packed_output_is_unpacked(case):
    """
    What is not packed is refused, whatever it is, and the output of packed input is right.
    """
    output, state = case.layer(case.x)
    packed = pack(case, case.x, LENGTHS)
    for wrong in (output, states_of(state)[0]):
        with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'batch_sizes'"):
            unpack(case, wrong)
    for wrong in (case.layer(packed), tuple(packed), (output, state)):
        with pytest.raises(AttributeError, match="'tuple' object has no attribute 'batch_sizes'"):
            unpack(case, wrong)

    packed_output, state = case.layer(packed.to("cpu"))

    assert is_as_alone(case, case.x, LENGTHS, unpack(case, packed_output), state)


@repairs("error-unpad-list")
@pytest.mark.parametrize("batch_size", [4, 7])
def test_refused_unpadding_has_swapped_the_axes(batch_size):
    """
    Both repairs give the sequences, where ``N`` equals ``L`` too; the repair is not the same line.
    """
    lengths = [7, 5, 2, 1, 3, 7, 4][:batch_size]
    x = torch.randn(7, batch_size, 3)
    kept = x.clone()
    with pytest.raises(AttributeError, match="'list' object has no attribute 'device'"):
        unpad_sequence(x, lengths)
    assert torch.equal(x, kept.transpose(0, 1))

    for result in (
        unpad_sequence(x, torch.tensor(lengths), batch_first=True),
        unpad_sequence(kept.transpose(0, 1), torch.tensor(lengths), batch_first=True),
    ):
        assert len(result) == batch_size
        assert all(
            torch.equal(s, kept[:n, i])
            for i, (s, n) in enumerate(zip(result, lengths, strict=True))
        )
    assert kept.shape == (7, batch_size, 3)


@repairs("error-unpad-list")
def test_two_other_functions_say_it():
    """
    Packing unsorted a list, and ``batch_sizes`` in a list; both have their repairs.
    """
    sequences = [torch.randn(4, 3), torch.randn(7, 3)]
    message = "'list' object has no attribute 'device'"
    with pytest.raises(AttributeError, match=message):
        pack_padded_sequence(sequences, [4, 7], enforce_sorted=False)
    with pytest.raises(AttributeError, match=message):
        PackedSequence(torch.randn(3, 3), [2, 1])

    result = unpack_sequence(pack_sequence(sequences, enforce_sorted=False))
    by_hand = PackedSequence(torch.randn(3, 3), torch.tensor([2, 1]))

    assert all(torch.equal(a, b) for a, b in zip(result, sequences, strict=True))
    assert [len(part) for part in unpack_sequence(by_hand)] == [2, 1]


@repairs("error-unpad-count")
@pytest.mark.parametrize(("seq_len", "batch_size", "word"), [(7, 4, "shorter"), (2, 8, "longer")])
@pytest.mark.parametrize("batch_first", [True, False])
def test_layout_repairs_the_number_of_lengths(seq_len, batch_size, word, batch_first):
    """
    With the flag of the data the sequences are right.
    """
    lengths = torch.tensor([seq_len] + [1] * (batch_size - 1))
    data = torch.randn(batch_size, seq_len, 3)
    x = data.clone() if batch_first else data.transpose(0, 1).contiguous()
    with pytest.raises(ValueError, match=f"zip\\(\\) argument 2 is {word} than argument 1"):
        unpad_sequence(x, lengths, batch_first=not batch_first)

    x = data.clone() if batch_first else data.transpose(0, 1).contiguous()
    result = unpad_sequence(x, lengths, batch_first=batch_first)

    assert all(torch.equal(s, row[:n]) for s, row, n in zip(result, data, lengths, strict=True))


@repairs("error-unpad-leaf")
def test_trained_tensor_is_transposed_by_hand():
    """
    Of a leaf, a view of it and one of two halves: gradients arrive, and nothing is swapped.
    """
    leaf, lengths = torch.randn(7, 4, 6, requires_grad=True), torch.tensor([7, 5, 2, 1])
    messages = {
        "^a leaf Variable that requires grad": leaf,
        "^a view of a leaf Variable that requires grad": leaf[..., :3],
        "^Output 0 of Split is a view and is being modified": (leaf * 1).chunk(2, dim=-1)[0],
    }
    for message, x in messages.items():
        with pytest.raises(RuntimeError, match=message):
            unpad_sequence(x, lengths)
        assert x.shape[:2] == (7, 4)

        leaf.grad = None
        result = unpad_sequence(x.transpose(0, 1), lengths, batch_first=True)
        torch.cat(result).sum().backward()

        assert all(
            torch.equal(s, x[:n, i]) for i, (s, n) in enumerate(zip(result, lengths, strict=True))
        )
        real = torch.arange(7).view(7, 1, 1) < lengths.view(4, 1)
        wide = torch.arange(6) < x.shape[-1]
        assert torch.equal(leaf.grad, (real & wide).float())


@repairs("error-batch-sizes-cpu")
def test_packed_sequence_moves_by_its_own_method():
    """
    The data and the order move, ``batch_sizes`` stays.
    """
    packed = pack_padded_sequence(torch.randn(7, 4, 3), LENGTHS, enforce_sorted=False)
    with pytest.raises(ValueError, match=r"batch_sizes should always be on CPU\."):
        PackedSequence(packed.data.to("meta"), packed.batch_sizes.to("meta"))

    moved = packed.to("meta")

    assert [part.device.type for part in moved] == ["meta", "cpu", "meta", "meta"]
    assert torch.equal(moved.batch_sizes, packed.batch_sizes)


@repairs("error-batch-sizes-missing")
def test_other_data_are_put_into_a_packed_sequence():
    """
    Each sequence is what the linear layer makes of it, in your order, and gradients arrive.
    """
    sequences, linear = [torch.randn(length, 3) for length in LENGTHS], nn.Linear(3, 6)
    packed = pack_sequence(sequences, enforce_sorted=False)
    with pytest.raises(AssertionError):
        PackedSequence(linear(packed.data))

    result = unpack_sequence(packed._replace(data=linear(packed.data)))
    result[0].sum().backward()

    assert all(close(a, linear(b)) for a, b in zip(result, sequences, strict=True))
    assert torch.equal(linear.bias.grad, torch.full((6,), float(LENGTHS[0])))


@repairs("error-batch-sizes-type", bidirectional=[False, True], batch_first=[False])
def test_batch_sizes_become_int64(case):
    """
    Unpacking and each layer take them, and give what the right ones give.
    """
    right = pack(case, case.x, [7, 4, 2, 1])
    packed = PackedSequence(right.data, right.batch_sizes.int())
    with pytest.raises(RuntimeError, match="but got 1D cpu Int tensor"):
        pad_packed_sequence(packed)
    with pytest.raises(RuntimeError, match="expected scalar type Long but found Int"):
        case.layer(packed)

    packed = PackedSequence(packed.data, packed.batch_sizes.long())

    assert torch.equal(pad_packed_sequence(packed)[0], pad_packed_sequence(right)[0])
    packed_output, state = case.layer(packed)
    assert is_as_alone(case, case.x, [7, 4, 2, 1], unpack(case, packed_output), state)


@repairs("error-batch-sizes-empty")
def test_packed_sequence_of_nothing_is_skipped():
    """
    The other batch comes through.
    """
    x = torch.randn(7, 4, 3)
    empty = PackedSequence(x[:0, 0], torch.tensor([], dtype=torch.int64))
    with pytest.raises(RuntimeError, match="batch_sizes can not be empty"):
        pad_packed_sequence(empty)

    batches = (empty, pack_padded_sequence(x, [7, 7, 7, 7]))
    results = [pad_packed_sequence(p)[0] for p in batches if len(p.batch_sizes) > 0]

    assert len(results) == 1
    assert torch.equal(results[0], x)


@repairs("error-apply-permutation", proj_size=[0, 2])
def test_index_select_orders_a_state(case):
    """
    It is what the old function gives, and puts the state of each sequence at its place.
    """
    order = torch.tensor([2, 0, 3, 1])
    for state in states_of(case.layer(case.x)[1]):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            old = nn.modules.rnn.apply_permutation(state, order)
        assert "is deprecated, please use" in str(caught[0].message)

        new = state.index_select(1, order)

        assert torch.equal(new, old)
        assert all(torch.equal(new[:, i], state[:, j]) for i, j in enumerate(order))
