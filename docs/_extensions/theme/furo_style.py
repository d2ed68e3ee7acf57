"""furo's style without what no page has: it is the largest style of a first visit."""

import re
from importlib.resources import files
from pathlib import Path

from sphinx.application import Sphinx

#: The classes of what our pages do without. A test says when one of them comes into use.
UNUSED = {
    "admonition-todo",
    "announcement",
    "announcement-content",
    "attention",
    "caution",
    "classifier",
    "citation",
    "code-block-caption",
    "danger",
    "deprecated",
    "domainindex-jumpbox",
    "epigraph",
    "eqno",
    "footnote",
    "footnote-reference",
    "guilabel",
    "highlighttable",
    "hint",
    "icons",
    "line-block",
    "only-dark",
    "only-light",
    "option-list",
    "pull-quote",
    "seealso",
    "sidebar-search",
    "sidebar-search-container",
    "sidebar-tree",
    "sig-inline",
    "tip",
    "toc-backref",
    "toctree-checkbox",
    "topic",
    "topic-title",
    "versionadded",
    "versionchanged",
    "versionremoved",
}
#: The same of elements.
UNUSED_ELEMENTS = {"blockquote", "figcaption", "figure", "h5", "h6", "hr", "optgroup"}
CLASS = re.compile(r"\.([\w-]+)")
ELEMENT = re.compile(r"(?:^|[\s>+~(])(\w+)")
#: A name that styles use for a value, such as a colour or the drawing of an icon.
NAMED = re.compile(r"""(?<=[{;])(--[\w-]+):(?:[^;{}"']|"[^"]*"|'[^']*')*;?""")
USE = re.compile(r"var\(\s*(--[\w-]+)")
#: A comma between selectors, and not within the brackets of one.
COMMA = re.compile(r",(?![^(]*\))")
NAME = "styles/furo.css"
ROOMS = Path(__file__).parents[1]


def lighten(app: Sphinx) -> None:
    """Let the lighter style take the place of furo's, which Sphinx has copied before."""
    if app.builder.format != "html":
        return
    style = files("furo") / "theme" / "furo" / "static" / NAME
    place = Path("_build", "furo", str(app.config.language))
    path = Path(app.confdir) / place / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    ours = " ".join(style.read_text(encoding="utf-8") for style in ROOMS.glob("*/*.css"))
    path.write_text(lighter(style.read_text(encoding="utf-8"), ours), encoding="utf-8")
    app.config.html_static_path = [*app.config.html_static_path, str(place)]


def lighter(text: str, ours: str) -> str:
    """Return a style without unused rules, and without the names that they alone use."""
    left, before = without_unused(text), ""
    while left != before:  # a name may use another
        before, left = left, without_unused_names(left, {*USE.findall(left + ours)})
    return left


def without_unused_names(text: str, used: set[str]) -> str:
    """Return a style without the names that are not in use."""
    return NAMED.sub(lambda named: named[0] if named[1] in used else "", text)


def without_unused(text: str) -> str:
    """Return rules without the selectors that need an unused class."""
    found, at = "", 0
    while (start := text.find("{", at)) >= 0:
        head, end = text[at:start], closing(text, start)
        body = text[start + 1 : end]
        if head.startswith("@media"):
            body = without_unused(body)
        elif not head.startswith("@"):
            head = ",".join(filter(is_used, COMMA.split(head)))
        found += f"{head}{{{body}}}" if head and body else ""
        at = end + 1
    return found + text[at:]


def is_used(selector: str) -> bool:
    """Return whether a page can have what a selector chooses."""
    chosen = re.sub(r":not\([^)]*\)", "", selector)
    return UNUSED.isdisjoint(CLASS.findall(chosen)) and UNUSED_ELEMENTS.isdisjoint(
        ELEMENT.findall(chosen)
    )


def closing(text: str, start: int) -> int:
    """Return the place of the bracket that closes the one at a place."""
    depth, at = 1, start + 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at - 1
