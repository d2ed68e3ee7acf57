"""Environments with other releases of PyTorch, one at a time, and the command line for them."""

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "pages"))

from record import RECORD, ordered  # noqa: E402

ENVIRONMENTS = ROOT / ".nox" / "versions"
#: The releases that are compared with the pages.
ON_RECORD = [facts["release"] for facts in RECORD["releases"].values()]
#: The last release of PyTorch that was made for NumPy 1.
LAST_WITH_NUMPY_1 = (2, 2)


def with_tests(release: str) -> str:
    """Make an environment with one release and what the tests need, and return its Python."""
    numpy = "numpy<2" if ordered(release) <= LAST_WITH_NUMPY_1 else "numpy"
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tools = [tool for tool in pyproject["dependency-groups"]["tests"] if isinstance(tool, str)]
    return environment(sys.executable, release, numpy, *tools)


def environment(interpreter: str, release: str, *packages: str) -> str:
    """Make an environment with one release and other packages, and return its Python."""
    folder = ENVIRONMENTS / release
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    if not Path(python).exists():
        say(f"{release}: installing it")
        subprocess.run([interpreter, "-m", "venv", str(folder)], check=True)
        pip(python, "install", "--quiet", f"torch=={release}", *packages)
    return python


def pip(python: str, *arguments: str) -> str:
    """Run pip, without constraints: they are for the release that the guide is built with."""
    variables = {**os.environ, "PIP_CONSTRAINT": os.devnull}
    command = [python, "-m", "pip", *arguments]
    done = subprocess.run(command, check=True, env=variables, stdout=subprocess.PIPE, text=True)
    return done.stdout


def one_by_one(
    task: str | None,
    releases: Iterable[str] = ON_RECORD,
    make: Callable[[str], str] = with_tests,
) -> Iterator[tuple[str, str]]:
    """Yield each release that the command line names, or else all, with its Python."""
    parser = argparse.ArgumentParser(
        description=task, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("releases", nargs="*", help="such as 2.15.0; without any, all")
    parser.add_argument("--keep", action="store_true", help="keep the environments")
    options = parser.parse_args()
    for release in sorted(options.releases or releases, key=ordered):
        try:
            yield release, make(release)
        finally:
            if not options.keep:
                shutil.rmtree(ENVIRONMENTS / release, ignore_errors=True)


def facts(release: str, python: str = platform.python_version()) -> dict[str, Any]:
    """Return what a record says of a release: its name, with which Python, and the day."""
    today = datetime.datetime.now(datetime.UTC).date()
    return {"release": release, "python": python, "made": today}


def say(text: str) -> None:
    """Show how far the run has come."""
    print(f"[{datetime.datetime.now():%H:%M:%S}] {text}", flush=True)
