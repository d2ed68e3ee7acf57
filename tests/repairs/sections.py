"""The sections of the pages that repair or show how, each with an example."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
HEADING = re.compile(r"^(?:\(([a-z0-9-]+)\)=\n)?(#+) .*\n", re.MULTILINE)


def sections():
    """Yield the label and text of each section with an example; a page's top is called after it."""
    for page in sorted([*DOCS.glob("errors/*.md"), *DOCS.glob("how-to/*.md")]):
        _, *parts = HEADING.split(page.read_text(encoding="utf-8"))
        for label, level, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            name = label or (page.stem if level == "#" else f"a section of {page.stem}, unlabelled")
            if "{doctest}" in text:
                yield name, text


SECTIONS = dict(sections())
