"""The record of old messages: docs/records/old_messages.toml."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli_w
from environments import ROOT
from outcomes import SILENT, Outcome, Outcomes
from record import ordered, within

PATH = ROOT / "docs" / "records" / "old_messages.toml"
READ = Path(__file__).parent / "read.toml"
HEAD = """\
# What PyTorch 1.0 to 1.12 printed for the mistakes of the error pages, where the release that the
# pages show prints another text: made by `nox -s old_messages`.
#
# One entry for each wording: the same words with other numbers or another place in the source are
# the same wording, and the text is that of its first release, without the C++ stack.
#
# first, last  the first and last of the releases below with it, so that "1.0" may mean older;
#              of one that was only read: what the thread says, or ""
# outcome      "no error" or "crash", and the text is empty
# type         of the exception or warning; where the text is empty without an outcome, it was all
# source       the thread where a message was read that could not be raised
# example      the line of tests/by_hand/old_messages/further.md that did it; without one, the
#              page's own example did
"""


def load() -> tuple[dict[str, Any], dict[str, Outcomes]]:
    """Return the releases on record, and the outcomes of each."""
    record = tomllib.loads(PATH.read_text(encoding="utf-8"))
    found: dict[str, Outcomes] = {release: {} for release in record["releases"]}
    for entry in record["message"]:
        if entry["source"]:
            continue  # read.toml holds it
        kind = entry.get("outcome") or entry["type"]
        outcome = Outcome(kind, entry["text"], entry.get("example", ""))
        for release in within(f"{entry['first']} to {entry['last']}", list(found)):
            found[release][entry["section"], outcome.wording] = outcome
    return record["releases"], found


def write(releases: dict[str, Any], found: dict[str, Outcomes]) -> None:
    """Write the record of what was printed, and of what was read."""
    names = sorted(releases, key=ordered)
    read = tomllib.loads(READ.read_text(encoding="utf-8"))["message"]
    entries = sorted([*merged(names, found), *read], key=order)
    record = {"releases": {name: releases[name] for name in names}, "message": entries}
    PATH.write_text(HEAD + "\n" + tomli_w.dumps(record, multiline_strings=True), encoding="utf-8")


def merged(releases: list[str], found: dict[str, Outcomes]) -> Iterator[dict[str, str]]:
    """Yield an entry for each wording and each row of neighbouring releases that print it."""
    for key in dict.fromkeys(key for release in releases for key in found[release]):
        row: list[str] = []
        for release in [*releases, ""]:
            if key in found.get(release, {}):
                row.append(release)
            elif row:
                yield entry(key[0], found[row[0]][key], row)
                row = []


def entry(section: str, outcome: Outcome, releases: list[str]) -> dict[str, str]:
    """Return an entry of the record."""
    does = {"outcome" if outcome.kind in SILENT else "type": outcome.kind, "text": outcome.text}
    where = {"first": releases[0], "last": releases[-1], "source": ""}
    further = {"example": outcome.example} if outcome.example else {}
    return {"section": section, **does, **where, **further}


def order(made: dict[str, str]) -> tuple[Any, ...]:
    """Return what sorts entries: by section, the oldest first, and what was only read last."""
    name = made["first"] or made["last"]
    numbers = ordered(name) if name else ()
    return made["section"], numbers, bool(made["source"]), "example" in made, made["text"]
