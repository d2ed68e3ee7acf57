"""The repairs of the page on crashes. What ends a process runs in one of its own."""

import pytest
import torch
from covers import LENGTHS, repairs
from refused import checked
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence
from unrolled import computes_rightly

from rnn_guide import check_forward

EVERY = {"layouts": ["packed"], "proj_size": [0, 2]}


def calls(case):
    """Yield the input of a case with different and with equal lengths, and states for it."""
    for lengths in (LENGTHS, [7] * 4):
        x = pack_padded_sequence(case.x, lengths, case.options["batch_first"], False)
        h_0 = torch.randn(case.sizes[2] * case.num_directions, 4, case.features)
        c_0 = torch.randn(*h_0.shape[:2], case.sizes[1])
        yield x, (h_0, c_0) if case.kind == "LSTM" else h_0


@repairs("when-the-process-dies", **EVERY)
def test_check_forward_comes_first(case):
    """
    It refuses the features that the layer may not notice, and takes the repaired call.
    """
    for right, state in calls(case):
        wrong = right._replace(data=torch.cat([right.data, right.data], dim=-1))
        with pytest.raises(ValueError, match="the last axis of data of input must be input_size=3"):
            check_forward(case.layer, wrong)

        check_forward(case.layer, right, state)

        assert computes_rightly(case.layer, right, state)


@repairs("crash-without-the-package", **EVERY)
def test_shapes_are_compared_by_hand(case):
    """
    What the page compares holds for a right call, and for no state of another shape.
    """
    layer = case.layer
    for packed, state in calls(case):
        h_0, *others = state if case.kind == "LSTM" else (state,)
        rows = layer.num_layers * (2 if layer.bidirectional else 1)
        sequences = int(packed.batch_sizes[0])
        right = (rows, sequences, layer.proj_size or layer.hidden_size)

        assert packed.data.shape[-1] == layer.input_size
        assert h_0.shape == right
        assert all(c_0.shape == (rows, sequences, layer.hidden_size) for c_0 in others)
        assert computes_rightly(layer, packed, state)
        for axis in range(3):
            shape = [size + (place == axis) for place, size in enumerate(right)]
            wrong = (torch.randn(shape), *others) if others else torch.randn(shape)
            with pytest.raises(ValueError, match=r"must be h_0 of shape"):
                check_forward(layer, packed, wrong)


def changed(state, place, axis, size):
    """Return the state with another size of an axis in the part at a place, or in both."""
    parts = list(state) if isinstance(state, tuple) else [state]
    for number, part in enumerate(parts):
        if place in (number, "both"):
            shape = [size if n == axis else old for n, old in enumerate(part.shape)]
            parts[number] = torch.randn(shape)
    return tuple(parts) if isinstance(state, tuple) else parts[0]


@repairs("crash-features", **EVERY)
@pytest.mark.parametrize("features", [1, 2, 4, 6])
def test_features_are_refused(case, features):
    """
    Fewer and more features, of many sequences and of one, are refused; the right ones are not.
    """
    one = pack_padded_sequence(torch.randn(7, 1, 3), [7])
    for right, state in [*calls(case), (one, None)]:
        wrong = right._replace(data=torch.randn(len(right.data), features))
        said = "the last axis of data of input must be input_size=3"
        checked((case.layer, wrong, state), (case.layer, right, state), said)
        assert computes_rightly(case.layer, right, state)


@repairs("crash-state-batch", "crash-state-rows", "crash-state-features", **EVERY)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_states_of_other_sizes_are_refused(case, axis):
    """
    Each part with fewer or more rows, sequences and features is refused; the right state is not.
    """
    places = {0: "state[0]", 1: "state[1]", "both": "state[0]"}
    for packed, state in calls(case):
        for place, name in places.items() if case.kind == "LSTM" else [(0, "state")]:
            part = state[place == 1] if case.kind == "LSTM" else state
            sizes = {part.shape[axis] + more for more in (-1, 1, 6)} - {0}
            for size in sizes:
                wrong = case.layer, packed, changed(state, place, axis, size)
                checked(wrong, (case.layer, packed, state), f"{name} must be")
        assert computes_rightly(case.layer, packed, state)


