"""Whatever is passed: a right answer, or an error of ours that says in one line what is wrong."""

import functools
import inspect
import itertools
import operator
import re
import sys
import traceback
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layers import KINDS, input_shape
from limits import in_time
from messages import message
from odd_values import (
    BAD_TYPE,
    HUGE,
    LINES,
    ODD,
    ROWS,
    Whole,
    layer_with,
    odd_type,
    packed,
    packed_by_hand,
)
from releases import RELEASE
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import rnn_guide
from rnn_guide import (
    Directions,
    gru_shapes,
    lstm_shapes,
    merge_directions,
    parameter_shapes,
    rnn_shapes,
    shapes_of,
    split_output,
    split_state,
    symbolic_shapes,
)

FORM = re.compile(r"[^;]* must [^;]+, got .+; .+")

#: Values that are right, by the name of the argument.
GOOD = {
    "kind": list(KINDS),
    "layout": ["batched", "unbatched", "packed"],
    "input_size": [3],
    "hidden_size": [5],
    "num_layers": [2, 1],
    "seq_len": [7],
    "batch_size": [4, None, 0],
    "proj_size": [0, 2],
    "batch_first": [False, True],
    "bias": [True, False],
    "bidirectional": [True, False],
    "projected": [False],
    "module": [nn.LSTM(3, 5, proj_size=2), nn.GRU(3, 5, batch_first=True), nn.RNN(3, 5)],
    "input_shape": [(7, 4, 3), [7, 3]],
    "output": [torch.rand(4, 2, 6), packed()],
    "state": [torch.rand(4, 2, 6), torch.rand(4, 6)],
    "layer": [nn.GRU(3, 6, 2, bidirectional=True), nn.LSTM(3, 6), nn.GRUCell(3, 6)],
    "input": [torch.rand(7, 2, 3), torch.rand(7, 3), packed(features=3)],
    "directions": [
        *(split_output(torch.rand(4, 6)), split_output(packed())),
        *(Directions(torch.rand(4, 6), None), Directions(packed(), None)),
    ],
    "mode": ["concat", "sum", "mean", "mul"],
}
MERGED = {
    "concat": lambda forward, backward: torch.cat([forward, backward], dim=-1),
    "sum": lambda forward, backward: backward + forward,
    "mean": lambda forward, backward: torch.stack([forward, backward]).sum(0) / 2,
    "mul": lambda forward, backward: backward * forward,
}
PUBLIC = [getattr(rnn_guide, name) for name in rnn_guide.__all__]
FUNCTIONS = [function for function in PUBLIC if inspect.isfunction(function)]
#: Made by hypothesis: texts, numbers, and containers of containers.
made = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def odd_value(place):
    """Return one of the odd values."""
    return ODD[place]


odd = st.sampled_from(range(len(ODD))).map(odd_value) | made  # by place, not to compare the values


def answer(call, **arguments):
    """Return what a call returns, or None if it raises an error of ours."""
    try:
        with in_time():
            return call(**arguments)
    except (TypeError, ValueError) as error:
        text, last = str(error), traceback.extract_tb(error.__traceback__)[-1]
        assert last.filename.startswith(next(iter(rnn_guide.__path__))), text
        assert FORM.fullmatch(text), text
        assert text.isprintable(), text
        assert len(text) <= 400
        return None


def check(function, arguments, result) -> None:
    """Compare a result with the real layer, or with the tensors that it was made from."""
    if function in (rnn_shapes, gru_shapes, lstm_shapes):
        sizes = {name: plain(value) for name, value in arguments.items()}
        check_shapes(result, *real(function.__name__.removesuffix("_shapes").upper(), **sizes))
    elif function is shapes_of:
        if isinstance(arguments["module"], nn.Module):
            check_shapes(result, arguments["module"], tuple(arguments["input_shape"]))
    elif function is parameter_shapes:
        layer, _ = real(**{name: plain(value) for name, value in arguments.items()})
        parameters = layer.named_parameters() if layer else ()
        assert not layer or result == {name: tuple(p.shape) for name, p in parameters}
    elif function is merge_directions:
        forward, backward = (
            part if part is None else part.data for part in arguments["directions"]
        )
        expected = forward if backward is None else MERGED[arguments["mode"]](forward, backward)
        assert result.data.shape == expected.shape
        assert expected.is_meta or torch.equal(result.data, expected)
    elif function in (split_output, split_state):
        whole = next(iter(arguments.values()))
        if not arguments["bidirectional"]:
            assert result == (whole, None)
            return
        whole = whole.data
        axis, shape = (0, (-1, 2)) if function is split_state else (-1, (2, -1))
        parts = whole.unflatten(axis, shape).unbind(1 if function is split_state else -2)
        for half, part in zip(result, parts, strict=True):
            assert half.data.shape == part.shape
            assert half.data.is_meta or torch.equal(half.data, part)
    else:
        assert all(isinstance(axis, str) for axes in result.values() for axis in axes)


