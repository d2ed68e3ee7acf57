"""Code as a reader sees it: what stands back, what is said to be wrong, and what is copied."""

import html
import re
from functools import cache

import pytest
from built import HTML, ROOT
from examples import EXAMPLES

from code_marks.directions import directions
from code_marks.parts import groups_of

DOCS = ROOT / "docs"

ON_PAGES = [example for example in EXAMPLES if example.page.is_relative_to(DOCS)]
SCRIPTS = {path.name: path.read_text("utf-8") for path in ROOT.glob("gallery/*.py")}
TEXTS = [example.text for example in EXAMPLES] + list(SCRIPTS.values())
NAMES = [*map(str, EXAMPLES), *SCRIPTS]
SAID = re.compile(r"(?:>>> |  )# (wrong|right)\b")
FLAG = re.compile(r" *# doctest: .*$", re.MULTILINE)
UNSEEN = re.compile(r"<span hidden>.*?</span>", re.DOTALL)
PRE = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)


@cache
def code_of(page):
    """Return the text of all blocks of code in a page; a card shows an example in two of them."""
    shown = UNSEEN.sub("", page.read_text("utf-8"))
    blocks = [html.unescape(re.sub("<[^>]+>", "", block)) for block in PRE.findall(shown)]
    return "\n".join(block.strip() for block in blocks)


def lines_of(text, mark):
    """Return the lines of code that have a mark."""
    groups = [group for group in groups_of(text) if group.mark == mark]
    return ["".join(part.code).rstrip() for group in groups for part in group.parts if part.code]


class TestEveryExample:
    @pytest.mark.parametrize("text", TEXTS, ids=NAMES)
    def test_something_stays_in_front(self, text):
        """
        Groups hold each line once and in order, and one statement at least is in full strength.
        """
        groups = groups_of(text)
        front = [part for group in groups if group.mark != "set-up" for part in group.parts]

        assert "".join(line for group in groups for p in group.parts for line in p.lines) == text
        assert any(part.statements for part in front if part.role == "typed")

    @pytest.mark.parametrize("text", TEXTS, ids=NAMES)
    def test_marks_are_where_they_are_said(self, text):
        """
        A statement has the mark of its comment, or of the traceback below it, and no other one.
        """
        marked = [group for group in groups_of(text) if group.mark in {"wrong", "right"}]
        for group in marked:
            shown = "".join(line for part in group.parts for line in part.lines)
            assert set(SAID.findall(shown)) == {group.mark} or "Traceback" in shown

        said = len(SAID.findall(text))
        assert len(marked) >= said
        assert len(marked) <= said + text.count("Traceback (most recent call last):")

    @pytest.mark.parametrize("example", ON_PAGES, ids=str)
    def test_its_text_is_unchanged(self, example):
        """
        The page holds the example letter by letter, so that this is what one copies.
        """
        shown = FLAG.sub("", example.text).replace("<BLANKLINE>\n", "\n")

        assert shown.strip() in code_of(HTML / example.page.relative_to(DOCS).with_suffix(".html"))


