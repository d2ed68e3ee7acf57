"""
The catalogs for translators, beside those that Sphinx makes of the pages.

``guide`` holds the texts of our extensions, ``doctor`` what the numbers of a message mean,
``asked`` the questions, ``code`` the comments in examples, and ``sphinx`` the words of templates.
"""

import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any, get_args

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po
from sphinx.application import Sphinx

from languages.comments import blocks_of, comments_of, english_of
from languages.missing import has_words
from rnn_guide import _rules, _snippets

ROOMS = Path(__file__).parents[1]
#: The texts that are not of a page, in catalogs of their own.
OURS = ("guide", "doctor", "asked", "code")
#: What marks a text in templates; ``trans`` is ``gettext`` there.
JINJA: dict[str, None] = {"_": None, "gettext": None}
HEADER = "# Texts of RNN Guide.\n"


def write(app: Sphinx, error: Exception | None) -> None:
    """Write our catalogs beside those of the pages."""
    if error or app.builder.name != "gettext":
        return
    for name, texts in {**of_data(app), "code": of_examples(app)}.items():
        catalog = Catalog(header_comment=HEADER, project=app.config.project, fuzzy=False)
        for text in texts:
            catalog.add(text)
        written = BytesIO()
        write_po(written, catalog, width=0)
        (Path(app.outdir) / f"{name}.pot").write_bytes(written.getvalue())


def of_data(app: Sphinx) -> dict[str, Iterable[str]]:
    """Return the texts of each catalog that stand in no page."""
    source = Path(app.srcdir)
    return {
        "guide": of_rooms(),
        "doctor": of_doctor(read(source / "doctor.toml")),
        "asked": of_questions(read(source / "questions.toml")),
        "sphinx": of_templates(),
    }


def read(path: Path) -> dict[str, Any]:
    """Return the content of a file of data."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def of_rooms() -> Iterator[str]:
    """Yield what the extensions say through ``_``."""
    for path in sorted(ROOMS.glob("**/*.py")):
        if path == ROOMS / "languages" / "comments.py":
            continue  # its texts are in the catalog of the code
        for _, text, _, _ in extract_from_file("python", path, {"_": None}):
            yield str(text)
    yield from _rules.SYMBOLS.values()
    layers = product(get_args(_rules.Kind), get_args(_rules.Layout), (True, False))
    for kind, layout, bidirectional in layers:
        program = _snippets.snippet(kind, layout, bidirectional=bidirectional)
        yield from (line for line in program if line.startswith("#"))


def of_templates() -> Iterator[str]:
    """Yield the words of our templates and of furo's."""
    theme = Path(str(files("furo") / "theme" / "furo"))
    for path in sorted([*ROOMS.glob("**/*.html"), *theme.glob("**/*.html")]):
        for _, text, _, _ in extract_from_file("jinja2.ext:babel_extract", path, JINJA):
            yield str(text)


def of_doctor(doctor: dict[str, Any]) -> Iterator[str]:
    """Yield what is said of causes."""
    from doctor.causes import TEXTS  # the doctor builds on rooms that build on this one

    causes = (cause for message in doctor["message"] for cause in message["cause"])
    yield from (cause[name] for cause in causes for name in TEXTS if name in cause)


def of_questions(questions: dict[str, Any]) -> Iterator[str]:
    """Yield the titles of topics, and what is asked and answered."""
    for topic in questions["topic"]:
        yield topic["title"]
        for question in topic["questions"]:
            yield from (question["text"], question["answer"])


def of_examples(app: Sphinx) -> Iterable[str]:
    """Return the comments of all pages, in the order of the pages."""
    found: dict[str, None] = {}
    for page in sorted(app.env.found_docs):
        for block in blocks_of(app.env.get_doctree(page)):
            for _, _, comment in comments_of(english_of(block)):
                found[comment.lstrip("#: ")] = None
    return filter(has_words, found)
