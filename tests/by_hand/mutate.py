"""
Break the package on purpose and count how often the tests notice.

``nox -s mutate`` runs this. Each line of MUTATIONS replaces a piece of text in one file by another
that is wrong; then the tests run against the broken copy. A mutation that survives is a gap.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import records

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests" / "package"

# (file, what stands there, what is put in its place)
MUTATIONS = [
    # axes of tensors
    ("rules.py", '"input": ("L", "N", "H_in")', '"input": ("N", "L", "H_in")'),
    ("rules.py", '"input": ("L", "N", "H_in")', '"input": ("L", "N", "H_cell")'),
    ("rules.py", '"output": ("L", "N", "D*H_out")', '"output": ("L", "N", "H_out")'),
    ("rules.py", '"output": ("L", "N", "D*H_out")', '"output": ("L", "N", "D*H_cell")'),
    ("rules.py", '"output": ("L", "N", "D*H_out")', '"output": ("N", "L", "D*H_out")'),
    ("rules.py", '"h_0": ("D*num_layers", "N", "H_out")', '"h_0": ("D*num_layers", "N", "H_cell")'),
    ("rules.py", '"h_0": ("D*num_layers", "N", "H_out")', '"h_0": ("N", "D*num_layers", "H_out")'),
    ("rules.py", '"h_n": ("D*num_layers", "N", "H_out")', '"h_n": ("num_layers", "N", "H_out")'),
    ("rules.py", '"h_n": ("D*num_layers", "N", "H_out")', '"h_n": ("D", "N", "H_out")'),
    ("rules.py", '"c_0": ("D*num_layers", "N", "H_cell")', '"c_0": ("D*num_layers", "N", "H_out")'),
    ("rules.py", '"c_n": ("D*num_layers", "N", "H_cell")', '"c_n": ("D*num_layers", "N", "H_out")'),
    ("rules.py", '"c_n": ("D*num_layers", "N", "H_cell")', '"c_n": ("N", "H_cell")'),
    # layouts
    ("rules.py", 'elif batch_first and axes[0] == "L"', "elif batch_first"),
    ("rules.py", 'axes = ("N", "L", *axes[2:])', 'axes = ("L", "N", *axes[2:])'),
    ("rules.py", 'if axis != "N")', 'if axis != "L")'),
    ("rules.py", '("sum(lengths)", *axes[2:])', '("sum(lengths)", *axes[1:])'),
    ("rules.py", 'elif layout == "packed" and axes[0] == "L"', 'elif layout == "packed"'),
    ("rules.py", '"2*" if bidirectional else ""', '"" if bidirectional else "2*"'),
    ("rules.py", '"H_out" if projected else "H_cell"', '"H_cell" if projected else "H_out"'),
    ("rules.py", 'startswith("c_") and kind != "LSTM"', 'startswith("c_") and kind == "RNN"'),
    # parameters
    ("rules.py", '"GRU": ("r", "z", "n")', '"GRU": ("r", "z")'),
    ("rules.py", '"LSTM": ("i", "f", "g", "o")', '"LSTM": ("i", "f", "o")'),
    ("rules.py", '("gates*H_cell", "H_out")', '("gates*H_cell", "H_cell")'),
    ("rules.py", '"weight_ih": ("gates*H_cell", "H_in")', '"weight_ih": ("H_in", "gates*H_cell")'),
    ("rules.py", '"weight_hr": ("H_out", "H_cell")', '"weight_hr": ("H_cell", "H_out")'),
    ("rules.py", '"H_in" if layer == 0', '"H_in" if layer <= 1'),
    ("rules.py", 'else TENSORS["output"][-1]', 'else "H_out"'),
    ("rules.py", "for layer in range(num_layers)", "for layer in range(num_layers - 1)"),
    ("rules.py", 'for suffix in ("", "_reverse")', 'for suffix in ("_reverse", "")'),
    ("rules.py", 'startswith("bias") and not bias', 'startswith("bias_hh") and not bias'),
    ("rules.py", "_l{layer}{suffix}", "_l{layer + 1}{suffix}"),
    # numbers
    ("shapes.py", '("RNN_TANH", "RNN_RELU", "GRU", "LSTM")', '("RNN_TANH", "GRU", "LSTM")'),
    ("shapes.py", '_checks.size("batch_size", axes.pop(', '(axes.pop('),
    ("shapes.py", "len(DIRECTIONS[bidirectional])", "len(DIRECTIONS[not bidirectional])"),
    ("shapes.py", "proj_size or hidden_size", "proj_size or input_size"),
    ("shapes.py", "math.prod(", "sum("),
    ("shapes.py", "axes.pop(0 if batch_first else 1)", "axes.pop(1)"),
    ("shapes.py", "if batch_size is not None:", "if batch_size:"),
    ("shapes.py", "key = kind, layout, batch_first", "key = kind, layout"),
    ("shapes.py", "key = kind, layout, batch_first", "key = layout, batch_first"),
    ("shapes.py", "len(axes) not in (2, 3)", "len(axes) not in (2, 3, 4)"),
    ("shapes.py", "if features != _checks", "if features < _checks"),
    # refusals
    ("_checks.py", 'MINIMA = {"batch_size": 0', 'MINIMA = {"batch_size": 1'),
    ("_checks.py", '"proj_size": 0}', '"proj_size": 1}'),
    ("_checks.py", "if number < minimum", "if number < minimum - 1"),
    ("_checks.py", "0 < value <= MAXIMUM", "0 < value"),
    ("_checks.py", "0 < value <= MAXIMUM", "0 <= value <= MAXIMUM"),
    ("_checks.py", "if number > maximum", "if number >= maximum"),
    ("_checks.py", "if number >= hidden_size", "if number > hidden_size"),
    ("_checks.py", 'if kind != "LSTM"', 'if kind == "RNN"'),
    # splits
    ("directions.py", "output.chunk(2, -1)", "output.chunk(2, -1)[::-1]"),
    ("directions.py", "output.chunk(2, -1)", "output.chunk(2, 0)"),
    ("directions.py", "output.chunk(2, -1)", "output.unflatten(-1, (-1, 2)).unbind(-1)"),
    ("directions.py", "output.chunk(2, -1)", "output.clone().chunk(2, -1)"),
    ("directions.py", "output.chunk(2, -1)", "output.detach().chunk(2, -1)"),
    ("directions.py", "hidden[0::2], hidden[1::2]", "hidden[1::2], hidden[0::2]"),
    ("directions.py", "hidden[0::2], hidden[1::2]",
     "hidden[: len(hidden) // 2], hidden[len(hidden) // 2 :]"),
    ("directions.py", "hidden[1::2])", "hidden[1::2].clone())"),
    ("directions.py", "hidden[1::2])", "hidden[1::2].detach())"),
    ("directions.py", "type(packed)(data, *packed[1:])", "type(packed)(data, packed[1])"),
    ("directions.py", "in (1, 2)", "in (1, 2, 3)"),
    ("directions.py", "(size := shape[0]) % 2", "(size := shape[-1]) % 2"),
    # merges
    ("directions.py", "cat((forward, backward), -1)", "cat((backward, forward), -1)"),
    ("directions.py", "cat((forward, backward), -1)", "cat((forward, backward), 0)"),
    ("directions.py", "(forward + backward) / 2", "forward + backward"),
    ("directions.py", '"sum": operator.add', '"sum": operator.mul'),
    ("directions.py", '"mul": operator.mul', '"mul": operator.add'),
    ("directions.py", "\"have one shape\", *shapes", "\"have one shape\", *map(len, shapes)"),
    # the command
    ("__main__.py", "directions * num_layers", "directions"),
    ("__main__.py", "row // len(directions)", "row % len(directions)"),
    ("programs.py", '"bidirectional": False,', '"bidirectional": True,'),
]  # fmt: skip


def notices(mutation: tuple[str, str, str]) -> str | None:
    """Return None if a test fails for a mutation, else what happened."""
    name, there, instead = mutation
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "rnn_guide"
        shutil.copytree(ROOT / "rnn_guide", package)
        path = package / name
        text = path.read_text(encoding="utf-8")
        if there not in text:
            return "is out of date: the text to replace does not stand there"
        path.write_text(text.replace(there, instead, 1), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        command.append("--hypothesis-profile=quick")
        broken = {"PYTHONPATH": folder}
        done = subprocess.run(
            [*command, str(TESTS)], capture_output=True, cwd=folder, env={**os.environ, **broken}
        )
    noticed = done.returncode == 1 and (b"FAILED " in done.stdout or b"ERROR " in done.stdout)
    return None if noticed else f"survives (pytest ended with {done.returncode})"


def main() -> None:
    """Print what becomes of each mutation, and how many were noticed."""
    unbroken = notices(("rules.py", "", ""))
    assert unbroken == "survives (pytest ended with 0)", "the tests fail without any mutation"
    survivors, files = [], Counter()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for number, outcome in enumerate(pool.map(notices, MUTATIONS), start=1):
            name, there, instead = MUTATIONS[number - 1]
            print(f"{number}/{len(MUTATIONS)} {name}: {there} -> {instead}", flush=True)
            print(f"    {outcome or 'noticed'}", flush=True)
            survivors += [f"`{there}` → `{instead}`"] if outcome else []
            files[name] += 1
    print(f"{len(MUTATIONS) - len(survivors)} of {len(MUTATIONS)} mutations were noticed")
    rows = [(f"`{name}`", count) for name, count in files.items()]
    rows += [("all", len(MUTATIONS)), ("noticed by the tests", len(MUTATIONS) - len(survivors))]
    rows += [(f"not noticed: {survivor}", 1) for survivor in survivors]
    records.write("mutate", records.table(("mutations", "number"), rows))
    sys.exit(len(survivors) > 0)


if __name__ == "__main__":
    main()
