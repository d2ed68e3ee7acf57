"""The repairs of "Errors after the layer": the return value."""

import pytest
import torch
from covers import BATCH_SIZE, LENGTHS, SEQ_LEN, repairs
from references import mapped, states_of, time_first
from refused import checked
from torch import nn

from rnn_guide import shapes_of

ONE = [False]  # direction
NOT_TENSOR = "must be Tensor, not"


class Output(nn.Module):
    """Take the output out of what a layer returns."""

    def forward(self, returned):
        """Return the output."""
        return returned[0]


def last_rows(case, h_n):
    """Return the final state of the top layer, both directions joined."""
    return torch.cat([*h_n[-case.num_directions :]], dim=-1)


@repairs("error-tuple-linear", proj_size=[0, 2], layouts=["batched", "unbatched"])
def test_output_taken_out_goes_into_the_next_layer(case):
    """
    With a module in between, each step goes through the linear layer, and gradients come back.
    """
    linear = nn.Linear(case.num_directions * case.features, 2)
    with pytest.raises(TypeError, match=NOT_TENSOR):
        nn.Sequential(case.layer, linear)(case.x)

    scores = nn.Sequential(case.layer, Output(), linear)(case.x)
    output, _ = case.layer(case.x)

    assert torch.allclose(scores, output @ linear.weight.T + linear.bias, atol=1e-6)
    scores.sum().backward()
    assert all(parameter.grad.any() for parameter in case.layer.parameters())


@repairs("error-tuple-linear", kinds=["LSTM"], bidirectional=ONE, proj_size=[0, 2])
def test_h_n_taken_out_of_the_pair_of_an_lstm_is_the_last_hidden_state(case):
    """
    Part 0 of the state ends in the last step; part -1 is the cell state.
    """
    linear = nn.Linear(case.features, 2)
    output, state = case.layer(case.x)
    with pytest.raises(TypeError, match=NOT_TENSOR):
        linear(state)

    h_n, c_n = state

    assert torch.equal(h_n[-1], time_first(case, output)[-1])
    assert state[-1] is c_n
    assert linear(h_n[-1]).shape == (BATCH_SIZE, 2)


@repairs("error-tuple-sequential", proj_size=[0, 2])
def test_output_of_one_layer_is_the_input_of_another(case):
    """
    A layer reads the output of any other, step by step the same as one call for each sequence.
    """
    batch_first = case.options["batch_first"]
    for kind in (nn.RNN, nn.GRU, nn.LSTM):
        second = kind(case.num_directions * case.features, 6, batch_first=batch_first)
        with pytest.raises(AttributeError, match="'tuple' object has no attribute 'dim'"):
            nn.Sequential(case.layer, second)(case.x)

        output, _ = second(case.layer(case.x)[0])

        returned = case.layer(case.x)
        checked((second, returned), (second, returned[0]), "input must be one tensor, got tuple")
        one = second(case.layer(time_first(case, case.x)[:, 1])[0])[0]
        assert torch.allclose(time_first(case, output)[:, 1], one, atol=1e-6)


@repairs("error-tuple-sequential", bidirectional=ONE)
def test_num_layers_is_the_same_as_equal_layers_in_a_row(case):
    """
    Two layers of one each, with the weights of a layer of two, compute the same.
    """
    kind, batch_first = type(case.layer), case.options["batch_first"]
    both = kind(3, 5, 2, batch_first=batch_first)
    lower, upper = (kind(n, 5, batch_first=batch_first) for n in (3, 5))
    weights = both.state_dict()
    lower.load_state_dict({k: weights[k] for k in lower.state_dict()})
    upper.load_state_dict({k: weights[k.replace("l0", "l1")] for k in upper.state_dict()})

    assert torch.allclose(upper(lower(case.x)[0])[0], both(case.x)[0], atol=1e-6)


