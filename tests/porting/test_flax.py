"""What the page on Flax and Equinox says, for every kind of layer."""

import numpy as np
import pytest
import torch
from ported import CASES, FLAX, compare, packed_call, split
from torch import nn

# The other frameworks warn about themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.needs("flax")
class TestFlax:
    @pytest.mark.parametrize(("kind", "num_layers", "bias", "bidirectional"), CASES)
    def test_same_output_and_states(self, layer, kind):
        """
        Two matrices transposed, no gate moved; a GRU needs a bias for the hidden state.
        """
        from flax import nnx

        x = torch.randn(7, 4, 3)
        y, carries = x.numpy(), []
        for rows in split(layer):
            directions = []
            for weight_ih, weight_hh, bias_ih, bias_hh in rows:
                rngs = nnx.Rngs(0)
                cell = getattr(nnx, FLAX[kind])(y.shape[-1], 5, rngs=rngs)
                if kind == "GRU":
                    cell.dense_h = nnx.Linear(5, 15, rngs=rngs)
                    cell.dense_i.bias[...], cell.dense_h.bias[...] = bias_ih, bias_hh
                else:
                    side = cell.dense_i if kind == "RNN" else cell.dense_h
                    side.bias[...] = (bias_ih + bias_hh).numpy()
                cell.dense_i.kernel[...], cell.dense_h.kernel[...] = weight_ih.T, weight_hh.T
                directions.append(nnx.RNN(cell))
            options = {"return_carry": True, "time_major": True}
            if layer.bidirectional:
                new, y = nnx.Bidirectional(*directions, **options)(y)
            else:
                new, y = directions[0](y, **options)
                new = [new]
            carries += new

        if kind == "LSTM":
            c_n, h_n = zip(*carries, strict=True)
            compare(layer, x, y, [h_n, c_n])
        else:
            compare(layer, x, y, [carries])

    def test_relu(self):
        """With ReLU as its activation a plain layer is carried in the same way."""
        from flax import nnx

        rnn, x = nn.RNN(3, 5, nonlinearity="relu", batch_first=True), torch.randn(4, 7, 3)
        weight_ih, weight_hh, bias_ih, bias_hh = (p.detach().numpy() for p in rnn.parameters())
        cell = nnx.SimpleCell(3, 5, activation_fn=nnx.relu, rngs=nnx.Rngs(0))
        cell.dense_i.kernel[...], cell.dense_h.kernel[...] = weight_ih.T, weight_hh.T
        cell.dense_i.bias[...] = bias_ih + bias_hh

        y = nnx.RNN(cell)(x.numpy())
        np.testing.assert_allclose(y, rnn(x)[0].detach(), atol=1e-5)

    @pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
    def test_lengths_are_packing(self, kind):
        """
        Real steps and the carry are those of a packed batch, and the padding is not zero.
        """
        from flax import nnx

        layer = getattr(nn, kind)(3, 5, batch_first=True, bidirectional=True)
        directions = []
        for row in layer.all_weights:
            weight_ih, weight_hh, bias_ih, bias_hh = (p.detach().numpy() for p in row)
            cell = getattr(nnx, FLAX[kind])(3, 5, rngs=nnx.Rngs(0))
            cell.dense_i = nnx.Linear(3, len(bias_ih), rngs=nnx.Rngs(0))
            cell.dense_h = nnx.Linear(5, len(bias_hh), rngs=nnx.Rngs(0))
            cell.dense_i.kernel[...], cell.dense_i.bias[...] = weight_ih.T, bias_ih
            cell.dense_h.kernel[...], cell.dense_h.bias[...] = weight_hh.T, bias_hh
            directions.append(nnx.RNN(cell))
        x, lengths = torch.randn(4, 7, 3), torch.tensor([2, 7, 4, 1])
        both = nnx.Bidirectional(*directions, return_carry=True)
        carries, y = both(x.numpy(), seq_lengths=lengths.numpy())
        output, last = packed_call(layer, x, lengths)
        real = (torch.arange(7) < lengths.view(-1, 1)).numpy()

        np.testing.assert_allclose(y[real], output[real], atol=1e-5)
        assert not (y[~real] == 0).all()
        states = zip(*carries, strict=True) if kind == "LSTM" else [carries]
        for ours, theirs in zip(reversed(last), states, strict=True):  # (c, h)
            np.testing.assert_allclose(np.stack(theirs), ours, atol=1e-5)

    @pytest.mark.parametrize("bias", [True, False])
    def test_linen_has_the_hidden_bias_of_the_new_gate(self, bias):
        """
        Its GRU takes the weights with the biases of r and z added, and those of n apart.
        """
        from flax import linen

        gru, x = nn.GRU(3, 5, batch_first=True, bias=bias), torch.randn(4, 7, 3)
        rows = [[part.numpy() for part in p.chunk(3)] for p in split(gru)[0][0]]
        params = {}
        for gate, weight_ih, weight_hh, bias_ih, bias_hh in zip("rzn", *rows, strict=True):
            added = bias_ih if gate == "n" else bias_ih + bias_hh
            params[f"i{gate}"] = {"kernel": weight_ih.T, "bias": added}
            params[f"h{gate}"] = {"kernel": weight_hh.T}
            if gate == "n":
                params["hn"]["bias"] = bias_hh

        y = linen.RNN(linen.GRUCell(5)).apply({"params": {"cell": params}}, x.numpy())
        np.testing.assert_allclose(y, gru(x)[0].detach(), atol=1e-5)

    def test_merge_function(self):
        """
        Both directions are given to the function, forward first.
        """
        from flax import nnx

        cells = [nnx.GRUCell(3, 5, rngs=nnx.Rngs(seed)) for seed in (0, 1)]
        x = torch.randn(4, 7, 3).numpy()
        both = nnx.Bidirectional(*map(nnx.RNN, cells), merge_fn=lambda a, b: a - b)

        backward = nnx.RNN(cells[1], reverse=True, keep_order=True)(x)
        np.testing.assert_allclose(both(x), nnx.RNN(cells[0])(x) - backward, atol=1e-5)


