"""
What a type checker must say of code that uses the package. ``nox -s lint`` checks this file.

Right lines state the type that they must have. A wrong line is marked as ignored, and both checkers
report a mark where there is no error: so a mistake that they no longer see is found too.
"""

from typing import assert_type

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_sequence

from rnn_guide import (
    Directions,
    Shapes,
    check_forward,
    lstm_shapes,
    merge_directions,
    parameter_shapes,
    shapes_of,
    split_output,
    split_state,
    symbolic_shapes,
)

output = torch.zeros(7, 4, 10)
packed = pack_sequence([torch.zeros(7, 10)])
h_n = torch.zeros(2, 4, 5)
lstm = nn.LSTM(3, 5)


def tensors() -> None:
    forward, backward = split_output(output)
    assert_type(forward, Tensor)
    assert_type(backward, Tensor)
    assert_type(split_output(output).forward, Tensor)
    assert_type(split_state(h_n), Directions[Tensor])
    assert_type(merge_directions(split_output(output)), Tensor)
    assert_type(merge_directions(split_state(h_n), "sum").shape, torch.Size)


def packed_sequences() -> None:
    assert_type(split_output(packed), Directions[PackedSequence])
    assert_type(split_output(packed).backward.data, Tensor)
    assert_type(merge_directions(split_output(packed)), PackedSequence)


def one_direction() -> None:
    assert_type(split_output(output, bidirectional=False).backward, None)
    assert_type(split_state(h_n, bidirectional=lstm.bidirectional).forward, Tensor)
    assert_type(split_state(h_n, bidirectional=lstm.bidirectional).backward, Tensor | None)
    assert_type(merge_directions(split_output(output, bidirectional=False)), Tensor)
    assert_type(merge_directions(split_output(packed, bidirectional=False)), PackedSequence)
    assert_type(
        merge_directions(split_output(output, bidirectional=lstm.bidirectional), "mean"), Tensor
    )


def own_directions(forward: Tensor, backward: Tensor | None) -> Tensor:
    return merge_directions(Directions(forward, backward))


def shapes() -> None:
    assert_type(lstm_shapes(3, 5, seq_len=7, batch_size=None), Shapes)
    assert_type(shapes_of(lstm, output.shape).c_n, tuple[int, ...] | None)
    assert_type(parameter_shapes("GRU", 3, 5), dict[str, tuple[int, ...]])
    assert_type(symbolic_shapes("RNN", layout="packed"), dict[str, tuple[str, ...]])


def calls() -> None:
    assert_type(check_forward(lstm, packed, (h_n, h_n)), None)
    check_forward(nn.GRUCell(3, 5), output, h_n)


def mistakes() -> None:
    split_output(output).forward.nonsense()  # type: ignore[attr-defined]
    split_output(output, 2)  # type: ignore[call-overload]
    split_output(output, bidirectional=2)  # type: ignore[call-overload]
    split_state(packed)  # type: ignore[call-overload]
    merge_directions(output)  # type: ignore[call-overload]
    merge_directions(split_output(output), "ave")  # type: ignore[call-overload]
    split_output(output, bidirectional=lstm.bidirectional).backward.shape  # type: ignore[union-attr]
    check_forward(lstm, packed, [h_n])  # type: ignore[arg-type]
    lstm_shapes(3, 5, seq_len=7)  # type: ignore[call-arg]
    lstm_shapes(3, 5, seq_len=7, batch_size=4).c_n[0]  # type: ignore[index]
    parameter_shapes("lstm", 3, 5)  # type: ignore[arg-type]
    symbolic_shapes("GRU", layout="paked")  # type: ignore[arg-type]
