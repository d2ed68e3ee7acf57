import inspect
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from layers import FUNCTIONS, KINDS, Case, cases
from torch import nn

import rnn_guide
from rnn_guide import (
    gru_shapes,
    parameter_shapes,
    rnn_shapes,
    shapes_of,
    symbolic_parameter_shapes,
    symbolic_shapes,
)
from rnn_guide._rules import CELLS, DIRECTIONS


def predict(case: Case) -> rnn_guide.Shapes:
    """Return what rnn_guide says of a case."""
    function = FUNCTIONS[case.kind]
    sizes = {"seq_len": case.seq_len, "batch_size": case.batch_size}
    return function(*case.sizes, **sizes, **case.options)


class TestShapes:
    @settings(max_examples=10 * settings().max_examples)  # all others rest on it
    @given(cases())
    def test_agrees_with_the_layer(self, case):
        """
        For any layer and input the prediction is what the layer takes and returns.
        """
        shapes = predict(case)

        h_0, c_0 = (torch.zeros(s or (), dtype=case.dtype) for s in (shapes.h_0, shapes.c_0))
        output, h_n = case.layer(case.x, (h_0, c_0) if case.kind == "LSTM" else h_0)

        assert shapes.input == case.x.shape
        assert shapes.output == output.shape
        if case.kind == "LSTM":
            assert (shapes.h_n, shapes.c_n) == (h_n[0].shape, h_n[1].shape)
        else:
            assert (shapes.h_n, shapes.c_0, shapes.c_n) == (h_n.shape, None, None)

    @given(cases())
    def test_shapes_of_agrees_with_the_arguments(self, case):
        """
        A layer and the shape of its input tell as much as all the arguments.
        """
        assert shapes_of(case.layer, case.x.shape) == predict(case)

    @given(cases())
    def test_symbols_evaluate_to_the_numbers(self, case):
        """
        The symbolic shape and the numeric shape are one rule.
        """
        symbolic = symbolic_shapes(
            case.kind,
            layout="unbatched" if case.batch_size is None else "batched",
            batch_first=case.options["batch_first"],
        )

        shapes = predict(case)
        assert list(symbolic) == [name for name in shapes._fields if getattr(shapes, name)]
        for name, axes in symbolic.items():
            assert tuple(eval(axis, {}, case.symbols) for axis in axes) == getattr(shapes, name)

    @given(cases())
    def test_symbols_with_d_and_h_out_written_out(self, case):
        """
        With the options of the layer given, the symbols D and H_out may be written out.
        """
        values = {symbol: value for symbol, value in case.symbols.items() if symbol != "D"}
        projected = bool(case.options.get("proj_size"))

        symbolic = symbolic_shapes(
            case.kind,
            layout="unbatched" if case.batch_size is None else "batched",
            batch_first=case.options["batch_first"],
            bidirectional=case.options["bidirectional"],
            projected=projected,
        )

        shapes = predict(case)
        for name, axes in symbolic.items():
            assert projected or "H_out" not in "".join(axes)
            assert "1*" not in "".join(axes)
            assert tuple(eval(axis, {}, values) for axis in axes) == getattr(shapes, name)

    @given(cases(["packed"]))
    def test_packed_agrees_with_the_layer(self, case):
        """
        A packed batch has the states of a padded one, and one row of data for each real step.
        """
        packed, batch_first = case.packed(), case.options["batch_first"]

        output, h_n = case.layer(packed)

        real = {"input": packed.data.shape, "output": output.data.shape}
        states = h_n if case.kind == "LSTM" else [h_n]
        real |= {f"{name}_n": state.shape for name, state in zip("hc", states, strict=False)}
        symbolic = symbolic_shapes(case.kind, layout="packed", batch_first=batch_first)
        for name, shape in real.items():
            axes = [axis.replace("sum(lengths)", str(sum(case.lengths))) for axis in symbolic[name]]
            assert tuple(eval(axis, {}, case.symbols) for axis in axes) == shape

    def test_is_frozen(self):
        """
        No field can be set.
        """
        shapes = rnn_shapes(3, 5, seq_len=7, batch_size=None)

        with pytest.raises(AttributeError):
            shapes.output = (1, 2)
        assert all(type(axis) is int for field in shapes[:4] for axis in field)

    def test_takes_a_layer_on_any_device(self):
        """
        The layer is not run, so one without memory will do.
        """
        lstm = nn.LSTM(3, 5, device="meta")

        assert shapes_of(lstm, [7, 3]).c_n == (1, 5)

    def test_takes_other_integers_where_pytorch_does(self):
        """
        Lengths that come from NumPy or a tensor are counted as their value.
        """
        shapes = gru_shapes(3, 5, seq_len=np.int64(7), batch_size=torch.tensor(4))

        assert shapes.output == (7, 4, 5)
        assert {type(axis) for axis in shapes.output} == {int}


