"""The page of the search, as a reader uses it."""

import tomllib

import pytest
from built import ROOT
from search_view import FIELD, FOCUSED, RESULTS

TOPICS = tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))["topic"]
QUESTIONS = [question for topic in TOPICS for question in topic["questions"]]


class TestSearchPage:
    @pytest.mark.parametrize(
        "question", QUESTIONS[:: len(QUESTIONS) // 4], ids=lambda question: question["section"]
    )
    def test_shows_the_section(self, question, page, site):
        """
        The section that answers a question is among the first three, and each link leads to one.
        """
        page.goto(f"{site}/search.html")
        page.locator(FIELD).fill(question["text"])
        page.locator("#search-status:not(:empty)").wait_for(state="attached")

        results = page.locator(RESULTS)
        shown = [result.get_attribute("data-section") for result in results.all()]
        assert question["section"] in shown[:3]
        results.nth(shown.index(question["section"])).click()
        page.locator(f"[id='{question['section']}']").wait_for(state="attached")

    def test_keeps_the_query_in_the_address(self, page, site):
        """
        An address with a query shows what it finds, typing changes it, and Back finds it again.
        """
        page.goto(f"{site}/search.html?q=pack_padded_sequence")
        page.locator(RESULTS).first.wait_for()
        page.locator(FIELD).fill("teacher forcing")
        page.wait_for_url("**/search.html?q=teacher+forcing")
        result = page.locator(f"{RESULTS}:has-text('Teacher forcing')").first
        result.click()
        page.wait_for_url("**#*")

        page.go_back()

        result.wait_for()
        assert page.locator(FIELD).input_value() == "teacher forcing"

    def test_has_one_field(self, page, site):
        """
        Here the keys go to the field of the page.
        """
        page.goto(f"{site}/search.html?q=packing")
        page.locator(RESULTS).first.wait_for()
        page.keyboard.press("/")

        assert page.evaluate(FOCUSED % FIELD)
        assert page.locator(FIELD).count() == 1
        assert page.locator("dialog").count() == 0

    def test_says_when_nothing_is_there(self, page, site):
        """
        Words that stand nowhere are not answered with something else.
        """
        page.goto(f"{site}/search.html?q=qwrtzpx+vfxkqj")

        page.get_by_text("Nothing was found").wait_for()

    def test_an_english_question_is_answered_here(self, page, site):
        """
        The Chinese edition understands an English question, and answers with its own pages.
        """
        page.goto(f"{site}/zh-cn/search.html?q=learnable+initial+hidden+state+parameter+expand")
        found = page.locator(f"{RESULTS}[data-section=learnable-initial-state]").first
        found.wait_for()

        assert "/zh-cn/how-to/initial-state.html" in found.evaluate("link => link.href")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in found.inner_text())


class TestInputMethod:
    def test_waits_until_a_word_is_composed(self, page, site):
        """
        Syllables that become Chinese are not searched, and the Enter that takes them opens nothing.
        """
        page.goto(f"{site}/zh-cn/search.html")
        field = page.locator(FIELD)
        field.fill("GRU ")
        page.locator(f"{RESULTS} .search-excerpt:not(:empty)").first.wait_for()
        page.wait_for_load_state("networkidle")
        listed, address = page.locator(RESULTS).all_inner_texts(), page.url
        devtools = page.context.new_cdp_session(page)
        end = {"selectionStart": 5, "selectionEnd": 5}
        devtools.send("Input.imeSetComposition", {"text": "dabao", **end})
        assert field.input_value() == "GRU dabao"
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)

        assert page.url == address
        assert page.locator(RESULTS).all_inner_texts() == listed
        devtools.send("Input.imeSetComposition", {"text": "dabao", **end})
        devtools.send("Input.insertText", {"text": "打包"})
        page.locator(f"{RESULTS}:has-text('打包')").first.wait_for()
        assert "dabao" not in page.url
