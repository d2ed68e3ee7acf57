"""What ``nox -s translate`` makes of catalogs."""

import subprocess
import sys

import pytest

from languages import tidy

HEAD = """\
msgid ""
msgstr ""
"POT-Creation-Date: {date}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""
NEW = """
msgid "Pack the sequences"
msgstr ""

msgid "Pad the batch at the end of each sequence"
msgstr ""

msgid "`x`"
msgstr ""
"""
OLD = """
msgid "Pack the sequences"
msgstr "打包序列"

msgid "Pad the batch at the end of every sequence"
msgstr "在每条序列的末尾填充批次"

msgid "A text that is gone"
msgstr "已删除的文字"
"""


@pytest.fixture
def docs(tmp_path):
    """Return a folder with a page, whose catalog is old, and with the catalog of no page."""
    templates, catalogs = tmp_path / "_build/gettext", tmp_path / "locale/zh_CN/LC_MESSAGES"
    for folder in (templates, catalogs):
        folder.mkdir(parents=True)
    (templates / "page.pot").write_text(HEAD.format(date="2026-02-01 10:00+0000") + NEW, "utf-8")
    for name in ("page", "gone"):
        (catalogs / f"{name}.po").write_text(
            HEAD.format(date="2026-01-01 10:00+0000") + OLD, "utf-8"
        )
    return tmp_path


def translate(docs):
    """Do what the session does, and return the text of each catalog."""
    update = "import sys; from sphinx_intl.commands import main; main(sys.argv[1:])"
    folders = ("-p", str(docs / "_build/gettext"), "-d", str(docs / "locale"), "-l", "zh_CN")
    arguments = ("update", *folders, "-w", "0", "--no-obsolete")
    subprocess.run([sys.executable, "-c", update, *arguments], check=True, capture_output=True)
    tidy.main(str(docs), "zh_CN")
    return {path.name: path.read_text("utf-8") for path in docs.rglob("*.po")}


def test_brings_catalogs_up_to_date(docs, capsys):
    """
    Old texts go, new ones come, one that has changed keeps its translation as a draft, and what is
    left to translate is named.
    """
    text = translate(docs)["page.po"]

    assert "打包序列" in text
    assert "gone" not in text
    assert '#, fuzzy\nmsgid "Pad the batch at the end of each sequence"\nmsgstr "在' in text
    assert capsys.readouterr().out.splitlines() == [
        "page: 1",
        "    Pad the batch at the end of each sequence",
    ]


def test_catalog_of_no_page_goes(docs):
    """
    A page that is gone takes its catalog with it.
    """
    assert [*translate(docs)] == ["page.po"]


def test_a_second_time_changes_nothing(docs):
    """
    Where nothing has changed no byte changes, and there is no date.
    """
    first = translate(docs)

    assert translate(docs) == first
    assert "Date" not in first["page.po"]


def test_nothing_is_left(docs, capsys):
    """
    It says so once all is translated.
    """
    translate(docs)
    page = docs / "locale/zh_CN/LC_MESSAGES/page.po"
    page.write_text(page.read_text("utf-8").replace("#, fuzzy\n", ""), "utf-8")
    capsys.readouterr()

    translate(docs)

    assert capsys.readouterr().out == "Nothing is left to translate.\n"
