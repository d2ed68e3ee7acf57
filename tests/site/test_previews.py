"""The images that stand beside links to the pages."""

import re
import struct
from io import BytesIO

import pytest
from built import HTML, ROOT
from docutils.utils import column_width
from pages import LISTED, canonical, edition_of, read
from PIL import Image, ImageColor, ImageOps

from machine_readable.previews import draw

THEME = ROOT / "docs" / "_extensions" / "theme"
COLOUR = re.compile(r"--([\w-]+): light-dark\((#\w+),")
LIGHT = dict(COLOUR.findall((THEME / "colours.css").read_text(encoding="utf-8")))


class TestPreviews:
    @pytest.mark.parametrize("page", LISTED)
    def test_each_page_has_its_own(self, page):
        """
        The head of a page names an image of 1200 x 630 pixels, which is there, and its size.
        """
        head = read(page).partition("<body>")[0]
        said = dict(re.findall(r'<meta property="(og:image[\w:]*)" content="([^"]*)"', head))
        base, folder = canonical(page).removesuffix(page), edition_of(page).folder
        name = page.removeprefix(folder).removesuffix(".html")

        image = (HTML / said["og:image"].removeprefix(base)).read_bytes()
        assert said["og:image"] == f"{base}{folder}_images/previews/{name}.png"
        assert image.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">2I", image[16:24]) == (1200, 630)
        assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
        assert column_width(said["og:image:alt"]) > 5
        assert 'name="twitter:card" content="summary_large_image"' in head

    @pytest.mark.parametrize("page", ["index", "how-to/split-output"])
    def test_shows_both_directions(self, page):
        """
        The first page shows the tensors of an LSTM, and a page with a picture shows that: large
        parts are filled in the colours of the two directions.
        """
        colours = (
            Image.open(HTML / "_images" / "previews" / f"{page}.png")
            .convert("RGB")
            .getcolors(1200 * 630)
        )
        parts = {colour: count for count, colour in colours}

        assert parts[ImageColor.getrgb(LIGHT["forward-fill"])] > 5000
        assert parts[ImageColor.getrgb(LIGHT["backward-fill"])] > 5000

    def test_they_differ(self):
        """
        No two pages share an image.
        """
        images = {path.read_bytes() for path in HTML.glob("**/_images/previews/**/*.png")}

        assert len(images) == len(LISTED)

    def test_is_the_same_each_time(self):
        """
        The same page gives the same bytes, and each part of it shows.
        """
        square = '<svg viewBox="0 0 9 9"><rect width="9" height="9" fill="var(--forward)"/></svg>'
        page = ("Guide", "Part", "Title", "What it is about", "")
        others = [(*page[:i], "Other", *page[i + 1 :]) for i in range(4)]
        others.append((*page[:4], square))

        assert draw(*page) == draw(*page)
        assert len({draw(*other) for other in [page, *others]}) == 6

    def test_long_titles_stay_inside(self):
        """
        Nothing reaches the edges, however long a title and a description are.
        """
        image = draw("RNN Guide", "From elsewhere", "Many words " * 7, "many words " * 18, "")

        shown = ImageOps.invert(Image.open(BytesIO(image)).convert("L")).getbbox()
        assert shown[0] >= 60
        assert shown[1] >= 30
        assert shown[2] <= 1140
        assert shown[3] <= 600
