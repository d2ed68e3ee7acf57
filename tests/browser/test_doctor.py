"""The box that explains what is pasted, as a reader uses it."""

import gzip
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

STATE = "Expected hidden[0] size (2, 4, 256), got [2, 64, 256]"
TRACEBACK = f'Traceback (most recent call last):\n  File "a.py", line 3\nRuntimeError: {STATE}\n'
PLACES = ["errors/index.html", "search.html", "no/such/page.html"]


def open_box(page: Page, site: str, place: str = PLACES[0]) -> Page:
    """Open a page that has the box."""
    page.goto(f"{site}/{place}")
    return page


def paste(page: Page, text: str) -> None:
    """Paste a text into the box, as from the clipboard."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.locator("[name=paste]").focus()
    page.keyboard.press("Control+V")


def sections(page: Page) -> list[str]:
    """Return the sections of the answers, the best first."""
    page.locator("form[data-doctor] .doctor-card").first.wait_for()
    found = page.locator("form[data-doctor] [data-section]").all()
    return [str(answer.get_attribute("data-section")) for answer in found]


@pytest.mark.parametrize("place", PLACES)
def test_explains_at_once_what_is_pasted(place, page, site):
    """
    Each page with the box explains a traceback with its numbers, and leads to its section.
    """
    open_box(page, site, place)

    paste(page, TRACEBACK)

    assert sections(page)[:2] == ["error-hidden-last-batch", "error-hidden-length-as-batch"]
    card = page.locator(".doctor-card").first
    expect(card).to_contain_text("The batch size of this input is 4, and h_0 was made for 64.")
    expect(card.locator(".doctor-labels")).to_contain_text("PyTorch 1.7 to 2.")
    assert card.locator(".number.fault").first.inner_text().startswith("64")
    card.get_by_role("link", name="Read the section").click()
    page.locator("#error-hidden-last-batch").wait_for(state="attached")


def test_enter_explains_and_shift_enter_does_not(page, site):
    """
    By keyboard: Shift with Enter is a new line, Enter explains, and Clear gives the box back.
    """
    open_box(page, site)
    field = page.locator("[name=paste]")
    field.focus()
    page.keyboard.type("RuntimeError:")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type(STATE)
    assert page.locator(".doctor-card").count() == 0

    page.keyboard.press("Enter")

    assert sections(page)[0] == "error-hidden-last-batch"
    assert field.input_value() == f"RuntimeError:\n{STATE}"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    assert field.input_value() == ""
    assert page.locator(".doctor-card").count() == 0


def test_examples_stand_in_a_row(page, site):
    """
    Below the box of each page they take one line of a wide screen.
    """
    page.set_viewport_size({"width": 1280, "height": 800})
    for place in ("index.html", "errors/index.html"):
        open_box(page, site, place)
        boxes = [button.bounding_box() for button in page.locator(".doctor-examples button").all()]
        assert len(boxes) == 3
        assert len({box["y"] for box in boxes}) == 1


def test_chinese_sentences_begin_in_bold(page, site):
    """
    The first sentence of a Chinese answer is bold, the others are not, and no space divides them.
    """
    open_box(page, site, "zh-cn/errors/index.html")
    paste(page, "RuntimeError: input must have 3 dimensions, got 2")
    said = page.locator(".doctor-body p").first
    said.wait_for()
    first, whole = said.locator("strong").inner_text(), said.inner_text()

    assert first.endswith("。")
    assert whole.startswith(first)
    assert len(first) < len(whole)
    assert "。 " not in whole


def test_each_example_has_an_answer(page, site):
    """
    An example to press is explained, or opens the explorer: it is no message that nobody knows.
    """
    open_box(page, site)
    examples = page.locator("[data-example]").all()
    assert len(examples) > 2

    for example in examples:
        example.click()
        expect(page.locator("[name=paste]")).to_have_value(example.inner_text())
        page.locator(".doctor-card").first.wait_for()
        assert page.locator(".doctor-foot a").count() > 0
        page.get_by_role("button", name="Clear").click()


def test_says_the_first_sentence_once(page, site):
    """
    A screen reader hears the first sentence, without marks.
    """
    open_box(page, site)

    paste(page, STATE)

    status = page.locator("form[data-doctor] [role=status]")
    expect(status).to_have_text("The batch size of this input is 4, and h_0 was made for 64.")


def test_copies_the_repair(page, site):
    """
    The repair that is copied is the code alone.
    """
    open_box(page, site)
    paste(page, STATE)

    page.get_by_role("button", name="Copy the repair").click()

    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "h_0 = c_0 = x.new_zeros(2, x.size(1), 256)\noutput, (h_n, c_n) = lstm(x, (h_0, c_0))"
    )


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (STATE, {"kind": "LSTM", "num_layers": "2", "batch_size": "4", "hidden_size": "256"}),
        ("nn.GRU(300, 256, bidirectional=True)", {"kind": "GRU", "input_size": "300"}),
        ("(rnn): LSTM(300, 256, batch_first=True)", {"kind": "LSTM", "hidden_size": "256"}),
        ("torch.Size([9, 8, 6])", {"seq_len": "9", "batch_size": "8", "input_size": "6"}),
    ],
)
def test_opens_the_explorer_with_these_sizes(text, fields, page, site):
    """
    A message, a layer and a shape lead to the explorer with its fields filled in.
    """
    open_box(page, site)
    paste(page, text)

    page.get_by_role("link", name=re.compile("Open the explorer")).click()

    page.wait_for_url("**/explorer.html#*")
    for name, value in fields.items():
        assert page.locator(f"#explorer-{name}").input_value() == value


def test_offers_the_nearest(page, site):
    """
    A message that no section knows is not explained, and the nearest sections are there.
    """
    open_box(page, site)

    paste(page, "MyError: the hidden state of the decoder has the wrong number of layers")

    assert len(sections(page)) > 1
    expect(page.locator(".doctor-card").first).to_contain_text("No section knows this message.")


def test_sends_nothing_and_loads_little(page, site):
    """
    What is pasted stays in the page; what the answer needs comes then, within 60 kB.
    """
    open_box(page, site)
    page.wait_for_load_state("networkidle")
    responses = []
    page.on("response", lambda response: responses.append(response))
    address = page.url

    paste(page, f"{STATE} secret-of-mine")
    sections(page)

    assert page.url == address
    assert responses
    assert not [r.url for r in responses if "secret" in r.url or r.request.method != "GET"]
    assert sum(len(gzip.compress(r.body())) for r in responses) <= 60_000


def test_shares_the_index_with_the_search(page, site):
    """
    A page that has searched loads the index no second time to say what is nearest.
    """
    loaded = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    open_box(page, site)
    page.keyboard.press("Control+k")
    page.keyboard.type("packing")
    page.locator("#search-results a").first.wait_for()
    page.keyboard.press("Escape")

    paste(page, "MyError: the hidden state of the decoder has the wrong number of layers")

    assert len(sections(page)) > 1
    assert loaded.count("search-index.json") == 1


def test_a_message_in_the_search_stands_there_once(page, site):
    """
    On the page of the search a query that is a message is explained below its field, and the box
    comes back with another query.
    """
    page.goto(f"{site}/search.html?q=RuntimeError:+{STATE.replace(' ', '+')}")
    assert sections(page)
    box, query = page.locator(".doctor-field"), page.locator("#search-page [name=q]")
    assert query.input_value().endswith(STATE)
    assert not box.is_visible()

    query.fill("packing")
    box.wait_for()
    assert page.locator("[name=paste]").input_value() == ""
    assert page.locator(".doctor-card").count() == 0
    query.fill(f"RuntimeError: {STATE}")
    assert sections(page)
    assert not box.is_visible()


def test_what_is_pasted_is_text(page, site):
    """
    Markup in a message is shown, not read.
    """
    open_box(page, site)

    paste(page, f"RuntimeError: {STATE} <img src=x onerror=alert(1)>")

    assert sections(page)
    assert page.locator(".doctor-card img").count() == 0
    expect(page.locator(".doctor-message").first).to_contain_text("<img")


def test_without_script_it_is_a_form(chromium, site):
    """
    Without JavaScript the box sends its text to the search.
    """
    with chromium.new_context(java_script_enabled=False) as context:
        page = open_box(context.new_page(), site)
        page.locator("[name=paste]").fill(STATE)
        page.get_by_role("button", name="Explain").click()
        page.wait_for_url("**/search.html?paste=*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_answers_are_accessible(width, scheme, page, site):
    """
    With an answer axe finds nothing, and no page scrolls sideways.
    """
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    open_box(page, site)
    paste(page, STATE)
    sections(page)
    page.evaluate(AXE_SCRIPT)

    result = page.evaluate("axe.run('form[data-doctor]', {resultTypes: ['violations']})")

    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in result["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("form[data-doctor] :is(button, .doctor-foot a):visible").all():
        assert control.bounding_box()["height"] >= 24
