"""What the page on ONNX says of nodes, for every kind of layer."""

import numpy as np
import pytest
import torch
from ported import CASES, compare, compare_splits, reordered, split
from torch import nn

# The other frameworks warn about themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


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
