"""The recipes of "Build a sequence-to-sequence model"."""

import pytest
import torch
from covers import BATCH_SIZE, HIDDEN_SIZE, INPUT_SIZE, LENGTHS, SEQ_LEN, repairs
from layers import KINDS
from torch import nn
from torch.nn.functional import cross_entropy

PAD, START, END, WORDS, WIDTH = 0, 1, 2, 6, 4
BEAMS = 3
DECODERS = {"bidirectional": [False], "num_layers": [1, 2], "proj_size": [0, 2]}
REFUSED = r"Expected hidden(\[[01]\])? size"


class Decoder(nn.Module):
    """An embedding, the layer of a case with another input size, and a linear layer."""

    def __init__(self, case):
        super().__init__()
        options = {**case.options, "bidirectional": False}
        self.embedding = nn.Embedding(WORDS, WIDTH)
        self.layer = KINDS[case.kind](WIDTH, HIDDEN_SIZE, case.sizes[2], **options)
        self.linear = nn.Linear(case.features, WORDS)

    def forward(self, words, state):
        """Return the scores of the next words, and the state."""
        output, state = self.layer(self.embedding(words), state)
        return self.linear(output), state


def close(one, other):
    """Say whether two results are one, but for rounding."""
    return torch.allclose(one, other, atol=1e-5)


def encode(case):
    """Return the state of the encoder."""
    return case.layer(case.x)[1]


def each(case, state, change):
    """Return a state, or both of an LSTM, changed."""
    return tuple(change(s) for s in state) if case.kind == "LSTM" else change(state)


def of(case, state, n):
    """Return the state of one sequence."""
    return each(case, state, lambda s: s[:, n : n + 1].contiguous())


def make_targets():
    """Return targets of other lengths, (N, T + 1), padded, and their lengths without START."""
    targets = torch.full((BATCH_SIZE, max(LENGTHS) + 1), PAD)
    for n, length in enumerate(LENGTHS):
        targets[n, 0], targets[n, length] = START, END
        targets[n, 1:length] = torch.randint(3, WORDS, (length - 1,))
    return targets


@repairs("sequence-to-sequence", "teacher-forcing", **DECODERS)
def test_loss_is_that_of_each_sequence_alone(case):
    """
    In both layouts the loss is the mean over all real words, sequence by sequence, step by step.
    """
    decoder, state, targets = Decoder(case), encode(case), make_targets()
    if case.options["batch_first"]:
        read, wanted = targets[:, :-1], targets[:, 1:]
    else:
        read, wanted = targets.T[:-1], targets.T[1:]

    scores, _ = decoder(read, state)
    loss = cross_entropy(scores.flatten(0, 1), wanted.flatten(), ignore_index=PAD)

    losses = []
    for n, length in enumerate(LENGTHS):
        own = of(case, state, n)
        for step in range(length):
            score, own = decoder(targets[n, step].view(1, 1), own)  # one step: either layout
            losses.append(cross_entropy(score.view(1, -1), targets[n, step + 1].view(1)))
    assert close(loss, torch.stack(losses).mean())
    loss.backward()
    modules = case.layer, decoder.layer, decoder.linear
    assert all(p.grad.any() for module in modules for p in module.parameters())


@repairs("teacher-forcing", **DECODERS)
def test_unshifted_inputs_show_the_answer(case):
    """
    Shifted, a step has seen the words before its own; unshifted, its own too.
    """
    decoder, time = Decoder(case).layer, 1 if case.options["batch_first"] else 0
    words = torch.randn(BATCH_SIZE, SEQ_LEN, WIDTH, requires_grad=True)
    turned = words if time else words.transpose(0, 1)

    def seen(output, step):
        (gradient,) = torch.autograd.grad(output.select(time, step).sum(), words)
        return gradient.any(dim=-1).any(dim=0).tolist()

    for step in range(SEQ_LEN - 1):  # what it has to predict is the word step + 1
        wrong, _ = decoder(turned.narrow(time, 1, SEQ_LEN - 1))
        assert seen(wrong, step)[step + 1]

        right, _ = decoder(turned.narrow(time, 0, SEQ_LEN - 1))

        assert seen(right, step) == [number <= step for number in range(SEQ_LEN)]


