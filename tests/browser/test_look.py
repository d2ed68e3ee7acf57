"""What each page looks like: its navigation, its room for text, and its code."""

import pytest
from built import HTML

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LOWEST = "auto_gallery/plot_7_search_with_beams.html"


def entry(page, name):
    """Return an entry of the navigation."""
    return page.locator("nav.ways").get_by_role("link", name=name, exact=True)


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def wide(request, chromium, site):
    """Open the first page, with and without scripts."""
    with chromium.new_context(java_script_enabled=request.param) as context:
        page = context.new_page()
        page.set_viewport_size(WIDE)
        page.goto(f"{site}/index.html")
        yield page


class TestFolds:
    def test_keyboard_opens_a_group(self, wide):
        """
        A group opens and shuts by a click and by the keyboard.
        """
        summary = wide.locator("nav.ways summary", has_text="How to")
        assert not entry(wide, "Split output").is_visible()

        summary.click()
        assert entry(wide, "Split output").is_visible()
        summary.press("Enter")
        assert not entry(wide, "Split output").is_visible()

    def test_tab_finds_no_folded_entry(self, wide):
        """
        The Tab key steps from group to group while they are shut.
        """
        wide.locator("nav.ways summary", has_text="How to").focus()
        wide.keyboard.press("Tab")

        assert wide.evaluate("document.activeElement.textContent") == "Why"


class TestPlace:
    @pytest.mark.parametrize("size", [WIDE, {"width": 1280, "height": 400}])
    @pytest.mark.parametrize("path", [LOWEST, "how-to/quantize.html", "index.html"])
    def test_entry_is_in_sight(self, size, path, page, site):
        """
        The entry of a page stands in the window, and the page itself is where it begins.
        """
        page.set_viewport_size(size)
        page.goto(f"{site}/{path}")
        page.wait_for_load_state()

        if path != "index.html":
            box = page.locator("nav.ways [aria-current=page]").bounding_box()
            assert 0 < box["y"] < size["height"] - box["height"]
        assert page.evaluate("[scrollX, scrollY]") == [0, 0]

    def test_drawer_of_a_phone_shows_it(self, page, site):
        """
        On a phone the list waits beside the page, and opens at the entry.
        """
        page.set_viewport_size(PHONE)
        page.goto(f"{site}/{LOWEST}")
        assert page.evaluate("[scrollX, scrollY]") == [0, 0]

        page.locator(".nav-overlay-icon [role=button]").click()
        box = page.locator("nav.ways [aria-current=page]").bounding_box()
        assert 0 < box["y"] < PHONE["height"]
        assert box["height"] >= 40

    def test_keyboard_opens_and_shuts_the_drawer(self, page, site):
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


class TestRoom:
    def test_sidebar_is_240_pixels_wide(self, page, site):
        """
        At 1280 pixels the list takes 240, and each entry of a group one line, but programs.
        """
        page.set_viewport_size(WIDE)
        page.goto(f"{site}/index.html")
        heights = page.evaluate(
            """() => {
              for (const group of document.querySelectorAll("nav.ways details")) group.open = true;
              return [...document.querySelectorAll("nav.ways details > ul > li > a")].map(
                (link) => [link.textContent, Math.round(link.getBoundingClientRect().height)]);
            }"""
        )

        assert page.locator(".sidebar-drawer").bounding_box()["width"] == 240
        assert len(heights) > 40
        assert [name for name, height in heights if height > 32] == []

    @pytest.mark.parametrize(("size", "letters"), [(WIDE, (60, 80)), (PHONE, (30, 60))])
    def test_lines_can_be_read(self, size, letters, page, site):
        """
        A line of text has some 66 to 75 letters, on a phone fewer, of 17 and 16 pixels.
        """
        page.set_viewport_size(size)
        page.goto(f"{site}/explanation/choose-and-cost.html")
        measured = page.evaluate(
            """() => [...document.querySelectorAll("article section > p")].map((text) => {
              const range = document.createRange();
              range.selectNodeContents(text);
              const boxes = [...range.getClientRects()];
              const lines = new Set(boxes.map((box) => Math.round(box.bottom / 9)));
              return [text.textContent.length / lines.size, getComputedStyle(text).fontSize];
            })"""
        )

        assert {font for _, font in measured} == {"17px" if size is WIDE else "16px"}
        assert letters[0] / 2 < max(length for length, _ in measured) < letters[1]