@repairs(
    "error-tuple-size",
    num_layers=[1, 2, 3],
    proj_size=[0, 2],
    layouts=["batched", "unbatched", "packed"],
)
def test_hook_shows_each_shape_and_is_taken_away(case, capsys):
    """
    The hook prints the shapes of every kind and layout, and is silent once it is removed.
    """
    x = case.packed() if case.layout == "packed" else case.x
    with pytest.raises(AttributeError, match="'tuple' object has no attribute 'size'"):
        case.layer(x).size()

    def show(module, inputs, returned):
        output, state = returned
        states = state if isinstance(state, tuple) else (state,)
        print(type(module).__name__, *[tuple(t.data.shape) for t in (output, *states)])

    handle = case.layer.register_forward_hook(show)
    case.layer(x)
    handle.remove()
    shown = capsys.readouterr().out
    case.layer(x)

    if case.layout == "packed":
        output = (sum(LENGTHS), case.num_directions * case.features)
    else:
        output = tuple(shapes_of(case.layer, case.x.shape).output)
    batch = () if case.layout == "unbatched" else (BATCH_SIZE,)
    rows = case.num_directions * case.sizes[2]
    wanted = [output, (rows, *batch, case.features)]
    wanted += [(rows, *batch, 5)] if case.kind == "LSTM" else []
    assert shown == " ".join([case.kind, *map(str, wanted)]) + "\n"
    assert capsys.readouterr().out == ""


@repairs("error-tuple-shape", bidirectional=ONE, proj_size=[0, 2])
def test_last_step_is_taken_on_the_axis_of_time(case):
    """
    The last step is index -1 of the axis of time; a GRU and an RNN raise nothing and give h_n.
    """
    h_n = case.states()["h_n"]
    if case.kind == "LSTM":
        with pytest.raises(AttributeError, match="'tuple' object has no attribute 'shape'"):
            _ = case.layer(case.x)[-1].shape
    else:
        assert torch.equal(case.layer(case.x)[-1], h_n)

    output, _ = case.layer(case.x)
    last = output[:, -1] if case.options["batch_first"] else output[-1]

    assert torch.equal(last, h_n[-1])


@repairs("error-tuple-detach", bidirectional=ONE, proj_size=[0, 2])
def test_detached_state_goes_on_and_sends_no_gradient_back(case):
    """
    The state taken out and detached continues the sequences, and its past gets no gradient.
    """
    first, second = time_first(case, case.x).clone().requires_grad_(), time_first(case, case.x * 2)
    with pytest.raises(AttributeError, match="'tuple' object has no attribute 'detach'"):
        case.layer(time_first(case, first)).detach()

    returned = case.layer(time_first(case, first))
    if case.kind == "LSTM":
        with pytest.raises(AttributeError, match="'tuple' object has no attribute 'detach'"):
            returned[1].detach()
        state = tuple(part.detach() for part in returned[1])
    else:
        state = returned[1].detach()
    output, _ = case.layer(time_first(case, second), state)

    whole = case.layer(time_first(case, torch.cat([first, second])))[0]
    assert torch.allclose(time_first(case, output), time_first(case, whole)[SEQ_LEN:], atol=1e-6)
    output.sum().backward()
    assert first.grad is None


@repairs("error-tuple-index", bidirectional=ONE)
def test_unpacked_output_is_indexed(case):
    """
    The last step of the output is what the pair could not be indexed for.
    """
    with pytest.raises(TypeError, match="tuple indices must be integers or slices, not tuple"):
        case.layer(case.x)[:, -1]

    output, _ = case.layer(case.x)
    last = output[:, -1] if case.options["batch_first"] else output[-1]

    assert torch.equal(last, case.states()["h_n"][-1])


@repairs("error-unpack-gru", kinds=["RNN", "GRU"], num_layers=[1, 2, 3])
def test_number_of_rows_decides_what_a_pair_of_states_does(case):
    """
    One row and three or more are refused, two are taken for h_n and c_n; one name has them all.
    """
    output, h_n = case.layer(case.x)
    rows = len(h_n)
    if rows == 2:
        _, (_, not_c_n) = case.layer(case.x)
        assert torch.equal(not_c_n, h_n[1])
    else:
        few = r"not enough values to unpack \(expected 2, got 1\)"
        message = few if rows == 1 else r"too many values to unpack \(expected 2"
        with pytest.raises(ValueError, match=message):
            _, (_, not_c_n) = case.layer(case.x)

    assert h_n.shape == (case.num_directions * case.sizes[2], BATCH_SIZE, 5)
    assert torch.equal(last_rows(case, h_n)[:, :5], time_first(case, output)[-1, :, :5])


