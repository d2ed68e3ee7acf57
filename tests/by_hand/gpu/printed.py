"""The messages among all that was printed, by the section of the pages that is about them."""

import re
from collections.abc import Iterator
from typing import Any

CUDNN, DEVICE = "cuDNN error: CUDNN_STATUS_", "not at the same device"
HIDDEN = (
    "Input and hidden tensors are not the same dtype, "
    "found input tensor with Float and hidden tensor with "
)
ASSERTION = "CUDA error: device-side assert triggered"
#: How the messages of a section begin.
BEGIN = {
    "error-cudnn-hx": ["rnn: hx is", "rnn: cx is"],
    "error-cudnn-status": [f"{CUDNN}INTERNAL", f"{CUDNN}BAD"],
    "error-cudnn-not-supported": [f"{CUDNN}NOT"],
    "error-cudnn-eval": ["cudnn RNN backward"],
    "error-input-device": [
        f"Input and parameter tensors are {DEVICE}",
        "Expected all tensors to be",
    ],
    "error-state-device": [f"Input and hidden tensors are {DEVICE}"],
    "error-state-dtype": [f"{HIDDEN}Double"],
    "error-lengths-cpu": ["'lengths' argument should be a 1D CPU int64 tensor, but got 1D cuda"],
    "error-embedding-range": [ASSERTION],
    "error-loss-out-of-bounds": [ASSERTION],
    "error-loss-target-type": ['"nll_loss_forward_reduce_cuda'],
    "error-packed-input-size": ["shape '[120, 1]' is invalid"],
    "error-packed-input-dtype": ["Input and parameter tensors are not the same dtype"],
    "error-packed-state-rows": ["Expected cell size [1, 4, 5], got [2"],
    "error-packed-state-batch": ["Expected cell size [1, 4, 5], got [1, 2"],
    "error-numpy": ["can't convert cuda:0"],
    "error-vmap": ["Cannot access data pointer"],
}
#: An error as the programs print it, some behind what was tried.
ERROR = re.compile(r"^(?:.*: )?(?:torch\.)?(\w+Error): (.*)$", re.MULTILINE)


def texts(record: dict[str, Any]) -> Iterator[str]:
    """Yield all texts of a record."""
    for statement in record.get("statement", []):
        yield from statement.get("prints", [])
        yield from statement.get("ends", [])
    for line in record.get("line", []):
        yield from (*line["cudnn"], *line["without"])
    for example in record.get("examples", {}).get("differ", []):
        yield example.get("raises", "")


def messages(record: dict[str, Any]) -> list[dict[str, str]]:
    """Return the first message of each beginning, by its first line."""
    errors = dict.fromkeys(found for text in texts(record) for found in ERROR.findall(text))
    return [
        {"section": section, "type": kind, "text": text.strip()}
        for section, beginnings in BEGIN.items()
        for begin in beginnings
        for kind, text in [error for error in errors if error[1].startswith(begin)][:1]
    ]
