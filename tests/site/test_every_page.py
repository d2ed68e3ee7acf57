"""Every page of both editions: its head, the lists that name it, and what it links."""

import html
import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from built import HTML, PAGES, ROOT
from docutils.utils import column_width
from pages import CHINESE, EDITIONS, LISTED, canonical, edition_of, read
from scripts import ROOMS

from languages.text import sentences
from theme import furo_style

FIRST = EDITIONS[0]


def address(page: str, tag: str) -> str:
    """Return the address that a page has in an edition, whichever it is itself of."""
    own = edition_of(page)
    base = canonical(page).removesuffix(page)
    return (
        f"{base}{next(e.folder for e in EDITIONS if e.tag == tag)}{page.removeprefix(own.folder)}"
    )


class TestEditions:
    @pytest.mark.parametrize("page", PAGES)
    def test_says_its_language(self, page):
        """
        A page says its language, and the link to each other edition says that of the page there.
        """
        own = edition_of(page).tag
        links = re.findall(
            r'<a class="edition" href="(.*?)" hreflang="(.*?)" lang="(.*?)"', read(page)
        )
        others = {edition.tag for edition in EDITIONS} - {own}

        assert re.search(rf'<html[^>]* lang="{own}"', read(page))
        assert {(hreflang, lang) for _, hreflang, lang in links} == {(tag, tag) for tag in others}

    @pytest.mark.parametrize("page", LISTED)
    def test_leads_to_the_same_page(self, page):
        """
        Readers and search engines find the same page in each edition.
        """
        found = dict(re.findall(r'rel="alternate" hreflang="(.*?)" href="(.*?)"', read(page)))
        switch = re.search(r'<a class="edition" href="(.*?)"', read(page))[1]
        target = (HTML / page).parent.joinpath(switch).resolve()
        places = {(HTML / canonical_path(href, page)).resolve() for href in found.values()}

        assert found == {
            **{edition.tag: address(page, edition.tag) for edition in EDITIONS},
            "x-default": address(page, FIRST.tag),
        }
        assert found[edition_of(page).tag] == canonical(page)
        assert places == {target, (HTML / page).resolve()}
        assert all(place.is_file() for place in places)


def canonical_path(href: str, page: str) -> str:
    """Return the file of an address of the site."""
    return href.removeprefix(canonical(page).removesuffix(page))


class TestLists:
    """What other programs read."""

    def test_sitemap_holds_every_page(self):
        """
        One sitemap has the addresses that the pages themselves give as theirs, each once, and each
        with the same page in every edition.
        """
        urls = re.findall("<url>(.*?)</url>", read("sitemap.xml"), re.DOTALL)
        listed = {}
        for url in urls:
            links = re.findall(r"<xhtml:link [^>]*>", url)
            pairs = [dict(re.findall(r'(hreflang|href)="(.*?)"', link)) for link in links]
            listed[re.search("<loc>(.*?)</loc>", url)[1]] = {
                pair["hreflang"]: pair["href"] for pair in pairs
            }

        assert len(urls) == len(listed)
        assert listed == {
            canonical(page): {edition.tag: address(page, edition.tag) for edition in EDITIONS}
            for page in LISTED
        }
        assert len([*HTML.rglob("sitemap*.xml")]) == 1

    @pytest.mark.parametrize("page", LISTED)
    def test_is_there_as_markdown(self, page):
        """
        Beside a page stands its Markdown, which the llms.txt of its edition lists.
        """
        path = Path(page).with_suffix(".md").as_posix()
        outside_code = re.sub(r"^```.*?^```", "", read(path), flags=re.DOTALL | re.MULTILINE)

        assert re.findall("^# ", outside_code, re.MULTILINE) == ["# "]
        assert read(path).startswith("# ")
        assert f"/{path}): " in read(f"{edition_of(page).folder}llms.txt")

    @pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.tag)
    def test_llms_lead_to_other_editions(self, edition):
        """
        Each list of pages names its own pages, and the lists of other editions.
        """
        text = read(f"{edition.folder}llms.txt")
        own = [canonical(page) for page in LISTED if edition_of(page) == edition]
        lists = [link for link in re.findall(r"\]\((.*?)\)", text) if link.endswith("llms.txt")]
        links = re.findall(r"\]\((.*?)\): ", text)

        assert sorted(links) == sorted(f"{page.removesuffix('.html')}.md" for page in own)
        assert [canonical_path(link, "index.html") for link in lists] == [
            f"{other.folder}llms.txt" for other in EDITIONS if other != edition
        ]


