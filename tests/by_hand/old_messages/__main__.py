"""
Make the mistakes of the error pages with PyTorch before 1.13, and record what it prints.

``nox -s old_messages`` runs this with the releases to look at, or with the last of each minor
version. Each has an environment of its own, which is removed afterwards unless ``--keep`` is given.
It needs Python 3.7, on the path or from pyenv: no other one has wheels of all these releases.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from environments import environment, facts, one_by_one, say  # noqa: E402
from merging import load, write  # noqa: E402
from mistakes import Fence, fences  # noqa: E402
from outcomes import changes  # noqa: E402
from record import minor  # noqa: E402

RELEASES = "1.0.1 1.1.0 1.2.0 1.3.1 1.4.0 1.5.1 1.6.0 1.7.1 1.8.1 1.9.1 1.10.2 1.11.0 1.12.1"
PYTHON = "3.7"


def interpreter() -> str:
    """Return a Python that the old releases were made for."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    name = f"python{PYTHON}"
    for python in [shutil.which(name), *pyenv.glob(f"versions/{PYTHON}.*/bin/{name}")]:
        # pyenv puts a name on the path that says only where the program would be
        if python and subprocess.run([python, "--version"], capture_output=True).returncode == 0:
            return str(python)
    sys.exit(f"There is no {name} on the path or from pyenv: `pyenv install {PYTHON}` makes one.")


def install(release: str) -> str:
    """Make an environment with an old release, and return its Python."""
    return environment(interpreter(), release, "numpy<2")


def make(mistakes: list[Fence], python: str) -> dict[str, Any]:
    """Return what the mistakes do with the PyTorch of an environment."""
    with tempfile.TemporaryDirectory() as folder:
        given, result = Path(folder, "fences.json"), Path(folder, "result.json")
        given.write_text(json.dumps([fence._asdict() for fence in mistakes]), encoding="utf-8")
        command = [python, str(HERE / "inside.py"), str(given), str(result)]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return json.loads(result.read_text(encoding="utf-8"))


def main() -> None:
    """Make the mistakes with one release after the other, and write the record after each."""
    mistakes = fences()
    releases, found = load()
    shown: list[Any] = []
    for release, python in one_by_one(__doc__, RELEASES.split(), install):
        if not shown:
            say("making the mistakes with the release of the pages")
            shown = make(mistakes, sys.executable)["fences"]
        say(f"{release}: making the mistakes")
        ran = make(mistakes, python)
        assert minor(ran["torch"]) == minor(release), f"pip has installed {ran['torch']}"
        name = minor(release)
        found[name], not_run = changes(mistakes, shown, ran["fences"])
        releases[name] = facts(release, ran["python"])
        write(releases, found)
        for section, why in not_run.items():
            say(f"{release}: {section} could not be run: {why}")


if __name__ == "__main__":
    main()
