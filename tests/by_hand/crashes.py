"""
Run lines that may end the process, with many releases of PyTorch, and record how each ends.

``nox -s crashes`` runs this with the releases to look at, or with all that are on record. Each line
runs in processes of its own, several times, for what it does may depend on what lies beyond the
memory that it should read.
"""

import sys
from typing import Any, NamedTuple

import tomli_w
from environments import ROOT, facts, one_by_one, say

sys.path.insert(0, str(ROOT / "tests"))

from apart import Ending, server
from record import minor, ordered

PATH = ROOT / "docs" / "records" / "crashes.toml"
#: How often a line is run: with so many copies of PyTorch, and so often with each.
SERVERS, RUNS = 3, 3
HEAD = """\
# Lines that end the process, or compute what means nothing, and how they end with each release:
# made by `nox -s crashes`.
#
# signals  how the runs ended that did not return; says, what was written before
# always   whether none of the runs got to its end
"""
START = """\
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence
torch.manual_seed(0)
"""


class Line(NamedTuple):
    """A few statements, below the heading of the page that explains them."""

    section: str  # its label, without "crash-"
    code: str


EQUAL, DIFFERENT, UNSORTED = "[7, 7, 7, 7]", "[7, 5, 2, 1]", "[2, 7, 4, 1], enforce_sorted=False"
SHAPE, BACKWARD = "print(output.data.shape)", "output.data.sum().backward()"


def call(
    section: str,
    layer: str,
    lengths: str = "",
    *,
    features: int = 3,
    h_0: str = "",
    c_0: str = "",
    change: str = "",
    then: str = SHAPE,
) -> Line:
    """Return the call of a layer, for packed input if lengths are given."""
    x = f"torch.randn(7, 4, {features})"
    x = f"pack_padded_sequence({x}, {lengths})" if lengths else x
    lines = [f"layer = nn.{layer}", f"layer.{change}", f"x = {x}"]
    state = ""
    if h_0:
        lines.append(f"h_0 = torch.randn({h_0})")
        state = ", h_0"
    if h_0 and layer.startswith("LSTM"):
        lines.append(f"c_0 = torch.randn({c_0 or h_0})")
        state = ", (h_0, c_0)"
    then = then if lengths else then.replace(".data", "")  # of a tensor it has no gradient
    lines += [f"output, state = layer(x{state})", then]
    return Line(section, "\n".join(line for line in lines if line != "layer."))


def cell(kind: str, h: str, c: str = "") -> Line:
    """Return the call of a cell for one step without a batch axis."""
    sizes = "3, 1" if h == "1, 1" else "3, 5"
    lines = [f"cell = nn.{kind}Cell({sizes})", f"h = torch.randn({h})"]
    lines += [f"c = torch.randn({c})", "h, c = cell(torch.randn(3), (h, c))"] if c else []
    lines += [] if c else ["h = cell(torch.randn(3), h)"]
    return Line("cell", "\n".join([*lines, "print(h.shape)"]))


