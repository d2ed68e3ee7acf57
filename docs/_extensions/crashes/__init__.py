"""
Lines that end the process, and how they end with each release: docs/records/crashes.toml.

``{crashes} features`` shows the lines of the section ``crash-features``, and what they do on a GPU:
docs/records/gpu.toml. ``{crash-messages}`` lists what a terminal prints when a process ends, and
the search finds that list by each of its messages.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from tables.made import literal, table
from theme import assets
from versions import in_words

_ = get_translation("guide")
ROOM = Path(__file__).parent
RECORDS = Path(__file__).parents[2] / "records"
PATH, GPU = RECORDS / "crashes.toml", RECORDS / "gpu.toml"
#: The section of the list of messages.
LABEL = "crash-messages"

#: What a shell prints for a signal, and its exit status: 128 and the number of the signal.
MESSAGES = {
    "SIGSEGV": ("Segmentation fault (core dumped)", 139),
    "SIGABRT": ("Aborted (core dumped)", 134),
    "SIGBUS": ("Bus error (core dumped)", 135),
    "SIGFPE": ("Floating point exception (core dumped)", 136),
}


def lines() -> list[dict[str, Any]]:
    """Return what is on record."""
    found: list[dict[str, Any]] = tomllib.loads(PATH.read_text(encoding="utf-8"))["line"]
    return found


def on_a_gpu() -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the release that was run on a GPU, and what is on record there of each line."""
    record = tomllib.loads(GPU.read_text(encoding="utf-8"))
    release = ".".join(record["release"].split(".")[:2])
    return release, {line["code"]: line for line in record["line"]}


class Crashes(SphinxDirective):
    """``{crashes} features``: the lines of a section, and below each how it ends."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the lines, as code that is not an example to be run."""
        for path in (PATH, GPU):
            self.env.note_dependency(str(path))
        found: list[nodes.Node] = []
        release, by_code = on_a_gpu()
        for line in lines():
            if line["section"] == self.arguments[0]:
                code = nodes.literal_block(line["code"], line["code"], language="python")
                items = [nodes.paragraph("", "", *said(ends)) for ends in reversed(line["ends"])]
                if line["code"] in by_code:
                    there = said_there(release, by_code[line["code"]])
                    items.append(nodes.paragraph("", "", *there))
                listed = nodes.bullet_list("", *(nodes.list_item("", item) for item in items))
                found.append(nodes.container("", code, listed, classes=["crash"]))
        if not found:
            raise self.error(f"nothing is on record of {self.arguments[0]}")
        return found


def said(ends: dict[str, Any]) -> Iterator[nodes.Node]:
    """Yield the releases, and how a line ends with them."""
    colon, comma = _(": "), _(", ")
    yield nodes.Text(f"PyTorch {in_words(ends['releases'])}{colon}")
    if "raises" in ends:
        yield literal(ends["raises"])
    elif "prints" in ends:
        yield nodes.Text(_("no error") + (comma if ends["prints"] else ""))
        if ends["prints"]:
            yield literal(ends["prints"])
    else:
        words = (
            _("the process ends: {signals}") if ends["always"] else _("some runs end: {signals}")
        )
        yield nodes.Text(words.format(signals=_(" or ").join(ends["signals"])))
        for text in ends["says"]:
            yield nodes.Text(comma)
            yield literal(text)


def said_there(release: str, line: dict[str, Any]) -> Iterator[nodes.Node]:
    """Yield how a line ends on a GPU; without cuDNN too, where that is something else."""
    yield nodes.Text(_("On a GPU, PyTorch {release}: ").format(release=release))
    yield from ended(line["cudnn"])
    if line["without"] != line["cudnn"]:
        yield nodes.Text(_("; without cuDNN: "))
        yield from ended(line["without"])


def ended(texts: list[str]) -> Iterator[nodes.Node]:
    """Yield how the runs of a line ended there."""
    for number, text in enumerate(texts):
        yield nodes.Text(_(" or ") if number else "")
        died, _colon, signal = text.partition("the process ends: ")
        if signal and not died:
            yield nodes.Text(_("the process ends: {signals}").format(signals=signal))
        elif text.startswith("torch.Size"):
            yield nodes.Text(_("no error") + _(", "))
            yield literal(text)
        else:
            yield literal(text)


class CrashMessages(SphinxDirective):
    """``{crash-messages}``: what a terminal prints, by the signal that ends the process."""

    def run(self) -> list[nodes.Node]:
        """Return the table, and let the search know its messages."""
        self.env.note_dependency(str(PATH))
        every = [ends for line in lines() for ends in line["ends"] if "signals" in ends]
        rows, wordings = [], []
        for signal, (message, status) in MESSAGES.items():
            found = [ends for ends in every if signal in ends["signals"]]
            says = sorted({text for ends in found for text in ends["says"]})
            texts = says if signal == "SIGABRT" else []
            wordings += [message, *texts]
            before = nodes.inline()
            for text in texts:
                before += [literal(text), nodes.Text(" ")]
            rows.append([literal(signal), literal(message), before, nodes.Text(str(status))])
        metadata = self.env.metadata[self.env.current_document.docname]
        metadata.setdefault("wordings", []).extend((text, LABEL) for text in wordings)
        head = _("signal"), _("the terminal prints"), _("and before that"), _("exit status")
        return [table(_("What ends a process"), head, rows)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives and the style."""
    app.add_directive("crashes", Crashes)
    app.add_directive("crash-messages", CrashMessages)
    assets.add(app, ROOM, {"crashes.css": 'class="crash'})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
