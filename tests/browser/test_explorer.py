"""The shape explorer, compared with the layers of PyTorch and with what rnn_guide refuses."""

import contextlib
import io
import json
from urllib.parse import urlencode

import pytest
import torch
from driver import DRIVE, for_readers, in_units, real, text
from playwright.sync_api import expect
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import rnn_guide
from rnn_guide import lstm_shapes

torch.set_num_threads(1)  # the layers are small, and the browser needs the other cores
PARTS = ("forward", "backward")
DEMONSTRATION = {
    "kind": "RNN",
    "num_layers": 3,
    "bidirectional": True,
    "batch_first": True,
    "seq_len": 1,
    "batch_size": 1,
}


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


SIZES = ("input_size", "hidden_size", "num_layers", "seq_len", "batch_size", "proj_size")
MAY_BE_0 = ("batch_size", "proj_size")
WRONG = {
    "-1": -1,
    "-12345678901234567": -12345678901234567,
    "": "",
    "2.5": 2.5,
    "7.": 7.0,
    "1e3": 1000.0,
    "1e999": float("inf"),
    "NaN": "NaN",
    "five": "five",
    "a'\"b": "a'\"b",
    "<b>x</b>": "<b>x</b>",
    "{minimum}$&": "{minimum}$&",
}
RIGHT = {"3": 3, " 3 ": 3, "+3": 3, "003": 3}


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "';alert(1);//",
    "${alert(1)}",
    "{value}{cause}",
    "-1",
    "NaN",
    "Infinity",
    "1e309",
    "__proto__",
    "%00",
    "\u202etxt",
)


def refuses(**arguments) -> bool:
    """Return whether rnn_guide refuses an argument of an LSTM."""
    usual = {"input_size": 3, "hidden_size": 5, "seq_len": 7, "batch_size": 4}
    try:
        lstm_shapes(**usual | arguments)
    except (TypeError, ValueError):
        return True
    return False


class TestBadValues:
    @pytest.mark.parametrize("name", SIZES)
    def test_refused_beside_the_field(self, name, explorer, page):
        """
        What rnn_guide refuses is refused beside its field, and the last good answer stays.
        """
        minimum = 0 if name in MAY_BE_0 else 1
        good = explorer(kind="LSTM")
        for typed, value in (WRONG | ({} if minimum == 0 else {"0": 0})).items():
            answer = explorer(**{name: typed})

            assert refuses(**{name: value})
            errors = {field: text for field, text in answer["errors"].items() if text}
            assert errors == {name: f"A whole number, {minimum} or more."}
            assert {**answer, "errors": 0, "cells": 0} == {**good, "errors": 0, "cells": 0}
            assert page.locator(f"[name={name}]").get_attribute("aria-invalid") == "true"
            assert page.locator(".stale").is_visible()

        for typed, value in RIGHT.items():
            assert not refuses(**{name: value})
            assert explorer(**{name: typed})["errors"] == dict.fromkeys(good["errors"], "")
            assert page.locator(".stale").is_hidden()

    def test_dropout(self, explorer):
        """A dropout is a number from 0 to 1, however it is typed."""
        for typed in ("2", "-0.5", "", "half", "50.0", "1e3", "NaN", "0.5.5"):
            assert explorer(dropout=typed)["errors"]["dropout"] == "A number from 0 to 1."
        for typed, written in {".5": "0.5", "1": "1", " 2e-3 ": "0.002", "1e-7": "1e-7"}.items():
            answer = explorer(dropout=typed)

            assert answer["errors"]["dropout"] == ""
            assert answer["layer"] == f"torch.nn.RNN(3, 5, num_layers=2, dropout={written})"
            assert eval(answer["layer"]).dropout == float(typed)

    def test_projection(self, explorer):
        """A projection must be narrower than the cell, where there is one."""
        for proj_size in (5, 7):
            assert refuses(proj_size=proj_size)
            errors = explorer(kind="LSTM", proj_size=proj_size)["errors"]
            assert errors["proj_size"] == "A whole number below hidden_size."
        assert explorer(kind="GRU")["errors"]["proj_size"] == ""

    def test_lengths(self, explorer):
        """Each length is a whole number of at least 1."""
        for typed in ("7, 0, 2", "", "7, x", "7, 2.5", "7 2", ",", "7,,2"):
            errors = explorer(layout="packed", lengths=typed)["errors"]

            assert errors["lengths"] == "Whole numbers, 1 or more, with commas between them."
        assert explorer(lengths="3, 2,")["tensors"]["input"] == "(5, 3)"

    def test_several_at_once(self, explorer):
        """Each wrong field has its own message."""
        errors = explorer(input_size=0, seq_len=0)["errors"]

        assert {name for name, text in errors.items() if text} == {"input_size", "seq_len"}


