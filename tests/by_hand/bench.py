"""
How long an answer takes, beside other ways to get the same. ``nox -s bench`` runs this.

Each time is the shortest of many rounds, all in one run on one machine: only ratios carry over to
another. The tables go to the page on trust and speed.
"""

import os
import subprocess
import sys
from pathlib import Path

import einops
import pytest
import records
import torch
import torchinfo
from builds import EDITIONS, clear, copy
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.profiler import ProfilerActivity, profile

from rnn_guide import lstm_shapes, shapes_of, split_output, split_state

ROOT = Path(__file__).parents[2]

X = torch.zeros(7, 4, 3)
LSTM = nn.LSTM(3, 5, 3, bidirectional=True)
OUTPUT, H_N = torch.zeros(7, 4, 10), torch.zeros(6, 4, 5)
with FakeTensorMode() as FAKE:
    FAKE_LSTM, FAKE_X = nn.LSTM(3, 5, 3, bidirectional=True), torch.zeros(7, 4, 3)


def fake_forward():
    """Run a layer whose tensors have no memory."""
    with FAKE:
        return FAKE_LSTM(FAKE_X)


SHAPES = "Shapes of an LSTM, 3 layers, 2 directions"
SIZES = "The same, 1 direction, larger"
SPLIT_OUTPUT = "Both directions of an output"
SPLIT_STATE = "Both directions of a state"
START = "A new Python process"
BUILD = "A build of the site, in processor time"
EDITIONS_BUILT = "A clean build of the site, with its gallery"

CALLS = {
    SHAPES: {
        "`lstm_shapes`": lambda: lstm_shapes(3, 5, 3, seq_len=7, batch_size=4, bidirectional=True),
        "`shapes_of`": lambda: shapes_of(LSTM, X.shape),
        "`torchinfo.summary`": lambda: torchinfo.summary(LSTM, (7, 4, 3), verbose=0),
        "the layer with a `FakeTensor`": fake_forward,
        "the layer": lambda: LSTM(X),
    },
    SIZES: {
        "3 layers, 7 steps, batch of 4": lambda: lstm_shapes(3, 5, 3, seq_len=7, batch_size=4),
        "`num_layers=3_000_000`": lambda: lstm_shapes(3, 5, 3_000_000, seq_len=7, batch_size=4),
        "`seq_len=7_000_000`": lambda: lstm_shapes(3, 5, 3, seq_len=7_000_000, batch_size=4),
        "`batch_size=4_000_000`": lambda: lstm_shapes(3, 5, 3, seq_len=7, batch_size=4_000_000),
    },
    SPLIT_OUTPUT: {
        "`split_output`": lambda: split_output(OUTPUT),
        "`torch.chunk`": lambda: torch.chunk(OUTPUT, 2, -1),
        "two slices": lambda: (OUTPUT[..., :5], OUTPUT[..., 5:]),
        "`unflatten` and `unbind`": lambda: OUTPUT.unflatten(-1, (2, -1)).unbind(-2),
        "`einops.rearrange`": lambda: einops.rearrange(OUTPUT, "l n (d h) -> d l n h", d=2),
    },
    SPLIT_STATE: {
        "`split_state`": lambda: split_state(H_N),
        "two slices": lambda: (H_N[0::2], H_N[1::2]),
        "`unflatten` and `unbind`": lambda: H_N.unflatten(0, (-1, 2)).unbind(1),
        "`einops.rearrange`": lambda: einops.rearrange(H_N, "(l d) n h -> d l n h", d=2),
    },
}
QUESTION = (
    "lstm --input-size 3 --hidden-size 5 --num-layers 3 --bidirectional --seq-len 7 --batch-size 4"
)
COMMANDS = {
    "`python -c pass`": ["-c", "pass"],
    "`import rnn_guide`": ["-c", "import rnn_guide"],
    "`python -m rnn_guide lstm …`": ["-m", "rnn_guide", *QUESTION.split()],
    "`import torch`": ["-c", "import torch"],
    "`import torch`, with its compiler": ["-c", "import torch._dynamo"],
}
BUILDS = ["empty pages, clean", "the guide, clean", "empty pages, again", "the guide, again"]
#: As ``nox -s docs`` builds them: side by side.
LANGUAGES = {"the guide in English": ["en"], "the guide in both languages": list(EDITIONS)}

