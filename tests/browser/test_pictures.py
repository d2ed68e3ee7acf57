"""Pictures on the screens of readers: their texts can be read, and nothing of them is cut off."""

import re

import pytest
from served import HTML

PAGES = sorted(
    path.relative_to(HTML).as_posix()
    for path in HTML.rglob("*.html")
    if re.search(r'class="(picture|tensor)["\s]', path.read_text(encoding="utf-8"))
)
#: Texts that are too small, or that leave the box of their SVG element or of its picture.
FAULTS = """() => {
  const seen = (node) => node.checkVisibility() && node.getClientRects().length > 0;
  const drawn = [...document.querySelectorAll("article svg:is(.picture, .tensor)")].filter(seen);
  const measure = (svg, text) => {
    const scale = svg.getScreenCTM().a;
    const sizes = [text, ...text.querySelectorAll("tspan")].map(
      (part) => parseFloat(getComputedStyle(part).fontSize) * scale);
    const [inner, outer] = [text, svg].map((node) => node.getBoundingClientRect());
    const faults = [];
    if (Math.min(...sizes) < 11.99) faults.push(`small: ${Math.min(...sizes)}`);
    if (inner.left < outer.left - 0.5 || inner.right > outer.right + 0.5) faults.push("cut");
    if (inner.top < outer.top - 0.5 || inner.bottom > outer.bottom + 0.5) faults.push("cut");
    if (outer.right > innerWidth) faults.push("outside");
    return faults.map((fault) => `${text.textContent}: ${fault}`);
  };
  return {
    texts: drawn.flatMap((svg) => [...svg.querySelectorAll("text")]).length,
    faults: drawn.flatMap((svg) => [...svg.querySelectorAll("text")].flatMap(
      (text) => measure(svg, text))),
  };
}"""


@pytest.mark.parametrize("path", PAGES)
def test_texts_can_be_read(path, page, site):
    """
    On a wide screen and on a phone each text has 12 pixels or more, and stands in its picture.
    """
    page.goto(f"{site}/{path}")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        measured = page.evaluate(FAULTS)

        assert measured["texts"] > 0
        assert measured["faults"] == []


def test_pages_have_pictures():
    """The list is not empty by mistake: these are the pages where a shape is the subject."""
    assert len(PAGES) > 20
    assert {"how-to/split-output.html", "how-to/attend.html", "porting/onnx.html"} <= set(PAGES)
