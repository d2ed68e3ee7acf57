"""The fields of the explorer: what is refused, what applies, and what fills them in."""

import pytest
import torch
from playwright.sync_api import expect

from rnn_guide import lstm_shapes

DEMONSTRATION = {
    "kind": "RNN",
    "num_layers": 3,
    "bidirectional": True,
    "batch_first": True,
    "seq_len": 1,
    "batch_size": 1,
}
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
            assert eval(answer["layer"], {"torch": torch}).dropout == float(typed)

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