class TestCode:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_what_is_typed_printed_and_failing_differ(self, scheme, page, site):
        """
        Three grounds tell apart what is typed, what it prints, and what fails.
        """
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{site}/how-to/attend.html")
        ground = "(node) => getComputedStyle(node).backgroundColor"
        typed = page.locator(".highlight pre:has(.go):has(.gt)").first
        grounds = {typed.evaluate(ground)}
        grounds |= {typed.locator(kind).first.evaluate(ground) for kind in (".go", ".gt")}

        assert len(grounds) == 3
        assert typed.locator(".go").first.evaluate(ground) == page.locator("body").evaluate(ground)

    @pytest.mark.parametrize("size", [WIDE, PHONE])
    def test_nothing_lies_under_the_copy_button(self, size, page, site):
        """
        No letter of the code stands where its copy button is, and no block scrolls sideways.
        """
        page.set_viewport_size(size)
        page.goto(f"{site}/errors/packing.html")
        covered = page.evaluate(
            """() => [...document.querySelectorAll("button.copybtn")].filter((button) => {
              const place = button.getBoundingClientRect();
              const pre = button.parentElement.querySelector("pre");
              const texts = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
              const range = document.createRange();
              const below = () => {
                range.selectNodeContents(texts.currentNode);
                return [...range.getClientRects()].some(
                  (box) => box.right > place.left && box.top < place.bottom);
              };
              while (texts.nextNode()) if (below()) return true;
              return pre.scrollWidth > pre.clientWidth;
            }).map((button) => button.parentElement.textContent)"""
        )

        assert page.locator(".copybtn").count() > 5
        assert covered == []

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_copy_button_is_seen(self, scheme, page, site):
        """
        Its border has three times the light of its ground, it has 32 pixels, and Tab reaches it.
        """
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{site}/how-to/split-output.html")
        button = page.locator("button.copybtn").first
        style = """(node) => {  // as a canvas paints it
          const pen = new OffscreenCanvas(1, 1).getContext("2d");
          const { borderTopColor, backgroundColor } = getComputedStyle(node);
          return [borderTopColor, backgroundColor].map((colour) => {
            pen.fillStyle = colour;
            pen.fillRect(0, 0, 1, 1);
            const light = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((channel) => {
              const part = channel / 255;
              return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
          });
        }"""
        darker, lighter = sorted(button.evaluate(style))
        box = button.bounding_box()

        assert (lighter + 0.05) / (darker + 0.05) >= 3
        assert (box["width"], box["height"]) == (32, 32)
        button.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert button.evaluate("(node) => node.matches(':focus-visible')")

    @pytest.mark.parametrize(("width", "letters"), [(1280, 64), (820, 64), (390, 35), (320, 26)])
    def test_lines_of_code_fit(self, width, letters, page, site):
        """
        Sixty characters and their prompt stand in one line, but on a phone.
        """
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{site}/how-to/split-output.html")
        fits = (
            page.locator(".highlight pre")
            .nth(1)
            .evaluate(
                """(pre) => {
              pre.textContent = "0".repeat(200);
              const range = document.createRange();
              const top = (at) => {
                range.setStart(pre.firstChild, at);
                range.setEnd(pre.firstChild, at + 1);
                return range.getBoundingClientRect().top;
              };
              let at = 1;
              while (top(at) === top(0)) at += 1;
              return at;
            }"""
            )
        )

        assert letters <= fits < 200

    def test_what_belongs_together_stays_in_a_line(self, page, site):
        """
        On the narrowest phone no line ends with the sign of a comment, or within a short argument.
        """
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(f"{site}/how-to/different-lengths.html")
        lines = page.evaluate(
            r"""() => [...document.querySelectorAll(".highlight pre")].flatMap((pre) => {
              const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
              const letters = [];
              while (walker.nextNode()) {
                const node = walker.currentNode;
                for (let at = 0; at < node.length; at += 1) letters.push([node, at]);
              }
              const range = document.createRange();
              const top = ([node, at]) => {
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                return range.getBoundingClientRect().bottom;
              };
              const together = [...pre.textContent.matchAll(/# ?\S|\b\w+=\w+/g)];
              return together.filter(([text]) => text.length <= 20).map(({ 0: text, index }) => [
                text, top(letters[index]) === top(letters[index + text.length - 1])]);
            })"""
        )

        assert {"enforce_sorted=False", "# ("} <= {text for text, _ in lines}
        assert [text for text, is_whole in lines if not is_whole] == []

    def test_a_wrapped_line_hangs(self, page, site):
        """
        What goes on in a second line stands two characters to the right of the first.
        """
        page.set_viewport_size(PHONE)
        page.goto(f"{site}/how-to/split-output.html")
        hangs = page.evaluate(
            """() => [...document.querySelectorAll(".highlight .plain > .gp")].map((prompt) => {
              const range = document.createRange();
              range.setStartBefore(prompt);
              range.setEnd(prompt.nextSibling, prompt.nextSibling.length);
              const boxes = [...range.getClientRects()].filter((box) => box.width);
              const below = boxes.filter((box) => box.top > boxes[0].bottom);
              const letter = prompt.getBoundingClientRect().width / 4;
              return below.map((box) => Math.round((box.left - boxes[0].left) / letter));
            }).flat()"""
        )

        assert len(hangs) > 5
        assert set(hangs) == {2}


class TestMotion:
    @pytest.mark.parametrize(
        ("wish", "behaviour"), [("reduce", "auto"), ("no-preference", "smooth")]
    )
    def test_scrolls_smoothly_only_where_that_is_wanted(self, wish, behaviour, page, site):
        """
        Who asks for less motion gets none.
        """
        page.emulate_media(reduced_motion=wish)
        page.goto(f"{site}/index.html")

        assert (
            page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == behaviour
        )


def test_the_logo_is_an_icon():
    """Pages name the logo as their icon."""
    assert "_static/logo.svg" in (HTML / "index.html").read_text(encoding="utf-8")