DESCRIPTION = re.compile('<meta content="([^"]*)" name="description"')
OPEN_GRAPH = re.compile('<meta property="og:description" content="([^"]*)"')
PARAGRAPH = re.compile(r"</h1>\s*<p>(.*?)</p>", re.DOTALL)
NAMES = [name for page in CHINESE if "-" in (name := Path(page).stem)]


def has_description(page: str) -> bool:
    """Return whether the front matter of a page describes it."""
    path = Path(page.removeprefix(edition_of(page).folder)).with_suffix(".md")
    source = ROOT / "docs" / path
    return source.exists() and "html_meta:" in source.read_text(encoding="utf-8")


class TestHead:
    @pytest.mark.parametrize("page", PAGES)
    def test_says_what_the_page_is(self, page):
        """
        A search result has a title and a description that make sense on their own; a Chinese letter
        is as wide as two.
        """
        title = html.unescape(re.search("<title>(.*?)</title>", read(page))[1])
        found = [html.unescape(text) for text in DESCRIPTION.findall(read(page))]

        assert len(re.findall("<h1", read(page))) == 1
        assert "RNN Guide" in title
        assert 12 < column_width(title) <= 75
        assert [50 <= column_width(text) <= 200 for text in found] == [True] * (page in LISTED)
        assert page not in LISTED or '<link rel="canonical" href="https://' in read(page)


class TestDescriptions:
    @pytest.mark.parametrize("page", LISTED)
    def test_is_the_same_for_all(self, page):
        """
        Search engines, previews and llms.txt get one description of a page.
        """
        found = {html.unescape(tag.search(read(page))[1]) for tag in (DESCRIPTION, OPEN_GRAPH)}
        markdown = canonical(page).removesuffix("html")
        listed = re.findall(rf"{markdown}md\): (.*)", read(f"{edition_of(page).folder}llms.txt"))

        assert found == set(listed)
        assert len(listed) == 1

    @pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.tag)
    def test_first_page_says_what_the_guide_is_about(self, edition):
        """
        Who searches for PyTorch and a kind of layer sees that the first page is about it.
        """
        said = DESCRIPTION.search(read(f"{edition.folder}index.html"))[1]

        words = {"en": ("shapes", "error"), "zh-CN": ("形状", "报错")}[edition.tag]
        assert [
            word for word in ("PyTorch", "RNN", "GRU", "LSTM", *words) if word not in said
        ] == []

    @pytest.mark.parametrize("page", [page for page in LISTED if not has_description(page)])
    def test_begins_as_the_page(self, page):
        """
        Without a description of its own, a page is described from its first sentence on.
        """
        description = html.unescape(DESCRIPTION.search(read(page))[1])
        paragraph = html.unescape(re.sub("<.*?>", "", PARAGRAPH.search(read(page))[1]))

        assert " ".join(paragraph.split()).startswith(sentences(description)[0])

    @pytest.mark.parametrize("page", CHINESE)
    def test_is_marked_by_nobody(self, page):
        """
        Sphinx marks what it has translated, which no element of a head may be.
        """
        assert not re.search("<meta [^>]*translated=", read(page))

    @pytest.mark.parametrize("page", CHINESE)
    def test_names_no_file(self, page):
        """
        Where a text names a page by its title, no description has the name of its file.
        """
        found = DESCRIPTION.findall(read(page))

        assert [name for name in NAMES for text in found if name in text] == []


# What stands on a page that uses a feature, by the folder of the feature's styles and scripts.
MARKS = {
    "crashes": 'class="crash',
    "cheat_sheet": 'class="cheat-sheet"',
    "doctor": "data-doctor",
    "error_cards": 'class="error-card"',
    "error_list": 'class="error-list',
    "explorer": 'id="shape-explorer"',
    "filters": "data-filter",
    "front": '<div class="front">',
    "gallery": "sphx-glr-",
    "mathml": "<math",
    "moved": "data-moved",
    "player": "data-player",
    "questions": 'id="question',
    "tables": 'role="table"',
    "tensors": 'class="tensor',
    "versions": 'class="other-versions"',
}


