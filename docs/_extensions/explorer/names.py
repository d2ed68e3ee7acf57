"""Other names that people write for the fields of the explorer, and for tensors."""

from rnn_guide import _rules

#: By the field: what programs call arguments, sizes of batches and counts of steps.
FIELDS = {
    "kind": ("cell", "cell_type", "rnn_type", "layer"),
    "input_size": (
        "input_dim",
        "in_features",
        "embed_dim",
        "embed_size",
        "embedding_dim",
        "emb_dim",
    ),
    "hidden_size": ("hidden", "hidden_dim", "hid_dim", "hidden_units", "units"),
    "num_layers": ("layers", "n_layers"),
    "bidirectional": ("bidir",),
    "seq_len": ("seq_length", "sequence_length", "timesteps", "time_steps"),
    "batch_size": ("batch", "bs"),
}

#: By the tensor: names at the end of which these stand, as in ``encoder_hidden``, count too.
TENSORS = {
    "h_0": ("h0", "hx"),
    "c_0": ("c0", "cx"),
    "h_n": ("hn", "h", "hidden", "hidden_state", "state", "states"),
    "c_n": ("cn", "c", "cell", "cell_state"),
    "output": ("out", "outputs"),
}


def data() -> dict[str, dict[str, str]]:
    """Return the field and the tensor of each name; ``names.js`` says how they are used."""
    tensors = {*_rules.CELLS, "c_0", "c_n"} - {"input"}
    return {
        "fields": {name: field for field, names in FIELDS.items() for name in names},
        "tensors": {name: name for name in sorted(tensors)}
        | {name: tensor for tensor, names in TENSORS.items() for name in names},
    }
