"""The recipes of "Train a language model"."""

import pytest
import torch
from covers import repairs
from references import give, states_of, time_first
from torch import nn
from torch.nn.utils.rnn import pad_sequence

cross_entropy = nn.functional.cross_entropy


@repairs("language-model", proj_size=[0, 2], bidirectional=[False])
def test_target_of_a_word_is_the_next_one(case):
    """
    The loss in each layout is that of each word by hand, and no word has read its target.
    """
    words = torch.randint(9, (4, 8))
    embedding, linear = nn.Embedding(9, 3), nn.Linear(case.features, 9)

    if case.options["batch_first"]:
        x, target = words[:, :-1], words[:, 1:]
        scores = linear(case.layer(embedding(x))[0])
        loss = cross_entropy(scores.transpose(1, 2), target)
    else:
        x, target = words.T[:-1], words.T[1:]
        scores = linear(case.layer(embedding(x))[0])
        loss = cross_entropy(scores.permute(1, 2, 0), target.T)

    terms = []
    for sentence in words:
        for t in range(7):
            read, _ = case.layer(embedding(sentence[: t + 1]))  # nothing of what follows
            terms.append(-linear(read[-1]).log_softmax(-1)[sentence[t + 1]])
    assert torch.allclose(loss, torch.stack(terms).mean(), atol=1e-5)


@repairs("language-model")
def test_shift_first_then_pad():
    """
    Padded after the shift, every step of a short sentence has its own next word as target.
    """
    sentences = [torch.randint(1, 9, (n,)) for n in (3, 8)]

    x = pad_sequence([s[:-1] for s in sentences], batch_first=True)
    target = pad_sequence([s[1:] for s in sentences], batch_first=True, padding_value=-100)

    assert (target[0] != -100).sum() == len(sentences[0]) - 1
    assert torch.equal(target[0, :2], sentences[0][1:])
    late = pad_sequence(sentences, batch_first=True)
    assert (late[:, :-1] != 0)[0].sum() == len(sentences[0])  # one too many
    assert x.shape == target.shape


@repairs("perplexity")
def test_perplexity_of_unequal_batches():
    """
    One division over all words is right, with padding too; means of batches are not.
    """
    scores, target = torch.randn(68, 9), torch.randint(9, (68,))
    target[::7] = -100
    right = cross_entropy(scores, target).exp()
    batches = list(zip(scores.split(28), target.split(28), strict=True))

    total, count = 0.0, 0
    for s, t in batches:
        total += cross_entropy(s, t, reduction="sum").item()
        count += (t != -100).sum().item()

    assert torch.allclose(torch.tensor(total / count).exp(), right)
    losses = torch.stack([cross_entropy(s, t) for s, t in batches])
    assert not torch.allclose(losses.exp().mean(), right)
    assert not torch.allclose(losses.mean().exp(), right)
    assert torch.allclose(cross_entropy(torch.zeros(68, 9), target).exp(), torch.tensor(9.0))


@repairs("tied-weights", bidirectional=[False])
def test_tied_weights_stay_one(case):
    """
    The shared matrix gets the gradient of both uses, and one step keeps them equal.
    """
    embedding, layer = nn.Embedding(9, case.features), type(case.layer)(5, 5, **case.options)
    linear = nn.Linear(case.features, 9)
    words = torch.randint(9, (4, 7))
    linear.weight = embedding.weight
    twin = nn.Linear(case.features, 9)
    twin.load_state_dict(linear.state_dict())  # the same numbers, of its own

    linear(layer(embedding(words))[0]).sum().backward()

    both = embedding.weight.grad.clone()
    embedding.weight.grad = None
    twin(layer(embedding(words))[0]).sum().backward()
    assert torch.allclose(both, embedding.weight.grad + twin.weight.grad, atol=1e-4)
    torch.optim.SGD([*embedding.parameters(), linear.bias], lr=0.1).step()
    assert torch.equal(linear.weight, embedding.weight)
    assert not torch.equal(twin.weight, embedding.weight)


@repairs("tied-weights")
def test_data_is_shared_and_the_gradient_is_not():
    """
    ``.data`` ties the numbers alone; another size is refused at the matrix product.
    """
    embedding, linear = nn.Embedding(9, 3), nn.Linear(3, 9)
    linear.weight.data = embedding.weight.data

    linear(embedding(torch.tensor([1, 4]))).sum().backward()

    assert linear.weight is not embedding.weight
    assert not torch.allclose(linear.weight.grad, embedding.weight.grad)
    wide = nn.Linear(5, 9)
    wide.weight = embedding.weight
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        wide(torch.randn(4, 5))


@repairs("tied-weights", kinds=["LSTM"], bidirectional=[False], proj_size=[2])
def test_projection_brings_the_state_to_the_embedding(case):
    """
    The output of an LSTM with a projection fits the embedding's matrix.
    """
    embedding, linear = nn.Embedding(9, 2), nn.Linear(2, 9)
    layer = nn.LSTM(2, 5, case.sizes[2], **case.options)
    linear.weight = embedding.weight

    scores = linear(layer(embedding(torch.randint(9, (4, 7))))[0])

    assert scores.shape == (4, 7, 9)
    scores.sum().backward()
    assert embedding.weight.grad.any()


@repairs("batchify", bidirectional=[False], proj_size=[0, 2])
def test_columns_go_on_from_segment_to_segment(case):
    """
    With the state carried the segments equal each piece of the text in one call; other layouts
    do not go on.
    """
    text, N, L = torch.arange(26), 4, 3
    embedding = nn.Embedding(26, 3)

    columns = text[: len(text) // N * N].view(N, -1).T
    state, outputs, targets = None, [], []
    for t in range(0, len(columns) - 1, L):
        target = columns[t + 1 : t + 1 + L]
        x = columns[t : t + len(target)]
        output, state = case.layer(time_first(case, embedding(x)), state)
        state = give(tuple(s.detach() for s in states_of(state)))
        outputs.append(time_first(case, output))
        targets.append(target)

    output, target = torch.cat(outputs), torch.cat(targets)
    for n in range(N):
        piece = torch.arange(n * 6, n * 6 + 6)
        assert torch.equal(target[:, n], piece[1:])
        assert torch.allclose(output[:, n], case.layer(embedding(piece[:-1]))[0], atol=1e-6)
    wrong = text[:24].view(-1, N)
    assert wrong.shape == columns.shape
    assert wrong[:2, 0].tolist() == [0, 4]
    assert columns[:2, 0].tolist() == [0, 1]
