"""Compare a padded batch with each of its sequences run alone, unpadded and unbatched."""

from collections.abc import Sequence
from typing import Any

import torch
from layers import Case
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence


def pack(case: Case, x: torch.Tensor, lengths: Any, enforce_sorted: bool = False) -> PackedSequence:
    """Pack the batch in the layout of the layer."""
    return pack_padded_sequence(x, lengths, case.options["batch_first"], enforce_sorted)


def unpack(case: Case, packed: PackedSequence, **options: Any) -> torch.Tensor:
    """Return the padded tensor, in the layout of the layer."""
    return pad_packed_sequence(packed, batch_first=case.options["batch_first"], **options)[0]


def sequence(case: Case, batch: torch.Tensor, row: int, length: int) -> torch.Tensor:
    """Return the real steps of one sequence, of an input or output in the layout of the layer."""
    return batch[row, :length] if case.options["batch_first"] else batch[:length, row]


def parts(state: Any) -> tuple[torch.Tensor, ...]:
    """Return the state as a tuple: of one tensor for an RNN or GRU, of two for an LSTM."""
    return state if isinstance(state, tuple) else (state,)


def whole(case: Case, states: Sequence[torch.Tensor]) -> Any:
    """Return a tuple of states as the layer takes it."""
    return tuple(states) if case.kind == "LSTM" else states[0]


def initial(case: Case, batch_size: int, rows: int | None = None) -> tuple[torch.Tensor, ...]:
    """Make random initial states, with as many rows as the layer has unless it is said."""
    rows = case.num_directions * case.sizes[2] if rows is None else rows
    features = (case.features, case.sizes[1])[: 2 if case.kind == "LSTM" else 1]
    return tuple(torch.randn(rows, batch_size, size, dtype=case.dtype) for size in features)


def close(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Return whether two tensors have one shape and nearly the same numbers."""
    return one.shape == other.shape and torch.allclose(one, other, atol=1e-6)


def alone(case: Case, x: torch.Tensor, row: int, length: int, start: Any = None) -> Any:
    """Return the output and states of one sequence by itself."""
    start = start and whole(case, [state[:, row] for state in start])
    output, state = case.layer(sequence(case, x, row, length), start)
    return output, parts(state)


def is_as_alone(
    case: Case, x: torch.Tensor, lengths: Sequence[int], output: Any, state: Any, start: Any = None
) -> bool:
    """Return whether each sequence of a batch has the results that it has alone."""
    same = [state_part.shape[1] == len(lengths) for state_part in parts(state)]
    for row, length in enumerate(lengths):
        right_output, right_states = alone(case, x, row, length, start)
        same += [close(sequence(case, output, row, length), right_output)]
        same += [
            close(state_part[:, row], right)
            for state_part, right in zip(parts(state), right_states, strict=True)
        ]
    return all(same)
