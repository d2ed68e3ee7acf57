"""Runs the scripts of the site while it is built: what they draw in a page, they draw in a book."""

import atexit
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from theme.bundle import bundle, closed

#: Exact numbers become plain ones, as JSON has no others.
RUN = """
const plain = (_, value) => (typeof value === "bigint" ? Number(value) : value);
const run = (name, given) => JSON.stringify(script[name](...JSON.parse(given)), plain) ?? "null";
null
"""


class Script:
    """A module that needs no page. It takes and gives what JSON can hold."""

    def __init__(self, module: Path) -> None:
        """Load a module and all that it imports."""
        from py_mini_racer import MiniRacer

        self.engine = MiniRacer()
        atexit.register(self.engine.close)  # one that is open may keep Python from ending
        self.engine.eval(f"const script = {closed(bundle(module))};{RUN}")

    def __call__(self, name: str, *arguments: Any) -> Any:
        """Call a function that the module exports."""
        given = json.dumps(arguments, default=str)  # a translation is a text that waits
        return json.loads(str(self.engine.call("run", name, given)))


def script(module: Path) -> Script:
    """Return a module, loaded once in each process: a build may divide itself."""
    return _script(module, os.getpid())


@cache
def _script(module: Path, process: int) -> Script:
    return Script(module)
