"""``{questions}``: the questions of ``questions.toml`` by topic, each with its link."""

import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata


class Questions(SphinxDirective):
    """Write a section for each topic, and a line with a link for each question."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        path = Path(self.env.srcdir) / "questions.toml"
        self.env.note_dependency(str(path))
        lines = []
        for topic in tomllib.loads(path.read_text(encoding="utf-8"))["topic"]:
            lines += ["", f"## {topic['title']}", ""]
            lines += [f"- [{q['text']}](#{q['section']})" for q in topic["questions"]]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("questions", Questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
