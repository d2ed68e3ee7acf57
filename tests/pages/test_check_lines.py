"""A section about a wrong call of a layer or cell ends with what check_forward says of it."""

import re
from typing import NamedTuple

import pytest
import torch
from examples import EXAMPLES, FENCE, HEADING, PAGES, Example, run, shown
from record import RECORD, ordered
from watched import SENTENCE, watched

#: What a section says, unseen by readers, where it is about a call and has no such line: why.
NOT_CALLED = re.compile(r"^% not called: \S", re.MULTILINE)


class Section(NamedTuple):
    """A section of a page with all that it shows."""

    name: str
    text: str
    examples: list[Example]

    @property
    def said(self) -> str:
        """Return the message that the section ends with; empty where it does not end so."""
        before, _, end = self.text.partition(f"\n{SENTENCE}\n\n")
        fence = FENCE.fullmatch(end.strip()) if before.endswith("\n") else None
        if not fence or not self.examples or self.examples[-1].text != fence[2]:
            return ""
        last = self.examples[-1].statements[-1]
        called = last.source.startswith("rnn_guide.check_forward(")
        return shown(last).text.rstrip() if called and last.exc_msg else ""


def sections() -> list[Section]:
    """Return the sections of the pages on errors."""
    found = []
    for page in PAGES:
        if page.parent.name != "errors":
            continue
        text = page.read_text(encoding="utf-8")
        headings = list(HEADING.finditer(text))
        ends = [heading.start() for heading in headings[1:]] + [len(text)]
        for heading, end in zip(headings, ends, strict=True):
            name = heading[1] or heading[2]
            examples = [e for e in EXAMPLES if e.page == page and e.section == name]
            found.append(Section(name, text[heading.end() : end], examples))
    return found


SECTIONS = [section for section in sections() if section.examples]


@pytest.mark.skipif(
    ordered(torch.__version__) != ordered(RECORD["reference"]), reason="shows another release"
)
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_ends_with_check_forward(section):
    """
    A section with a call that check_forward or PyTorch refuses ends with what check_forward says
    of one of them, or tells why not. One of legal calls does not end so; one that makes no call,
    because it might end the process, may.
    """
    with watched() as calls:
        for example in section.examples:
            list(run(example))

    said = {call.refusal for call in calls} - {""}
    wrong = bool(said) or any(call.raised for call in calls)
    tells_why_not = bool(NOT_CALLED.search(section.text))
    if wrong:
        assert bool(section.said) != tells_why_not
        assert section.said in {"", *said}
    else:
        assert not (section.said and (calls or tells_why_not))


def test_says_it_once():
    """
    The sentence stands at the end of a section only.
    """
    for section in SECTIONS:
        assert section.text.count("check_forward` says") == bool(section.said), section.name
