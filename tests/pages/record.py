"""What other releases of PyTorch do where the examples show one: docs/records/versions.toml."""

import doctest
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from examples import ROOT, Example, Outcome, shown

PATH = ROOT / "docs" / "records" / "versions.toml"
VERBS = ("prints", "raises", "crashes")

#: The outcomes of a statement by release, for each example and statement.
Differences = dict[tuple[str, str], dict[str, Outcome]]


def minor(version: str) -> str:
    """Return the minor version of a release: ``2.9`` for ``2.9.1+cpu``."""
    return ".".join(version.split(".")[:2])


def ordered(version: str) -> tuple[int, ...]:
    """Return what sorts versions by age."""
    return tuple(int(part) for part in minor(version).split("."))


def spans(outcomes: Mapping[str, Outcome], releases: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return outcomes by verb, and by the range of neighbouring releases that agree."""
    found: dict[str, dict[str, str]] = {}
    first = 0
    for place, release in enumerate(releases):
        following = releases[place + 1] if place + 1 < len(releases) else ""
        outcome = outcomes.get(release)
        if following and outcomes.get(following) == outcome:
            continue
        if outcome:
            names = release if first == place else f"{releases[first]} to {release}"
            found.setdefault(outcome.verb, {})[names] = outcome.text.removesuffix("\n")
        first = place + 1
    return found


def within(names: str, releases: Sequence[str]) -> list[str]:
    """Return the releases of a range such as ``1.13 to 2.9``, or of a single one."""
    first, _, last = names.partition(" to ")
    return [r for r in releases if ordered(first) <= ordered(r) <= ordered(last or first)]


def _load() -> tuple[dict[str, Any], Differences]:
    record: dict[str, Any] = {"reference": "2.13", "releases": {}, "example": []}
    if PATH.exists():
        record = tomllib.loads(PATH.read_text(encoding="utf-8"))
    differences = {
        (entry["where"], entry["statement"]): {
            release: Outcome(verb, f"{text}\n" if text and verb != "crashes" else text)
            for verb in VERBS
            for names, text in entry.get(verb, {}).items()
            for release in within(names, list(record["releases"]))
        }
        for entry in record["example"]
    }
    return record, differences


RECORD, DIFFERENCES = _load()


def expected(example: Example, release: str) -> list[Outcome]:
    """Return what the statements of an example do with a release, up to where it ends early."""
    outcomes = []
    for statement in example.statements:
        differs = DIFFERENCES.get((example.where, statement.source.strip()), {})
        outcomes.append(differs.get(minor(release)) or shown(statement))
        if ends(statement, outcomes[-1]):
            break
    return outcomes


def ends(statement: doctest.Example, outcome: Outcome) -> bool:
    """Return whether what follows in an example cannot be compared: it ends there."""
    raises = outcome.verb == "raises" and shown(statement).verb == "prints"
    return raises or outcome.verb == "crashes"