def plain(value: object) -> object:
    """Return a number as PyTorch takes it everywhere."""
    return value if value is None or isinstance(value, (bool, str)) else operator.index(value)


@functools.cache
def real(
    kind: str, *, seq_len: int = 1, batch_size: int | None = None, **arguments
) -> tuple[nn.RNNBase | None, tuple[int, ...]]:
    """Return a layer without memory and the shape of its input; None for one out of size."""
    batch_first = arguments.get("batch_first", False)
    shape = input_shape(arguments["input_size"], seq_len, batch_size, batch_first)
    if max(*shape, arguments["hidden_size"], arguments["num_layers"]) > 100:
        return None, shape
    if kind != "LSTM":
        arguments.pop("proj_size", None)
    return KINDS[kind](**arguments, device="meta"), shape


def check_shapes(shapes, layer: nn.RNNBase | None, shape: tuple[int, ...]) -> None:
    """Compare shapes with those of the layer, where there is one."""
    assert {type(axis) for field in shapes if field for axis in field} == {int}
    assert shapes.input == shape
    if layer:
        assert (shapes.output, shapes.h_n, shapes.c_n) == run(layer, shape)


@functools.cache
def run(layer: nn.RNNBase, shape: tuple[int, ...]) -> tuple[tuple[int, ...] | None, ...]:
    """Return the shapes of output, h_n and c_n."""
    output, states = layer(torch.zeros(shape, device=layer.weight_ih_l0.device))
    h_n, c_n = states if isinstance(layer, nn.LSTM) else (states, None)
    return output.shape, h_n.shape, None if c_n is None else c_n.shape


class TestEveryFunction:
    @pytest.mark.parametrize("turn", range(max(map(len, GOOD.values()))))
    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_each_odd_value_in_each_place(self, function, turn):
        """
        One argument is odd and the others are right, each with its values in turn.
        """
        names = inspect.signature(function).parameters
        good = {name: GOOD[name][turn % len(GOOD[name])] for name in names}
        for name in good:
            for value in ODD:
                arguments = {**good, name: value}
                result = answer(function, **arguments)
                if result is not None:
                    check(function, arguments, result)

    @given(data=st.data())
    def test_any_mixture(self, data):
        """
        Any two of the arguments are odd.
        """
        function = data.draw(st.sampled_from(FUNCTIONS))
        names = list(inspect.signature(function).parameters)
        strange = data.draw(st.sets(st.sampled_from(names), max_size=2))
        arguments = {
            name: data.draw(odd if name in strange else st.sampled_from(GOOD[name]))
            for name in names
        }
        result = answer(function, **arguments)
        if result is not None:
            check(function, arguments, result)


