"""
A translator, word by word
==========================

A bidirectional encoder reads a sentence, and its final states start a decoder. The
decoder learns with teacher forcing, and then writes word by word until its end token.
"""

# %%
# The task
# --------
# Words are numbers from 3 to 8. A translation has the words in reverse order, and each
# even word twice. So nobody knows how long a translation will be.
#
# .. picture:: translation
#
#    An encoder reads three words in both directions. The last cell of each direction is a row of h_n. From it comes the h_0 of a decoder, which reads START, then each word that it wrote, until END.

# sphinx_gallery_thumbnail_path = '_build/thumbnails/translation.svg'
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pad_sequence,
)

from rnn_guide import merge_directions, split_state

PAD, START, END, WORDS = 0, 1, 2, 9


def translate(sentence):
    """Return the right translation, without start and end."""
    return [
        w
        for word in reversed(sentence)
        for w in [word] * (2 - word % 2)
    ]


def make_batch(size):
    """Return sentences of 2 to 4 words, and their translations."""
    lengths = torch.randint(2, 5, (size,)).tolist()
    sentences = [
        torch.randint(3, WORDS, (length,)).tolist()
        for length in lengths
    ]
    return sentences, [
        translate(sentence) for sentence in sentences
    ]


def pad(rows):
    """Return one tensor, (N, L)."""
    return pad_sequence(
        [torch.tensor(row) for row in rows],
        batch_first=True,
    )


print("4 7 5 becomes", *translate([4, 7, 5]))
assert translate([4, 7, 5]) == [5, 7, 4, 4]

# %%
# The model
# ---------
# The encoder has two directions, the decoder has one. So both directions are joined, of
# ``h_n`` and of ``c_n``, and the decoder is twice as wide.


class Translator(nn.Module):
    """Score each next word: (N, T, WORDS)."""

    def __init__(self):
        """Make an encoder, a decoder of twice its size, and what stands around them."""
        super().__init__()
        self.embedding = nn.Embedding(
            WORDS, 16, padding_idx=PAD
        )
        self.encoder = nn.LSTM(
            16, 48, bidirectional=True, batch_first=True
        )
        self.decoder = nn.LSTM(16, 96, batch_first=True)
        self.linear = nn.Linear(96, WORDS)

    def encode(self, sentences):
        """Return the state that starts the decoder, (h_0, c_0)."""
        packed = pack_padded_sequence(
            self.embedding(pad(sentences)),
            [len(sentence) for sentence in sentences],
            batch_first=True,
            enforce_sorted=False,
        )
        _, state = self.encoder(packed)
        return tuple(
            merge_directions(split_state(s)) for s in state
        )

    def forward(self, words, state):
        """Return scores for the word after each word, and the state after the last."""
        output, state = self.decoder(
            self.embedding(words), state
        )
        return self.linear(output), state


# %%
# Teacher forcing
# ---------------
# The decoder reads the right words, from the start token on, and has to score the word
# after each: inputs and targets are one sequence, shifted by one step.

torch.manual_seed(0)
target = pad([[START, *translate([4, 7]), END]])
print("inputs ", target[0, :-1].tolist())
print("targets", target[0, 1:].tolist())

