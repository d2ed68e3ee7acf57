"""The search of the Chinese edition: what its readers ask, call things and paste."""

import tomllib

import pytest
from babel.messages.pofile import read_po
from built import ROOT
from searched import (
    CHINESE_SITE,
    ENGLISH_SITE,
    MESSAGES,
    NAMES,
    SECTIONS,
    answering,
    names,
    too_heavy,
    with_other_numbers,
    words,
)

DOCS = ROOT / "docs"
LOCALE = DOCS / "locale" / "zh_CN"


def questions(path) -> list[dict[str, str]]:
    """Return the questions of a file."""
    topics = tomllib.loads(path.read_text(encoding="utf-8"))["topic"]
    return [question for topic in topics for question in topic["questions"]]


def translated() -> dict[str, str]:
    """Return what the questions are in Chinese."""
    with (LOCALE / "LC_MESSAGES" / "asked.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id and one.string}


OWN, ENGLISH_QUESTIONS = questions(LOCALE / "questions.toml"), questions(DOCS / "questions.toml")
IN_CHINESE = translated()
TRANSLATED = {
    IN_CHINESE[question["text"]]: question["section"]
    for question in ENGLISH_QUESTIONS
    if question["text"] in IN_CHINESE
}
TYPED = {question.get("search", question["text"]): question["section"] for question in OWN}
AS_ASKED = {question["text"]: question["section"] for question in OWN}


@pytest.fixture(scope="module")
def answer():
    """Return a function that gives what the search of the Chinese edition answers."""
    return answering(CHINESE_SITE)


@pytest.fixture(scope="module")
def sections(answer):
    """Return a function that gives the sections found for a query, the best first."""
    return lambda query: [found["label"] for found in answer(query)["found"]]


def test_there_are_many():
    """
    Readers of Chinese ask questions of their own, and nearly all others are translated.
    """
    assert len(OWN) > 60
    assert len(TRANSLATED) > 0.95 * len(ENGLISH_QUESTIONS)


@pytest.mark.parametrize(
    "asked", [TYPED, AS_ASKED, TRANSLATED], ids=["typed", "as asked", "translated"]
)
def test_finds_the_section_of_each_question(asked, sections):
    """
    A question, and the words that people type in its place, bring the section that answers it among
    the first three, and most bring it first.
    """
    found = {query: sections(query)[:3] for query in asked}

    assert [(query, labels) for query, labels in found.items() if asked[query] not in labels] == []
    assert sum(asked[query] == labels[0] for query, labels in found.items()) > 0.85 * len(asked)


def test_finds_the_section_of_each_message(answer):
    """
    PyTorch speaks English here too: a message with other numbers finds its section in three
    results, and nearly all need no other index.
    """
    found = {message: answer(with_other_numbers(message)) for message in MESSAGES}
    labels = {message: {one["label"] for one in got["found"][:3]} for message, got in found.items()}

    assert [message for message in MESSAGES if not labels[message] & SECTIONS[words(message)]] == []
    assert sum(got["named"] for got in found.values()) > 0.9 * len(found) > 150


@pytest.mark.parametrize(
    ("address", "called"),
    names(NAMES, LOCALE / "names.toml").items(),
    ids=lambda one: str(one)[:40],
)
def test_finds_what_people_call_it(address, called, answer):
    """
    A name, Chinese or English, finds its section first.
    """
    for name in called:
        assert answer(name)["found"][0]["address"] == address, name


def test_knows_what_it_does_not_know(answer):
    """
    A question about something else is not answered for sure.
    """
    for other in ("今天天气怎么样", "如何安装显卡驱动", "红烧肉的做法"):
        assert not answer(other)["sure"], other


def within_three(asked, own, other, told) -> list[str]:
    """Return the questions whose section is not found by one edition with the help of another."""
    missed = []
    for query, section in asked.items():
        answered = own(query)
        if not answered["named"] and (better := other(query))["sure"]:
            answered = {"found": told(better["found"])}
        if section not in [one["label"] for one in answered["found"][:3]]:
            missed.append(query)
    return missed


def test_the_other_edition_helps(answer):
    """
    A question in the language of the other edition finds its section, with few exceptions.
    """
    english = answering(ENGLISH_SITE)
    asked = {q.get("search", q["text"]): q["section"] for q in ENGLISH_QUESTIONS}
    in_chinese = {**AS_ASKED, **TRANSLATED}

    assert len(within_three(in_chinese, english, answer, lambda found: found)) <= 2
    told = within_three(asked, answer, english, lambda found: answer(found, "same"))
    assert len(told) <= 0.03 * len(asked)


def test_is_light(answer):
    """
    A search takes at most 60 kB: its script, the index, and what the results show.
    """
    queries = [*TYPED, *AS_ASKED, *TRANSLATED]

    assert too_heavy(CHINESE_SITE, answer, queries, most=60_000) == []
    assert len(too_heavy(CHINESE_SITE, answer, queries, most=30_000)) == len(queries)
