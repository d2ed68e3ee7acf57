"""Shapes and directions of PyTorch's recurrent layers."""

from rnn_guide.directions import Directions, merge_directions, split_hidden, split_output
from rnn_guide.rules import symbolic_parameter_shapes, symbolic_shapes
from rnn_guide.shapes import (
    Shapes,
    gru_shapes,
    lstm_shapes,
    parameter_shapes,
    rnn_shapes,
    shapes_of,
)

__all__ = [
    "Directions",
    "Shapes",
    "gru_shapes",
    "lstm_shapes",
    "merge_directions",
    "parameter_shapes",
    "rnn_shapes",
    "shapes_of",
    "split_hidden",
    "split_output",
    "symbolic_parameter_shapes",
    "symbolic_shapes",
]
