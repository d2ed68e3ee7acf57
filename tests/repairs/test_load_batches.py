"""The recipes of "Load batches of sequences"."""

import pytest
import torch
from covers import LENGTHS, repairs
from references import alone, close, real_steps, states_of
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader

functional = nn.functional


@repairs("load-batches", layouts=["packed"])
def test_collated_batches_hold_their_sequences(case):
    """
    The default collation is refused; ours gives batches that pack to the sequences alone.
    """
    first = case.options["batch_first"]
    sequences = real_steps(case, case.x, LENGTHS)
    samples = list(zip(sequences, torch.arange(4), strict=True))
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size"):
        next(iter(DataLoader(samples, batch_size=3)))

    def collate(samples):
        sequences, targets = zip(*samples, strict=True)
        lengths = torch.tensor([len(sequence) for sequence in sequences])
        return pad_sequence(sequences, batch_first=first), lengths, torch.stack(targets)

    seen = []
    for x, lengths, targets in DataLoader(samples, 3, shuffle=True, collate_fn=collate):
        packed = pack_padded_sequence(x, lengths, first, enforce_sorted=False)
        right = alone(case.layer, [sequences[n] for n in targets])[1]
        assert close(states_of(case.layer(packed)[1]), right)
        assert x.shape[1 if first else 0] == max(lengths)
        seen += targets.tolist()
    assert sorted(seen) == [0, 1, 2, 3]


@repairs("collate-targets", layouts=["packed"])
def test_padded_targets_give_the_loss_of_the_real_steps(case):
    """
    Loss and gradients are those of each sentence alone.
    """
    first = case.options["batch_first"]
    linear, embedding = nn.Linear(case.features * case.num_directions, 6), nn.Embedding(9, 3, 0)
    samples = [(torch.randint(1, 9, (n,)), torch.randint(6, (n,))) for n in LENGTHS]
    words, tags = zip(*samples, strict=True)
    padded_words = pad_sequence(words, batch_first=first)
    padded_tags = pad_sequence(tags, batch_first=first, padding_value=-100)
    x = embedding(padded_words)
    packed = pack_padded_sequence(x, torch.tensor(LENGTHS), first, enforce_sorted=False)
    output = pad_packed_sequence(case.layer(packed)[0], first)[0]

    loss = functional.cross_entropy(linear(output).flatten(0, 1), padded_tags.flatten())

    outputs, _ = alone(case.layer, [embedding(sentence) for sentence in words])
    right = functional.cross_entropy(linear(torch.cat(outputs)), torch.cat(tags))
    assert torch.allclose(loss, right)
    parameters = [*case.layer.parameters(), linear.weight, embedding.weight]
    assert close(torch.autograd.grad(loss, parameters), torch.autograd.grad(right, parameters))


@repairs("bucketing")
def test_buckets_hold_every_sequence_once_with_little_padding():
    """
    The batches of the page hold each index once, and less padding than batches in order.
    """
    lengths = torch.randint(1, 50, (64,))

    batches = list(lengths.argsort().split(8))
    order = torch.randperm(len(batches))
    sampler = [batches[i].tolist() for i in order]
    loaded = list(DataLoader(lengths, batch_sampler=sampler))

    assert sorted(i for batch in sampler for i in batch) == list(range(64))
    assert [batch.tolist() for batch in loaded] == [lengths[b].tolist() for b in sampler]

    def padding(batches):
        return sum(int((batch.max() - batch).sum()) for batch in batches)

    assert padding(loaded) < padding(lengths.split(8)) / 3
    with pytest.raises(ValueError, match="mutually exclusive"):
        DataLoader(lengths, batch_size=8, batch_sampler=sampler)


@repairs("last-batch", bidirectional=[False])
def test_a_smaller_batch_runs_and_a_carried_state_does_not(case):
    """
    The layer takes the smaller batch, with a carried state it is refused; drop_last leaves it out.
    """
    sequences = list(torch.randn(7, 5, 3))
    sizes = {True: [3, 3], False: [3, 3, 1]}
    for drop_last, expected in sizes.items():
        batches = list(DataLoader(sequences, 3, drop_last=drop_last))
        assert [len(batch) for batch in batches] == expected
        state = None
        for batch in batches[:2]:
            x = batch if case.options["batch_first"] else batch.transpose(0, 1)
            _, state = case.layer(x, state)
    last = batches[-1] if case.options["batch_first"] else batches[-1].transpose(0, 1)
    with pytest.raises(RuntimeError, match=r"Expected hidden(\[0\])? size"):
        case.layer(last, state)
    assert states_of(case.layer(last)[1])[0].shape[1] == 1


@repairs("pad-to-a-fixed-length")
@pytest.mark.parametrize("length", [7, 3])
def test_pad_goes_to_the_steps(length):
    """
    In each layout the steps grow or are cut, and the features stay.
    """
    sequences = [torch.randn(2, 3), torch.randn(4, 3)]
    x, y = pad_sequence(sequences, batch_first=True), pad_sequence(sequences)
    words = pad_sequence([torch.arange(1, 3), torch.arange(1, 5)], batch_first=True)

    batch_first = functional.pad(x, (0, 0, 0, length - x.shape[1]))
    time_first_ = functional.pad(y, (0, 0, 0, 0, 0, length - y.shape[0]))
    longer_words = functional.pad(words, (0, length - words.shape[1]))

    right = torch.zeros(2, length, 3)
    for n, sequence in enumerate(sequences):
        right[n, : len(sequence)] = sequence[:length]
    assert torch.equal(batch_first, right)
    assert torch.equal(time_first_, right.transpose(0, 1))
    assert longer_words.tolist()[0] == [1, 2, *[0] * (length - 2)]
    assert longer_words.shape == (2, length)