@repairs("crash-cell")
@pytest.mark.parametrize("kind", [nn.RNNCell, nn.GRUCell, nn.LSTMCell])
@pytest.mark.parametrize("batch_size", [1, 4, 5])
def test_batch_axis_of_a_cell_is_on_all_or_on_none(kind, batch_size):
    """
    A state with a batch axis for a step without one is refused; both repairs are right.
    """
    cell, x_t = kind(3, 5), torch.randn(3)
    states = [torch.randn(batch_size, 5) for _ in range(2 if kind is nn.LSTMCell else 1)]

    def given(change):
        changed = [change(state) for state in states]
        return tuple(changed) if len(changed) == 2 else changed[0]

    wrong = cell, x_t, given(lambda state: state)
    for right in (
        (cell, x_t.expand(batch_size, -1), wrong[2]),
        (cell, x_t, given(lambda state: state[0])),
    ):
        checked(wrong, right, "does input or state lack its batch axis?")
        assert computes_rightly(*right)


CHANGES = {"hidden_size": (4, 6), "input_size": (2, 6), "bias": (False,), "bidirectional": None}


@repairs("crash-changed", proj_size=[0, 2])
@pytest.mark.parametrize("name", CHANGES)
def test_changed_layer_is_refused(case, name):
    """
    Each attribute that tells what the weights are is refused once changed; a new layer is not.
    """
    for value in CHANGES[name] or (not case.bidirectional,):
        layer = type(case.layer)(**case.arguments)
        setattr(layer, name, value)
        arguments = {**case.arguments, name: value}
        new = type(case.layer)(**arguments)
        x = torch.randn(*case.x.shape[:2], new.input_size)
        checked((layer, x), (new, x), "changed")
        assert computes_rightly(new, x)


@repairs("crash-changed")
def test_weight_without_values_is_refused(case):
    """
    A weight on the device "meta" is refused, padded and packed.
    """
    packed = pack_padded_sequence(case.x, [7] * 4, case.options["batch_first"])
    shape = case.layer.weight_ih_l0.shape
    case.layer.weight_ih_l0 = nn.Parameter(torch.empty(shape, device="meta"))
    for x in (case.x, packed):
        new = type(case.layer)(**case.arguments)
        checked((case.layer, x), (new, x), "on cpu")


@repairs("crash-changed", proj_size=[0, 2])
def test_refused_weight_is_refused_again(case):
    """
    A layer that has kept a plain tensor is refused; with a parameter in its place it is right.
    """
    layer, shape = case.layer, case.layer.weight_ih_l0.shape
    with pytest.raises(TypeError, match="cannot assign"):
        layer.weight_ih_l0 = torch.randn(2, 2)
    with pytest.raises(ValueError, match="weight_ih_l0 of layer must be"):
        check_forward(layer, case.x)

    layer.weight_ih_l0 = nn.Parameter(torch.randn(shape))

    check_forward(layer, case.x)
    assert computes_rightly(layer, case.x)


@repairs("crash-by-hand", proj_size=[0, 2])
def test_packed_sequence_made_by_hand_is_refused(case):
    """
    Parts that do not fit together are refused, and those of pack_padded_sequence are not.
    """
    right = pack_padded_sequence(case.x, LENGTHS, case.options["batch_first"], False)
    sizes, order = right.batch_sizes, right.sorted_indices
    wrong = {
        "too few": (right.data, sizes[:-1]),
        "rising": (right.data, sizes.flip(0)),
        "a sequence twice": (*right[:2], order[[0, 0, 1, 2]], order[[0, 0, 1, 2]]),
        "a sequence too few": (*right[:2], order[:2], order[:2]),
    }
    for parts in wrong.values():
        by_hand = PackedSequence(*parts)
        checked((case.layer, by_hand), (case.layer, right), "of input must be")
    assert computes_rightly(case.layer, right)
    doubled = right._replace(data=2 * right.data)
    checked((case.layer, PackedSequence(right.data[:-1], sizes)), (case.layer, doubled), "rows")
    assert computes_rightly(case.layer, doubled)
