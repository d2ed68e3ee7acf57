"""The recipe of "Put a CRF after the layer"."""

from itertools import pairwise, product

import pytest
import torch
from covers import LENGTHS, repairs
from references import time_first
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

TAGS = 2


def log_partition(emissions, mask, transitions):
    """Return what the page returns."""
    total = emissions[0]
    for scores, real in zip(emissions[1:], mask[1:], strict=True):
        paths = total.unsqueeze(2) + transitions + scores.unsqueeze(1)
        total = torch.where(real.unsqueeze(1), paths.logsumexp(1), total)
    return total.logsumexp(1)


def path_score(emissions, mask, transitions, tags):
    """Return what the page returns."""
    scores = emissions.gather(2, tags.unsqueeze(2)).squeeze(2)
    scores[1:] = scores[1:] + transitions[tags[:-1], tags[1:]]
    return scores.masked_fill(~mask, 0).sum(0)


def score_of(path, emissions, transitions):
    """Return the score of one path, step by step."""
    score = sum(emissions[t, tag] for t, tag in enumerate(path))
    return score + sum(transitions[a, b] for a, b in pairwise(path))


def emissions_of(case):
    """Return layer and emissions of a packed batch, unpacked, with time first."""
    linear = nn.Linear(case.features * case.num_directions, TAGS)
    first = case.options["batch_first"]
    packed = pack_padded_sequence(case.x, LENGTHS, first, enforce_sorted=False)
    output, _ = pad_packed_sequence(case.layer(packed)[0], batch_first=first)
    return time_first(case, linear(output))


@repairs("crf", proj_size=[0, 1])
def test_loss_is_that_of_all_paths(case):
    """
    Sum and score of each sequence are those of its real steps alone, over every path; the padding
    changes nothing, and gradients reach transitions and layer.
    """
    emissions = emissions_of(case)
    transitions = torch.randn(TAGS, TAGS, requires_grad=True)
    tags = torch.randint(TAGS, (7, 4))
    mask = torch.arange(7).unsqueeze(1) < torch.tensor(LENGTHS)

    log_sum = log_partition(emissions, mask, transitions)
    score = path_score(emissions, mask, transitions, tags)

    for n, length in enumerate(LENGTHS):
        alone = emissions[:length, n]
        every = [score_of(p, alone, transitions) for p in product(range(TAGS), repeat=length)]
        assert torch.allclose(log_sum[n], torch.stack(every).logsumexp(0), atol=1e-5)
        right = score_of(tags[:length, n].tolist(), alone, transitions)
        assert torch.allclose(score[n], right, atol=1e-5)
    assert (log_sum > score).all()
    padded = torch.where(mask, tags, 1 - tags)
    assert torch.equal(path_score(emissions, mask, transitions, padded), score)
    loss = (log_sum - score).mean()
    gradients = torch.autograd.grad(loss, [transitions, *case.layer.parameters()])
    assert all(gradient.any() for gradient in gradients)


@repairs("crf")
def test_what_a_crf_does_not_bear():
    """
    log_softmax leaves the loss as it is, softmax does not; -100 is no tag.
    """
    emissions, transitions = 3 * torch.randn(7, 4, TAGS), torch.randn(TAGS, TAGS)
    tags, mask = torch.randint(TAGS, (7, 4)), torch.ones(7, 4).bool()

    def loss(emissions):
        score = path_score(emissions, mask, transitions, tags)
        return (log_partition(emissions, mask, transitions) - score).mean()

    assert torch.allclose(loss(emissions.log_softmax(-1)), loss(emissions), atol=1e-4)
    assert not torch.allclose(loss(emissions.softmax(-1)), loss(emissions), atol=0.1)
    with pytest.raises((RuntimeError, IndexError), match="index"):
        path_score(emissions, mask, transitions, tags.masked_fill(~mask | (tags == 0), -100))


@repairs("crf")
def test_a_crf_learns_what_a_softmax_cannot():
    """
    Where tags alternate whatever the input is, transitions alone learn it.
    """
    transitions = nn.Parameter(torch.zeros(TAGS, TAGS))
    tags = (torch.arange(7).unsqueeze(1) + torch.arange(4)) % 2
    emissions, mask = torch.zeros(7, 4, TAGS), torch.ones(7, 4).bool()
    optimizer = torch.optim.Adam([transitions], lr=0.1)
    for _ in range(100):
        score = path_score(emissions, mask, transitions, tags)
        loss = (log_partition(emissions, mask, transitions) - score).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert loss < 0.75  # log(2) is left: the first tag is not known
    assert transitions[0, 1] > transitions[0, 0] + 1