class TestSetUp:
    @pytest.mark.parametrize(
        "line",
        [
            "import torch",
            "from rnn_guide import split_output",
            "_ = torch.manual_seed(0)",
            "lstm = torch.nn.LSTM(3, 5, bidirectional=True)",
            "gru = torch.nn.GRU(3, 5).eval()",
            "lstm, x = torch.nn.LSTM(3, 5), torch.randn(7, 4, 3)",
            "x = torch.arange(24.0).view(2, 3, 4)",
            "steps = [torch.randn(4, 3) for _ in range(7)]",
            "net = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.ReLU())",
            "lengths = [7, 2]",
        ],
    )
    def test_stands_back(self, line):
        """
        Imports, seeds, layers and data stand back before what is done with them.
        """
        assert lines_of(f">>> {line}\n>>> run(x)\n", "set-up") == [line]

    @pytest.mark.parametrize(
        "line",
        [
            "output, h_n = gru(x)",
            "packed = pack_padded_sequence(x, lengths)",
            "again = x",
            "x.grad = torch.zeros(3)",
            "features = 6 / 2",
            "gru = torch.nn.GRU(x.shape[-1], 5)",
            "joined = torch.cat([h_n[-2], h_n[-1]])",
            "model = Tagger()",
            "packed = torch.nn.utils.rnn.PackedSequence(x, sizes)",
        ],
    )
    def test_stays_in_front(self, line):
        """
        What computes, or uses a size of something else, may be what an example is about.
        """
        assert lines_of(f">>> {line}\n>>> run(x)\n", "set-up") == []

    @pytest.mark.parametrize(
        ("text", "back"),
        [
            ("x = torch.zeros(3)\nlstm(x)\nx = torch.ones(3)\nlstm(x)\n", []),  # made again
            ("lstm(x)\ny = torch.ones(3)\nlstm(y)\n", []),  # no longer at the start
            ("import torch\nlstm = torch.nn.LSTM(3, 5)\n", []),  # nothing would be left
            ("run()\nimport math\n_ = rng.seed(0)\nrun()\n", ["import math", "_ = rng.seed(0)"]),
        ],
    )
    def test_depends_on_its_place(self, text, back):
        """
        Layers and data stand back at the start alone, and where something else is left.
        """
        assert lines_of(text, "set-up") == back

    @pytest.mark.parametrize(
        ("line", "is_back"),
        [
            ("x = torch.zeros(7, 4)", False),
            ("x, lengths = torch.zeros(7, 4, 3), [7]", False),
            ("lstm = torch.nn.LSTM(3, 5)", True),
            ("lstm, x = torch.nn.LSTM(3, 5), torch.zeros(7, 4, 3)", True),
            ("other = torch.zeros(7, 4)", True),
        ],
    )
    def test_data_of_what_fails_is_none(self, line, is_back):
        """
        Data that the failing statement reads may be the mistake; a layer has its name.
        """
        failing = (
            ">>> lstm(x, lengths)\nTraceback (most recent call last):\n    ...\nTypeError: no\n"
        )
        running = ">>> lstm(x, lengths)\n"

        assert lines_of(f">>> {line}\n{running}", "set-up") == [line]
        assert lines_of(f">>> {line}\n{failing}", "set-up") == [line] * is_back

    def test_what_fails_is_none(self):
        """
        A layer that cannot be made is what the example is about.
        """
        text = ">>> import torch\n>>> x = torch.nn.LSTM(0.5, 5)\n" + (
            "Traceback (most recent call last):\n    ...\nTypeError: no\n"
        )

        assert lines_of(text, "set-up") == ["import torch"]
        assert lines_of(text, "wrong") == ["x = torch.nn.LSTM(0.5, 5)"]


class TestSigns:
    def test_a_comment_marks_what_follows(self):
        """
        A statement of several lines belongs to the comment above it, with what it prints.
        """
        text = ">>> # wrong: mixed\n>>> x.view(\n...     3)\n1\n>>> x.shape  # right\n2\n>>> x\n3\n"
        groups = groups_of(text)

        assert [group.mark for group in groups] == ["wrong", "right", "plain"]
        assert [line for part in groups[0].parts for line in part.lines] == text.splitlines(True)[
            :4
        ]

    def test_what_is_printed_is_not_typed(self):
        """
        Three dots below what is printed stand for more of it.
        """
        (group,) = groups_of(">>> x\ntensor([1,\n...\n2])\n")

        assert [part.role for part in group.parts] == ["typed", "printed"]

    @pytest.mark.parametrize(
        "comment", ["# rightmost", "# right-padded", "# is wrong", "# as right"]
    )
    def test_other_comments_mark_nothing(self, comment):
        """
        Only a comment that begins with the word says it of the statement.
        """
        assert [group.mark for group in groups_of(f">>> x  {comment}\n")] == ["plain"]


class TestDirections:
    @pytest.mark.parametrize(
        ("code", "words"),
        [
            ("forward, backward = split_output(output)", ["forward", "backward"]),
            ("split_output(x).forward", ["forward"]),
            ("torch.equal(\n    out.backward[0],\n    h_n[1])", ["backward"]),
            ("rows += [h_forward, h_backward]", ["h_forward", "h_backward"]),
            ("é = lstm.weight_ih_l0_reverse", ["weight_ih_l0_reverse"]),
            ("loss.backward()", []),
            ("model.forward(x)", []),
            ("def forward(self, x):\n    return super().forward(x)", []),
            ("def count(graph):\n    return graph.forward", []),
            ("model.forward = trace", []),
            ("from rnn_guide import check_forward\ncheck_forward(lstm, x)", []),
            ("x  # forward", []),
        ],
    )
    def test_names(self, code, words):
        """
        Names of halves have the colour of their direction, gradients and methods none.
        """
        lines, found = code.splitlines(), directions(code)

        assert [lines[word.line][word.start : word.end] for word in found] == words
        assert [word.direction == "forward" for word in found] == ["forward" in w for w in words]

    @pytest.mark.parametrize("text", TEXTS, ids=NAMES)
    def test_nothing_that_is_called(self, text):
        """
        No example has a direction in the place of a function.
        """
        code = "".join(line for group in groups_of(text) for p in group.parts for line in p.code)
        lines = code.splitlines()

        assert [w for w in directions(code) if lines[w.line][w.end : w.end + 1] == "("] == []
