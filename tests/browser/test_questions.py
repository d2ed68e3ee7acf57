"""The list of all questions: its filter."""

import tomllib

import pytest
from built import ROOT

TOPICS = tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))["topic"]
COUNT = sum(len(topic["questions"]) for topic in TOPICS)
SHOWN = ".list-of-questions li:visible"


@pytest.fixture
def field(page, site):
    """Open the list, and return its field."""
    page.goto(f"{site}/questions.html")
    found = page.get_by_role("searchbox", name="Filter")
    found.wait_for()
    return found


class TestFilter:
    def test_shows_what_has_every_word(self, field, page):
        """
        In any order and case, and no topic without a question is left.
        """
        field.fill("H_N Bidirectional")

        texts = page.locator(SHOWN).all_inner_texts()
        assert texts
        assert all("h_n" in text.lower() and "bidirectional" in text.lower() for text in texts)
        titles = page.locator(".list-of-questions h2:visible").count()
        assert 0 < titles <= len(texts)
        page.get_by_text(f"{len(texts)} of {COUNT} questions").wait_for()

    def test_empty_shows_all(self, field, page):
        """
        An empty field filters nothing, and says how many there are.
        """
        field.fill("zzz")
        assert page.locator(SHOWN).count() == 0
        field.fill("")

        assert page.locator(SHOWN).count() == COUNT
        page.get_by_text(f"{COUNT} questions", exact=True).wait_for()

    def test_a_question_leads_to_its_answer(self, field, page):
        """
        The answer is below the question that the link names.
        """
        field.fill("teacher forcing")
        link = page.locator(f"{SHOWN} a").first
        question = link.inner_text()
        link.click()
        page.wait_for_url("**/questions/*.html#question-*")

        target = page.locator("section.question:target")
        assert target.locator("h2").inner_text().removesuffix("¶").strip() == question
        assert target.locator("p").count() >= 2


def test_without_script_the_list_is_there(chromium, site):
    """Without JavaScript all questions are listed, and no field promises more."""
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/questions.html")

        assert page.locator(SHOWN).count() == COUNT
        assert not page.locator(".filter").is_visible()
