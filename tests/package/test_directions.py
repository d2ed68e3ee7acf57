import pytest
import torch
from hypothesis import given
from layers import cases
from messages import message
from releases import RELEASE, storage, vmap
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from rnn_guide import Directions, merge_directions, split_output, split_state

SPLITS = [split_output, split_state]


def share_memory(view: torch.Tensor, tensor: torch.Tensor) -> bool:
    """Return whether a tensor is a view of another."""
    return storage(view).data_ptr() == storage(tensor).data_ptr()


class TestSplitOutput:
    @given(cases())
    def test_equals_the_view(self, case):
        """
        For any layer the halves are those of PyTorch's recipe, whose last size is H_out.
        """
        output = case.layer(case.x)[0]
        view = output.view(*output.shape[:-1], case.num_directions, case.features)

        forward, backward = split_output(output, bidirectional=case.bidirectional)

        assert torch.equal(forward, view[..., 0, :])
        if not case.bidirectional:
            assert forward is output
            assert backward is None
        else:
            assert torch.equal(backward, view[..., 1, :])
            assert share_memory(forward, output)
            assert share_memory(backward, output)
        assert torch.equal(merge_directions(Directions(forward, backward)), output)

    @given(cases(["packed"]))
    def test_packed_equals_padded(self, case):
        """
        Splitting a packed output and padding it is the same as padding and splitting.
        """
        output = case.layer(case.packed())[0]
        padded, lengths = pad_packed_sequence(output)

        halves = split_output(output, bidirectional=case.bidirectional)
        expected_halves = split_output(padded, bidirectional=case.bidirectional)

        for half, expected in zip(halves, expected_halves, strict=True):
            if half is None:
                assert expected is None
                continue
            assert isinstance(half, PackedSequence)
            assert share_memory(half.data, output.data)
            again, again_lengths = pad_packed_sequence(half)
            assert torch.equal(again, expected)
            assert torch.equal(again_lengths, lengths)
        merged = merge_directions(halves)
        assert torch.equal(pad_packed_sequence(merged)[0], padded)

    def test_halves_cannot_be_changed_in_place(self):
        """
        The docstring says so: PyTorch refuses it for the views of chunk, where gradients flow.
        """
        forward, backward = split_output(torch.ones(4, requires_grad=True) * 2)

        with pytest.raises(RuntimeError, match="view and is being modified inplace"):
            forward += 1
        backward = backward.clone()
        backward += 1

        assert backward.tolist() == [3, 3]

    def test_takes_one_step(self):
        """
        Leading axes are free, so one step of an unbatched output can be split.
        """
        forward, backward = split_output(torch.arange(4))

        assert forward.tolist() == [0, 1]
        assert backward.tolist() == [2, 3]


class TestSplitHidden:
    @given(cases())
    def test_equals_the_view(self, case):
        """
        For any state of any layer the rows are those of PyTorch's recipe.
        """
        for state in case.states().values():
            rows = state.view(case.sizes[2], case.num_directions, *state.shape[1:])

            forward, backward = split_state(state, bidirectional=case.bidirectional)

            assert torch.equal(forward, rows[:, 0])
            if not case.bidirectional:
                assert forward is state
                assert backward is None
            else:
                assert torch.equal(backward, rows[:, 1])
                assert share_memory(forward, state)
                assert share_memory(backward, state)

    @given(cases(bidirectional=True))
    def test_meets_the_output(self, case):
        """
        The last forward row ends at the last step, the last backward row at step 0.
        """
        output = case.layer(case.x)[0]
        if case.batch_size is not None and case.options["batch_first"]:
            output = output.transpose(0, 1)

        forward, backward = split_state(case.states()["h_n"])

        assert torch.equal(forward[-1], split_output(output).forward[-1])
        assert torch.equal(backward[-1], split_output(output).backward[0])

    def test_rows_are_layer_first_direction_second(self):
        """
        With all weights at zero the state of each cell is tanh(bias_ih), so a row shows its cell.
        """
        rnn = nn.RNN(2, 1, num_layers=3, bidirectional=True)
        for parameter in rnn.parameters():
            nn.init.zeros_(parameter)
        for layer in range(3):
            nn.init.constant_(getattr(rnn, f"bias_ih_l{layer}"), layer + 1)
            nn.init.constant_(getattr(rnn, f"bias_ih_l{layer}_reverse"), -(layer + 1))

        h_n = rnn(torch.zeros(4, 2))[1]

        assert h_n.atanh().round().flatten().tolist() == [1, -1, 2, -2, 3, -3]
        assert split_state(h_n).forward.atanh().round().flatten().tolist() == [1, 2, 3]


