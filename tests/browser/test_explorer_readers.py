"""The shape explorer as all readers meet it: by keyboard, without a script, in other languages."""

import gettext
import json
import re

from built import HTML, ROOT
from driver import DRIVE, for_readers
from playwright.sync_api import expect
from sphinx import locale


class Marks(gettext.NullTranslations):
    """A translation that marks each text."""

    def gettext(self, message: str) -> str:
        """Mark a text as translated."""
        return f"«{message}»"


# The texts outside of code that are not marked.
LEFT_TEXTS = """
() => {
  const code = document.querySelectorAll(".explorer :is(script, style, pre)");
  code.forEach((element) => element.remove());
  const words = (node) => node.nodeType === Node.TEXT_NODE && /[a-z]/.test(node.textContent);
  return [...document.querySelectorAll(".explorer :not(label, code, a, option, code *)")]
    .filter((element) => [...element.childNodes].some(words))
    .map((element) => element.textContent)
    .filter((text) => !/^[^a-z]*«[^]*»/i.test(text)); // signs may stand before the words
}
"""


class TestReaders:
    def test_keyboard(self, explorer, page):
        """
        Tab reaches every field that applies; arrows count; Enter does not leave; focus lights.
        """
        page.get_by_text("paste a layer").focus()
        reached = []
        for _ in range(11):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.name"))
        assert reached == [
            *("explorer-kind-segment", "input_size", "hidden_size", "num_layers", "dropout"),
            *("bias", "batch_first", "bidirectional", "explorer-layout-segment"),
            *("seq_len", "batch_size"),
        ]

        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        assert page.locator("#explorer-tensors [data-tensor=input]").inner_text() == "(7, 5, 3)"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "copy link"
        page.locator("#explorer-tensors button", has_text="output").focus()
        assert page.locator("[data-player] td.lit").count() == 7

    def test_announced_once(self, explorer, page):
        """
        A screen reader hears one sentence when the hands rest, and the refusal of a bad value.
        """
        status = page.locator("[role=status][data-said]")
        said = "torch.nn.RNN(3, 64, num_layers=2): output (7, 4, 64), h_n (2, 4, 64), 12,736"
        page.locator("[name=hidden_size]").fill("")

        page.locator("[name=hidden_size]").press_sequentially("64")
        assert status.inner_text() == ""
        expect(status).not_to_be_empty()
        assert status.inner_text() == f"{said} parameters"

        explorer(hidden_size=0)
        said = "hidden_size: A whole number, 1 or more."
        expect(status).to_have_text(said)

    def test_without_javascript(self, chromium, site):
        """
        The static tables stand in place of the form.
        """
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{site}/explorer.html")

        assert page.locator("#shape-explorer").is_hidden()
        assert page.get_by_text("(D*num_layers, N, H_out)").first.is_visible()
        assert page.get_by_text("weight_hr_l[k]").is_visible()
        context.close()

    def test_tables_give_way_to_the_form(self, explorer, page):
        """With JavaScript the form stands in the place of the tables."""
        assert page.locator("#shape-explorer").is_visible()
        assert page.locator(".explorer-static").count() == 0

    def test_opened_from_a_disk(self, page):
        """
        Chromium loads no modules from a disk: after a moment the static tables are there.
        """
        page.goto((HTML / "explorer.html").as_uri())

        page.locator(".explorer-static").wait_for()
        assert page.get_by_text("weight_hr_l[k]").is_visible()
        assert page.locator("#shape-explorer").is_hidden()

    @for_readers(20)
    def test_no_sideways_scroll_on_a_phone(self, explorer, page, values):
        """Whatever is filled in fits the width of a phone."""
        page.set_viewport_size({"width": 375, "height": 700})
        big = {"num_layers": 123456789, "input_size": 10**17, "hidden_size": 10**17}
        big |= {"seq_len": 10**17, "batch_size": 10**17}

        for filled_in in (values, {"hidden_size": "x" * 18}, big):
            explorer(**filled_in)
            assert page.evaluate("document.documentElement.scrollWidth") == 375

    def test_shows_cells_of_a_short_sequence_on_a_phone(self, explorer, page):
        """
        Where one sequence of a large batch has room, the steps in view are steps that it has.
        """
        page.set_viewport_size({"width": 375, "height": 700})

        explorer(kind="RNN", num_layers=2, layout="packed", lengths="1, 9, 9, 9, 9, 9, 9")

        assert page.locator("[data-player] [data-cell]").count() == 2

    def test_other_pages_do_not_load_it(self, page, site):
        """What the explorer needs is loaded on its page alone."""
        asked = []
        page.on("request", lambda request: asked.append(request.url))

        page.goto(f"{site}/reference/shapes.html")

        assert not any("explorer" in url.rpartition("/")[2] for url in asked)

    def test_every_text_can_be_translated(self, page, site, monkeypatch):
        """
        With a translation that marks each text, no text on the page is left without the mark.
        """
        monkeypatch.syspath_prepend(ROOT / "docs" / "_extensions")
        monkeypatch.setitem(locale.translators, ("general", "guide"), Marks())
        import player
        from explorer import page as explorer_page

        built = (HTML / "explorer.html").read_text(encoding="utf-8")
        written = re.compile(r'<div class="explorer".*</script>\n</div>', re.DOTALL)
        translated = written.sub(lambda _: explorer_page.html(), built)
        known = json.dumps(player.known("_static/player/numbers.json"), default=str)
        of_player = re.compile(r'(id="player-data">).*?(?=</script>)')
        translated = of_player.sub(lambda found: found[1] + known, translated)
        page.route(
            "**/explorer.html",
            lambda route: route.fulfill(body=translated, content_type="text/html"),
        )
        page.goto(f"{site}/explorer.html")
        page.keyboard.press("Shift")
        page.locator("[data-player] [data-cell]").first.wait_for()

        wrong = {"input_size": "x", "hidden_size": "1.5", "num_layers": "", "dropout": -1}
        page.evaluate(DRIVE, [{"layout": "packed", "num_layers": 99} | wrong, False])
        page.evaluate(DRIVE, [{"input_size": 3, "hidden_size": 5, "num_layers": 99}, False])
        page.evaluate(DRIVE, [{"kind": "LSTM", "dropout": 0, "proj_size": 9}, True])
        left = page.evaluate(LEFT_TEXTS)
        assert set(left) == {"H_in 3", "H_out 5", "D*num_layers 99"}  # symbols in the drawings
        labels = page.locator(".explorer [aria-label]").all()
        assert all(label.get_attribute("aria-label").startswith("«") for label in labels)
