"""The recipes of "Export with torch.export, TorchScript or ONNX" for torch.export."""

import io

import pytest
import torch
from covers import BATCH_SIZE, HIDDEN_SIZE, INPUT_SIZE, LENGTHS, SEQ_LEN, repairs
from exported import PROJECTED, SIZES, inputs, same, state
from releases import RELEASE
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

# Exporters warn of themselves, and of the layer's own cache of weights.
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(RELEASE < (2, 11), reason="has no patch for an open length"),
]


@pytest.fixture(autouse=True)
def forget():
    """Leave nothing of an export to the next test."""
    yield
    for operator in (torch.ops.aten.gru.input, torch.ops.aten.lstm.input):
        operator._dispatch_cache.clear()


def axes(case, **names):
    """Return the marks of the axes: which="L" for the length, "N" for the batch."""
    places = {"L": 1, "N": 0} if case.options["batch_first"] else {"L": 0, "N": 1}
    return {places[name]: dim for name, dim in names.items()}


def patch(case):
    """Return the operator of a GRU or LSTM, and the patch that opens its length."""
    from torch.export import _patches

    name = case.kind.lower()
    operator = getattr(torch.ops.aten, name).input
    return operator, getattr(_patches, f"register_{name}_while_loop_decomposition")()


def export_open(case, *more, shapes=()):
    """Export the layer as the page does, with both axes open."""
    length, batch = torch.export.Dim("L"), torch.export.Dim("N")
    example = inputs(case), *more
    marks = axes(case, L=length, N=batch), *shapes
    operator, patched = patch(case)
    with patched:
        operator._dispatch_cache.clear()
        program = torch.export.export(case.layer.eval(), example, dynamic_shapes=marks)
    operator._dispatch_cache.clear()
    return program


@repairs("torch-export", proj_size=PROJECTED)
def test_a_marked_batch_may_vary_and_the_length_may_not(case):
    """
    Other batches give what the layer gives, also one sequence; another length is refused.
    """
    marks = (axes(case, N=torch.export.Dim("N")),)
    program = torch.export.export(case.layer.eval(), (inputs(case),), dynamic_shapes=marks)

    for batch_size in (BATCH_SIZE, 6, 1):
        x = inputs(case, SEQ_LEN, batch_size)
        assert same(program.module()(x), case.layer(x))
    with pytest.raises(AssertionError, match=r"Guard failed: .*size\(\)\[[01]\] == 7"):
        program.module()(inputs(case, 9))


@repairs("torch-export", num_layers=[1])
def test_an_example_of_one_sequence_closes_the_batch(case):
    """
    A batch of one in the example is taken for a constant.
    """
    marks = (axes(case, N=torch.export.Dim("N")),)
    message = r"You marked N as dynamic but your code specialized it to be a constant \(1\)"
    with pytest.raises(Exception, match=message):
        torch.export.export(case.layer.eval(), (inputs(case, 7, 1),), dynamic_shapes=marks)


@repairs("torch-export", num_layers=[1])
def test_an_automatic_length_is_fixed_without_a_word(case):
    """
    Dim.AUTO exports, and the program refuses another length.
    """
    marks = (axes(case, L=torch.export.Dim.AUTO, N=torch.export.Dim.AUTO),)
    program = torch.export.export(case.layer.eval(), (inputs(case),), dynamic_shapes=marks)

    with pytest.raises(AssertionError, match="Guard failed"):
        program.module()(inputs(case, 9))


@repairs("torch-export", num_layers=[1], bidirectional=[False])
def test_a_cell_has_the_weights_of_the_layer(case):
    """
    Step by step, for any length and batch, the exported cell gives the output of the layer.
    """
    layer = case.layer.eval()
    cell = getattr(nn, f"{case.kind}Cell")(INPUT_SIZE, HIDDEN_SIZE).eval()
    with pytest.raises(RuntimeError, match="Missing key"):
        cell.load_state_dict(layer.state_dict())
    weights = {name.removesuffix("_l0"): p for name, p in layer.state_dict().items()}
    cell.load_state_dict(weights)
    mark = {0: torch.export.Dim("N")}
    lstm = case.kind == "LSTM"
    zeros = torch.zeros(BATCH_SIZE, HIDDEN_SIZE)
    example = torch.zeros(BATCH_SIZE, INPUT_SIZE), (zeros, zeros.clone()) if lstm else zeros
    marks = mark, (mark, mark) if lstm else mark
    step = torch.export.export(cell, example, dynamic_shapes=marks).module()

    x = inputs(case, 9, 6)
    h = torch.zeros(6, HIDDEN_SIZE)
    now, outputs = (h, h.clone()) if lstm else h, []
    for x_t in x.unbind(1 if case.options["batch_first"] else 0):
        now = step(x_t, now)
        outputs.append(now[0] if lstm else now)

    output, last = layer(x)
    assert same(torch.stack(outputs, 1 if case.options["batch_first"] else 0), output)
    assert same(now, [s[0] for s in last] if lstm else last[0])


