"""The search page, as a reader uses it."""

import gzip
import tomllib

import pytest
from served import ROOT

TOPICS = tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))["topic"]
QUESTIONS = [question for topic in TOPICS for question in topic["questions"]]


class TestSearch:
    @pytest.mark.parametrize(
        "question", QUESTIONS[:: len(QUESTIONS) // 4], ids=lambda question: question["section"]
    )
    def test_shows_the_section(self, question, page, site):
        """
        The section that answers a question is among the first three, and each link leads to one.
        """
        page.goto(f"{site}/search.html")
        page.locator(".search-field").fill(question["text"])
        page.locator("#search-status:not(:empty)").wait_for()

        results = page.locator("#search-results a")
        shown = [result.get_attribute("data-section") for result in results.all()]
        assert question["section"] in shown[:3]
        results.nth(shown.index(question["section"])).click()
        page.locator(f"[id='{question['section']}']").wait_for(state="attached")

    def test_keeps_the_query_in_the_address(self, page, site):
        """
        An address with a query shows what it finds, and typing changes the address.
        """
        page.goto(f"{site}/search.html?q=pack_padded_sequence")
        page.locator("#search-results a").first.wait_for()
        page.locator(".search-field").fill("teacher forcing")
        page.wait_for_url("**/search.html?q=teacher+forcing")

    def test_says_when_nothing_is_there(self, page, site):
        """
        Words that stand nowhere are not answered with something else.
        """
        page.goto(f"{site}/search.html?q=qwrtzpx+vfxkqj")

        page.get_by_text("Nothing was found").wait_for()

    def test_is_light(self, page, site):
        """
        A search loads at most 80 kB beyond what a page needs.
        """
        responses = []
        page.goto(f"{site}/index.html")
        page.on("response", lambda response: responses.append(response))
        page.goto(f"{site}/search.html?q=packing")
        page.locator("#search-results a").first.wait_for()

        own = [r for r in responses if "search" in r.url.rpartition("/")[2] or "/search/" in r.url]
        sent = [len(gzip.compress(response.body())) for response in own]
        assert sum(sent) <= 80_000


class TestLostReaders:
    def test_page_not_found(self, page, site):
        """
        An address that does not exist, however deep, gives a page with all its styles and links.
        """
        failed = []
        page.on("response", lambda response: response.ok or failed.append(response.url))
        address = f"{site}/no/such/page.html"

        page.goto(address)

        assert failed == [address]
        assert page.locator("h1").inner_text() == "Page not found"
        page.locator("article a").click()
        assert page.title().startswith("RNN Guide: ")


class TestPaper:
    def test_prints_the_text_alone(self, page, site):
        """
        Paper gets no sidebars and no buttons, light colours, and no code that is cut.
        """
        page.emulate_media(media="print", color_scheme="dark")
        page.goto(f"{site}/how-to/split-output.html")

        for hidden in ("aside", "footer", "button", "nav"):
            assert not any(element.is_visible() for element in page.locator(hidden).all())
        style = "getComputedStyle(document.querySelector('pre')).whiteSpace"
        assert page.evaluate(style) == "pre-wrap"
        colour = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(colour) == "rgb(255, 255, 255)"


class TestKeyboard:
    def test_opens_and_shuts_the_pages_of_a_phone(self, page, site):
        """
        On a phone the list of pages opens with Enter, and only then the Tab key goes into it.
        """
        page.set_viewport_size({"width": 375, "height": 800})
        page.goto(f"{site}/index.html")
        link = page.locator("nav.ways a").first
        assert not link.is_visible()

        page.locator(".nav-overlay-icon [role=button]").focus()
        page.keyboard.press("Enter")
        link.wait_for()
        page.keyboard.press("Escape")

        link.wait_for(state="hidden")
