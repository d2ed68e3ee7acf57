"""The front page: its controls beside the package, for every reader."""

import re
from itertools import product

import pytest
from layers import FUNCTIONS
from playwright.sync_api import Page

from rnn_guide._snippets import SPLITS

WIDE = {"width": 1280, "height": 800}
SIZES = {"input_size": 3, "hidden_size": 5, "seq_len": 7, "batch_size": 4}
LAYERS = (1, 2, 3, 99)
NAMES = ("input", "output", "h_n", "c_n")

# Set the controls as a hand does, and read what the panel then says.
SET = """([kind, layers, both, first]) => {
  const form = document.querySelector(".front form");
  const [number, directions, order] = ["num_layers", "bidirectional", "batch_first"].map(
    (name) => form.elements[name]);
  if (form.elements.kind.value !== kind) form.querySelector(`[value=${kind}]`).click();
  if (directions.checked !== both) directions.click();
  if (order.checked !== first) order.click();
  number.value = layers;
  number.dispatchEvent(new Event("input", { bubbles: true }));
  const text = (element) => element.textContent;
  const front = document.querySelector(".front");
  return {
    shapes: Object.fromEntries([...front.querySelectorAll(".front-shapes > span")].map((element) =>
      [text(element.querySelector("code")), text(element.querySelector(".tuple"))])),
    drawn: [...front.querySelectorAll(".front-tensors > div")].map((element) => ({
      names: [...element.querySelectorAll("code")].map(text),
      shape: text(element.querySelector(".tuple")),
      label: element.querySelector("svg").getAttribute("aria-label"),
      parts: [...element.querySelectorAll("svg > g.part")].map((part) => part.dataset.part),
      rows: [...element.querySelectorAll("svg > g.row")].map((row) => row.dataset.part).reverse(),
    })),
    lines: [...front.querySelectorAll("[data-line]")].map(text),
    sentence: text(front.querySelector(".front-foot p")),
    link: front.querySelector(".front-foot a").href,
  };
}"""


@pytest.fixture
def front(page: Page, site: str):
    """Open the front page, and fail where its script does."""
    errors: list[object] = []
    page.on("pageerror", lambda error: errors.append(error))
    page.set_viewport_size(WIDE)
    page.goto(f"{site}/index.html")
    yield page
    assert errors == []


def expected(kind: str, layers: int, both: bool, first: bool) -> dict[str, str]:
    """Return the shapes that the package calculates."""
    shapes = FUNCTIONS[kind](
        num_layers=layers, bidirectional=both, batch_first=first, **SIZES
    )._asdict()
    return {name: str(shapes[name]) for name in NAMES if shapes[name] is not None}


class TestAnswers:
    def test_every_combination_gives_the_shapes_of_the_package(self, front):
        """
        Tuples and drawings follow the four controls, and two directions take turns in a state.
        """
        combinations = list(product(FUNCTIONS, LAYERS, (False, True), (False, True)))
        for controls in combinations:
            found = front.evaluate(SET, list(controls))
            shapes, directions = expected(*controls), ["forward", "backward"][: controls[2] + 1]

            assert found["shapes"] == shapes, controls
            drawn = {name: one["shape"] for one in found["drawn"] for name in one["names"]}
            assert drawn == shapes
            assert all(f" {one['shape']}: " in one["label"] for one in found["drawn"])
            by_name = {one["names"][0]: one for one in found["drawn"]}
            assert by_name["input"]["parts"] == ["features"]
            assert by_name["output"]["parts"] == directions
            rows = by_name["h_n"]["rows"]
            assert len(rows) == min(controls[1] * len(directions), 8 - 2 * (controls[1] == 99))
            assert set(rows) == set(directions)
            if len(rows) == controls[1] * len(directions):
                assert rows == directions * controls[1]
        assert len(combinations) == 48

    @pytest.mark.parametrize("both", [True, False])
    def test_lines_are_those_of_the_package(self, front, both):
        """
        The lines follow the number of directions, and the sentence says so.
        """
        found = front.evaluate(SET, ["GRU", 2, both, False])

        assert found["lines"] == list(SPLITS[both].values())
        assert ("One direction" in found["sentence"]) != both
        assert ("backward" in found["sentence"]) == both

    @pytest.mark.parametrize("controls", [("GRU", 3, True, True), ("RNN", 1, False, False)])
    def test_link_opens_the_explorer_with_the_values(self, front, controls):
        """
        The explorer answers for the same layer.
        """
        link = front.evaluate(SET, list(controls))["link"]
        front.goto(link)

        texts = front.evaluate(
            "[...document.querySelectorAll('.explorer td')].map((x) => x.innerText)"
        )
        assert set(expected(*controls).values()) <= set(texts)

    def test_number_that_is_being_typed_keeps_the_answer(self, front):
        """
        An empty field, zero or a fraction is no layer: the answer before it stays.
        """
        before = front.evaluate(SET, ["LSTM", 3, True, False])

        for text in ("", "0", "-1", "2.5", "100"):
            assert front.evaluate(SET, ["LSTM", text, True, False]) == before