def left_padded(case):
    """Return the sequences of a case with zeros in front, batch first."""
    sequences = real_steps(case, case.x, LENGTHS)
    rows = [torch.cat([torch.zeros(7 - len(s), 3), s]) for s in sequences]
    return torch.stack(rows), sequences


@repairs("left-padding", layouts=["packed"], proj_size=[0, 2])
def test_rolled_batch_packs_to_its_sequences(case):
    """
    Packed as it is the batch is wrong, without an error; rolled it is right, and rolls back.
    """
    x, sequences = left_padded(case)
    lengths = torch.tensor(LENGTHS)
    options = {"batch_first": True, "enforce_sorted": False}
    right = alone(case.layer, sequences)
    wrong = case.layer(pack_padded_sequence(x, lengths, **options))[1]
    assert not close(states_of(wrong), right[1])

    index = (torch.arange(x.shape[1]) - lengths.unsqueeze(1)) % x.shape[1]
    rolled = x[torch.arange(len(x)).unsqueeze(1), index]

    assert torch.equal(rolled, pad_sequence(sequences, batch_first=True))
    output, state = case.layer(pack_padded_sequence(rolled, lengths, **options))
    assert close(states_of(state), right[1])
    padded = pad_packed_sequence(output, batch_first=True)[0]
    back = (torch.arange(7) + lengths.unsqueeze(1)) % 7
    again = padded[torch.arange(4).unsqueeze(1), back]
    ends = [again[n, 7 - length :] for n, length in enumerate(LENGTHS)]
    assert close(ends, right[0])
    assert torch.equal(rolled[torch.arange(4).unsqueeze(1), back], x)


@repairs("left-padding", layouts=["packed"], num_layers=[1, 2], batch_first=[True])
def test_what_padding_in_front_changes(case):
    """
    Forward steps are changed, backward ones in a single layer are not, and ``h_n`` is.
    """
    x, sequences = left_padded(case)
    output, state = case.layer(x)
    outputs, finals = alone(case.layer, sequences)
    short, H = output[0, 5:], case.features  # noqa: N806

    assert not torch.allclose(short[:, :H], outputs[0][:, :H], atol=1e-6)
    if case.bidirectional:
        backward = torch.allclose(short[:, H:], outputs[0][:, H:], atol=1e-6)
        assert backward == (case.sizes[2] == 1)
    else:
        assert torch.equal(output[:, -1], states_of(state)[0][-1])
    for row in range(len(finals[0])):
        assert not torch.allclose(states_of(state)[0][row, 0], finals[0][row, 0], atol=1e-6)


@repairs("finished-sequences", num_layers=[1], bidirectional=[False], batch_first=[True])
def test_a_loop_over_the_sequences_that_go_on(case):
    """
    Cell and layer, sorted slices or a mask, give each sequence its own steps and final state.
    """
    order = torch.tensor(LENGTHS).argsort(descending=True)
    lengths, x = torch.tensor(LENGTHS)[order], case.x[order]
    sequences = [x[n, :length] for n, length in enumerate(lengths)]
    outputs, finals = alone(case.layer, sequences)
    right = pad_sequence(outputs, batch_first=True)
    sizes = pack_padded_sequence(x, lengths, batch_first=True).batch_sizes

    cell = getattr(nn, f"{case.kind}Cell")(3, 5)
    weights = case.layer.state_dict()
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in weights.items()})
    state = tuple(torch.zeros(4, 5) for _ in finals)
    sliced = torch.zeros(4, 7, 5)
    for t in range(7):
        n = int((lengths > t).sum())
        assert n == sizes[t]
        given = tuple(s[:n] for s in state)
        new = cell(x[:n, t], given if case.kind == "LSTM" else given[0])
        state = states_of(new)
        sliced[:n, t] = state[0]

    layer_state = tuple(torch.zeros(1, 4, 5) for _ in finals)
    rows, masked, ends = torch.arange(4), torch.zeros(4, 7, 5), {}
    for t in range(7):
        going_on = lengths[rows] > t
        for n, row in enumerate(rows.tolist()):
            if not going_on[n]:
                ends[row] = layer_state[0][:, n]
        rows = rows[going_on]
        layer_state = tuple(s[:, going_on] for s in layer_state)
        given = layer_state if case.kind == "LSTM" else layer_state[0]
        output, new = case.layer(x[rows, t : t + 1], given)
        layer_state = states_of(new)
        masked[rows, t] = output[:, 0]

    assert torch.allclose(sliced, right, atol=1e-6)
    assert torch.allclose(masked, right, atol=1e-6)
    for row, end in ends.items():
        assert torch.allclose(end, finals[0][:, row], atol=1e-6)
    assert len(ends) == 3
