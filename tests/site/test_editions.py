"""The editions side by side: the same pages, places, code, links and data."""

import html
import json
import pickle
import re
from functools import cache
from typing import Any

import pytest
from built import HTML, ROOT
from pages import CHINESE, EDITIONS, ENGLISH, read

from languages.comments import with_comments

FOLDER = EDITIONS[1].folder
TAG = re.compile(r"<([a-z][a-z0-9]*)\b([^>]*)>")
#: The elements that a translation does not add, move or leave out.
BLOCKS = {
    *("section", "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "dl", "dt", "dd", "figure", "div"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "pre", "details", "summary", "nav"),
    *("form", "fieldset", "legend", "input", "select", "option", "button", "label", "svg"),
}
#: Classes that depend on how wide a text is.
WIDTHS = re.compile(r"as-cards|below-\d+|uneven|wide|cards")
OWN_QUESTION = re.compile(r'<section class="question" id="question-own-.*?</section>', re.DOTALL)
PAGES = [page for page in ENGLISH if page not in {"404.html", "genindex.html"}]  # made of titles


def attribute(name: str, attributes: str) -> str:
    """Return what an attribute says."""
    found = re.search(rf'(?<![\w-]){name}="([^"]*)"', attributes)
    return found[1] if found else ""


@cache
def article(page: str) -> str:
    """Return the main part of a page, without the questions that one edition has for itself."""
    text = read(page).partition("<article")[2].partition("</article>")[0]
    return OWN_QUESTION.sub("", text)


def bones(page: str) -> list[tuple[Any, ...]]:
    """Return the blocks of a page: names, places, classes, roles and data, but no text."""
    outside = re.sub(r"(<(svg|math)\b[^>]*>).*?</\2>", r"\1", article(page), flags=re.DOTALL)
    return [
        (
            tag,
            attribute("id", rest),
            WIDTHS.sub("", attribute("class", rest)).split(),
            attribute("role", rest),
            re.findall(r"\b(data-[\w-]+)", rest),
        )
        for tag, rest in TAG.findall(outside)
        if tag in BLOCKS
    ]


def links(page: str) -> list[str]:
    """Return where the links of a page lead, in the order of the alphabet."""
    found = re.findall(r'<a\b[^>]* href="([^"]*)"', article(page))
    return sorted(link for link in found if "question-own-" not in link)


def programs(page: str) -> list[str]:
    """Return the code of a page with what it prints, without what its comments say."""
    blocks = re.findall(r"<pre\b[^>]*>(.*?)</pre>", article(page), re.DOTALL)
    codes = [html.unescape(re.sub("<.*?>", "", block)) for block in blocks]
    return [with_comments(code, lambda comment: "") for code in codes]


def test_have_the_same_pages():
    """
    What one edition has the other has too.
    """
    assert [page.removeprefix(FOLDER) for page in CHINESE] == ENGLISH


class TestPage:
    """What is tested of an English page holds for its twin where nothing but words differs."""

    @pytest.mark.parametrize("page", PAGES)
    def test_has_the_same_bones(self, page):
        """
        Sections, lists, tables, pictures and tools stand in the same places, under the same names.
        """
        if page == "questions.html":
            pytest.skip("lists the questions of its own edition")

        first, second = bones(page), bones(FOLDER + page)
        if str(first).count("card-more") != str(second).count("card-more"):  # one fits a screen
            folds = {"p", "details", "summary"}
            first, second = (
                [one for one in each if one[0] not in folds] for each in (first, second)
            )
        assert second == first != []

    @pytest.mark.parametrize("page", PAGES)
    def test_links_the_same(self, page):
        """
        The text of a page leads to the same places.
        """
        assert links(FOLDER + page) == links(page)

    @pytest.mark.parametrize("page", PAGES)
    def test_shows_the_same_programs(self, page):
        """
        Code and what it prints are the same, but for comments.
        """
        assert programs(FOLDER + page) == programs(page)

    @pytest.mark.parametrize("page", PAGES)
    def test_is_chinese(self, page):
        """
        The title is not that of the English page, but for the name of a function, nor is the text.
        """
        han = re.compile("[\u4e00-\u9fff]")
        title = re.search("<title>(.*?)</title>", read(FOLDER + page))[1]
        text = re.sub(r"<pre>.*?</pre>|<[^>]*>", " ", article(FOLDER + page), flags=re.DOTALL)

        is_name = re.match(r"[\w.]+ - ", title)
        assert is_name or title != re.search("<title>(.*?)</title>", read(page))[1]
        assert len(han.findall(text)) > len(re.findall(r"\b(?:the|of|is|and)\b", text))


def shape(value: Any) -> Any:
    """Return data with the number of letters that matter in place of each text: none."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return "" if isinstance(value, str) else value


class TestFiles:
    def test_scripts_and_styles_are_the_same(self):
        """
        A script holds no sentence, so it is the same for readers of each language.
        """
        for kind in ("js", "css"):
            for path in sorted((HTML / "_static").glob(f"*/*.{kind}")):
                twin = HTML / FOLDER / path.relative_to(HTML)
                assert twin.read_bytes() == path.read_bytes(), path.name

    def test_data_have_the_same_form(self):
        """
        What scripts read has the same keys and numbers; only texts differ.
        """
        files = sorted((HTML / "_static").glob("*/*.json"))
        assert files
        for path in files:
            twin = HTML / FOLDER / path.relative_to(HTML)
            texts = [json.loads(each.read_text(encoding="utf-8")) for each in (path, twin)]
            assert shape(texts[0]) == shape(texts[1]), path.name

    def test_each_page_is_stored_as_one_document(self):
        """
        A translated node belongs to its page: Sphinx reads its text with settings of their own, and
        with those of each text a page would be ten times as large, and slow to load.
        """
        stored = [*(ROOT / "docs/_build/doctrees/html").rglob("how-to/split-output.doctree")]
        for path in stored:
            page = pickle.loads(path.read_bytes())
            strangers = [node for node in page.findall() if node.document is not page]
            assert strangers == [], path
        assert len(stored) == len(EDITIONS)
