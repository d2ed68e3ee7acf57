"""What the doctor says of the numbers, beside the calls of PyTorch that print them."""

import random
import re
import tomllib
from typing import Any

import pytest
import torch
from built import ROOT
from torch import nn
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
)
from wrong_calls import CALLS

FUNCTIONS = {
    "torch": torch,
    "nn": nn,
    "pack_padded_sequence": pack_padded_sequence,
    "pack_sequence": pack_sequence,
    "pad_packed_sequence": pad_packed_sequence,
    "pad_sequence": pad_sequence,
}


def sizes(seed: int) -> dict[str, int]:
    """Return sizes that all differ, and none of which is a multiple of another."""
    numbers = random.Random(seed)
    found = dict(zip("LNIHC", numbers.sample((11, 13, 17, 19, 23, 29, 31), 5), strict=True))
    found["L"], found["N"] = max(found["L"], found["N"]), min(found["L"], found["N"])
    return {**found, "R": numbers.choice((3, 5)), "P": 7}


def run(code: str, names: dict[str, Any]) -> str:
    """Run lines in names of their own, and return the type and the message of their error."""
    try:
        exec(code, dict(names))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("case", CALLS, ids=lambda case: case.label)
def test_names_the_numbers_and_repairs_the_call(case, seed, explain):
    """
    The message of a wrong call finds its section, its numbers are the sizes of the call, the line
    shown as wrong prints the very same, and the line shown as right runs.
    """
    names = {**FUNCTIONS, **sizes(seed)}
    exec(case.before, names)
    message = run(case.call, names)
    assert message
    if case.old:
        message = "RuntimeError: " + case.old.format(**sizes(seed))

    answer = explain(message)["answers"][case.place]

    assert answer["label"] == case.label
    wanted = {name: eval(size, sizes(seed)) for name, size in case.names.items()}
    assert {name: answer["named"].get(name) for name in wanted} == wanted
    shown = " ".join(answer.get(name, "") for name in ("says", "more", "wrong", "right", "other"))
    assert not re.search(r"\{\w+\}", shown)
    wrong, right = (re.sub("[«»]", "", answer[side]) for side in ("wrong", "right"))
    assert run(wrong, names) == (run(case.call, names) if case.old else message)
    if case.repairs:
        assert run(right, names) == ""


def test_every_cause_is_tried():
    """
    No cause of ``doctor.toml`` is without a call.
    """
    data = tomllib.loads((ROOT / "docs" / "doctor.toml").read_text(encoding="utf-8"))
    causes = [cause["label"] for family in data["message"] for cause in family["cause"]]

    assert {call.label for call in CALLS} == set(causes)
    assert len(CALLS) >= len(causes)
