"""
The recurrent layers and cells once more, one sequence and one step at a time.

Every product is that of a matrix and a vector, which refuses other sizes, so nothing is broadcast.
"""

import itertools
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

#: How far results may differ, by the type that computes them.
TOLERANCES = {torch.float64: 1e-9, torch.float32: 1e-4}


def computes_rightly(layer: Any, input: Any, state: Any = None, autocast: bool = False) -> bool:
    """Call a layer or cell, forward and backward, and compare what it returns."""
    device = torch.zeros(0).device.type  # the default one
    with torch.autocast(device, enabled=autocast, dtype=torch.bfloat16):
        returned = list(_flat(layer(input, state)))
    sum(tensor.double().sum() for tensor in returned).backward()
    try:
        right = list(_flat(unrolled(layer, input, state)))
    except (AssertionError, IndexError, RuntimeError):  # no such call is right
        return False
    types = {torch.bfloat16} if autocast else {tensor.dtype for tensor in returned}
    tolerance = max(TOLERANCES.get(dtype, 5e-2) for dtype in types)
    return all(
        got.shape == want.shape and torch.allclose(got.double(), want, tolerance, tolerance)
        for got, want in zip(returned, right, strict=True)
    )


def _flat(value: Any) -> Any:
    """Return the tensors in what a layer returns."""
    if isinstance(value, PackedSequence):
        yield value.data
    elif isinstance(value, tuple):
        for part in value:
            yield from _flat(part)
    else:
        yield value


def unrolled(layer: Any, input: Any, state: Any) -> Any:
    """Return what a layer or cell must return, computed in float64."""
    if isinstance(layer, nn.RNNCellBase):
        return _cell(layer, input.double(), state)
    data = input.data if isinstance(input, PackedSequence) else input
    assert data.shape[-1] == layer.input_size
    batched = isinstance(input, PackedSequence) or input.dim() == 3
    sequences, places = _sequences(layer, input)
    rows = layer.num_layers * (1 + layer.bidirectional)
    sizes = [layer.proj_size or layer.hidden_size, layer.hidden_size][: 1 + _has_cell(layer)]
    states = [torch.zeros(rows, len(sequences), size).double() for size in sizes]
    if state is not None:
        given = state if _has_cell(layer) else (state,)
        given = [one.double() if batched else one.double().unsqueeze(1) for one in given]
        assert [one.shape for one in given] == [one.shape for one in states]
        states = given
    outputs, finals = [], [torch.empty_like(one) for one in states]
    for n, sequence in enumerate(sequences):
        steps, last = _sequence(layer, sequence, [one[:, n] for one in states])
        outputs.append(steps)
        for final, one in zip(finals, last, strict=True):
            final[:, n] = one
    output = torch.empty(*data.shape[:-1], sizes[0] * (1 + layer.bidirectional)).double()
    for steps, place in zip(outputs, places, strict=True):
        output[place] = steps
    finals = finals if batched else [one.squeeze(1) for one in finals]
    return output, *finals


def _has_cell(layer: Any) -> bool:
    return isinstance(layer, (nn.LSTM, nn.LSTMCell))


def _sequences(layer: Any, input: Any) -> tuple[list[Tensor], list[Any]]:
    """Return each sequence, in the order of the states, and where its steps stand in the input."""
    if isinstance(input, PackedSequence):
        starts = [0, *input.batch_sizes.cumsum(0).tolist()]
        sizes = input.batch_sizes.tolist()
        count = sizes[0]
        order = range(count) if input.sorted_indices is None else input.sorted_indices.tolist()
        assert sorted(order) == list(range(count))
        steps: list[list[int]] = [[] for _ in range(count)]
        for start, size in zip(starts, sizes, strict=False):
            for place in range(size):
                steps[order[place]].append(start + place)
        assert sorted(itertools.chain(*steps)) == list(range(len(input.data)))
        return [input.data[place].double() for place in steps], steps
    if input.dim() == 2:
        return [input.double()], [slice(None)]
    if layer.batch_first:
        return list(input.double()), list(range(len(input)))
    count = input.shape[1]
    return list(input.double().unbind(1)), [(slice(None), n) for n in range(count)]


def _sequence(layer: Any, steps: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """Return the outputs of one sequence and its final states, one row for each of the states."""
    rows: list[list[Tensor]] = []
    for number in range(layer.num_layers):
        directions = []
        for direction in range(1 + layer.bidirectional):
            suffix = f"_l{number}" + "_reverse" * direction
            row = number * (1 + layer.bidirectional) + direction
            now, outputs = [one[row] for one in states], []
            for step in steps.flip(0) if direction else steps:
                now = _step(layer, suffix, step, now)
                outputs.append(now[0])
            directions.append(torch.stack(outputs[::-1] if direction else outputs))
            rows.append(now)
        steps = torch.cat(directions, dim=-1)
    return steps, [torch.stack(parts) for parts in zip(*rows, strict=True)]


def _cell(cell: Any, input: Tensor, state: Any) -> Any:
    """Return the states after one step of each sequence."""
    batched = input.dim() == 2
    batch = input if batched else input.unsqueeze(0)
    shape = (len(batch), cell.hidden_size)
    states = [torch.zeros(shape).double() for _ in range(1 + _has_cell(cell))]
    if state is not None:
        given = state if _has_cell(cell) else (state,)
        states = [one.double() if batched else one.double().unsqueeze(0) for one in given]
        assert [one.shape for one in states] == [shape] * (1 + _has_cell(cell))
    finals = [torch.empty(shape).double() for _ in states]
    for n, step in enumerate(batch):
        for final, one in zip(finals, _step(cell, "", step, [s[n] for s in states]), strict=True):
            final[n] = one
    return tuple(one if batched else one.squeeze(0) for one in finals)


def _step(layer: Any, suffix: str, step: Tensor, states: list[Tensor]) -> list[Tensor]:
    """Return the states after one step."""
    h = states[0]
    given = _product(layer, "ih", suffix, step)
    hidden = _product(layer, "hh", suffix, h)
    if isinstance(layer, (nn.GRU, nn.GRUCell)):
        (r, z, n), (hidden_r, hidden_z, hidden_n) = given.chunk(3), hidden.chunk(3)
        z = torch.sigmoid(z + hidden_z)
        return [(1 - z) * torch.tanh(n + torch.sigmoid(r + hidden_r) * hidden_n) + z * h]
    if not _has_cell(layer):
        return [getattr(torch, layer.nonlinearity)(given + hidden)]
    i, f, g, o = (given + hidden).chunk(4)
    c = torch.sigmoid(f) * states[1] + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    projection = getattr(layer, f"weight_hr{suffix}", None)
    return [h if projection is None else torch.mv(projection.detach().double(), h), c]


def _product(layer: Any, name: str, suffix: str, vector: Tensor) -> Tensor:
    weight = getattr(layer, f"weight_{name}{suffix}").detach().double()
    bias = getattr(layer, f"bias_{name}{suffix}", None)
    product = torch.mv(weight, vector)
    return product if bias is None else product + bias.detach().double()
