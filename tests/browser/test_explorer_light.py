"""What lights up together in the explorer and its player."""

import re

import pytest
from driver import BOTH, slow
from playwright.sync_api import expect

CELLS = "(cells) => cells.map((cell) => cell.dataset.cell)"


class TestTogether:
    def test_half_lights_everywhere(self, explorer, page):
        """A direction lights up in the block, in the rows and in the code; a press keeps it."""
        explorer(**BOTH)
        page.locator("[data-figures] .part.backward").first.hover()
        assert page.locator("[data-figures] .part.backward.lit").count() == 1 + 2  # and its rows
        assert page.locator("[data-code] .backward.lit").count() == 4
        assert page.locator("[data-code] .forward.lit").count() == 0

        page.locator("#explorer-parts [data-part=forward]").first.click()
        page.locator("h1").hover()
        assert page.locator("[data-figures] .part.forward.lit").count() == 1 + 2
        assert page.locator("[data-code] .forward.lit").count() == 4

    def test_row_lights_everywhere(self, explorer, page):
        """A row of h_n lights its slab, and the cell that it comes from."""
        explorer(**BOTH)
        page.locator("#explorer-parts button", has_text="h_n[2]").first.focus()

        assert page.locator("[data-figures] g.row.lit").get_attribute("data-row") == "2"
        lit = page.locator("[data-player] td.lit")
        assert lit.evaluate_all(CELLS) == ["1,forward,6,0"]

        page.locator("[data-figures] g.row[data-row='1']").first.hover()
        assert lit.evaluate_all(CELLS) == ["0,backward,0,0"]

    def test_pressed_in_the_player(self, explorer, page):
        """A tensor that is pressed in the player stays lit there, and in the table of tensors."""
        explorer(**BOTH)
        lit = page.locator("[data-player] td.lit")
        in_table = page.locator("#explorer-tensors button.lit")
        ends = ["1,backward,0,0", "1,forward,6,0", "0,backward,0,0", "0,forward,6,0"]
        page.locator("[data-light=h_n]").click()
        page.locator("#explorer-parts button", has_text="output").first.hover()
        assert lit.count() == 14

        page.locator("h1").hover()
        assert lit.evaluate_all(CELLS) == ends
        assert in_table.all_inner_texts() == ["h_n"]

        page.locator("[data-light=h_n]").click()
        page.locator("h1").hover()
        assert lit.count() == in_table.count() == 0

    def test_player_follows(self, explorer, page):
        """Each answer is played, of packed input with its lengths; without numbers it says so."""
        note = page.locator(".player-note")
        explorer(hidden_size=6)
        expect(note).to_contain_text("No numbers, only places")

        explorer(**BOTH, hidden_size=5, layout="packed", lengths="3, 2")
        expect(note).to_contain_text("computed by PyTorch")
        cells = page.locator("[data-player] [data-cell^='0,forward']").evaluate_all(CELLS)
        assert [cell[10:] for cell in cells] == ["0,0", "1,0", "2,0", "0,1", "1,1"]

    def test_axis_lights_everywhere(self, explorer, page):
        """A number of a shape lights its axis in every block and every shape."""
        explorer(**BOTH)
        page.locator("[data-figures] .tuple .time").first.hover()

        for place in ("[data-figures] path.axis.time", "[data-code] .time"):
            assert page.locator(place).count() > 0
            assert page.locator(f"{place}.lit").count() == page.locator(place).count()
        assert page.locator("[data-figures] path.axis.batch.lit").count() == 0


@pytest.fixture
def touched(chromium, site):
    """Open the explorer on a phone whose network is slow, and return its player, asleep."""
    size = {"width": 390, "height": 844}
    context = chromium.new_context(viewport=size, has_touch=True, is_mobile=True)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(error))
    page.route("**/explorer_player.js*", slow)
    page.goto(f"{site}/explorer.html#kind=LSTM&bidirectional=True")
    yield page.locator(".player")
    assert errors == []
    context.close()


class TestTouch:
    def test_first_tap_plays(self, touched):
        """
        The tap that wakes the player is not lost: the button does what it says.
        """
        touched.locator("[data-move=back]").tap()

        expect(touched.locator(".player-position")).to_have_text("6 of 7 steps in layer 1")
        assert touched.locator("[data-cell]").count() > 0

    def test_first_tap_selects(self, touched):
        """
        So does a tap on a cell.
        """
        cell = touched.locator("td.forward").nth(2)
        cell.tap()

        selected = touched.locator("[aria-selected=true]")
        expect(selected).to_have_count(1)
        expect(selected).to_have_attribute("data-cell", re.compile("^1,forward,"))

    def test_first_tap_lights(self, touched):
        """
        A tensor that is tapped first lights its cells.
        """
        button = touched.locator("[data-light=h_n]")
        button.tap()

        expect(button).to_have_attribute("aria-pressed", "true")
        assert touched.locator("td.lit").count() > 0
