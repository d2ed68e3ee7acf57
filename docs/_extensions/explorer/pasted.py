"""What the script must know to read a layer or a shape that was pasted."""

import inspect
from typing import Any

import torch

from explorer import fields, names
from rnn_guide import _rules, symbolic_shapes
from tensors.rules import ARGUMENTS, FLAGS


def rules() -> dict[str, Any]:
    """Return the rules; ``pasted.js`` says what each is."""
    of_all = list(inspect.signature(torch.nn.RNNBase.__init__).parameters)[2:]  # self, mode
    of_rnn = list(of_all)
    of_rnn.insert(of_all.index("num_layers") + 1, "nonlinearity")
    groups = fields.fields().values()
    return {
        "parameters": {kind: of_rnn if kind == "RNN" else of_all for kind in _rules.KINDS},
        "fields": {
            name: isinstance(value, bool) for group in groups for name, (value, _) in group.items()
        },
        "inputs": {
            f"{len(axes)},{first}": [ARGUMENTS[axis] for axis in axes]
            for first in FLAGS
            for layout in ("batched", "unbatched")
            for axes in [symbolic_shapes("RNN", layout=layout, batch_first=first)["input"]]
        },
        "names": names.data(),
    }