def write(case, decoder, state, noise):
    """
    Return the words that the loop of the page writes, (N, T). The noise, (T, N, WORDS), stands for
    the draw: the best of noisy scores is a draw from the softmax.
    """
    word = torch.full((noise.shape[1], 1), START)
    ended = torch.zeros(noise.shape[1], 1, dtype=torch.bool)
    words = []
    with torch.no_grad():
        for draw in noise:
            if case.options["batch_first"]:
                scores, state = decoder(word, state)
                scores = scores[:, -1]
            else:
                scores, state = decoder(word.T, state)
                scores = scores[-1]
            word = (scores + draw).argmax(dim=-1, keepdim=True)
            word = word.masked_fill(ended, PAD)
            words.append(word)
            ended = ended | (word == END)
            if ended.all():
                break
    return torch.cat(words, dim=1)


@repairs("sampling-with-an-end-token", **DECODERS)
def test_each_sequence_is_written_as_alone(case):
    """
    Each has the words that it has alone, its end token, and then padding; without the state not.
    """
    decoder, state = Decoder(case).eval(), encode(case)
    noise = -torch.rand(200, BATCH_SIZE, WORDS).log().neg().log()

    words = write(case, decoder, state, noise)

    lengths = []
    for n in range(BATCH_SIZE):
        alone = write(case, decoder, of(case, state, n), noise[:, n : n + 1])[0]
        assert alone[-1] == END
        assert words[n, : len(alone)].tolist() == alone.tolist()
        assert words[n, len(alone) :].eq(PAD).all()
        lengths.append(len(alone))
    assert words.shape[1] == max(lengths) < 200  # it has stopped


@repairs("sampling-with-an-end-token", **DECODERS)
def test_state_goes_in_again(case):
    """
    Step by step with the state is the whole sequence in one call; without it each step is new.
    """
    decoder, state = Decoder(case).eval(), encode(case)
    words = make_targets()
    turned = words if case.options["batch_first"] else words.T
    time = 1 if case.options["batch_first"] else 0
    whole, _ = decoder(turned, state)
    forgotten = [decoder(step, None)[0] for step in turned.split(1, dim=time)]
    assert not close(torch.cat(forgotten, dim=time), whole)

    outputs = []
    for step in turned.split(1, dim=time):
        scores, state = decoder(step, state)
        outputs.append(scores)

    assert close(torch.cat(outputs, dim=time), whole)


@repairs("sampling-with-an-end-token")
def test_words_are_fed_and_not_scores():
    """
    An embedding refuses scores, and takes the words that were drawn from them.
    """
    embedding, scores = nn.Embedding(WORDS, WIDTH), torch.randn(BATCH_SIZE, WORDS)
    with pytest.raises(RuntimeError, match="Expected tensor for argument #1 'indices'"):
        embedding(scores)

    assert embedding(torch.multinomial(scores.softmax(-1), 1)).shape == (BATCH_SIZE, 1, WIDTH)
    assert embedding(scores.argmax(-1, keepdim=True)).shape == (BATCH_SIZE, 1, WIDTH)
    cold, warm = (scores / 0.1).softmax(-1), (scores / 10).softmax(-1)
    assert (cold.amax(-1) > scores.softmax(-1).amax(-1)).all()
    assert (warm.amax(-1) < scores.softmax(-1).amax(-1)).all()


@repairs("beam-search-states", **DECODERS)
def test_states_follow_their_words(case):
    """
    Reordered, the next step is that of the whole words; without it, or on axis 0, it is not.
    """
    decoder = Decoder(case).eval()
    start = each(case, encode(case), lambda s: s.repeat_interleave(BEAMS, dim=1))
    words = torch.randint(WORDS, (BATCH_SIZE * BEAMS, SEQ_LEN))
    parents = torch.tensor([[0, 0, 2], [1, 0, 1], [2, 1, 0], [1, 1, 1]])
    rows = (torch.arange(BATCH_SIZE).unsqueeze(1) * BEAMS + parents).flatten()
    new = torch.randint(WORDS, (BATCH_SIZE * BEAMS, 1))

    def step(words, state):
        scores, state = decoder(words if case.options["batch_first"] else words.T, state)
        return (scores[:, -1] if case.options["batch_first"] else scores[-1]), state

    _, state = step(words, start)
    anew, _ = step(torch.cat([words[rows], new], dim=1), start)
    assert not close(step(new, state)[0], anew)  # no error
    if case.kind == "LSTM":
        half = state[0].index_select(1, rows), state[1]
        assert not close(step(new, half)[0], anew)  # no error

    right = each(case, state, lambda s: s.index_select(1, rows))

    assert close(step(new, right)[0], anew)
    assert all(s.is_contiguous() for s in (right if case.kind == "LSTM" else [right]))


