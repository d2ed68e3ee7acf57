import inspect
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from messages import message
from strategies import FUNCTIONS, KINDS, MANY, Case, cases
from torch import nn

import rnn_guide
from rnn_guide import (
    gru_shapes,
    lstm_shapes,
    parameter_shapes,
    rnn_shapes,
    shapes_of,
    symbolic_parameter_shapes,
    symbolic_shapes,
)
from rnn_guide.rules import CELLS, DIRECTIONS


def predict(case: Case) -> rnn_guide.Shapes:
    function = FUNCTIONS[case.kind]
    sizes = {"seq_len": case.seq_len, "batch_size": case.batch_size}
    return function(*case.sizes, **sizes, **case.options)


class TestShapes:
    @MANY
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
            assert projected or "H_out" not in axes
            assert tuple(eval(axis, {}, values) for axis in axes) == getattr(shapes, name)

    @given(cases(packed=True))
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
        shapes = rnn_shapes(3, 5, seq_len=7)

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

        for name, parameter in case.layer.named_parameters():
            shape = tuple(eval(axis, {}, case.symbols) for axis in symbolic[name])
            assert shape == parameter.shape


SIZE_ERRORS = [
    (
        {"input_size": 0},
        "ValueError: input_size must be an integer of at least 1, got 0; was it never set?",
    ),
    (
        {"hidden_size": -2},
        "ValueError: hidden_size must be an integer of at least 1, got -2; is it a placeholder "
        "for a size that is not known yet?",
    ),
    (
        {"hidden_size": 5.0},
        "TypeError: hidden_size must be an integer of at least 1, got 5.0; was it divided with / "
        "instead of //?",
    ),
    (
        {"hidden_size": np.int64(5)},
        "TypeError: hidden_size must be an integer of at least 1, got np.int64(5); PyTorch takes "
        "only int here: did you mean int(hidden_size)?",
    ),
    (
        {"input_size": "3"},
        "TypeError: input_size must be an integer of at least 1, got '3'; was it read from a file "
        "or a command line without int()?",
    ),
    (
        {"input_size": None},
        "TypeError: input_size must be an integer of at least 1, got None; was it never set?",
    ),
    (
        {"num_layers": (2, 2)},
        "TypeError: num_layers must be an integer of at least 1, got (2, 2); was a whole shape or "
        "tensor passed instead of one number?",
    ),
]
LAX_ERRORS = [  # PyTorch takes these by accident
    (
        {"num_layers": True},
        "TypeError: num_layers must be an integer of at least 1, got True; was a flag such as "
        "bidirectional passed by position?",
    ),
    (
        {"bidirectional": "False"},
        "TypeError: bidirectional must be True or False, got 'False'; was it read from a file or "
        "a command line? Every text that is not empty is true",
    ),
    (
        {"bidirectional": 2},
        "TypeError: bidirectional must be True or False, got 2; was another argument passed in "
        "its place?",
    ),
]


