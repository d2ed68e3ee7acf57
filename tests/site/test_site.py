"""The built site: its search, run by the JavaScript that a browser runs, and what it holds."""

import html
import re
import tomllib
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from built import HTML, ROOT
from pages import ENGLISH
from searched import (
    ENGLISH_SITE,
    MESSAGES,
    NAMES,
    SECTIONS,
    answering,
    load,
    names,
    shown,
    too_heavy,
    with_other_numbers,
    words,
)
from torch import nn

TOPICS = tomllib.loads((ROOT / "docs" / "questions.toml").read_text(encoding="utf-8"))["topic"]
QUESTIONS = [question for topic in TOPICS for question in topic["questions"]]


def name(question: dict[str, str]) -> str:
    """Return the name of a question in the list of tests."""
    return question["section"]


@pytest.fixture(scope="module")
def answer():
    """Return a function that gives what the search of the site answers."""
    return answering(ENGLISH_SITE)


@pytest.fixture(scope="module")
def sections(answer):
    """Return a function that gives the sections found for a query, the best first."""
    return lambda query: [found["label"] for found in answer(query)["found"]]


@pytest.fixture(scope="module")
def links():
    """Return where the answers say more: the address by the section that it ends in."""
    found = {}
    for topic in TOPICS:
        page = (HTML / "questions" / f"{topic['page']}.html").read_text(encoding="utf-8")
        for link in re.findall(r'href="\.\./([^"]+#[^"]+)"', page):
            found[link.partition("#")[2]] = link
    return found


def code_of(page: str) -> list[str]:
    """Return the code that is run on a page, with what it prints."""
    text = (HTML / page).read_text(encoding="utf-8")
    blocks = re.findall(r"<pre>(.*?)</pre>", text, re.DOTALL)
    texts = [html.unescape(re.sub("<.*?>", "", block)) for block in blocks]
    return [re.sub(r"^(>>>|\.\.\.) ?", "", text, flags=re.MULTILINE) for text in texts]


def bare(code: str) -> str:
    """Return code without what its layout adds: spaces, parentheses, last commas, comments."""
    return re.sub(r"  # .*| # .*$|,(?=\s*[])}])|[\s()]", "", code, flags=re.MULTILINE)


class TestOtherReleases:
    def test_each_line_says_which_releases_and_what_they_do(self):
        """
        No release is missing behind "to", and no outcome behind the colon.
        """
        fold = re.compile('<details class="other-versions">(.*?)</details>', re.DOTALL)
        folds = [
            text for page in ENGLISH for text in fold.findall((HTML / page).read_text("utf-8"))
        ]
        lines = re.findall("<(?:p|summary)>(.*?)</(?:p|summary)>", " ".join(folds), re.DOTALL)
        texts = [html.unescape(re.sub("<.*?>", "", line)).strip() for line in lines]

        assert len(texts) > 2 * len(folds) > 0
        assert [text for text in texts if re.search(r" to :|[:,]$", text)] == []

    def test_search_finds_the_section_of_each_message(self, sections):
        """A message of any release, with other numbers, finds its section in three results."""
        missed = []
        for message in MESSAGES:
            found = sections(with_other_numbers(message))[:3]
            if not set(found) & SECTIONS[words(message)]:
                missed.append((message, found))

        assert missed == []
        assert len(MESSAGES) > 150

    def test_search_tells_opposites_apart(self, sections):
        """Where two messages have the same words in another order, each finds its own section."""
        ours = MESSAGES | {"input must have 2 dimensions, got 3": {"error-packed-axes"}}
        in_order = {message: tuple(re.findall(r"\w+", message)) for message in ours}
        right: dict[tuple[str, ...], set[str]] = {}  # two brackets of another shape are the same
        for message, labels in ours.items():
            right.setdefault(in_order[message], set()).update(labels)
        same_words = Counter(tuple(sorted(order)) for order in right)
        opposites = [m for m in ours if same_words[tuple(sorted(in_order[m]))] > 1]

        missed = [m for m in opposites if sections(m)[0] not in right[in_order[m]]]

        assert missed == []
        assert len(opposites) > 20


