"""The programs of the guide, in pages, docstrings, scripts and questions, and what they do."""

import ast
import doctest
import io
import re
import textwrap
import tokenize
import tomllib
from collections.abc import Iterator

from catalogs import DOCS, ROOT
from docutils.utils import column_width
from examples import EXAMPLES
from sphinx_gallery.py_source_parser import split_code_and_text_blocks

LONGEST = 60
PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
SESSION = re.compile(r"^ *>>> .*\n(?: *\S.*\n)*", re.MULTILINE)


def programs() -> Iterator[tuple[str, str]]:
    """Yield each program with the place where it stands."""
    yield from ((str(example), example.text) for example in EXAMPLES)
    for path in sorted(ROOT.glob("rnn_guide/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, DOCUMENTED):
                for session in SESSION.findall(f"{ast.get_docstring(node)}\n"):
                    yield path.name, textwrap.dedent(session)
    for path in sorted(ROOT.glob("gallery/*.py")):
        for block in split_code_and_text_blocks(str(path))[1]:
            if block.type == "code":
                yield f"{path.name}:{block.lineno}", block.content
    for path in (DOCS / "questions.toml", DOCS / "locale" / "zh_CN" / "questions.toml"):
        for topic in tomllib.loads(path.read_text(encoding="utf-8"))["topic"]:
            for question in topic["questions"]:
                if "code" in question:
                    yield f"{path.name}, {question['section']}", question["code"]


def differences(first: str, second: str) -> Iterator[str]:
    """Yield how two programs differ in more than their comments."""
    if printed(first) != printed(second):
        yield "what is printed"
    if first.count("\n") != second.count("\n"):
        yield "the number of lines"
    if list(map(ast.dump, trees(first))) != list(map(ast.dump, trees(second))):
        yield "what is run"
    elif list(map(tokens, sources(first))) != list(map(tokens, sources(second))):
        yield "how it is written"
    if options(first) != options(second):
        yield "how it is compared"


def is_session(text: str) -> bool:
    """Return whether a program has prompts."""
    return text.startswith(">>>")


def sources(text: str) -> list[str]:
    """Return the statements of a session, or a script as it is."""
    if not is_session(text):
        return [text]
    return [example.source for example in doctest.DocTestParser().get_examples(text)]


def trees(text: str) -> Iterator[ast.Module]:
    """Yield what Python reads, of a line without its block too."""
    for source in sources(text):
        yield ast.parse(source + "    pass" if source.rstrip().endswith(":") else source)


def tokens(source: str) -> list[tuple[int, str]]:
    """Return the tokens of a program without its comments."""
    read = tokenize.generate_tokens(io.StringIO(source).readline)
    return [(token.type, token.string) for token in read if token.type != tokenize.COMMENT]


def options(text: str) -> list[dict[int, bool]]:
    """Return what comments tell doctest."""
    if not is_session(text):
        return []
    return [example.options for example in doctest.DocTestParser().get_examples(text)]


def printed(text: str) -> list[str]:
    """Return the lines of a session that nobody types."""
    return [line for line in text.splitlines() if is_session(text) and not PROMPT.match(line)]


def typed(text: str) -> list[str]:
    """Return the lines that one types, without prompts."""
    if not is_session(text):
        return text.splitlines()
    matches = [(PROMPT.match(line), line) for line in text.splitlines()]
    return [line[match.end() :] for match, line in matches if match]


def is_too_wide(line: str) -> bool:
    """Return whether a line is wider than the page; a Chinese character is as wide as two."""
    return column_width(line) > LONGEST
