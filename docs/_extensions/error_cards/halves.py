"""An example that fails and then runs, cut in two: up to the failure, and the repair."""

import ast
import doctest
import re
from typing import NamedTuple

#: What an example does to show a warning; one that only silences warnings does not record them.
RECORDS_WARNINGS = re.compile(r"catch_warnings\(\s*record=True")


class Halves(NamedTuple):
    """The two halves of an example, which together hold each of its lines once."""

    fails: str  # up to the failure, and what is said of it
    runs: str  # what follows
    needed: str  # the statements of the first half without which the second does not run


class Statement(NamedTuple):
    """A statement with what it prints, or a line that is only a comment."""

    text: str  # as the page shows it
    source: str = ""  # empty for a comment
    says: str = ""  # what it prints or raises
    raises: bool = False

    @property
    def code(self) -> str:
        """Return what is typed, with its prompts."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line for line in lines if re.match(r">>> |\.\.\.( |$)", line))

    @property
    def uses(self) -> set[str]:
        """Return the names that it reads."""
        return {name.id for name in self._names() if isinstance(name.ctx, ast.Load)}

    @property
    def binds(self) -> set[str]:
        """Return the names that it gives a value."""
        return {name.id for name in self._names() if isinstance(name.ctx, ast.Store)}

    def _names(self) -> list[ast.Name]:
        tree = ast.parse(self.source)
        return [node for node in ast.walk(tree) if isinstance(node, ast.Name)]


def cut(example: str, message: str) -> Halves | None:
    """
    Return the halves of an example, or nothing where it is not clear where to cut.

    Args:
        example: The doctest.
        message: What an error or a warning says, as the heading of its section.
    """
    statements = list(_statements(example))
    failing = _failing(statements, message)
    if not failing:
        return None
    middle = failing.stop
    for number in range(middle, len(statements)):
        if statements[number].source:  # a comment belongs to the statement below it
            if not _looks_at(statements[number], statements[failing.start : failing.stop]):
                break
            middle = number + 1
    left, right = statements[:middle], statements[middle:]
    if any(_fails(statement, message) for statement in right) or not any(s.source for s in right):
        return None
    start = failing.start
    while start and not left[start - 1].source:
        start -= 1
    return Halves(
        "".join(statement.text for statement in left),
        "".join(statement.text for statement in right),
        "".join(statement.code for statement in left[:start]),
    )


def _statements(example: str) -> list[Statement]:
    parts = re.split(r"^(?=>>> )", example.strip() + "\n", flags=re.MULTILINE)
    found = []
    for text in filter(None, parts):
        parsed = doctest.DocTestParser().get_examples(text)
        if parsed:
            source, says = parsed[0].source, parsed[0].exc_msg or parsed[0].want
            found.append(Statement(text, source, says, parsed[0].exc_msg is not None))
        else:
            found.append(Statement(text))
    return found


def _looks_at(statement: Statement, failing: list[Statement]) -> bool:
    """Return whether a statement reads what failing ones have made, or shows what they changed."""
    quiet = [one for one in failing if not one.raises]
    made = set().union(*(one.binds for one in quiet))
    changed = set().union(*(one.uses for one in quiet if one.source.startswith("try:")))
    shows = bool(statement.says) and not statement.binds
    return bool(statement.uses & made or (shows and statement.uses & changed))


def _fails(statement: Statement, message: str) -> bool:
    """Return whether a statement raises an error, or prints the message."""
    return statement.raises or message in " ".join(statement.says.split())


def _failing(statements: list[Statement], message: str) -> range:
    """Return the place of the statements that fail first, one behind the other."""
    failing = [number for number, s in enumerate(statements) if _fails(s, message)]
    if not failing:
        return range(0)
    start, stop = failing[0], failing[0] + 1
    while stop in failing:
        stop += 1
    if not statements[start].raises:  # a warning is printed behind the statement that warns
        recording = [n for n in range(start) if RECORDS_WARNINGS.search(statements[n].source)]
        start = max(recording, default=start)
    return range(start, stop)