#: The calls that split with PyTorch alone.
BARE = {"`torch.chunk`", "two slices", "`unflatten` and `unbind`"}
FASTEST = "the fastest bare call"

#: (group, what is measured, beside what, the goal for their ratio)
GOALS = [
    (SHAPES, "`torchinfo.summary`", "`lstm_shapes`", "at least 500"),
    (SIZES, "`num_layers=3_000_000`", "3 layers, 7 steps, batch of 4", "at most 1.1"),
    (SIZES, "`seq_len=7_000_000`", "3 layers, 7 steps, batch of 4", "at most 1.1"),
    (SIZES, "`batch_size=4_000_000`", "3 layers, 7 steps, batch of 4", "at most 1.1"),
    (SPLIT_OUTPUT, "`split_output`", FASTEST, "at most 1.6"),
    (SPLIT_STATE, "`split_state`", FASTEST, "at most 1.6"),
    (START, "`import rnn_guide`", "`python -c pass`", "at most 3"),
    (START, "`python -m rnn_guide lstm …`", "`python -c pass`", "at most 4"),
    (BUILD, "the guide, clean", "empty pages, clean", "at most 2.5"),
    (BUILD, "the guide, again", "empty pages, again", "at most 1.5"),
    (EDITIONS_BUILT, "the guide in both languages", "the guide in English", "at most 1.6"),
]

#: What has the goal of no byte copied.
COPY_NOTHING = [(SPLIT_OUTPUT, "`split_output`"), (SPLIT_STATE, "`split_state`")]

#: Bytecode is kept, as for every reader; one thread, as in ``nox -s docs``.
ENVIRONMENT = {k: value for k, value in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="module")
def seconds():
    """Collect the times by group and name; write the tables once all are there."""
    times = {}
    yield times
    if {*CALLS, START, BUILD, EDITIONS_BUILT} <= times.keys():
        records.write("bench", *tables(times))


@pytest.mark.parametrize(("group", "name"), [(g, name) for g in CALLS for name in CALLS[g]])
def test_call(group, name, benchmark, seconds):
    """Time one call."""
    benchmark.group = group
    benchmark(CALLS[group][name])
    seconds.setdefault(group, {})[name] = benchmark.stats.stats.min


