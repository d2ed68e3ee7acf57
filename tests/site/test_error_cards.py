"""The cards of errors: what their halves show, and the program that their buttons copy."""

import contextlib
import doctest
import html
import io
import re
from typing import NamedTuple

import pytest
from built import HTML, ROOT

from error_cards.halves import cut

PRE = re.compile(r'<div class="half (fails|runs)">.*?<pre>(.*?)</pre>', re.DOTALL)
HIDDEN = re.compile(r"<span hidden>(.*?)</span>", re.DOTALL)
FENCE = re.compile(r"^```\{doctest\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SOURCES = "".join(path.read_text("utf-8") for path in sorted((ROOT / "docs/errors").glob("*.md")))


class Card(NamedTuple):
    """A card as the page has it."""

    label: str
    text: str

    @property
    def halves(self) -> dict[str, tuple[str, str]]:
        """Return by its kind what each half holds unseen, and what it shows."""
        return {kind: _read(text) for kind, text in PRE.findall(self.text)}

    def __str__(self) -> str:
        return self.label


def _read(block: str) -> tuple[str, str]:
    hidden = "".join(HIDDEN.findall(block))
    shown = re.sub("<.*?>", "", HIDDEN.sub("", block))
    return html.unescape(hidden), html.unescape(shown)


def cards() -> list[Card]:
    """Return the cards of all pages."""
    found = []
    for page in sorted((HTML / "errors").glob("*.html")):
        _, *parts = re.split('(?=<section class="error-card")', page.read_text("utf-8"))
        for part in parts:
            label = re.search(r'(?:id|<span id)="((?:error|wrong|crash)-[^"]*)"', part)[1]
            found.append(Card(label, part.partition("</section>")[0]))
    return found


CARDS = cards()
CUT = [card for card in CARDS if card.halves]


def run(text: str) -> list[tuple[doctest.Example, str, str]]:
    """Run statements, and return what each prints and raises, the first error being the last."""
    names: dict[str, object] = {"__name__": "__main__"}
    found = []
    for statement in doctest.DocTestParser().get_examples(text):
        error = ""
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            try:
                exec(compile(statement.source, "program", "single"), names)
            except Exception as raised:
                error = f"{type(raised).__name__}: {raised}\n"
        found.append((statement, printed.getvalue(), error))
    return found


class TestCards:
    def test_each_section_about_an_error_is_one(self):
        """
        Each section with a message is a card, and most examples are cut.
        """
        labels = re.findall(r"^\((error-[a-z0-9-]+)\)=$", SOURCES, re.MULTILINE)

        errors = [card.label for card in CARDS if card.label.startswith("error-")]
        assert sorted(errors) == sorted(labels)
        assert len(CUT) > 0.85 * len(labels)

    @pytest.mark.parametrize("card", CARDS, ids=str)
    def test_begins_with_label_and_message(self, card):
        """
        A card has one label in words, and its heading is the next thing in it.
        """
        label = (
            '<p class="card-labels"><span class="card-label [a-z]+">[a-z ]+</span>\n</p>\n<h[23]>'
        )

        assert len(re.findall(label, card.text)) == card.text.count("card-label ") == 1

    @pytest.mark.parametrize("card", CARDS, ids=str)
    def test_folds_nothing_that_is_linked(self, card):
        """
        No anchor stands in what is folded, and other versions are the last line, once.
        """
        for fold in re.findall('<details class="card-more">.*?</details>', card.text, re.DOTALL):
            assert ' id="' not in fold
        others = card.text.split('<details class="other-versions">')[1:]
        assert [text.partition("</details>")[2].strip() for text in others] in ([], [""])


class TestHalves:
    @pytest.mark.parametrize("card", CUT, ids=str)
    def test_hold_each_line_of_an_example_once(self, card):
        """
        Together the halves show an example of the page, and nothing else.
        """
        shown = "".join(shown for _, shown in card.halves.values())

        assert list(card.halves) == ["fails", "runs"]
        assert shown in FENCE.findall(SOURCES)

    @pytest.mark.parametrize("card", CUT, ids=str)
    def test_second_runs_on_its_own(self, card):
        """
        What the button of the second half copies runs without an error, and prints what is shown.
        """
        needed, shown = card.halves["runs"]
        before = len(doctest.DocTestParser().get_examples(needed))

        outcomes = run(needed + shown)

        assert len(outcomes) > before > 0
        assert [error for _, _, error in outcomes if error] == []
        for statement, printed, _ in outcomes[before:]:
            options = sum(flag for flag, on in statement.options.items() if on)
            assert doctest.OutputChecker().check_output(statement.want, printed, options)

    @pytest.mark.parametrize("card", CUT, ids=str)
    def test_first_fails_on_its_own(self, card):
        """
        What the button of the first half copies needs nothing else, and fails as it is shown.
        """
        hidden, shown = card.halves["fails"]

        outcomes = run(shown)

        assert hidden == ""
        for statement, printed, error in outcomes:
            assert bool(error) == (statement.exc_msg is not None)
            assert error or doctest.OutputChecker().check_output(statement.want, printed, 0)


FAILS = "Traceback (most recent call last):\n    ...\nValueError: no\n"


class TestCut:
    """Where an example is cut, and where not."""

    def test_between_failure_and_repair(self):
        """
        The repair takes what was made before, without what fails; its comment stays with it.
        """
        start, repair = (
            ">>> x = 1\n>>> # wrong\n>>> f(\n...     x\n... )\n",
            ">>> # right\n>>> x\n1\n",
        )

        assert cut(start + FAILS + repair, "no") == (start + FAILS, repair, ">>> x = 1\n")

    def test_behind_what_a_warning_has_made(self):
        """
        A warning fails from the statement that records it to the last one that reads its results.
        """
        start = ">>> import warnings\n"
        warns = (
            ">>> with warnings.catch_warnings(record=True) as caught:\n...     wrong = f()\n...\n"
            ">>> print(caught[0].message)\ncareful, please\n>>> wrong\n2\n"
        )

        assert cut(f"{start}{warns}>>> f(1)\n1\n", "careful") == (
            *(start + warns, ">>> f(1)\n1\n", start),
        )

    def test_behind_what_a_refused_call_has_changed(self):
        """
        What is shown of the things in a "try" belongs to the failure.
        """
        tries = ">>> try:\n...     a.f()\n... except E as e:\n...     print(e)\n...\nno\n"
        shows, repair = ">>> # half\n>>> a.x\n1\n", ">>> a = A()\n>>> a.x\n2\n"

        assert cut(f">>> a = A()\n{tries}{shows}{repair}", "no") == (
            *(f">>> a = A()\n{tries}{shows}", repair, ">>> a = A()\n"),
        )

    @pytest.mark.parametrize(
        "example",
        [
            ">>> f()\n" + FAILS,
            ">>> f()\n" + FAILS + ">>> # the end\n",
            ">>> f()\n" + FAILS + ">>> 1\n1\n>>> f()\n" + FAILS + ">>> 1\n1\n",
            ">>> 1\n1\n",
        ],
        ids=["fails last", "only a comment follows", "fails twice", "fails not"],
    )
    def test_nowhere(self, example):
        """
        Without one failure and a repair behind it, an example stays whole.
        """
        assert cut(example, "no") is None
