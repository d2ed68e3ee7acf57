"""What holds for every example: it runs, and a reader can paste it."""

import code
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import torch
from examples import EXAMPLES, FENCE, PAGES, ROOT, agree, message_of, run, run_apart
from record import DIFFERENCES, expected

SCRIPTS = sorted(ROOT.glob("gallery/**/*.py"))
MODULES = sorted(ROOT.glob("rnn_guide/**/*.py"))
PROMPT = re.compile(r"^ *>>> ", re.MULTILINE)
PYTHON_FENCE = re.compile(r"^ *(`{3,}|~{3,}|:{3,}) *\{?(code-block\} *)?(py|ipython)", re.MULTILINE)
PYTHON_BLOCK = re.compile(r"^[ #]*\.\. (code|code-block|sourcecode|highlight):: *py", re.MULTILINE)
RUNS = [
    # The other frameworks warn about themselves.
    pytest.param(x, marks=[pytest.mark.needs(*x.needs), pytest.mark.filterwarnings("ignore")])
    if x.needs
    else x
    for x in EXAMPLES
]


def name(value: object) -> str:
    """Return the name of an example or a file in the list of tests."""
    return str(value.relative_to(ROOT)) if isinstance(value, Path) else str(value)


class Prompt(code.InteractiveConsole):
    """A Python prompt that keeps the errors which it would show."""

    def __init__(self):
        super().__init__({"__name__": "__main__"})
        self.errors = []

    def showsyntaxerror(self, *args, **kwargs):
        """Keep the error."""
        self.errors.append(sys.exc_info()[1])

    def showtraceback(self):
        """Keep the error."""
        self.errors.append(sys.exc_info()[1])


def copied(text: str) -> list[str]:
    """Return the lines that the copy button gives: those with a prompt, without the prompt."""
    return [match[1] for match in re.finditer(r"^(?:>>> |\.\.\. ?)(.*)$", text, re.MULTILINE)]


class TestExamples:
    @pytest.mark.parametrize("example", RUNS, ids=name)
    def test_runs_on_its_own(self, example):
        """
        An example needs nothing but itself, and prints what it shows; with another release of
        PyTorch, what is on record for it.
        """
        wanted = expected(example, torch.__version__)
        crashes = wanted[-1].verb == "crashes"

        outcomes = run_apart([example])[example.where] if crashes else list(run(example))

        triples = list(zip(example.statements, wanted, outcomes, strict=False))
        assert len(triples) == len(wanted) > 0
        assert [triple for triple in triples if not agree(*triple)] == []

    @pytest.mark.parametrize("example", RUNS, ids=name)
    def test_can_be_pasted_at_a_prompt(self, example):
        """
        What the copy button gives runs line by line, with no error but those that are shown.
        """
        wanted = expected(example, torch.__version__)
        if wanted[-1].verb == "crashes":
            pytest.skip("this release of PyTorch ends the process")
        prompt = Prompt()

        for line in copied(example.text):
            waiting = prompt.push(line)

        assert not waiting, "the last statement is not finished"
        raised = [outcome.text for outcome in wanted if outcome.verb == "raises"]
        errors = [message_of(error) for error in prompt.errors]
        ended = len(wanted) < len(example.statements)  # what follows cannot be compared
        assert errors[: len(raised)] == raised
        assert ended or len(errors) == len(raised)

    @pytest.mark.parametrize("example", EXAMPLES, ids=name)
    def test_fits_the_page(self, example):
        """
        Code is not wider than the column of text, so that nobody has to scroll to read it.
        """
        assert max(len(line) for line in copied(example.text)) <= 84

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_no_example_of_a_page_escapes(self, page):
        """
        A prompt stands in a doctest fence only, and there is no other Python fence.
        """
        text = page.read_text(encoding="utf-8")

        assert not PROMPT.search(FENCE.sub("", text))
        assert not PYTHON_FENCE.search(text)
        assert not PYTHON_BLOCK.search(text)

    @pytest.mark.parametrize("path", MODULES + SCRIPTS, ids=name)
    def test_no_example_of_a_module_or_script_escapes(self, path):
        """
        In a docstring a prompt stands below "Example:", where both runners find it; the text of a
        gallery script has none.
        """
        text = path.read_text(encoding="utf-8")
        examples = re.compile(r"^( *)Example:\n(?:\1 +.*\n|\n)+", re.MULTILINE)

        assert not PROMPT.search(examples.sub("", text))
        assert not PYTHON_BLOCK.search(text)
        assert not re.search(r"::\n\n +>>> ", text)

    def test_finds_strays(self):
        """
        The patterns above find what they look for.
        """
        assert PROMPT.search("Text\n\n    >>> 1 + 1\n")
        for fence in (
            "```python",
            "~~~py",
            "```pycon",
            "```{code-block} python",
            ":::{code-block} python",
        ):
            assert PYTHON_FENCE.search(f"Text\n\n{fence}\n")
        assert PYTHON_BLOCK.search("# .. code-block:: python")

    def test_finds_every_fence(self):
        """
        No doctest fence is written in a way that the checks above would miss, and none has an
        option that lets Sphinx skip it, other than "needs".
        """
        for page in PAGES:
            found = sum(example.page == page for example in EXAMPLES)
            assert page.read_text(encoding="utf-8").count("{doctest}\n") == found, page
        assert not [example for example in EXAMPLES if example.text.startswith(":")]

    def test_finds_what_an_example_needs(self):
        """
        The option is read, and is no part of the example.
        """
        fence = FENCE.search("Text\n\n```{doctest}\n:needs: keras jax\n>>> import keras\n```\n")

        assert fence.groups() == ("keras jax", ">>> import keras\n")


