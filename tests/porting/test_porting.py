"""What the porting pages say, for every kind of layer. ``nox -s porting`` has what it needs."""

import io
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from rnn_guide import split_output, split_state

# The other frameworks warn about themselves.
pytestmark = pytest.mark.filterwarnings("ignore")
CASES = [
    pytest.param(kind, num_layers, bias, bidirectional, id=f"{kind}-{num_layers}-{bias}-{name}")
    for kind in ("RNN", "GRU", "LSTM")
    for num_layers in (1, 2)
    for bias in (True, False)
    for bidirectional, name in ((False, "one"), (True, "two"))
]
KERAS = {"RNN": "SimpleRNN", "GRU": "GRU", "LSTM": "LSTM"}
FLAX = {"RNN": "SimpleCell", "GRU": "GRUCell", "LSTM": "OptimizedLSTMCell"}


@pytest.fixture
def layer(kind, num_layers, bias, bidirectional):
    """Make the layer of a case, with the same weights each time."""
    torch.manual_seed(0)
    return getattr(nn, kind)(3, 5, num_layers, bias=bias, bidirectional=bidirectional)


def split(layer):
    """Return the rows of all_weights by layer and direction, with zeros for biases that miss."""
    zeros = torch.zeros(layer.weight_hh_l0.shape[0])
    rows = [[p.detach() for p in row] for row in layer.all_weights]
    rows = [row if layer.bias else [*row, zeros, zeros] for row in rows]
    step = 2 if layer.bidirectional else 1
    return [rows[k : k + step] for k in range(0, len(rows), step)]


def reordered(row, order):
    """Return the parameters with their gates in another order."""
    return [torch.cat([p.chunk(len(order))[i] for i in order]) for p in row]


def compare(layer, x, output, states):
    """Compare with one call of the layer; states holds h_n, and c_n for an LSTM."""
    expected, h_n = layer(x)
    expected_states = h_n if isinstance(layer, nn.LSTM) else (h_n,)
    np.testing.assert_allclose(output, expected.detach(), atol=1e-5)
    for ours, theirs in zip(expected_states, states, strict=True):
        np.testing.assert_allclose(np.stack(theirs), ours.detach(), atol=1e-5)


def compare_splits(layer, x, halves, h_n):
    """Compare our splits with what keeps the directions apart: h_n by layer and direction."""
    expected, last = layer(x)
    last = last[0] if isinstance(layer, nn.LSTM) else last
    rows = split_state(last.detach(), bidirectional=layer.bidirectional)
    for i, half in enumerate(
        split_output(expected.detach(), bidirectional=layer.bidirectional)[: len(halves)]
    ):
        np.testing.assert_allclose(halves[i], half, atol=1e-5)
        np.testing.assert_allclose([by_layer[i] for by_layer in h_n], rows[i], atol=1e-5)


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
        """Keras takes hard_sigmoid, which the gates of old models use."""
        from keras import layers

        port = layers.LSTM(5, recurrent_activation="hard_sigmoid")

        assert port.recurrent_activation.__name__ == "hard_sigmoid"


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


def node_session(text):
    """Return a session for one node, whose weights are inputs."""
    import onnx
    import onnxruntime

    head = '<ir_version: 10, opset_import: ["": 22]> layer (float[L, N, 3] X, float[D, G, 3] W, '
    head += f"float[D, G, 5] R, float[D, B] B) => (float[L, D, N, 5] Y) {{ {text} }}"
    return onnxruntime.InferenceSession(onnx.parser.parse_model(head).SerializeToString())


