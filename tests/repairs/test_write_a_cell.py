"""The recipes of "Write a cell of your own", and of its variants."""

import pytest
import torch
from covers import repairs
from torch import nn
from torch.nn.functional import dropout
from torch.utils.flop_counter import FlopCounterMode

CELLS = {"RNN": nn.RNNCell, "GRU": nn.GRUCell, "LSTM": nn.LSTMCell}
ONE = {"num_layers": [1], "bidirectional": [False]}


class RNNCell(nn.Module):
    """The cell of the page "Write a cell of your own"."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.from_x = nn.Linear(inputs, hidden)
        self.from_h = nn.Linear(hidden, hidden)

    def forward(self, x_t, h):
        """Return the new state."""
        return (self.from_x(x_t) + self.from_h(h)).tanh()


class LayerNormLSTMCell(nn.Module):
    """The cell of the page "Add layer normalisation or peepholes to a cell"."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.from_x = nn.Linear(input_size, 4 * hidden_size)
        self.from_h = nn.Linear(hidden_size, 4 * hidden_size)
        self.norms = nn.ModuleList([nn.LayerNorm(hidden_size) for _ in range(5)])

    def forward(self, x_t, state):
        """Return the new state."""
        h, c = state
        blocks = (self.from_x(x_t) + self.from_h(h)).chunk(4, dim=-1)
        i, f, g, o = (norm(b) for norm, b in zip(self.norms, blocks, strict=False))
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * self.norms[4](c).tanh()
        return h, c


def run(cell, x, state):
    """Run a cell as the page does."""
    outputs = []
    for x_t in x:
        state = cell(x_t, state)
        outputs.append(state[0])
    return torch.stack(outputs), state


def cell_of(layer):
    """Return a cell with the weights of a layer."""
    cell = CELLS[type(layer).__name__](layer.input_size, layer.hidden_size)
    weights = {name.removesuffix("_l0"): w for name, w in layer.state_dict().items()}
    cell.load_state_dict(weights)
    return cell


def zeros(case):
    """Return a state of zeros for a cell."""
    h = torch.zeros(case.batch_size, case.sizes[1])
    return (h, h) if case.kind == "LSTM" else h


def time_first(case, tensor):
    """Return a tensor with time first."""
    return tensor.transpose(0, 1) if case.options["batch_first"] else tensor


def hidden(state):
    """Return the hidden state of a cell."""
    return state[0] if isinstance(state, tuple) else state


@repairs("write-a-cell", kinds=["RNN"], **ONE)
def test_loop_over_an_own_cell_is_the_layer(case):
    """
    With the weights of nn.RNN, the cell of one line and its loop return what nn.RNN does.
    """
    cell, layer, h, outputs = RNNCell(3, 5), case.layer, zeros(case), []
    with torch.no_grad():
        cell.from_x.weight.copy_(layer.weight_ih_l0)
        cell.from_h.weight.copy_(layer.weight_hh_l0)
        cell.from_x.bias.copy_(layer.bias_ih_l0)
        cell.from_h.bias.copy_(layer.bias_hh_l0)
    for x_t in time_first(case, case.x):
        h = cell(x_t, h)
        outputs.append(h)

    output, h_n = layer(case.x)

    assert torch.allclose(torch.stack(outputs), time_first(case, output), atol=1e-6)
    assert torch.allclose(h, h_n[0], atol=1e-6)


@repairs("layer-norm-cell", "cell-against-the-layer", kinds=["LSTM"], **ONE)
def test_own_cell_is_the_layer_without_its_extras(case):
    """
    With norms that do nothing the cell equals nn.LSTM, and with real norms it does not.
    """
    cell, layer = LayerNormLSTMCell(3, 5), case.layer
    with torch.no_grad():
        cell.from_x.weight.copy_(layer.weight_ih_l0)
        cell.from_h.weight.copy_(layer.weight_hh_l0)
        cell.from_x.bias.copy_(layer.bias_ih_l0)
        cell.from_h.bias.copy_(layer.bias_hh_l0)
    x = time_first(case, case.x)
    output, (h_n, c_n) = layer(case.x)
    right = time_first(case, output)

    with_norms, _ = run(cell, x, zeros(case))
    assert with_norms.shape == right.shape
    assert not torch.allclose(with_norms, right, atol=1e-3)
    with_norms.sum().backward()
    assert all(p.grad is not None for p in cell.parameters())
    cell.norms = nn.ModuleList(nn.Identity() for _ in range(5))
    found, (h, c) = run(cell, x, zeros(case))
    assert torch.allclose(found, right, atol=1e-6)
    assert torch.allclose(h, h_n[0], atol=1e-6)
    assert torch.allclose(c, c_n[0], atol=1e-6)