class TestFound:
    """What was wrong once."""

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            (
                lambda: rnn_shapes(3, 5, seq_len=HUGE, batch_size=4),
                f"ValueError: seq_len must be at most {sys.maxsize}, got <int that cannot be "
                "shown>; was another size passed in its place?",
            ),
            (
                lambda: symbolic_shapes("a" * 1000),
                f'ValueError: kind must be "RNN", "GRU" or "LSTM", got \'{"a" * 78}…; is it '
                "misspelt?",
            ),
            (
                lambda: symbolic_shapes("a" * 78),
                f'ValueError: kind must be "RNN", "GRU" or "LSTM", got \'{"a" * 78}\'; is it '
                "misspelt?",
            ),
            (
                lambda: rnn_shapes(3, 5, seq_len=LINES, batch_size=4),
                "TypeError: seq_len must be an integer of at least 1, got a b \\x1b[31m\\u061c; "
                "was a whole shape or tensor passed instead of one number?",
            ),
            (
                lambda: rnn_shapes(3, 5, seq_len=BAD_TYPE, batch_size=4),
                "TypeError: seq_len must be an integer of at least 1, got <BadType>; was a whole "
                "shape or tensor passed instead of one number?",
            ),
            (
                lambda: rnn_shapes(3, 5, torch.zeros(2, 2), seq_len=7, batch_size=4),
                "TypeError: num_layers must be an integer of at least 1, got tensor([[0., 0.], "
                "[0., 0.]]); was a whole shape or tensor passed instead of one number?",
            ),
            (
                lambda: rnn_shapes(3, 5, torch.zeros(2).expand([2] * 20), seq_len=7, batch_size=4),
                "TypeError: num_layers must be an integer of at least 1, got <Tensor of shape "
                f"({'2, ' * 19}2)>; was a whole shape or tensor passed instead of one number?",
            ),
            (
                lambda: rnn_shapes(3, 5, seq_len=torch.tensor(True), batch_size=4),
                "TypeError: seq_len must be an integer of at least 1, got tensor(True); was a flag "
                "such as bidirectional passed by position?",
            ),
            (
                lambda: rnn_shapes(3, 5, seq_len=torch.tensor(3, device="meta"), batch_size=4),
                "TypeError: seq_len must be an integer of at least 1, got tensor(..., "
                "device='meta', size=(), dtype=torch.int64); was a whole shape or tensor passed "
                "instead of one number?",
            ),
            (
                lambda: symbolic_shapes("GRU", layout=np.zeros(2)),
                'ValueError: layout must be "batched", "unbatched" or "packed", got array([0., '
                "0.]); is it misspelt?",
            ),
            (
                lambda: shapes_of(SimpleNamespace(mode="GRU"), (7, 3)),
                "TypeError: module must be an nn.RNN, nn.GRU or nn.LSTM, got SimpleNamespace; is "
                "it a model that contains the layer? Then pass the layer itself",
            ),
            (
                lambda: shapes_of(layer_with(batch_first="yes"), (7, 3)),
                "TypeError: batch_first must be True or False, got 'yes'; was it read from a file "
                "or a command line? Every text that is not empty is true",
            ),
            (
                lambda: shapes_of(nn.GRU(3, 5), itertools.repeat(3)),
                "TypeError: input_shape must be (L, N, H_in), or (L, H_in) for unbatched input, "
                "got repeat(3); did you mean x.shape?",
            ),
            (
                lambda: shapes_of(nn.GRU(3, 5), {7, 3}),
                "TypeError: input_shape must be (L, N, H_in), or (L, H_in) for unbatched input, "
                "got {3, 7}; did you mean x.shape?",
            ),
            (
                lambda: split_output(np.zeros((7, 4, 10))),
                "TypeError: output must be one tensor, got ndarray; did you mean "
                "torch.as_tensor(output)?",
            ),
            (
                lambda: split_state(torch.ones(2, 2).to_mkldnn()),
                "TypeError: state must be one dense tensor, got tensor([[1., 1.], [1., 1.]], "
                "layout=torch._mkldnn); is it sparse, nested, quantized, or a parameter that has "
                "no shape yet?",
            ),
            (
                lambda: merge_directions(Directions(None, None)),
                "TypeError: forward must be one tensor, got NoneType; is it part of what the layer "
                "returned?",
            ),
            (
                lambda: merge_directions(Directions(torch.ones(2), torch.ones(2, device="meta"))),
                "ValueError: forward and backward must be on one device, got device(type='cpu') "
                "and device(type='meta'); do they come from the same layer?",
            ),
            (
                lambda: merge_directions(Directions(torch.tensor(1), torch.tensor(2))),
                "ValueError: forward and backward must have features to join, got shape () of "
                "both; was one number taken out of each?",
            ),
            (
                lambda: merge_directions(Directions(packed(), torch.ones(5, 4))),
                "ValueError: forward and backward must be packed alike, got 'PackedSequence' and "
                "'Tensor'; do they come from the same layer?",
            ),
            (
                lambda: merge_directions(Directions(packed_by_hand([]), packed_by_hand([]))),
                "ValueError: forward and backward must be packed alike, got (tensor([]), None, "
                "None); was it made by hand, or of tensors without values?",
            ),
            (
                lambda: merge_directions(Directions(packed((3, 2)), packed((2, 3)))),
                "ValueError: forward and backward must be packed alike, got sorted_indices [0, 1] "
                "and [1, 0]; do they come from the same layer?",
            ),
        ],
    )
    def test_is_refused(self, call, expected):
        """
        It ended deep inside, never, or in a wrong answer.
        """
        with in_time():
            assert message(call) == expected

    def test_zero_that_is_no_int(self):
        """
        A proj_size that counts as 0 adds no parameter.
        """
        zero = odd_type("Zero", __index__=lambda _: 0)()

        assert parameter_shapes("GRU", 3, 5, proj_size=zero) == parameter_shapes("GRU", 3, 5)

    def test_out_of_memory(self):
        """
        What PyTorch says of something else than the argument is not hidden.
        """
        large = torch.ones(1).expand(10**14)

        with pytest.raises(RuntimeError, match="allocate"):
            merge_directions(Directions(large, large))

    @pytest.mark.skipif(RELEASE < (2, 4), reason="no jagged tensor is taken apart")
    @pytest.mark.filterwarnings("ignore::UserWarning")  # nested tensors may change
    def test_jagged(self):
        """
        PyTorch can halve the features of sequences of different lengths.
        """
        jagged = torch.nested.nested_tensor(ROWS, layout=torch.jagged)

        forward = split_output(jagged).forward.unbind()

        assert [half.shape for half in forward] == [(2, 3), (3, 3)]
        assert all(torch.equal(half, row[:, :3]) for half, row in zip(forward, ROWS, strict=True))

    def test_sizes_are_plain_ints(self):
        """
        Of a size that is a kind of int, only the number is left.
        """
        assert repr(rnn_shapes(3, Whole.THREE, seq_len=7, batch_size=None).output) == "(7, 3)"

    def test_packed_in_one_order(self):
        """
        Sequences packed as sorted and sequences found to be sorted are in one order.
        """
        x = torch.rand(3, 2, 4)
        sorted_, found = (pack_padded_sequence(x, [3, 1], enforce_sorted=e) for e in (True, False))

        merged = merge_directions(Directions(sorted_, found), "sum")

        assert torch.equal(merged.data, 2 * sorted_.data)
