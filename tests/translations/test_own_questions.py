"""What readers of Chinese ask in their own words: its place, its code and its form."""

import re
import tomllib
from collections.abc import Iterator

import form
import pytest
import terms
from catalogs import DOCS, LOCALE, MESSAGES

#: The heading of a section with its labels, and how deep it is.
HEADING = re.compile(r"((?:^\([\w-]+\)=\n+)*)^(#+) .*$", re.MULTILINE)
LABEL = re.compile(r"\(([\w-]+)\)=")
FENCE = re.compile(r"^```\{doctest\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^(?:>>>|\.\.\.) ?", re.MULTILINE)


def asked(path) -> list[dict[str, str]]:
    """Return the questions of a file."""
    topics = tomllib.loads(path.read_text(encoding="utf-8"))["topic"]
    return [
        {**question, "page": topic["page"]} for topic in topics for question in topic["questions"]
    ]


OWN, ENGLISH = asked(LOCALE / "questions.toml"), asked(DOCS / "questions.toml")


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield the label and the text of each section of a page, with the sections below it."""
    headings = list(HEADING.finditer(text))
    for at, heading in enumerate(headings):
        ends = (h.start() for h in headings[at + 1 :] if len(h[2]) <= len(heading[2]))
        section = text[heading.end() : next(ends, len(text))]
        yield from ((label, section) for label in LABEL.findall(heading[1]))


SECTIONS = {
    label: section
    for path in DOCS.glob("**/*.md")
    if "_build" not in path.parts
    for label, section in sections(path.read_text(encoding="utf-8"))
}


def bare(code: str) -> str:
    """Return code without what its layout adds: spaces, parentheses, last commas, comments."""
    return re.sub(r"  # .*| # .*$|,(?=\s*[])}])|[\s()]", "", code, flags=re.MULTILINE)


def code_of(section: str) -> str:
    """Return what the examples of a section type and print."""
    return bare("\n".join(PROMPT.sub("", fence) for fence in FENCE.findall(section)))


def test_there_are_many():
    """
    At least sixty questions, each once, and none that the translation has already.
    """
    texts = {question["text"] for question in OWN}
    translated = {message.chinese for message in MESSAGES if message.catalog == "asked"}

    assert len(texts) == len(OWN) >= 60
    assert texts & translated == set()


def test_each_topic_has_its_page():
    """
    A question stands on a page of questions that there is.
    """
    assert {question["page"] for question in OWN} <= {question["page"] for question in ENGLISH}


@pytest.mark.parametrize("question", OWN, ids=lambda question: question["section"])
class TestQuestion:
    def test_code_stands_in_its_section(self, question):
        """
        The section is there, and runs the line of code that decides.
        """
        assert question["section"] in SECTIONS
        for line in question.get("code", "").splitlines():
            assert bare(line) in code_of(SECTIONS[question["section"]])

    def test_is_good_chinese(self, question):
        """
        Question and answer have the form of all texts, and the answer one or two sentences.
        """
        for text in (question["text"], question["answer"]):
            assert form.faults(text) == []
            assert [term for term in terms.TERMS for word in term.never if word in text] == []
        assert 10 < len(question["answer"]) <= 160


def test_sections_hold_those_below():
    """
    A section ends at the next heading of its depth, and has all its labels.
    """
    text = "# Page\n\n(a)=\n(b)=\n## One\n\nx\n\n### Below\n\ny\n\n(c)=\n## Two\n\nz\n"

    found = {label: section.split() for label, section in sections(text)}

    assert found == {"a": ["x", "###", "Below", "y"], "b": found["a"], "c": ["z"]}


def test_english_questions_are_found_in_the_same_way():
    """
    The pages are read rightly: the code of nearly every English question stands in its section.
    """
    coded = [question for question in ENGLISH if "code" in question]
    there = [q for q in coded if bare(q["code"]) in code_of(SECTIONS.get(q["section"], ""))]

    assert len(there) > 0.9 * len(coded)
