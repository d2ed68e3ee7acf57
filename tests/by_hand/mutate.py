"""
Break the package on purpose and count how often the tests notice. ``nox -s mutate`` runs this.

mutmut makes the mutants, each with one mistake in one function, and runs the tests that call it.
Three kinds of mistakes are added that are easily made here: another size or direction, two
neighbours swapped, a copy in place of a view. Those are left out that only change the words of a
message, or pass ``None`` where nothing can take it.
"""

import contextlib
import io
import itertools
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import records
from libcst import matchers
from mutmut.__main__ import cli
from mutmut.mutation import mutators

ROOT = Path(__file__).parents[2]
LEFT_OUT = (
    mutators.operator_arg_removal,
    mutators.operator_assignment,
    mutators.operator_dict_arguments,
    mutators.operator_lambda,
    mutators.operator_string,
)
UNNOTICED = "Not noticed, where tests do not count that start a process of their own:"
SLICE = matchers.Subscript(slice=[matchers.SubscriptElement(matchers.Slice())])
CHUNK = matchers.Call(matchers.Attribute(attr=matchers.Name("chunk")))
#: What is easily put in the place of another.
CONFUSED = {"H_in": "H_cell", "H_cell": "H_out", "H_out": "H_cell", "D": "num_layers"}
for pair in ("L N", "input_size hidden_size", "seq_len batch_size", "forward backward"):
    one, other = pair.split()
    CONFUSED |= {one: other, other: one}


def confuse(node: cst.Arg | cst.Element) -> Iterator[cst.CSTNode]:
    """Put another size, or the other direction, into a call or a tuple."""
    if isinstance(node.value, cst.Name) and node.value.value in CONFUSED:
        yield node.with_changes(value=cst.Name(CONFUSED[node.value.value]))


def confuse_factors(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    """Put another size into a product, or leave one of its sides out."""
    for side, rest in (("left", node.right), ("right", node.left)):
        factor = getattr(node, side)
        if isinstance(factor, cst.Name) and factor.value in CONFUSED:
            yield node.with_changes(**{side: cst.Name(CONFUSED[factor.value])})
            yield rest


def swap(node: cst.Tuple | cst.Call) -> Iterator[cst.CSTNode]:
    """Swap two neighbours, such as two axes, where one of them is more than a plain word."""
    field = "elements" if isinstance(node, cst.Tuple) else "args"
    parts = getattr(node, field)
    for i, (part, following) in enumerate(itertools.pairwise(parts)):
        named = getattr(part, "keyword", None) or getattr(following, "keyword", None)
        if not named and not (is_plain(part.value) and is_plain(following.value)):
            yield node.with_changes(**{field: [*parts[:i], following, part, *parts[i + 2 :]]})


def is_plain(value: cst.BaseExpression) -> bool:
    """Return whether a value is a number, a text or a name that is no size and no direction."""
    if isinstance(value, cst.Name):
        return value.value not in CONFUSED
    return isinstance(value, (cst.BaseNumber, cst.BaseString))


def copy(node: cst.Subscript | cst.Call) -> Iterator[cst.CSTNode]:
    """Take a slice or a chunk of a copy, or of a tensor without gradients."""
    for method in ("clone", "detach"):
        if matchers.matches(node, SLICE):
            yield node.with_changes(value=cst.Call(cst.Attribute(node.value, cst.Name(method))))
        if matchers.matches(node, CHUNK):
            whole = cst.Call(cst.Attribute(node.func.value, cst.Name(method)))
            yield node.with_deep_changes(node.func, value=whole)


mutators.mutation_operators[:] = [
    *(entry for entry in mutators.mutation_operators if entry[1] not in LEFT_OUT),
    *((kind, confuse) for kind in (cst.Arg, cst.Element)),
    (cst.BinaryOperation, confuse_factors),
    *((kind, swap) for kind in (cst.Tuple, cst.Call)),
    *((kind, copy) for kind in (cst.Subscript, cst.Call)),
]


def ask(*arguments: str) -> list[str]:
    """Return the lines that a command of mutmut prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        cli(arguments, standalone_mode=False)
    return printed.getvalue().splitlines()


def change(mutant: str) -> str:
    """Return what a mutant has in the place of what."""
    lines = [
        line for line in ask("show", mutant) if line[:1] in "-+" and line[1:3] not in ("--", "++")
    ]
    old, new = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return f"- `{old}` → `{new}`\n"


def main() -> None:
    """Run the tests against all mutants, and record what they noticed and what they did not."""
    made, noticed, unnoticed = Counter(), Counter(), []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name in ("rnn_guide", "tests"):
            shutil.copytree(ROOT / name, name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        cli(["run", "--max-children", str(os.cpu_count())], standalone_mode=False)
        for line in sorted(ask("results", "--all", "yes")):
            mutant, _, status = line.strip().partition(": ")
            if status == "not checked":
                sys.exit("the run did not come to its end")
            module = mutant.rpartition(".x")[0]
            made[module] += 1
            if status == "killed":
                noticed[module] += 1
            else:
                unnoticed.append(change(mutant))
    rows = [(f"`{module}`", made[module], noticed[module]) for module in made]
    rows.append(("all", made.total(), noticed.total()))
    report = records.table(("mistakes in", "number", "noticed"), rows)
    print(report, *unnoticed, sep="\n")
    records.write("mutate", report, f"{UNNOTICED}\n", "".join(unnoticed))


if __name__ == "__main__":
    main()
