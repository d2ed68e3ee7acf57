"""The recipes of "Compile a model" and of "Compute in half or mixed precision"."""

import pytest
import torch
from covers import repairs
from torch import nn
from torch.nn.utils.rnn import pack_sequence

CELLS = {"RNN": nn.RNNCell, "GRU": nn.GRUCell, "LSTM": nn.LSTMCell}
LOW = (torch.bfloat16, torch.float16)


@pytest.fixture(autouse=True)
def forget_what_was_compiled():
    """Compile anew in each test."""
    torch._dynamo.reset()


def hidden(state):
    """Return the hidden state."""
    return state[0] if isinstance(state, tuple) else state


@repairs("torch-compile", proj_size=[0, 2], layouts=["batched", "packed"])
def test_compiled_model_gives_the_same_numbers(case):
    """
    With fullgraph the layer is refused; without it model and layer give equal numbers.
    """
    x = case.packed() if case.layout == "packed" else case.x
    model = nn.Sequential(case.layer)
    with pytest.raises(torch._dynamo.exc.Unsupported, match="Attempted to wrap RNN, GRU, or LSTM"):
        torch.compile(model, backend="eager", fullgraph=True)(x)
    torch._dynamo.reset()

    output, state = torch.compile(model, backend="eager")(x)

    right, right_state = case.layer(x)
    assert torch.equal(getattr(output, "data", output), getattr(right, "data", right))
    assert torch.equal(hidden(state), hidden(right_state))


