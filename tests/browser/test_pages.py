"""What holds for every page: little is sent, everyone can read it, and it copies its code."""

import gzip
import html
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Response
from served import HTML, open_context

PAGES = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 800}
COLOURS = ["color-contrast", "link-in-text-block"]  # all that depends on the scheme
ONLY_COLOURS = {"runOnly": COLOURS}
NO_COLOURS = {"rules": {rule: {"enabled": False} for rule in COLOURS}}
ALL, FRAME = {"include": ["html"]}, {"exclude": ["article"]}  # the colours of a text have no width
ONE_TOKEN_OF_A_KIND = """() => {  // or axe compares the colours of thousands of equal ones
  const seen = new Set();
  for (const token of document.querySelectorAll("pre:not(:has(a)) span[class]")) {
    if (seen.has(token.className)) token.replaceWith(...token.childNodes);
    seen.add(token.className);
  }
}"""


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
        page.goto(f"{site}/{request.param}", wait_until="load")
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
        ("size", "scheme", "runs"),
        [
            pytest.param(WIDE, "light", [(ALL, {})], id="wide, light"),
            pytest.param(WIDE, "dark", [(ALL, ONLY_COLOURS)], id="wide, dark"),
            pytest.param(
                PHONE, "light", [(ALL, NO_COLOURS), (FRAME, ONLY_COLOURS)], id="phone, light"
            ),
            pytest.param(PHONE, "dark", [(FRAME, ONLY_COLOURS)], id="phone, dark"),
        ],
    )
    def test_axe_finds_nothing(self, size, scheme, runs, visit):
        """
        axe-core finds no fault, wide and on a phone, light and dark.
        """
        visit.page.set_viewport_size(size)
        visit.page.emulate_media(color_scheme=scheme)
        visit.page.evaluate("new Promise((done) => setTimeout(done, 50))")  # for "resize"
        if not visit.page.evaluate("'axe' in window"):
            visit.page.evaluate(AXE_SCRIPT)
            visit.page.evaluate(ONE_TOKEN_OF_A_KIND)

        faults = []
        for where, options in runs:
            result = visit.page.evaluate(
                "([where, options]) => axe.run(where, options)",
                [where, {"resultTypes": ["violations"], **options}],
            )
            faults += [
                f"{fault['id']}: {node['html']}"
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
        found = re.findall(r'<meta content="([^"]*)" name="description"', visit.source)

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


class TestCopyButtons:
    def test_copies_the_code_alone(self, visit):
        """
        The button gives what is shown, of an example the code alone.
        """
        visit.page.set_viewport_size(WIDE)
        visit.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        blocks = visit.page.locator("div:not(.sphx-glr-script-out) > .highlight").all()
        assert len(blocks) == visit.page.locator("button.copybtn").count()

        for block in blocks:
            block.locator("button.copybtn").click()
            copied = visit.page.evaluate("navigator.clipboard.readText()")
            shown = block.locator("pre").text_content()
            lines = re.findall(r"^(?:>>> |\.\.\. ?)(.*)$", shown, re.MULTILINE)
            assert copied == "\n".join(lines or shown.splitlines()).rstrip("\n")
