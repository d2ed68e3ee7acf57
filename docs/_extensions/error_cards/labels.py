"""
What happens where a section of the error pages helps, in one of four labels.

A section that is about a message has the label ``error-…``: PyTorch raises it, or warns. One whose
call runs and is wrong has ``wrong-…``. One with ``crash-…`` is about the end of the process, where
the record of crashes has its lines, or the messages of the shell.
"""

from collections.abc import Iterable

from docutils import nodes
from sphinx.locale import get_translation

import crashes
from error_cards.halves import RECORDS_WARNINGS
from versions import record

_ = get_translation("guide")
#: The labels, the most frequent one first. They are names of styles too.
RAISES, WARNS, RUNS, ENDS = "raises", "warns", "runs", "ends"
OLD_MESSAGES = record.old_messages()
CRASHES = {f"crash-{line['section']}" for line in crashes.lines()} | {crashes.LABEL}


def of(label: str, content: Iterable[nodes.Node]) -> str | None:
    """
    Return the label of a section, or nothing where it is about no mistake.

    Args:
        label: The label that links to the section, such as ``error-hidden-size``.
        content: What stands in the section.
    """
    if label.startswith("error-"):
        return WARNS if _warns(label, content) else RAISES
    if label.startswith("wrong-"):
        return RUNS
    return ENDS if label in CRASHES else None


def texts() -> dict[str, str]:
    """Return what a reader reads, by label."""
    return {
        RAISES: _("raises"),
        WARNS: _("warns"),
        RUNS: _("runs and is wrong"),
        ENDS: _("ends the process"),
    }


def _warns(label: str, content: Iterable[nodes.Node]) -> bool:
    """Return whether an example shows a warning, or the record of old releases has one."""
    kinds = {old.text.partition(": ")[0] for old in OLD_MESSAGES.get(label, [])}
    blocks = (block for node in content for block in node.findall(nodes.Element))
    shown = (block.astext() for block in blocks if "testnodetype" in block)
    return any(kind.endswith("Warning") for kind in kinds) or any(
        RECORDS_WARNINGS.search(text) for text in shown
    )
