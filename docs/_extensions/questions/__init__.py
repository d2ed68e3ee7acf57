"""
The questions of ``questions.toml``: ``{questions}`` lists all, ``{questions} input`` answers some.

The list has a link for each question, by topic. It leads to the page of the topic, where the answer
stands below the question, with the line of code that decides and a link to the section that says
more. An edition adds what its own readers ask: ``locale/zh_CN/questions.toml``.
"""

import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

import filters
from theme import assets

_, asked = get_translation("guide"), get_translation("asked")
ROOM = Path(__file__).parent
DOCS = ROOM.parents[1]


def files(config: Config) -> list[Path]:
    """Return the file of all questions, and that of an edition's own, if it has one."""
    own = DOCS / "locale" / str(config.language) / "questions.toml"
    return [DOCS / "questions.toml", *([own] if own.exists() else [])]


def topics(config: Config) -> list[dict[str, Any]]:
    """Return the questions by topic, in the language of the edition."""
    first, *others = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files(config)]
    found: list[dict[str, Any]] = first["topic"]
    for topic in found:
        topic["title"] = asked(topic["title"])
        for question in topic["questions"]:
            question["label"] = label(question["text"])
            question |= {name: asked(question[name]) for name in ("text", "answer")}
    by_page = {topic["page"]: topic["questions"] for topic in found}
    for topic in (topic for other in others for topic in other["topic"]):
        for number, question in enumerate(topic["questions"], start=1):
            question["label"] = label(f"own {topic['page']} {number}")
            by_page[topic["page"]].append(question)
    return found


def questions(config: Config) -> list[dict[str, str]]:
    """Return all questions."""
    return [question for topic in topics(config) for question in topic["questions"]]


def label(name: str) -> str:
    """Return the label of a question where it is answered."""
    return f"question-{nodes.make_id(name)}"


class Questions(SphinxDirective):
    """``{questions}`` with the page of a topic answers its questions, without one it lists all."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        for path in files(self.config):
            self.env.note_dependency(str(path))
        found = topics(self.config)
        if not self.arguments:
            return [field(len(questions(self.config))), *map(self.listed, found)]
        topic = next((topic for topic in found if topic["page"] == self.arguments[0]), None)
        if topic is None:
            pages = [topic["page"] for topic in found]
            raise self.error(f"a topic must be one of {pages}, got {self.arguments[0]}")
        return [self.answered(question) for question in topic["questions"]]

    def listed(self, topic: dict[str, Any]) -> nodes.section:
        """Return the questions of a topic as links to their answers."""
        heading = f"[{topic['title']}](/questions/{topic['page']}.md)"
        links = [f"- [{question['text']}](#{question['label']})" for question in topic["questions"]]
        return self.section(f"questions-{topic['page']}", heading, links, "list-of-questions")

    def answered(self, question: dict[str, str]) -> nodes.section:
        """Return a question with its answer, the line that decides, and what says more."""
        lines = [question["answer"]]
        if "code" in question:
            lines += ["", "```python", question["code"], "```"]
        more = _("More:")
        lines += ["", f"{more} [](#{question['section']})"]
        return self.section(question["label"], question["text"], lines, "question")

    def section(self, name: str, heading: str, lines: list[str], kind: str) -> nodes.section:
        """Return a section of Markdown that can be linked by its name."""
        node = nodes.section(names=[name], classes=[kind])
        self.state.document.note_explicit_target(node)
        node += nodes.title(heading, "", *self.parse_inline(heading)[0])
        node += self.parse_text_to_nodes("\n".join(lines))
        for text in (*node.findall(nodes.title), *node.findall(nodes.paragraph)):
            text["translatable"] = False  # it is translated already
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
