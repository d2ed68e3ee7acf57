"""Every section that repairs or shows how has a check, or says why it can have none."""

import importlib
from pathlib import Path

import pytest
from covers import CHECKED
from sections import SECTIONS

#: What a section says, unseen by readers, where no check on a CPU is possible: and then why.
NOT_CHECKED = "% not checked: "

for module in Path(__file__).parent.glob("test_*.py"):
    if module.stem != Path(__file__).stem:
        importlib.import_module(module.stem)


@pytest.mark.parametrize(("label", "text"), SECTIONS.items(), ids=SECTIONS)
def test_is_checked(label, text):
    """
    A section has a check, or a comment that says why not.
    """
    assert (label in CHECKED) != (NOT_CHECKED in text)


def test_no_check_is_of_nothing():
    """
    A check names a section that is there.
    """
    assert SECTIONS.keys() >= CHECKED
