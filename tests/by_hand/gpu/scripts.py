"""The scripts of the gallery and the tests that need a GPU, run where there is one."""

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any


def of_gallery(root: Path) -> list[dict[str, Any]]:
    """Return how each script ends, and what it prints."""
    found = []
    for script in sorted(root.glob("gallery/plot_*.py")):
        done = subprocess.run([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
        name = script.relative_to(root).as_posix()
        found.append({"name": name, "status": done.returncode, "prints": done.stdout})
    return found


def marked_tests(root: Path) -> dict[str, int]:
    """Return how many of the tests that need a GPU passed, and how many did not."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-m", "cuda", f"--junit-xml={report}"]
        subprocess.run([*command, "tests/package/test_cuda.py"], cwd=root)
        counts = ET.parse(report).getroot()[0].attrib
    failed = int(counts["failures"]) + int(counts["errors"])
    return {"passed": int(counts["tests"]) - failed - int(counts["skipped"]), "failed": failed}
