"""The repairs of "Errors while making or calling a layer": the constructor."""

import inspect
import json

import numpy as np
import pytest
import torch
from covers import HIDDEN_SIZE, INPUT_SIZE, repairs
from layers import KINDS
from references import alone, close, time_first
from refused import refused
from torch import nn

GATED = ("GRU", "LSTM")


def made(case, *positions, **options):
    """Make the layer of a case, with other arguments, from the same random numbers each time."""
    assert case.x.ndim == 3  # drawn before the seed is set
    torch.manual_seed(1)
    sizes = positions or case.sizes
    return KINDS[case.kind](*sizes, **{**case.options, **options})


def same(case, layer, other):
    """Whether two layers have equal options, weights and results."""
    weights, others = layer.state_dict(), other.state_dict()
    return (
        repr(layer) == repr(other)
        and list(weights) == list(others)
        and all(torch.equal(weights[name], others[name]) for name in weights)
        and torch.equal(layer(case.x)[0], other(case.x)[0])
    )


@repairs("error-input-size-type")
def test_an_int_makes_the_layer(case):
    """
    A quotient, a number of NumPy or of a tensor, and the last size of a shape make the layer.
    """
    _, hidden_size, num_layers = case.sizes
    wrong = (6 / 2, np.int64(3), torch.tensor(3), tuple(case.x.shape))
    for number in wrong:
        message = f"input_size should be of type int, got: {type(number).__name__}"
        with refused(TypeError, message):
            made(case, number, hidden_size, num_layers)

    for size in (6 // 2, int(np.int64(3)), int(torch.tensor(3)), case.x.shape[-1]):
        assert same(case, made(case, size, hidden_size, num_layers), made(case))


@repairs("error-hidden-size-type")
def test_an_int_makes_the_state(case):
    """
    A whole quotient is the size; half of an even width, joined, has the width.
    """
    input_size, _, num_layers = case.sizes
    for number in (10 / 2, np.int64(5), torch.tensor(5)):
        message = f"hidden_size should be of type int, got: {type(number).__name__}"
        with refused(TypeError, message):
            made(case, input_size, number, num_layers)

    for size in (10 // 2, int(np.int64(5)), int(torch.tensor(5))):
        assert same(case, made(case, input_size, size, num_layers), made(case))
    if case.bidirectional:
        assert made(case, input_size, 10 // 2)(case.x)[0].shape[-1] == 10
        assert made(case, input_size, 11 // 2)(case.x)[0].shape[-1] == 11 - 1


@repairs("error-num-layers-type", num_layers=[2])
def test_dropout_by_its_name_drops_and_an_int_counts(case):
    """
    The probability comes to the dropout; a quotient, and a number of a file, count the layers.
    """
    input_size, hidden_size, _ = case.sizes
    from_file = json.loads("2.0")
    for number in (0.5, 4 / 2, from_file):
        with refused(TypeError, "'float' object cannot be interpreted as an integer"):
            made(case, input_size, hidden_size, number)

    named = made(case, input_size, hidden_size, num_layers=2, dropout=0.5)
    assert not torch.equal(named(case.x)[0], named(case.x)[0])
    assert torch.equal(named.eval()(case.x)[0], made(case)(case.x)[0])
    for count in (4 // 2, int(from_file)):
        assert same(case, made(case, input_size, hidden_size, num_layers=count), made(case))


@repairs("error-input-size-zero")
def test_last_size_of_the_data_is_the_input_size(case):
    """
    A layer of the last size reads the data; no column gives the 0.
    """
    _, hidden_size, num_layers = case.sizes
    for size in (case.x[..., :0].shape[-1], -1):
        with refused(ValueError, "input_size must be greater than zero"):
            made(case, size, hidden_size, num_layers)

    assert same(case, made(case, case.x.shape[-1], hidden_size, num_layers), made(case))


@repairs("error-hidden-size-zero")
def test_an_even_width_halves_to_the_wanted_output(case):
    """
    With two directions half of 2 gives the 2 that was wanted; more than 0 is enough for one.
    """
    input_size, _, num_layers = case.sizes
    with refused(ValueError, "hidden_size must be greater than zero"):
        made(case, input_size, 1 // 2, num_layers)

    layer = made(case, input_size, 2 // 2, num_layers)
    assert layer(case.x)[0].shape[-1] == case.num_directions


@repairs("error-num-layers-zero", num_layers=[1])
def test_one_is_the_default(case):
    """
    One layer is what the default makes.
    """
    input_size, hidden_size, _ = case.sizes
    for number in (0, -1):
        with refused(ValueError, "num_layers must be greater than zero"):
            made(case, input_size, hidden_size, number)

    assert same(case, made(case, input_size, hidden_size, num_layers=1), made(case))
    assert same(case, made(case, input_size, hidden_size), made(case))


@repairs("error-bias-type", kinds=GATED, num_layers=[2])
def test_dropout_by_its_name_leaves_the_biases(case):
    """
    The named dropout drops, and the layer keeps its biases; ``bias=False`` takes them away.
    """
    with refused(TypeError, "bias should be of type bool, got: float"):
        made(case, *case.sizes, 0.5)
    for value in (0, None):
        message = f"bias should be of type bool, got: {type(value).__name__}"
        with refused(TypeError, message):
            made(case, bias=value)

    layer = made(case, dropout=0.5)
    assert not torch.equal(layer(case.x)[0], layer(case.x)[0])
    assert torch.equal(layer.eval()(case.x)[0], made(case)(case.x)[0])
    assert any("bias" in name for name in layer.state_dict())
    assert not any("bias" in name for name in made(case, bias=False).state_dict())


@repairs("error-bias-type", kinds=["RNN"])
def test_the_fourth_argument_of_an_rnn_is_its_nonlinearity(case):
    """
    An RNN has another message there.
    """
    with refused(ValueError, "Unknown nonlinearity '0.5'. Select from 'tanh' or 'relu'."):
        made(case, *case.sizes, 0.5)


@repairs("error-batch-first-type")
def test_the_layout_decides_the_flag(case):
    """
    Without the argument the layer is right for time first, with it for batch first, and not else.
    """
    first = case.options["batch_first"]
    for value in (4, 1, 0.5):
        message = f"batch_first should be of type bool, got: {type(value).__name__}"
        with refused(TypeError, message):
            made(case, batch_first=value)

    layer, wrong = made(case, batch_first=first), made(case, batch_first=not first)
    sequences = time_first(case, case.x).unbind(1)
    right, _ = alone(layer, sequences)
    assert close(time_first(case, layer(case.x)[0]).unbind(1), right)
    assert not close(time_first(case, wrong(case.x)[0]).unbind(1), right)


@repairs("error-batch-first-type", kinds=GATED, num_layers=[2])
def test_dropout_at_the_fifth_position(case):
    """
    The fifth argument of a GRU and an LSTM is ``batch_first``.
    """
    options = {"bidirectional": case.bidirectional}
    with refused(TypeError, "batch_first should be of type bool, got: float"):
        KINDS[case.kind](*case.sizes, True, 0.5, **options)

    layer = KINDS[case.kind](*case.sizes, dropout=0.5, **options)
    assert not torch.equal(layer(case.x)[0], layer(case.x)[0])


@repairs("error-batch-first-type", bidirectional=[True])
def test_bidirectional_as_a_number_fails_in_the_call(case):
    """
    ``bidirectional=1`` makes a layer that fails when it is called; ``True`` makes one that runs.
    """
    layer = made(case, bidirectional=1)
    with refused(TypeError, "received an invalid combination of arguments"):
        layer(case.x)

    assert made(case, bidirectional=True)(case.x)[0].shape[-1] == 2 * case.features


@repairs("error-dropout-range", num_layers=[2])
def test_a_probability_drops(case):
    """
    Each of the wrong values is refused as the section says, and the repair is the wanted dropout.
    """
    message = "dropout should be a number in range [0, 1]"
    for value in (20, -0.1, True, "0.2", torch.tensor(0.2)):
        with refused(ValueError, message):
            made(case, dropout=value)
    for value, text in (("high", "high"), (None, "NoneType"), (nn.Dropout(0.2), "Dropout")):
        with refused((TypeError, ValueError), text):
            made(case, dropout=value)

    outputs = [made(case, dropout=value)(case.x)[0] for value in (0.2, float("0.2"))]
    assert torch.equal(*outputs)
    assert not torch.equal(outputs[0], made(case)(case.x)[0])
    assert torch.equal(made(case, dropout=0.2).eval()(case.x)[0], made(case)(case.x)[0])
    assert same(case, made(case), made(case, dropout=0))


@repairs("error-proj-size-negative", kinds=["LSTM"])
def test_zero_is_no_projection(case):
    """
    0 makes the layer that is made without the argument.
    """
    with refused(ValueError, "proj_size should be a positive integer or zero"):
        made(case, proj_size=-1)
    with refused(TypeError, "NoneType"):
        made(case, proj_size=None)

    del case.options["proj_size"]
    assert same(case, made(case, proj_size=0), made(case))
    assert not any(name.startswith("weight_hr") for name in made(case, proj_size=0).state_dict())


@repairs("error-proj-size-large", kinds=["LSTM"])
def test_a_smaller_projection_or_a_linear_layer(case):
    """
    4 is projected to, and a linear layer widens each step; the gradient arrives in the LSTM.
    """
    for size in (HIDDEN_SIZE, HIDDEN_SIZE + 3):
        with refused(ValueError, "proj_size has to be smaller than hidden_size"):
            made(case, proj_size=size)

    assert made(case, proj_size=4)(case.x)[0].shape[-1] == 4 * case.num_directions
    lstm, wider = made(case), nn.Linear(HIDDEN_SIZE * case.num_directions, 8)
    output, _ = lstm(case.x)
    wide = wider(output)
    assert wide.shape == (*output.shape[:2], 8)
    assert torch.allclose(wide[2, 3], wider(output[2, 3]), atol=1e-6)
    wide.sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in lstm.parameters())


@repairs("error-proj-size-lstm", kinds=["RNN", "GRU"])
def test_a_linear_layer_projects_output_and_state(case):
    """
    The output is projected at each step, the state too; the layer's own state stays as it was.
    """
    for size in (2, 0):
        with refused(ValueError, "proj_size argument is only supported for LSTM"):
            made(case, proj_size=size)

    layer = made(case)
    projection, of_state = nn.Linear(HIDDEN_SIZE * case.num_directions, 2), nn.Linear(5, 2)
    output, h_n = layer(case.x)
    assert torch.allclose(projection(output)[1, 2], projection(output[1, 2]), atol=1e-6)
    assert projection(output).shape == (*output.shape[:2], 2)
    assert of_state(h_n).shape == (*h_n.shape[:2], 2)
    assert layer(case.x, h_n)[1].shape == h_n.shape  # the state that is handed on is 5 wide
    with pytest.raises(RuntimeError):
        layer(case.x, of_state(h_n))
    if not case.bidirectional:
        last = output[:, -1] if case.options["batch_first"] else output[-1]
        assert torch.allclose(projection(last), projection(h_n[-1]), atol=1e-6)
    projection(output).sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in layer.parameters())


@repairs("error-nonlinearity", kinds=["RNN"], num_layers=[1], bidirectional=[False])
def test_names_make_two_directions_or_a_relu(case):
    """
    ``bidirectional`` by its name gives two directions, and ``"relu"`` computes one.
    """
    for value in (True, "sigmoid", "ReLU", torch.tanh):
        with refused(ValueError, f"Unknown nonlinearity '{value}'"):
            nn.RNN(3, 5, 2, value)

    two = nn.RNN(3, 5, 2, bidirectional=True)
    assert two(case.x)[0].shape[-1] == 2 * HIDDEN_SIZE
    del case.options["bidirectional"]
    relu = made(case, nonlinearity="relu")
    x, h = time_first(case, case.x), torch.zeros(4, HIDDEN_SIZE)
    for x_t in x:
        below = x_t @ relu.weight_ih_l0.T + relu.bias_ih_l0
        h = (below + h @ relu.weight_hh_l0.T + relu.bias_hh_l0).clamp(min=0)
    assert torch.allclose(relu(case.x)[1][0], h, atol=1e-6)


@repairs("error-nonlinearity", kinds=GATED)
def test_the_same_call_of_a_gated_layer_runs(case):
    """
    ``True`` at the fourth place is the bias of a GRU and an LSTM, and no direction.
    """
    assert not KINDS[case.kind](*case.sizes, True).bidirectional


@repairs("error-nonlinearity-gru", kinds=GATED)
def test_unknown_arguments_have_names_that_exist(case):
    """
    What does not exist is refused; its counterpart is an argument.
    """
    for name in ("nonlinearity", "activation", "num_directions", "hidden_dim", "units", "seq_len"):
        message = f"RNNBase.__init__() got an unexpected keyword argument '{name}'"
        with refused(TypeError, message):
            made(case, **{name: "relu"})

    names = set(inspect.signature(nn.RNNBase.__init__).parameters)
    assert {"bidirectional", "hidden_size", "batch_first"} <= names
    assert made(case, bidirectional=True)(case.x)[0].shape[-1] == 2 * HIDDEN_SIZE
    assert made(case)(case.x)[0].min() < 0  # fixed gates: no ReLU


@repairs("error-nonlinearity-gru", kinds=["RNN"])
def test_an_rnn_takes_it_once(case):
    """
    An RNN takes the nonlinearity, and refuses it given twice.
    """
    with refused(TypeError, "got an unexpected keyword argument 'nonlinearity'"):
        nn.RNN(3, 5, 2, "relu", nonlinearity="tanh")

    assert made(case, nonlinearity="relu")(case.x)[0].min() >= 0


@repairs("error-missing-hidden-size")
def test_both_sizes_make_the_layer(case):
    """
    The size of the data and the wanted one make the layer that positions make.
    """
    with refused(TypeError, "missing 1 required positional argument: 'hidden_size'"):
        made(case, HIDDEN_SIZE)

    wanted = made(case)
    torch.manual_seed(1)
    sizes = {"input_size": case.x.shape[-1], "hidden_size": HIDDEN_SIZE}
    named = KINDS[case.kind](**sizes, num_layers=case.sizes[2], **case.options)
    assert same(case, named, wanted)


@repairs("error-layer-dtype")
def test_words_and_a_learned_state_train_a_layer_of_floats(case):
    """
    Embedded words run, and embedding, layer and initial state get gradients.
    """
    message = "Only Tensors of floating point and complex dtype can require gradients"
    with refused(RuntimeError, message):
        made(case, dtype=torch.int64)
    with refused(RuntimeError, message):
        nn.Parameter(torch.zeros(1, 4, 5, dtype=torch.int64))

    layer, embedding = made(case), nn.Embedding(9, INPUT_SIZE)
    words = torch.randint(9, case.x.shape[:2])
    rows = case.num_directions * case.sizes[2]
    start = [nn.Parameter(torch.zeros(rows, 4, HIDDEN_SIZE)) for _ in range(2)]
    output, _ = layer(embedding(words), tuple(start) if case.kind == "LSTM" else start[0])
    output.square().sum().backward()
    used = [embedding.weight, *layer.parameters(), *start[: 1 + (case.kind == "LSTM")]]
    assert all(parameter.grad.abs().sum() > 0 for parameter in used)
    counts = torch.randint(9, case.x.shape)
    with pytest.raises((RuntimeError, ValueError)):
        layer(counts)
    right, _ = alone(layer, time_first(case, counts.float()).unbind(1))
    assert close(time_first(case, layer(counts.float())[0]).unbind(1), right)


@repairs("error-mode")
def test_the_public_classes_have_the_four_modes(case):
    """
    Each class has its mode, and a base with that mode has the same weights.
    """
    with refused(ValueError, "Unrecognized RNN mode: RNN"):
        nn.RNNBase("RNN", *case.sizes)

    modes = {"RNN": "RNN_TANH", "GRU": "GRU", "LSTM": "LSTM"}
    layer, base = made(case), nn.RNNBase(modes[case.kind], *case.sizes, **case.options)
    assert layer.mode == modes[case.kind]
    assert {n: w.shape for n, w in base.named_parameters()} == {
        n: w.shape for n, w in layer.named_parameters()
    }
    assert nn.RNN(3, 5, nonlinearity="relu").mode == "RNN_RELU"