class TestHands:
    def test_works_by_keyboard(self, front):
        """
        Tab reaches the kind, both buttons, the number and both switches, in this order.
        """
        shapes = front.locator(".front-tensors .tuple")
        front.locator("[name=kind]:checked").focus()
        front.keyboard.press("ArrowLeft")
        assert front.locator("[name=kind]:checked").get_attribute("value") == "GRU"
        assert front.locator(".front-tensors code").all_inner_texts() == ["input", "output", "h_n"]

        for key, name in (
            ("Enter", "one layer less"),
            ("ArrowUp", None),
            ("Enter", "one layer more"),
            ("Space", "two directions"),
            ("Space", "batch first"),
        ):
            front.keyboard.press("Tab")
            if name:
                focused = front.evaluate(
                    "document.activeElement.ariaLabel ?? document.activeElement.labels[0].innerText"
                )
                assert focused == name
            front.keyboard.press(key)
        assert shapes.all_inner_texts() == ["(4, 7, 3)", "(4, 7, 5)", "(3, 4, 5)"]

    def test_says_the_shapes_once(self, front):
        """
        Nothing is said before a change; after several, the last answer alone.
        """
        front.evaluate("""() => {
          window.said = [];
          const place = document.querySelector(".front [role=status]");
          const note = () => window.said.push(place.textContent);
          new MutationObserver(note).observe(place, { childList: true });
        }""")
        front.wait_for_timeout(800)
        assert front.evaluate("said") == []

        for _ in range(3):
            front.get_by_role("button", name="one layer more").click()
        front.wait_for_function("said.length")
        front.wait_for_timeout(800)
        shapes = "input (7, 4, 3), output (7, 4, 10), h_n (10, 4, 5), c_n (10, 4, 5)"
        assert front.evaluate("said") == [f"LSTM: {shapes}"]

    @pytest.mark.parametrize("place", [0, 1])
    def test_copies_a_line(self, front, place):
        """
        A button copies its line, and says so.
        """
        button = front.locator(".front-lines button").nth(place)
        button.click()

        assert (
            front.evaluate("navigator.clipboard.readText()") == list(SPLITS[True].values())[place]
        )
        assert button.inner_text() == "copied"
        assert front.locator(".front [role=status]").inner_text() == "copied"

    @pytest.mark.parametrize(
        ("target", "kind", "lit"),
        [
            (".front-tensors .tuple [data-axis=batch]", "axis", "batch"),
            ("[data-tensor=output] .backward .front", "part", "backward"),
            ("[data-row='2'] .top", "row", "2"),
        ],
    )
    def test_lights_what_belongs_together(self, front, target, kind, lit):
        """
        What the pointer is on lights up in each drawing, tuple and line, and nothing else does.
        """
        front.locator(target).first.hover()

        found = front.evaluate(
            """(kind) => [...document.querySelectorAll(".front .lit")].map(
              ({ dataset }) => dataset[kind])""",
            kind,
        )
        assert len(found) > 2
        assert set(found) == {lit}
        front.mouse.move(0, 0)
        assert front.locator(".front .lit").count() == 0

    def test_lights_by_keyboard(self, front):
        """
        Each tuple is one stop of Tab; arrows go from axis to axis, and through what an axis holds.
        """

        def lit():
            return front.evaluate("""() => [...new Set([...document.querySelectorAll(".front .lit")]
              .map(({ dataset: d }) => d.row ?? d.part ?? d.axis))]""")

        def focused():
            return front.evaluate("document.activeElement.ariaLabel")

        front.locator("[name=batch_first]").focus()
        stops = []
        for _ in range(3):
            front.keyboard.press("Tab")
            stops.append(focused())
        assert stops == ["L, 7 steps", "L, 7 steps", "D*num_layers, 4 rows"]
        assert lit() == ["rows"]

        front.keyboard.press("ArrowDown")
        front.keyboard.press("ArrowDown")
        assert lit() == ["1"]
        said = front.locator(".front [role=status]")
        assert said.inner_text() == "h_n[1], c_n[1]: layer 0, backward"
        front.keyboard.press("ArrowUp")
        assert lit() == ["0"]
        front.keyboard.press("ArrowRight")
        assert (focused(), lit()) == ("N, 4 sequences", ["batch"])

        front.keyboard.press("Shift+Tab")
        front.keyboard.press("ArrowRight")
        front.keyboard.press("ArrowRight")
        front.keyboard.press("ArrowDown")
        assert focused() == "D*H_out, 10 features"
        assert sorted(lit()) == ["0", "2", "forward"]  # the rows of the direction too
        assert said.inner_text() == "output: forward"
        front.keyboard.press("Tab")
        assert focused() == "N, 4 sequences"  # where the reader has been
        front.keyboard.press("Tab")
        assert lit() == []

    def test_axes_follow_the_controls(self, front):
        """
        Other tensors have their stops too.
        """
        front.locator("[value=GRU]").click()
        front.get_by_role("switch", name="two directions").click()
        front.get_by_role("option", name="D*num_layers, 2 rows").focus()
        front.keyboard.press("ArrowDown")
        front.keyboard.press("ArrowDown")

        assert front.locator(".front [role=status]").inner_text() == "h_n[1]: layer 1, forward"


