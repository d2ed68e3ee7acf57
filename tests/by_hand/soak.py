"""
The property tests, with thousands of drawn layers each. ``nox -s soak`` runs this.

The options are those of pytest. Without any, a soak that passes leaves its counts on record.
"""

import sys
from pathlib import Path

import pytest
import records

PACKAGE = Path(__file__).parents[1] / "package"


def main(*options: str) -> int:
    """Run the tests, say what was drawn and compared, and return the status of pytest."""
    soak = ["-v", "-m", "hypothesis", "--hypothesis-profile=soak"]
    status = pytest.main([*soak, *options, str(PACKAGE)])

    from layers import COMPARED  # pytest has put the folder of tests into the path

    rows = [(name, f"{count:,}") for name, count in COMPARED.items()]
    print("drawn and compared:", ", ".join(f"{name}: {count}" for name, count in rows))
    if status == pytest.ExitCode.OK and not options:
        records.write("soak", records.table(("drawn and compared", "number"), rows))
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
