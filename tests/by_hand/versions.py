"""
Run the examples and the tests with many releases of PyTorch, and record what differs.

``nox -s versions`` runs this with the releases to compare, or with all that are on record. Each has
an environment of its own, which is removed afterwards unless ``--keep`` is given.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import tomli_w
from environments import ENVIRONMENTS, ROOT, facts, one_by_one, pip, say
from examples import EXAMPLES, Outcome, agree, run_apart, shown
from record import DIFFERENCES, PATH, RECORD, Differences, ends, minor, ordered, spans

TESTS = ("tests/package", "tests/pages", "rnn_guide")  # those that need no site
HEAD = (
    "# What other releases of PyTorch do where the examples show one: made by `nox -s versions`.\n"
)


def install_us(python: str) -> str:
    """Install the package as its users do, and return what else that has changed."""
    before = pip(python, "freeze")
    pip(python, "install", "--quiet", str(ROOT))
    changed = sorted(set(before.splitlines()) ^ set(pip(python, "freeze").splitlines()))
    pip(python, "uninstall", "--quiet", "--yes", "rnn-guide")  # the tests take it from the tree
    return ", ".join(line for line in changed if not line.startswith("rnn-guide"))


def differences(release: str, python: str) -> dict[tuple[str, str], Outcome]:
    """Return the outcome of each statement that does something else than the page shows."""
    own = [example for example in EXAMPLES if not example.needs]
    outcomes = run_apart(own, python)
    found = {}
    for example in own:
        for statement, outcome in zip(example.statements, outcomes[example.where], strict=False):
            if not agree(statement, shown(statement), outcome):
                found[example.where, statement.source.strip()] = outcome
            if ends(statement, outcome):
                break
    return found


def run_tests(python: str) -> dict[str, int]:
    """Run the tests of package and pages; return how many passed, failed and were skipped."""
    report = ENVIRONMENTS / "report.xml"
    options = ["-q", "-n", "auto", "--hypothesis-profile=quick", f"--junit-xml={report}"]
    subprocess.run([python, "-m", "pytest", *options, *TESTS], cwd=ROOT)
    counts = {
        name: int(text) for name, text in ET.parse(report).getroot()[0].items() if text.isdigit()
    }
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    return {"passed": passed, "failed": failed, "skipped": counts["skipped"]}


def write(found: dict[str, dict[tuple[str, str], Outcome]], new: dict[str, Any]) -> None:
    """Write the record: what was found now, and what it holds of other releases."""
    merged: Differences = {}
    for statement, outcomes in DIFFERENCES.items():
        for release, outcome in outcomes.items():
            if release not in found:
                merged.setdefault(statement, {})[release] = outcome
    for release, outcomes in found.items():
        for statement, outcome in outcomes.items():
            merged.setdefault(statement, {})[release] = outcome
    releases = dict(sorted((RECORD["releases"] | new).items(), key=lambda item: ordered(item[0])))
    compared = sorted({*releases, RECORD["reference"]}, key=ordered)
    entries = [
        {"where": where, "statement": statement, **spans(merged[where, statement], compared)}
        for where, statement in sorted(merged)
    ]
    record = {"reference": RECORD["reference"], "releases": releases, "example": entries}
    text = HEAD + tomli_w.dumps(record, multiline_strings=True)
    PATH.write_text(text, encoding="utf-8")


def main() -> None:
    """Compare the releases one by one, write the record after each, and show a table."""
    os.environ.update(PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")
    found, releases = {}, {}
    for release, python in one_by_one(__doc__):
        changed = install_us(python)
        say(f"{release}: running the examples")
        found[minor(release)] = differences(release, python)
        releases[minor(release)] = facts(release)
        write(found, releases)
        say(f"{release}: running the tests")
        releases[minor(release)] |= {**run_tests(python), "changed": changed}
        write(found, releases)
    rows = [("release", "passed", "failed", "skipped", "examples that differ", "pip changed")]
    for name, fact in releases.items():
        examples = {where for where, _ in found[name]}
        counts = (fact[part] for part in ("passed", "failed", "skipped"))
        rows.append((fact["release"], *counts, len(examples), fact["changed"] or "nothing"))
    for row in rows:
        print("  ".join(str(cell).rjust(8) for cell in row))
    sys.exit(any(fact["failed"] for fact in releases.values()))


if __name__ == "__main__":
    main()
