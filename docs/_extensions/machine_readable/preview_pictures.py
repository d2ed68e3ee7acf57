"""The picture in a preview: that of the page, as one SVG element in plain styles."""

import re
from collections.abc import Callable
from typing import Any

from docutils import nodes

import pictures
import tensors
from pictures import PictureNode
from rnn_guide._rules import Kind
from tensors.directive import TensorsNode

#: Pictures for pages that place none, by the page.
OWN: dict[str, Callable[[], str]] = {
    "index": lambda: in_a_row(
        "LSTM", {"num_layers": 2, "bidirectional": True}, ["input", "output", "h_n", "c_n"]
    )
}
GAP, ABOVE = 48, 34  # between tensors, and for their names


def picture_of(page: str, document: nodes.document) -> str:
    """Return the first picture of a page, or the one that is its own, or nothing."""
    for node in document.findall(nodes.Element):
        if isinstance(node, PictureNode):
            return pictures.svg(node["name"], "")
        if isinstance(node, TensorsNode):
            return in_a_row(node["kind"], node["arguments"], node["show"])
    return OWN.get(page, str)()


def in_a_row(kind: Kind, arguments: dict[str, Any], show: list[str]) -> str:
    """Return tensors of a layer side by side, each below its name and shape."""
    found = tensors.with_halves(tensors.described(kind, **arguments))
    groups: dict[str, list[tensors.Description]] = {}  # of one shape and the same directions
    for name in show:
        key = shape_of(found[name]) + str(found[name].get("directions"))
        groups.setdefault(key, []).append(found[name])
    cell = tensors.fit([group[0] for group in groups.values()])
    parts, right, bottom = [], 0.0, 0.0
    for group in groups.values():
        drawn = tensors.svg(group[0], alone=True, cell=cell)
        width, height = size_of(drawn)
        names = ", ".join(tensor["name"] for tensor in group)
        parts.append(
            f'<text x="{right:g}" y="14" class="tensor"><tspan>{names}</tspan> {shape_of(group[0])}'
            "</text>"
        )
        parts.append(placed(drawn, right, ABOVE, width, height))
        right, bottom = right + width + GAP, max(bottom, ABOVE + height)
    return f'<svg viewBox="0 0 {right - GAP:g} {bottom:g}">{"".join(parts)}</svg>'


def shape_of(tensor: tensors.Description) -> str:
    """Return the shape of a tensor, with the role of each axis as its class."""
    sizes = (f'<tspan class="{axis["role"]}">{axis["size"]}</tspan>' for axis in tensor["axes"])
    return f"({', '.join(sizes)})"


def size_of(element: str) -> tuple[float, float]:
    """Return width and height of an SVG element, as its viewBox says them."""
    box = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', element)
    assert box, "a picture needs a viewBox"
    return float(box[1]), float(box[2])


def placed(element: str, x: float, y: float, width: float, height: float) -> str:
    """Return an SVG element at a place in another one."""
    opening, rest = element.split(">", 1)
    opening = re.sub(r' (?:x|y|width|height|style)="[^"]*"', "", opening)
    return f'{opening} x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}">{rest}'


def without_is(svg: str) -> str:
    """Write the selectors of a style without ``:is()``, which resvg does not know."""
    return re.sub(
        r"<style>(.*?)</style>",
        lambda style: re.sub(r"(?<=[}>\n])([^{}\n]*:is\([^{}]*)(?={)", _each, style[0]),
        svg,
        flags=re.DOTALL,
    )


def _each(selector: re.Match[str]) -> str:
    """Return a selector once for each choice of its ``:is()``."""
    return ", ".join(_choices(selector[0].strip())) + " "


def _choices(selector: str) -> list[str]:
    found = re.search(r":is\(([^()]*)\)", selector)
    if not found:
        return [selector]
    before, after = selector[: found.start()], selector[found.end() :]
    return [
        written
        for choice in found[1].split(",")
        for written in _choices(f"{before}{choice.strip()}{after}")
    ]
