"""
A tagger that looks ahead
=========================

A bidirectional GRU gives each step of each sequence a tag. Padding is kept out twice:
packing hides it from the layer, a target of -100 hides it from the loss.
"""

# %%
# The task
# --------
# Numbers between 0 and 9. The tag of a step is 1 if the next number is larger, else 0.
# So the model has to look ahead: the forward direction alone would not do.
#
# .. picture:: tags
#
#    Five numbers go into a forward and a backward row of cells. Both cells of a step give its tag: 1 if the next number is larger.

# sphinx_gallery_thumbnail_path = '_build/thumbnails/tags.svg'
import torch
from torch import nn
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pad_packed_sequence,
    pad_sequence,
)

FIRST = {"batch_first": True}

torch.manual_seed(0)
lengths = [7, 4, 6, 3] * 15
sequences = [torch.randint(10, (n,)) for n in lengths]
tags = [(s.roll(-1) > s).long() for s in sequences]
for tag in tags:
    tag[-1] = 0  # nothing comes after the last step

print("numbers", sequences[0].tolist())
print("tags   ", tags[0].tolist())

# %%
# The batch
# ---------
# Sequences and tags are padded to one length. The loss ignores a target of -100.

padded = pad_sequence(sequences, **FIRST)
targets = pad_sequence(tags, padding_value=-100, **FIRST)
print("padded ", tuple(padded.shape))
print("targets", tuple(targets.shape))
print("targets of a short sequence", targets[3].tolist())

# %%
# The model
# ---------
# Numbers become vectors, the GRU reads them packed, a linear layer scores each step.
#
# .. picture:: packed
#
#    A padded batch becomes packed data, without its padding: first step 0 of all sequences, then step 1 of those that have one, and so on.


class Tagger(nn.Module):
    """Give each step a score for each tag: (N, L, 2)."""

    def __init__(self):
        """Make the three layers."""
        super().__init__()
        self.embedding = nn.Embedding(10, 8)
        self.gru = nn.GRU(
            8, 16, bidirectional=True, **FIRST
        )
        self.linear = nn.Linear(2 * 16, 2)

    def forward(self, padded, lengths):
        """Return the scores."""
        x = self.embedding(padded)
        packed = pack_padded_sequence(
            x, lengths, enforce_sorted=False, **FIRST
        )
        packed_output, _ = self.gru(packed)
        output, _ = pad_packed_sequence(
            packed_output, **FIRST
        )
        return self.linear(output)


# %%
# The training
# ------------
# ``cross_entropy`` wants the classes on axis 1: ``(N, 2, L)``.

model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
losses = []
for _ in range(60):
    scores = model(padded, lengths).transpose(1, 2)
    loss = nn.functional.cross_entropy(scores, targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

print(f"first loss {losses[0]:.1f}")
print("last loss below 0.05:", losses[-1] < 0.05)

assert losses[0] > 0.5
assert losses[-1] < 0.05

# %%
# A new sequence
# --------------
# It was not in the batch. The model tags it as the rule does.

new = torch.tensor([[2, 5, 3, 9, 1, 8, 4]])
with torch.no_grad():
    predicted = model(new, [7]).argmax(dim=-1)
print("numbers", new[0].tolist())
print("tags   ", predicted[0].tolist())

assert predicted[0].tolist() == [1, 0, 1, 0, 1, 0, 0]

# %%
# What was learnt
# ---------------
# Pack before the layer, unpack after it, pad the targets with -100.
