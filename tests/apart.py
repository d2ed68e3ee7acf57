"""
Run small programs, each in a process of its own, which it may end.

A server loads PyTorch once, and forks for each program. This file is that server where Python runs
it: it reads programs as JSON, one a line, and answers each with how it ended.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

#: Seconds after which a program is ended.
LIMIT = 60
#: What stands between the text that a program prints and the error that it raises.
RAISES = "\0"


class Ending(NamedTuple):
    """How a program ended: it prints a text, raises an error or ends by a signal."""

    verb: str  # "prints", "raises" or "crashes"
    text: str  # what it printed, the error, or the name of the signal
    said: str = ""  # the last line on standard error of a program that crashed


class Server:
    """Programs run with one Python, which may hold another release of PyTorch."""

    def __init__(self, python: str = sys.executable) -> None:
        folder = str(Path(__file__).parent)
        paths = os.pathsep.join([folder, *filter(None, [os.environ.get("PYTHONPATH")])])
        variables = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": paths}
        self.process = subprocess.Popen(
            [python, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=variables,
        )

    def run(self, program: str) -> Ending:
        """Run one program to its end."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(program) + "\n")
        self.process.stdin.flush()
        return Ending(*json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        """End the server."""
        self.process.communicate()


@contextlib.contextmanager
def server(python: str = sys.executable) -> Iterator[Server]:
    """Return a server, which ends with the block."""
    started = Server(python)
    try:
        yield started
    finally:
        started.close()


def _run(program: str, output: IO[bytes], errors: IO[bytes]) -> None:
    """Run a program in this process, and write what it prints into files."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(LIMIT)
    os.dup2(output.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    warnings.simplefilter("ignore")
    names: dict[str, object] = {"__name__": "__main__"}
    try:
        exec(compile(program, "<program>", "exec"), names)
    except Exception as error:
        print(RAISES + traceback.format_exception_only(error)[-1].strip())
    sys.stdout.flush()
    names.clear()  # as at the end of a program: memory that is spoilt ends it here
    gc.collect()
    os._exit(0)  # the end of a Python that has loaded PyTorch takes a second


def _ending(status: int, output: IO[bytes], errors: IO[bytes]) -> Ending:
    output.seek(0)
    printed, raised, error = output.read().decode(errors="replace").partition(RAISES)
    if os.WIFSIGNALED(status):
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines()[-1:]
        return Ending("crashes", signal.Signals(os.WTERMSIG(status)).name, *said)
    return Ending("raises", error.strip()) if raised else Ending("prints", printed.strip())


def main() -> None:
    """Answer until there is no program left."""
    import torch  # noqa: F401

    gc.freeze()  # the children share what is there

    for line in sys.stdin:
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            child = os.fork()
            if child == 0:
                _run(json.loads(line), output, errors)
            status = os.waitpid(child, 0)[1]
            print(json.dumps(_ending(status, output, errors)), flush=True)


if __name__ == "__main__":
    main()
