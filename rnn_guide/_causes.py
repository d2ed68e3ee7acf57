"""Guess why a call is wrong, from the shapes and types of what it got: the end of each message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from rnn_guide._rules import Layout
from rnn_guide.directions import is_dense

LENGTHS = "are these lengths? A layer takes none: pack the input"
NO_C_0 = "is c_0 missing? An LSTM returns both; only where there is none yet pass zeros"
NO_FEATURES = "is the feature axis missing? Use .unsqueeze(-1)"

Shape = tuple[int, ...]


def of_type(value: object) -> str:
    """Return why a value that is no tensor may stand in the place of one."""
    if value is None:
        return "was it never set, or does the forward before it lack its return?"
    if isinstance(value, PackedSequence):
        return "a cell computes one step, and a state is not packed: was a layer meant?"
    if isinstance(value, (tuple, list)):
        return "is it a list to stack, or the whole return value of a layer? Then unpack it first"
    if hasattr(type(value), "__array__"):
        return "did you mean torch.as_tensor?"
    return "was another argument passed in its place?"


def of_number_of_axes(got: Shape, fewest: int, input_size: int, is_packed: bool) -> str:
    """Return why the input of a layer may have too many axes or too few."""
    if len(got) >= fewest:
        cause = "are there axes left to flatten into features, such as those of an image?"
        return f"is an axis of size 1 one too many, or {cause}" if 1 in got else cause
    if got == (input_size,) and not is_packed:
        return "is it one step without its axis of time? Use .unsqueeze(0)"
    if input_size > 1:
        return "is the feature axis missing?"
    return NO_FEATURES + (", before packing" if is_packed else "")


def of_features(got: Shape, fewest: int, input_size: int) -> str:
    """Return why the last axis of an input may not be the features of the layer."""
    if input_size in got[:-1]:
        return (
            "are the axes in another order? Move them with transpose, not view. Or does the layer "
            "before give another size?"
        )
    if input_size == 1 and len(got) == fewest:
        return NO_FEATURES
    return "does the layer or embedding before give another size?"


def are_lengths(value: object) -> bool:
    """Return whether a value may hold the lengths of sequences."""
    if isinstance(value, Tensor):
        if not is_dense(value) or value.dim() > 1:
            return False
        return not (value.is_floating_point() or value.is_complex())
    return isinstance(value, (tuple, list)) and {type(part) for part in value} == {int}


def of_one_state(value: object) -> str:
    """Return why the state of a GRU or RNN may be no tensor."""
    if are_lengths(value):
        return LENGTHS
    if isinstance(value, (tuple, list)) and not isinstance(value, PackedSequence):
        return "is it the pair of an LSTM, or the whole return value of a layer? Pass h_0 alone"
    return of_type(value)


def of_pair(value: object, h_0: Shape) -> str:
    """Return why the states of an LSTM may be no pair; ``h_0`` is the shape of one."""
    if are_lengths(value):
        return LENGTHS
    if isinstance(value, PackedSequence):
        return of_type(value)
    if isinstance(value, Tensor) and is_dense(value) and tuple(value.shape) == (2, *h_0):
        return "are both in one tensor? Then pass (state[0], state[1])"
    if not isinstance(value, (tuple, list)):
        return NO_C_0
    nested = [isinstance(part, (tuple, list)) for part in value]
    if all(nested) and len(nested) > 1:
        return "is it a pair for each layer? Stack all h_0 and all c_0 on axis 0"
    if any(nested):
        return "is the whole return value of an LSTM in it? Then unpack that first"
    if len(nested) < 2:
        return NO_C_0
    return "is it one for each layer? There are two, each with the layers on axis 0"


def of_none(pair: Sequence[Any]) -> str:
    """Return what stands for a state of an LSTM that is ``None``."""
    if all(part is None for part in pair):
        return "are both to start as zeros? Pass None in the place of the pair"
    return "is there none yet? Pass zeros of its shape"


def of_state_of_cell(want: Shape, got: Shape, wrong: list[str]) -> str:
    """Return why the state of a cell may have another shape."""
    if len(got) > 2:
        return "is it the state of a layer? A cell takes one row of it, such as h_n[-1]"
    if len(got) != len(want):
        return "does input or state lack its batch axis?"
    return _of_size(wrong)


def of_state_of_layer(
    layout: Layout, batch_first: bool, input: Shape, want: Shape, got: Shape, wrong: list[str]
) -> str:
    """Return why the state of a layer may have another shape; ``wrong`` names axes that differ."""
    if len(got) != len(want):
        if layout == "unbatched":
            return _of_unbatched_input(batch_first, input, want, got)
        return _of_axes_of_state(want, got)
    if wrong == ["N"] and layout == "batched" and got[1] == input[1 if batch_first else 0]:
        axis = 0 if batch_first else 1
        return f"does batch_first fit the input? The layer reads its batch from axis {axis}"
    if sorted(got) == sorted(want):
        return "are its axes in another order? batch_first never applies to a state"
    if wrong == ["D*num_layers", "N"] and got[0] < want[0] and got[1] > want[1]:
        return "was it cut on axis 0, as nn.DataParallel does? The batch of a state is axis 1"
    return _of_size(wrong)


def _of_size(wrong: list[str]) -> str:
    if wrong == ["N"]:
        return "is it from a batch of another size?"
    if wrong == ["D*num_layers"]:
        return "is it from a layer with another num_layers or bidirectional?"
    if wrong == ["H_out"]:
        return "is it from a layer with another hidden_size or proj_size?"
    if wrong == ["H_cell"]:
        return "is it from a layer with another hidden_size? proj_size does not change c_0"
    return "is it from a layer of other sizes?"


def _of_unbatched_input(batch_first: bool, input: Shape, want: Shape, got: Shape) -> str:
    """Return why a state may have an axis too many for an input of two axes."""
    cause = "does input or state lack its batch axis?"
    if len(got) != 3 or (got[0], got[2]) != want:
        return cause
    if got[1] == 1:
        axis = 0 if batch_first else 1
        return f"is input one sequence without its batch axis? Use .unsqueeze({axis})"
    if got[1] == input[0]:
        axis = 1 if batch_first else 0
        return (
            f"is input one step of {got[1]} sequences, without its axis of time? "
            f"Use .unsqueeze({axis})"
        )
    return cause


def _of_axes_of_state(want: Shape, got: Shape) -> str:
    """Return why the state for a batch may not have three axes."""
    rows, batch_size, features = want
    lacks_rows, lacks_batch = got == (batch_size, features), got == (rows, features)
    if lacks_rows and not lacks_batch:
        return "does it lack its first axis, with a row for each layer and direction?"
    if lacks_batch and not lacks_rows:
        return "does it lack its batch axis, the second one?"
    if got == (batch_size, rows * features):
        shape = f"{batch_size}, {rows}, {features}"
        return f"are its rows side by side? Use .view({shape}).transpose(0, 1).contiguous()"
    if len(got) == 4 and got[0] * got[1] == rows and got[2:] == want[1:]:
        return "have layers and directions an axis each? Use .flatten(0, 1)"
    return "does input or state lack an axis?"
