"""The Chinese README beside the English one."""

import re

import form
import pytest
import terms
from catalogs import ROOT

NAMES = ["README.md", "README.zh-CN.md"]
ENGLISH, CHINESE = ((ROOT / name).read_text(encoding="utf-8") for name in NAMES)

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+(?:\.\d+)*")


def links(text: str) -> list[str]:
    """Return the links of a text, as if its edition and its twin were the English ones."""
    found = re.findall(r"\]\(([^)]*)\)|<(http[^>]*)>", text)
    return sorted(
        "".join(pair).replace("/zh-cn", "").replace(NAMES[1], NAMES[0]).rstrip("/")
        for pair in found
    )


def test_has_the_same_code_links_and_numbers():
    """
    What one says and does, the other does too; the examples of both are run with all others.
    """
    outside = [FENCE.sub("", text).replace(NAMES[1], "") for text in (ENGLISH, CHINESE)]

    assert FENCE.findall(CHINESE) == FENCE.findall(ENGLISH) != []
    assert links(CHINESE) == links(ENGLISH)
    english, chinese = (sorted(NUMBER.findall(text)) for text in outside)
    assert chinese == english
    assert re.findall("^#+", CHINESE, re.MULTILINE) == re.findall("^#+", ENGLISH, re.MULTILINE)


@pytest.mark.parametrize("line", FENCE.sub("", CHINESE).splitlines())
def test_is_good_chinese(line):
    """
    It has the form and the terms of the edition.
    """
    assert form.faults(line) == []
    assert [term for term in terms.TERMS for word in term.never if word in line] == []