class TestFields:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"kind": "RNN"}, {"proj_size", "lengths"}),
            ({"kind": "LSTM"}, {"lengths"}),
            ({"kind": "LSTM", "num_layers": 1}, {"dropout", "lengths"}),
            (
                {"kind": "LSTM", "layout": "unbatched"},
                {"batch_first", "batch_size", "lengths"},
            ),
            ({"kind": "LSTM", "layout": "packed"}, {"batch_first", "seq_len", "batch_size"}),
        ],
    )
    def test_disabled_where_they_do_not_apply(self, values, expected, explorer):
        """A field that means nothing for this layer cannot be filled in."""
        assert set(explorer(**values)["disabled"]) == expected

    def test_packed_batch_has_the_sizes_of_its_sequences(self, explorer, page):
        """
        A field that does not apply keeps its value for later.
        """
        assert explorer(layout="packed", lengths="2, 9, 4")["tensors"]["h_n"] == "(2, 3, 5)"
        assert explorer()["rows"][0][-1] == "8"

        assert explorer(layout="batched")["tensors"]["input"] == "(7, 4, 3)"

    def test_presets(self, explorer, page):
        """
        The first preset is the demonstration; each gives a good answer.
        """
        for button in page.locator("[data-preset]").all()[::-1]:
            explorer(input_size="x")
            page.get_by_text("presets").click()
            button.click()
            assert page.locator(".stale").is_hidden()

        answer = explorer()
        assert answer["layer"] == (
            "torch.nn.RNN(3, 5, num_layers=3, batch_first=True, bidirectional=True)"
        )
        assert answer["tensors"]["input"] == "(1, 1, 3)"

    def test_copies_the_program(self, explorer, page):
        """
        The copy button gives the program, which runs.
        """
        expected = explorer(**DEMONSTRATION)["code"]

        page.locator("[data-copy=code]").click()
        expect(page.locator("[data-copy=code]")).to_have_text("copied")

        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == expected
        names = {}
        exec(copied, names)
        assert names["h_n"].shape == (6, 1, 5)


class TestAddress:
    @for_readers(4)
    def test_holds_the_state(self, explorer, page, chromium, values):
        """
        A link opens the same answer elsewhere.
        """
        expected = explorer(**values)
        page.wait_for_timeout(50)
        other = chromium.new_page()
        other.goto(page.url)

        assert other.evaluate(DRIVE, [{}, False]) == expected
        other.close()

    def test_pasted_into_the_open_page(self, explorer, page):
        """An address that is pasted into the open page fills in the form."""
        page.evaluate("location.hash = 'kind=GRU&seq_len=9'")

        page.wait_for_function("document.querySelector('[data-layer]').textContent.includes('GRU')")
        assert explorer()["tensors"]["output"] == "(9, 4, 5)"

    def test_keeps_the_last_good_state(self, explorer, page):
        """A wrong value does not get into the address."""
        explorer(**DEMONSTRATION)
        page.wait_for_function("location.hash.includes('bidirectional=True')")
        good = page.url

        explorer(hidden_size=0)
        page.wait_for_function("document.querySelector('[role=status]').textContent !== ''")

        assert page.url == good

    def test_hostile_value_is_text(self, explorer, page, site):
        """
        Whatever stands in an address becomes a refused value at most: no markup, no code.
        """
        page.add_init_script("window.alert = () => { window.hacked = true; }")
        names = page.eval_on_selector_all("#shape-explorer [name]", "es => es.map(e => e.name)")
        plain = page.evaluate("document.querySelectorAll('.explorer *').length")

        for value in HOSTILE:
            query = urlencode(dict.fromkeys(names, value))
            for address in (f"#{query}", f"?{query}#{value}"):
                page.goto("about:blank")
                page.goto(f"{site}/explorer.html{address}")

                assert page.evaluate("document.querySelectorAll('.explorer *').length") == plain
                assert page.evaluate("window.hacked") is None
                answer = explorer()
                assert answer["tensors"]["output"] == "(7, 4, 5)"
                assert answer["code"].count("\n") == 4

    def test_huge_numbers_do_not_hang(self, explorer, page, site):
        """
        A number of an address is cut to what the field takes, and lists are cut too.
        """
        sizes = dict.fromkeys(("num_layers", "seq_len", "input_size", "hidden_size"), "9" * 5000)
        page.goto("about:blank")
        page.goto(f"{site}/explorer.html#{urlencode(sizes)}")

        assert explorer()["tensors"]["h_n"] == str((10**18 - 1, 4, 10**18 - 1))
        assert len(explorer()["rows"]) == 8
