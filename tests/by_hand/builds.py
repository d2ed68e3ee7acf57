"""Builds of the whole site, compared byte by byte. ``nox -s builds`` runs this."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: A build that goes on where another has stopped numbers the pages in another order.
NUMBERED = ["searchindex.js"]
GENERATED = ("_build", "auto_gallery", "_backrefs")
OPTIONS = ("-n", "-W", "--keep-going", "-q", "-b", "html", "-d", "docs/_build/doctrees")
COMMAND = [sys.executable, "-m", "sphinx", *OPTIONS, "docs", "docs/_build/html"]


def copy(folder: Path) -> Path:
    """Copy what the site is made from."""
    for part in ("docs", "gallery"):
        ignored = shutil.ignore_patterns(*GENERATED, "__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for file in (*ROOT.glob("*.md"), ROOT / "pyproject.toml"):
        shutil.copy(file, folder)
    return folder


def clear(folder: Path) -> None:
    """Take away all that builds have made, as ``nox -s docs`` does."""
    for made in GENERATED:
        shutil.rmtree(folder / "docs" / made, ignore_errors=True)


def build(folder: Path) -> bool:
    """Build without clearing what is there, and return whether it ended well."""
    return subprocess.run(COMMAND, cwd=folder, capture_output=True).returncode == 0


def files(folder: Path) -> dict[str, bytes]:
    """Return what a build has made."""
    html = folder / "docs/_build/html"
    return {str(p.relative_to(html)): p.read_bytes() for p in html.rglob("*") if p.is_file()}


def differences(folder: Path, expected: dict[str, bytes]) -> list[str]:
    """Return the names of the files that are not as expected."""
    found = files(folder)
    names = found.keys() | expected.keys()
    return sorted(name for name in names if found.get(name) != expected.get(name))


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """Return the files of a clean build."""
    folder = copy(tmp_path_factory.mktemp("first"))
    assert build(folder)
    return files(folder)


@pytest.fixture(scope="module")
def guide(tmp_path_factory):
    """Return another copy, in which the tests build one after another."""
    return copy(tmp_path_factory.mktemp("second"))


def test_two_clean_builds_are_equal(guide, expected):
    """
    Another folder and another time give the same files.
    """
    assert build(guide)

    assert differences(guide, expected) == []
    assert len(expected) > 150


def test_two_books_are_equal(guide):
    """
    An EPUB holds its date, which SOURCE_DATE_EPOCH sets.
    """
    options = ("-b", "epub", "-q", "-E", "-d", "docs/_build/book", "docs", "docs/_build/epub")
    command = [sys.executable, "-m", "sphinx", *options]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    books = []
    for _ in range(2):
        shutil.rmtree(guide / "docs/_build/epub", ignore_errors=True)
        subprocess.run(command, cwd=guide, capture_output=True, check=True, env=environment)
        books.append((guide / "docs/_build/epub/RNNGuide.epub").read_bytes())

    assert books[0] == books[1]


@pytest.mark.parametrize(
    ("path", "broken"),
    [
        ("gallery/plot_3_where_output_meets_h_n.py", "\nassert 1 == 2\n"),
        ("docs/how-to/split-output.md", "\n[No such page](no-such-page.md)\n"),
        ("docs/conf.py", "\nraise ValueError\n"),
    ],
)
def test_build_after_a_broken_one(path, broken, guide, expected):
    """
    A mistake ends the build; once it is mended the site is as if it had never been.
    """
    text = (guide / path).read_text(encoding="utf-8")
    (guide / path).write_text(text + broken, encoding="utf-8")
    assert not build(guide)
    (guide / path).write_text(text, encoding="utf-8")

    assert build(guide)

    assert differences(guide, expected) in ([], NUMBERED)
