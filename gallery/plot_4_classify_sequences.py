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


class Classifier(nn.Module):
    """Give each sequence a score for each class: (N, num_classes)."""

    def __init__(
        self, input_size, hidden_size, num_classes
    ):
        """Make an LSTM with two directions, and a linear layer for both of them."""
        super().__init__()
        self.lstm = nn.LSTM(
            input_size,
            hidden_size,
            bidirectional=True,
            batch_first=True,
        )
        self.linear = nn.Linear(
            2 * hidden_size, num_classes
        )

    def forward(self, padded, lengths):
        """Return a score for each sequence and class."""
        packed = pack_padded_sequence(
            padded,
            lengths,
            batch_first=True,
            enforce_sorted=False,
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
padded = pad_sequence(sequences, batch_first=True)
print("padded", tuple(padded.shape))

model = Classifier(
    input_size=3, hidden_size=5, num_classes=6
)
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
    alone = torch.cat(
        [model(s[None], [len(s)]) for s in sequences]
    )

print(
    "the same scores:",
    torch.allclose(scores, alone, atol=1e-6),
)

assert torch.allclose(scores, alone, atol=1e-6)

# %%
# The common mistake
# ------------------
# Without packing the layer reads the padding too. Both directions of the shorter
# sequences change: forward reads on after the end, backward begins in the padding.

with torch.no_grad():
    _, (h_n, _) = model.lstm(padded)
    wrong = model.linear(
        merge_directions(split_state(h_n))[-1]
    )

for length, right_score, wrong_score in zip(
    lengths, scores, wrong, strict=True
):
    same = torch.allclose(
        right_score, wrong_score, atol=1e-6
    )
    told = "the same" if same else "another score"
    print(f"length {length}: {told}")
    assert same == (length == max(lengths))

# %%
# What was learnt
# ---------------
# Pack, run, split ``h_n``, merge, and give it to a linear layer. ``output`` is not
# needed.
