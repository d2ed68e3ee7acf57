"""The pages that treat what a row of the explorer shows."""

from sphinx.locale import get_translation

_ = get_translation("guide")


def ways() -> dict[str, tuple[str, str]]:
    """Return the address of a page from the explorer, and its name, by what a row shows."""
    split_output = ("how-to/split-output.html", _("Split output"))
    states = ("how-to/initial-state.html", _("Learn the initial state"))
    return {
        # tensors
        "input": ("how-to/shape-the-input.html", _("Shape the input")),
        "h_0": states,
        "c_0": states,
        "output": split_output,
        # parts
        "forward": split_output,
        "backward": split_output,
        "vector": ("how-to/one-vector.html", _("Get one vector")),
        "last_layer": (
            "explanation/where-output-meets-h-n.html",
            _("Where output meets h_n"),
        ),
        "h_n": ("how-to/split-states.html", _("Split h_n and c_n")),
        "c_n": ("how-to/split-states.html", _("Split h_n and c_n")),
        # all parameters
        "parameters": ("reference/parameters.html", _("Weights and biases")),
    }
