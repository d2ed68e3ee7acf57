"""We refuse what PyTorch refuses, but for what it takes by accident; and we say why."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layers import FUNCTIONS, KINDS, cases, input_shape
from messages import message
from releases import IGNORES_FEATURES, RELEASE, unchecked
from torch import nn

from rnn_guide import (
    gru_shapes,
    lstm_shapes,
    parameter_shapes,
    rnn_shapes,
    shapes_of,
    symbolic_parameter_shapes,
    symbolic_shapes,
)

ODD = [0, -1, -3, 2.0, 2.5, 3 + 0j, float("nan"), None, "3", "", b"3", (3,), [], object]
ODD += [np.int64(4), np.float64(2.0), np.array([2, 3])]
ODD += [torch.tensor(3), torch.tensor(2.0), torch.zeros(2)]
sizes = st.integers(-1, 9) | st.sampled_from(ODD)
flags = st.sampled_from([True, False, 0, 1, None, "no", [], np.True_])


def refused(call, *args, **kwargs) -> bool:
    """Return whether a call raises; only the errors of PyTorch and ours count."""
    try:
        call(*args, **kwargs)
    except (TypeError, ValueError, RuntimeError):
        return True
    except (AssertionError, IndexError):  # of PyTorch up to 2.1
        if RELEASE > (2, 1):
            raise
        return True
    return False


def check_same(arguments: dict[str, object], ours: bool, theirs: bool) -> None:
    """We refuse what PyTorch refuses, and no more unless an old release is more lax than that."""
    assert ours >= theirs
    assert ours == theirs or unchecked(arguments)


@st.composite
def spoilt(draw: st.DrawFn, *without: str) -> tuple[str, dict[str, object]]:
    """Draw a kind and the arguments of a layer and its input, some of which no layer takes."""
    case = draw(cases())
    arguments = {**case.arguments, "seq_len": case.seq_len, "batch_size": case.batch_size}
    for name in without:
        del arguments[name]
    names = sorted(arguments.keys() - {"bidirectional"})  # PyTorch takes anything there
    for name in draw(st.sets(st.sampled_from(names), max_size=3)):
        arguments[name] = draw(flags if name in ("bias", "batch_first") else sizes)
    return case.kind, arguments


class TestSameRefusals:
    @given(spoilt("batch_first", "seq_len", "batch_size"))
    def test_parameters(self, layer):
        """
        parameter_shapes refuses exactly the arguments that the layer refuses.
        """
        kind, arguments = layer

        ours = refused(parameter_shapes, kind, **arguments)
        check_same(arguments, ours, refused(KINDS[kind], **arguments))

    @given(spoilt("bias"))
    def test_shapes(self, layer):
        """
        The shape functions refuse exactly the layers and inputs that PyTorch refuses.
        """
        kind, arguments = layer

        def run(seq_len, batch_size, **arguments):
            module = KINDS[kind](**arguments)
            size, batch_first = arguments["input_size"], arguments["batch_first"]
            module(torch.zeros(*input_shape(size, seq_len, batch_size, batch_first)))

        check_same(arguments, refused(FUNCTIONS[kind], **arguments), refused(run, **arguments))

    @given(
        st.sampled_from(list(KINDS.values())),
        st.booleans(),
        st.lists(st.integers(0, 4), max_size=5),
    )
    def test_shapes_of(self, layer, batch_first, shape):
        """
        shapes_of refuses exactly the inputs that the layer refuses.
        """
        module = layer(3, 5, batch_first=batch_first)

        ours, theirs = refused(shapes_of, module, shape), refused(module, torch.zeros(shape))

        assert ours >= theirs
        assert ours == theirs or (layer is nn.LSTM and IGNORES_FEATURES and shape[-1] != 3)


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
        f"TypeError: hidden_size must be an integer of at least 1, got {np.int64(5)!r}; PyTorch "
        "takes only int here: did you mean int(hidden_size)?",
    ),
    (
        {"input_size": np.int64(3)},
        f"TypeError: input_size must be an integer of at least 1, got {np.int64(3)!r}; PyTorch "
        "takes only int here: did you mean int(input_size)?",
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


class TestMessages:
    @pytest.mark.parametrize(("wrong", "expected"), SIZE_ERRORS + LAX_ERRORS)
    @pytest.mark.parametrize("kind", list(KINDS))
    def test_arguments_of_the_layer(self, kind, wrong, expected):
        """
        A bad argument is refused in the same words by every function.
        """
        arguments = {"input_size": 3, "hidden_size": 5, **wrong}

        assert message(FUNCTIONS[kind], seq_len=7, batch_size=4, **arguments) == expected
        assert message(parameter_shapes, kind, **arguments) == expected

    @pytest.mark.parametrize("wrong", [wrong for wrong, _ in SIZE_ERRORS])
    @pytest.mark.parametrize("layer", list(KINDS.values()))
    def test_pytorch_refuses_the_same(self, layer, wrong):
        """
        What we refuse here, the layer refuses too, unless an old release does not look at it.
        """
        arguments = {"input_size": 3, "hidden_size": 5, **wrong}

        assert refused(layer, **arguments) or unchecked(arguments)

    @pytest.mark.parametrize(
        "wrong",
        [{"input_size": 0}, {"hidden_size": np.int64(5)}, {"bias": 0.5}, {"batch_first": 4}],
    )
    def test_old_releases_are_lax(self, wrong):
        """
        A release takes what it is said not to look at, and refuses it from the next one on.
        """
        arguments = {"input_size": 3, "hidden_size": 5, **wrong}

        assert refused(nn.LSTM, **arguments) == (not unchecked(arguments))

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

        assert message(rnn_shapes, 3, 5, seq_len=0, batch_size=4) == expected
        assert message(shapes_of, nn.GRU(3, 5), (0, 4, 3)) == expected
        with pytest.raises(RuntimeError, match="Expected sequence length to be larger than 0"):
            nn.GRU(3, 5)(torch.zeros(0, 4, 3))

    def test_negative_batch(self):
        """A batch has no negative size."""
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

        assert message(gru_shapes, 3, 5, seq_len=large, batch_size=None) == expected
        assert gru_shapes(3, 5, seq_len=large - 1, batch_size=None).output == (large - 1, 5)
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
        assert gru_shapes(3, 5, 10**9, seq_len=7, batch_size=None).h_n == (10**9, 5)

    def test_batch_first_as_text(self):
        """A text is no flag."""
        assert message(rnn_shapes, 3, 5, seq_len=7, batch_size=4, batch_first="no") == (
            "TypeError: batch_first must be True or False, got 'no'; was it read from a file or a "
            "command line? Every text that is not empty is true"
        )

    def test_projection_too_wide(self):
        """A projection must be narrower than the cell, in PyTorch too."""
        expected = (
            "ValueError: proj_size must be smaller than hidden_size, got proj_size=5 and "
            "hidden_size=5; were the two swapped? For no projection leave it at 0"
        )

        assert message(lstm_shapes, 3, 5, seq_len=7, batch_size=4, proj_size=5) == expected
        assert message(parameter_shapes, "LSTM", 3, 5, proj_size=5) == expected
        with pytest.raises(ValueError, match="proj_size has to be smaller than hidden_size"):
            nn.LSTM(3, 5, proj_size=5)

    @pytest.mark.parametrize("kind", ["RNN", "GRU"])
    def test_projection_outside_an_lstm(self, kind):
        """Only an LSTM has a projection."""
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
        """A kind that does not exist is refused, with the likely cause."""
        expected = f'ValueError: kind must be "RNN", "GRU" or "LSTM", got {kind!r}; {cause}'

        assert message(parameter_shapes, kind, 3, 5) == expected
        assert message(symbolic_shapes, kind) == expected

    def test_layout(self):
        """A layout that does not exist is refused."""
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
        """What is no layer is refused, with the likely cause."""
        assert message(shapes_of, module, (7, 3)) == (
            f"TypeError: module must be an nn.RNN, nn.GRU or nn.LSTM, got {expected}"
        )

    @pytest.mark.parametrize(
        ("input_shape", "expected"),
        [
            (
                (3,),
                "ValueError: {rule}, got (3,) with 1 axis; is the feature axis missing?",
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
        """An input that the layer cannot take is refused, with the likely cause."""
        rule = "input_shape must be (L, N, H_in), or (L, H_in) for unbatched input"

        assert message(shapes_of, nn.RNN(3, 5), input_shape) == expected.format(rule=rule)

    def test_input_shape_of_a_batch_first_layer(self):
        """
        The rule in the message has the order of axes that the layer wants.
        """
        text = message(shapes_of, nn.RNN(3, 5, batch_first=True), (3,))

        assert "must be (N, L, H_in)" in text
