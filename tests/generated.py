"""The folders that builds of the site make beside its pages."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
GENERATED = [  # relative to ROOT
    Path(line)
    for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    if line.startswith("docs/")
]
