"""The colours of the site: each is defined once, means one thing, and can be read."""

import re
from pathlib import Path

import pytest

ROOMS = Path(__file__).parents[2] / "docs" / "_extensions"
STYLES = [style for style in sorted(ROOMS.glob("*/*.css")) if style.name != "colours.css"]


def light_of(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG defines it."""
    darker, lighter = sorted((light_of(one), light_of(other)))
    return (lighter + 0.05) / (darker + 0.05)


class TestColours:
    def test_logo_has_those_of_the_directions(self):
        """
        The logo, which as an icon reads no style sheet, has the colours of the site.
        """
        theme = ROOMS / "theme"
        colours = (theme / "colours.css").read_text(encoding="utf-8")
        own = re.findall(r"--[\w-]+: light-dark\(.*?\);", (theme / "logo.svg").read_text("utf-8"))

        assert len(own) == 4
        assert [colour for colour in own if colour not in colours] == []

    @pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
    def test_texts_can_be_read(self, scheme):
        """
        Each colour of a text has 4.5 times the light of each ground below it, or a part of it.
        """
        text = (ROOMS / "theme" / "colours.css").read_text(encoding="utf-8")
        colours = {
            name: pair[scheme]
            for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", text)
        }
        grounds = ["page", "panel", "raised"]
        parts = ["forward", "backward", "features", "fails", "runs"]
        own = {name: [f"{name}-fill", f"{name}-ground"] for name in parts}
        faint = [
            (name, ground)
            for name in [*parts, "time", "batch", "rows", "text", "quiet", "link"]
            for ground in [*grounds, *own.get(name, [])]
            if ground in colours and contrast(colours[name], colours[ground]) < 4.5
        ]

        assert len(colours) == 26
        assert faint == []

    @pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
    def test_each_is_defined_once(self, style):
        """
        No style but colours.css says a colour: the others take it from there.
        """
        text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)

        assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", text) == []
