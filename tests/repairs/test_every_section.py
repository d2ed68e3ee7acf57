"""Every section that repairs or shows how has a check, or says why it can have none."""

import importlib
import re
from pathlib import Path

import pytest
from covers import CHECKED

DOCS = Path(__file__).parents[2] / "docs"
HEADING = re.compile(r"^(?:\(([a-z0-9-]+)\)=\n)?(#+) .*\n", re.MULTILINE)
#: What a section says, unseen by readers, where no check on a CPU is possible: and then why.
NOT_CHECKED = "% not checked: "

for module in Path(__file__).parent.glob("test_*.py"):
    if module.stem != Path(__file__).stem:
        importlib.import_module(module.stem)


def sections():
    """Yield the label and text of each section with an example; a page's top is called after it."""
    for page in sorted([*DOCS.glob("errors/*.md"), *DOCS.glob("how-to/*.md")]):
        _, *parts = HEADING.split(page.read_text(encoding="utf-8"))
        for label, level, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            name = label or (page.stem if level == "#" else f"a section of {page.stem}, unlabelled")
            if "{doctest}" in text:
                yield pytest.param(name, text, id=name)


SECTIONS = list(sections())


@pytest.mark.parametrize(("label", "text"), SECTIONS)
def test_is_checked(label, text):
    """
    A section has a check, or a comment that says why not.
    """
    assert (label in CHECKED) != (NOT_CHECKED in text)


def test_no_check_is_of_nothing():
    """
    A check names a section that is there.
    """
    assert {section.id for section in SECTIONS} >= CHECKED