@pytest.mark.needs("onnx", "onnxruntime")
class TestOnnx:
    @pytest.mark.parametrize(("kind", "num_layers", "bias", "bidirectional"), CASES)
    def test_same_output_and_states(self, layer, kind):
        """
        Gates reordered, both biases joined, nothing transposed. The directions, on an axis of their
        own, are those of our splits.
        """
        import onnx
        import onnxruntime

        order = {"RNN": (0,), "GRU": (1, 0, 2), "LSTM": (0, 3, 1, 2)}[kind]
        options = {"GRU": {"linear_before_reset": 1}}.get(kind, {})
        options["direction"] = "bidirectional" if layer.bidirectional else "forward"
        outputs = ["Y", "Y_h", "Y_c"] if kind == "LSTM" else ["Y", "Y_h"]
        helper, number = onnx.helper, onnx.TensorProto.FLOAT
        node = helper.make_node(kind, ["X", "W", "R", "B"], outputs, hidden_size=5, **options)
        places = [
            [helper.make_tensor_value_info(name, number, None) for name in names]
            for names in (["X", "W", "R", "B"], outputs)
        ]
        opset = [helper.make_opsetid("", 22)]
        graph = helper.make_graph([node], "layer", *places)
        model = helper.make_model(graph, ir_version=10, opset_imports=opset)
        session = onnxruntime.InferenceSession(model.SerializeToString())

        x = torch.randn(7, 4, 3)
        y, states = x.numpy(), []
        for rows in split(layer):
            rows = [reordered(row, order) for row in rows]
            arrays = {
                "W": torch.stack([row[0] for row in rows]).numpy(),
                "R": torch.stack([row[1] for row in rows]).numpy(),
                "B": torch.stack([torch.cat(row[2:]) for row in rows]).numpy(),
            }
            y, *new = session.run(None, {"X": y, **arrays})
            halves = y.swapaxes(0, 1)
            y = y.transpose(0, 2, 1, 3).reshape(7, 4, -1)
            states.append(new)

        compare(layer, x, y, [np.concatenate(rows) for rows in zip(*states, strict=True)])
        compare_splits(layer, x, halves, [y_h for y_h, *_ in states])

    @pytest.mark.parametrize("activation", ["Tanh", "Relu"])
    def test_backward_direction_alone(self, activation):
        """
        Each step stands at its position, as in PyTorch.
        """
        rnn = nn.RNN(3, 5, nonlinearity=activation.lower(), bidirectional=True)
        rows = [p.detach() for p in rnn.all_weights[1]]
        arrays = {"W": rows[0], "R": rows[1], "B": torch.cat(rows[2:])}
        x = torch.randn(7, 4, 3)
        options = f'hidden_size = 5, direction = "reverse", activations = ["{activation}"]'
        session = node_session(f"Y = RNN <{options}> (X, W, R, B)")

        inputs = {"X": x.numpy()} | {name: t[None].numpy() for name, t in arrays.items()}
        y = session.run(None, inputs)[0]
        np.testing.assert_allclose(y[:, 0], rnn(x)[0][..., 5:].detach(), atol=1e-5)

    def test_runtime_refuses_the_batch_first_layout(self):
        """ONNX has a layout with the batch first, but ONNX Runtime refuses it."""
        with pytest.raises(Exception, match=r"layout == 1\) are not supported"):
            node_session("Y = RNN <hidden_size = 5, layout = 1> (X, W, R, B)")


def first_refusal(session, size):
    """Return the message with which a session refuses an input, if it does."""
    try:
        session.run(None, {"x": np.zeros(size, np.float32)})
    except Exception as error:
        return str(error)
    return None


