"""
A classifier of padded sequences
================================

A bidirectional LSTM reads a padded batch. The final states of both directions go into a
linear layer. Packing keeps the padding out of them.
"""

# %%
# The model
# ---------
# ``h_n`` holds the state of each sequence after its own last step, so no step has to be
# looked up.

# sphinx_gallery_thumbnail_path = '_build/thumbnails/packed.svg'
import torch
from torch import nn
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pad_sequence,
)

from rnn_guide import merge_directions, split_state

FIRST = {"batch_first": True}


class Classifier(nn.Module):
    """Give each sequence a score for each class: (N, num_classes)."""

    def __init__(self, features, hidden, num_classes):
        """Make an LSTM with two directions, and a linear layer for both of them."""
        super().__init__()
        self.lstm = nn.LSTM(
            features, hidden, bidirectional=True, **FIRST
        )
        self.linear = nn.Linear(2 * hidden, num_classes)

    def forward(self, padded, lengths):
        """Return a score for each sequence and class."""
        packed = pack_padded_sequence(
            padded, lengths, enforce_sorted=False, **FIRST
        )
        _, (h_n, _) = self.lstm(packed)
        last_layer = merge_directions(split_state(h_n))[-1]
        return self.linear(last_layer)


# %%
# A batch of three sequences
# --------------------------
# Their lengths are 2, 4 and 1. ``enforce_sorted=False`` lets them stand in any order.

torch.manual_seed(0)
sequences = [torch.randn(length, 3) for length in (2, 4, 1)]
lengths = [len(sequence) for sequence in sequences]
padded = pad_sequence(sequences, **FIRST)
print("padded", tuple(padded.shape))

model = Classifier(features=3, hidden=5, num_classes=6)
with torch.no_grad():
    scores = model(padded, lengths)
print("scores", tuple(scores.shape))

assert padded.shape == (3, 4, 3)
assert scores.shape == (3, 6)

# %%
# What packing is good for
# ------------------------
# Each sequence gets the scores that it would get on its own.

with torch.no_grad():
    alone = [model(s[None], [len(s)]) for s in sequences]

same = torch.allclose(scores, torch.cat(alone), atol=1e-6)
print("the same scores:", same)

assert same

# %%
# The common mistake
# ------------------
# Without packing the layer reads the padding too. Both directions of the shorter
# sequences change: forward reads on after the end, backward begins in the padding.
#
# .. picture:: padding
#
#    Three sequences of different length: as they are, padded at the end, padded at the start, and packed, where no padding is left.

with torch.no_grad():
    _, (h_n, _) = model.lstm(padded)
    last_layer = merge_directions(split_state(h_n))[-1]
    wrong = model.linear(last_layer)

for n, length in enumerate(lengths):
    same = torch.allclose(scores[n], wrong[n], atol=1e-6)
    told = "the same" if same else "another score"
    print(f"length {length}: {told}")
    assert same == (length == max(lengths))

# %%
# What was learnt
# ---------------
# Pack, run, split ``h_n``, merge, and give it to a linear layer. ``output`` is not
# needed.