@repairs("beam-search-states", kinds=["LSTM", "GRU"], bidirectional=[False])
def test_beams_of_a_sequence_stand_side_by_side(case):
    """
    repeat_interleave gives the rows of the view (N, K), repeat does not.
    """
    h_n = case.states()["h_n"]
    wrong = h_n.repeat(1, BEAMS, 1).unflatten(1, (BATCH_SIZE, BEAMS))

    right = h_n.repeat_interleave(BEAMS, dim=1).unflatten(1, (BATCH_SIZE, BEAMS))

    assert not close(wrong, h_n.unsqueeze(2).expand_as(wrong))
    assert torch.equal(right, h_n.unsqueeze(2).expand_as(right))


@repairs("beam-search-states", **DECODERS)
def test_search_with_all_beams_finds_the_best(case):
    """
    With the parents and words of topk, a search that keeps everything is an exhaustive search.
    """
    decoder, steps = Decoder(case).eval(), 3
    state = encode(case)
    first = each(case, state, lambda s: s[:, 1:2].contiguous())  # one sequence
    beams = WORDS ** (steps - 1)
    gained = each(case, first, lambda s: s.repeat_interleave(beams, dim=1))
    total = torch.full((1, beams), float("-inf"))
    total[:, 0] = 0.0
    words = torch.full((beams, 1), START)

    def gain(read, state):
        scores, state = decoder(read if case.options["batch_first"] else read.T, state)
        return scores.log_softmax(dim=-1), state

    for _ in range(steps):
        scores, gained = gain(words[:, -1:], gained)
        candidates = total.view(-1, 1) + scores.reshape(beams, WORDS)
        total, best = candidates.view(1, -1).topk(beams, dim=-1)
        rows = (best // WORDS).flatten()
        words = torch.cat([words[rows], (best % WORDS).view(-1, 1)], dim=1)
        gained = each(case, gained, lambda s, rows=rows: s.index_select(1, rows))

    every = torch.cartesian_prod(*[torch.arange(WORDS)] * steps)
    read = torch.cat([torch.full((len(every), 1), START), every[:, :-1]], dim=1)
    scores, _ = gain(read, each(case, first, lambda s: s.expand(-1, len(every), -1).contiguous()))
    scores = scores if case.options["batch_first"] else scores.transpose(0, 1)
    totals = scores.gather(-1, every.unsqueeze(-1)).squeeze(-1).sum(dim=1)
    assert words[0, 1:].tolist() == every[totals.argmax()].tolist()
    assert close(total[0, 0], totals.max())


@repairs("seq2seq-sizes", num_layers=[1, 2, 3], proj_size=[0, 2])
def test_bridges_bring_the_state_of_the_top_layer(case):
    """
    Another size is refused; the bridged top layer starts each sequence, and gradients arrive.
    """
    decoder = KINDS[case.kind](INPUT_SIZE, 8, batch_first=case.options["batch_first"])
    states = list(case.states().values())
    y = torch.randn_like(case.x)
    with pytest.raises(RuntimeError, match=REFUSED):
        decoder(y, tuple(states) if case.kind == "LSTM" else states[0])

    joined = states
    if case.bidirectional:
        joined = [torch.cat([s[0::2], s[1::2]], dim=-1) for s in states]
    bridges = nn.ModuleList(nn.Linear(s.shape[-1], 8) for s in joined)
    bridged = [bridge(s[-1:]) for bridge, s in zip(bridges, joined, strict=True)]
    output, _ = decoder(y, tuple(bridged) if case.kind == "LSTM" else bridged[0])

    for bridge, state, found in zip(bridges, states, bridged, strict=True):
        top = torch.cat([*state[-case.num_directions :]], dim=-1)
        assert close(found[0], bridge(top))
    output.square().sum().backward()
    assert all(parameter.grad.any() for parameter in bridges.parameters())
    assert all(parameter.grad is not None for parameter in case.layer.parameters())