class TestSplits:
    """What holds for both."""

    @pytest.mark.parametrize("direction", Directions._fields)
    @pytest.mark.parametrize("split", SPLITS)
    def test_gradients_flow_to_each_direction(self, split, direction):
        """The gradient of one direction reaches its half alone."""
        tensor = torch.ones(4, 2, 6, requires_grad=True)

        getattr(split(tensor), direction).sum().backward()

        expected = torch.zeros(4, 2, 6)
        getattr(split(expected), direction).fill_(1)
        assert torch.equal(tensor.grad, expected)
        assert expected.sum() == 24

    @pytest.mark.parametrize("split", SPLITS)
    @pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.int8, torch.complex64])
    def test_every_dtype(self, split, dtype):
        """A split keeps the dtype."""
        tensor = torch.arange(48).reshape(4, 2, 6)

        halves = split(tensor.to(dtype))

        assert halves.backward.dtype == dtype
        assert torch.equal(halves.backward, split(tensor).backward.to(dtype))

    @pytest.mark.parametrize("split", SPLITS)
    def test_meta_tensors(self, split):
        """A tensor without memory is split as any other."""
        tensor = torch.empty(4, 2, 6, device="meta")

        assert split(tensor).forward.shape == split(torch.empty(4, 2, 6)).forward.shape

    @pytest.mark.parametrize("split", SPLITS)
    @pytest.mark.skipif(RELEASE < (2, 1), reason="no torch.compile with this Python")
    @pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's own compiler
    def test_compiles_in_one_graph(self, split):
        """torch.compile makes one graph of a split and a merge."""
        tensor = torch.arange(48).reshape(4, 2, 6)

        def both_ways(tensor):
            return merge_directions(split(tensor), "sum")

        compiled = torch.compile(both_ways, fullgraph=True, backend="eager")

        assert torch.equal(compiled(tensor), both_ways(tensor))

    @pytest.mark.parametrize("split", SPLITS)
    def test_vmap(self, split):
        """A split can be mapped over a new axis."""
        tensor = torch.arange(3 * 48).reshape(3, 4, 2, 6)

        halves = vmap(split)(tensor)

        assert torch.equal(halves.backward, torch.stack([split(t).backward for t in tensor]))

    @pytest.mark.parametrize("split", SPLITS)
    def test_not_contiguous(self, split):
        """The order of a tensor in memory does not matter."""
        tensor = torch.arange(48).reshape(6, 2, 4).transpose(0, 2)

        assert torch.equal(split(tensor).backward, split(tensor.contiguous()).backward)

    @pytest.mark.parametrize("split", SPLITS)
    def test_bidirectional_is_a_flag(self, split):
        """
        A number of directions is refused, and so is anything else that is no bool.
        """
        tensor = torch.zeros(6, 2, 6)

        for value in (2, 1, None, [2]):
            assert message(split, tensor, bidirectional=value) == (
                f"TypeError: bidirectional must be True or False, got {value}; was another "
                "argument passed in its place?"
            )

    @pytest.mark.parametrize(("split", "name"), [(split_output, "output"), (split_state, "state")])
    def test_one_tensor_only(self, split, name):
        """
        What a layer returns is more than one tensor; the message says how to unpack it.
        """
        x = torch.zeros(7, 3)
        h_n_and_c_n = nn.LSTM(3, 4, bidirectional=True)(x)[1]
        unpack = "Then unpack it first: output, "

        assert message(split, h_n_and_c_n) == (
            f"TypeError: {name} must be one tensor, got a pair; is it (h_n, c_n) of an LSTM? Then "
            "split each on its own. Is it the whole return value of a layer? "
            f"{unpack}h_n = gru(x)"
        )
        assert message(split, nn.LSTM(3, 4)(x)) == (
            f"TypeError: {name} must be one tensor, got a pair inside a pair; is it the whole "
            f"return value of an LSTM? {unpack}(h_n, c_n) = lstm(x)"
        )
        assert message(split, split_output(x[:, :2])) == (
            f"TypeError: {name} must be one tensor, got Directions; is it split already?"
        )
        assert message(split, [x, x, x]) == (
            f"TypeError: {name} must be one tensor, got a list of 3; stack or index it first"
        )
        assert message(split, 4.0) == (
            f"TypeError: {name} must be one tensor, got float; is it part of what the layer "
            "returned?"
        )

    @pytest.mark.parametrize("shape", [(7, 4, 5), (7, 4, 0), ()])
    def test_odd_last_axis(self, shape):
        """An output that has no two halves is refused."""
        assert message(split_output, torch.zeros(shape)) == (
            f"ValueError: output must have an even last axis, 2*H_out, got shape {shape}; was the "
            "layer bidirectional? For one direction pass bidirectional=False"
        )

    @pytest.mark.parametrize("shape", [(3, 4, 5), (0, 4, 5)])
    def test_odd_first_axis(self, shape):
        """A state that has no pairs of rows is refused."""
        assert message(split_state, torch.zeros(shape)) == (
            f"ValueError: state must have an even first axis, 2*num_layers, got shape {shape}; "
            "was the layer bidirectional, and is the batch on the second axis? batch_first never "
            "applies to a state. For one direction pass bidirectional=False"
        )

    @pytest.mark.parametrize(
        ("shape", "cause"),
        [((5,), "is it a single row of the state?"), ((3, 2, 4, 5), "is it split already?")],
    )
    def test_axes_of_a_state(self, shape, cause):
        """A state of too few or too many axes is refused."""
        assert message(split_state, torch.zeros(shape)) == (
            "ValueError: state must be (D*num_layers, N, H), or (D*num_layers, H) for unbatched "
            f"input, got shape {shape}; {cause}"
        )

    def test_packed_state(self):
        """A packed sequence is no state; the message names split_output."""
        packed = pack_padded_sequence(torch.zeros(3, 2, 4), [3, 2])

        assert message(split_state, packed) == (
            "TypeError: state must be one tensor, got a PackedSequence; is it the output of the "
            "layer? Then use split_output"
        )


