"""The mistakes of the error pages, and further forms of them that stand in ``further.md``."""

import re
from doctest import Example as Statement
from pathlib import Path
from typing import Any, NamedTuple

from examples import EXAMPLES, Example, examples_of

FURTHER = Path(__file__).parent / "further.md"


class Fence(NamedTuple):
    """Statements that are run one after the other."""

    section: str  # the label of the section that explains the mistake
    further: bool  # whether further.md holds it
    statements: list[dict[str, Any]]  # each with its source, and whether it is a mistake


def fence(example: Example) -> Fence:
    """Return the statements of an example."""
    statements, warned = [], False
    for statement in example.statements:
        warns = "record=True" in statement.source
        repaired = warned and warns  # the second time a page shows that its repair does not warn
        mistake = is_mistake(statement) and not repaired
        statements.append({"source": statement.source, "mistake": mistake})
        warned = warned or warns
    return Fence(example.section, example.page == FURTHER, statements)


def is_mistake(statement: Statement) -> bool:
    """Return whether a statement raises or warns; in further.md a ``?`` says so."""
    shown = statement.want == "?\n" or statement.exc_msg is not None
    return shown or bool(re.search(r"^ *try:|record=True", statement.source, re.MULTILINE))


def fences() -> list[Fence]:
    """
    Return the mistakes: of each section about a message its first, and all of further.md.

    What runs and is wrong raises nothing, so only further.md says which line is the mistake.
    """
    found: dict[str, Fence] = {}
    for example in EXAMPLES:
        made = fence(example)
        if made.section.startswith("error-") and any(s["mistake"] for s in made.statements):
            found.setdefault(made.section, made)
    further = [fence(example) for example in examples_of(FURTHER)]
    gone = {made.section for made in further} - {example.section for example in EXAMPLES}
    assert not gone, f"{FURTHER.name} has mistakes of sections that no page has: {gone}"
    return [*found.values(), *further]
