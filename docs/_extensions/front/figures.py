"""What the records hold, in numbers that a page can show."""

import re
import tomllib
from pathlib import Path
from typing import Any

#: The label of a section about one message.
MESSAGE = re.compile(r"^\(error-[\w-]+\)=$", re.MULTILINE)
EXAMPLE = re.compile(r"^```\{doctest\}$", re.MULTILINE)
DRAWN = re.compile(r"^\| all \| ([\d,]+) \|$", re.MULTILINE)


def of_records(source: Path) -> dict[str, str]:
    """Return numbers as texts, by what they count."""
    records = source / "records"
    versions = _toml(records / "versions.toml")
    releases = versions["releases"]
    wordings = {message["text"] for message in _toml(records / "old_messages.toml")["message"]}
    counts = {
        "messages": _count(MESSAGE, source.glob("errors/*.md")),
        "wordings": len(wordings - {""}),
        "examples": _count(EXAMPLE, _pages(source)),
        "releases": len(releases),
        "tests": releases[versions["reference"]]["passed"],
    }
    drawn = DRAWN.search((records / "soak.md").read_text(encoding="utf-8"))
    assert drawn, "soak.md must say how many layers it has drawn"
    names = {"first": next(iter(releases)), "last": list(releases)[-1]}
    return {**{name: f"{count:,}" for name, count in counts.items()}, **names, "drawn": drawn[1]}


def _toml(record: Path) -> dict[str, Any]:
    return tomllib.loads(record.read_text(encoding="utf-8"))


def _pages(source: Path) -> list[Path]:
    """Return the pages that are written by hand."""
    made = ("_", "auto_gallery", "records")
    pages = [page.relative_to(source) for page in source.rglob("*.md")]
    return [source / page for page in pages if not page.parts[0].startswith(made)]


def _count(pattern: re.Pattern[str], pages: Any) -> int:
    return sum(len(pattern.findall(page.read_text(encoding="utf-8"))) for page in pages)
