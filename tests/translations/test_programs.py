"""A translated example is the same program: only its comments speak another language."""

import pytest
from catalogs import CODE
from programs import differences, is_too_wide, programs, typed

from languages.comments import comments_of, with_comments

EXAMPLE = """\
>>> x = "# no comment"  # a comment
>>> # the end
>>> def f(y):
...     return y  # back
>>> f(x)
'# no comment'
"""


def in_chinese(text: str) -> str:
    """Return a program as the Chinese edition shows it."""
    return with_comments(text, lambda comment: CODE.get(comment) or comment)


PROGRAMS = [(place, text, in_chinese(text)) for place, text in programs()]


def test_only_comments_differ():
    """
    Each program runs the same statements, prints the same lines, and is compared in the same way.
    """
    found = [(place, list(differences(text, chinese))) for place, text, chinese in PROGRAMS]

    assert [one for one in found if one[1]] == []


def test_lines_fit():
    """
    A line with a Chinese comment is no wider than 60 letters.
    """
    wide = [
        (place, line)
        for place, text, chinese in PROGRAMS
        for old, line in zip(typed(text), typed(chinese), strict=True)
        if is_too_wide(line) and not is_too_wide(old)  # English lines have their own test
    ]

    assert wide == []


def test_much_is_translated():
    """
    Pages, docstrings, scripts and questions were read, and their comments are Chinese.
    """
    kinds = {place.partition(",")[0].rpartition(".")[2].partition(":")[0] for place, *_ in PROGRAMS}
    translated = [place for place, text, chinese in PROGRAMS if text != chinese]
    said = [one for _, text, _ in PROGRAMS for one in comments_of(text)]

    assert kinds == {"md", "py", "toml"}
    assert len(PROGRAMS) > 800
    assert len(translated) > 300
    assert len(said) > 500


def test_a_hash_in_a_string_is_no_comment():
    """
    Comments alone are translated, in the lines where they stand.
    """
    assert with_comments(EXAMPLE, lambda comment: f"{len(comment)}") == (
        EXAMPLE.replace("# a comment", "# 9").replace("# the end", "# 7").replace("# back", "# 4")
    )


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("return y", "return x", ["what is run"]),
        ("return y", "return (y)", ["how it is written"]),
        ('"# no comment"', "'# no comment'", ["how it is written"]),
        ("'# no comment'\n", "'comment'\n", ["what is printed"]),
        ("# back", "# back\n...     # to x", ["the number of lines"]),
        ("# back", "# doctest: +SKIP", ["how it is compared"]),
        ("# back", "# zurück", []),
    ],
)
def test_differences_are_found(old, new, found):
    """
    What is not the same program is told apart.
    """
    assert [*differences(EXAMPLE, EXAMPLE.replace(old, new))][:1] == found


def test_wide_lines_are_found():
    """
    Thirty Chinese characters are as wide as the page, and the prompt does not count.
    """
    assert not is_too_wide(f"# {'维' * 29}")
    assert is_too_wide(f"# {'维' * 30}")
    assert typed(f">>> {'维' * 30}\n{'0' * 70}\n... x\n") == ["维" * 30, "x"]
    assert is_too_wide("a" * 61)
