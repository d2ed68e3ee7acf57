"""The search that opens over a page, as a reader uses it."""

import gzip

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from search_view import FIELD, FOCUSED, RESULTS

ALL_SAID = "[...document.querySelectorAll('.search-excerpt')].every((said) => said.textContent)"


@pytest.fixture
def asked(page, site):
    """Open the search over a page; return a function that types a query and waits for results."""
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(f"{site}/how-to/split-output.html")
    page.keyboard.press("/")

    def ask(query):
        page.locator(FIELD).fill(query)
        page.locator(RESULTS).first.wait_for()
        page.locator("#search-status:not(:empty)").wait_for(state="attached")
        return page.locator(RESULTS)

    yield ask

    assert errors == []


class TestOverlay:
    @pytest.mark.parametrize("keys", ["/", "Control+k", "Meta+k", "box", "icon"])
    def test_opens_and_gives_the_focus_back(self, keys, page, site):
        """
        Keys and buttons open it with the focus in its field; Escape shuts it, also with a query.
        """
        page.set_viewport_size({"width": 390 if keys == "icon" else 1280, "height": 800})
        page.goto(f"{site}/how-to/split-output.html")
        by_button = keys in ("box", "icon")
        opener = page.locator(".search-open:visible" if by_button else "article p a")
        opener.first.focus()
        page.keyboard.press("Enter" if by_button else keys)

        page.locator("dialog[open]").wait_for()
        assert page.locator(FIELD).count() == 1
        assert page.evaluate(FOCUSED % FIELD)
        page.keyboard.type("packing")
        page.locator(RESULTS).first.wait_for()
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
        assert opener.first.evaluate("element => element === document.activeElement")

    def test_a_slash_in_a_field_is_a_slash(self, page, site):
        """
        Who types into a field of the page does not open the search.
        """
        page.goto(f"{site}/explorer.html")
        field = page.locator("#shape-explorer input[type=text]").first
        field.fill("")
        field.press("/")

        assert field.input_value() == "/"
        assert page.locator("dialog[open]").count() == 0

    def test_arrows_choose_and_enter_opens(self, asked, page):
        """
        The first is chosen; arrows go round; Enter opens what is chosen.
        """
        results = asked("last hidden state")
        count = results.count()
        chosen = page.locator("[role=option][aria-selected=true]")
        field = page.get_by_role("combobox")
        for key, number in [("", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", count - 1)]:
            if key:
                page.keyboard.press(key)
            assert chosen.count() == 1
            assert chosen.get_attribute("id") == results.nth(number).get_attribute("id")
            assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        assert page.evaluate(FOCUSED % FIELD)

        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        address = results.nth(1).evaluate("link => link.href")
        page.keyboard.press("Enter")
        page.wait_for_url(address)

    def test_is_a_combobox_with_groups(self, asked, page):
        """
        A screen reader meets a field with a list, whose groups have names.
        """
        field = page.get_by_role("combobox", name="Search")
        assert field.get_attribute("aria-expanded") == "false"

        asked("last hidden state of each sequence")

        assert field.get_attribute("aria-expanded") == "true"
        assert page.get_by_role("listbox", name="What is found").is_visible()
        assert page.get_by_role("group", name="Answer").get_by_role("option").count() > 0
        found = page.locator(RESULTS).count()
        assert page.get_by_role("option").count() == found
        assert page.get_by_role("status").inner_text() == f"{found} sections, the best first."

    def test_a_section_of_the_same_page(self, asked, page):
        """
        A result on the page that is open shuts the search and leaves no mark behind.
        """
        marks = page.locator("article mark, article .highlighted").count()
        results = asked("split output without the package")
        page.locator("[data-section=split-by-hand]").click()

        page.wait_for_url("**/split-output.html#split-by-hand")
        results.first.wait_for(state="hidden")
        assert page.locator("article mark, article .highlighted").count() == marks == 0

    def test_a_layer_leads_to_its_shapes(self, asked, page):
        """
        A layer in the field has no section of its own: Enter shows its shapes.
        """
        results = asked("nn.LSTM(10, 20, num_layers=2, bidirectional=True, proj_size=5)")
        assert results.first.inner_text() == "The shapes of this layer"
        assert page.locator("#search-status").inner_text().startswith(f"{results.count() - 1} ")

        page.keyboard.press("Enter")

        page.locator(".doctor-card code", has_text="c_n (4, N, 20)").wait_for()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1280, 320])
    def test_axe_finds_nothing(self, width, scheme, asked, page):
        """
        The open search has no fault that axe finds, and on a small phone it fits.
        """
        page.set_viewport_size({"width": width, "height": 640})
        page.emulate_media(color_scheme=scheme)
        asked("expected hidden size at the last batch")
        page.evaluate(AXE_SCRIPT)

        result = page.evaluate("axe.run('dialog', {resultTypes: ['violations']})")

        faults = [(f["id"], n["html"]) for f in result["violations"] for n in f["nodes"]]
        assert faults == []
        sideways = "[document.documentElement, ...document.querySelectorAll('dialog, dialog *')]"
        sideways += ".filter((e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1"
        sideways += " && e.id !== 'search-status' && e.tagName !== 'INPUT').length"
        assert page.evaluate(sideways) == 0

    @pytest.mark.parametrize("edition", ["", "/zh-cn"], ids=["en", "zh"])
    def test_is_light(self, edition, page, site):
        """
        Nothing is loaded before it opens; a search takes at most 60 kB, the next no index again.
        """
        responses = []

        def look_for(query):
            page.keyboard.press("Control+k")
            page.keyboard.insert_text(query)  # at once: what lists in between load depends on time
            page.locator(f"{RESULTS}:has-text('{query}')").first.wait_for()
            page.wait_for_function(ALL_SAID)
            page.keyboard.press("Escape")

        page.goto(f"{site}{edition}/index.html")  # until its scripts have run
        page.wait_for_load_state("networkidle")
        page.on("response", lambda response: responses.append(response))

        look_for("h_n")
        assert sum(len(gzip.compress(response.body())) for response in responses) <= 60_000
        look_for("batch_first")
        at_once = [r for r in responses if "/search-results/" not in r.url]
        assert 0 < len(at_once) <= 3
        assert len(responses) <= 20
        assert len([r for r in responses if r.url.endswith("search-index.json")]) == 1

    def test_what_comes_later_moves_nothing(self, page, site):
        """
        A result keeps its place when the answer below its title comes.
        """
        waiting = []
        page.route("**/search-results/**", lambda route: waiting.append(route))
        page.goto(f"{site}/index.html")
        page.keyboard.press("/")
        page.locator(FIELD).fill("last hidden state of each sequence")
        page.locator(RESULTS).first.wait_for()
        page.wait_for_timeout(300)
        tops = "[...document.querySelectorAll('%s')].map((a) => a.getBoundingClientRect().top)"
        before = page.evaluate(tops % RESULTS)
        assert page.locator(".search-excerpt").first.inner_text() == ""

        assert waiting
        for route in waiting:
            route.continue_()
        page.locator(".search-excerpt:not(:empty)").first.wait_for()
        page.wait_for_load_state("networkidle")

        assert page.evaluate(tops % RESULTS) == pytest.approx(before, abs=1)

    def test_answers_that_do_not_come(self, page, site):
        """
        Where what results show does not come, titles and links stay.
        """
        page.route("**/search-results/**", lambda route: route.abort())
        page.goto(f"{site}/index.html")
        page.keyboard.press("/")
        with page.expect_event("requestfailed"):
            page.locator(FIELD).fill("teacher forcing")

        assert "teacher forcing" in page.locator(RESULTS).first.inner_text().lower()
        page.keyboard.press("Enter")
        page.wait_for_url("**/*.html#*")

    def test_tries_again_when_the_index_does_not_come(self, page, site):
        """
        Where the network fails once, the search finds all the same, without another letter.
        """
        page.goto(f"{site}/index.html")
        page.route("**/search-index.json", lambda route: route.abort(), times=1)
        page.keyboard.press("/")
        with page.expect_event("requestfailed"):
            page.keyboard.type("packing")

        page.locator(RESULTS).first.wait_for()

    def test_loads_nothing_with_the_page(self, page, site):
        """
        A page brings what opens the search, and neither the index nor what reads it.
        """
        addresses = []
        page.on("request", lambda request: addresses.append(request.url.partition("?")[0]))
        page.goto(f"{site}/index.html")
        page.wait_for_load_state("networkidle")

        loaded = {a.rpartition("/")[2] for a in addresses if "search" in a}
        assert loaded == {"box.js", "search.css"}

    def test_without_javascript(self, chromium, site):
        """
        The button leads to the page of the search, which names the lists to read.
        """
        with chromium.new_context(java_script_enabled=False) as context:
            page = context.new_page()
            page.goto(f"{site}/index.html")
            page.locator(".sidebar-drawer .search-open").click()
            page.wait_for_url("**/search.html*")

            article = page.locator("article")
            assert "needs JavaScript" in article.inner_text()
            article.get_by_role("link", name="errors").click()
            page.wait_for_url("**/errors/index.html")

    def test_a_chinese_question_is_answered_in_chinese(self, asked, page):
        """
        The English edition takes Chinese questions to the Chinese pages.
        """
        page.locator(FIELD).fill("变长序列怎么打包")

        page.locator(f"{RESULTS}[href*='/zh-cn/'] .search-excerpt:not(:empty)").first.wait_for()
