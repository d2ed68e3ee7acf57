"""The sentences that the script fills in; a translation reaches them through ``_``."""

from typing import Any

from sphinx.locale import get_translation

from explorer.ways import ways
from tensors import rules as of_tensors

_ = get_translation("guide")


def data() -> dict[str, Any]:
    """Return the texts by what they are for."""
    return of_tensors.texts() | {
        "total": _("{count} parameters, {bytes} in float32"),
        "products": _("{count} multiplications in a forward pass"),
        "memory": _("{bytes} for {tensors}"),
        "units": [_("bytes"), "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"],
        "more_parameters": _(
            "The list ends with layer {last}. The layers above it have the same shapes, and are "
            "counted."
        ),
        "more_rows": _("The first {listed} of {rows} rows are listed."),
        "stale": _("A value is refused, so this is the answer to the values before it."),
        "said": _("{layer}: output {output}, h_n {h_n}, {count} parameters"),
        "parts": {
            "forward": _("forward, every step"),
            "backward": _("backward, every step"),
            "vector": _("one vector for each sequence"),
            "last_layer": _("the last layer"),
            "row": _("layer {layer}, {direction}, after step {step}"),
        },
        "ways": ways(),
        "alone": _("PyTorch alone"),
        "package": _("with rnn_guide"),
        "copy": _("copy"),
        "copy_this": _("copy {code}"),
        "copied": _("copied"),
        "not_understood": _(
            "Not understood in the address: {given}. The answer is for what stands in the form."
        ),
        "pasted": of_pasted(),
        "fit": of_fit(),
        "refused": of_refused(),
    }


def of_pasted() -> dict[str, Any]:
    """Return what is said of what was pasted."""
    return {
        "read": _("Read: {fields}."),
        "unread": _("No field holds: {arguments}."),
        "refused": _("An input has two or three sizes, so this shape was not read: {shape}."),
        "other": _(
            "{name} is not the input, so its shape was not read. “Does my tensor fit?” below "
            "compares it with the layer."
        ),
        "nothing": _("No layer and no shape was found in this text."),
    }


def of_fit() -> dict[str, Any]:
    """Return what is said of a shape that may not fit."""
    return {
        "fits": _("It fits: {axes}."),
        "between": _("; "),
        "count": _("It must have {wanted} axes, and has {count}."),
        "axis": _("The axis {symbol} must be {wanted}, and is {got}."),
        "empty": _("A sequence must have a step."),
        "not_a_shape": _("Sizes with commas between them, as in {shape}."),
        "packed": _(
            "A packed batch has no one shape. Choose batched, and give the shape before it is "
            "packed."
        ),
        "use": _("Fill in these sizes"),
        "section": _("Read the section"),
    }


def of_refused() -> dict[str, Any]:
    """Return what is said beside a field whose value is refused."""
    return {
        "size": _("A whole number, {minimum} or more."),
        "lengths": _("Whole numbers, 1 or more, with commas between them."),
        "dropout": _("A number from 0 to 1."),
        "projection": _("A whole number below hidden_size."),
        "said": _("{name}: {message}"),
    }


def of_page() -> dict[str, Any]:
    """Return the texts that stand in the page from the start."""
    return {
        "presets": _("presets"),
        "paste": _("paste a layer"),
        "paste_label": _("A layer, a printed model or the shape of an input"),
        "fill_in": _("Fill in"),
        "numbers": _("Numbers"),
        "unrolled": _("The layer, step by step"),
        "program": _("Program"),
        "alone": _("PyTorch alone"),
        "package": _("with rnn_guide"),
        "prints": _("prints"),
        "fit": _("Does my tensor fit?"),
        "fit_tensor": _("tensor"),
        "fit_shape": _("its shape"),
        "fit_hint": _("x.shape"),
        "copy": _("copy"),
        "copy_link": _("copy link"),
        "copy_picture": _("copy picture"),
        "tensors": _("Tensors"),
        "parts": _("Take it out"),
        "details": _("Symbols"),
        "parameters": _("Parameters"),
        "answer": _("Answer"),
        "form": _("Layer and input"),
    }