class TestCells:
    @given(cases())
    def test_h_n_is_taken_from_the_named_steps(self, case):
        """
        The rows of the last layer are what output holds at the step that the rule names.
        """
        output = case.layer(case.x)[0]
        if case.batch_size is not None and case.options["batch_first"]:
            output = output.transpose(0, 1)
        directions = DIRECTIONS[case.options["bidirectional"]]

        rows = case.states()["h_n"][-len(directions) :]

        parts = output.chunk(len(directions), dim=-1)
        for direction, part, row in zip(directions, parts, rows, strict=True):
            assert torch.equal(part[CELLS["h_n"]["step"][direction]], row)

    def test_h_0_is_read_by_the_named_steps(self):
        """
        Where each step keeps half of the state, h_0 counts most at the step that reads it.
        """
        gru = nn.GRU(3, 5, bidirectional=True)
        with torch.no_grad():
            for name, parameter in gru.named_parameters():
                parameter.fill_(-100 if "bias_ih" in name else 0)  # z = r = 0: h is forgotten
                if "bias_ih" in name:
                    parameter[5:10] = 0  # z = 1/2: half of h is kept
        x, ones = torch.zeros(7, 3), torch.ones(2, 5)

        change = gru(x, ones)[0] - gru(x, -ones)[0]

        for direction, part in zip(DIRECTIONS[True], change.chunk(2, dim=-1), strict=True):
            step = CELLS["h_0"]["step"][direction]
            assert part[:, 0].argmax() == step % 7


class TestParameterShapes:
    @given(cases())
    def test_agrees_with_the_layer(self, case):
        """
        Names, shapes and order are those of named_parameters().
        """
        predicted = parameter_shapes(
            case.kind,
            *case.sizes,
            bias=case.bias,
            bidirectional=case.options["bidirectional"],
            proj_size=case.options.get("proj_size", 0),
        )

        real = [(name, tuple(p.shape)) for name, p in case.layer.named_parameters()]
        assert list(predicted.items()) == real

    @given(cases())
    def test_symbols_evaluate_to_the_numbers(self, case):
        """
        The symbolic shape and the shape of the real parameter are one rule.
        """
        symbolic = symbolic_parameter_shapes(
            case.kind,
            case.sizes[2],
            bias=case.bias,
            bidirectional=case.options["bidirectional"],
            projected=bool(case.options.get("proj_size")),
        )

        parameters = dict(case.layer.named_parameters())
        assert list(symbolic) == list(parameters)
        for name, axes in symbolic.items():
            assert "1*" not in "".join(axes)
            assert tuple(eval(axis, {}, case.symbols) for axis in axes) == parameters[name].shape


class TestDefaults:
    """What is left out is as in the layer."""

    @pytest.mark.parametrize("kind", list(KINDS))
    def test_shapes(self, kind):
        """Shapes are those of a layer made from its two sizes alone."""
        layer, x = KINDS[kind](3, 5), torch.zeros(7, 4, 3)

        assert FUNCTIONS[kind](3, 5, seq_len=7, batch_size=4) == shapes_of(layer, x.shape)
        assert shapes_of(layer, x.shape).output == layer(x)[0].shape
        assert symbolic_shapes(kind)["output"] == ("L", "N", "D*H_out")

    @pytest.mark.parametrize("kind", list(KINDS))
    def test_parameter_shapes(self, kind):
        """Parameters are those of a layer made from its two sizes alone."""
        real = {name: p.shape for name, p in KINDS[kind](3, 5).named_parameters()}

        assert parameter_shapes(kind, 3, 5) == real
        assert list(symbolic_parameter_shapes(kind)) == list(real)


class TestPackage:
    def test_imports_nothing_outside_the_standard_library(self):
        """
        A shape question is answered without torch, and without any other package.
        """
        program = (
            "import sys, rnn_guide; rnn_guide.lstm_shapes(3, 5, seq_len=7, batch_size=4); "
            "roots = {name.partition('.')[0] for name in sys.modules}; "
            "print(*sorted(roots - sys.stdlib_module_names - {'rnn_guide', '__main__'}))"
        )

        # -S: without site-packages, whose .pth files import modules of their own
        folder = next(iter(rnn_guide.__path__)).removesuffix("rnn_guide")
        done = subprocess.run(
            [sys.executable, "-S", "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=folder,
        )

        assert done.stdout.strip() == ""

    @pytest.mark.parametrize("name", rnn_guide.__all__)
    def test_docstring_of_public_name(self, name):
        """
        Each public name says what it is, and shows itself in an example; each function names its
        source, and its errors too or the function that it shares them with.
        """
        public = getattr(rnn_guide, name)
        text = inspect.getdoc(public)

        assert "Example:\n    >>> " in text
        if inspect.isfunction(public):
            shared = "refuses what :func:`lstm_shapes` does" in " ".join(text.split())
            sections = [] if shared else ["Args:", "Returns:", "Raises:"]
            for section in (*sections, "References:"):
                assert f"\n{section}\n" in text
