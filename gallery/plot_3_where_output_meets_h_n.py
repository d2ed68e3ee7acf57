"""
Every cell with a number of its own
===================================

With two directions ``output[-1]`` is not the last state. The forward half of the output
meets ``h_n`` at the last step, the backward half at step 0.
"""

# %%
# Make every cell recognisable
# ----------------------------
# Three layers, two directions, four steps, one feature. In each cell
# two parameters are not 0: a weight of 1 keeps the state before, and a bias adds a number
# of the cell's own. So a state tells which cell computed it, and how many steps that cell
# has read.

# sphinx_gallery_thumbnail_path = '_build/thumbnails/short-grid.svg'
import torch

num_layers, seq_len = 3, 4
options = {"nonlinearity": "relu", "bidirectional": True}
rnn = torch.nn.RNN(1, 1, num_layers, **options)
for name, parameter in rnn.named_parameters():
    torch.nn.init.zeros_(parameter)
    if name.startswith("weight_hh"):
        # keep the state before
        torch.nn.init.ones_(parameter)
for layer in range(num_layers):
    added = 10 * (layer + 1)
    forward = getattr(rnn, f"bias_ih_l{layer}")
    backward = getattr(rnn, f"bias_ih_l{layer}_reverse")
    torch.nn.init.constant_(forward, added)
    torch.nn.init.constant_(backward, added + 1)

with torch.no_grad():
    output, h_n = rnn(torch.zeros(seq_len, 1))

# %%
# Forward cells add 10, 20 and 30, backward cells 11, 21 and 31.
#
# Every row of ``h_n``
# --------------------
# After four steps each row holds four times the number of its cell. The order is layer
# first, direction second.
#
# .. picture:: short-grid
#
#    Three layers of four steps and two directions. The last forward cell of each layer is marked h_n[0], h_n[2], h_n[4]; the backward cell of step 0 is marked h_n[1], h_n[3], h_n[5]. A frame around both rows of the last layer is output.

for row, state in enumerate(h_n.flatten().tolist()):
    layer, second = divmod(row, 2)
    direction = "backward" if second else "forward"
    added = state / seq_len
    print(
        f"h_n[{row}] = {state:5} = {seq_len} * {added}: "
        f"layer {layer}, {direction}"
    )

assert h_n.flatten().tolist() == [40, 44, 80, 84, 120, 124]

# %%
# Every step of the output
# ------------------------
# The output holds the last layer. Its forward half grows with the steps, its backward
# half the other way.

from rnn_guide import split_output, split_state

out = split_output(output)
print("forward ", out.forward.flatten().tolist())
print("backward", out.backward.flatten().tolist())

assert out.forward.flatten().tolist() == [30, 60, 90, 120]
assert out.backward.flatten().tolist() == [124, 93, 62, 31]

# %%
# Where they meet
# ---------------
# The backward direction ends at step 0, so there it has read the whole sequence.

state = split_state(h_n)
assert torch.equal(out.forward[-1], state.forward[-1])
assert torch.equal(out.backward[0], state.backward[-1])

# %%
# The common mistake
# ------------------
# The last step of the output is not the last layer of ``h_n``: its backward half, 31,
# has read one step.

print("output[-1]  ", output[-1].tolist())
print("last layer  ", h_n[-2:].flatten().tolist())

assert output[-1].tolist() != h_n[-2:].flatten().tolist()

# %%
# The same with random weights
# ----------------------------
# The rule does not depend on the numbers.

torch.manual_seed(0)
options = {"bidirectional": True, "batch_first": True}
lstm = torch.nn.LSTM(3, 5, num_layers=3, **options)
with torch.no_grad():
    output, (h_n, c_n) = lstm(torch.randn(4, 7, 3))

out, state = split_output(output), split_state(h_n)
last, first = out.backward[:, -1], out.backward[:, 0]
# the batch is first in the output only
assert torch.equal(out.forward[:, -1], state.forward[-1])
assert torch.equal(first, state.backward[-1])
assert not torch.equal(last, state.backward[-1])
print("forward meets h_n at the last step")
print("backward meets h_n at step 0")
