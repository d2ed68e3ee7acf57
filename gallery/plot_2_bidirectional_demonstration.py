"""
The bidirectional demonstration
===============================

A layer with three layers and two directions reads one step. Its output and its state
are split into directions, by hand and with ``rnn_guide``.
"""

# %%
# The layer and its input
# -----------------------
# The layer and the numbers are made on the CPU, so that they are the same on every
# device. A GPU is told to compute in full ``float32``, as the CPU does.

# sphinx_gallery_thumbnail_path = '_build/thumbnails/halves.svg'
import torch

torch.backends.cudnn.allow_tf32 = False
torch.manual_seed(0)
rnn = torch.nn.RNN(
    3, 5, 3, bidirectional=True, batch_first=True
)
x = torch.zeros(1, 1, 3)
h_0 = torch.randn(6, 1, 5)

# %%
# The call
# --------
# On a GPU if there is one, else on the CPU.

device = "cuda" if torch.cuda.is_available() else "cpu"


def run(device):
    """Return output and final state, computed on a device."""
    with torch.no_grad():
        return rnn.to(device)(x.to(device), h_0.to(device))


output, hidden = run(device)
print("computed on", output.device.type)

# %%
# Four tensors
# ------------
# The output holds both directions on its last axis. The state holds them on its first
# axis.

print("output", tuple(output.shape), output, sep="\n")

# %%
# The output split: direction 0 is forward, direction 1 is backward.

output_by_direction = output.reshape(1, 1, 2, 5)
print(
    "output.reshape(1, 1, 2, 5)",
    output_by_direction,
    sep="\n",
)

# %%
# The state of three layers and two directions: six rows.

print("hidden", tuple(hidden.shape), hidden, sep="\n")

# %%
# The state split: layer first, direction second.

hidden_by_layer = hidden.reshape(3, 2, 1, 5)
print(
    "hidden.reshape(3, 2, 1, 5)", hidden_by_layer, sep="\n"
)

# %%
# The check
# ---------
# The two rows of the split output are the two rows of the last layer in the split
# state. That is so because this sequence has one step: :doc:`a longer one
# </auto_gallery/plot_3_where_output_meets_h_n>` shows the rule.

assert torch.equal(
    output_by_direction[0, 0], hidden_by_layer[-1, :, 0]
)

# %%
# The same four with ``rnn_guide``
# --------------------------------
# No size has to be written down.

from rnn_guide import (
    merge_directions,
    split_output,
    split_state,
)

out = split_output(output)
print(
    "output, forward",
    out.forward,
    "output, backward",
    out.backward,
    sep="\n",
)

# %%
# Each direction of the state has a row for each layer.

state = split_state(hidden)
print(
    "hidden, forward",
    state.forward,
    "hidden, backward",
    state.backward,
    sep="\n",
)

assert torch.equal(
    out.forward, output_by_direction[:, :, 0]
)
assert torch.equal(
    out.backward, output_by_direction[:, :, 1]
)
assert torch.equal(state.forward, hidden_by_layer[:, 0])
assert torch.equal(state.backward, hidden_by_layer[:, 1])
assert torch.equal(merge_directions(out), output)

# %%
# A GPU against the CPU
# ---------------------
# Where the layer ran on a GPU, the CPU runs it too, and the numbers agree within
# 0.00001.
#
# To see it, download this script to a machine with a GPU, install ``rnn_guide`` and a
# PyTorch built for CUDA there, and run it: ``python
# plot_2_bidirectional_demonstration.py``. No record of such a run is shown here yet.

if device == "cuda":
    cpu_output, cpu_hidden = run("cpu")
    difference = max(
        (output.cpu() - cpu_output).abs().max().item(),
        (hidden.cpu() - cpu_hidden).abs().max().item(),
    )
    print(
        "largest difference between GPU and CPU:",
        difference,
    )
    assert difference < 1e-5
else:
    print("this build had no GPU: nothing to compare")