CRASHES = [
    text
    for line in load("crashes.toml")["line"]
    for end in line["ends"]
    for text in end.get("says", ())
]
CRASHES += ["segmentation fault", "Segmentation fault (core dumped)", "core dumped", "kernel died"]
CRASHES += [
    "the kernel appears to have died",
    "free(): invalid",
    "Aborted",
    "Aborted (core dumped)",
]
CRASHES += [
    "exit code 139",
    "exit code -1073741819 (0xC0000005)",
    "interrupted by signal 11: SIGSEGV",
]


class TestCrashes:
    @pytest.mark.parametrize("query", sorted(set(CRASHES)))
    def test_search_finds_the_page(self, query, answer):
        """
        What a terminal or a notebook says when a process ends finds the page about it first.
        """
        assert answer(query)["found"][0]["address"].startswith("errors/when-the-process-dies.html")


class TestQuestions:
    def test_there_are_many(self):
        """
        The questions that the guide promises to answer are all there, each once.
        """
        assert len({question["text"] for question in QUESTIONS}) == len(QUESTIONS) >= 150

    def test_list_leads_to_each_answer(self):
        """
        The list of all questions links to each question where it is answered, in its words.
        """
        listed = BeautifulSoup((HTML / "questions.html").read_bytes(), "html.parser")
        asked = {}
        for link in listed.select(".list-of-questions li a"):
            page, _, anchor = link["href"].partition("#")
            asked.setdefault(page, {})[anchor] = link.text

        assert sum(map(len, asked.values())) == len(QUESTIONS)
        assert [*asked] == [f"questions/{topic['page']}.html" for topic in TOPICS]
        for page, texts in asked.items():
            answers = BeautifulSoup((HTML / page).read_bytes(), "html.parser")
            sections = answers.select("section.question")
            titles = [section.h2.text.removesuffix("¶") for section in sections]
            assert [section["id"] for section in sections] == [*texts]
            assert titles == [*texts.values()]

    @pytest.mark.parametrize("question", QUESTIONS, ids=name)
    def test_is_answered_in_place(self, question, links):
        """
        A question has an answer of one or two sentences, and its code is run on the linked page.
        """
        page = links[question["section"]].partition("#")[0]
        run = "".join(bare(code) for code in code_of(page))

        assert 20 < len(question["answer"]) <= 330
        assert bare(question.get("code", "")) in run

    @pytest.mark.parametrize("question", QUESTIONS, ids=name)
    def test_link_lands_on_an_anchor(self, question, links):
        """
        The answer links to a section that is there.
        """
        page, _, anchor = links[question["section"]].partition("#")

        assert f'id="{anchor}"' in (HTML / page).read_text(encoding="utf-8")

    @pytest.mark.parametrize("question", QUESTIONS, ids=name)
    def test_search_finds_the_section(self, question, sections):
        """
        A question, and the few words that people type in its place, bring the section that answers
        it among the first three.
        """
        for query in (question["text"], question.get("search", question["text"])):
            assert question["section"] in sections(query)[:3], query


ASKED = [text for q in QUESTIONS for text in (q["text"], q.get("search", q["text"]))]


