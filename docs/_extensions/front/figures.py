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
    names |= _of_gpu(_toml(records / "gpu.toml"))
    return {**{name: f"{count:,}" for name, count in counts.items()}, **names, "drawn": drawn[1]}


def _of_gpu(record: dict[str, Any]) -> dict[str, str]:
    """Return with what the GPU was tried, and how much."""
    major, minor = divmod(int(record["cudnn"]), 10_000)  # 91900 is 9.19
    calls = sum(record["calls"][name]["drawn"] for name in ("right", "spoilt"))
    return {
        "gpu": record["gpu"],
        "gpu_versions": f"PyTorch {record['release']}, CUDA {record['cuda']}, "
        f"cuDNN {major}.{minor // 100}",
        "gpu_programs": str(len(record["statement"])),
        "gpu_calls": str(calls),
        "gpu_lines": str(len(record["line"])),
        "gpu_examples": str(record["examples"]["run"]),
        "gpu_same": str(record["examples"]["same"]),
    }


def _toml(record: Path) -> dict[str, Any]:
    return tomllib.loads(record.read_text(encoding="utf-8"))


def _pages(source: Path) -> list[Path]:
    """Return the pages that are written by hand."""
    made = ("_", "auto_gallery", "records")
    pages = [page.relative_to(source) for page in source.rglob("*.md")]
    return [source / page for page in pages if not page.parts[0].startswith(made)]


def _count(pattern: re.Pattern[str], pages: Any) -> int:
    return sum(len(pattern.findall(page.read_text(encoding="utf-8"))) for page in pages)