@pytest.mark.needs("equinox", "jax")
class TestEquinox:
    def test_merged_biases(self):
        """
        With the biases of r and z added, a sequence gives the output of nn.GRU.
        """
        import equinox
        import jax

        torch.manual_seed(0)
        gru = nn.GRU(3, 5)
        weight_ih, weight_hh, bias_ih, bias_hh = (p.detach().numpy() for p in gru.all_weights[0])
        bias = bias_ih + np.concatenate([bias_hh[:10], np.zeros(5, np.float32)])
        arrays = map(jax.numpy.array, (weight_ih, weight_hh, bias, bias_hh[10:]))
        cell = equinox.tree_at(
            lambda c: (c.weight_ih, c.weight_hh, c.bias, c.bias_n),
            equinox.nn.GRUCell(3, 5, key=jax.random.key(0)),
            tuple(arrays),
        )

        x, h, steps = torch.randn(7, 4, 3), np.zeros((4, 5), np.float32), []
        for step in x.numpy():
            h = jax.vmap(cell)(step, h)
            steps.append(h)

        compare(gru, x, np.stack(steps), [[h]])

    def test_one_bias_of_an_lstm(self):
        """
        With both biases added, a sequence gives the output and the states of nn.LSTM.
        """
        import equinox
        import jax

        torch.manual_seed(0)
        lstm = nn.LSTM(3, 5)
        weight_ih, weight_hh, bias_ih, bias_hh = (p.detach().numpy() for p in lstm.all_weights[0])
        cell = equinox.tree_at(
            lambda c: (c.weight_ih, c.weight_hh, c.bias),
            equinox.nn.LSTMCell(3, 5, key=jax.random.key(0)),
            tuple(map(jax.numpy.array, (weight_ih, weight_hh, bias_ih + bias_hh))),
        )

        x, h, c, steps = torch.randn(7, 4, 3), np.zeros((4, 5)), np.zeros((4, 5)), []
        for step in x.numpy():
            h, c = jax.vmap(cell)(step, (h, c))
            steps.append(h)

        compare(lstm, x, np.stack(steps), [[h], [c]])
