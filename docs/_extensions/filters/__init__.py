"""
The field above a list: it keeps the lines that hold all words, and groups that have such a line.

The list is there without the field, for those who have no scripts.
"""

import string
from html import escape
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.typing import ExtensionMetadata

from theme import assets

_ = get_translation("guide")
ROOM = Path(__file__).parent
TEMPLATE = string.Template((ROOM / "form.html").read_text(encoding="utf-8"))
MARK = "data-filter"  # in form.html


def form(groups: str, texts: dict[str, str], count: int, choices: str = "") -> str:
    """
    Return the field.

    Args:
        groups: The selector of the groups, whose first child is a title, and whose lines are items.
        texts: What it says: ``label`` and ``hint`` of the field, and how many lines are shown:
            ``some`` with ``{found}`` and ``{all}``, ``all`` with ``{all}``, and ``none``.
        count: The number of lines.
        choices: Buttons with ``data-label``, which keep the lines of that class.
    """
    said = texts["all"].format(all=count)
    values = {"groups": groups, "name": _("Filter"), "said": said, **texts}
    escaped = {name: escape(text) for name, text in values.items()}
    return TEMPLATE.substitute(escaped, choices=choices)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the script and the style."""
    assets.add(app, ROOM, {"filter.css": MARK, "filter.js": MARK})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