LINES = [
    call("features", "LSTM(3, 5)", EQUAL, features=6, then=BACKWARD),
    call("features", "LSTM(3, 5)", EQUAL, features=6),
    call("features", "LSTM(3, 5)", EQUAL, features=2, then=BACKWARD),
    call("features", "LSTM(3, 5)", DIFFERENT, features=6),
    call("features", "GRU(3, 5)", EQUAL, features=6),
    call("features", "LSTM(3, 5)", features=6, then=BACKWARD),
    call("features", "LSTM(3, 5)", features=6),
    call("state-batch", "LSTM(3, 5)", EQUAL, h_0="1, 2, 5"),
    call("state-batch", "LSTM(3, 5)", EQUAL, h_0="1, 1, 5"),
    call("state-batch", "LSTM(3, 5)", EQUAL, h_0="1, 4, 5", c_0="1, 2, 5"),
    call("state-batch", "LSTM(3, 5)", EQUAL, h_0="1, 6, 5"),
    call("state-batch", "LSTM(3, 5)", DIFFERENT, h_0="1, 2, 5"),
    call("state-batch", "LSTM(3, 5)", UNSORTED, h_0="1, 6, 5"),
    call("state-batch", "GRU(3, 5)", UNSORTED, h_0="1, 6, 5"),
    call("state-batch", "GRU(3, 5)", EQUAL, h_0="1, 2, 5"),
    call("state-rows", "LSTM(3, 5)", DIFFERENT, h_0="2, 4, 5", c_0="1, 4, 5"),
    call("state-rows", "LSTM(3, 5)", EQUAL, h_0="2, 4, 5", c_0="1, 4, 5"),
    call("state-rows", "LSTM(3, 5, num_layers=2)", DIFFERENT, h_0="2, 4, 5", c_0="1, 4, 5"),
    call("state-rows", "LSTM(3, 5, num_layers=2)", EQUAL, h_0="2, 4, 5", c_0="1, 4, 5"),
    call("state-rows", "LSTM(3, 5)", DIFFERENT, h_0="1, 4, 5", c_0="2, 4, 5"),
    call("state-rows", "LSTM(3, 5)", EQUAL, h_0="2, 4, 5"),
    call("state-rows", "LSTM(3, 5)", DIFFERENT, h_0="2, 4, 5"),
    call("state-features", "LSTM(3, 5)", EQUAL, h_0="1, 4, 6", then=BACKWARD),
    call("state-features", "LSTM(3, 5)", EQUAL, h_0="1, 4, 6"),
    call("state-features", "LSTM(3, 5)", EQUAL, h_0="1, 4, 4"),
    call("state-features", "LSTM(3, 5)", DIFFERENT, h_0="1, 4, 6"),
    cell("LSTM", "5, 5", "5, 5"),
    cell("LSTM", "1, 1", "1, 1"),
    cell("LSTM", "5", "5, 5"),
    cell("LSTM", "4, 5", "4, 5"),
    cell("GRU", "1, 1"),
    cell("GRU", "5, 5"),
    cell("RNN", "5, 5"),
    call("changed", "LSTM(3, 5)", change="hidden_size = 6", then=BACKWARD),
    call("changed", "LSTM(3, 5)", change="hidden_size = 4"),
    call("changed", "LSTM(3, 5)", change="input_size = 6", features=6, then=BACKWARD),
    call("changed", "LSTM(3, 5, num_layers=2)", change="bias = False", then=BACKWARD),
    call("changed", "LSTM(3, 5)", change="bias = False"),
    call(
        "changed",
        "LSTM(3, 5, num_layers=2, bidirectional=True)",
        change="bidirectional = False",
        then=BACKWARD,
    ),
    call("changed", "GRU(3, 5)", change="hidden_size = 6"),
    Line(
        "changed",
        "layer = nn.GRU(3, 5)\n"
        "layer.weight_ih_l0 = nn.Parameter(torch.empty(15, 3, device='meta'))\n"
        "x = pack_padded_sequence(torch.randn(7, 4, 3), [7, 7, 7, 7])\n"
        f"output, state = layer(x)\n{SHAPE}",
    ),
    Line(
        "changed",
        "layer = nn.LSTM(3, 5)\ntry:\n    layer.weight_ih_l0 = torch.randn(2, 2)\n"
        "except TypeError:  # it takes a parameter only, and keeps the tensor\n    pass\n"
        "output, state = layer(torch.randn(7, 4, 3))\noutput.sum().backward()",
    ),
    Line(
        "by-hand",
        "layer = nn.LSTM(3, 5)\n"
        "x = PackedSequence(torch.randn(8, 3), torch.tensor([4, 4]), torch.tensor([0, 1]))\n"
        "h_0 = torch.randn(1, 4, 5)\nc_0 = torch.randn(1, 4, 5)\n"
        f"output, state = layer(x, (h_0, c_0))\n{SHAPE}",
    ),
    Line(
        "by-hand",
        "layer = nn.GRU(3, 5)\n"
        "x = PackedSequence(torch.randn(10, 3), torch.tensor([4, 3, 2]))\n"
        f"output, state = layer(x)\n{SHAPE}",
    ),
    Line(
        "by-hand",
        "x = PackedSequence(torch.zeros(0, 3), torch.tensor([], dtype=torch.int64))\n"
        "padded, lengths = pad_packed_sequence(x)\nprint(padded.shape)",
    ),
    Line(
        "empty-batch",
        "layer = nn.LSTM(3, 5, dtype=torch.bfloat16)\n"
        "x = torch.zeros(7, 0, 3, dtype=torch.bfloat16)\n"
        "output, state = layer(x)\nprint(output.shape)",
    ),
    Line(
        "empty-batch",
        "layer = nn.LSTM(3, 5)\nx = torch.zeros(7, 0, 3)\nwith torch.autocast('cpu'):\n"
        "    output, state = layer(x)\nprint(output.shape)",
    ),
]


