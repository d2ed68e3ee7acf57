"""Shapes and directions of PyTorch's recurrent layers."""

from typing import TYPE_CHECKING

from rnn_guide.shapes import (
    Shapes,
    gru_shapes,
    lstm_shapes,
    parameter_shapes,
    rnn_shapes,
    shapes_of,
)
from rnn_guide.symbols import symbolic_parameter_shapes, symbolic_shapes

if TYPE_CHECKING:
    from rnn_guide.directions import Directions, merge_directions, split_output, split_state
    from rnn_guide.forward import check_forward

__all__ = [
    "Directions",
    "Shapes",
    "check_forward",
    "gru_shapes",
    "lstm_shapes",
    "merge_directions",
    "parameter_shapes",
    "rnn_shapes",
    "shapes_of",
    "split_output",
    "split_state",
    "symbolic_parameter_shapes",
    "symbolic_shapes",
]


def __getattr__(name: str) -> object:
    """Load what works on tensors, and torch with it, when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rnn_guide import directions, forward

    return getattr(forward if name == "check_forward" else directions, name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