@repairs("torch-export", num_layers=[2], bidirectional=[False], batch_first=[False])
def test_training_mode_keeps_the_dropout(case):
    """
    Exported in training mode two calls differ; after eval they do not.
    """
    layer = getattr(nn, case.kind)(INPUT_SIZE, HIDDEN_SIZE, 2, dropout=0.5)
    x = inputs(case)
    drops = torch.export.export(layer.train(), (x,)).module()
    keeps = torch.export.export(layer.eval(), (x,)).module()

    assert not same(drops(x), drops(x))
    assert same(keeps(x), layer(x))


@repairs("export-open-length", kinds=["GRU", "LSTM"], proj_size=PROJECTED)
def test_the_patch_opens_the_length(case):
    """
    Refused before, and open inside the patch, with right outputs, states and gradients. An
    ordinary export is then ordinary again.
    """
    length = (axes(case, L=torch.export.Dim("L")),)
    with pytest.raises(Exception, match="You marked L as dynamic but your code specialized"):
        torch.export.export(case.layer.eval(), (inputs(case),), dynamic_shapes=length)

    program = export_open(case)

    assert all(
        same(program.module()(x), case.layer(x)) for x in (inputs(case, *size) for size in SIZES)
    )
    module, x = program.module(), inputs(case, 9, 6)
    module(x)[0].sum().backward()
    case.layer(x)[0].sum().backward()
    grads = {name: p.grad for name, p in case.layer.named_parameters()}
    assert {name for name, _ in module.named_parameters()} == set(grads)
    assert all(
        torch.allclose(p.grad, grads[name], atol=1e-5) for name, p in module.named_parameters()
    )
    with pytest.raises(Exception, match="You marked L as dynamic but your code specialized"):
        torch.export.export(case.layer, (inputs(case),), dynamic_shapes=length)


@repairs("export-open-length", kinds=["GRU", "LSTM"], num_layers=[2], bidirectional=[False])
def test_without_clearing_the_cache_the_last_export_decides(case):
    """
    What an export leaves decides the next one, both ways.
    """
    length = (axes(case, L=torch.export.Dim("L")),)
    layer, example = case.layer.eval(), (inputs(case),)
    torch.export.export(layer, example)
    operator, patched = patch(case)
    with patched, pytest.raises(Exception, match="You marked L as dynamic"):
        torch.export.export(layer, example, dynamic_shapes=length)

    operator._dispatch_cache.clear()
    with patch(case)[1]:
        torch.export.export(layer, example, dynamic_shapes=length)
    left = torch.export.export(layer, example, dynamic_shapes=length)

    x = inputs(case, 9)
    assert same(left.module()(x), layer(x))


@repairs("export-open-length", kinds=["GRU", "LSTM"])
def test_an_open_program_is_saved_with_its_states(case):
    """
    With a state as an input, saved and loaded, other sizes give what the layer gives.
    """
    mark = {1: torch.export.Dim("N")}
    marks = ((mark, mark) if case.kind == "LSTM" else mark,)
    file = io.BytesIO()
    torch.export.save(export_open(case, state(case), shapes=marks), file)
    file.seek(0)
    module = torch.export.load(file).module()

    for size in SIZES:
        x, start = inputs(case, *size), state(case, size[1])
        assert same(module(x, start), case.layer(x, start))


@repairs(
    "export-open-length",
    kinds=["GRU", "LSTM"],
    num_layers=[1],
    bidirectional=[False],
    batch_first=[False],
)
def test_decomposing_fixes_the_length_or_fails(case):
    """
    Outside the patch the decomposed program has the steps of the example; inside it fails.
    """
    program = export_open(case)
    operator, patched = patch(case)
    with patched, pytest.raises(Exception, match=r"lifted_tensor|missing val"):
        program.run_decompositions()
    operator._dispatch_cache.clear()

    assert len(program.run_decompositions().graph.nodes) > 10 * len(program.graph.nodes)


