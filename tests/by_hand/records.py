"""Write what a long check has found, for the page on trust and speed."""

import datetime
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "records"


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = (head, ["---"] * len(head), *rows)
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def write(session: str, *parts: str) -> None:
    """Write docs/records/SESSION.md, with the day and the place it was made."""
    today = datetime.datetime.now(datetime.UTC).date()
    place = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores"
    python = platform.python_version()
    made = f"Made by `nox -s {session}` on {today}: Python {python}, PyTorch {version('torch')}, "
    FOLDER.mkdir(exist_ok=True)
    text = "\n".join([f"{made}{place}.\n", *parts])
    (FOLDER / f"{session}.md").write_text(text, encoding="utf-8")