class Alone(nn.Module):
    """The module of the page."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    @torch.compiler.disable
    def forward(self, *inputs):
        """Call the layer."""
        return self.layer(*inputs)


class Model(nn.Module):
    """The model of the page."""

    def __init__(self, layer, features):
        super().__init__()
        self.layer = layer
        self.before, self.after = nn.Linear(3, 3), nn.Linear(features, 2)

    def forward(self, x):
        """Call the layer between two others."""
        x = self.before(x).relu()
        output, _ = self.layer(x)
        return self.after(output).relu()


@repairs("compile-the-rest", num_layers=[1])
def test_what_stands_around_the_layer_is_compiled(case):
    """
    A layer left alone gives two graphs in place of one, the same numbers, and weights in it.
    """
    graphs = []

    def count(graph, inputs):
        graphs.append(graph)
        return graph.forward

    for layer, number in ((case.layer, 1), (Alone(case.layer), 2)):
        torch._dynamo.reset()
        graphs.clear()
        model = Model(layer, case.features * case.num_directions)
        with torch.no_grad():
            y = torch.compile(model, backend=count)(case.x)
        assert len(graphs) == number
        assert torch.allclose(y, model(case.x), atol=1e-6)
    assert "layer.layer.weight_ih_l0" in model.state_dict()
    with pytest.raises(TypeError, match="unexpected keyword argument 'hx'"):
        model.layer(case.x, hx=None)
    state = case.layer(case.x)[1]
    assert torch.equal(model.layer(case.x, state)[0], case.layer(case.x, state)[0])
    assert model.layer.layer.hidden_size == 5
    assert not hasattr(model.layer, "hidden_size")


@repairs("compile-everything", num_layers=[1], batch_first=[False])
def test_the_switch_compiles_the_layer(case):
    """
    With the switch each kind is one graph and gives the numbers of the layer.
    """
    with torch._dynamo.config.patch(allow_rnn=True), torch.no_grad():
        whole = torch.compile(case.layer, backend="eager", fullgraph=True)
        output = whole(case.x)[0]

    assert torch.allclose(output, case.layer(case.x)[0], atol=1e-6)
    assert not torch._dynamo.config.allow_rnn


@pytest.mark.filterwarnings("ignore:The .grad attribute")  # the compiler looks at it
@pytest.mark.parametrize("behind", [False, True], ids=["data", "embedding"])
@repairs("compile-everything", num_layers=[1], batch_first=[False])
def test_with_gradients_an_lstm_needs_an_input_that_is_trained(case, behind):
    """
    RNN and GRU train with a backend that computes gradients, an LSTM where its input needs one.
    """
    x, embedding = case.x, nn.Embedding(9, 3)
    model = nn.Sequential(embedding, case.layer) if behind else case.layer
    model.zero_grad()
    x = torch.randint(9, x.shape[:2]) if behind else x
    with torch._dynamo.config.patch(allow_rnn=True):
        whole = torch.compile(model, backend="aot_eager", fullgraph=True)
        if case.kind == "LSTM" and not behind:
            with pytest.raises(AssertionError):
                whole(x)
            torch._dynamo.reset()
            x = x.clone().requires_grad_()
        whole(x)[0].sum().backward()

    found = [parameter.grad.clone() for parameter in model.parameters()]
    model.zero_grad()
    model(x)[0].sum().backward()
    for gradient, parameter in zip(found, model.parameters(), strict=True):
        assert torch.allclose(gradient, parameter.grad, atol=1e-4)


@repairs("compile-everything", num_layers=[1], batch_first=[False], bidirectional=[False])
def test_what_the_switch_does_not_do(case):
    """
    Outside of it a length that was compiled runs, and a new one is refused; packed input always is.
    """
    with torch._dynamo.config.patch(allow_rnn=True):
        whole = torch.compile(case.layer, backend="eager", fullgraph=True)
        with pytest.raises((torch._dynamo.exc.Unsupported, torch._dynamo.exc.UserError)):
            whole(pack_sequence([torch.randn(7, 3), torch.randn(5, 3)]))
        whole(case.x)

    assert torch.allclose(whole(case.x)[0], case.layer(case.x)[0], atol=1e-6)
    with pytest.raises(torch._dynamo.exc.Unsupported, match="Attempted to wrap RNN, GRU, or LSTM"):
        whole(torch.randn(9, 4, 3))


@pytest.mark.filterwarnings("ignore:The .grad attribute")  # the compiler looks at it
@repairs("compile-a-cell", num_layers=[1], bidirectional=[False], batch_first=[False])
def test_a_loop_over_a_cell_is_one_graph(case):
    """
    It equals the layer with the same weights, with gradients; a new length compiles anew.
    """

    class Loop(nn.Module):
        def __init__(self, cell):
            super().__init__()
            self.cell = cell

        def forward(self, x):
            state, outputs = None, []
            for x_t in x:
                state = self.cell(x_t, state)
                outputs.append(hidden(state))
            return torch.stack(outputs)

    graphs = []

    def count(graph, inputs):
        graphs.append(graph)
        return graph.forward

    loop = Loop(CELLS[case.kind](3, 5))
    weights = {n.removesuffix("_l0"): w for n, w in case.layer.state_dict().items()}
    loop.cell.load_state_dict(weights)
    whole = torch.compile(loop, backend=count, fullgraph=True)

    for steps, number in ((7, 1), (7, 1), (5, 2)):
        x = case.x[:steps].clone()
        assert torch.allclose(whole(x), case.layer(x)[0], atol=1e-6)
        assert len(graphs) == number
    whole(case.x).sum().backward()
    assert loop.cell.weight_hh.grad.any()

    torch._dynamo.reset()
    graphs.clear()
    loop.cell = torch.compile(loop.cell, backend=count)
    for steps in (7, 5, 6):
        x = case.x[:steps].clone()
        assert torch.allclose(loop(x), case.layer(x)[0], atol=1e-6)
    assert len(graphs) <= 2  # without and with a state, for any length


@pytest.fixture(params=[True, False], ids=["oneDNN", "no oneDNN"])
def onednn(request):
    """Compute with and without oneDNN; tell whether it computes an LSTM in bfloat16."""
    torch.backends.mkldnn.enabled = request.param
    yield request.param and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    torch.backends.mkldnn.enabled = True


@repairs("autocast", proj_size=[0, 2])
def test_dtype_under_autocast(case, onednn):
    """
    Each cell of the table, for output and states; values as in float32, and float32 gradients.
    """
    right = case.layer(case.x)[0]
    rows = case.num_directions * case.sizes[2]
    for x_dtype in (torch.float32, torch.bfloat16):
        for state_dtype in (None, torch.float32, torch.bfloat16):
            state = None
            if state_dtype:
                h_0 = torch.zeros(rows, 4, case.features, dtype=state_dtype)
                c_0 = torch.zeros(rows, 4, 5, dtype=state_dtype)
                state = (h_0, c_0) if case.kind == "LSTM" else h_0
            with torch.autocast("cpu", dtype=torch.bfloat16):
                output, returned = case.layer(case.x.to(x_dtype), state)
            states = returned if case.kind == "LSTM" else (returned,)
            projected = bool(case.options.get("proj_size"))
            low = case.kind == "RNN" or (case.kind == "LSTM" and (onednn or projected))
            as_a_gru = state_dtype or x_dtype
            wanted = torch.bfloat16 if low else as_a_gru
            assert output.dtype == states[0].dtype == wanted
            assert states[-1].dtype == (as_a_gru if projected else wanted)
            assert torch.allclose(output.float(), right, atol=0.05)
    output.float().square().mean().backward()
    assert case.layer.weight_hh_l0.dtype == case.layer.weight_hh_l0.grad.dtype == torch.float32


@repairs("autocast", layouts=["packed"])
def test_dtype_of_packed_output_under_autocast(case):
    """
    For packed input an LSTM follows the rows of a GRU.
    """
    rows = case.num_directions * case.sizes[2]
    packed = case.packed()
    for x_dtype in (torch.float32, torch.bfloat16):
        for state_dtype in (None, torch.float32, torch.bfloat16):
            state = None if state_dtype is None else torch.zeros(rows, 4, 5, dtype=state_dtype)
            if case.kind == "LSTM" and state is not None:
                state = state, state.clone()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                output, returned = case.layer(packed.to(x_dtype), state)
            wanted = torch.bfloat16 if case.kind == "RNN" else state_dtype or x_dtype
            assert output.data.dtype == hidden(returned).dtype == wanted


@repairs("autocast", num_layers=[1], bidirectional=[False], batch_first=[False])
def test_dtype_of_cells_under_autocast(case):
    """
    An RNNCell returns bfloat16, the others what a GRU would.
    """
    cell = CELLS[case.kind](3, 5)
    for x_dtype in (torch.float32, torch.bfloat16):
        for state_dtype in (None, torch.float32, torch.bfloat16):
            state = None if state_dtype is None else torch.zeros(4, 5, dtype=state_dtype)
            if case.kind == "LSTM" and state is not None:
                state = state, state.clone()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                returned = cell(torch.randn(4, 3, dtype=x_dtype), state)
            wanted = torch.bfloat16 if case.kind == "RNN" else state_dtype or x_dtype
            assert hidden(returned).dtype == wanted


@repairs("states-between-dtypes", proj_size=[0, 2])
def test_state_with_the_dtype_of_the_weights_is_taken(case):
    """
    A state from autocast is refused outside of it where it is bfloat16; converted it is right.
    """
    with torch.autocast("cpu", dtype=torch.bfloat16):
        _, state = case.layer(case.x)
    right = case.layer(case.x, case.layer(case.x)[1])[0]
    if hidden(state).dtype == torch.float32:
        assert torch.allclose(case.layer(case.x, state)[0], right, atol=0.05)
    else:
        with pytest.raises(RuntimeError):
            case.layer(case.x, state)

    dtype = case.layer.weight_hh_l0.dtype
    converted = tuple(s.to(dtype) for s in state) if case.kind == "LSTM" else state.to(dtype)
    output = case.layer(case.x, converted)[0]

    assert output.dtype == torch.float32
    assert torch.allclose(output, right, atol=0.05)
    with torch.autocast("cpu", dtype=torch.bfloat16):  # inside it needs no cast
        assert torch.allclose(case.layer(case.x, state)[0].float(), right, atol=0.05)


@repairs("grad-scaler", kinds=["RNN", "GRU"], batch_first=[False])
def test_unscaled_gradients_are_clipped(case):
    """
    After unscaling, the gradients are those of the loss, clipped; without, 1024 times as large.
    """
    optimizer = torch.optim.SGD(case.layer.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with torch.autocast("cpu", dtype=torch.float16):
        output, _ = case.layer(case.x)
    scaler.scale(output.float().square().mean()).backward()
    scaled = torch.cat([p.grad.flatten() for p in case.layer.parameters()])

    scaler.unscale_(optimizer)
    unscaled = torch.cat([p.grad.flatten() for p in case.layer.parameters()])
    norm = nn.utils.clip_grad_norm_(case.layer.parameters(), max_norm=1e-3)

    assert torch.allclose(unscaled * 1024, scaled, rtol=1e-4)
    assert torch.allclose(norm, unscaled.norm(), rtol=1e-4)
    before = case.layer.weight_hh_l0.detach().clone()
    scaler.step(optimizer)
    scaler.update()
    moved = (case.layer.weight_hh_l0 - before).norm()
    assert 0 < moved <= 0.1 * 1e-3 + 1e-6
    case.layer.zero_grad()
    case.layer(case.x)[0].square().mean().backward()
    right = torch.cat([p.grad.flatten() for p in case.layer.parameters()])
    assert torch.allclose(unscaled, right, atol=0.02)


@repairs("half-precision", proj_size=[0, 2], dtypes=LOW)
def test_whole_layer_in_less_precision(case):
    """
    Output, states and gradients have the dtype, and the numbers are near those of float32.
    """
    with pytest.raises((RuntimeError, ValueError)):
        case.layer(case.x.float())

    output, state = case.layer(case.x)
    output.float().square().mean().backward()

    states = state if case.kind == "LSTM" else (state,)
    assert {output.dtype, *(s.dtype for s in states)} == {case.dtype}
    assert case.layer.weight_ih_l0.grad.dtype == case.dtype
    assert case.layer.weight_ih_l0.grad.any()
    full = case.layer.to(torch.float32)(case.x.float())[0]
    tolerance = 0.02 if case.dtype == torch.bfloat16 else 0.002
    assert torch.allclose(output.float(), full, atol=tolerance)


@repairs("half-precision", dtypes=LOW, batch_first=[False])
def test_state_of_another_dtype_is_refused(case):
    """
    A float32 state for a layer of less precision raises an error.
    """
    rows = case.num_directions * case.sizes[2]
    h = torch.zeros(rows, 4, 5)

    with pytest.raises(RuntimeError):
        case.layer(case.x, (h, h) if case.kind == "LSTM" else h)
