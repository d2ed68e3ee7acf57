"""
Try on a GPU what the pages say of one, and record what it does: docs/records/gpu.toml.

``nox -s gpu`` runs this. Each program runs in processes of its own, for a wrong call may leave the
GPU unusable for the process that made it.
"""

import datetime
import os
import platform
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("", "package", "pages", "by_hand")]

import calls  # noqa: E402
import on_pages  # noqa: E402
import printed  # noqa: E402
import scripts  # noqa: E402
import tomli_w  # noqa: E402
from apart import Ending, Server  # noqa: E402
from statements import START, STATEMENTS  # noqa: E402

from crashes import LINES  # noqa: E402
from crashes import START as START_OF_LINES  # noqa: E402

PATH = ROOT / "docs" / "records" / "gpu.toml"
#: How often each program is run, and by how many processes at once.
RUNS, SERVERS = 2, min(12, os.cpu_count() or 1)
HEAD = """\
# What a GPU does where the pages speak of one: made by `nox -s gpu`.
#
# message    a message that a section of the pages is about, word for word
# start      what stands before each program
# statement  a program for a section of the pages, and what it printed; twice, where two runs differ
# line       a line of crashes.toml on the GPU, with cuDNN and without
# calls      drawn calls of layers and cells, and what check_forward says of them
# script     those of the gallery: how they end, and what they print
# tests      those that need a GPU
# examples   those of the pages with the GPU as the default device, and the first statement
#            of each that does something else there
"""
ON_GPU = """\
import torch
torch.set_default_device("cuda")
torch.backends.cudnn.allow_tf32 = False
"""
FACTS = """
import torch
if torch.cuda.is_available():
    print(torch.__version__.partition("+")[0], torch.version.cuda, sep="\\n")
    print(torch.backends.cudnn.version(), torch.cuda.get_device_name(), sep="\\n")
"""
#: A packed sequence that is made by hand: its batch_sizes stay on the CPU.
BY_HAND = re.compile(r"(PackedSequence\(torch\.\w+\([^)]*\), torch\.tensor\(\[[^]]*\])")
#: An address, or the number of a process.
PASSING = re.compile(r"0x[0-9a-f]+|\bProcess \d+")
Item = TypeVar("Item")


def facts() -> dict[str, Any]:
    """Return with what the record is made; end where there is no GPU."""
    done = subprocess.run([sys.executable, "-c", FACTS], stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines()
    if not lines:
        sys.exit("nox -s gpu needs a GPU that PyTorch can use, and finds none: nothing was run.")
    names = ("release", "cuda", "cudnn", "gpu")
    today = datetime.datetime.now(datetime.UTC).date()
    found: dict[str, Any] = dict(zip(names, lines, strict=True))
    return {**found, "python": platform.python_version(), "made": today}


def each(run: Callable[[Server, Item], Any], items: Iterable[Item]) -> Iterator[Any]:
    """Yield what a server does with each item, in their order; several work at once."""
    idle: SimpleQueue[Server] = SimpleQueue()
    servers = [Server() for _ in range(SERVERS)]
    for server in servers:
        idle.put(server)

    def with_a_server(item: Item) -> Any:
        server = idle.get()
        try:
            return run(server, item)
        finally:
            idle.put(server)

    with ThreadPoolExecutor(SERVERS) as pool:
        yield from pool.map(with_a_server, items)
    for server in servers:
        server.close()


def ended(ending: Ending) -> str:
    """Return how a program ended, as a text."""
    text = PASSING.sub("…", ending.text)
    if ending.verb == "crashes":
        return f"the process ends: {text}" + f", {ending.said}" * bool(ending.said)
    return text


def try_statement(server: Server, statement: Any) -> dict[str, Any]:
    """Run a program, and return its entry in the record."""
    endings = [server.run(START + statement.code) for _ in range(RUNS)]
    texts = list(dict.fromkeys(map(ended, endings)))
    verb = "prints" if endings[0].verb == "prints" else "ends"
    print(f"--- {statement.section}: {statement.tries}", *texts, sep="\n", flush=True)
    return {**statement._asdict(), verb: texts}


def try_line(server: Server, line: Any) -> dict[str, Any]:
    """Run a line that may end the process, with cuDNN and without."""
    code = BY_HAND.sub(r"\1, device='cpu'", line.code).replace(
        "autocast('cpu')", "autocast('cuda')"
    )
    found = {}
    for name, before in {"cudnn": "", "without": "torch.backends.cudnn.enabled = False\n"}.items():
        program = ON_GPU + before + START_OF_LINES + code + "\ntorch.cuda.synchronize()"
        endings = [server.run(program) for _ in range(RUNS)]
        found[name] = list(dict.fromkeys(map(ended, endings)))
    print(f"--- {line.code}", found, sep="\n", flush=True)
    return {"section": line.section, "code": line.code, **found}


def parts(release: str) -> dict[str, Callable[[], Any]]:
    """Return what makes each part of the record."""
    return {
        "statement": lambda: list(each(try_statement, STATEMENTS)),
        "line": lambda: list(each(try_line, LINES)),
        "calls": lambda: calls.compared(each, ON_GPU),
        "script": lambda: scripts.of_gallery(ROOT),
        "tests": lambda: scripts.marked_tests(ROOT),
        "examples": lambda: on_pages.compared(each, ON_GPU, release),
    }


def main() -> None:
    """Make the parts that the command line names, or all, and write the record after each."""
    record = {**tomllib.loads(PATH.read_text(encoding="utf-8"))} if PATH.exists() else {}
    record |= {**facts(), "start": START}
    print(record, flush=True)
    for name, make in parts(record["release"]).items():
        if name in (sys.argv[1:] or [name]):
            record[name] = make()
            record["message"] = printed.messages(record)
            text = HEAD + tomli_w.dumps(record, multiline_strings=True)
            PATH.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
