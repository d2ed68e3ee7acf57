"""The cards of errors in the browser: their halves, what is folded, and paper."""

import pytest
from built import HTML

WIDE, NARROW, PHONE = ({"width": width, "height": 800} for width in (1280, 780, 320))
PAGES = [
    path.relative_to(HTML).as_posix()
    for path in sorted((HTML / "errors").glob("*.html"))
    if 'class="halves' in path.read_text(encoding="utf-8")
]
#: How many pairs of halves stand side by side, and how many below each other.
PLACES = """selector => [...document.querySelectorAll(selector)].map(halves => {
  const [fails, runs] = [...halves.children].map(half => half.getBoundingClientRect());
  if (fails.top === runs.top && fails.right < runs.left) return "beside";
  return fails.bottom < runs.top && fails.left === runs.left ? "below" : "elsewhere";
})"""
FOLDED = """() => [...document.querySelectorAll(".error-card details > :not(summary)")]
  .filter(part => !part.checkVisibility()).length"""
CUT = """() => [...document.querySelectorAll(".error-card *")].filter(part => {
  if (!part.checkVisibility() || part.closest(".table-wrapper")) return false;
  const hides = getComputedStyle(part).overflowX !== "visible";
  const end = part.closest(".error-card").getBoundingClientRect().right;
  return (hides && part.scrollWidth > part.clientWidth + 1)
    || part.getBoundingClientRect().right > end + 1;
}).map(part => part.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("path", PAGES)
class TestCards:
    def test_halves_stand_side_by_side_where_there_is_room(self, path, page, site):
        """
        On a wide page the repair stands beside the failure, unless one is much longer; on a narrow
        one and on paper it stands below.
        """
        page.set_viewport_size(WIDE)
        page.goto(f"{site}/{path}")
        even, uneven = ".halves:not(.uneven)", ".halves.uneven"
        assert page.locator(".halves").count() > 0
        assert set(page.evaluate(PLACES, even)) <= {"beside"}
        assert set(page.evaluate(PLACES, uneven)) <= {"below"}

        for size in (NARROW, PHONE):
            page.set_viewport_size(size)
            assert set(page.evaluate(PLACES, ".halves")) == {"below"}
        page.set_viewport_size(WIDE)
        page.emulate_media(media="print")
        assert set(page.evaluate(PLACES, ".halves")) == {"below"}

    def test_paper_shows_what_is_folded(self, path, page, site):
        """
        Folds are shut on the screen, and on paper all of them are open.
        """
        page.goto(f"{site}/{path}")
        assert page.evaluate(FOLDED) > 0

        page.emulate_media(media="print")

        page.wait_for_function(f"({FOLDED})() === 0")  # once it is drawn

    def test_nothing_is_cut(self, path, page, site):
        """
        In a card nothing is wider than its place, on a phone and on paper.
        """
        page.set_viewport_size(PHONE)
        page.goto(f"{site}/{path}")
        page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        assert page.evaluate(CUT) == []

        page.emulate_media(media="print")

        assert page.evaluate(CUT) == []

    def test_second_half_copies_a_program(self, path, page, site):
        """
        The button of the second half copies the imports too, which are not shown there.
        """
        page.goto(f"{site}/{path}")
        half = page.locator(".half.runs", has=page.locator("[hidden]")).first

        half.locator("button.copybtn").click()

        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("import ")
        assert "import" not in half.locator("pre").inner_text()
        compile(copied, path, "exec")
