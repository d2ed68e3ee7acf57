"""Take apart what layers return, compute each sequence by itself, and compare."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from layers import Case
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

# What layers take and return, whatever their kind and layout.


def states_of(state: Any) -> tuple[Tensor, ...]:
    """Return the states of any layer as a tuple: of two for an LSTM, else of one."""
    return state if isinstance(state, tuple) else (state,)


def give(states: Iterable[Tensor]) -> Any:
    """Return states in the form that their layer takes."""
    states = tuple(states)
    return states if len(states) == 2 else states[0]


def mapped(state: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """Change each part of a state."""
    return give(map(change, states_of(state)))


def some_states(case: Case, batch_size: int, rows: int | None = None) -> tuple[Tensor, ...]:
    """Return random states, with as many rows as the layer has unless it is said."""
    rows = case.num_directions * case.sizes[2] if rows is None else rows
    features = (case.features, case.sizes[1])[: 2 if case.kind == "LSTM" else 1]
    return tuple(torch.randn(rows, batch_size, size, dtype=case.dtype) for size in features)


def time_first(case: Case, tensor: Tensor) -> Tensor:
    """Return a tensor in the layout of the case with time first, or the other way round."""
    return tensor.transpose(0, 1) if case.options["batch_first"] else tensor


def pack(case: Case, x: Tensor, lengths: Any, enforce_sorted: bool = False) -> PackedSequence:
    """Pack the batch in the layout of the layer."""
    return pack_padded_sequence(x, lengths, case.options["batch_first"], enforce_sorted)


def unpack(case: Case, packed: PackedSequence, **options: Any) -> Tensor:
    """Return the padded tensor, in the layout of the layer."""
    return pad_packed_sequence(packed, batch_first=case.options["batch_first"], **options)[0]


def steps_of(case: Case, batch: Tensor, row: int, length: int) -> Tensor:
    """Return the real steps of one sequence, of an input or output in the layout of the layer."""
    return time_first(case, batch)[:length, row]


def real_steps(case: Case, padded: Tensor, lengths: Sequence[int]) -> list[Tensor]:
    """Return the real steps of each sequence."""
    return [steps_of(case, padded, row, length) for row, length in enumerate(lengths)]


def grads(*modules: nn.Module) -> list[Tensor | None]:
    """Return the gradients of all parameters, None where there is none."""
    return [parameter.grad for module in modules for parameter in module.parameters()]


# The right computation.


def alone(
    layer: nn.RNNBase, sequences: Sequence[Tensor], states: Sequence[Tensor] | None = None
) -> tuple[list[Tensor], tuple[Tensor, ...]]:
    """Run each sequence by itself, unbatched; return the outputs, and the states side by side."""
    outputs, finals = [], []
    for n, sequence in enumerate(sequences):
        given = () if states is None else (give(state[:, n] for state in states),)
        output, final = layer(sequence, *given)
        outputs.append(output)
        finals.append(states_of(final))
    return outputs, tuple(torch.stack(final, dim=1) for final in zip(*finals, strict=True))


def one_alone(
    case: Case, x: Tensor, row: int, length: int, states: Sequence[Tensor] | None = None
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Return the output and states of one sequence of a batch, run by itself."""
    given = () if states is None else (give(state[:, row] for state in states),)
    output, final = case.layer(steps_of(case, x, row, length), *given)
    return output, states_of(final)


# Comparisons.


def close(one: Any, other: Any, atol: float = 1e-6) -> bool:
    """Return whether tensors, or such in a list or tuple, have the same shapes and about values."""
    if isinstance(one, Tensor):
        return one.shape == other.shape and torch.allclose(one, other, atol=atol)
    return all(close(a, b, atol) for a, b in zip(one, other, strict=True))


def is_as_alone(
    case: Case,
    x: Tensor,
    lengths: Sequence[int],
    output: Tensor,
    state: Any,
    start: Sequence[Tensor] | None = None,
) -> bool:
    """Return whether each sequence of a batch has the results that it has alone."""
    outputs, finals = alone(case.layer, real_steps(case, x, lengths), start)
    return close(real_steps(case, output, lengths), outputs) and close(states_of(state), finals)