@pytest.mark.parametrize("name", COMMANDS)
def test_start(name, benchmark, seconds):
    """Time a Python that starts, does one thing and ends."""

    def run():
        command = [sys.executable, *COMMANDS[name]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)

    benchmark.group = START
    benchmark.pedantic(run, rounds=30, warmup_rounds=1)
    seconds.setdefault(START, {})[name] = benchmark.stats.stats.min


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Return two copies of the guide, one with empty pages in place of those that it has."""
    guide, empty = (tmp_path_factory.mktemp("sites") / name for name in ("guide", "empty"))
    for folder in (guide, empty):
        copy(folder)
    read = {*empty.glob("docs/records/*.md"), empty / "docs/porting/index.md"}  # by extensions
    pages = [*{*empty.glob("docs/*.md"), *empty.glob("docs/[a-z]*/*.md")} - read]
    for script in empty.glob("gallery/plot*.py"):
        script.unlink()
        pages.append(empty / "docs" / f"{script.stem}.md")
    for page in pages:
        page.write_text(f"# {page.stem}\n", encoding="utf-8")
    (empty / "docs/index.md").write_text("# All\n\n```{toctree}\n:glob:\n**\n```\n")
    return {"the guide": guide, "empty pages": empty}


def start_build(docs, language):
    """Begin to build an edition, and return what builds it."""
    trees, site = (docs / "_build" / made / EDITIONS[language] for made in ("trees", "html"))
    edition = ["-b", "html", "-D", f"language={language}", "-d", trees]
    command = [sys.executable, "-m", "sphinx", "-q", *edition, docs, site]
    return subprocess.Popen(command, env=ENVIRONMENT)


@pytest.mark.parametrize("name", BUILDS)
@pytest.mark.benchmark(timer=lambda: sum(os.times()[2:4]))  # of child processes
def test_build(name, benchmark, seconds, sources):
    """Time a build of the site, in processor time."""
    what, how = name.split(", ")
    docs = sources[what] / "docs"

    def clean():
        clear(sources[what])

    def build():
        assert start_build(docs, "en").wait() == 0

    benchmark.group = BUILD
    benchmark.pedantic(build, setup=clean if how == "clean" else None, rounds=3)
    seconds.setdefault(BUILD, {})[name] = benchmark.stats.stats.min


@pytest.mark.parametrize("name", LANGUAGES)
def test_editions(name, benchmark, seconds, sources):
    """Time how long one waits for one edition, and for two."""
    guide = sources["the guide"]
    paths = {"PYTHONPATH": os.pathsep.join(map(str, (guide / "docs/_extensions", guide)))}

    def build():
        gallery = [sys.executable, "-m", "gallery"]
        subprocess.run(gallery, check=True, cwd=guide, env=ENVIRONMENT | paths)
        started = [start_build(guide / "docs", language) for language in LANGUAGES[name]]
        ended = [edition.wait() for edition in started]
        assert not any(ended)

    benchmark.group = EDITIONS_BUILT
    benchmark.pedantic(build, setup=lambda: clear(guide), rounds=3)
    seconds.setdefault(EDITIONS_BUILT, {})[name] = benchmark.stats.stats.min


def copied(call):
    """Return the bytes of tensors that a call allocates."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as record:
        result = call()
    assert result is not None  # and held until here, so that nothing is freed again
    return sum(max(0, event.self_cpu_memory_usage) for event in record.events())


def test_copies_are_seen():
    """What counts the bytes of a split counts those of a copy."""
    assert copied(H_N.clone) == H_N.nbytes


def tables(times):
    """Return the goals, and then each group, its times divided by the first."""
    goals = []
    for group, measured, beside, goal in GOALS:
        names = BARE & times[group].keys() if beside == FASTEST else {beside}
        ratio = times[group][measured] / min(times[group][name] for name in names)
        relation, _, number = goal.rpartition(" ")
        reached = ratio >= float(number) if relation == "at least" else ratio <= float(number)
        goals.append((measured, beside, rounded(ratio), goal, reached))
    copies = []
    for group, name in COPY_NOTHING:
        number = copied(CALLS[group][name])
        copies.append((name, number, "0", number == 0))
    reached = [row[-1] for row in goals + copies]
    yield f"{sum(reached)} of {len(reached)} goals are reached.\n"
    yield goal_table(("A", "B", "time of A ÷ time of B"), goals)
    yield goal_table(("call", "bytes copied"), copies)
    for group, by_name in times.items():
        first = next(iter(by_name.values()))
        rows = [(name, shown(time), rounded(time / first)) for name, time in by_name.items()]
        yield records.table((group, "time", "÷ first row"), rows)


def goal_table(head, rows):
    """Return a table whose last columns say what is wanted, and whether that is so."""
    rows = [(*row, "yes" if reached else "**no**") for *row, reached in rows]
    return records.table((*head, "goal", "reached"), rows)


def rounded(ratio):
    """Return a ratio with the digits that a reader can use."""
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2f}"


def shown(seconds):
    """Return a time with a unit that fits it."""
    unit, size = next(u for u in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)) if seconds >= u[1])
    return f"{seconds / size:.3g} {unit}"