class TestAssets:
    @pytest.mark.parametrize("page", PAGES)
    def test_links_what_it_uses(self, page):
        """
        A page links the styles and scripts of the features that it uses, and of no others.
        """
        head, _, body = read(page).partition("<body>")
        body, _, scripts = body.rpartition("</footer>")
        linked = set(re.findall(r"_static/(\w+)/\w+\.(?:css|js)", head + scripts))

        used = {"languages", "search", "theme", "styles", "scripts"}  # the last two are furo's
        used |= {room for room, mark in MARKS.items() if mark in body}
        assert linked == used

    @pytest.mark.parametrize("page", PAGES)
    def test_needs_no_style_that_is_left_out(self, page):
        """
        Our copy of furo's style lacks the rules for these classes and elements.
        """
        found = BeautifulSoup(read(page), "html.parser").find_all(True)
        classes = {name for element in found for name in element.get("class", [])}

        assert not classes & furo_style.UNUSED
        assert not {element.name for element in found} & furo_style.UNUSED_ELEMENTS

    def test_each_named_value_is_there(self):
        """
        Our copy of furo's style leaves out colours and sizes: none that is used by its name.
        """
        files = [path for path in HTML.rglob("*") if path.suffix in {".css", ".js", ".html"}]
        linked = [path for path in files if path.name != "furo-extensions.css"]
        text = "".join(path.read_text(encoding="utf-8") for path in linked)
        used = set(re.findall(r"var\(\s*(--[\w-]+)\s*\)", text))  # no other value in its place
        there = set(re.findall(r"(--[\w-]+)[\"']?\s*[:,]", text))

        assert len(used) > 100
        assert used - there == {"--color-background-muted"}  # which furo uses and does not have

    def test_scripts_hold_what_they_import(self):
        """
        A page asks once for a tool, and a browser that has kept an old module mixes it with no new
        one: what a script loads later has its version in the address.
        """
        texts = {path: path.read_text("utf-8") for path in (HTML / "_static").glob("*/*.js")}
        ours = {path: text for path, text in texts.items() if (ROOMS / path.parent.name).is_dir()}

        assert len(ours) > 5
        assert sum("const modules = " in text for text in ours.values()) > 2
        for text in ours.values():
            assert not re.search(r"^import\b(?!\()|^export .* from ", text, re.MULTILINE)
            for address in re.findall(r"import\((.*?)\)", text):
                assert re.fullmatch(r'"\.[./\w]+\.js\?v=\w+"', address)


@cache
def anchors(page: str) -> set[str]:
    """Return the places of a page that a link may name."""
    return {html.unescape(name) for name in re.findall(r'\bid="([^"]*)"', read(page))}


class TestLinks:
    @pytest.mark.parametrize("page", PAGES)
    def test_lead_to_something(self, page):
        """
        Each link inside the site leads to a file that is there, and to a place in it.
        """
        lost = []
        for link in set(re.findall(r'<a\b[^>]* href="([^"]*)"', read(page))):
            path, _, anchor = html.unescape(link).partition("#")
            if re.match(r"[a-z]+:|/", path):
                continue  # another host, or the way from the page for the lost
            target = (HTML / page).parent.joinpath(path.partition("?")[0]).resolve()
            target = target if path else HTML / page
            there = target.is_file()
            if there and anchor and target.suffix == ".html":
                name = target.relative_to(HTML.resolve()).as_posix() if path else page
                there = anchor in anchors(name) or "=" in anchor  # what the explorer fills in
            if not there:
                lost.append(link)

        assert lost == []


class TestOffline:
    @pytest.mark.parametrize("page", LISTED)
    def test_pictures_and_mathematics_are_xml(self, page):
        """
        An EPUB reader refuses a page whose SVG or MathML is not well-formed.
        """
        for element in re.findall(r"<(?:math|svg)\b.*?</(?:math|svg)>", read(page), re.DOTALL):
            if "<symbol" not in element:  # the icons of the theme, which are not in an EPUB
                ET.fromstring(element)

    @pytest.mark.parametrize("page", LISTED)
    def test_breaks_are_closed(self, page):
        """
        A page of an EPUB is XML, in which each element ends.
        """
        assert not re.findall(r"<(?:br|hr|wbr)(?: [^>]*)?(?<!/)>", read(page))
