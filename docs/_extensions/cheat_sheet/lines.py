"""The lines of code on the sheet, and its mistakes. A test runs each with what it claims."""

from typing import NamedTuple

from rnn_guide import _snippets

_ = str  # marks a text that content.py translates

#: What splits a tensor of two directions, and what the parts are.
SPLITS = {
    "output": [_snippets.SPLITS[True]["output"]],
    "states": [
        _snippets.SPLITS[True]["h_n"],
        "last = torch.cat([h_n[-2], h_n[-1]], dim=-1)",
    ],
}

PACKING = [
    "packed = pack_padded_sequence(",
    "    x, lengths, enforce_sorted=False)",
    "output, h_n = gru(packed)",
    "output, lengths = pad_packed_sequence(output)",
]


class Mistake(NamedTuple):
    """Code that is often written, why it is wrong, and what is right."""

    wrong: str
    because: str
    right: str
    so: str


MISTAKES = [
    Mistake(
        "output.view(L, N, H_out, 2)",
        _("The shape looks right; both directions are mixed."),
        "output.view(L, N, 2, H_out)",
        _("The directions stand side by side."),
    ),
    Mistake(
        "h_n[-2:].view(N, 2 * H_out)",
        _("Runs; joins states of different sequences."),
        "h_n[-2:].transpose(0, 1).flatten(1)",
        _("The batch comes first, then the rows are joined."),
    ),
    Mistake(
        "output[-1]",
        _("Its backward half is where that direction began."),
        "torch.cat([h_n[-2], h_n[-1]], dim=-1)",
        _("Both directions have read the whole sequence."),
    ),
    Mistake(
        "nn.GRU(H_in, H_out)(x)",
        _("Runs with `x` of `(N, L, H_in)`; takes sequences for steps."),
        "nn.GRU(H_in, H_out, batch_first=True)(x)",
        _("`output` is `(N, L, D·H_out)`; `h_n` stays as it was."),
    ),
    Mistake(
        "h_0 = torch.zeros(D * num_layers, 64, H_out)",
        _("Fails at the last batch, which is smaller."),
        "h_0 = x.new_zeros(D * num_layers, N, H_out)",
        _("`N = x.shape[1]`, or give none: it is zeros."),
    ),
]
