"""The built site: its search, run by the JavaScript that a browser runs, and what it holds."""

import html
import json
import re
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from torch import nn

ROOT = Path(__file__).parents[2]
HTML = ROOT / "docs" / "_build" / "html"
TOPICS = tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))["topic"]
QUESTIONS = [question for topic in TOPICS for question in topic["questions"]]


def name(question: dict[str, str]) -> str:
    """Return the name of a question in the list of tests."""
    return question["section"]


ROOMS = ROOT / "docs" / "_extensions"
ENGINE = ROOMS / "search" / "engine.js"


@pytest.fixture(scope="module")
def answer():
    """Return a function that gives what the search of the site answers."""
    from py_mini_racer import MiniRacer

    engine = MiniRacer()
    engine.eval(re.sub(r"^export ", "", ENGINE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    data = (HTML / "search-index.json").read_text(encoding="utf-8")
    engine.eval(f"const index = prepare({data}); null")
    engine.eval("const answer = (query) => JSON.stringify(search(index, query)); null")
    return lambda query: json.loads(engine.call("answer", query))


@pytest.fixture(scope="module")
def sections(answer):
    """Return a function that gives the sections found for a query, the best first."""
    return lambda query: [found["label"] for found in answer(query)["found"]]


@pytest.fixture(scope="module")
def links():
    """Return the links of the page of questions: the address by the section that it ends in."""
    page = (HTML / "questions.html").read_text(encoding="utf-8")
    return {link.partition("#")[2]: link for link in re.findall(r'href="([^"]+#[^"]+)"', page)}


def load(record: str) -> dict[str, Any]:
    """Return a record of other releases of PyTorch."""
    return tomllib.loads((ROOT / "docs" / "records" / record).read_text(encoding="utf-8"))


#: The messages of all releases, each with the sections that it may stand for.
MESSAGES: dict[str, set[str]] = {}
for entry in load("versions.toml")["example"]:
    for text in entry.get("raises", {}).values():
        message = text.partition(": ")[2].strip()
        MESSAGES.setdefault(message, set()).add(entry["where"].split(", ")[-2])
for entry in load("old_messages.toml")["message"]:
    MESSAGES.setdefault(entry["text"].strip(), set()).add(entry["section"])
del MESSAGES[""]  # of an error without words


def words(message: str) -> str:
    """Return a message without its numbers."""
    return re.sub(r"[\d\W]+", " ", message)


def code_of(page: str) -> list[str]:
    """Return the code that is run on a page, with what it prints."""
    text = (HTML / page).read_text(encoding="utf-8")
    blocks = re.findall(r"<pre>(.*?)</pre>", text, re.DOTALL)
    texts = [html.unescape(re.sub("<.*?>", "", block)) for block in blocks]
    return [re.sub(r"^(>>>|\.\.\.) ?", "", text, flags=re.MULTILINE) for text in texts]


class TestOtherReleases:
    def test_search_finds_the_section_of_each_message(self, sections):
        """A message of any release, with other numbers, finds its section in three results."""
        right: dict[str, set[str]] = {}  # the same words with other numbers are one message
        for message, labels in MESSAGES.items():
            right.setdefault(words(message), set()).update(labels)
        missed = []
        for message in MESSAGES:
            query = re.sub(r"\d\d+|[4-9]", lambda number: str(97 - len(number[0])), message)[:400]
            if not set(sections(query)[:3]) & right[words(message)]:
                missed.append((message, sections(query)[:3]))

        assert missed == []
        assert len(MESSAGES) > 150

    def test_search_tells_opposites_apart(self, sections):
        """Where two messages have the same words in another order, each finds its own section."""
        ours = MESSAGES | {"input must have 2 dimensions, got 3": {"error-packed-axes"}}
        in_order = {message: tuple(re.findall(r"\w+", message)) for message in ours}
        right: dict[tuple[str, ...], set[str]] = {}  # two brackets of another shape are the same
        for message, labels in ours.items():
            right.setdefault(in_order[message], set()).update(labels)
        same_words = Counter(tuple(sorted(order)) for order in right)
        opposites = [m for m in ours if same_words[tuple(sorted(in_order[m]))] > 1]

        missed = [m for m in opposites if sections(m)[0] not in right[in_order[m]]]

        assert missed == []
        assert len(opposites) > 20


CRASHES = [
    text
    for line in load("crashes.toml")["line"]
    for end in line["ends"]
    for text in end.get("says", ())
]
CRASHES += ["segmentation fault", "Segmentation fault (core dumped)", "core dumped", "kernel died"]
CRASHES += [
    "the kernel appears to have died",
    "free(): invalid",
    "Aborted",
    "Aborted (core dumped)",
]
CRASHES += [
    "exit code 139",
    "exit code -1073741819 (0xC0000005)",
    "interrupted by signal 11: SIGSEGV",
]


class TestCrashes:
    @pytest.mark.parametrize("query", sorted(set(CRASHES)))
    def test_search_finds_the_page(self, query, answer):
        """
        What a terminal or a notebook says when a process ends finds the page about it first.
        """
        assert answer(query)["found"][0]["address"].startswith("errors/when-the-process-dies.html")


class TestQuestions:
    def test_there_are_many(self):
        """
        The questions that the guide promises to answer are all there, each once.
        """
        assert len({question["text"] for question in QUESTIONS}) == len(QUESTIONS) >= 150

    @pytest.mark.parametrize("question", QUESTIONS, ids=name)
    def test_is_answered_in_place(self, question, links):
        """
        A question has an answer of one or two sentences, and its code is run on the linked page.
        """
        page = links[question["section"]].partition("#")[0]
        run = "".join("".join(code.split()) for code in code_of(page))

        assert 20 < len(question["answer"]) <= 330
        assert "".join(question.get("code", "").split()) in run

    @pytest.mark.parametrize("question", QUESTIONS, ids=name)
    def test_link_lands_on_an_anchor(self, question, links):
        """
        The page of questions links to a section that is there.
        """
        page, _, anchor = links[question["section"]].partition("#")

        assert f'id="{anchor}"' in (HTML / page).read_text(encoding="utf-8")

    @pytest.mark.parametrize("question", QUESTIONS, ids=name)
    def test_search_finds_the_section(self, question, sections):
        """
        A question, and the few words that people type in its place, bring the section that answers
        it among the first three.
        """
        for query in (question["text"], question.get("search", question["text"])):
            assert question["section"] in sections(query)[:3], query


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


DESCRIPTION = re.compile('<meta content="([^"]*)" name="description"')
OPEN_GRAPH = re.compile('<meta property="og:description" content="([^"]*)"')
FIRST_PARAGRAPH = re.compile(r"</h1>\s*<p>(.*?)</p>", re.DOTALL)


def has_description(page: str) -> bool:
    """Return whether the front matter of a page describes it."""
    source = ROOT / "docs" / Path(page).with_suffix(".md")
    return source.exists() and "html_meta:" in source.read_text(encoding="utf-8")


class TestDescriptions:
    @pytest.mark.parametrize("page", PAGES)
    def test_is_the_same_for_all(self, page):
        """
        Search engines, previews and llms.txt get one description of a page.
        """
        text = (HTML / page).read_text(encoding="utf-8")
        descriptions = {html.unescape(tag.search(text)[1]) for tag in (DESCRIPTION, OPEN_GRAPH)}
        address = re.search('rel="canonical" href="(.*?)html"', text)[1]
        listed = re.findall(rf"{address}md\): (.*)", (HTML / "llms.txt").read_text("utf-8"))

        assert descriptions == set(listed)
        assert len(listed) == 1

    def test_first_page_says_what_the_guide_is_about(self):
        """
        Who searches for PyTorch and a kind of layer sees that the first page is about it.
        """
        text = (HTML / "index.html").read_text(encoding="utf-8")

        assert set(re.findall(r"\w+", DESCRIPTION.search(text)[1])) >= {
            *("PyTorch", "RNN", "GRU", "LSTM", "shapes", "error")
        }

    @pytest.mark.parametrize("page", [page for page in PAGES if not has_description(page)])
    def test_begins_as_the_page(self, page):
        """
        Without a description of its own, a page is described from its first sentence on.
        """
        text = (HTML / page).read_text(encoding="utf-8")
        description = html.unescape(DESCRIPTION.search(text)[1])
        paragraph = html.unescape(re.sub("<.*?>", "", FIRST_PARAGRAPH.search(text)[1]))

        first = min(len(paragraph), len(description))
        assert " ".join(paragraph.split())[:first] == description[:first]


# What stands on a page that uses a feature, by the folder of the feature's styles and scripts.
MARKS = {
    "explorer": 'id="shape-explorer"',
    "gallery": "sphx-glr-",
    "mathml": "<math",
    "player": "data-player",
    "search": 'id="search-results"',
    "tensors": 'class="tensor',
    "versions": 'class="other-versions"',
}


class TestAssets:
    @pytest.mark.parametrize("page", sorted(HTML.rglob("*.html")), ids=lambda page: page.stem)
    def test_links_what_it_uses(self, page):
        """
        A page links the styles and scripts of the features that it uses, and of no others.
        """
        head, _, body = page.read_text(encoding="utf-8").partition("<body>")
        body, _, scripts = body.rpartition("</footer>")
        linked = set(re.findall(r"_static/(\w+)/\w+\.(?:css|js)", head + scripts))

        used = {"theme", "styles", "scripts"}  # the last two are furo's
        used |= {room for room, mark in MARKS.items() if mark in body}
        assert linked == used

    def test_scripts_hold_what_they_import(self):
        """
        A page asks once for a tool, and a browser that has kept an old module mixes it with no new
        one: what a script loads later has its version in the address.
        """
        texts = {path: path.read_text("utf-8") for path in (HTML / "_static").glob("*/*.js")}
        ours = {path: text for path, text in texts.items() if (ROOMS / path.parent.name).is_dir()}

        assert len(ours) > 5
        assert sum("const modules = {};" in text for text in ours.values()) > 2
        for text in ours.values():
            assert not re.search(r"^import\b|^export .* from ", text, re.MULTILINE)
            for address in re.findall(r"import\((.*?)\)", text):
                assert re.fullmatch(r'"\.[./\w]+\.js\?v=\w+"', address)


class TestRuleTables:
    @pytest.mark.parametrize("layer", [nn.GRU, nn.LSTM])
    def test_blocks_are_in_the_order_of_pytorch(self, layer):
        """
        A table of parameters names the blocks as PyTorch documents them: (W_ii|W_if|W_ig|W_io).
        """
        text = (HTML / "reference" / "parameters.html").read_text(encoding="utf-8")
        shown = re.search(rf"nn.{layer.__name__}: \d\*H_cell stacks the blocks ([\w, ]+)<", text)[1]

        documented = re.search(r"\((W_i\w(?:\|W_i\w)+)\)", layer.__doc__)[1]
        assert shown.split(", ") == re.findall(r"W_i(\w)", documented)


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
