"""The search of an edition, run by the JavaScript that a browser runs."""

import gzip
import json
import re
import tomllib
from pathlib import Path
from typing import Any

from built import HTML, ROOT
from scripts import ROOMS, engine

SCRIPTS = [f"search/{name}.js" for name in ("words", "data", "found", "engine", "groups")]
#: The folders of pages as groups, beside the answers.
GROUPS = {"answer": "a", "how-to": "h", "porting": "h", "errors": "e", "": "r"}
#: The built editions.
ENGLISH_SITE, CHINESE_SITE = HTML, HTML / "zh-cn"


def answering(edition: Path):
    """Return a function that gives what the search of an edition answers."""
    racer = engine(*SCRIPTS)
    data = (edition / "search-index.json").read_text(encoding="utf-8")
    racer.eval(f"const index = prepare({data}); null")
    racer.eval("const answer = (query) => JSON.stringify(search(index, query)); null")
    racer.eval(f"const names = {json.dumps(GROUPS)}; null")
    racer.eval("""const shown = (query) =>
        JSON.stringify(grouped(search(index, query).found, names, "more")); null""")
    racer.eval("const stems = (words) => JSON.stringify(words.map(index.stemOf)); null")
    racer.eval("const same = (found) => JSON.stringify(saidIn(index, found)); null")
    return lambda argument, ask="answer": json.loads(racer.call(ask, argument))


def file_of(found: dict[str, Any], edition: Path) -> Path:
    """Return the file with what the results of a page show."""
    page = found["address"].partition(".html")[0]
    return edition / "search-results" / f"{page}.json"


def shown(found: dict[str, Any], edition: Path) -> list[str]:
    """Return what a result shows below its title: a sentence or an answer, and a line of code."""
    sections = json.loads(file_of(found, edition).read_text(encoding="utf-8"))
    said: list[str] = sections[found["label"]][found["number"]]
    return said


def names(*files: Path) -> dict[str, list[str]]:
    """Return what people call a section, by its address."""
    found: dict[str, list[str]] = {}
    for path in files:
        for place, called in tomllib.loads(path.read_text(encoding="utf-8")).items():
            page, _, section = place.partition("#")
            address = f"{page}.html#{section}" if section else f"{page}.html"
            found.setdefault(address, []).extend(called)
    return found


def load(record: str) -> dict[str, Any]:
    """Return a record of other releases of PyTorch."""
    return tomllib.loads((ROOT / "docs" / "records" / record).read_text(encoding="utf-8"))


def words(message: str) -> str:
    """Return a message without its numbers."""
    return re.sub(r"[\d\W]+", " ", message)


def with_other_numbers(message: str) -> str:
    """Return a message as a reader pastes it, whose tensors have other sizes."""
    return re.sub(r"\d\d+|[4-9]", lambda number: str(97 - len(number[0])), message)[:400]


def weight(*files: Path) -> int:
    """Return what a browser loads for files."""
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def too_heavy(edition: Path, answer, queries: list[str], most: int) -> list[tuple[str, int]]:
    """Return the queries that load more: the script, the index, and what the results show."""
    at_once = weight(edition / "_static/search/view.js", edition / "search-index.json")
    loaded = [
        (query, at_once + weight(*{file_of(one, edition) for one in answer(query)["found"]}))
        for query in queries
    ]
    return [(query, bytes_) for query, bytes_ in loaded if bytes_ > most]


NAMES = ROOMS / "search" / "names.toml"
#: The messages of all releases, each with the sections that it may stand for.
MESSAGES: dict[str, set[str]] = {}
for entry in load("versions.toml")["example"]:
    for text in entry.get("raises", {}).values():
        message = text.partition(": ")[2].strip()
        MESSAGES.setdefault(message, set()).add(entry["where"].split(", ")[-2])
for entry in [*load("old_messages.toml")["message"], *load("gpu.toml")["message"]]:
    MESSAGES.setdefault(entry["text"].strip(), set()).add(entry["section"])
del MESSAGES[""]  # of an error without words
#: The sections of a message: the same words with other numbers are one message.
SECTIONS: dict[str, set[str]] = {}
for message, labels in MESSAGES.items():
    SECTIONS.setdefault(words(message), set()).update(labels)
