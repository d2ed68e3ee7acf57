"""What the page on Keras says, for every kind of layer."""

import numpy as np
import pytest
import torch
from ported import (
    CASES,
    KERAS,
    compare,
    compare_splits,
    keras_arrays,
    packed_call,
    reordered,
    split,
)
from torch import nn

# The other frameworks warn about themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.needs("keras")
class TestKeras:
    @pytest.mark.parametrize(("kind", "num_layers", "bias", "bidirectional"), CASES)
    def test_same_output_and_states(self, layer, kind, bias):
        """
        Two matrices transposed, biases added but for a GRU, whose gates are reordered. Unmerged,
        the directions are those of our splits.
        """
        from keras import layers, ops

        x = torch.randn(7, 4, 3)
        y, states, h_n = x.transpose(0, 1).numpy(), [], []
        for rows in split(layer):
            options = {"use_bias": bias, "return_sequences": True, "return_state": True}
            port = getattr(layers, KERAS[kind])(5, **options)
            if layer.bidirectional:
                port = layers.Bidirectional(port, merge_mode=None)
            port.build((None, None, y.shape[-1]))
            arrays = []
            for row in rows:
                row = reordered(row, (1, 0, 2)) if kind == "GRU" else row
                weight_ih, weight_hh, *biases = (p.numpy() for p in row)
                joined = np.stack(biases) if kind == "GRU" else sum(biases)
                arrays += [weight_ih.T, weight_hh.T, *([joined] if bias else [])]
            port.set_weights(arrays)
            returned = [ops.convert_to_numpy(t) for t in port(y)]
            halves, new = returned[: len(rows)], returned[len(rows) :]
            y = np.concatenate(halves, -1)
            states += new
            h_n.append(new[:: len(new) // len(rows)])

        count = 2 if kind == "LSTM" else 1
        compare(layer, x, y.swapaxes(0, 1), [states[i::count] for i in range(count)])
        compare_splits(layer, x, [half.swapaxes(0, 1) for half in halves], h_n)

    def test_relu(self):
        """With ReLU as its activation a plain layer is carried in the same way."""
        from keras import layers, ops

        rnn, x = nn.RNN(3, 5, nonlinearity="relu", batch_first=True), torch.randn(4, 7, 3)
        weight_ih, weight_hh, bias_ih, bias_hh = (p.detach().numpy() for p in rnn.parameters())
        port = layers.SimpleRNN(5, return_sequences=True, activation="relu")
        port.build((None, None, 3))
        port.set_weights([weight_ih.T, weight_hh.T, bias_ih + bias_hh])

        y = ops.convert_to_numpy(port(x.numpy()))
        np.testing.assert_allclose(y, rnn(x)[0].detach(), atol=1e-5)

    def test_takes_the_old_activation(self):
        """The old hard_sigmoid, which Keras 3 has not, is what the gates then use."""
        from keras import layers, ops

        kernel, recurrent, bias = (torch.randn(n, 20).numpy() for n in (3, 5, 1))
        x = torch.randn(4, 7, 3).numpy()
        old = layers.LSTM(5, recurrent_activation=lambda x: ops.clip(0.2 * x + 0.5, 0.0, 1.0))
        new = layers.LSTM(5, recurrent_activation="hard_sigmoid")
        for port in (old, new):
            port.build((None, None, 3))
            port.set_weights([kernel, recurrent, bias[0]])

        c = h = np.zeros((4, 5), np.float32)
        for x_t in x.swapaxes(0, 1):
            gates = x_t @ kernel + h @ recurrent + bias
            i, f, g, o = np.split(gates, 4, axis=1)
            i, f, o = (np.clip(0.2 * gate + 0.5, 0, 1) for gate in (i, f, o))
            c = f * c + i * np.tanh(g)
            h = o * np.tanh(c)

        np.testing.assert_allclose(ops.convert_to_numpy(old(x)), h, atol=1e-5)
        assert not np.allclose(ops.convert_to_numpy(new(x)), h, atol=1e-3)

    @pytest.mark.parametrize("bidirectional", [False, True])
    @pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
    def test_masks_are_packing(self, kind, bidirectional):
        """
        Real steps and states are those of a packed batch; masked steps repeat or are zero.
        """
        from keras import layers, ops

        layer = getattr(nn, kind)(3, 5, batch_first=True, bidirectional=bidirectional)
        port = getattr(layers, KERAS[kind])(5, return_sequences=True, return_state=True)
        port = layers.Bidirectional(port) if bidirectional else port
        port.build((None, None, 3))
        port.set_weights([a for row in layer.all_weights for a in keras_arrays(kind, row)])
        x, lengths = torch.randn(4, 7, 3), torch.tensor([2, 7, 4, 1])
        mask = (torch.arange(7) < lengths.view(-1, 1)).numpy()
        y, *states = (ops.convert_to_numpy(t) for t in port(x.numpy(), mask=mask))
        output, last = packed_call(layer, x, lengths)

        np.testing.assert_allclose(y[mask], output[mask], atol=1e-5)
        for i, ours in enumerate(last):
            np.testing.assert_allclose(states[i :: len(last)], ours, atol=1e-5)
        repeated = np.repeat(y[:1, 1:2], 5, axis=1)
        np.testing.assert_allclose(y[0:1, 2:], 0 * repeated if bidirectional else repeated)

        if not bidirectional:  # the padding in front, as pad_sequences has it, and moved to the end
            rolled = torch.stack([s.roll(7 - int(n), 0) for s, n in zip(x, lengths, strict=True)])
            back = torch.stack(
                [s.roll(-(7 - int(n)), 0) for s, n in zip(rolled, lengths, strict=True)]
            )
            in_front = port(rolled.numpy(), mask=mask[:, ::-1])
            np.testing.assert_allclose(ops.convert_to_numpy(in_front[1]), states[0], atol=1e-5)
            assert torch.equal(back, x)

    @pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
    def test_initial_weights(self, kind):
        """
        What a new layer of Keras starts with, has the ranges that the page gives to PyTorch.
        """
        from keras import layers

        port, gates = getattr(layers, KERAS[kind])(40), {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
        port.build((None, None, 30))
        kernel, recurrent, bias = port.get_weights()
        ours = torch.empty(gates * 40, 30)
        bound = (6 / (30 + gates * 40)) ** 0.5

        np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(40), atol=1e-4)
        assert 0.95 * bound < np.abs(kernel).max() <= bound
        assert 0.95 * bound < nn.init.xavier_uniform_(ours).abs().max() <= bound
        ones = np.repeat([0.0, 1.0, 0.0, 0.0], 40) if kind == "LSTM" else 0 * bias
        np.testing.assert_array_equal(bias, ones)

    @pytest.mark.parametrize("argument", ["dropout", "recurrent_dropout"])
    def test_one_mask_of_dropout_for_all_steps(self, argument):
        """
        What is dropped is dropped at each step of a sequence, from the input or the state.
        """
        from keras import layers, ops

        units, none = np.eye(60, dtype=np.float32), np.zeros((60, 60), np.float32)
        options = {argument: 0.5, "activation": "linear", "return_sequences": True}
        port = layers.SimpleRNN(60, **options)
        port.build((None, None, 60))
        matrices = [units, none] if argument == "dropout" else [none, units]
        port.set_weights([*matrices, np.zeros(60, np.float32)])
        ones = np.ones((2, 4, 60), np.float32)
        y = ops.convert_to_numpy(port(ones, initial_state=ones[:, 0], training=True))

        assert 0 < (y[:, 0] == 0).mean() < 1
        for t in range(1, 4):
            np.testing.assert_array_equal(y[:, t] == 0, y[:, 0] == 0)
