"""Reads a drawing of a tensor: what stands where."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import Any, NamedTuple

import tensors

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Box(NamedTuple):
    """The sides of something that is drawn."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Return the width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return the height."""
        return self.bottom - self.top


class Drawing:
    """A drawing of a tensor."""

    def __init__(self, description: dict[str, Any], **options: Any) -> None:
        """Draw a tensor, with cells that can be lit."""
        self.source = tensors.svg(description, cells=True, **options)
        self.root = ET.fromstring(self.source)
        left, top, width, height = map(float, self.root.attrib["viewBox"].split())
        self.view = Box(left, top, left + width, top + height)

    def all(self, type_: str = "", **data: Any) -> list[ET.Element]:
        """Return the elements of a class that have some ``data-`` attributes."""
        wanted = {f"data-{name}": str(value) for name, value in data.items()}
        return [
            element
            for element in self.root.iter()
            if (not type_ or type_ in element.attrib.get("class", "").split())
            and wanted.items() <= element.attrib.items()
        ]

    def texts(self) -> list[str]:
        """Return all that is written."""
        return [element.text or "" for element in self.root.iter(f"{SVG}text")]

    def boxes(self) -> list[Box]:
        """Return the boxes of all paths and texts; a letter is 8 pixels wide."""
        found = [box(path) for path in self.root.iter(f"{SVG}path")]
        for text in self.root.iter(f"{SVG}text"):
            x, y, width = float(text.attrib["x"]), float(text.attrib["y"]), 8 * len(text.text or "")
            left = (
                x
                - {"start": 0, "middle": 0.5, "end": 1}[text.attrib.get("text-anchor", "start")]
                * width
            )
            found.append(Box(left, y - 11, left + width, y + 4))
        return found


def box(path: ET.Element) -> Box:
    """Return the box of a path."""
    numbers = [float(number) for number in NUMBER.findall(path.attrib["d"])]
    xs, ys = numbers[::2], numbers[1::2]
    return Box(min(xs), min(ys), max(xs), max(ys))


def grows(values: list[float]) -> bool:
    """Return whether each value is larger than the one before."""
    return all(first < second for first, second in pairwise(values))
