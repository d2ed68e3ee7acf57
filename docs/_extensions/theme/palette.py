"""The colours of colours.css for what reads no style sheet of the site: books, files and images."""

import re
from pathlib import Path

COLOURS = (Path(__file__).parent / "colours.css").read_text(encoding="utf-8")

#: The light colours by name.
LIGHT: dict[str, str] = dict(re.findall(r"--([\w-]+): light-dark\((#\w+),", COLOURS))


def with_light(style: str) -> str:
    """Let each colour of a style fall back to its light one where a page has none."""
    return re.sub(r"var\(--([\w-]+)\)", _with_fallback, style)


def in_light(text: str) -> str:
    """Write the light colours, or what a use falls back to, in the place of the variables."""
    while (written := re.sub(r"var\(--([\w-]+)(?:, ([^()]*))?\)", _light, text)) != text:
        text = written
    return text


def _with_fallback(use: re.Match[str]) -> str:
    return f"var(--{use[1]}, {LIGHT[use[1]]})" if use[1] in LIGHT else use[0]


def _light(use: re.Match[str]) -> str:
    return LIGHT.get(use[1]) or use[2] or use[0]
