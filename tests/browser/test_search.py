"""The search page, as a reader uses it."""

import re
import tomllib

import pytest
from served import HTML, ROOT

TOPICS = tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))["topic"]
QUESTIONS = [question for topic in TOPICS for question in topic["questions"]]
LINKS = re.compile(r'href="([^"#]+)#([^"]+)"')


class TestSearch:
    @pytest.mark.parametrize(
        "question", QUESTIONS[:: len(QUESTIONS) // 8], ids=lambda question: question["section"]
    )
    def test_shows_the_page(self, question, page, site):
        """
        The page that answers a question is among the first three that are shown.
        """
        links = LINKS.findall((HTML / "questions.html").read_text(encoding="utf-8"))
        right = {section: address for address, section in links}[question["section"]]

        page.goto(f"{site}/search.html")
        page.locator(".search-field").fill(question.get("search", question["text"]))
        page.locator(".search-field").press("Enter")
        page.get_by_text("Search finished").wait_for()

        results = page.locator("#search-results .search li > a").all()
        shown = [result.get_attribute("href").partition("#")[0] for result in results]
        assert right in list(dict.fromkeys(shown))[:3]


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
        link = page.locator(".sidebar-tree a").first
        assert not link.is_visible()

        page.locator(".nav-overlay-icon [role=button]").focus()
        page.keyboard.press("Enter")
        link.wait_for()
        page.keyboard.press("Escape")

        link.wait_for(state="hidden")
