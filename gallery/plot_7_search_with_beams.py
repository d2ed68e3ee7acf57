"""
Beam search, and the states that follow
=======================================

A decoder keeps the best three beginnings at each step, not one. Their states have to
follow them: axis 1, of ``h`` and of ``c``.
"""

# %%
# The task
# --------
# A number is counted down, each even number twice: 7 becomes 7 6 6 5 4 4 3. So nobody
# knows how long an answer will be.
#
# .. picture:: beams
#
#    Three rows of a state, one for each beginning that is kept. After a step two of the best beginnings come from row 0 and one from row 2, so the rows are put into this order.

# sphinx_gallery_thumbnail_path = '_build/thumbnails/beams.svg'
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

PAD, START, END, WORDS = 0, 1, 2, 20


def count_down(number):
    """Return the right answer, without start and end."""
    words = []
    for word in range(number, END, -1):
        words += [word] if word % 2 else [word, word]
    return words


print("7 becomes", *count_down(7))
assert count_down(7) == [7, 6, 6, 5, 4, 4, 3]

# %%
# The model
# ---------
# Embeddings of the number give the first state, an LSTM goes on from there. It learns
# with teacher forcing, as in :doc:`/auto_gallery/plot_6_translate_sequences`.


class Writer(nn.Module):
    """Score each next word: (N, T, WORDS)."""

    def __init__(self):
        """Make the layers."""
        super().__init__()
        self.h_0 = nn.Embedding(WORDS, 48)
        self.c_0 = nn.Embedding(WORDS, 48)
        self.embedding = nn.Embedding(WORDS, 16, PAD)
        self.lstm = nn.LSTM(16, 48, batch_first=True)
        self.linear = nn.Linear(48, WORDS)

    def start(self, numbers):
        """Return the first state, h_0 and c_0: (1, N, 48) each."""
        h_0, c_0 = self.h_0(numbers), self.c_0(numbers)
        return h_0.unsqueeze(0), c_0.unsqueeze(0)

    def forward(self, words, state):
        """Return scores for the word after each word, and the state after the last."""
        x = self.embedding(words)
        output, state = self.lstm(x, state)
        return self.linear(output), state


numbers = torch.arange(3, WORDS)
rows = [[START, *count_down(n), END] for n in numbers]
rows = [torch.tensor(row) for row in rows]
target = pad_sequence(rows, batch_first=True)
inputs, wanted = target[:, :-1], target[:, 1:]

torch.manual_seed(0)
model = Writer()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(150):
    scores, _ = model(inputs, model.start(numbers))
    scores = scores.transpose(1, 2)
    loss = cross_entropy(scores, wanted, ignore_index=PAD)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

print("last loss below 0.1:", loss.item() < 0.1)
assert loss.item() < 0.1

# %%
# Beam search
# -----------
# The three beginnings of an answer stand side by side on the axis of the batch: three
# rows for each number. After each step the survivors come from other rows than before,
# so their states are put into the same order.


def repeated(state, n):
    """Return a state with each sequence n times."""
    return [s.repeat_interleave(n, dim=1) for s in state]


@torch.no_grad()
def search(beams=3, reorder=True, max_steps=40):
    """Return the best answers, (N, beams, T), and their log-probabilities."""
    n = len(numbers)
    state = repeated(model.start(numbers), beams)
    words = torch.full((n * beams, 1), START)
    # all beams are equal yet: one of them counts
    total = torch.full((n, beams), float("-inf"))
    total[:, 0] = 0.0
    first_rows = torch.arange(n).unsqueeze(1) * beams
    for _ in range(max_steps):
        last = words[:, -1]
        scores, state = model(last.unsqueeze(1), state)
        gain = scores[:, -1].log_softmax(dim=-1)
        # what has ended goes on with padding, at no cost
        ended = (last == END) | (last == PAD)
        gain[ended] = float("-inf")
        gain[ended, PAD] = 0.0
        candidates = total.view(-1, 1) + gain
        candidates = candidates.view(n, beams * WORDS)
        # the best first
        total, best = candidates.topk(beams, dim=-1)
        # where each survivor comes from
        rows = (first_rows + best // WORDS).flatten()
        chosen = (best % WORDS).view(-1, 1)
        words = torch.cat([words[rows], chosen], dim=1)
        if reorder:
            state = [s.index_select(1, rows) for s in state]
    return words.view(n, beams, -1), total


def plain(words):
    """Return the words of each row, without start, end and padding."""
    rows = words.tolist()
    return [[w for w in row if w > END] for row in rows]


words, total = search()
answers = plain(words[:, 0])
pairs = enumerate(answers, start=3)
right = sum(words == count_down(n) for n, words in pairs)
print("7 becomes", *answers[7 - 3])
print("most of 17 are right:", right > 12)

assert right > 12

# %%
# One beam
# --------
# With one beam it is the plain loop: the best word at each step is the next input.


@torch.no_grad()
def write(max_steps=40):
    """Choose the best next word at each step."""
    state = model.start(numbers)
    words = torch.full((len(numbers), 1), START)
    for _ in range(max_steps):
        last = words[:, -1:]
        scores, state = model(last, state)
        ended = (last == END) | (last == PAD)
        best = scores.argmax(dim=-1).masked_fill(ended, PAD)
        words = torch.cat([words, best], dim=1)
    return plain(words)


one, _ = search(beams=1)
print("one beam is the loop:", plain(one[:, 0]) == write())

assert plain(one[:, 0]) == write()

# %%
# The common mistake
# ------------------
# Without the new order a beginning goes on with the state of another one, and there is
# no error. A test that finds it: teacher forcing gives each answer its probability too.


@torch.no_grad()
def score(words):
    """Return the log-probability of each answer, (N, beams)."""
    n, beams, _ = words.shape
    words = words.flatten(0, 1)
    state = repeated(model.start(numbers), beams)
    scores, _ = model(words[:, :-1], state)
    wanted = words[:, 1:].unsqueeze(-1)
    gains = scores.log_softmax(dim=-1).gather(-1, wanted)
    gains = gains.masked_fill(wanted == PAD, 0)
    return gains.sum(dim=1).view(n, beams)


wrong_words, wrong_total = search(reorder=False)
right = torch.allclose(total, score(words), atol=1e-3)
wrong_score = score(wrong_words)
wrong = torch.allclose(wrong_total, wrong_score, atol=1e-3)
print("the search adds up the right numbers:", right)
print("and without the new order:", wrong)

assert right
assert not wrong

# %%
# What was learnt
# ---------------
# Three rows for each sequence. After each step let the states follow their words:
# ``index_select`` on axis 1.
