"""The words of the player, as HTML; a translation reaches them through ``_``."""

import re
from html import escape
from typing import Any

import torch
from sphinx.locale import get_translation

from player import numbers

_ = get_translation("guide")


def data() -> dict[str, Any]:
    """Return the texts by what they are for."""
    return {name: html(text) for name, text in _texts().items()}


def html(text: Any) -> str:
    """Return a text as HTML, with code in it."""
    return re.sub("`(.*?)`", r"<code>\1</code>", escape(str(text)))


def _texts() -> dict[str, Any]:
    release = ".".join(torch.__version__.split(".")[:2])
    equal = {name: numbers.EQUAL[name] for name in ("input_size", "hidden_size")}
    return {
        # the grid
        "grid": _("The unrolled layer"),
        "layer": _("layer {layer}"),
        "sequence": _("sequence {sequence}"),
        "step": _("step"),
        "forward": _("forward"),
        "backward": _("backward"),
        "computed": _("computed"),
        # buttons
        "cells": _("Cells of"),
        "bar": _("Play the layer, step by step"),
        "back": _("one step back"),
        "on": _("one step on"),
        "play": _("play"),
        "pause": _("pause"),
        "step_on": _("step"),
        "progress": _("Progress"),
        # what is said of a step, and of a cell
        "position": _("{step} of {steps} steps in layer {layer}"),
        "now": _("{direction}, step {step}: {number}"),
        "said": _("{position}. {cells}"),
        "selected": _("selected"),
        "reads": _("reads"),
        "goes": _("goes to"),
        "cell": _("layer {layer} {arrow}, step {step}"),
        "both": _("layer {layer}, both directions"),
        "inside": _("{cell}: inside, not returned"),
        "returned": _("{indices}: {cell}"),
        "nothing": _("no cell"),
        "comma": _(", "),
        # below
        "padded": _("Indices of padded tensors, as `pad_packed_sequence` returns them."),
        "shown": _("{shown} of {all} steps are shown; the picture follows the step."),
        "shown_layers": _("{shown} of {all} layers are shown."),
        "numbers": _(
            "Numbers: feature {feature} of each state, computed by PyTorch {release}, with "
            "`torch.manual_seed({seed})` before the layer and before `x = torch.randn({shape})`."
        ).format(
            feature=numbers.FEATURE,
            release=release,
            seed=numbers.SEED,
            shape=", ".join(map(str, numbers.SHAPE)),
        ),
        "places": _(
            "No numbers, only places: PyTorch has computed those of layers with {equal}, up to "
            "{num_layers} layers and {seq_len} steps."
        ).format(
            equal=", ".join(f"`{name}={value}`" for name, value in equal.items()), **numbers.MOST
        ),
    }
