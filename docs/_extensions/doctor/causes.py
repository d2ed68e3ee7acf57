"""``doctor.toml``: what the numbers of a message mean, in the form that the script reads."""

import re
import tomllib
from pathlib import Path
from typing import Any

from sphinx.locale import get_translation

_ = get_translation("doctor")

#: What a reader sees of a cause.
TEXTS = ("says", "more", "wrong_title", "right_title", "other")
TERM = r"(?:(\d+) \* )?(\w+)"
CONDITION = re.compile(rf"{TERM} (==|!=|<|>|divides) {TERM}")
DERIVED = re.compile(r"(\w+) ([*/+-]) (\w+)")
#: What stands before the name of an axis, where a message has it twice.
GIVEN = "got_"


def term(factor: str | None, name: str) -> list[Any]:
    """Return a number, or a name with its factor."""
    return [int(name), ""] if name.isdecimal() else [int(factor or 1), name]


def condition(text: str) -> list[Any]:
    """Return a comparison such as ``got == 2 * expected`` in its parts."""
    parts = CONDITION.fullmatch(text)
    if not parts:
        raise ValueError(f"doctor.toml: not a comparison: {text}")
    return [term(parts[1], parts[2]), parts[3], term(parts[4], parts[5])]


def derived(name: str, text: str) -> list[str]:
    """Return a calculation such as ``got / expected`` in its parts."""
    parts = DERIVED.fullmatch(text)
    if not parts:
        raise ValueError(f"doctor.toml: not a calculation: {text}")
    return [name, *parts.groups()]


def cause(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a cause, its texts translated."""
    found = {
        "label": entry["label"],
        "kinds": entry.get("kinds", []),
        "likely": [condition(text) for text in entry.get("likely", [])],
        "when": [condition(text) for text in entry.get("when", [])],
        "derived": [derived(*item) for item in entry.get("derived", {}).items()],
        "fault": entry.get("fault", []),
        "wrong": entry["wrong"],
        "right": entry["right"],
    }
    found |= {camel(name): _(entry[name]) for name in TEXTS if name in entry}
    return found | ({"explorer": entry["explorer"]} if "explorer" in entry else {})


def camel(name: str) -> str:
    """Return a name as the script writes it."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def examples(path: Path) -> list[str]:
    """Return the examples to press."""
    found: list[str] = tomllib.loads(path.read_text(encoding="utf-8"))["examples"]
    return found


def read(path: Path) -> dict[str, Any]:
    """Return the families of messages, and the words of each kind of layer."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    axes: dict[str, str] = data["axes"]
    families = []
    for family in data["message"]:
        slots = family["slots"].split()
        families.append(
            {
                "of": family["of"],
                "slots": slots,
                "axes": [axes.get(slot.removeprefix(GIVEN), "") for slot in slots],
                "causes": [cause(entry) for entry in family["cause"]],
            }
        )
    return {"families": families, "kinds": data["kinds"]}
