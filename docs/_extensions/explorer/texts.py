"""The sentences that the script fills in; a translation reaches them through ``_``."""

from typing import Any

from sphinx.locale import get_translation

_ = get_translation("guide")


def data() -> dict[str, Any]:
    """Return the texts by what they are for."""
    return {
        "forward": _("forward"),
        "backward": _("backward"),
        "layer": _("layer {layer}"),
        "step": _("step"),
        "total": _("{count} numbers, {bytes} bytes in float32"),
        "more_parameters": _(
            "The list ends with layer {last}. The layers above it have the same shapes, and are "
            "counted."
        ),
        "more_rows": _("The first {listed} of {rows} rows are listed."),
        "stale": _("A value is refused, so this is the answer to the values before it."),
        "said": _("{layer}: output {output}, h_n {h_n}, {count} parameters"),
        "drawn": _("{steps} of {seq_len} steps and {layers} of {num_layers} layers are drawn."),
        "packed": _(
            "The picture shows a sequence of the longest length. A shorter one has fewer steps, "
            "and its last step is its own."
        ),
        "picture": _(
            "A grid of {seq_len} steps, {num_layers} layers and {directions} directions. Each "
            "row of h_n is the last cell that a layer computes in a direction: forward at the "
            "last step, backward at step 0. output is every cell of the top layer."
        ),
        "hint": _("Point at a tensor, or move to it with the Tab key: its cells light up."),
        "row": _("h_n[{row}] is layer {layer}, {direction}, after step {step}."),
        "cells": {
            "input": _("input is read by every cell of layer 0."),
            "output": _(
                "output is every step of the last layer. Two directions stand side by side on "
                "its last axis."
            ),
            "h_0": _("h_0 is read by the cell that comes first in each layer and direction."),
            "h_n": _(
                "h_n is the cell that comes last in each layer and direction, one row for each."
            ),
            "c_0": _("c_0 is read by the same cells as h_0."),
            "c_n": _("c_n is taken from the same cells as h_n."),
        },
        "refused": {
            "size": _("A whole number, {minimum} or more."),
            "lengths": _("Whole numbers, 1 or more, with commas between them."),
            "dropout": _("A number from 0 to 1."),
            "projection": _("A whole number below hidden_size."),
            "said": _("{name}: {message}"),
        },
    }
