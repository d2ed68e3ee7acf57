"""
Run the examples and the tests with many releases of PyTorch, and record what differs.

``nox -s versions`` runs this with the releases to compare, or with all that are on record. Each has
an environment of its own, which is removed afterwards unless ``--keep`` is given.
"""

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tomllib
import venv
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import tomli_w

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "pages"))

from examples import EXAMPLES, Outcome, agree, run_apart, shown  # noqa: E402
from record import DIFFERENCES, PATH, RECORD, Differences, ends, minor, ordered, spans  # noqa: E402

ENVIRONMENTS = ROOT / ".nox" / "versions"
#: The last release of PyTorch that was made for NumPy 1.
LAST_WITH_NUMPY_1 = (2, 2)
HEAD = (
    "# What other releases of PyTorch do where the examples show one: made by `nox -s versions`.\n"
)


def environment(release: str) -> str:
    """Make an environment with one release, and return its Python."""
    folder = ENVIRONMENTS / release
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    if not Path(python).exists():
        say(f"{release}: installing it")
        venv.create(folder, with_pip=True)
        numpy = "numpy<2" if ordered(release) <= LAST_WITH_NUMPY_1 else "numpy"
        pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        tools = [tool for tool in pyproject["dependency-groups"]["tests"] if isinstance(tool, str)]
        pip(python, "install", "--quiet", f"torch=={release}", numpy, *tools)
    return python


def install_us(python: str) -> str:
    """Install the package as its users do, and return what else that has changed."""
    before = pip(python, "freeze")
    pip(python, "install", "--quiet", str(ROOT))
    changed = sorted(set(before.splitlines()) ^ set(pip(python, "freeze").splitlines()))
    pip(python, "uninstall", "--quiet", "--yes", "rnn-guide")  # the tests take it from the tree
    return ", ".join(line for line in changed if not line.startswith("rnn-guide"))


def pip(python: str, *arguments: str) -> str:
    """Run pip, without constraints: they are for the release that the guide is built with."""
    variables = {**os.environ, "PIP_CONSTRAINT": os.devnull}
    command = [python, "-m", "pip", *arguments]
    done = subprocess.run(command, check=True, env=variables, stdout=subprocess.PIPE, text=True)
    return done.stdout


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
    subprocess.run([python, "-m", "pytest", *options], cwd=ROOT)
    counts = {
        name: int(text) for name, text in ET.parse(report).getroot()[0].items() if text.isdigit()
    }
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    return {"passed": passed, "failed": failed, "skipped": counts["skipped"]}


def write(found: dict[str, dict[tuple[str, str], Outcome]], facts: dict[str, Any]) -> None:
    """Write the record: what was found now, and what it holds of other releases."""
    merged: Differences = {}
    for statement, outcomes in DIFFERENCES.items():
        for release, outcome in outcomes.items():
            if release not in found:
                merged.setdefault(statement, {})[release] = outcome
    for release, outcomes in found.items():
        for statement, outcome in outcomes.items():
            merged.setdefault(statement, {})[release] = outcome
    releases = dict(sorted((RECORD["releases"] | facts).items(), key=lambda item: ordered(item[0])))
    compared = sorted({*releases, RECORD["reference"]}, key=ordered)
    entries = [
        {"where": where, "statement": statement, **spans(merged[where, statement], compared)}
        for where, statement in sorted(merged)
    ]
    record = {"reference": RECORD["reference"], "releases": releases, "example": entries}
    text = HEAD + tomli_w.dumps(record, multiline_strings=True)
    PATH.write_text(text, encoding="utf-8")


def say(text: str) -> None:
    """Show how far the run has come."""
    print(f"[{datetime.datetime.now():%H:%M:%S}] {text}", flush=True)


def main() -> None:
    """Compare the releases one by one, write the record after each, and show a table."""
    parser = argparse.ArgumentParser(description="Compare releases of PyTorch.")
    parser.add_argument("releases", nargs="*", help="such as 2.15.0; without any, all on record")
    parser.add_argument("--keep", action="store_true", help="keep the environments")
    options = parser.parse_args()
    on_record = [facts["release"] for facts in RECORD["releases"].values()]
    os.environ.update(PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")
    found, facts = {}, {}
    for release in options.releases or on_record:
        python = environment(release)
        changed = install_us(python)
        say(f"{release}: running the examples")
        found[minor(release)] = differences(release, python)
        facts[minor(release)] = {
            "release": release,
            "python": platform.python_version(),
            "made": datetime.datetime.now(datetime.UTC).date(),
        }
        write(found, facts)
        say(f"{release}: running the tests")
        facts[minor(release)] |= {**run_tests(python), "changed": changed}
        write(found, facts)
        if not options.keep:
            shutil.rmtree(ENVIRONMENTS / release)
    rows = [("release", "passed", "failed", "skipped", "examples that differ", "pip changed")]
    for name, fact in facts.items():
        examples = {where for where, _ in found[name]}
        counts = (fact[part] for part in ("passed", "failed", "skipped"))
        rows.append((fact["release"], *counts, len(examples), fact["changed"] or "nothing"))
    for row in rows:
        print("  ".join(str(cell).rjust(8) for cell in row))
    sys.exit(any(fact["failed"] for fact in facts.values()))


if __name__ == "__main__":
    main()
