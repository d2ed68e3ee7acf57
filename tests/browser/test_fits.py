"""What is wider than lines of text fits each screen: code, tables and pictures."""

from collections import Counter

import pytest
from server import CHINESE, ENGLISH, open_context

WIDTHS = (1280, 390, 320)
#: How long a page may be: screens of 800 pixels, where it is 1280 wide.
SCREENS = 6.7
#: What is cut or too small to be read, and how much of each kind was looked at.
MEASURE = """async () => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));  // after "resize"
  const seen = (node) => node.checkVisibility() && node.getClientRects().length > 0;
  const all = (selector, below = document) => [...below.querySelectorAll(selector)].filter(seen);
  const faults = [];
  const fault = (node, what) =>
    faults.push(`${what}: ${node.localName} ${node.textContent.trim().slice(-60)}`);

  // Where a table scrolls, its first column stays.
  const stays = (box) => {
    const names = [...box.querySelectorAll("tr > :first-child")];
    return names.length > 0
      && names.every((cell) => getComputedStyle(cell).position === "sticky");
  };
  const boxes = all(`article :is(
    pre, .table-wrapper, .wide, .player-grid, div.math, figure, .picture, .tensors, img
  )`);
  for (const box of boxes) {
    const { left, right } = box.getBoundingClientRect();
    if (left < -0.5 || right > innerWidth + 0.5) fault(box, "outside");
    const scrolls = box.localName !== "svg" && box.scrollWidth > box.clientWidth + 1;
    if (scrolls && !stays(box)) fault(box, "cut");
  }

  const linesOf = (code) =>
    new Set([...code.getClientRects()].map(({ bottom }) => Math.round(bottom))).size;
  for (const code of all("article :is(p, li) > code.whole")) {
    if (linesOf(code) > 1) fault(code, "broken");
    if (code.getBoundingClientRect().right > innerWidth + 0.5) fault(code, "cut");
  }

  const tables = all("article :is(table.docutils, .wide > table)");
  for (const code of tables.flatMap((table) => all("code", table))) {
    if (code.textContent.startsWith("(") && linesOf(code) > 1) fault(code, "broken");
    const room = code.closest("td, th").getBoundingClientRect();
    if (code.getBoundingClientRect().right > room.right + 0.5) fault(code, "cut");
  }

  const texts = all("article svg:is(.picture, .tensor)").flatMap((svg) => {
    const scale = svg.getScreenCTM().a;
    const outer = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].map((text) => {
      const sizes = [text, ...text.querySelectorAll("tspan")].map(
        (part) => parseFloat(getComputedStyle(part).fontSize) * scale);
      const inner = text.getBoundingClientRect();
      if (Math.min(...sizes) < 11.99) fault(text, `${Math.min(...sizes)} pixels`);
      if (inner.left < outer.left - 0.5 || inner.right > outer.right + 0.5) fault(text, "cut");
      if (inner.top < outer.top - 0.5 || inner.bottom > outer.bottom + 0.5) fault(text, "cut");
      return text;
    });
  });
  if (document.documentElement.scrollWidth > innerWidth) fault(document.body, "scrolls sideways");
  const screens = document.querySelector("article").scrollHeight / 800;
  const seenOf = { boxes: boxes.length, tables: tables.length, texts: texts.length };
  return { faults, screens, seen: seenOf };
}"""


@pytest.mark.parametrize("pages", [ENGLISH, CHINESE], ids=["en", "zh-CN"])
def test_nothing_is_cut_or_long(pages, chromium, site):
    """
    Nothing is cut, no tuple is broken, texts in pictures are large enough, and no page is too long.

    One test for all pages of an edition, in one window: each is opened once.
    """
    faults, screens, seen = {}, {}, Counter()
    with open_context(chromium) as context:
        page = context.new_page()
        for path in pages:
            page.goto(f"{site}/{path}")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 844})
                found = page.evaluate(MEASURE)
                seen.update(found["seen"])
                screens.setdefault(path, found["screens"])  # at the first width
                if found["faults"]:
                    faults[path, width] = found["faults"]

    assert faults == {}
    assert {path: height for path, height in screens.items() if height > SCREENS} == {}
    assert seen["boxes"] > 1500
    assert seen["tables"] > 120
    assert seen["texts"] > 1500


@pytest.mark.parametrize("width", WIDTHS)
def test_rows_keep_their_columns_for_a_screen_reader(width, page, site):
    """
    A table is a table for those who hear it, whether its rows are drawn as rows or as cards.
    """
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{site}/reference/shapes.html")
    table = page.get_by_role("table", name="Tensors of nn.LSTM", exact=False).first
    row = table.get_by_role("row").filter(has_text="unbatched")

    assert (row.evaluate("(node) => getComputedStyle(node).display") == "block") == (width < 500)
    assert row.get_by_role("rowheader").inner_text().split() == ["unbatched", "explorer"]
    assert row.get_by_role("cell").first.inner_text() == "(L, H_in)"
    assert table.get_by_role("columnheader").all_inner_texts()[:2] == ["layout", "input"]


class TestPaper:
    PRINTED = (
        "auto_gallery/plot_2_bidirectional_demonstration.html",
        "errors/index.html",
        "explanation/lstm-and-gru.html",
        "how-to/attend.html",
        "index.html",
        "porting/index.html",
        "reference/shapes.html",
    )

    @pytest.mark.parametrize("path", PRINTED)
    def test_page_is_whole(self, path, page, site):
        """
        On a sheet of A4 nothing is cut, folded or dark; it says its address, and no navigation.
        """
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 680, "height": 960})
        page.goto(f"{site}/{path}")
        address = page.locator(".address")

        assert [fault for fault in page.evaluate(MEASURE)["faults"] if "pixels" not in fault] == []
        assert address.is_visible()
        assert address.inner_text().endswith(f"/{path}")
        assert not page.locator("nav.ways").is_visible()
        assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light"
        for folded in page.locator("article details > :not(summary)").all():
            assert folded.is_visible()
