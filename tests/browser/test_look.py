"""What each page looks like: its navigation, which folds, its room for text, and its code."""

import pytest
from served import HTML

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
        page.goto(f"{site}/errors/layer.html")
        ground = "(node) => getComputedStyle(node).backgroundColor"
        typed = page.locator(".highlight:has(.go):has(.gt)").first
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
