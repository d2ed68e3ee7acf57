"""The search of the built site, run by the JavaScript that a browser runs."""

import json
import re
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HTML = ROOT / "docs" / "_build" / "html"
TOPICS = tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))["topic"]
QUESTIONS = [question for topic in TOPICS for question in topic["questions"]]


def name(question: dict[str, str]) -> str:
    return question["section"]


BROWSER = """
const window = globalThis;
const _ready = () => {};
const document = { getElementById: () => null };
const localStorage = { setItem: () => {} };
const SPHINX_HIGHLIGHT_ENABLED = false;
"""
ASK = """
const search = (query) =>
  JSON.stringify(Search._performSearch(...Search._parseQuery(query)).reverse().map((r) => r[0]));
"""


@pytest.fixture(scope="module")
def search():
    """Return a function that gives the pages found for a query, the best first."""
    from py_mini_racer import MiniRacer

    engine = MiniRacer()
    engine.eval(BROWSER)
    for script in ("_static/searchtools.js", "_static/language_data.js", "searchindex.js"):
        engine.eval((HTML / script).read_text(encoding="utf-8") + "; null")
    engine.eval(ASK)
    return lambda query: list(dict.fromkeys(json.loads(engine.call("search", query))))


@pytest.fixture(scope="module")
def links():
    """Return the links of the page of questions: the address by the section that it ends in."""
    page = (HTML / "questions.html").read_text(encoding="utf-8")
    return {link.partition("#")[2]: link for link in re.findall(r'href="([^"]+#[^"]+)"', page)}


class TestQuestions:
    def test_there_are_eighty(self):
        """
        The questions that the guide promises to answer are all there, each once.
        """
        assert len({question["text"] for question in QUESTIONS}) >= 80

    @pytest.mark.parametrize("question", QUESTIONS, ids=name)
    def test_link_lands_on_an_anchor(self, question, links):
        """
        The page of questions links to a section that is there.
        """
        page, _, anchor = links[question["section"]].partition("#")

        assert f'id="{anchor}"' in (HTML / page).read_text(encoding="utf-8")

    @pytest.mark.parametrize("question", QUESTIONS, ids=name)
    def test_search_finds_the_page(self, question, search, links):
        """
        The words of a question bring the page that answers it among the first three.
        """
        page = links[question["section"]].partition("#")[0].removesuffix(".html")

        assert page in search(question["search"])[:3]


PAGES = [
    path.relative_to(HTML).as_posix()
    for path in sorted(HTML.rglob("*.html"))
    if '<meta name="robots" content="noindex"' not in path.read_text(encoding="utf-8")
]


class TestLists:
    """What other programs read."""

    def test_sitemap_holds_every_page(self):
        """
        The sitemap has the addresses that the pages themselves give as theirs, each once.
        """
        sitemap = (HTML / "sitemap.xml").read_text(encoding="utf-8")
        canonical = [
            re.search('rel="canonical" href="(.*?)"', (HTML / page).read_text(encoding="utf-8"))[1]
            for page in PAGES
        ]

        assert sorted(re.findall("<loc>(.*?)</loc>", sitemap)) == sorted(canonical)

    @pytest.mark.parametrize("page", PAGES)
    def test_each_page_is_there_as_markdown(self, page):
        """
        Beside a page stands its Markdown, which llms.txt lists.
        """
        path = (HTML / page).with_suffix(".md")

        assert path.read_text(encoding="utf-8").startswith("# ")
        assert f"/{path.relative_to(HTML).as_posix()}): " in (HTML / "llms.txt").read_text("utf-8")


class TestOffline:
    @pytest.mark.parametrize("page", PAGES)
    def test_pictures_and_mathematics_are_xml(self, page):
        """
        An EPUB reader refuses a page whose SVG or MathML is not well-formed.
        """
        text = (HTML / page).read_text(encoding="utf-8")

        for element in re.findall(r"<(?:math|svg)\b.*?</(?:math|svg)>", text, re.DOTALL):
            if "<symbol" not in element:  # the icons of the theme, which are not in an EPUB
                ET.fromstring(element)