@repairs("layer-norm-cell")
def test_norms_are_those_of_each_gate():
    """
    A step of the cell equals the equations, with each block normalised for itself.
    """
    cell = LayerNormLSTMCell(3, 5)
    x_t, h, c = torch.randn(4, 3), torch.randn(4, 5), torch.randn(4, 5)

    def norm(block):
        mean, variance = block.mean(-1, keepdim=True), block.var(-1, keepdim=True, correction=0)
        return (block - mean) / (variance + 1e-5).sqrt()

    blocks = x_t @ cell.from_x.weight.T + h @ cell.from_h.weight.T
    blocks = blocks + cell.from_x.bias + cell.from_h.bias
    i, f, g, o = (norm(blocks[:, 5 * k : 5 * k + 5]) for k in range(4))
    right = f.sigmoid() * c + i.sigmoid() * g.tanh()

    new_h, new_c = cell(x_t, (h, c))

    assert torch.allclose(new_c, right, atol=1e-6)
    assert torch.allclose(new_h, o.sigmoid() * norm(right).tanh(), atol=1e-6)


@repairs("peephole")
def test_peepholes_read_the_old_and_the_new_cell_state():
    """
    Without peepholes the cell is an LSTMCell; with them it follows the equations.
    """
    inner, peep = nn.LSTMCell(3, 5), torch.randn(3, 5)
    x_t, h, c = torch.randn(4, 3), torch.randn(4, 5), torch.randn(4, 5)

    def step(peep):
        blocks = x_t @ inner.weight_ih.T + inner.bias_ih + h @ inner.weight_hh.T + inner.bias_hh
        i, f, g, o = blocks.chunk(4, dim=-1)
        i, f = (i + peep[0] * c).sigmoid(), (f + peep[1] * c).sigmoid()
        new = f * c + i * g.tanh()
        return (o + peep[2] * new).sigmoid() * new.tanh(), new

    right = inner(x_t, (h, c))
    assert all(
        torch.allclose(a, b, atol=1e-6) for a, b in zip(step(torch.zeros(3, 5)), right, strict=True)
    )
    gates = torch.cat([inner.weight_ih, inner.weight_hh], 1) @ torch.cat([x_t, h], 1).T
    i, f, g, o = (gates.T + inner.bias_ih + inner.bias_hh).split(5, dim=1)
    new = torch.sigmoid(f + c * peep[1]) * c + torch.sigmoid(i + c * peep[0]) * torch.tanh(g)
    assert torch.allclose(step(peep)[1], new, atol=1e-6)
    assert torch.allclose(
        step(peep)[0], torch.sigmoid(o + new * peep[2]) * torch.tanh(new), atol=1e-6
    )


@repairs("cell-lengths", layouts=["packed"], **ONE)
def test_each_sequence_keeps_its_own_last_state(case):
    """
    The state equals that of the packed batch, whatever stands in the padding.
    """
    cell, lengths = cell_of(case.layer), torch.tensor(case.lengths)
    x = time_first(case, case.x).clone()
    for n, length in enumerate(case.lengths):
        x[length:, n] = 9
    plain = zeros(case)
    for x_t in x:
        plain = cell(x_t, plain)

    state = zeros(case)
    for t, x_t in enumerate(x):
        going_on = (t < lengths).unsqueeze(-1)
        new = cell(x_t, state)
        if case.kind == "LSTM":
            state = tuple(torch.where(going_on, n, s) for n, s in zip(new, state, strict=True))
        else:
            state = torch.where(going_on, new, state)

    right = case.layer(case.packed())[1]
    assert not torch.allclose(hidden(plain), hidden(right)[0], atol=1e-3)
    pairs = zip(state, right, strict=True) if case.kind == "LSTM" else [(state, right)]
    assert all(torch.allclose(s, r[0], atol=1e-6) for s, r in pairs)


