"""What holds for every page: little is sent, everyone can read it, and what it copies runs."""

import gzip
import html
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from conftest import HTML, open_context
from playwright.sync_api import Browser, Page, Response

pytestmark = pytest.mark.browser
PAGES = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 800}


class Visit(NamedTuple):
    """A page at the first visit, and what the site answered."""

    page: Page
    responses: list[Response]
    source: str


@pytest.fixture(scope="module", params=PAGES)
def visit(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Visit]:
    """Open a page as a reader who has never been here; its tests share it."""
    with open_context(chromium) as context:
        page, responses = context.new_page(), []
        page.set_viewport_size(WIDE)
        page.on("response", lambda response: responses.append(response))
        page.goto(f"{site}/{request.param}", wait_until="networkidle")
        yield Visit(page, responses, (HTML / request.param).read_text(encoding="utf-8"))


class TestRequests:
    def test_no_request_leaves_the_site(self, visit, site):
        """
        A page asks no other host for anything, and finds what it asks for.
        """
        assert visit.responses
        assert [r.url for r in visit.responses if not r.url.startswith((site, "data:"))] == []
        assert [r.url for r in visit.responses if not r.ok] == []

    def test_is_light(self, visit):
        """
        A first visit takes at most 60 kB and 20 requests.
        """
        sent = {r.url: len(gzip.compress(r.body())) for r in visit.responses}

        assert len(visit.responses) <= 20, sent
        assert sum(sent.values()) <= 60_000, sent


class TestAccess:
    @pytest.mark.parametrize(
        ("size", "scheme", "rules", "but"),
        [
            # Colours are the same at both widths, and only they depend on the scheme: so the
            # slow comparison of colours passes over the code of the phone.
            pytest.param(WIDE, "light", {}, [], id="wide, light"),
            pytest.param(WIDE, "dark", {"runOnly": ["cat.color"]}, [], id="wide, dark"),
            pytest.param(
                PHONE, "light", {"rules": {"color-contrast": {"enabled": False}}}, [], id="phone"
            ),
            pytest.param(PHONE, "light", {"runOnly": ["cat.color"]}, ["pre"], id="phone, light"),
            pytest.param(PHONE, "dark", {"runOnly": ["cat.color"]}, ["pre"], id="phone, dark"),
        ],
    )
    def test_axe_finds_nothing(self, size, scheme, rules, but, visit):
        """
        axe-core finds no fault, wide and on a phone, light and dark.
        """
        visit.page.set_viewport_size(size)
        visit.page.emulate_media(color_scheme=scheme)
        if not visit.page.evaluate("'axe' in window"):
            visit.page.evaluate(AXE_SCRIPT)

        result = visit.page.evaluate(
            f"axe.run({{exclude: {json.dumps(but)}}}, {json.dumps(rules)})"
            if but
            else f"axe.run({json.dumps(rules)})"
        )

        faults = [
            (fault["id"], node["html"], node["failureSummary"])
            for fault in result["violations"]
            for node in fault["nodes"]
        ]
        assert faults == []

    def test_phone_does_not_scroll_sideways(self, visit):
        """
        Only code and tables scroll, by themselves.
        """
        visit.page.set_viewport_size(PHONE)

        assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


class TestHead:
    def test_says_what_the_page_is(self, visit):
        """
        A search result has a title and a description that make sense on their own.
        """
        title = re.search(r"<title>(.*?)</title>", visit.source)[1]
        found = re.findall(r'<meta name="description" content="([^"]*)"', visit.source)

        assert re.search(r'<html[^>]* lang="en"', visit.source)
        assert len(re.findall("<h1", visit.source)) == 1
        assert "RNN Guide" in title
        assert 12 < len(html.unescape(title)) <= 75
        if '<meta name="robots" content="noindex"' in visit.source:
            assert found == []
        else:
            assert len(found) == 1
            assert 50 < len(html.unescape(found[0])) <= 200
            assert '<link rel="canonical" href="https://' in visit.source