model = Translator()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
losses = []
for _ in range(150):
    sentences, translations = make_batch(64)
    target = pad(
        [[START, *words, END] for words in translations]
    )
    scores, _ = model(
        target[:, :-1], model.encode(sentences)
    )
    wanted = target[:, 1:].flatten()
    loss = cross_entropy(
        scores.flatten(0, 1), wanted, ignore_index=PAD
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

print(
    f"first loss {losses[0]:.1f}, "
    f"last loss below 0.1: {losses[-1] < 0.1}"
)

assert losses[0] > 1.5
assert losses[-1] < 0.1

# %%
# Write until the end token
# -------------------------
# Now nobody knows the right words. Each word that is chosen is the next input, and the
# state goes from step to step. A sentence that has ended is filled with padding.


@torch.no_grad()
def write(sentences, max_steps=12):
    """Choose the best next word at each step."""
    state = model.encode(sentences)
    word = torch.full((len(sentences), 1), START)
    ended = torch.zeros(len(sentences), 1, dtype=torch.bool)
    words = []
    for _ in range(max_steps):
        scores, state = model(
            word, state
        )  # one step: (N, 1, WORDS)
        word = scores.argmax(dim=-1).masked_fill(ended, PAD)
        words.append(word)
        ended = ended | (word == END)
        if ended.all():
            break
    return [
        [w for w in row if w > END]
        for row in torch.cat(words, dim=1).tolist()
    ]


def count_right(written):
    """Return how many translations are right."""
    return sum(
        a == b
        for a, b in zip(written, translations, strict=True)
    )


sentences, translations = make_batch(100)  # new ones
greedy = write(sentences)
print(sentences[0], "becomes", greedy[0])
print("most of 100 are right:", count_right(greedy) > 80)

assert count_right(greedy) > 80

# %%
# Beam search
# -----------
# Keep the best three beginnings of each translation, not one. They stand side by side
# on the axis of the batch: three rows for each sentence. After each step the survivors
# come from other rows than before, so their states are put into the same order: axis 1,
# of ``h`` and of ``c``.


@torch.no_grad()
def search(sentences, beams=3, reorder=True, max_steps=12):
    """Return the best translations, (N, beams, T), and their log-probabilities."""
    n = len(sentences)
    state = [
        s.repeat_interleave(beams, dim=1)
        for s in model.encode(sentences)
    ]
    words = torch.full((n * beams, 1), START)
    total = torch.full((n, beams), float("-inf"))
    total[:, 0] = (
        0.0  # all beams are equal yet: one of them counts
    )
    first_rows = torch.arange(n).unsqueeze(1) * beams
    for _ in range(max_steps):
        scores, state = model(words[:, -1:], state)
        gain = scores[:, -1].log_softmax(dim=-1)
        ended = (words[:, -1] == END) | (
            words[:, -1] == PAD
        )
        gain[ended] = float("-inf")
        # what has ended goes on with padding, at no cost
        gain[ended, PAD] = 0.0
        candidates = (total.view(-1, 1) + gain).view(
            n, beams * WORDS
        )
        total, best = candidates.topk(
            beams, dim=-1
        )  # the best first
        rows = (
            first_rows + best // WORDS
        ).flatten()  # where each survivor comes from
        words = torch.cat(
            [words[rows], (best % WORDS).view(-1, 1)], dim=1
        )
        if reorder:
            state = [s.index_select(1, rows) for s in state]
    return words.view(n, beams, -1), total


words, total = search(sentences)
best = [
    [w for w in row if w > END]
    for row in words[:, 0].tolist()
]
print("most of 100 are right:", count_right(best) > 80)

assert count_right(best) > 80

# %%
# With one beam it is the loop above.

words_of_one, _ = search(sentences, beams=1)
same = [
    [w for w in row if w > END]
    for row in words_of_one[:, 0].tolist()
] == greedy
print("one beam is the loop above:", same)

assert same

# %%
# The common mistake
# ------------------
# Without the new order a beginning goes on with the state of another one, and there is
# no error. A test that finds it: teacher forcing gives each translation its probability
# too.


@torch.no_grad()
def score(sentences, words):
    """Return the log-probability of each translation, (N, beams)."""
    n, beams, _ = words.shape
    state = [
        s.repeat_interleave(beams, dim=1)
        for s in model.encode(sentences)
    ]
    words = words.flatten(0, 1)
    scores, _ = model(words[:, :-1], state)
    wanted = words[:, 1:].unsqueeze(-1)
    gains = (
        scores.log_softmax(dim=-1)
        .gather(-1, wanted)
        .masked_fill(wanted == PAD, 0)
    )
    return gains.sum(dim=1).view(n, beams)


right = torch.allclose(
    total, score(sentences, words), atol=1e-3
)
wrong_words, wrong_total = search(sentences, reorder=False)
wrong = torch.allclose(
    wrong_total, score(sentences, wrong_words), atol=1e-3
)
print("the search adds up the right numbers:", right)
print("and without the new order:", wrong)

assert right
assert not wrong

# %%
# What was learnt
# ---------------
# Join both states for the decoder. Shift the targets by one step. Feed each word back
# until the end token, and let the states follow their words.
