"""
The questions of ``questions.toml``: ``{questions}`` lists all, ``{questions} input`` answers some.

The list has a link for each question, by topic. It leads to the page of the topic, where the answer
stands below the question, with the line of code that decides and a link to the section that says
more.
"""

import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

import filters
from theme import assets

_ = get_translation("guide")
ROOM = Path(__file__).parent


def topics(source: Path) -> list[dict[str, Any]]:
    """Return the questions by topic."""
    found: list[dict[str, Any]] = tomllib.loads(
        (source / "questions.toml").read_text(encoding="utf-8")
    )["topic"]
    return found


def questions(source: Path) -> list[dict[str, str]]:
    """Return all questions."""
    return [question for topic in topics(source) for question in topic["questions"]]


def label(question: dict[str, str]) -> str:
    """Return the label of a question where it is answered."""
    return f"question-{nodes.make_id(question['text'])}"


class Questions(SphinxDirective):
    """``{questions}`` with the page of a topic answers its questions, without one it lists all."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        source = Path(self.env.srcdir)
        self.env.note_dependency(str(source / "questions.toml"))
        found = topics(source)
        if not self.arguments:
            return [field(len(questions(source))), *map(self.listed, found)]
        topic = next((topic for topic in found if topic["page"] == self.arguments[0]), None)
        if topic is None:
            pages = [topic["page"] for topic in found]
            raise self.error(f"a topic must be one of {pages}, got {self.arguments[0]}")
        return [self.answered(question) for question in topic["questions"]]

    def listed(self, topic: dict[str, Any]) -> nodes.section:
        """Return the questions of a topic as links to their answers."""
        heading = f"[{topic['title']}](/questions/{topic['page']}.md)"
        links = [f"- [{question['text']}](#{label(question)})" for question in topic["questions"]]
        return self.section(f"questions-{topic['page']}", heading, links, "list-of-questions")

    def answered(self, question: dict[str, str]) -> nodes.section:
        """Return a question with its answer, the line that decides, and what says more."""
        lines = [question["answer"]]
        if "code" in question:
            lines += ["", "```python", question["code"], "```"]
        lines += ["", f"{_('More:')} [](#{question['section']})"]
        return self.section(label(question), question["text"], lines, "question")

    def section(self, name: str, heading: str, lines: list[str], kind: str) -> nodes.section:
        """Return a section of Markdown that can be linked by its name."""
        node = nodes.section(names=[name], classes=[kind])
        self.state.document.note_explicit_target(node)
        node += nodes.title(heading, "", *self.parse_inline(heading)[0])
        node += self.parse_text_to_nodes("\n".join(lines))
        return node


def field(count: int) -> nodes.Node:
    """Return the field that filters the list."""
    texts = {
        "label": _("Filter the questions"),
        "hint": _("Words of your question …"),
        "some": _("{found} of {all} questions"),
        "none": _("No question holds these words. The search knows other words too."),
        "all": _("{all} questions"),
    }
    form = nodes.raw("", filters.form(".list-of-questions", texts, count), format="html")
    return addnodes.only("", form, expr="builder_html")  # a book runs no scripts


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive and the styles."""
    assets.add(
        app,
        ROOM,
        {"questions.css": 'class="question"', "list.css": 'class="list-of-questions"'},
    )
    app.add_directive("questions", Questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
