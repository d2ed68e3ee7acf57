"""
Five sentences, read column by column
=====================================

A batch of five sentences goes through ``nn.RNN``: first one time step after another,
then in one call. Both give the same.
"""

# %%
# The vocabulary
# --------------
# Nine different words, each with a number.

# sphinx_gallery_thumbnail_path = '_build/thumbnails/sentences.svg'
corpus = [
    "i like dog",
    "i love coffee",
    "i hate milk",
    "i like music",
    "i hate you",
]
sentences = [sentence.split() for sentence in corpus]
words = {word for row in sentences for word in row}
vocabulary = sorted(words)

for number, word in enumerate(vocabulary):
    print(number, word)

assert len(vocabulary) == 9

# %%
# The time table
# --------------
# A row is a sentence, a column is a time step. The layer reads a whole column at once.
#
# .. picture:: sentences
#
#    A table of five rows, one for each sentence, and three columns, t=0, t=1 and t=2. The column t=0 is framed: the layer reads the word i of all five sequences at once. Arrows lead to the columns t=1 and t=2.

seq_len, batch_size = len(sentences[0]), len(sentences)

print(" " * 10, *(f"t={t:<7}" for t in range(seq_len)))
for n, sentence in enumerate(sentences):
    row = [f"{word:<9}" for word in sentence]
    print(f"sequence {n}", *row)

for t in range(seq_len):
    column = [sentence[t] for sentence in sentences]
    print(f"at t={t} the layer reads", column)

# %%
# The one-hot tensor
# ------------------
# ``x[t, n]`` is the word of sentence ``n`` at step ``t``: a vector of nine numbers with
# a single 1.

import torch

x = torch.zeros(seq_len, batch_size, len(vocabulary))
for n, sentence in enumerate(sentences):
    for t, word in enumerate(sentence):
        x[t, n, vocabulary.index(word)] = 1

print(x.shape)
print(x[1])  # the column t=1: like, love, hate, like, hate

assert x.shape == (3, 5, 9)
assert torch.equal(x.sum(dim=-1), torch.ones(3, 5))

# %%
# One step after another
# ----------------------
# The state of five sentences goes from each step to the next.

torch.manual_seed(0)
rnn = torch.nn.RNN(input_size=9, hidden_size=4)
state = torch.zeros(1, batch_size, 4)
columns = []
with torch.no_grad():
    for t in range(seq_len):
        column, state = rnn(x[t : t + 1], state)
        columns.append(column)
        print(f"state after t={t}")
        print(state[0])

# %%
# In one call
# -----------
# The layer does the same loop inside.

with torch.no_grad():
    output, h_n = rnn(x)

steps = torch.cat(columns)
difference = (output - steps).abs().max().item()
print("largest difference below 1e-6:", difference < 1e-6)

assert torch.allclose(output, steps, atol=1e-6)
assert torch.allclose(h_n, state, atol=1e-6)

# %%
# The sentences do not influence each other
# -----------------------------------------
# Sentences 0 and 3 begin with the same two words. Up to there their states are the
# same, whatever else is in the batch.

first, fourth = output[:, 0], output[:, 3]

# i like
assert torch.allclose(first[:2], fourth[:2], atol=1e-6)
# dog, music
assert not torch.allclose(first[2], fourth[2], atol=1e-6)

# %%
# What was learnt
# ---------------
# ``seq_len`` is how many columns are read one after another. ``batch_size`` is how many
# rows are computed together.
