"""Builds of the whole site, compared byte by byte. ``nox -s builds`` runs this."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from generated import GENERATED, ROOT

SPHINX = [sys.executable, "-m", "sphinx", *shlex.split(os.environ.get("SPHINXOPTS", "")), "-q"]
EDITIONS = {"en": "", "zh_CN": "zh-cn"}  # their languages, and their folders below the first


def command(builder: str, language: str, *options: str) -> list[str]:
    """Return what builds an edition."""
    places = [f"docs/_build/{name}/{EDITIONS[language]}" for name in (f"{builder}-trees", builder)]
    edition = ("-b", builder, "-D", f"language={language}", "-d", places[0])
    return [*SPHINX, *edition, *options, "docs", places[1]]


def copy(folder: Path) -> Path:
    """Copy what the site is made from."""
    made = {str(ROOT / path) for path in GENERATED}  # catalogs have folders of these names too
    compiled = shutil.ignore_patterns("__pycache__", "*.mo")

    def ignore(place: str, names: list[str]) -> set[str]:
        return compiled(place, names) | {name for name in names if str(Path(place, name)) in made}

    for part in ("docs", "gallery"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignore)
    for file in (*ROOT.glob("*.md"), ROOT / "pyproject.toml"):
        shutil.copy(file, folder)
    return folder


def clear(folder: Path) -> None:
    """Take away all that builds have made."""
    for made in GENERATED:
        shutil.rmtree(folder / made, ignore_errors=True)
    for compiled in folder.glob("docs/locale/**/*.mo"):
        compiled.unlink()


def build(folder: Path) -> bool:
    """Build both editions without clearing what is there, and return whether they ended well."""
    builds = (command("html", language) for language in EDITIONS)
    return all(
        subprocess.run(one, cwd=folder, capture_output=True).returncode == 0 for one in builds
    )


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
    assert len(expected) > 300


@pytest.mark.parametrize("language", EDITIONS)
def test_two_books_are_equal(language, guide):
    """
    An EPUB holds its date, which SOURCE_DATE_EPOCH sets.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    books = []
    for _ in range(2):
        shutil.rmtree(guide / "docs/_build/epub", ignore_errors=True)
        book = command("epub", language, "-E")
        subprocess.run(book, cwd=guide, capture_output=True, check=True, env=environment)
        books.append((guide / book[-1] / "RNNGuide.epub").read_bytes())

    assert books[0] == books[1]


@pytest.mark.parametrize(
    ("path", "broken"),
    [
        ("gallery/plot_3_where_output_meets_h_n.py", "\nassert 1 == 2\n"),
        ("docs/how-to/split-output.md", "\n[No such page](no-such-page.md)\n"),
        ("docs/conf.py", "\nraise ValueError\n"),
        ("docs/locale/zh_CN/questions.toml", "\n[[topic]\n"),
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

    assert differences(guide, expected) == []
