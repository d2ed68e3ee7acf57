"""The answers of the shape explorer, compared with the layers of PyTorch."""

import contextlib
import io
import json

import pytest
import torch
from driver import for_readers, in_units, real, text
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import rnn_guide

torch.set_num_threads(1)  # the layers are small, and the browser needs the other cores
PARTS = ("forward", "backward")


class TestAnswers:
    @for_readers(320)
    def test_agree_with_the_layer(self, explorer, values):
        """
        For 320 drawn layers every shape, the parameters and their count are those of the layer.
        """
        answer = explorer(**values)
        layer, tensors = real(values)

        assert answer["errors"] == dict.fromkeys(answer["errors"], "")
        assert answer["tensors"] == {name: text(t) for name, t in tensors.items()}, values
        parameters = dict(layer.named_parameters())
        assert list(answer["parameters"].items()) == [
            (name, text(p)) for name, p in parameters.items()
        ]
        count = sum(p.numel() for p in parameters.values())
        size = sum(p.numel() * p.element_size() for p in parameters.values())
        assert answer["total"] == f"{count:,} parameters, {in_units(size)} in float32"
        assert len(answer["rows"]) == len(tensors["h_n"])
        assert str(eval(answer["layer"])) == str(layer)

    @pytest.mark.filterwarnings("ignore:Initializing zero-element")
    @for_readers(40)
    def test_programs_run(self, explorer, page, values):
        """
        For 40 drawn layers both programs make this layer, and tensors of the shapes on the page,
        and print what stands below them.
        """
        for way in ("alone", "package"):
            page.locator(f"[data-program={way}]").click()
            answer = explorer(**values)
            names, printed = {}, io.StringIO()

            with contextlib.redirect_stdout(printed):
                exec(answer["code"], names)

            assert answer["printed"].split() == printed.getvalue().split()
            assert ("rnn_guide" in answer["code"]) == (way == "package" and values["bidirectional"])
            assert str(names[values["kind"].lower()]) == str(real(values)[0])
            output = names["output"]
            assert text(getattr(output, "data", output)) == answer["tensors"]["output"]
            for state in {"h_n", "c_n"} & set(answer["tensors"]):
                assert text(names[state]) == answer["tensors"][state]
            if values["bidirectional"]:
                packed = way == "alone" and values["layout"] == "packed"
                halves = [getattr(names[part], "data", names[part]) for part in PARTS]
                whole = names["padded"] if packed else getattr(output, "data", output)
                assert torch.equal(torch.cat(halves, dim=-1), whole)
                assert torch.equal(names["h_backward"][-1], names["h_n"][-1])

    @pytest.mark.filterwarnings("ignore:Initializing zero-element")
    @for_readers(40)
    def test_expressions_run(self, explorer, values):
        """
        For 40 drawn layers each expression gives what the page says: of one shape, and of one value
        with the package and without.
        """
        answer = explorer(**values)
        names = {name: getattr(rnn_guide, name) for name in rnn_guide.__all__}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(answer["code"], names)

        states = 1 + (values["kind"] == "LSTM")
        assert len(answer["parts"]) == 3 + values["bidirectional"] + states * len(answer["rows"])
        for shape, *expressions in answer["parts"]:
            alone, package = (eval(expression, names) for expression in expressions)
            assert text(alone) == text(package) == shape, expressions
            assert torch.equal(alone, package)

    @pytest.mark.filterwarnings("ignore:Initializing zero-element", "ignore:TF32 acceleration")
    @for_readers(40)
    def test_numbers(self, explorer, values):
        """
        Multiplications are those of PyTorch's matrix products, and the memory is that of what the
        layer returns.
        """
        answer = explorer(**values)
        counter = FlopCounterMode(display=False)
        with counter, torch.backends.mkldnn.flags(enabled=False):
            _, tensors = real(values)

        calls = 2  # real() calls the layer with a state too
        count = counter.get_total_flops() // 2 // calls  # a product and a sum are two
        assert answer["numbers"]["products"].startswith(f"{count:,} multiplications")
        returned = [tensors[name] for name in ("output", "h_n", "c_n") if name in tensors]
        size = sum(tensor.numel() * tensor.element_size() for tensor in returned)
        assert answer["numbers"]["memory"].startswith(f"{in_units(size)} for output")
        assert answer["numbers"]["total"] == answer["total"]

    def test_numbers_are_grouped(self, explorer):
        """Large numbers can be read."""
        answer = explorer(
            kind="LSTM", input_size=300, hidden_size=256, num_layers=2, bidirectional=True
        )

        assert answer["total"] == "2,719,744 parameters, 10.9 MB in float32"

    def test_rows_are_those_that_output_ends_in(self, explorer):
        """
        The step beside a row of h_n is the step of output that holds the same state.
        """
        answer = explorer(kind="GRU", bidirectional=True, num_layers=2, layout="unbatched")
        _ = torch.manual_seed(0)
        gru = nn.GRU(3, 5, 2, bidirectional=True)

        output, h_n = gru(torch.randn(7, 3))

        for row, (name, layer, direction, step) in enumerate(answer["rows"]):
            assert (name, layer) == (f"h_n[{row}]", str(row // 2))
            assert direction == ("forward", "backward")[row % 2]
            half = slice(0, 5) if direction == "forward" else slice(5, 10)
            if layer == "1":
                assert torch.equal(output[int(step), half], h_n[row])

    @for_readers(40)
    def test_player_lights_the_cells(self, explorer, values):
        """
        output takes all steps of the top layer, a row of h_n the last cell that each sequence
        computes there, and h_n those of all rows; of what is lit the first sequence is in view.
        """
        answer = explorer(hover=True, **values)
        cells, in_view = answer["cells"], answer["inView"]

        directions = ("forward", "backward")[: 1 + values["bidirectional"]]
        lengths = [values["seq_len"]]
        if values["layout"] == "packed":
            lengths = json.loads(f"[{values['lengths']}]")
        top = values["num_layers"] - 1

        def steps(layer):
            """Return all steps of a layer."""
            return {
                f"{layer},{direction},{step},{sequence}"
                for direction in directions
                for sequence, length in enumerate(lengths)
                for step in range(length)
            }

        def ends(layer, direction):
            """Return the cells that a row of a state takes."""
            return {
                f"{layer},{direction},{length - 1 if direction == 'forward' else 0},{sequence}"
                for sequence, length in enumerate(lengths)
            }

        rows = [ends(layer, side) for layer in range(top + 1) for side in directions]
        assert len(rows) == len(answer["rows"])
        held = {"output": steps(top), "input": steps(0), "h_n": set().union(*rows)}
        held |= {f"h_n[{row}]": group for row, group in enumerate(rows)}
        for name, group in held.items():
            assert set(cells[name]) == group & set(in_view[name])
            assert any(cell.endswith(",0") for cell in cells[name])

    def test_big_numbers(self, explorer, page):
        """
        Numbers stay exact whatever their size; lists and player are cut, and say so.
        """
        answer = explorer(kind="LSTM", num_layers=10**15, input_size=10**17, seq_len=10**16)

        # first layer, and the ones above it
        count = 20 * (10**17 + 5) + 40 + (10**15 - 1) * (20 * 10 + 40)
        assert answer["total"].startswith(f"{count:,} parameters, ")
        assert answer["tensors"]["h_n"] == str((10**15, 4, 5))
        assert answer["parameters"]["weight_ih_l0"] == str((20, 10**17))
        assert len(answer["rows"]) == 8
        shown = page.locator(".player-note").inner_text()
        assert f" of {10**16} steps are shown" in shown
        assert f"4 of {10**15} layers are shown. No numbers, only places: PyTorch has " in shown
        notes = page.locator(".note").all_inner_texts()
        assert notes == [
            f"The first 8 of {10**15} rows are listed.",
            "The list ends with layer 63. The layers above it have the same shapes, and are "
            "counted.",
        ]