def endings(python: str) -> dict[Line, list[Ending]]:
    """Return how the runs of each line end with one release."""
    found: dict[Line, list[Ending]] = {line: [] for line in LINES}
    for _ in range(SERVERS):
        with server(python) as runs:
            for line in LINES:
                found[line] += [runs.run(START + line.code) for _ in range(RUNS)]
    return found


def outcome(runs: list[Ending]) -> dict[str, Any]:
    """Return what the runs of a line do with one release."""
    found: dict[str, Any] = {}
    for verb in ("crashes", "raises", "prints"):
        texts = sorted({run.text for run in runs if run.verb == verb})
        if texts:
            found[verb] = texts if verb == "crashes" else texts[0]
    found["says"] = sorted({run.said for run in runs if run.said})
    return found


def kind(found: dict[str, Any]) -> tuple[Any, ...]:
    """Return what neighbouring releases must have in common to stand in one line."""
    if "crashes" in found:
        return ("crashes",)
    return found.get("raises"), found.get("prints")


def entry(line: Line, outcomes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what a line does by ranges of neighbouring releases."""
    groups: list[list[str]] = []
    for release in sorted(outcomes, key=ordered):
        if groups and kind(outcomes[groups[-1][-1]]) == kind(outcomes[release]):
            groups[-1].append(release)
        else:
            groups.append([release])
    made: dict[str, Any] = {"section": line.section, "code": line.code, "ends": []}
    for group in groups:
        found = [outcomes[release] for release in group]
        ends: dict[str, Any] = {"releases": " to ".join(dict.fromkeys([group[0], group[-1]]))}
        if "crashes" in found[0]:
            ends["signals"] = sorted({signal for one in found for signal in one["crashes"]})
            ends["says"] = sorted({text for one in found for text in one["says"]})
            runs_on = any("prints" in one or "raises" in one for one in found)
            ends["always"] = not runs_on
        else:
            ends |= {verb: text for verb, text in found[0].items() if verb != "says"}
        made["ends"].append(ends)
    return made


def write(releases: dict[str, dict[str, Any]], found: dict[str, dict[Line, Any]]) -> None:
    """Write the record of all releases that were looked at."""
    lines = [
        entry(line, {release: outcomes[line] for release, outcomes in found.items()})
        for line in LINES
    ]
    record = {"releases": releases, "line": lines}
    PATH.write_text(HEAD + tomli_w.dumps(record, multiline_strings=True), encoding="utf-8")


def main() -> None:
    """Run the lines with each release, the newest last, and write the record."""
    releases, found = {}, {}
    for release, python in one_by_one(__doc__):
        say(f"{release}: {len(LINES)} lines, {SERVERS * RUNS} times each")
        found[minor(release)] = {line: outcome(runs) for line, runs in endings(python).items()}
        releases[minor(release)] = facts(release)
    write(releases, found)


if __name__ == "__main__":
    main()
