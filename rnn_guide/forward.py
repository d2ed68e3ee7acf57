"""Look at a call of a recurrent layer or cell before it is made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from rnn_guide import _causes, _checks, _rules, shapes
from rnn_guide._rules import HAS_CELL_STATE, Kind, Layout, Sizes
from rnn_guide.directions import _check_dense
from rnn_guide.symbols import symbolic_shapes

CELLS: dict[type[nn.Module], Kind] = {nn.RNNCell: "RNN", nn.GRUCell: "GRU", nn.LSTMCell: "LSTM"}

#: What autocast computes with, and what it converts into each other; it leaves float64 alone.
SHORT = (torch.float16, torch.bfloat16)
AUTOCAST_CONVERTS = (torch.float32, *SHORT)

#: PyTorch 2.0 ends the process where an LSTM reads an empty batch as bfloat16 on a CPU.
CRASHES_EMPTY = torch.__version__.startswith("2.0.")


class _Layer(NamedTuple):
    """What a layer or cell says about the tensors of a call."""

    kind: Kind
    sizes: Sizes
    batch_first: bool
    is_cell: bool  # its tensors are those of a layer, without the first axis
    device: torch.device
    dtypes: tuple[torch.dtype, ...]


def check_forward(
    layer: nn.RNNBase | nn.RNNCell | nn.GRUCell | nn.LSTMCell,
    input: Tensor | PackedSequence,
    state: Tensor | tuple[Tensor, Tensor] | None = None,
) -> None:
    """
    Look at the call ``layer(input, state)`` before it is made, and raise if it is wrong.

    PyTorch does not look at every call: some wrong ones end the process, others return numbers that
    mean nothing. This compares the shapes, dtypes and devices of all that takes part, and computes
    nothing.

    Args:
        layer: An ``nn.RNN``, ``nn.GRU`` or ``nn.LSTM``, or an ``nn.RNNCell``, ``nn.GRUCell`` or
            ``nn.LSTMCell``.
        input: What it reads: batched, unbatched, or for a layer a ``PackedSequence``.
        state: ``h_0``, for an LSTM the pair ``(h_0, c_0)``; ``None`` for zeros.

    Returns:
        Nothing, where the call is right.

    Raises:
        ValueError: If a shape, dtype or device does not fit, if the parts of a ``PackedSequence``
            do not fit together, or if the layer was changed after it was made, so that its
            parameters have other shapes than its sizes say, or are not what it computes with.
        TypeError: If ``layer`` is none of the six, if ``input`` or a state is not a dense tensor,
            such as a list or an array of NumPy, or if an LSTM gets something else than a pair.

    It refuses a few calls that PyTorch takes in one layout and refuses, or gets wrong, in another:
    dtypes that differ, sparse tensors, the states of an LSTM in one tensor, a ``PackedSequence``
    with an empty step. Within ``torch.autocast`` for the device of the layer, ``float32``,
    ``float16`` and ``bfloat16`` may be mixed. Whether PyTorch has a dtype on a device at all, it
    says itself.

    References:
        :class:`torch.nn.LSTM` and :class:`torch.nn.LSTMCell`, "Inputs" (PyTorch 2.13).

    Example:
        >>> import torch
        >>> from rnn_guide import check_forward
        >>> gru, x = torch.nn.GRU(3, 5), torch.zeros(7, 4, 3)
        >>> # nothing: the call is right
        >>> check_forward(gru, x, torch.zeros(1, 4, 5))
        >>> check_forward(gru, x, torch.zeros(1, 2, 5))
        Traceback (most recent call last):
            ...
        ValueError: state must be h_0 of shape (1, 4, 5), that is (D*num_layers, N, H_out), got \
