"""The fields of the explorer, and the layers to start from."""

from collections.abc import Mapping
from typing import Any

from sphinx.locale import get_translation

from rnn_guide import _rules

_ = get_translation("guide")

#: A choice by its values, a flag, or the text that a field starts with.
Value = Mapping[str, str] | bool | str


def presets() -> dict[str, dict[str, str]]:
    """Return the layers to start from; a field that is not named gets its default."""
    return {
        _("The demonstration"): {
            "kind": "RNN",
            "num_layers": "3",
            "bidirectional": "True",
            "batch_first": "True",
            "seq_len": "1",
            "batch_size": "1",
        },
        _("One layer"): {"kind": "GRU", "num_layers": "1"},
        _("Two directions"): {"kind": "GRU", "bidirectional": "True", "num_layers": "1"},
        _("Stacked LSTM"): {"kind": "LSTM", "bidirectional": "True"},
        _("Projected"): {"kind": "LSTM", "proj_size": "2", "num_layers": "1"},
        _("Unbatched"): {"kind": "GRU", "layout": "unbatched"},
        _("Packed"): {"kind": "GRU", "layout": "packed", "bidirectional": "True"},
        _("Text classifier"): {
            "kind": "LSTM",
            "input_size": "300",
            "hidden_size": "256",
            "dropout": "0.5",
            "batch_first": "True",
            "bidirectional": "True",
            "seq_len": "50",
            "batch_size": "32",
        },
    }


def fields() -> dict[str, dict[str, tuple[Value, str]]]:
    """Return the fields by group: the value to start with, and what the field means."""
    layouts = {
        "batched": _("batched"),
        "unbatched": _("unbatched"),
        "packed": _("packed"),
    }
    kinds: dict[str, str] = {kind: kind for kind in _rules.KINDS}
    return {
        _("Layer"): {
            "kind": (kinds, _("layer")),
            "input_size": ("3", _("features of a step")),
            "hidden_size": ("5", _("features of the cell")),
            "num_layers": ("2", _("stacked")),
            "proj_size": ("0", _("LSTM only")),
            "dropout": ("0", _("between layers")),
            "bias": (True, ""),
            "batch_first": (False, ""),
            "bidirectional": (False, ""),
        },
        _("Input"): {
            "layout": (layouts, _("of the input")),
            "seq_len": ("7", _("steps")),
            "batch_size": ("4", _("sequences")),
            "lengths": ("7, 5, 2, 1", _("steps of each sequence")),
        },
    }


def first() -> dict[str, Any]:
    """Return the layer that the form starts with; its input is not packed, so it has no lengths."""
    found: dict[str, Any] = {}
    for group in fields().values():
        for name, (value, _meaning) in group.items():
            if isinstance(value, Mapping):
                found[name] = next(iter(value))
            elif name != "lengths":
                found[name] = value if isinstance(value, bool) else int(value)
    return found
