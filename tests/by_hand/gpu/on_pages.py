"""The examples of the pages on a GPU: what prints or says something else there."""

import json
from typing import Any

from examples import EXAMPLES, ROOT, Example, Outcome, agree
from record import expected

FOLDERS = ("errors", "how-to", "first-steps", "explanation", "reference")
#: The most characters of what a statement prints, tensors included.
MOST = 1000
RUN = """
import json, sys, warnings
sys.path.insert(0, {pages!r})
from examples import EXAMPLES, run
warnings.simplefilter("error")
warnings.filterwarnings("ignore", "LSTM with projections")
for example in EXAMPLES:
    if example.where == {where!r}:
        for outcome in run(example):
            print(json.dumps(outcome))
"""


def look(server: Any, start: str, example: Example) -> tuple[Example, list[Outcome]]:
    """Return what the statements of an example do on the GPU."""
    program = RUN.format(pages=str(ROOT / "tests" / "pages"), where=example.where)
    ending = server.run(start + program)
    lines = [line for line in ending.text.splitlines() if line.startswith("[")]
    if ending.verb != "prints":
        return example, [Outcome("crashes", ending.text)]
    return example, [Outcome(*json.loads(line)) for line in lines]


def compared(each: Any, start: str, release: str) -> dict[str, Any]:
    """Run the examples there, and return which statements do something else than on a CPU."""
    own = [e for e in EXAMPLES if not e.needs and e.page.parent.name in FOLDERS]
    entries, same = [], 0
    for example, outcomes in each(lambda server, one: look(server, start, one), own):
        entry = differing(example, outcomes, release)
        same += entry is None
        entries += [entry] if entry else []
    print(len(own), same, *entries, sep="\n", flush=True)
    return {"run": len(own), "same": same, "differ": entries}


def differing(example: Example, outcomes: list[Outcome], release: str) -> dict[str, Any] | None:
    """Return the first statement that does something else on the GPU, if any."""
    wanted = expected(example, release)
    for statement, want, outcome in zip(example.statements, wanted, outcomes, strict=False):
        if not agree(statement, want, outcome):
            source = statement.source.strip()
            return {"where": example.where, "statement": source, outcome.verb: outcome.text[:MOST]}
    return None