@pytest.mark.needs("onnx", "onnxruntime", "onnxscript")
class TestExport:
    @pytest.mark.parametrize("bidirectional", [False, True])
    @pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
    def test_old_exporter_keeps_length_and_batch_open(self, kind, bidirectional):
        """
        With dynamic_axes the exported model runs at other sizes; the warning comes anyway.
        """
        import onnxruntime

        layer = getattr(nn, kind)(3, 5, bidirectional=bidirectional).eval()
        axes, file = {"x": {0: "L", 1: "N"}}, io.BytesIO()
        options = {"input_names": ["x"], "dynamic_axes": axes, "dynamo": False}
        with pytest.warns(UserWarning, match="batch_size other than 1"):
            torch.onnx.export(layer, (torch.zeros(7, 1, 3),), file, **options)
        session = onnxruntime.InferenceSession(file.getvalue())

        for size in ((7, 1, 3), (9, 4, 3), (2, 6, 3)):
            x = torch.randn(size)
            output = session.run(None, {"x": x.numpy()})[0]
            np.testing.assert_allclose(output, layer(x)[0].detach(), atol=1e-5)

    def test_old_exporter_warns_where_states_are_inputs(self):
        """The warning comes even where the state is an input of the model."""
        example = (torch.zeros(7, 1, 3), torch.zeros(1, 1, 5))
        with pytest.warns(UserWarning, match="batch_size other than 1"):
            torch.onnx.export(nn.GRU(3, 5).eval(), example, io.BytesIO(), dynamo=False)

    def test_old_exporter_freezes_a_state_of_fixed_size(self):
        """
        A state that the model makes for one batch size fails at another one.
        """
        import onnxruntime

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.gru = nn.GRU(3, 5)

            def forward(self, x):
                return self.gru(x, torch.zeros(1, 4, 5))[0]

        axes, file = {"x": {0: "L", 1: "N"}}, io.BytesIO()
        options = {"input_names": ["x"], "dynamic_axes": axes, "dynamo": False}
        torch.onnx.export(Model().eval(), (torch.zeros(7, 4, 3),), file, **options)
        session = onnxruntime.InferenceSession(file.getvalue())

        assert first_refusal(session, (9, 4, 3)) is None
        assert "invalid expand shape" in first_refusal(session, (7, 6, 3))

    @pytest.mark.parametrize("bidirectional", [False, True])
    @pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
    def test_new_exporter_freezes_the_length(self, kind, bidirectional):
        """
        The batch stays open, the length does not, and no warning tells of either.
        """
        import onnxruntime

        layer = getattr(nn, kind)(3, 5, bidirectional=bidirectional).eval()
        shapes = ({0: torch.export.Dim("L"), 1: torch.export.Dim("N")},)
        options = {"input_names": ["x"], "dynamic_shapes": shapes, "dynamo": True}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            program = torch.onnx.export(layer, (torch.zeros(7, 4, 3),), verbose=False, **options)
        assert not [w for w in caught if re.search("batch|dynamic|length", str(w.message))]
        session = onnxruntime.InferenceSession(program.model_proto.SerializeToString())

        assert session.get_outputs()[0].shape == [7, "N", 10 if bidirectional else 5]
        assert first_refusal(session, (7, 6, 3)) is None
        assert first_refusal(session, (9, 4, 3)) is not None

    def test_refusals_of_the_new_exporter(self):
        """
        The same export gives another message the second time that a program makes it.
        """
        program = (
            "import numpy, onnxruntime, torch\n"
            "for _ in range(2):\n"
            "    layer = torch.nn.LSTM(3, 5, bidirectional=True).eval()\n"
            "    shapes = ({0: torch.export.Dim('L'), 1: torch.export.Dim('N')},)\n"
            "    options = dict(input_names=['x'], dynamic_shapes=shapes, verbose=False)\n"
            "    made = torch.onnx.export(layer, (torch.zeros(7, 4, 3),), dynamo=True, **options)\n"
            "    session = onnxruntime.InferenceSession(made.model_proto.SerializeToString())\n"
            "    try:\n"
            "        session.run(None, {'x': numpy.zeros((9, 4, 3), numpy.float32)})\n"
            "    except Exception as error:\n"
            "        print(' '.join(str(error).split()))\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

        first, second = done.stdout.splitlines()
        assert "Input shape:{9,4,2,5}, requested shape:{7,-1,10}" in first
        assert "Got invalid dimensions for input: x for the following indices" in second
        assert "index: 0 Got: 9 Expected: 7" in second


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