@repairs("export-open-length", kinds=["RNN"], num_layers=[1])
def test_the_patch_does_not_know_a_plain_layer(case):
    """
    A length of nn.RNN is refused inside both patches.
    """
    from torch.export import _patches

    length = (axes(case, L=torch.export.Dim("L")),)
    with (
        _patches.register_gru_while_loop_decomposition(),
        _patches.register_lstm_while_loop_decomposition(),
        pytest.raises(Exception, match="You marked L as dynamic but your code specialized"),
    ):
        torch.export.export(case.layer.eval(), (inputs(case),), dynamic_shapes=length)


def last_steps(case, output):
    """Return the last real step of each sequence, as the page takes it."""
    last, rows = torch.tensor(LENGTHS) - 1, torch.arange(BATCH_SIZE)
    return output[rows, last] if case.options["batch_first"] else output[last, rows]


def right(case, x):
    """Return what the layer gives for packed input, and the last h_n."""
    first = case.options["batch_first"]
    packed = pack_padded_sequence(x, LENGTHS, first, enforce_sorted=False)
    output, last = case.layer(packed)
    h_n = last[0] if case.kind == "LSTM" else last
    return pad_packed_sequence(output, first, total_length=SEQ_LEN)[0], h_n


@repairs("export-padding", bidirectional=[False], proj_size=PROJECTED)
def test_the_last_real_step_is_right_and_h_n_is_not(case):
    """
    For one direction the padding at the end is read after the last real step.
    """
    x = inputs(case)
    program = torch.export.export(case.layer.eval(), (x,)).module()
    output, last = program(x)
    _, h_n = right(case, x)

    assert same(last_steps(case, output), h_n[-1])
    assert not same((last[0] if case.kind == "LSTM" else last)[-1], h_n[-1])


@repairs("export-padding", bidirectional=[True])
def test_two_directions_read_the_padding_first(case):
    """
    With two directions the last real steps are wrong too.
    """
    x = inputs(case)
    output, _ = torch.export.export(case.layer.eval(), (x,)).module()(x)
    packed, _ = right(case, x)

    assert not same(last_steps(case, output), last_steps(case, packed))


@repairs("export-padding", bidirectional=[False], num_layers=[1], batch_first=[True])
def test_padding_in_front_is_wrong_in_the_output(case):
    """
    Padding in front moves the state before the first real step.
    """
    x = torch.randn(1, 4, INPUT_SIZE)
    padded = nn.functional.pad(x, (0, 0, 3, 0))
    output, _ = torch.export.export(case.layer.eval(), (padded,)).module()(padded)

    assert not same(output[:, -1], case.layer(x)[0][:, -1])


@repairs("export-state", bidirectional=[False], proj_size=PROJECTED)
def test_a_state_goes_in_and_comes_out(case):
    """
    In parts of one length, for another batch, the program gives what one call of the layer gives.
    """
    mark = {1: torch.export.Dim("N")}
    marks = axes(case, N=mark[1]), (mark, mark) if case.kind == "LSTM" else mark
    example = inputs(case), state(case)
    program = torch.export.export(case.layer.eval(), example, dynamic_shapes=marks).module()

    time = 1 if case.options["batch_first"] else 0
    x, now, parts = inputs(case, 3 * SEQ_LEN, 6), state(case, 6), []
    whole, last = case.layer(x, now)
    for part in x.split(SEQ_LEN, time):
        output, now = program(part, now)
        parts.append(output)

    assert same(torch.cat(parts, time), whole)
    assert same(now, last)


class Keeps(nn.Module):
    """Keep the state in the model, as one should not."""

    def __init__(self, layer, start):
        super().__init__()
        self.layer, self.h = layer, start

    def forward(self, x):
        """Return the output, and keep the state."""
        output, self.h = self.layer(x, self.h)
        return output


@repairs("export-state", num_layers=[1], bidirectional=[False])
def test_a_state_in_the_model_is_a_constant(case):
    """
    Called twice the model itself goes on, and exported or traced it starts anew.
    """
    x = inputs(case)
    with torch.no_grad():
        start = state(case)
        model = Keeps(case.layer, start).eval()
        assert not same(model(x), model(x))

        program = torch.export.export(Keeps(case.layer, start).eval(), (x,)).module()
        traced = torch.jit.trace(Keeps(case.layer, start).eval(), x, check_trace=False)

        assert same(program(x), program(x))
        assert same(traced(x), traced(x))