class TestRefusals:
    @pytest.mark.parametrize(("wrong", "expected"), SIZE_ERRORS + LAX_ERRORS)
    @pytest.mark.parametrize("kind", list(KINDS))
    def test_arguments_of_the_layer(self, kind, wrong, expected):
        """
        A bad argument is refused in the same words by every function.
        """
        arguments = {"input_size": 3, "hidden_size": 5, **wrong}

        assert message(FUNCTIONS[kind], seq_len=7, **arguments) == expected
        assert message(parameter_shapes, kind, **arguments) == expected

    @pytest.mark.parametrize("wrong", [wrong for wrong, _ in SIZE_ERRORS])
    @pytest.mark.parametrize("layer", list(KINDS.values()))
    def test_pytorch_refuses_the_same(self, layer, wrong):
        """
        What we refuse here, the layer refuses too.
        """
        with pytest.raises((TypeError, ValueError)):
            layer(**{"input_size": 3, "hidden_size": 5, **wrong})

    @pytest.mark.parametrize("wrong", [wrong for wrong, _ in LAX_ERRORS])
    def test_pytorch_is_lax(self, wrong):
        """
        What we say that PyTorch takes by accident, it takes.
        """
        nn.LSTM(3, 5, **wrong)

    def test_empty_sequence(self):
        """
        A batch may be empty; a sequence may not.
        """
        expected = (
            "ValueError: seq_len must be an integer of at least 1, got 0; is the sequence empty? "
            "A batch may be empty, a sequence may not"
        )

        assert message(rnn_shapes, 3, 5, seq_len=0) == expected
        assert message(shapes_of, nn.GRU(3, 5), (0, 4, 3)) == expected
        with pytest.raises(RuntimeError, match="Expected sequence length to be larger than 0"):
            nn.GRU(3, 5)(torch.zeros(0, 4, 3))

    def test_negative_batch(self):
        assert message(rnn_shapes, 3, 5, seq_len=7, batch_size=-1) == (
            "ValueError: batch_size must be an integer of at least 0, got -1; is it a placeholder "
            "for a size that is not known yet?"
        )

    def test_larger_than_any_axis(self):
        """
        PyTorch counts an axis in 64 bits, so a larger number is a mistake.
        """
        large = 2**63
        expected = (
            f"ValueError: seq_len must be at most {large - 1}, got {large}; was another size "
            "passed in its place?"
        )

        assert message(gru_shapes, 3, 5, seq_len=large) == expected
        assert gru_shapes(3, 5, seq_len=large - 1).output == (large - 1, 5)
        with pytest.raises((TypeError, RuntimeError)):
            torch.empty(large, 3, device="meta")

    def test_more_layers_than_can_be_listed(self):
        """
        Shapes of tensors cost the same for any number of layers; a list of parameters does not.
        """
        expected = (
            "ValueError: num_layers must be at most 10000, got 10001; was another size passed in "
            "its place?"
        )

        assert message(parameter_shapes, "GRU", 3, 5, 10_001) == expected
        assert message(symbolic_parameter_shapes, "GRU", 10_001) == expected
        assert len(parameter_shapes("RNN", 3, 5, 10_000)) == 40_000
        assert gru_shapes(3, 5, 10**9, seq_len=7).h_n == (10**9, 5)

    def test_batch_first_as_text(self):
        assert message(rnn_shapes, 3, 5, seq_len=7, batch_first="no") == (
            "TypeError: batch_first must be True or False, got 'no'; was it read from a file or a "
            "command line? Every text that is not empty is true"
        )

    def test_projection_too_wide(self):
        expected = (
            "ValueError: proj_size must be smaller than hidden_size, got proj_size=5 and "
            "hidden_size=5; were the two swapped? For no projection leave it at 0"
        )

        assert message(lstm_shapes, 3, 5, seq_len=7, proj_size=5) == expected
        assert message(parameter_shapes, "LSTM", 3, 5, proj_size=5) == expected
        with pytest.raises(ValueError, match="proj_size has to be smaller than hidden_size"):
            nn.LSTM(3, 5, proj_size=5)

    @pytest.mark.parametrize("kind", ["RNN", "GRU"])
    def test_projection_outside_an_lstm(self, kind):
        assert message(parameter_shapes, kind, 3, 5, proj_size=2) == (
            f"ValueError: proj_size must be left out for {kind}, got 2; only nn.LSTM projects its "
            'state: did you mean kind="LSTM"?'
        )
        assert message(symbolic_parameter_shapes, kind, projected=True) == (
            f"ValueError: projected must be left out for {kind}, got True; only nn.LSTM projects "
            'its state: did you mean kind="LSTM"?'
        )

    @pytest.mark.parametrize(
        ("kind", "cause"),
        [
            ("lstm", 'did you mean "LSTM"?'),
            ("LTSM", "is it misspelt?"),
            (None, "was the layer itself passed? Then use shapes_of"),
        ],
    )
    def test_kind(self, kind, cause):
        expected = f'ValueError: kind must be "RNN", "GRU" or "LSTM", got {kind!r}; {cause}'

        assert message(parameter_shapes, kind, 3, 5) == expected
        assert message(symbolic_shapes, kind) == expected

    def test_layout(self):
        assert message(symbolic_shapes, "GRU", layout="padded") == (
            'ValueError: layout must be "batched", "unbatched" or "packed", got \'padded\'; is it '
            "misspelt?"
        )

    @pytest.mark.parametrize(
        ("module", "expected"),
        [
            (
                nn.LSTMCell(3, 5),
                "LSTMCell; a cell computes one step and takes no sequence: did you mean nn.LSTM?",
            ),
            (nn.GRU, "the class GRU; was the layer never constructed?"),
            (
                nn.Sequential(nn.GRU(3, 5)),
                "Sequential; is it a model that contains the layer? Then pass the layer itself",
            ),
        ],
    )
    def test_module(self, module, expected):
        assert message(shapes_of, module, (7, 3)) == (
            f"TypeError: module must be an nn.RNN, nn.GRU or nn.LSTM, got {expected}"
        )

    @pytest.mark.parametrize(
        ("input_shape", "expected"),
        [
            (
                (3,),
                "ValueError: {rule}, got (3,) with 1 axes; does the input miss its feature axis?",
            ),
            (
                (2, 7, 4, 3),
                "ValueError: {rule}, got (2, 7, 4, 3) with 4 axes; are there axes left to flatten "
                "into features, such as those of an image?",
            ),
            (
                (7, 4, 2),
                "ValueError: the last axis of input_shape must be input_size=3, got (7, 4, 2); are "
                "the axes in another order, or does the layer before give another size?",
            ),
            (
                (7, 3, 4),
                "ValueError: the last axis of input_shape must be input_size=3, got (7, 3, 4); are "
                "the axes in another order, or does the layer before give another size?",
            ),
            (torch.zeros(7, 4, 3), "TypeError: {rule}, got Tensor; did you mean x.shape?"),
            (7, "TypeError: {rule}, got 7; did you mean x.shape?"),
        ],
    )
    def test_input_shape(self, input_shape, expected):
        rule = "input_shape must be (L, N, H_in), or (L, H_in) for unbatched input"

        assert message(shapes_of, nn.RNN(3, 5), input_shape) == expected.format(rule=rule)

    def test_input_shape_of_a_batch_first_layer(self):
        """
        The rule in the message has the order of axes that the layer wants.
        """
        text = message(shapes_of, nn.RNN(3, 5, batch_first=True), (3,))

        assert "must be (N, L, H_in)" in text


class TestPackage:
    def test_imports_nothing_outside_the_standard_library(self):
        """
        A shape question is answered without torch, and without any other package.
        """
        program = (
            "import sys, rnn_guide; rnn_guide.lstm_shapes(3, 5, seq_len=7); "
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
        errors and its source too.
        """
        public = getattr(rnn_guide, name)
        text = inspect.getdoc(public)

        assert "Example:\n    >>> " in text
        if inspect.isfunction(public):
            for section in ("Args:", "Returns:", "Raises:", "References:"):
                assert f"\n{section}\n" in text
