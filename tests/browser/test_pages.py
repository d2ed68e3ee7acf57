"""What holds for every page: little is sent, everyone can read it, and it copies its code."""

import gzip
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from axe import ALL, FRAME, NO_COLOURS, ONLY_COLOURS, faults
from built import HTML
from playwright.sync_api import Browser, Page, Response
from server import ENGLISH, open_context

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 800}


class Visit(NamedTuple):
    """A page at the first visit, and what the site answered."""

    page: Page
    responses: list[Response]
    source: str


@pytest.fixture(scope="module", params=ENGLISH)
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

        assert [fault for run in runs for fault in faults(visit.page, *run)] == []

    def test_phone_does_not_scroll_sideways(self, visit):
        """
        Only code and tables scroll, by themselves.
        """
        visit.page.set_viewport_size(PHONE)

        assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


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
