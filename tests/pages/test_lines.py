"""Lines of code that a reader sees, short enough to stand side by side and on a phone."""

import ast
import re

import pytest
from examples import PAGES, ROOT

LONGEST = 60
FILES = [*PAGES, *ROOT.glob("rnn_guide/*.py")]
GALLERY = list(ROOT.glob("gallery/*.py"))
TYPED = re.compile(r"^ *(?:>>>|\.\.\.) (.*)$", re.MULTILINE)


def name(path):
    """Return how a file is called in a report."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_examples(path):
    """
    No line that one types is longer than 60 characters, without its prompt.
    """
    typed = TYPED.findall(path.read_text(encoding="utf-8"))

    assert [line for line in typed if len(line) > LONGEST] == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_blank_line_inside(path):
    """
    A blank line would end a block that is pasted into Python.
    """
    assert not re.search(
        r"^ *\.\.\.\n(?= *\.\.\. )", path.read_text(encoding="utf-8"), re.MULTILINE
    )


@pytest.mark.parametrize("path", GALLERY, ids=name)
def test_gallery(path):
    """
    Nor in a script of the gallery, whose texts the site sets in lines of its own.
    """
    text = path.read_text(encoding="utf-8")
    code = text.partition(ast.get_docstring(ast.parse(text), clean=False))[2]

    long = [line for line in code.splitlines() if len(line) > LONGEST]
    assert [line for line in long if not line.startswith("# ") and '"""' not in line] == []
