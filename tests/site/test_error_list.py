"""The list of messages, what it says happens with each, and the addresses that sections had."""

import re
from collections import Counter

import pytest
from bs4 import BeautifulSoup, Tag
from built import GONE, HTML, MOVED
from scripts import engine, function

LABELS = ("raises", "warns", "runs", "ends")


def soup(path: str) -> BeautifulSoup:
    """Return a page."""
    return BeautifulSoup((HTML / path).read_text(encoding="utf-8"), "html.parser")


PAGES = {
    path.name: soup(f"errors/{path.name}") for path in sorted((HTML / "errors").glob("*.html"))
}
LIST = PAGES.pop("index.html")
LINES = LIST.select(".error-list li li")


def link(line: Tag) -> tuple[str, str]:
    """Return the page and the label that a line leads to."""
    page, _, label = str(line.a["href"]).partition("#")
    return page, label


class TestList:
    def test_has_every_section_once(self):
        """
        Each message and each mistake of an error page has a line, and no line leads nowhere.
        """
        sections = {
            (page, section["id"])
            for page, document in PAGES.items()
            for section in document.select('[id^="error-"], [id^="wrong-"], [id^="crash-"]')
        }
        listed = [link(line) for line in LINES]

        assert Counter(listed).most_common(1)[0][1] == 1
        assert set(listed) <= sections
        assert {label for _, label in sections - set(listed)} == {
            "crash-without-the-package",  # these two say what to do, of any crash
            "crash-find",
        }

    def test_says_what_the_section_says(self):
        """
        A line is the heading of its section, and stands below the title of its page.
        """
        for group in LIST.select(".error-list > li"):
            page = PAGES[str(group.p.a["href"])]
            assert group.p.text == page.h1.text.removesuffix("¶")
            for line in group.select("li"):
                section = page.find(id=link(line)[1])
                heading = section.find(["h2", "h3"]).text.removesuffix("¶")
                assert line.a.text == heading

    def test_counts_its_labels(self):
        """
        The number on each button is that of the lines that it leaves.
        """
        counts = Counter(name for line in LINES for name in line["class"])
        chips = LIST.select(".filter [data-label]")

        assert [chip["data-label"] for chip in chips] == list(LABELS)
        assert {chip["data-label"]: int(chip.b.text) for chip in chips} == counts
        assert min(counts.values()) > 1
        assert LIST.select_one(".filter [role=status]").text.startswith(f"{len(LINES)} ")

    def test_no_page_is_empty(self):
        """
        The list names each page of errors, with one message or more.
        """
        groups = LIST.select(".error-list > li")

        assert {str(group.p.a["href"]) for group in groups} == set(PAGES)
        assert all(group.select("li") for group in groups)


class TestLabels:
    @pytest.mark.parametrize("line", LINES, ids=lambda line: link(line)[1])
    def test_is_what_the_section_shows(self, line):
        """
        What an example raises is an error; what the section calls a warning, and only that, warns.
        """
        page, label = link(line)
        section = PAGES[page].find(id=label)
        tracebacks = [
            block.text for block in section.select(".highlight") if block.select_one(".gt")
        ]
        raised = [text for text in tracebacks if "check_forward" not in text]
        prose = " ".join(paragraph.text for paragraph in section.find_all("p"))
        starts = {"error": ("raises", "warns"), "wrong": ("runs",), "crash": ("ends",)}

        assert line["class"][0] in starts[label.partition("-")[0]]
        if line["class"] == ["warns"]:
            assert not raised
            assert "warn" in section.text.lower()
        elif label.startswith("error-"):
            assert not re.match("A warning|It warns", prose)


@pytest.fixture(scope="module")
def kept():
    """Return a function that gives the texts that a query leaves of a few lines."""
    racer = engine("filters/keep.js")
    lines = """[
      { text: "Expected hidden[0] size (1, 4, 5), got [2, 4, 5] Rows", label: "raises" },
      { text: "Using a target size that is different Losses", label: "warns" },
      { text: "`lengths` array must be sorted Lengths", label: "raises" },
    ]"""
    return function(racer, f"(([query, label]) => kept({lines}, query, label))(JSON.parse(text))")


class TestFilter:
    @pytest.mark.parametrize(
        ("query", "label", "expected"),
        [
            ('""', '""', [True, True, True]),
            ('"  size "', '""', [True, True, False]),
            ('"GOT hidden"', '""', [True, False, False]),
            ('"got target"', '""', [False, False, False]),
            ('"losses"', '""', [False, True, False]),
            ("\"'lengths' array\"", '""', [False, False, True]),
            ('"size"', '"warns"', [False, True, False]),
            ('""', '"raises"', [True, False, True]),
        ],
    )
    def test_keeps_what_holds_all_words(self, query, label, expected, kept):
        """
        Words stand in any order, in large or small letters, in message or page.
        """
        assert kept(f"[{query}, {label}]") == expected


class TestMoved:
    @pytest.mark.parametrize("page", MOVED)
    def test_old_addresses_lead_to_the_section(self, page):
        """
        A page that has lost sections knows where each is, and links the script that leads there.
        """
        document = soup(f"{page}.html")
        known = function(engine(), "JSON.parse(text)")(document.select_one("[data-moved]").text)

        assert list(known) == MOVED[page]
        assert document.select('script[src*="moved/moved.js"]')
        for label, address in known.items():
            assert document.find(id=label) is None
            target = (HTML / page).parent / address
            assert soup(str(target.relative_to(HTML))).find(id=label) is not None

    def test_every_page_is_there(self):
        """
        Where sections stood there is still a page.
        """
        assert all((HTML / f"{page}.html").exists() for page in MOVED)

    @pytest.mark.parametrize("folder", ["", "zh-cn/"], ids=["en", "zh-CN"])
    @pytest.mark.parametrize("page", GONE)
    def test_old_pages_lead_on(self, page, folder):
        """
        Where a page is gone a link, and a browser without scripts, lead to another.
        """
        document = soup(f"{folder}{page}.html")
        new = HTML / folder / f"{GONE[page]}.html"
        address = document.a["href"]

        assert (HTML / folder / page).parent.joinpath(address).resolve() == new.resolve()
        assert new.exists()
        assert document.select_one('[http-equiv="refresh"]')["content"] == f"0; url={address}"
        assert document.select_one('[rel="canonical"]')["href"].endswith(
            f"/{folder}{GONE[page]}.html"
        )
        assert document.html["lang"] == soup(f"{folder}index.html").html["lang"]