class TestMergeDirections:
    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            ("concat", [[2.0, 3.0, 5.0, 7.0]]),
            ("sum", [[7.0, 10.0]]),
            ("mean", [[3.5, 5.0]]),
            ("mul", [[10.0, 21.0]]),
        ],
    )
    def test_modes(self, mode, expected):
        """Each mode combines the two directions in its own way."""
        directions = Directions(torch.tensor([[2.0, 3.0]]), torch.tensor([[5.0, 7.0]]))

        assert merge_directions(directions, mode).tolist() == expected

    def test_state_for_a_decoder(self):
        """
        Concatenated states start a decoder of one direction and twice the size.
        """
        x = torch.rand(7, 3, 2)
        output, h_n = nn.GRU(2, 4, num_layers=3, bidirectional=True)(x)

        state = merge_directions(split_state(h_n))

        assert torch.equal(state[2], torch.cat([h_n[4], h_n[5]], -1))
        assert nn.GRU(8, 8, num_layers=3)(output, state)[1].shape == (3, 3, 8)

    def test_unknown_mode(self):
        """A mode that does not exist is refused."""
        assert message(merge_directions, split_output(torch.zeros(2)), "ave") == (
            'ValueError: mode must be "concat", "sum", "mean" or "mul", got \'ave\'; is it '
            "misspelt?"
        )

    def test_not_split(self):
        """A tensor that was not split is refused."""
        assert message(merge_directions, torch.zeros(2, 3, 4)) == (
            "TypeError: directions must be a Directions, got Tensor; was the tensor not split "
            "first? For tensors of your own use Directions(forward, backward)"
        )

    def test_other_shapes(self):
        """Two directions of different shapes are refused."""
        directions = Directions(torch.zeros(3, 4), torch.zeros(3, 5))

        assert message(merge_directions, directions) == (
            "ValueError: forward and backward must have one shape, got (3, 4) and (3, 5); do they "
            "come from the same layer?"
        )

    @pytest.mark.parametrize("direction", Directions._fields)
    def test_sparse(self, direction):
        """A sparse tensor in the place of either direction is refused."""
        dense = Directions(torch.ones(2, 2), torch.ones(2, 2))

        text = message(merge_directions, dense._replace(**{direction: torch.eye(2).to_sparse()}))

        assert text.startswith(f"TypeError: {direction} must be one dense tensor, got tensor(")

    def test_packed_of_other_lengths(self):
        """Two directions of different lengths are refused."""
        x = torch.zeros(3, 2, 4)
        directions = Directions(pack_padded_sequence(x, [3, 1]), pack_padded_sequence(x, [2, 2]))

        assert message(merge_directions, directions) == (
            "ValueError: forward and backward must be packed alike, got batch_sizes [2, 1, 1] and "
            "[2, 2]; do they come from the same layer?"
        )
