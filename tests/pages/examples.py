"""Every example of the guide, and what it prints when it is run."""

import contextlib
import doctest
import io
import json
import re
import signal
import subprocess
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))
from generated import GENERATED, ROOT

#: Reports for PyTorch: their programs end the process, so they are no examples to paste.
REPORTS = Path("docs", "records", "reports")
PAGES = [
    path
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
    if not any(path.is_relative_to(ROOT / other) for other in (*GENERATED, REPORTS))
]
FENCE = re.compile(r"^```\{doctest\}\n(?::needs: ([^\n]+)\n)?(.*?)^```$", re.MULTILINE | re.DOTALL)
#: What Python 3.12 and later add to a message.
SUGGESTION = re.compile(r"\. Did you mean: '\w+'\?$", re.MULTILINE)
#: A heading, with its label where it has one.
HEADING = re.compile(r"^(?:\(([a-z0-9-]+)\)=\n)?#+ (.*)$", re.MULTILINE)

#: Where in which file a message comes from: another one on each machine.
PLACES = re.compile(
    r"\n\n(At|from user code):\n.*"
    r"|\nTraceback of TorchScript.*?(?=\n\w+Error: )"
    r"| \(/\S+\)"
    r"|/\S*site-packages/",
    re.DOTALL,
)


class Outcome(NamedTuple):
    """What a statement does: it prints a text, raises an error or ends the process by a signal."""

    verb: str  # "prints", "raises" or "crashes"
    text: str


class Example(NamedTuple):
    """A fence of a page that the doctest builder runs."""

    page: Path
    section: str  # the label of its section, or else the heading
    number: int  # in its section, from 1
    line: int
    needs: tuple[str, ...]  # the packages that no session but "porting" installs
    text: str

    @property
    def where(self) -> str:
        """Return a name that stays as long as the section does."""
        return f"{self.page.relative_to(ROOT)}, {self.section}, {self.number}"

    @property
    def statements(self) -> list[doctest.Example]:
        """Return the statements with what they print."""
        return doctest.DocTestParser().get_examples(self.text)

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def examples_of(page: Path) -> list[Example]:
    """Return the examples of a page."""
    text = page.read_text(encoding="utf-8")
    headings = [(match.start(), match[1] or match[2]) for match in HEADING.finditer(text)]
    numbers: Counter[str] = Counter()
    found = []
    for fence in FENCE.finditer(text):
        section = [name for start, name in headings if start < fence.start()][-1:] or [""]
        numbers.update(section)
        needs = tuple((fence[1] or "").split())
        line = text.count("\n", 0, fence.start(2))
        found.append(Example(page, *section, numbers[section[0]], line, needs, fence[2]))
    return found


EXAMPLES = [example for page in PAGES for example in examples_of(page)]


def shown(statement: doctest.Example) -> Outcome:
    """Return what an example says that a statement does."""
    if statement.exc_msg is None:
        return Outcome("prints", statement.want)
    return Outcome("raises", statement.exc_msg)


def message_of(error: BaseException) -> str:
    """Return how a traceback ends, with no place in a file and no suggestion of newer Pythons."""
    message = traceback.format_exception_only(type(error), error)[-1].rstrip()
    return SUGGESTION.sub("", PLACES.sub("", message)) + "\n"


def run(example: Example) -> Iterator[Outcome]:
    """Run an example in a namespace of its own, to its end, whatever it raises."""
    names: dict[str, object] = {"__name__": "__main__"}
    show, sys.displayhook = sys.displayhook, sys.__displayhook__
    try:
        for statement in example.statements:
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                try:
                    exec(compile(statement.source, str(example), "single"), names)
                    outcome = Outcome("prints", printed.getvalue())
                except Exception as error:
                    outcome = Outcome("raises", message_of(error))
            yield outcome
    finally:
        sys.displayhook = show


def agree(statement: doctest.Example, expected: Outcome, outcome: Outcome) -> bool:
    """Return whether an outcome is the expected one, by the rules of doctest."""
    options = sum(flag for flag, on in statement.options.items() if on)
    same = doctest.OutputChecker().check_output(expected.text, outcome.text, options)
    return same and expected.verb == outcome.verb


def run_apart(examples: list[Example], python: str = sys.executable) -> dict[str, list[Outcome]]:
    """Run examples in a process of a Python, and in one more each time that one of them ends it."""
    outcomes: dict[str, list[Outcome]] = {}
    while waiting := [example.where for example in examples if example.where not in outcomes]:
        done = subprocess.run(
            [python, __file__], input=json.dumps(waiting), stdout=subprocess.PIPE, text=True
        )
        for line in done.stdout.splitlines():
            where, *outcome = json.loads(line)
            outcomes.setdefault(where, []).extend([Outcome(*outcome)] if outcome else [])
        if done.returncode < 0:
            outcomes[where].append(Outcome("crashes", signal.Signals(-done.returncode).name))
        elif done.returncode > 0:
            raise RuntimeError(f"{python} has ended with status {done.returncode}")
    return outcomes


def main() -> None:
    """Run the examples that standard input names, and print what each statement does as JSON."""
    warnings.simplefilter("error")  # as the tests do
    warnings.filterwarnings("ignore", "LSTM with projections|Guards may run slower on Python")
    by_name = {example.where: example for example in EXAMPLES}
    for where in json.load(sys.stdin):
        print(json.dumps([where]), flush=True)  # at once, for a statement may end the process
        for outcome in run(by_name[where]):
            print(json.dumps([where, *outcome]), flush=True)


if __name__ == "__main__":
    main()