class TestSearch:
    @pytest.mark.parametrize(("address", "called"), names(NAMES).items())
    def test_finds_what_people_call_it(self, address, called, answer):
        """
        A name from elsewhere finds its section first.
        """
        for name in called:
            assert answer(name)["found"][0]["address"] == address, name

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("hiden state", "hidden state"),
            ("teacher forcng", "teacher forcing"),
            ("pack_paded_sequence", "pack_padded_sequence"),
            ("atttention mask", "attention mask"),
            ("bidirectoinal", "bidirectional"),
            ("quantise", "quantize"),
        ],
    )
    def test_forgives_a_letter(self, typed, meant, sections):
        """
        With a letter missing, too many, wrong or swapped, the first section is the same.
        """
        assert sections(typed)[0] == sections(meant)[0]

    def test_reads_the_message_of_a_traceback(self, answer):
        """
        The lines before a message and the type of the error change nothing.
        """
        above = 'Traceback (most recent call last): File "train.py", line 31, in forward return '

        for message in list(MESSAGES)[::10]:
            alone = answer(message)
            assert answer(f"RuntimeError: {message}") == alone
            assert answer(f"{above}self.linear(output) ValueError: {message}") == alone

    def test_asked_questions_come_with_their_answers(self, answer):
        """
        A question that leads to its section is shown as it was asked, with the start of its answer.
        """
        texts = {question["text"]: question for question in QUESTIONS}
        firsts = [(text, answer(text)["found"][0]) for text in texts]
        right = [(text, one) for text, one in firsts if one["label"] == texts[text]["section"]]

        assert len(right) > 0.9 * len(texts)
        for text, one in right:
            start, code = shown(one, ENGLISH_SITE)
            assert one["question"] == text
            assert one["hasCode"] == bool(code)
            assert start
            assert texts[text]["answer"].startswith(start.removesuffix(" …"))
            assert code == texts[text].get("code", "")

    def test_excerpts_are_sentences(self, answer):
        """
        No excerpt shows prompts of code, and most end where a sentence ends.
        """
        found = [one for text in ASKED for one in answer(text)["found"]]
        excerpts = [shown(one, ENGLISH_SITE)[0] for one in found]

        assert not [excerpt for excerpt in excerpts if ">>>" in excerpt]
        assert sum(excerpt.endswith(" …") for excerpt in excerpts) < len(excerpts) / 4

    @pytest.mark.parametrize("queries", [ASKED, list(MESSAGES)], ids=["questions", "messages"])
    def test_groups_keep_the_best_first(self, queries, answer):
        """
        In groups the best stays the first, the first three stay the first three, and none is lost.
        """
        for query in queries:
            found = [one["address"] for one in answer(query)["found"]]
            groups = answer(query, "shown")
            shown = [one["address"] for group in groups for one in group["items"]]

            assert shown[:1] == found[:1]
            assert sorted(shown[:3]) == sorted(found[:3])
            assert sorted(shown) == sorted(found)
            assert len({group["name"] for group in groups}) == len(groups)

    def test_index_has_the_stems_of_the_engine(self, answer, monkeypatch):
        """
        What stands for a word in the index is what the engine looks for.
        """
        monkeypatch.syspath_prepend(str(ROOT / "docs" / "_extensions"))
        from search.words import stem, words

        pages = "".join(path.read_text(encoding="utf-8") for path in HTML.rglob("*.md"))
        every = sorted(set(words(pages)))

        assert answer(every, "stems") == [stem(word) for word in every]
        assert len(every) > 2000

    def test_is_light(self, answer):
        """
        A search takes at most 60 kB: its script, the index, and what the results show.
        """
        assert too_heavy(ENGLISH_SITE, answer, ASKED, most=60_000) == []
        assert len(too_heavy(ENGLISH_SITE, answer, ASKED, most=30_000)) == len(ASKED)


class TestRuleTables:
    @pytest.mark.parametrize("layer", [nn.GRU, nn.LSTM])
    def test_blocks_are_in_the_order_of_pytorch(self, layer):
        """
        A table of parameters names the blocks as PyTorch documents them: (W_ii|W_if|W_ig|W_io).
        """
        text = (HTML / "reference" / "parameters.html").read_text(encoding="utf-8")
        stacks = rf"nn.{layer.__name__}: \d\*H_cell stacks the blocks ([\w, ]+?) *<"
        shown = re.search(stacks, text)[1]

        documented = re.search(r"\((W_i\w(?:\|W_i\w)+)\)", layer.__doc__)[1]
        assert shown.split(", ") == re.findall(r"W_i(\w)", documented)
