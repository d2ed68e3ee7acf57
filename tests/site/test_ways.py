"""The ways through the guide: navigation, previous and next, titles that tell pages apart."""

import html
import re
from collections import Counter
from itertools import combinations

import pytest
from bs4 import BeautifulSoup, Tag
from built import HTML
from pages import CHINESE, ENGLISH, LISTED, read

#: The entries that stand alone, and the groups.
NAMES = {
    "en": (
        ["Explorer", "Errors", "Questions"],
        ["First steps", "How to", "Why", "Reference", "From elsewhere", "Gallery"],
    ),
    "zh-CN": (
        ["形状浏览器", "报错信息", "常见问题"],
        ["入门", "操作指南", "深入理解", "参考", "移植", "示例库"],
    ),
}


def soup(path: str) -> BeautifulSoup:
    """Return a page."""
    return BeautifulSoup(read(path), "html.parser")


def navigation(path: str) -> Tag:
    """Return the navigation of a page."""
    found = soup(path).select("nav.ways")
    assert len(found) == 1
    return found[0]


def address(page: str, link: str) -> str:
    """Return where a link of a page leads, from the top of the site; "#" is the page itself."""
    if link == "#":
        return page
    return (HTML / page).parent.joinpath(link).resolve().relative_to(HTML.resolve()).as_posix()


PAGES = [page for page in LISTED if page in ENGLISH]

#: The pages of each part, in the order of the navigation of a page that belongs to none.
PARTS: list[list[str]] = [
    [address("index.html", link["href"]) for link in group.select("a")]
    for group in navigation("index.html").select("details")
]
PARTS.append(["explorer.html"])
PARTS.append(  # those of the questions stand below them, on these pages alone
    [
        address("questions.html", link["href"])
        for link in navigation("questions.html").select(":scope > ul a")
        if link["href"].startswith(("#", "questions/"))
    ]
)
PARTS.append([page for page in PAGES if page.startswith("errors/")])


class TestNavigation:
    @pytest.mark.parametrize(
        ("folder", "alone", "names"), [("", *NAMES["en"]), ("zh-cn/", *NAMES["zh-CN"])]
    )
    def test_begins_with_what_people_look_for(self, folder, alone, names):
        """
        Explorer, errors and questions stand first, then the groups, the first of them open.
        """
        ways = navigation(f"{folder}index.html")
        groups = ways.select("details")

        assert [link.text for link in ways.select(":scope > ul > li > a")] == alone
        assert [group.summary.text for group in groups] == names
        assert [group.summary.text for group in groups if group.has_attr("open")] == names[:1]

    @pytest.mark.parametrize("page", PAGES)
    def test_shows_where_a_page_is(self, page):
        """
        The entry of a page is marked, once, and no fold hides it.
        """
        if page == "index.html":
            return  # the name of the guide leads there
        current = navigation(page).select('[aria-current="page"]')

        assert [link["href"] for link in current] == ["#"]
        assert all(group.has_attr("open") for group in current[0].find_parents("details"))

    def test_leads_everywhere(self):
        """
        Each page is in one part, once.
        """
        listed = sorted(page for part in PARTS for page in part)

        assert listed == sorted(set(PAGES) - {"index.html"})

    @pytest.mark.parametrize("page", PAGES)
    def test_neighbours_belong_to_the_part(self, page):
        """
        Previous and next are the neighbours in the part; at its ends there is none.
        """
        part = next((part for part in PARTS if page in part), [page])
        links = soup(page).select(".related-pages a, link[rel=prev], link[rel=next]")
        reached = {address(page, link["href"]) for link in links}

        place = part.index(page)
        if page.startswith("errors/"):  # these are not in the order of the navigation here
            assert reached <= set(part)
        else:
            assert reached == {*part[max(place - 1, 0) : place], *part[place + 1 : place + 2]}


def title_of(page: str) -> str:
    """Return the title of a page."""
    title = re.search("<title>(.*?)</title>", read(page))[1]
    return html.unescape(title).removesuffix(" - RNN Guide")


def words(title: str) -> set[str]:
    """Return the words of a title that say something, without their endings."""
    small = {"a", "an", "and", "the", "of", "in", "to", "from", "for", "on", "or", "with", "into"}
    found = re.findall(r"\w+", title.lower())
    return {re.sub(r"(?<=\w{3})(s|ing|er)$", "", word) for word in found} - small


class TestTitles:
    def test_no_two_can_be_confused(self):
        """
        Two titles share at most half of their words.
        """
        titles = {title_of(page): words(title_of(page)) for page in PAGES}
        alike = [
            (one, other)
            for one, other in combinations(titles, 2)
            if len(titles[one] & titles[other]) > len(titles[one] | titles[other]) / 2
        ]

        assert len(titles) == len(PAGES)
        assert alike == []

    def test_chinese_titles_differ(self):
        """
        No two Chinese pages have one title.
        """
        titles = Counter(title_of(page) for page in LISTED if page in CHINESE)

        assert len(titles) == len(PAGES)

    @pytest.mark.parametrize("folder", ["", "zh-cn/"])
    def test_entries_differ(self, folder):
        """
        Each entry of the navigation has a name of its own.
        """
        everywhere = [link.text for link in navigation(f"{folder}index.html").select("a")]
        errors = navigation(f"{folder}errors/index.html").select("ul details a")

        entries = Counter([*everywhere, *(link.text for link in errors)])
        assert [name for name, count in entries.items() if count > 1] == []
