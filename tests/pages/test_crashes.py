"""The pages on crashes show the lines on record, and check_forward refuses them."""

import re
import tomllib
from typing import Any

import pytest
import torch
from examples import ROOT
from record import ordered
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from rnn_guide import check_forward

ERRORS = sorted((ROOT / "docs" / "errors").glob("*.md"))
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in ERRORS)
RECORD = tomllib.loads((ROOT / "docs" / "records" / "crashes.toml").read_text(encoding="utf-8"))
CALL = re.compile(r"^ *[\w, ]+ = (layer|cell)\((.*)\)$")
#: PyTorch 2.0 alone ends there.
OF_ONE_RELEASE = "empty-batch"


def split(code: str) -> tuple[str, str]:
    """Return the statements before the call of the layer, and the call to be looked at."""
    before: list[str] = []
    for line in code.splitlines():
        if call := CALL.match(line):
            return "\n".join(before), f"check_forward({call[1]}, {call[2]})"
        before.append(line)
    return "", ""


CALLS = [
    pytest.param(*split(line["code"]), line["section"] == OF_ONE_RELEASE, id=line["section"])
    for line in RECORD["line"]
    if "pad_packed_sequence(x)" not in line["code"]
]


class TestPages:
    def test_shows_every_line(self):
        """
        Each section of the record is a section of a page, and each of a page is on record.
        """
        shown = re.findall(
            r"^\(crash-(.*)\)=\n## .*(?:\n(?!\(|#).*)*?\n```{crashes} \1$", TEXT, re.M
        )

        assert set(shown) == {line["section"] for line in RECORD["line"]}
        assert len(re.findall("{crashes}", TEXT)) == len(shown)

    def test_each_section_has_a_crash_or_numbers(self):
        """
        No section is there of which every line raises in every release.
        """
        for section in {line["section"] for line in RECORD["line"]}:
            lines = [line for line in RECORD["line"] if line["section"] == section]
            assert any("raises" not in end for line in lines for end in line["ends"]), section

    def test_has_every_release(self):
        """
        Each line is on record for every release, once.
        """
        names = list(RECORD["releases"])
        for line in RECORD["line"]:
            covered = [name for end in line["ends"] for name in within(end["releases"], names)]
            assert covered == names


def within(span: str, names: list[str]) -> list[str]:
    """Return the releases of a range."""
    first, _, last = span.partition(" to ")
    return [n for n in names if ordered(first) <= ordered(n) <= ordered(last or first)]


class TestRecord:
    @pytest.mark.parametrize(("before", "call", "of_one_release"), CALLS)
    def test_check_forward_refuses(self, before, call, of_one_release):
        """
        A call that ends the process, or computes what means nothing, is refused.
        """
        names: dict[str, Any] = {"torch": torch, "nn": nn, "check_forward": check_forward}
        names |= {"PackedSequence": PackedSequence, "pack_padded_sequence": pack_padded_sequence}
        if before.endswith("with torch.autocast('cpu'):"):
            before, call = before.rpartition("\n")[0], f"with torch.autocast('cpu'):\n    {call}"
        exec(before, names)

        if of_one_release and not torch.__version__.startswith("2.0."):
            exec(call, names)
        else:
            with pytest.raises(ValueError, match=" must "):
                exec(call, names)
