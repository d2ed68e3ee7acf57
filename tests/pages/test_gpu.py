"""What the pages say of a GPU stands on record, and the record is of the programs as they are."""

import re
import runpy
import sys
import tomllib
from pathlib import Path

import pytest
from examples import EXAMPLES, ROOT
from record import minor
from test_error_pages import GPU_ONLY

sys.path.insert(0, str(ROOT / "tests" / "by_hand" / "gpu"))

import printed
from statements import START, STATEMENTS

RECORD = tomllib.loads((ROOT / "docs" / "records" / "gpu.toml").read_text(encoding="utf-8"))
#: What came up in no program.
NOT_SEEN = {"cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"}
HEADING = re.compile(r"^(?:\(([a-z0-9-]+)\)=\n+)?#+ .*\n", re.MULTILINE)
RUN = re.compile(r"PyTorch (\d+\.\d+)")
PAGES = [
    page
    for folder in ("errors", "how-to", "explanation", "porting")
    for page in sorted((ROOT / "docs" / folder).glob("*.md"))
]


def paragraphs(page: Path):
    """Yield each paragraph of a page that speaks of a GPU, with the label of its section."""
    _, *parts = HEADING.split(page.read_text(encoding="utf-8"))
    for label, text in zip(parts[::2], parts[1::2], strict=True):
        for paragraph in text.split("\n\n"):
            if re.search(r"\bon (a|that) GPU\b", paragraph, re.IGNORECASE):
                yield label or page.stem, paragraph


ON_GPU = [
    pytest.param(label, paragraph, id=f"{page.stem}-{label}")
    for page in PAGES
    for label, paragraph in paragraphs(page)
    if RUN.search(paragraph)
]
TRIED = {entry["section"] for part in ("statement", "message") for entry in RECORD[part]}
TRIED |= {entry["where"].split(", ")[1] for entry in RECORD["examples"]["differ"]}
TRIED.add("when-the-process-dies")  # shows the lines of the record
#: Other words for a section that was tried.
SAME = {
    "flatten-parameters": "error-not-contiguous",
    "tie-directions": "error-not-contiguous",
    "cuda-contiguous": "error-cudnn-hx",
    "cudnn-errors": "error-cudnn-status",
    "double-backward": "error-cudnn-double",
    "directions-share-nothing": "stack-by-hand",
    "gpu": "error-cudnn-hx",  # all of its sections
}


class TestPages:
    @pytest.mark.parametrize("message", sorted(GPU_ONLY))
    def test_headings_stand_in_the_record(self, message):
        """
        The GPU has printed each heading that no CPU can, word by word, but for one.
        """
        seen = any(message in text for text in printed.texts(RECORD))

        assert seen != (message in NOT_SEEN)

    @pytest.mark.parametrize(("label", "paragraph"), ON_GPU)
    def test_what_was_run_was_tried(self, label, paragraph):
        """
        A paragraph that names what a release does on a GPU names that of the record, which has
        tried its section.
        """
        assert minor(RECORD["release"]) in RUN.findall(paragraph)
        assert SAME.get(label, label) in TRIED

    def test_nothing_waits_for_a_gpu(self):
        """
        No page says of itself that nobody has run it on a GPU.
        """
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            assert not re.search(r"(?i)needs a GPU, so|not run here: it needs a GPU", text), page

    def test_messages_are_those_that_were_printed(self):
        """
        The messages of the record are what is found in its texts, for each section that has one.
        """
        assert RECORD["message"] == printed.messages(RECORD)
        assert {entry["section"] for entry in RECORD["message"]} == set(printed.BEGIN)


class TestRecord:
    def test_has_each_program(self):
        """
        The record is of the programs as they stand, and each ran to its end.
        """
        recorded = [
            (entry["section"], entry["tries"], entry["code"]) for entry in RECORD["statement"]
        ]

        assert RECORD["start"] == START
        assert recorded == [tuple(statement) for statement in STATEMENTS]
        assert all("prints" in entry for entry in RECORD["statement"])

    def test_sections_are_on_a_page(self):
        """
        Each program is for a section that there is.
        """
        text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
        labels = {*re.findall(r"^\((.*)\)=$", text, re.MULTILINE), *(page.stem for page in PAGES)}

        assert {entry["section"] for entry in RECORD["statement"]} <= labels

    def test_has_each_line_that_may_end_the_process(self):
        """
        It has the lines of the record of crashes.
        """
        path = ROOT / "docs" / "records" / "crashes.toml"
        crashes = tomllib.loads(path.read_text(encoding="utf-8"))["line"]

        assert [line["code"] for line in RECORD["line"]] == [line["code"] for line in crashes]

    def test_check_forward_and_the_gpu_agree(self):
        """
        Of the drawn calls it took the right ones, and none that the GPU does not compute rightly.
        """
        right, spoilt = RECORD["calls"]["right"], RECORD["calls"]["spoilt"]

        assert right["drawn"] == right["computed rightly"] == right["taken by check_forward"] > 100
        assert spoilt["refused by the GPU"] > 100
        assert right["disagree"] == spoilt["disagree"] == []

    def test_scripts_and_tests_end_well(self):
        """
        Each script of the gallery ran to its end there, and so did the tests that need a GPU.
        """
        scripts = sorted(path.name for path in ROOT.glob("gallery/plot_*.py"))

        assert [Path(entry["name"]).name for entry in RECORD["script"]] == scripts
        assert {entry["status"] for entry in RECORD["script"]} == {0}
        assert RECORD["tests"]["passed"] > 0
        assert RECORD["tests"]["failed"] == 0

    def test_examples_that_differ_are_on_the_pages(self):
        """
        Each example that does something else there is one of the pages, with that statement.
        """
        by_name = {example.where: example.text for example in EXAMPLES}
        for entry in RECORD["examples"]["differ"]:
            first = entry["statement"].splitlines()[0]
            assert first in by_name[entry["where"]], entry["where"]


class TestScript:
    def test_writes_the_record(self, tmp_path, monkeypatch):
        """
        With the facts of the record, and no program run again, the script writes what was there.
        """
        monkeypatch.setattr(sys, "argv", ["gpu", "tests"])
        place = ROOT / "tests" / "by_hand" / "gpu" / "__main__.py"
        main = runpy.run_path(str(place))["main"]
        path = tmp_path / "gpu.toml"
        path.write_bytes((ROOT / "docs" / "records" / "gpu.toml").read_bytes())
        names = ("release", "cuda", "cudnn", "gpu", "python", "made")
        monkeypatch.setitem(main.__globals__, "PATH", path)
        monkeypatch.setitem(
            main.__globals__, "facts", lambda: {name: RECORD[name] for name in names}
        )
        monkeypatch.setitem(
            main.__globals__, "parts", lambda release: {"tests": lambda: RECORD["tests"]}
        )

        main()

        assert tomllib.loads(path.read_text(encoding="utf-8")) == RECORD