class TestReaders:
    def test_answer_is_on_the_first_screen_of_a_phone(self, front):
        """
        Box, controls and tuples are seen at once at 390 by 844, and the first drawing begins.
        """
        front.set_viewport_size({"width": 390, "height": 844})
        shapes = front.locator(".front-shapes").bounding_box()

        assert shapes["y"] + shapes["height"] <= 700
        for example in front.locator("[data-example]").all():
            assert example.bounding_box()["y"] < front.locator("div.front").bounding_box()["y"]

    def test_colours_of_the_system(self, front):
        """
        Where a system chooses the colours, a switch is its own, and the chosen kind stands out.
        """
        front.emulate_media(forced_colors="active")

        style = "(e, name) => getComputedStyle(e)[name]"
        for switch in front.get_by_role("switch").all():
            assert switch.evaluate(style, "appearance") == "auto"
        grounds = front.locator(".front-kinds span").evaluate_all(
            "all => all.map((e) => getComputedStyle(e).backgroundColor)"
        )
        assert grounds[0] == grounds[1] != grounds[2]

    def test_paper_has_no_empty_field(self, front):
        """
        On paper nothing waits for a hand.
        """
        front.emulate_media(media="print")

        assert not front.locator("form:visible").count()
        assert front.locator(".front-tensors").is_visible()

    def test_stands_in_one_screen(self, front):
        """
        The box, the panel and the three ways on are seen at once at 1280 by 800.
        """
        bottom = front.locator(".cards").bounding_box()
        assert bottom["y"] + bottom["height"] <= 800
        assert front.locator(".toc-drawer *").count() == 0

    @pytest.mark.parametrize("width", [1280, 900, 390, 320])
    def test_words_in_drawings_are_large_enough(self, front, width):
        """
        No text of a drawing is smaller than 12 pixels, whatever the width of the page.
        """
        front.set_viewport_size({"width": width, "height": 800})
        front.wait_for_timeout(50)

        scales = front.evaluate("""() => [...document.querySelectorAll(".front svg.tensor")].map(
          (svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)""")
        assert len(scales) == 3
        assert all(13 * scale >= 12 for scale in scales), scales
        inside = front.evaluate("""() => [...document.querySelectorAll(".front svg text")].every(
          (text) => {
            const [box, view] = [text.getBBox(), text.ownerSVGElement.viewBox.baseVal];
            return box.x >= view.x && box.x + box.width <= view.x + view.width
              && box.y >= view.y && box.y + box.height <= view.y + view.height;
          })""")
        assert inside

    def test_tuples_come_before_the_drawings_on_a_phone(self, front):
        """
        The shapes alone stand above the drawings; on a wide page beside their drawing only.
        """
        shapes = front.locator(".front-shapes")
        assert not shapes.is_visible()

        front.set_viewport_size({"width": 390, "height": 844})
        assert (
            shapes.bounding_box()["y"]
            < front.locator(".front-tensors svg").first.bounding_box()["y"]
        )
        assert re.findall(r"\(.*?\)", shapes.inner_text()) == list(
            expected("LSTM", 2, True, False).values()
        )

    def test_without_a_script_the_first_answer_stays(self, chromium, site):
        """
        Drawings, lines and a table are there; what needs the script is not.
        """
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{site}/index.html")

        assert page.locator(".front svg.tensor").count() == 3
        assert page.locator(".front-tensors").is_visible()
        assert page.locator(".front-static table").first.is_visible()
        assert page.locator("svg.tensor:visible").count() == 3  # the panel alone draws
        assert page.locator("[data-line=output]").inner_text() == SPLITS[True]["output"]
        assert not page.locator(".front-controls").is_visible()
        assert not page.locator(".front-lines button").first.is_visible()
        context.close()
