"""The search, as a reader uses it."""

import gzip
import tomllib

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from server import ROOT

TOPICS = tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))["topic"]
QUESTIONS = [question for topic in TOPICS for question in topic["questions"]]


RESULTS = "#search-results a"
FIELD = "input[type=search]"
ALL_SAID = "[...document.querySelectorAll('.search-excerpt')].every((said) => said.textContent)"
FOCUSED = "document.activeElement.matches('%s')"


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


def test_a_layer_leads_to_its_shapes(asked, page):
    """
    A layer in the field has no section of its own: Enter shows its shapes.
    """
    results = asked("nn.LSTM(10, 20, num_layers=2, bidirectional=True, proj_size=5)")
    assert results.first.inner_text() == "The shapes of this layer"
    assert page.locator("#search-status").inner_text().startswith(f"{results.count() - 1} ")

    page.keyboard.press("Enter")

    page.locator(".doctor-card code", has_text="c_n (4, N, 20)").wait_for()


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
        responses, weights = [], []
        page.goto(f"{site}{edition}/index.html")  # until its scripts have run
        page.wait_for_load_state("networkidle")
        page.on("response", lambda response: responses.append(response))
        for query in ("h_n", "batch_first"):
            page.keyboard.press("Control+k")
            page.keyboard.insert_text(query)  # at once: what lists in between load depends on time
            page.locator(f"{RESULTS}:has-text('{query}')").first.wait_for()
            page.wait_for_function(ALL_SAID)
            weights.append(sum(len(gzip.compress(response.body())) for response in responses))
            page.keyboard.press("Escape")

        at_once = [r for r in responses if "/search-results/" not in r.url]
        assert 0 < len(at_once) <= 3
        assert len(responses) <= 20
        assert len([r for r in responses if r.url.endswith("search-index.json")]) == 1
        assert weights[0] <= 60_000

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


class TestOtherLanguage:
    def test_a_chinese_question_is_answered_in_chinese(self, asked, page):
        """
        The English edition takes Chinese questions to the Chinese pages.
        """
        page.locator(FIELD).fill("变长序列怎么打包")

        page.locator(f"{RESULTS}[href*='/zh-cn/'] .search-excerpt:not(:empty)").first.wait_for()

    def test_an_english_question_is_answered_here(self, page, site):
        """
        The Chinese edition understands an English question, and answers with its own pages.
        """
        page.goto(f"{site}/zh-cn/search.html?q=learnable+initial+hidden+state+parameter+expand")
        found = page.locator(f"{RESULTS}[data-section=learnable-initial-state]").first
        found.wait_for()

        assert "/zh-cn/how-to/initial-state.html" in found.evaluate("link => link.href")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in found.inner_text())


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
        page.locator("article a").first.click()
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
