"""What the page on ONNX says of both exporters."""

import io
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
from ported import packed_call
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

# The other frameworks warn about themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


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
    def test_old_exporter_keeps_packing(self, kind, bidirectional):
        """
        Other lengths run, sorted or not; the output has the width of the input, with zeros.
        """
        import onnxruntime

        class Model(nn.Module):
            def __init__(self, enforce_sorted):
                super().__init__()
                self.layer = getattr(nn, kind)(3, 5, bidirectional=bidirectional)
                self.enforce_sorted = enforce_sorted

            def forward(self, x, lengths):
                packed = pack_padded_sequence(x, lengths, enforce_sorted=self.enforce_sorted)
                output, last = self.layer(packed)
                return pad_packed_sequence(output)[0], last

        x, unsorted = torch.randn(9, 3, 3), torch.tensor([4, 8, 6])
        for enforce_sorted in (True, False):
            model, file = Model(enforce_sorted).eval(), io.BytesIO()
            example = torch.randn(7, 4, 3), torch.tensor([7, 5, 3, 1])
            options = {"input_names": ["x", "lengths"], "dynamo": False}
            options["dynamic_axes"] = {"x": {0: "L", 1: "N"}, "lengths": {0: "N"}}
            torch.onnx.export(model, example, file, **options)
            session = onnxruntime.InferenceSession(file.getvalue())

            for lengths in (torch.tensor([8, 6, 4]), unsorted):
                y, *states = session.run(None, {"x": x.numpy(), "lengths": lengths.numpy()})
                output, last = packed_call(model.layer, x, lengths)
                np.testing.assert_allclose(y[:8], output, atol=1e-5)
                assert (y[8:] == 0).all()
                assert len(y) == 9
                for theirs, ours in zip(states, last, strict=True):
                    np.testing.assert_allclose(theirs, ours, atol=1e-5)
            if enforce_sorted:
                with pytest.raises(RuntimeError, match="sorted in decreasing order"):
                    model(x, unsorted)

    @pytest.mark.parametrize("bidirectional", [False, True])
    @pytest.mark.parametrize("batch_first", [False, True])
    @pytest.mark.parametrize("kind", ["GRU", "LSTM"])
    def test_the_patch_opens_the_length(self, kind, batch_first, bidirectional):
        """
        After an export that froze it, inside the patch, length and batch are open, and the graph
        has the node.
        """
        import onnxruntime
        from torch.export import _patches

        options = {"bidirectional": bidirectional, "batch_first": batch_first}
        layer = getattr(nn, kind)(3, 5, 2, **options).eval()
        length, batch = torch.export.Dim("L"), torch.export.Dim("N")
        shapes = ({0: batch, 1: length},) if batch_first else ({0: length, 1: batch},)
        options = {"input_names": ["x"], "dynamic_shapes": shapes, "dynamo": True}
        example = (torch.randn(7, 4, 3),)
        torch.onnx.export(layer, example, verbose=False, **options)
        operator = getattr(torch.ops.aten, kind.lower()).input
        with getattr(_patches, f"register_{kind.lower()}_while_loop_decomposition")():
            operator._dispatch_cache.clear()
            program = torch.onnx.export(layer, example, verbose=False, **options)
        operator._dispatch_cache.clear()
        proto = program.model_proto
        session = onnxruntime.InferenceSession(proto.SerializeToString())

        nodes = [node for node in proto.graph.node if node.op_type == kind]
        flags = [a.i for node in nodes for a in node.attribute if a.name == "linear_before_reset"]
        assert len(nodes) == 2
        assert flags == ([1, 1] if kind == "GRU" else [])
        for size in ((7, 4, 3), (9, 6, 3), (2, 1, 3), (1, 1, 3)):
            x = torch.randn(size)
            y, *states = session.run(None, {"x": x.numpy()})
            output, last = layer(x)
            np.testing.assert_allclose(y, output.detach(), atol=1e-5)
            for theirs, ours in zip(states, last if kind == "LSTM" else (last,), strict=True):
                np.testing.assert_allclose(theirs, ours.detach(), atol=1e-5)

    @pytest.mark.parametrize("bidirectional", [False, True])
    @pytest.mark.parametrize("batch_first", [False, True])
    @pytest.mark.parametrize("dynamo", [False, True])
    def test_the_reset_gate_of_a_gru_acts_after_the_product(
        self, dynamo, batch_first, bidirectional
    ):
        """
        Each node says so, and the numbers are PyTorch's.
        """
        import onnx
        import onnxruntime

        gru = nn.GRU(3, 5, 2, bidirectional=bidirectional, batch_first=batch_first).eval()
        x, file = torch.randn(7, 4, 3), io.BytesIO()
        options = {"input_names": ["x"], "verbose": False}
        program = torch.onnx.export(gru, (x,), None if dynamo else file, dynamo=dynamo, **options)
        proto = program.model_proto if dynamo else onnx.load_from_string(file.getvalue())

        nodes = [node for node in proto.graph.node if node.op_type == "GRU"]
        flags = [a.i for node in nodes for a in node.attribute if a.name == "linear_before_reset"]
        assert flags == [1, 1]
        session = onnxruntime.InferenceSession(proto.SerializeToString())
        y, h_n = session.run(None, {"x": x.numpy()})
        for theirs, ours in zip((y, h_n), gru(x), strict=True):
            np.testing.assert_allclose(theirs, ours.detach(), atol=1e-5)

    def test_a_projection_is_not_exported(self):
        """The old exporter refuses it; the new one makes a file that fails."""
        import onnxruntime

        layer, example = nn.LSTM(3, 5, proj_size=2).eval(), (torch.randn(7, 4, 3),)
        with pytest.raises(torch.onnx.errors.SymbolicValueError):
            torch.onnx.export(layer, example, io.BytesIO(), dynamo=False)
        options = {"input_names": ["x"], "dynamo": True, "verbose": False}
        program = torch.onnx.export(layer, example, **options)
        session = onnxruntime.InferenceSession(program.model_proto.SerializeToString())

        assert "Input initial_c must have shape {1,4,2}" in first_refusal(session, (7, 4, 3))

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
