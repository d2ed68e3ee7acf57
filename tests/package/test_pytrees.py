"""PyTorch's own tools know what the package returns, in every release: named tuples are nested."""

import pytest
import torch
from releases import RELEASE
from torch import nn
from torch.utils import _pytree

from rnn_guide import Directions, Shapes, lstm_shapes, merge_directions, split_output, split_state

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's own compiler


class BothDirections(nn.Module):
    """A model whose forward splits and merges."""

    def __init__(self):
        """Make one layer of two directions."""
        super().__init__()
        self.gru = nn.GRU(3, 5, num_layers=2, bidirectional=True)

    def forward(self, x):
        """Return the sum of both directions of output, and the rows of the state by direction."""
        output, h_n = self.gru(x)
        return merge_directions(split_output(output), "sum"), split_state(h_n)


class TestNamedTuples:
    @pytest.mark.parametrize("kind", [Directions, Shapes])
    def test_are_no_subclasses_of_one(self, kind):
        """PyTorch takes a class for a named tuple if tuple is its only base."""
        assert kind.__bases__ == (tuple,)

    def test_are_taken_apart_and_put_together(self):
        """The leaves of Directions are its two tensors, those of Shapes the numbers."""
        directions = split_output(torch.rand(7, 4, 10))
        leaves, structure = _pytree.tree_flatten(directions)

        assert [leaf is half for leaf, half in zip(leaves, directions, strict=True)] == [True] * 2
        assert type(_pytree.tree_unflatten(leaves, structure)) is Directions
        shapes = lstm_shapes(3, 5, seq_len=7, batch_size=4)
        assert _pytree.tree_flatten(shapes)[0] == [axis for shape in shapes for axis in shape]

    @pytest.mark.skipif(RELEASE < (2, 1), reason="no torch.compile with this Python")
    def test_are_compiled_in_one_graph(self):
        """A compiled function takes and returns Directions."""

        def swapped(directions):
            return Directions(directions.backward + 1, directions.forward)

        directions = split_state(torch.rand(4, 2, 6))
        compiled = torch.compile(swapped, fullgraph=True, backend="eager")(directions)

        assert type(compiled) is Directions
        assert torch.equal(compiled.forward, directions.backward + 1)
        assert torch.equal(compiled.backward, directions.forward)

    @pytest.mark.skipif(RELEASE < (2, 1), reason="there is no torch.export")
    @pytest.mark.filterwarnings("ignore:The tensor attributes:UserWarning")  # of every layer
    def test_are_exported(self):
        """A model that splits and merges can be exported, and computes the same."""
        model, x = BothDirections(), torch.rand(7, 4, 3)

        merged, state = torch.export.export(model, (x,)).module()(x)

        expected, expected_state = model(x)
        assert type(state) is Directions
        assert torch.allclose(merged, expected)
        assert torch.allclose(state.backward, expected_state.backward)
