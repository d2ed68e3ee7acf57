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
FIRST = {"batch_first": True}


def translate(sentence):
    """Return the right translation, without start and end."""
    words = []
    for word in reversed(sentence):
        words += [word] if word % 2 else [word, word]
    return words


def make_batch(size):
    """Return sentences of 2 to 4 words, and their translations."""
    lengths = torch.randint(2, 5, (size,)).tolist()
    drawn = [torch.randint(3, WORDS, (n,)) for n in lengths]
    sentences = [row.tolist() for row in drawn]
    return sentences, [translate(s) for s in sentences]


def pad(rows):
    """Return one tensor, (N, L)."""
    tensors = [torch.tensor(row) for row in rows]
    return pad_sequence(tensors, **FIRST)


print("4 7 5 becomes", *translate([4, 7, 5]))
assert translate([4, 7, 5]) == [5, 7, 4, 4]

# %%
# The model
# ---------
# The encoder has two directions, the decoder has one. So both directions are joined, of
# ``h_n`` and of ``c_n``, and the decoder is twice as wide.
#
# .. picture:: merge
#
#    The rows of h_n, forward and backward of each layer, are joined to one row for each layer, twice as wide: the state that starts the decoder.


class Translator(nn.Module):
    """Score each next word: (N, T, WORDS)."""

    def __init__(self):
        """Make an encoder, a decoder of twice its size, and what stands around them."""
        super().__init__()
        self.embedding = nn.Embedding(WORDS, 16, PAD)
        self.encoder = nn.LSTM(
            16, 48, bidirectional=True, **FIRST
        )
        self.decoder = nn.LSTM(16, 96, **FIRST)
        self.linear = nn.Linear(96, WORDS)

    def encode(self, sentences):
        """Return the state that starts the decoder, (h_0, c_0)."""
        lengths = [len(sentence) for sentence in sentences]
        x = self.embedding(pad(sentences))
        packed = pack_padded_sequence(
            x, lengths, enforce_sorted=False, **FIRST
        )
        _, (h_n, c_n) = self.encoder(packed)
        h_0 = merge_directions(split_state(h_n))
        c_0 = merge_directions(split_state(c_n))
        return h_0, c_0

    def forward(self, words, state):
        """Return scores for the word after each word, and the state after the last."""
        x = self.embedding(words)
        output, state = self.decoder(x, state)
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
    rows = [[START, *words, END] for words in translations]
    inputs, wanted = pad(rows)[:, :-1], pad(rows)[:, 1:]
    scores, _ = model(inputs, model.encode(sentences))
    scores = scores.transpose(1, 2)
    loss = cross_entropy(scores, wanted, ignore_index=PAD)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

print(f"first loss {losses[0]:.1f}")
print("last loss below 0.1:", losses[-1] < 0.1)

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
        # one step: (N, 1, WORDS)
        scores, state = model(word, state)
        word = scores.argmax(dim=-1).masked_fill(ended, PAD)
        words.append(word)
        ended = ended | (word == END)
        if ended.all():
            break
    rows = torch.cat(words, dim=1).tolist()
    return [[w for w in row if w > END] for row in rows]


sentences, translations = make_batch(100)  # new ones
written = write(sentences)
pairs = zip(written, translations, strict=True)
right = sum(ours == theirs for ours, theirs in pairs)
print(sentences[0], "becomes", written[0])
print("most of 100 are right:", right > 80)

assert right > 80

# %%
# What was learnt
# ---------------
# Join both states for the decoder. Shift the targets by one step. Feed each word back
# until the end token. :doc:`/auto_gallery/plot_7_search_with_beams` keeps more than one
# word at each step.
