"""The Chinese texts: nothing is left over, and code, numbers, form and terms are right."""

import tomllib
from collections import Counter
from pathlib import Path

import form
import markup
import numbers_said
import pytest
import terms
from catalogs import PATHS, TEXTS, Message, name_of, read

EXCEPTIONS = tomllib.loads((Path(__file__).parent / "exceptions.toml").read_text(encoding="utf-8"))[
    "exception"
]
NAMES = [name_of(path) for path in PATHS]


def faults(message: Message) -> list[str]:
    """Return all that is wrong with a translation."""
    english, chinese = message.english, message.chinese
    formed = form.faults_of_comment if message.catalog == "code" else form.faults
    return [
        *(f"only in one: {held}" for held in markup.differences(english, chinese)),
        *numbers_said.differences(english, chinese),
        *formed(chinese),
        *terms.faults(english, chinese),
    ]


def is_exception(message: Message, fault: str) -> int | None:
    """Return the number of the exception that a fault is."""
    for number, exception in enumerate(EXCEPTIONS):
        if (
            exception["catalog"] == message.catalog
            and message.english.startswith(exception["english"])
            and fault.startswith(exception["fault"])
        ):
            return number
    return None


FOUND = [(message, fault) for message in TEXTS for fault in faults(message)]


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_nothing_is_left_over(path):
    """
    No translation is of an older text, and none has lost its text.
    """
    catalog = read(path)

    assert [message.id for message in catalog if message.fuzzy and message.id] == []
    assert [*catalog.obsolete] == []


@pytest.mark.parametrize("name", NAMES)
def test_says_the_same(name):
    """
    Code, links and numbers are those of the English text; form and terms are those of the edition.
    """
    found = [
        f"{fault}\n    {message.english}\n    {message.chinese}"
        for message, fault in FOUND
        if message.catalog == name and is_exception(message, fault) is None
    ]

    assert not found, "\n".join([f"{name}.po", *found])


def test_each_exception_is_needed():
    """
    What stands as an exception would be reported without it, and says why it is right.
    """
    used = Counter(is_exception(message, fault) for message, fault in FOUND)

    assert [exception for at, exception in enumerate(EXCEPTIONS) if not used[at]] == []
    assert all(exception["why"] for exception in EXCEPTIONS)


def test_much_is_compared():
    """
    The texts were found, with code and numbers in them.
    """
    assert len(TEXTS) > 4000
    assert sum(markup.held(message.english).total() for message in TEXTS) > 4000
    assert sum(numbers_said.digits(message.english).total() for message in TEXTS) > 800
