"""``{terms}``: the terms of an edition beside the English ones, from ``terms.toml``."""

import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective

from tables.made import table

_ = get_translation("guide")
PATH = Path(__file__).parents[2] / "locale" / "zh_CN" / "terms.toml"


class Terms(SphinxDirective):
    """The table of all terms."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        self.env.note_dependency(str(PATH))
        terms = tomllib.loads(PATH.read_text(encoding="utf-8"))["term"]
        rows = [[nodes.Text(term["en"]), chinese(term["zh"])] for term in terms]
        return [table(_("Terms in two languages"), (_("English"), _("Chinese")), rows)]


def chinese(text: str) -> nodes.inline:
    """Return a word that a screen reader reads as Chinese."""
    return nodes.inline("", text, classes=["language-zh-CN"])
