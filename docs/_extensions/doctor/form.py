"""The box to paste into, and the texts of its answers."""

import string
from collections.abc import Sequence
from html import escape
from pathlib import Path

from sphinx.locale import get_translation

from error_cards import labels

_ = get_translation("guide")
TEMPLATE = string.Template((Path(__file__).parent / "doctor.html").read_text(encoding="utf-8"))


def html(root: str, examples: Sequence[str] = ()) -> str:
    """Return the form, for a page from which ``root`` leads to the top of the site."""
    chips = "".join(
        f'<button type="button" data-example="{escape(text)}">{escape(text)}</button>'
        for text in examples
    )
    head = escape(_("for example"))
    shown = f'<p class="doctor-examples"><span>{head}</span>{chips}</p>'
    return TEMPLATE.substitute(
        action=f"{root}search.html",
        name=escape(_("What does this message mean?")),
        label=escape(_("An error, a layer or a shape")),
        hint=escape(_("Paste an error, a layer or a shape …")),
        explain=escape(_("Explain")),
        clear=escape(_("Clear")),
        promise=escape(promise()),
        examples=shown if chips else "",
    )


def promise() -> str:
    """Return what the box promises."""
    return _("Nothing you paste leaves this page.")


def texts() -> dict[str, str]:
    """Return the texts of the answers by what they are for."""
    return {
        **labels.texts(),
        "releases": _("PyTorch {releases}"),
        "fault": _("does not fit"),
        "rows": _("rows of a state"),
        "batch": _("batch"),
        "time": _("steps"),
        "forward": _("features of a state"),
        "features": _("features of the input"),
        "wrong": _("fails"),
        "right": _("repaired"),
        "other": _("Not it?"),
        "read": _("Read the section"),
        "explorer": _("Open the explorer with these sizes"),
        "copy": _("Copy the repair"),
        "copied": _("Copied"),
        "promise": promise(),
        "others": _("The same words have other causes. Compare each with your shapes:"),
        "nearest": _("No section knows this message. These are the nearest:"),
        "nothing": _("No section is near to this. Paste the last line of the traceback."),
        "layer": _("This layer, in the explorer"),
        "shape": _("An input of this shape, in the explorer"),
        "shapes": _("Its shapes:"),
        "fields": _("What was read:"),
        "unread": _("What was not read:"),
        "refused": _("An input has two or three sizes, so this shape was not read."),
        "no_input": _(
            "{name} is not the input, so its shape was not read. “Does my tensor fit?” in the "
            "explorer compares it with your layer."
        ),
        "open": _("Open the explorer"),
    }