shape (1, 2, 5); is it from a batch of another size?
    """
    facts = _look_at_layer(layer)
    layout, expected = _look_at_input(facts, input)
    if state is not None:
        _look_at_state(facts, layout, expected, state)


def _look_at_layer(layer: Any) -> _Layer:
    """Return what a layer says; refuse what is none, and one that was changed."""
    kind = next((kind for cell, kind in CELLS.items() if isinstance(layer, cell)), None)
    is_cell = kind is not None
    if kind:
        arguments, batch_first = (layer.input_size, layer.hidden_size, 1, False, 0), False
        if getattr(layer, "nonlinearity", "tanh") not in ("tanh", "relu"):
            raise ValueError(
                'nonlinearity of layer must be "tanh" or "relu", got '
                f"{_checks.format_value(layer.nonlinearity)}; is it misspelt?"
            )
    elif isinstance(layer, (nn.RNN, nn.GRU, nn.LSTM)):
        kind, arguments, batch_first = shapes._layer(layer)
        _checks.flag("batch_first", batch_first)
    else:
        cause = "is it a model, or was it compiled? Then pass the layer that it contains"
        if isinstance(layer, type):
            cause = "was it never constructed?"
        raise TypeError(
            "layer must be an nn.RNN, nn.GRU or nn.LSTM, or a cell of one, got "
            f"{_checks.type_name(layer)}; {cause}"
        )
    sizes = Sizes(*shapes.layer_sizes(kind, *arguments))
    weight = _look_at_parameters(layer, kind, sizes, is_cell)
    dtypes: tuple[torch.dtype, ...] = (weight.dtype,)
    if weight.dtype in AUTOCAST_CONVERTS and _autocasts(weight.device.type):
        dtypes = AUTOCAST_CONVERTS
    return _Layer(kind, sizes, batch_first, is_cell, weight.device, dtypes)


def _look_at_parameters(layer: Any, kind: Kind, sizes: Sizes, is_cell: bool) -> Tensor:
    """Return the first parameter; refuse those that do not fit the sizes, or each other."""
    _checks.flag("bias", layer.bias)
    rules = _rules.parameters(
        kind,
        sizes,
        bias=layer.bias,
        bidirectional=sizes.D == 2,
        projected=sizes.H_out != sizes.H_cell,
    )
    if is_cell:
        rules = {name.removesuffix("_l0"): axes for name, axes in rules.items()}
        every = layer.weight_ih, layer.weight_hh, layer.bias_ih, layer.bias_hh
        found = [parameter for parameter in every if parameter is not None]
    else:
        found = [parameter for row in layer.all_weights for parameter in row]
    if len(found) != len(rules):
        raise ValueError(
            f"layer must have {len(rules)} parameters, got {len(found)}; was num_layers, "
            "bidirectional, proj_size or bias changed after it was made? Make a new layer"
        )
    first: Tensor = found[0]
    for (name, axes), parameter in zip(rules.items(), found, strict=True):
        if tuple(parameter.shape) != axes:
            raise ValueError(
                f"{name} of layer must have shape {axes}, got shape "
                f"{_checks.format_value(tuple(parameter.shape))}; was a size of the layer changed "
                "after it was made? Make a new layer"
            )
        if (parameter.dtype, parameter.device) != (first.dtype, first.device):
            raise ValueError(
                f"{name} of layer must be {first.dtype} on {first.device}, as weight_ih is, got "
                f"{parameter.dtype} on {parameter.device}; was a part of it converted or moved?"
            )
    if not is_cell:
        _look_for_refused_weights(layer, rules)
    return first


def _look_for_refused_weights(layer: Any, names: Iterable[str]) -> None:
    """Refuse a layer that computes with a tensor which it refused as a parameter, but has kept."""
    for name, used in zip(names, layer._flat_weights, strict=False):
        own = layer._parameters.get(name)  # none where it is computed, as by weight_norm
        if isinstance(own, nn.Parameter) and not isinstance(used, nn.Parameter):
            raise ValueError(
                f"{name} of layer must be an nn.Parameter where the layer computes, got "
                f"{_checks.type_name(used)}; was a plain tensor assigned and refused? Assign "
                "nn.Parameter(tensor)"
            )


def _autocasts(device: str) -> bool:
    """Return whether ``torch.autocast`` is on for a kind of device."""
    try:
        return torch.is_autocast_enabled(device)
    except RuntimeError:  # a device that it does not know
        return False
    except TypeError:  # PyTorch up to 2.3
        return torch.is_autocast_cpu_enabled() if device == "cpu" else torch.is_autocast_enabled()


def _look_at_input(facts: _Layer, input: Any) -> tuple[Layout, shapes.Shapes]:
    """Return the layout of an input, and the shapes that go with it."""
    name, tensor = "input", input
    layouts: tuple[Layout, ...] = ("batched", "unbatched")
    if isinstance(input, PackedSequence) and not facts.is_cell:
        name, tensor, layouts = "data of input", input.data, ("packed",)
    _look_at_tensor(facts, name, tensor)
    got = tuple(tensor.shape)
    rules = {layout: _rule(facts, "input", layout) for layout in layouts}
    fewest = min(map(len, rules.values()))
    layout = next((layout for layout, rule in rules.items() if len(rule) == len(got)), None)
    if layout is None:
        cause = _causes.of_number_of_axes(got, fewest, facts.sizes.H_in, layouts == ("packed",))
        if facts.is_cell and got:
            cause = f"a cell reads one step: did you mean nn.{facts.kind}?"
        written = " or ".join(f"{_written(rule)} if {one}" for one, rule in rules.items())
        raise ValueError(f"{name} must be {written}, got shape {got}; {cause}")
    if got[-1] != facts.sizes.H_in:
        raise ValueError(
            f"the last axis of {name} must be input_size={facts.sizes.H_in}, got shape "
            f"{_checks.format_value(got)}; {_causes.of_features(got, fewest, facts.sizes.H_in)}"
        )
    axes = dict(zip(rules[layout], got, strict=True))
    if axes.get("L") == 0:
        raise ValueError(
            f"{name} must have at least one step, got shape {_checks.format_value(got)}; is the "
            "sequence empty, or batch_first wrong? A batch may be empty, a sequence may not"
        )
    batch_size = _look_at_packing(input) if layout == "packed" else axes.get("N")
    if (
        CRASHES_EMPTY
        and batch_size == 0
        and facts.kind == "LSTM"
        and torch.bfloat16 in facts.dtypes
    ):
        raise ValueError(
            f"{name} must hold a sequence for an LSTM of bfloat16 in PyTorch 2.0, got shape {got}; "
            "is it a batch that was filtered empty? Then skip it"
        )
    sizes = facts.sizes, axes.get("L", 1), batch_size, facts.batch_first
    return layout, shapes.shapes_for_input(facts.kind, *sizes)


def _look_at_packing(packed: PackedSequence) -> int:
    """Return the number of sequences; refuse parts that do not fit together."""
    rows, sizes = len(packed.data), packed.batch_sizes
    right = isinstance(sizes, Tensor) and sizes.dtype == torch.int64 and sizes.dim() == 1
    numbers = sizes.tolist() if right and sizes.device.type == "cpu" else []
    falls = numbers == sorted(numbers, reverse=True)
    if not numbers or not falls or numbers[-1] < 1 or sum(numbers) != rows:
        cause = "was it made by hand, or was a length or batch_first wrong in pack_padded_sequence?"
        if falls and sum(numbers) > rows:
            cause = "was a length larger than L, or batch_first wrong, in pack_padded_sequence?"
        raise ValueError(
            "batch_sizes of input must be positive integers on the CPU that never rise and add up "
            f"to the {rows} rows of its data, got {_checks.format_value(numbers or sizes)}; {cause}"
        )
    batch_size: int = numbers[0]
    order, back = packed.sorted_indices, packed.unsorted_indices
    if (order is None) != (back is None) or not (order is None or _undoes(order, back, batch_size)):
        raise ValueError(
            f"sorted_indices and unsorted_indices of input must be orders of {batch_size} "
            f"sequences that undo each other, got {_checks.format_value(order)} and "
            f"{_checks.format_value(back)}; was it made by hand, or of another batch?"
        )
    return batch_size


def _undoes(order: Any, back: Any, count: int) -> bool:
    """Return whether two orders of some sequences undo each other."""
    if order.shape != (count,) or back.shape != (count,):
        return False
    if order.device.type == "meta":  # it has no values
        return True
    places, indices = back.tolist(), range(count)
    return sorted(places) == [*indices] and [order.tolist()[n] for n in places] == [*indices]


def _look_at_state(facts: _Layer, layout: Layout, expected: shapes.Shapes, state: Any) -> None:
    """Refuse what is not the state, or the pair of states, of the layer."""
    if facts.kind not in HAS_CELL_STATE:
        if not isinstance(state, Tensor):
            cause = _causes.of_one_state(state)
            raise TypeError(f"state must be one tensor, got {_checks.type_name(state)}; {cause}")
        _look_at_shape(facts, "state", state, "h_0", layout, expected)
        return
    parts = state if isinstance(state, (tuple, list)) else ()
    nested = any(isinstance(part, (tuple, list)) for part in parts)
    if len(parts) != 2 or nested or _causes.are_lengths(parts):
        raise TypeError(
            f"state must be the pair (h_0, c_0), got {_checks.type_name(state)}; "
            f"{_causes.of_pair(state, expected.h_0[facts.is_cell :])}"
        )
    for number, (part, tensor) in enumerate(zip(parts, ("h_0", "c_0"), strict=True)):
        name = f"state[{number}]"
        if part is None:
            cause = _causes.of_none(parts)
            raise TypeError(f"{name} must be one tensor, got NoneType; {cause}")
        _look_at_shape(facts, name, part, tensor, layout, expected)


def _look_at_shape(
    facts: _Layer, name: str, value: Any, tensor: str, layout: Layout, expected: shapes.Shapes
) -> None:
    """Refuse a state of another shape than the layer and the input say."""
    _look_at_tensor(facts, name, value)
    want, got = getattr(expected, tensor)[facts.is_cell :], tuple(value.shape)
    if got == want:
        return
    rule = _rule(facts, tensor, layout)
    wrong = [axis for axis, one, other in zip(rule, want, got, strict=False) if one != other]
    if facts.is_cell:
        cause = _causes.of_state_of_cell(want, got, wrong)
    else:
        cause = _causes.of_state_of_layer(
            layout, facts.batch_first, expected.input, want, got, wrong
        )
    raise ValueError(
        f"{name} must be {tensor} of shape {want}, that is {_written(rule)}, got shape "
        f"{_checks.format_value(got)}; {cause}"
    )


def _look_at_tensor(facts: _Layer, name: str, value: Any) -> None:
    """Refuse what is no dense tensor, or not of the dtype and on the device of the layer."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name} must be one tensor, got {_checks.type_name(value)}; {_causes.of_type(value)}"
        )
    _check_dense(name, value)
    if value.device != facts.device:
        raise ValueError(
            f"{name} must be on {facts.device}, where the layer is, got {value.device}; was only "
            f"one of the two moved? Use .to({str(facts.device)!r}), or move the layer"
        )
    if value.dtype not in facts.dtypes:
        dtypes = " or ".join(map(str, facts.dtypes))
        origin = "did it leave torch.autocast" if value.dtype in SHORT else "is it from NumPy"
        cause = f"{origin}, or was the layer converted? Use .to({facts.dtypes[0]})"
        if not (value.is_floating_point() or name.startswith("state")):
            cause = "do numbers of words lack an nn.Embedding, or one-hot vectors a .float()?"
        if name == "state" and _causes.are_lengths(value):
            cause = _causes.LENGTHS
        raise ValueError(f"{name} must be {dtypes}, as the layer is, got {value.dtype}; {cause}")


def _rule(facts: _Layer, tensor: str, layout: Layout) -> tuple[str, ...]:
    """Return the axes of a tensor in symbols."""
    axes = symbolic_shapes(facts.kind, layout=layout, batch_first=facts.batch_first)[tensor]
    return axes[1:] if facts.is_cell else axes


def _written(axes: tuple[str, ...]) -> str:
    """Return axes as Python writes a tuple."""
    return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
