"""The recipes of "Export with torch.export, TorchScript or ONNX" for TorchScript and packing."""

import pytest
import torch
from covers import HIDDEN_SIZE, INPUT_SIZE, LENGTHS, SEQ_LEN, repairs
from exported import PROJECTED, SIZES, inputs, same, state
from releases import RELEASE
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

# TorchScript and tracing warn of themselves.
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(RELEASE < (2, 11), reason="prints other messages"),
]


class Packs(nn.Module):
    """Pack, run, unpack."""

    def __init__(self, layer, enforce_sorted):
        super().__init__()
        self.layer, self.enforce_sorted = layer, enforce_sorted

    def forward(self, x, lengths):
        """Return the padded output and the states."""
        first = self.layer.batch_first
        packed = pack_padded_sequence(x, lengths, first, self.enforce_sorted)
        output, last = self.layer(packed)
        return pad_packed_sequence(output, first)[0], last


class PacksList(Packs):
    """Pack by a list that the model holds."""

    def __init__(self, layer, lengths):
        super().__init__(layer, enforce_sorted=False)
        self.lengths = lengths

    def forward(self, x):
        """Return the padded output and the states."""
        return super().forward(x, self.lengths)


@repairs("export-packing")
def test_packing_is_refused_by_export_and_kept_by_torchscript(case):
    """
    Traced or scripted, the model packs other lengths and other batches.
    """
    for enforce_sorted in (True, False):
        model = Packs(case.layer, enforce_sorted).eval()
        lengths = torch.tensor(sorted(LENGTHS, reverse=True) if enforce_sorted else LENGTHS)
        example = inputs(case), lengths
        with pytest.raises(TypeError, match=r"zeros\(\): argument 'size' failed to unpack"):
            torch.export.export(model, example)

        traced, scripted = torch.jit.trace(model, example), torch.jit.script(model)

        other = torch.tensor([8, 6, 4] if enforce_sorted else [4, 8, 6])
        x = inputs(case, 9, 3)
        assert same(traced(x, other), model(x, other))
        assert same(scripted(x, other), model(x, other))


@repairs("export-packing", num_layers=[1], bidirectional=[False])
def test_a_list_of_lengths_is_a_constant(case):
    """
    Lengths that are no tensor are those of the example for ever.
    """
    lengths = list(LENGTHS)
    model, x = PacksList(case.layer, lengths).eval(), inputs(case)
    traced, before = torch.jit.trace(model, inputs(case)), model(x)
    lengths[:] = [4, 2, 7, 3]

    assert same(traced(x), before)
    assert not same(traced(x), model(x))


class StatePassed(nn.Module):
    """Pass a state, for a script."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor, h_0: torch.Tensor):
        """Return what the layer returns."""
        return self.layer(x, h_0)


class PairPassed(nn.Module):
    """Pass the pair of an LSTM, for a script."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor, h_0: tuple[torch.Tensor, torch.Tensor]):
        """Return what the layer returns."""
        return self.layer(x, h_0)


@repairs("torchscript", proj_size=PROJECTED)
def test_a_scripted_wrapper_takes_any_size(case):
    """
    Alone a scripted layer cannot be called; wrapped it takes other sizes, and a state.
    """
    alone = torch.jit.script(case.layer)
    with pytest.raises(AttributeError, match="no attribute 'forward'"):
        alone(inputs(case))

    scripted = torch.jit.script(nn.Sequential(case.layer))
    wrapper = PairPassed if case.kind == "LSTM" else StatePassed
    with_state = torch.jit.script(wrapper(case.layer))

    for size in SIZES:
        x, start = inputs(case, *size), state(case, size[1])
        assert same(scripted(x), case.layer(x))
        assert same(with_state(x, start), case.layer(x, start))
    with pytest.raises(RuntimeError, match="expected at most 2 argument"):
        scripted(inputs(case), state(case))


@repairs("jit-trace", proj_size=PROJECTED)
def test_a_traced_layer_takes_any_size(case):
    """
    Traced at one size the layer takes others, with a state and without.
    """
    traced = torch.jit.trace(case.layer, inputs(case))
    with_state = torch.jit.trace(case.layer, (inputs(case), state(case)))

    for size in SIZES:
        x, start = inputs(case, *size), state(case, size[1])
        assert same(traced(x), case.layer(x))
        assert same(with_state(x, start), case.layer(x, start))


class Loop(nn.Module):
    """Loop over a cell, by number or over the tensor."""

    def __init__(self, kind, by_number):
        super().__init__()
        self.cell = getattr(nn, f"{kind}Cell")(INPUT_SIZE, HIDDEN_SIZE)
        self.lstm, self.by_number = kind == "LSTM", by_number

    def forward(self, x):
        """Return the last hidden state."""
        h = x.new_zeros(x.shape[1], HIDDEN_SIZE)
        now = (h, h) if self.lstm else h
        for x_t in (x[t] for t in range(x.shape[0])) if self.by_number else x:
            now = self.cell(x_t, now)
        return now[0] if self.lstm else now


@repairs("jit-trace", num_layers=[1], bidirectional=[False], batch_first=[False])
def test_a_traced_loop_has_the_steps_of_the_example(case):
    """
    Over numbers it cuts a longer input, and fails for a shorter one; over the tensor for both.
    """
    loop = Loop(case.kind, by_number=True)
    traced, longer = torch.jit.trace(loop, inputs(case)), inputs(case, 9, 6)

    assert same(traced(longer), loop(longer[:SEQ_LEN]))
    assert not same(traced(longer), loop(longer))
    with pytest.raises(RuntimeError, match=r"select\(\): index 5 out of range"):
        traced(inputs(case, 5))

    iterates = torch.jit.trace(Loop(case.kind, by_number=False), inputs(case))
    for seq_len in (9, 5):
        with pytest.raises(RuntimeError, match=f"Expected 7 elements .* found {seq_len}"):
            iterates(inputs(case, seq_len))


@repairs("torchscript", "jit-trace", num_layers=[2])
def test_dropout_after_eval(case):
    """
    A scripted model obeys `eval`; a traced one keeps the dropout of its trace.
    """
    case.layer.dropout = 0.5
    model = nn.Sequential(case.layer).train()
    scripted = torch.jit.script(model)
    traced = torch.jit.trace(case.layer, case.x, check_trace=False)
    for program, obeys in ((scripted, True), (traced, False)):
        assert not torch.equal(program(case.x)[0], program(case.x)[0])
        program.eval()
        assert torch.equal(program(case.x)[0], program(case.x)[0]) == obeys


@repairs("jit-trace", layouts=["batched", "unbatched"], num_layers=[1], bidirectional=[False])
def test_a_trace_has_the_axes_of_its_example(case):
    """
    The same number of axes runs in other sizes; another number fails or is wrong.
    """
    traced = torch.jit.trace(case.layer, case.x)
    batched = case.layout == "batched"
    same = torch.randn((6, 9, 3) if batched else (9, 3))
    other = torch.randn((9, 3) if batched else (6, 9, 3))

    assert torch.allclose(traced(same)[0], case.layer(same)[0], atol=1e-6)
    right = case.layer(other)[0]
    try:
        output = traced(other)[0]
    except (RuntimeError, IndexError):
        return
    assert output.shape != right.shape or not torch.allclose(output, right, atol=1e-4)
