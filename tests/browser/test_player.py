"""The player of the unrolled layer, as readers use it: by pointer, by key, and without movement."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from built import HTML

PAGES = {
    "two directions": "first-steps/two-directions.html",
    "where they meet": "explanation/where-output-meets-h-n.html",
    "lengths": "how-to/different-lengths.html",
}
DONE, CELLS = ".player-grid td.done", ".player-grid [data-cell]"


@pytest.fixture
def player(page, site):
    """Open a page with a player; return a function that does so, with no error left behind."""
    errors = []
    page.on("pageerror", lambda error: errors.append(error))

    def opened(name="two directions", width=1280, **media):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(**media)
        page.goto(f"{site}/{PAGES[name]}")
        found = page.locator(".player")
        found.locator("[data-cell]").first.wait_for()
        return found

    yield opened
    assert errors == []


def pieces(player):
    """Return what is said of the selected cell."""
    return player.locator(".player-pieces p").all_inner_texts()


def go(player, tick):
    """Move the progress to a tick."""
    player.locator("[type=range]").fill(str(tick))


class TestSteps:
    def test_begins_when_all_is_computed(self, player):
        """
        All cells have numbers, and the selected one is in output and in h_n.
        """
        found = player()

        assert found.locator(DONE).count() == 28
        assert found.locator(".player-position").inner_text() == "7 of 7 steps in layer 1"
        assert pieces(found)[0].startswith("selected output[0, :, 5:] = h_n[3]")

    def test_buttons(self, player):
        """
        Play begins anew, and pauses; a step goes on or back, and fills or empties both ends.
        """
        found = player()
        play = found.get_by_role("button", name="play")
        play.click()
        assert found.locator(DONE).count() == 2
        assert found.locator("td.forward.done").inner_text() == "−0.37"
        assert found.locator("td.backward.done").inner_text() == "−0.16"
        found.locator("[data-move=play]", has_text="pause").click()
        assert play.is_visible()

        found.get_by_role("button", name="one step on").click()
        assert found.locator(DONE).count() == 4
        found.get_by_role("button", name="one step back").click()
        assert found.locator(DONE).count() == 2

    def test_plays_to_the_end(self, player, page):
        """
        Without a hand on it the layer runs, and stops when all is computed.
        """
        page.clock.install()
        found = player("lengths")
        found.get_by_role("button", name="play").click()
        page.clock.run_for(2000)
        assert found.locator(".player-position").inner_text() == "3 of 5 steps in layer 0"
        assert found.locator("[role=status]").inner_text() == ""

        page.clock.run_for(4000)
        assert found.locator(".player-position").inner_text() == "5 of 5 steps in layer 0"
        assert found.get_by_role("button", name="play").is_visible()

    def test_short_sequences_end_earlier(self, player):
        """
        Forward a sequence ends at its own last step, and backward it waits until then.
        """
        found = player("lengths")
        go(found, 3)

        def row(direction, sequence):
            cells = found.locator(f'[data-cell^="0,{direction}"][data-cell$=",{sequence}"]')
            return ["done" in cell.get_attribute("class") for cell in cells.all()]

        assert row("forward", 0) == [True, True, True, False, False]
        assert row("forward", 2) == [True, True]
        assert row("backward", 1) == [False, False, True]
        assert row("backward", 2) == [False, False]

    def test_a_step_by_hand_is_said(self, player):
        """
        A screen reader hears the step and its numbers.
        """
        found = player()
        go(found, 3)

        said = found.locator("[role=status]").inner_text()
        assert said == ("3 of 7 steps in layer 0. forward, step 2: 0.21; backward, step 4: 0.40")

    def test_nothing_moves_with_reduced_motion(self, player, page):
        """
        Play makes a step, and a second later no other has been made.
        """
        page.clock.install()
        found = player(reduced_motion="reduce")
        button = found.locator("[data-move=play]")
        assert button.inner_text().endswith("step")
        assert found.locator("[data-move=on]").is_hidden()

        button.click()
        page.clock.run_for(5000)
        assert found.locator(DONE).count() == 2


class TestKeys:
    def test_bar(self, player, page):
        """
        Space plays and pauses, arrows step, Home and End go to both ends.
        """
        found = player()
        found.locator("[type=range]").focus()

        page.keyboard.press("Home")
        assert found.locator(DONE).count() == 0
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        assert found.locator(DONE).count() == 2
        page.keyboard.press("Space")
        assert found.locator("[data-move=play]").inner_text().endswith("pause")
        page.keyboard.press("Space")
        assert found.locator("[data-move=play]").inner_text().endswith("play")
        page.keyboard.press("End")
        assert found.locator(DONE).count() == 28

    def test_cells_are_one_stop(self, player, page):
        """
        Tab reaches the selected cell; arrows, Home and End move it, and Tab leaves.
        """
        found = player()
        assert found.locator(f"{CELLS}[tabindex='0']").count() == 1
        found.locator("[data-light]").last.focus()
        page.keyboard.press("Tab")

        def focused():
            return page.evaluate("document.activeElement.dataset.cell")

        reached = [focused()]
        for pressed in ("ArrowRight", "ArrowDown", "End", "ArrowDown", "Home", "ArrowUp"):
            page.keyboard.press(pressed)
            reached.append(focused())
        assert reached == [
            *("1,backward,0,0", "1,backward,1,0", "1,forward,1,0", "1,forward,6,0"),
            *("0,backward,6,0", "0,backward,0,0", "1,forward,0,0"),
        ]
        assert pieces(found)[0] == "selected output[0, :, :5]: layer 1 →, step 0"
        described = page.evaluate(
            "document.getElementById(document.activeElement.getAttribute('aria-describedby'))"
            ".className"
        )
        assert described == "player-pieces"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.dataset.move") == "back"

    def test_arrows_leave_what_is_in_view(self, player, page):
        """
        On a phone the picture follows the cell that arrows lead to.
        """
        found = player(width=390)
        found.locator(CELLS).first.click()

        for step in range(1, 7):
            page.keyboard.press("ArrowRight")
            cell = page.evaluate("document.activeElement.dataset.cell")
            assert cell == f"1,backward,{step},0"


class TestCells:
    def test_click_says_what_a_cell_is(self, player):
        """
        What it is, what it reads, and where it goes; these cells are marked.
        """
        found = player()
        found.locator('[data-cell="0,backward,4,0"]').click()

        assert pieces(found) == [
            "selected layer 0 ←, step 4: inside, not returned",
            "reads input[4], layer 0 ←, step 5",
            "goes to layer 1, both directions, layer 0 ←, step 3",
        ]
        read = found.locator("td.read").evaluate_all("cells => cells.map(c => c.dataset.cell)")
        goes = found.locator("td.next").evaluate_all("cells => cells.map(c => c.dataset.cell)")
        assert read == ["0,backward,5,0"]
        assert goes == ["1,backward,4,0", "1,forward,4,0", "0,backward,3,0"]

    def test_tensors_light_their_cells(self, player):
        """
        output is the last layer, h_n the ends of all rows; a second press takes the light away.
        """
        found = player("where they meet")

        for name, count in {"output": 14, "h_n": 6, "input": 14, "h_0": 6}.items():
            button = found.locator(f"[data-light={name}]")
            button.click()
            assert button.get_attribute("aria-pressed") == "true"
            assert found.locator("td.lit").count() == count
        button.click()
        assert found.locator("td.lit").count() == 0


class TestReaders:
    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing(self, name, scheme, player, page):
        """
        axe-core finds no fault in the middle of a layer, with lit cells.
        """
        found = player(name, color_scheme=scheme)
        go(found, 3)
        found.locator("[data-light=h_n]").click()
        page.evaluate(AXE_SCRIPT)

        result = page.evaluate("axe.run('.player', {resultTypes: ['violations']})")
        assert [fault["id"] for fault in result["violations"]] == []

    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("width", [320, 390])
    def test_text_fits_a_phone(self, name, width, player, page):
        """
        Text is 12 pixels or more, no cell is cut, and nothing scrolls sideways at any step.
        """
        found = player(name, width=width)

        for tick in (0, 1, 3, 5):
            go(found, tick)
            assert page.evaluate("document.documentElement.scrollWidth") == width
            grid = found.locator(".player-grid")
            assert grid.evaluate("e => e.scrollWidth <= e.clientWidth")
        sizes = found.locator("*").evaluate_all(
            "all => all.filter(e => e.innerText).map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 12
        cut = found.locator("td.done").evaluate_all(
            "all => all.filter(e => e.scrollWidth > e.offsetWidth).map(e => e.innerText)"
        )
        assert cut == []

    def test_without_a_script(self, chromium, site):
        """
        The picture at its end stands there, with what it is said of and no button.
        """
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{site}/{PAGES['two directions']}")

        assert page.locator(DONE).count() == 28
        assert page.locator(".player-text").is_visible()
        assert page.locator(".player button:visible").count() == 0
        context.close()

    @pytest.mark.parametrize(("width", "steps"), [(820, "0123456"), (390, "012…56"), (320, "01…6")])
    def test_without_a_script_it_fits(self, width, steps, chromium, site):
        """
        Where there is no room for all steps some are left out, with a sign.
        """
        context = chromium.new_context(
            java_script_enabled=False, viewport={"width": width, "height": 800}
        )
        page = context.new_page()
        page.goto(f"{site}/{PAGES['two directions']}")
        grid = page.locator(".player-grid")
        heads = grid.locator("thead th:visible:not(:first-child)").evaluate_all(
            """(all) => all.map((head) => {
              const sign = getComputedStyle(head, "::before").content;
              return sign === "none" ? head.textContent : sign[1];
            }).join("")"""
        )

        assert grid.evaluate("(box) => box.scrollWidth <= box.clientWidth")
        assert heads == steps
        context.close()

    def test_markdown_has_the_text(self):
        """
        The page as Markdown says in words what the picture shows.
        """
        text = (HTML / PAGES["lengths"].replace(".html", ".md")).read_text(encoding="utf-8")

        assert re.search(r"Picture: Three sequences of 5, 3 and 2 steps", text)


class TestTools:
    LOAD = """async (given) => {
      const { mount } = await import(new URL("../_static/player/player.js", location));
      const root = document.createElement("div");
      document.querySelector("article").append(root);
      root.scrollIntoView();
      window.player = mount(root, given);
    }"""

    def test_a_tool_mounts_another_layer(self, player, page):
        """
        Its numbers are fetched once it is in view; a layer that PyTorch has not run has none.
        """
        player()
        page.evaluate(self.LOAD, {"kind": "LSTM", "seq_len": 3, "batch_first": True})
        mounted = page.locator(".player").last
        mounted.locator("td.done", has_text="0.").first.wait_for()
        assert mounted.locator(DONE).count() == 3
        assert pieces(mounted)[0] == "selected output[:, 2] = h_n[0]: layer 0 →, step 2"

        page.evaluate("player.update({kind: 'GRU', hidden_size: 64, num_layers: 9n, seq_len: 50n})")
        assert mounted.locator(".player-note").inner_text().endswith("3 layers and 7 steps.")
        assert set(mounted.locator("td.done > span").all_inner_texts()) == {"✓"}
        page.evaluate("player.light('h_n', 2)")
        assert mounted.locator("td.lit code").inner_text() == "h_n[2]"
        page.evaluate("player.light()")
        assert mounted.locator("td.lit").count() == 0

    def test_huge_layers(self, player, page):
        """
        Any size is stepped through, with what is computed in view.
        """
        player()
        sizes = {"num_layers": 10**15, "seq_len": 10**15, "bidirectional": True}
        page.evaluate(self.LOAD, {"kind": "GRU", **sizes})
        mounted = page.locator(".player").last

        mounted.get_by_role("button", name="play").click()
        mounted.get_by_role("button", name="one step on").click()
        assert mounted.locator(DONE).count() == 4
        assert mounted.locator("td").count() < 120
