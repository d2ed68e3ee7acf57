"""What the mistakes print with an old release, where the release of the pages prints another."""

import re
from collections.abc import Iterator
from signal import SIGALRM
from typing import Any, NamedTuple

from mistakes import Fence

#: What an old release says of what came later, and the sections for which it is the message.
#: In others it is not about the mistake: their example cannot be run.
LATER = {
    "unexpected keyword argument 'enforce_sorted'": ["error-lengths-sorted"],
    "unexpected keyword argument 'proj_size'": ["error-proj-size-lstm"],
    "unexpected keyword argument 'padding_side'": ["error-pad-side"],
    "unexpected keyword argument 'dtype'": ["error-layer-dtype"],
    "^input must have 3 dimensions, got 2": [  # a sequence without a batch
        "error-hx-unbatched",
        "error-hx-cx-unbatched",
        "wrong-two-axes",
    ],
    "^cannot import name '|^No module named '|^invalid syntax": [],
    r"^module 'torch[\w.]*' has no attribute '": [],
    "types, got meta|device string: meta|'Meta' backend": [],  # it stands for a GPU
    "code object was expected, got|is not a module, class, method": [],  # no torch.jit.script
}
#: Warnings that have nothing to do with the mistake.
OTHER_WARNINGS = re.compile(r"^torch\.as_tensor results are registered|^Converting a tensor to")
STACK = re.compile(r"\n(?:frame #|Exception raised from )")
#: Kinds of outcomes that have no words of PyTorch.
SILENT = ("no error", "crash", "not run")


class Outcome(NamedTuple):
    """What a mistake does."""

    kind: str  # of error or warning; "no error", "crash" or "not run"
    text: str
    example: str = ""  # the line of further.md that does it

    @property
    def wording(self) -> str:
        """Return what two texts share that differ in numbers and places in the source only."""
        text = re.sub(r" *\(?(?:\w+ )?at \S*[/\\]\S+:\d+\)?", "", self.text)
        text = re.sub(r"\b\d+x\d+\b", "#x#", text)
        text = re.sub(r"(?<!\w)\([\d, ]*\)", "(#)", text)
        text = re.sub(r"(?<!\w)\[[\d, x]*\]", "[#]", text)
        return re.sub(r"(?<![\w#'\[])-?\d+(?![\w'])", "#", text).rstrip(". ") or self.kind


#: By section and wording.
Outcomes = dict[tuple[str, str], Outcome]


def cannot_run(section: str, text: str) -> bool:
    """Return whether a message is about something that came later, and not about the mistake."""
    return any(
        re.search(pattern, text) and section not in sections for pattern, sections in LATER.items()
    )


def outcomes(fence: Fence, ran: dict[str, Any]) -> Iterator[tuple[str, Outcome]]:
    """Yield the outcomes of the mistakes of a fence, each with the statement."""
    if "signal" in ran:
        late = ran["signal"] == SIGALRM
        yield "", Outcome("not run", "it takes too long") if late else Outcome("crash", "")
    unprepared = ""
    for statement, found in zip(fence.statements, ran.get("outcomes", ()), strict=False):
        source = statement["source"]
        text = STACK.split(found.get("text", ""))[0].strip()
        unable = cannot_run(fence.section, text)
        said = [w for w in found["warnings"] if not OTHER_WARNINGS.search(w["text"])]
        if not statement["mistake"]:
            unprepared = unprepared or (text if unable else "")
        elif found.get("type") == "NameError":
            yield source, Outcome("not run", unprepared or text)
        elif unable:
            yield source, Outcome("not run", text)
        elif "type" in found:
            yield source, Outcome(found["type"], text)
        elif said:
            for warning in said:
                yield source, Outcome(warning["type"], STACK.split(warning["text"])[0].strip())
        else:
            yield source, Outcome("no error", "")


def changes(
    fences: list[Fence], shown: list[Any], ran: list[Any]
) -> tuple[Outcomes, dict[str, str]]:
    """Return what differs from what the pages show, and why sections could not be run."""
    on_pages = {
        (fence.section, outcome.wording)
        for fence, new in zip(fences, shown, strict=True)
        for _, outcome in outcomes(fence, new)
        if not fence.further and outcome.kind not in SILENT
    }
    found: Outcomes = {}
    not_run: dict[str, str] = {}
    for fence, new, old in zip(fences, shown, ran, strict=True):
        same: dict[str, set[str]] = {}
        for source, outcome in outcomes(fence, new):
            same.setdefault(source, set()).add(outcome.wording)
        for source, outcome in outcomes(fence, old):
            key = (fence.section, outcome.wording)
            if outcome.kind == "not run":
                not_run |= {} if fence.further else {fence.section: outcome.text}
            elif outcome.kind == "no error" and (fence.further or source not in same):
                continue  # no release may refuse it
            elif key not in on_pages and outcome.wording not in same.get(source, ()):
                example = source.strip() if fence.further else ""
                found.setdefault(key, outcome._replace(example=example))
    return found, not_run
