"""Right computations that checks compare with: sequences run one by one, and axes put in order."""

from collections.abc import Sequence

import torch
from layers import Case
from torch import Tensor, nn


def states_of(state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return the states of any layer as a tuple."""
    return state if isinstance(state, tuple) else (state,)


def give(states: tuple[Tensor, ...]) -> Tensor | tuple[Tensor, ...]:
    """Return states in the form that their layer takes."""
    return states if len(states) == 2 else states[0]


def time_first(case: Case, tensor: Tensor) -> Tensor:
    """Return a tensor in the layout of the case with time first, or the other way round."""
    return tensor.transpose(0, 1) if case.options["batch_first"] else tensor


def some_states(case: Case, batch_size: int) -> tuple[Tensor, ...]:
    """Return random states for the layer of a case."""
    rows = case.num_directions * case.sizes[2]
    sizes = (case.features, case.sizes[1]) if case.kind == "LSTM" else (case.features,)
    return tuple(torch.rand(rows, batch_size, size, dtype=case.dtype) for size in sizes)


def alone(
    layer: nn.RNNBase, sequences: Sequence[Tensor], states: tuple[Tensor, ...] | None = None
) -> tuple[list[Tensor], tuple[Tensor, ...]]:
    """Run each sequence by itself, unbatched; return the outputs, and the states side by side."""
    outputs, finals = [], []
    for n, sequence in enumerate(sequences):
        given = () if states is None else (give(tuple(state[:, n] for state in states)),)
        output, final = layer(sequence, *given)
        outputs.append(output)
        finals.append(states_of(final))
    return outputs, tuple(torch.stack(final, dim=1) for final in zip(*finals, strict=True))


def real_steps(case: Case, padded: Tensor, lengths: Sequence[int]) -> list[Tensor]:
    """Return the real steps of each sequence of a padded tensor in the layout of the case."""
    columns = time_first(case, padded).unbind(1)
    return [column[:length] for column, length in zip(columns, lengths, strict=True)]


def close(one: Sequence[Tensor], other: Sequence[Tensor]) -> bool:
    """Return whether two lists of tensors have the same shapes and about the same values."""
    return len(one) == len(other) and all(
        a.shape == b.shape and torch.allclose(a, b, atol=1e-5)
        for a, b in zip(one, other, strict=True)
    )
