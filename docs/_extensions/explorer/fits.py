"""What PyTorch says of a tensor that does not fit: the messages of the pages, with slots."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rnn_guide._rules import HAS_CELL_STATE, KINDS

PAGES = Path(__file__).parents[2]
RAISED = re.compile(r"^(\w+(?:Error|Exception)): (.+)$", re.MULTILINE)

#: For each fault the section that shows its message, and the slots of what stands in the example.
#: ``given`` is what was given, or the number of its axes; ``other`` belongs to the other state.
FAULTS: dict[str, tuple[str, dict[str, str]]] = {
    **{f"axes,{kind}": ("error-input-axes", {"4": "{given}"}) for kind in KINDS},
    "features": ("error-input-size", {"1024": "{expected}", "768": "{given}"}),
    "features,elsewhere": ("error-input-features-axis", {"3": "{expected}", "7": "{given}"}),
    "empty": ("error-input-empty", {}),
    "batched": ("error-hx-batched", {"2-D tensor": "{given}-D tensor"}),
    "unbatched": ("error-hx-unbatched", {"3-D tensor": "{given}-D tensor"}),
    "batched,pair": ("error-hx-cx-batched", {"(2-D, 2-D)": "({h_0}-D, {c_0}-D)"}),
    "unbatched,pair": ("error-hx-cx-unbatched", {"(3-D, 3-D)": "({h_0}-D, {c_0}-D)"}),
    "rows": ("error-hidden-rows", {"(2, 4, 5)": "{expected}", "[4, 4, 5]": "{given}"}),
    "batch": ("error-hidden-last-batch", {"(1, 2, 5)": "{expected}", "[1, 4, 5]": "{given}"}),
    "swapped": ("error-hidden-batch-first", {"(1, 4, 5)": "{expected}", "[4, 1, 5]": "{given}"}),
    "size": ("error-hidden-features", {"(1, 4, 5)": "{expected}", "[1, 4, 6]": "{given}"}),
    "h_0 of a pair": ("error-hidden0-rows", {"(1, 4, 5)": "{expected}", "[2, 4, 5]": "{given}"}),
    "steps": ("error-hidden-length-as-batch", {"(1, 7, 5)": "{expected}", "[1, 4, 5]": "{given}"}),
    "c_0 of a pair": ("error-hidden1-size", {"(1, 4, 5)": "{expected}", "[1, 4, 2]": "{given}"}),
}


def sections() -> Iterator[tuple[str, str, str]]:
    """Yield the label of each section about errors, the address of its page, and its text."""
    for page in sorted((PAGES / "errors").glob("*.md")):
        address = page.relative_to(PAGES).with_suffix(".html").as_posix()
        parts = re.split(r"^\(([\w-]+)\)=$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for label, text in zip(parts[1::2], parts[2::2], strict=True):
            yield label, address, text


def data() -> dict[str, Any]:
    """Return each message with slots and the address of its section, and the kinds with a pair."""
    found = {label: (address, text) for label, address, text in sections()}
    faults = {}
    for name, (label, slots) in FAULTS.items():
        address, text = found[label]
        kind = name.partition(",")[2] if name.startswith("axes") else ""
        printed = next(m for m in RAISED.finditer(text) if m[2].startswith(kind))
        faults[name] = {
            "text": f"{printed[1]}: {with_slots(printed[2], slots)}",
            "address": f"{address}#{label}",
        }
    return {"faults": faults, "pairs": sorted(HAS_CELL_STATE)}


def with_slots(message: str, slots: dict[str, str]) -> str:
    """Put slots in the place of what an example has printed."""
    for shown, slot in slots.items():
        pattern = rf"(?<!\w){re.escape(shown)}" if shown[0].isalnum() else re.escape(shown)
        message = re.sub(pattern, slot, message)
    return message
