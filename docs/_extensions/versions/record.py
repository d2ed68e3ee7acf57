"""What is on record of other releases of PyTorch, and of a GPU."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

RECORDS = Path(__file__).parents[2] / "records"
#: What ``nox -s versions`` has found, and what still older releases print.
VERSIONS, OLD = RECORDS / "versions.toml", RECORDS / "old_messages.toml"
#: What ``nox -s gpu`` has found.
GPU = RECORDS / "gpu.toml"
PATHS = VERSIONS, OLD, GPU


class Difference(NamedTuple):
    """What one statement does with some releases."""

    releases: str  # such as "1.13 to 2.9"; empty where they are not known
    statement: str  # empty for a message of an old release
    verb: str  # "prints", "raises" or "crashes"
    text: str
    source: str = ""  # where a message was read that could not be raised
    on_a_gpu: bool = False

    @property
    def newest(self) -> tuple[int, ...]:
        """Return the newest of the releases, as numbers; what is not known is old."""
        last = self.releases.rpartition(" to ")[2]
        return tuple(int(part) for part in last.split(".")) if last else ()

    @property
    def message(self) -> str:
        """Return the words of an error, without its type."""
        return self.text.partition(": ")[2].strip() if self.verb == "raises" else ""


def load(path: Path) -> dict[str, Any]:
    """Return a record."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def differences() -> dict[str, list[Difference]]:
    """Return the differences of each example, by page, section and number."""
    found: dict[str, list[Difference]] = {}
    for entry in load(VERSIONS)["example"]:
        for verb in ("raises", "prints", "crashes"):
            for releases, text in entry.get(verb, {}).items():
                difference = Difference(releases, entry["statement"], verb, text)
                found.setdefault(entry["where"], []).append(difference)
    return found


def old_messages() -> dict[str, list[Difference]]:
    """Return what releases before 1.13 do, by section."""
    found: dict[str, list[Difference]] = {}
    for entry in load(OLD)["message"]:
        found.setdefault(entry["section"], []).append(_old(entry))
    return found


def _old(entry: dict[str, Any]) -> Difference:
    first, last = entry["first"], entry["last"]
    # where the last is not known, the first is the one that was seen
    releases = first if last in {first, ""} else f"{first} to {last}"
    verb = {"no error": "prints", "crash": "crashes"}.get(entry.get("outcome", ""), "raises")
    text = entry["text"]
    if verb == "raises":
        text = ": ".join(filter(None, [entry.get("type", "RuntimeError"), text]))
    return Difference(releases, "", verb, text, entry["source"])


def gpu_messages() -> dict[str, list[Difference]]:
    """Return what a GPU says, by section."""
    record = load(GPU)
    release = ".".join(record["release"].split(".")[:2])
    found: dict[str, list[Difference]] = {}
    for entry in record["message"]:
        text = f"{entry['type']}: {entry['text']}"
        difference = Difference(release, "", "raises", text, on_a_gpu=True)
        found.setdefault(entry["section"], []).append(difference)
    return found


def compared() -> list[dict[str, Any]]:
    """Return what is known of each release that was compared, the newest first."""
    return list(load(VERSIONS)["releases"].values())[::-1]


def differing_examples() -> Counter[str]:
    """Return how many examples differ, by minor version."""
    names = list(load(VERSIONS)["releases"])
    examples: dict[str, set[str]] = {name: set() for name in names}
    for where, found in differences().items():
        for difference in found:
            first, _, last = difference.releases.partition(" to ")
            for name in names[names.index(first) : names.index(last or first) + 1]:
                examples[name].add(where)
    return Counter({name: len(wheres) for name, wheres in examples.items()})