class TestRecord:
    """What is on record of other releases is up to date."""

    def test_every_statement_is_there(self):
        """
        Each recorded statement stands once in the example that it is recorded for.
        """
        statements = [
            (example.where, statement.source.strip())
            for example in EXAMPLES
            for statement in example.statements
        ]

        assert [key for key in DIFFERENCES if statements.count(key) != 1] == []


class TestGallery:
    @pytest.mark.parametrize("script", SCRIPTS, ids=name)
    def test_runs_as_plain_python(self, script, tmp_path):
        """
        A downloaded script runs anywhere, and prints the same each time.
        """
        command = [sys.executable, "-W", "error", str(script)]

        first, second = (
            subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
            for _ in range(2)
        )

        assert first.stdout == second.stdout != ""


class TestReadme:
    def test_ci_runs_the_test_command(self):
        """
        Continuous integration calls the test command of the README and nothing else.
        """
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        command = re.search(r"Run every check:\n\n```shell\n(.*)\n```", readme)[1]
        lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()

        assert [line for line in lines if not line.startswith(("#", "set ", "cd "))] == [command]

    def test_links_work_on_the_package_index(self):
        """
        A link is a whole address, of the site or of the source.
        """
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        addresses = tuple(pyproject["project"]["urls"].values())

        links = re.findall(r"\]\(([^)]*)\)", readme)

        assert links
        assert [link for link in links if not link.startswith(addresses)] == []


class TestTerminal:
    @pytest.mark.parametrize(
        ("command", "expected"),
        [
            pytest.param(*match.groups(), id=match[1])
            for page in PAGES
            for match in re.finditer(
                r"```shell\npython -m ([^\n]*)\n```\n\n```text\n(.*?)```",
                page.read_text(encoding="utf-8"),
                re.DOTALL,
            )
        ],
    )
    def test_prints_what_the_page_shows(self, command, expected):
        """
        A command on a page prints the text below it.
        """
        program = [sys.executable, "-m", *command.split()]

        done = subprocess.run(program, capture_output=True, text=True)

        assert done.stdout + done.stderr == expected