@repairs("error-unpack-three", proj_size=[0, 2])
def test_two_names_take_what_a_layer_returns(case):
    """
    A pair for an LSTM and one state for the others.
    """
    with pytest.raises(ValueError, match=r"not enough values to unpack \(expected 3, got 2\)"):
        output, h_n, c_n = case.layer(case.x)

    if case.kind == "LSTM":
        output, (h_n, c_n) = case.layer(case.x)
        assert c_n.shape == (*h_n.shape[:2], 5)
    else:
        output, h_n = case.layer(case.x)

    final = time_first(case, output)[-1, :, : case.features]
    assert torch.equal(h_n[-case.num_directions], final)


@repairs("error-sequential-state", bidirectional=ONE)
def test_layer_called_by_hand_starts_from_the_state(case):
    """
    The state that no sequential takes continues the sequences.
    """
    linear = nn.Linear(5, 2)
    first, second = time_first(case, case.x)[:3], time_first(case, case.x)[3:]
    _, state = case.layer(time_first(case, first))
    with pytest.raises(TypeError, match="takes 2 positional arguments but 3 were given"):
        nn.Sequential(case.layer, linear)(time_first(case, second), state)

    output, _ = case.layer(time_first(case, second), state)

    whole = time_first(case, linear(case.layer(case.x)[0]))[3:]
    assert torch.allclose(time_first(case, linear(output)), whole, atol=1e-6)


class Asks(nn.Module):
    """A model whose forward asks for a state."""

    def __init__(self, layer):
        """Keep the layer."""
        super().__init__()
        self.layer = layer

    def forward(self, x, hidden):
        """Return what the layer returns."""
        return self.layer(x, hidden)


class Repaired(Asks):
    """The same model, whose state has a default."""

    def forward(self, x, hidden=None):
        """Return what the layer returns."""
        return self.layer(x, hidden)


@repairs("error-forward-missing", proj_size=[0, 2], layouts=["batched", "unbatched"])
def test_default_is_a_state_of_zeros_and_a_state_still_counts(case):
    """
    Without a state the repaired model starts from zeros, and with one it goes on from there.
    """
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'hidden'"):
        Asks(case.layer)(case.x)

    output, state = Repaired(case.layer)(case.x)
    on, _ = Repaired(case.layer)(case.x, state)

    zeros = mapped(state, torch.zeros_like)
    assert torch.allclose(output, Asks(case.layer)(case.x, zeros)[0], atol=1e-6)
    assert torch.equal(on, case.layer(case.x, state)[0])
    assert not torch.allclose(on, output, atol=1e-6)


@repairs("error-cat-sizes", proj_size=[0, 2])
def test_last_row_with_an_axis_of_time_is_joined_to_a_word(case):
    """
    The last row, both directions joined, gets its axis where a word has it, and ends each word.
    """
    axis = 1 if case.options["batch_first"] else 0
    word = torch.randn(BATCH_SIZE, 3).unsqueeze(axis)
    output, state = case.layer(case.x)
    h_n = states_of(state)[0]
    last = last_rows(case, h_n)
    if axis or len(h_n) > 1:
        with pytest.raises(RuntimeError, match="Sizes of tensors must match except in dimension 2"):
            torch.cat([word, h_n], dim=2)
    with pytest.raises(RuntimeError, match="must have same number of dimensions: got 3 and 2"):
        torch.cat([word, last], dim=2)

    joined = torch.cat([word, last.unsqueeze(axis)], dim=2)

    steps = time_first(case, output)
    ends = [steps[-1, :, : case.features], steps[0, :, case.features :]][: case.num_directions]
    assert torch.allclose(time_first(case, joined)[0], torch.cat([word.squeeze(axis), *ends], -1))