@repairs("cell-lengths", layouts=["packed"], num_layers=[1], bidirectional=[True])
def test_a_backward_direction_begins_at_the_end_of_its_sequence(case):
    """
    With the time running down the same lines give the backward rows.
    """
    layer, lengths = case.layer, torch.tensor(case.lengths)
    cell = CELLS[case.kind](3, 5)
    names = [name for name in layer.state_dict() if name.endswith("_reverse")]
    cell.load_state_dict({n.removesuffix("_l0_reverse"): layer.state_dict()[n] for n in names})
    x, state = time_first(case, case.x), zeros(case)

    for t in reversed(range(len(x))):
        new, going_on = cell(x[t], state), (t < lengths).unsqueeze(-1)
        both = zip(new, state, strict=True) if case.kind == "LSTM" else [(new, state)]
        kept = tuple(torch.where(going_on, n, s) for n, s in both)
        state = kept if case.kind == "LSTM" else kept[0]

    assert torch.allclose(hidden(state), hidden(layer(case.packed())[1])[1], atol=1e-6)


@repairs("cell-state-dropout", **ONE)
def test_mask_on_the_state_is_one_for_all_steps(case):
    """
    A dropped feature of the state never comes back in; without training the loop is the layer.
    """
    cell, x = cell_of(case.layer), time_first(case, case.x)

    def loop(training):
        mask = dropout(torch.ones(4, 5), p=0.5, training=training)
        state, read = zeros(case), []
        for x_t in x:
            read.append(hidden(state) * mask)
            given = (read[-1], state[1]) if case.kind == "LSTM" else read[-1]
            state = cell(x_t, given)
        return mask, torch.stack(read), state

    mask, read, _ = loop(True)
    assert set(mask.flatten().tolist()) == {0.0, 2.0}
    assert torch.equal(read[1:] == 0, (mask == 0).expand(6, 4, 5))
    _, _, state = loop(False)
    assert torch.allclose(hidden(state), hidden(case.layer(case.x)[1])[0], atol=1e-6)


@repairs("cell-cost", kinds=["RNN", "GRU"], **ONE)
def test_loop_and_layer_make_the_same_products(case):
    """
    A product and a sum for each weight, step and sequence; input products can be made before.
    """
    layer, cell, x = case.layer, cell_of(case.layer), time_first(case, case.x)
    weights = layer.weight_ih_l0.numel() + layer.weight_hh_l0.numel()

    with FlopCounterMode(display=False) as of_the_layer:
        layer(case.x)
    with FlopCounterMode(display=False) as of_the_loop:
        run(lambda x_t, state: (cell(x_t, state[0]),), x, (torch.zeros(4, 5),))

    assert of_the_layer.get_total_flops() == of_the_loop.get_total_flops()
    assert of_the_layer.get_total_flops() == 2 * case.seq_len * case.batch_size * weights
    linear = nn.Linear(3, 20)
    assert torch.allclose(linear(x)[2], linear(x[2]), atol=1e-6)


@repairs("step-the-layer", bidirectional=[False], proj_size=[0, 2])
def test_step_by_step_gives_every_state(case):
    """
    The states of each step equal those of a call that ends there, with gradients.
    """
    first, layer = case.options["batch_first"], case.layer.eval()
    x = torch.randn(case.x.shape, requires_grad=True)
    state, states = None, []
    for t in range(case.seq_len):
        _, state = layer(x[:, t : t + 1] if first else x[t : t + 1], state)
        states.append(state if case.kind == "LSTM" else (state,))
    found = [torch.stack(each) for each in zip(*states, strict=True)]

    for t in range(case.seq_len):
        ended = layer(x[:, : t + 1] if first else x[: t + 1])[1]
        right = ended if case.kind == "LSTM" else (ended,)
        assert all(torch.allclose(f[t], r, atol=1e-6) for f, r in zip(found, right, strict=True))
    assert torch.allclose(found[0][:, -1], time_first(case, layer(x)[0]), atol=1e-6)
    found[-1].sum().backward()
    assert x.grad.abs().sum() > 0


@repairs("step-the-layer", bidirectional=[True])
def test_two_directions_go_wrong_in_silence(case):
    """
    As the page warns: the forward rows are right with one layer, the backward rows never.
    """
    first, state = case.options["batch_first"], None
    for t in range(case.seq_len):
        _, state = case.layer(case.x[:, t : t + 1] if first else case.x[t : t + 1], state)

    right = hidden(case.layer(case.x)[1])
    assert not torch.allclose(hidden(state)[1::2], right[1::2], atol=1e-3)
    assert torch.allclose(hidden(state)[0], right[0], atol=1e-6)


@repairs("write-a-cell")
def test_a_cell_takes_no_packed_sequence():
    """
    What the page answers with a loop is refused by a cell.
    """
    packed = nn.utils.rnn.pack_sequence([torch.randn(4, 3)])

    with pytest.raises(AttributeError):
        nn.GRUCell(3, 5)(packed)
