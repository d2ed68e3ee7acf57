"""``{questions}``: the questions of ``questions.toml`` by topic, each with answer and link."""

import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata


def topics(source: Path) -> list[dict[str, Any]]:
    """Return the questions by topic."""
    found: list[dict[str, Any]] = tomllib.loads(
        (source / "questions.toml").read_text(encoding="utf-8")
    )["topic"]
    return found


def questions(source: Path) -> list[dict[str, str]]:
    """Return all questions."""
    return [question for topic in topics(source) for question in topic["questions"]]


class Questions(SphinxDirective):
    """Write a section for each topic; each question is a link, and its answer stands below."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        source = Path(self.env.srcdir)
        self.env.note_dependency(str(source / "questions.toml"))
        lines = []
        for topic in topics(source):
            lines += ["", f"## {topic['title']}", ""]
            for question in topic["questions"]:
                code = f" `{question['code']}`" if "code" in question else ""
                lines += [
                    f"- [{question['text']}](#{question['section']})",
                    "",
                    f"  {question.get('answer', '')}{code}",
                ]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("questions", Questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
