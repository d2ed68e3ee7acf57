"""
Make the mistakes of a file with the PyTorch that is there: ``python inside.py FENCES RESULT``.

Plain Python 3.6, so that it works with every release since 1.0.
"""

import ast
import json
import os
import platform
import signal
import sys
import warnings
from pathlib import Path

import torch

#: After so long it hangs, also where the machine does other things.
SECONDS_A_FENCE = 600


class OpenTries(ast.NodeTransformer):
    """Puts the body of each ``try`` in its place, so that the error comes out."""

    def visit_Try(self, node):
        """Return the body."""
        self.generic_visit(node)
        return node.body


def outcome(source, names):
    """Run one statement, and return what it raises and what it warns of."""
    found = {}
    names.pop("caught", None)
    with warnings.catch_warnings(record=True) as outside:
        warnings.simplefilter("always")
        try:
            exec(compile(OpenTries().visit(ast.parse(source)), "<example>", "exec"), names)
        except Exception as error:
            found = {"type": type(error).__name__, "text": str(error)}
    caught = list(outside) + list(names.get("caught") or [])
    found["warnings"] = [
        {"type": warning.category.__name__, "text": str(warning.message)} for warning in caught
    ]
    return found


def run(fence):
    """Run the statements of a fence in a process of their own: an old release may end it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(SECONDS_A_FENCE)
        names = {"__name__": "__main__"}
        outcomes = [outcome(statement["source"], names) for statement in fence["statements"]]
        with os.fdopen(writing, "w") as pipe:
            json.dump(outcomes, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if text:
        return {"outcomes": json.loads(text)}
    return {"signal": os.WTERMSIG(status)}


if __name__ == "__main__":
    given, result = map(Path, sys.argv[1:])
    fences = json.loads(given.read_text(encoding="utf-8"))
    record = {
        "torch": torch.__version__,
        "python": platform.python_version(),
        "fences": [run(fence) for fence in fences],
    }
    result.write_text(json.dumps(record), encoding="utf-8")
