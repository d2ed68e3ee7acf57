"""The release of PyTorch that is there, and what it takes although the newest refuses it."""

from collections.abc import Callable
from typing import Any

import torch

RELEASE = tuple(int(part) for part in torch.__version__.split(".")[:2])

#: The release whose messages the pages show: docs/records/versions.toml says the others'.
SHOWN = (2, 13)

#: The first release that refuses these arguments where they have another type, or ``input_size`` 0.
CHECKED_SINCE = {"hidden_size": (2, 1), "input_size": (2, 11)}
CHECKED_SINCE |= {"bias": (2, 11), "batch_first": (2, 11)}


#: Where an LSTM on a CPU does not look at the features of its input.
IGNORES_FEATURES = RELEASE in ((2, 1), (2, 2))

#: Where an LSTM of bfloat16 ends the process for an empty batch.
CRASHES_EMPTY = RELEASE == (2, 0)


def unchecked(arguments: dict[str, object]) -> set[str]:
    """Return the wrong arguments that this release may take, though the newest refuses them."""
    return {
        name
        for name, since in CHECKED_SINCE.items()
        if name in arguments and since > RELEASE and not _right(name, arguments[name])
    }


def _right(name: str, value: object) -> bool:
    if name.endswith("size"):
        return type(value) is int and value > 0
    return isinstance(value, bool)


def vmap(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function mapped over a new first axis, from where this release has that."""
    if RELEASE < (2, 0):
        import functorch

        return functorch.vmap(function)
    return torch.func.vmap(function)


def storage(tensor: torch.Tensor) -> Any:
    """Return the memory of a tensor."""
    return tensor.storage() if RELEASE < (2, 0) else tensor.untyped_storage()


def runs_on_a_cpu(dtype: torch.dtype) -> bool:
    """Return whether this release multiplies matrices of a type on a CPU."""
    try:
        torch.ones(1, 1, dtype=dtype) @ torch.ones(1, 1, dtype=dtype)
    except RuntimeError:
        return False
    return True
