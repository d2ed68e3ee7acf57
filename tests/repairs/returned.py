"""Read what a layer returns, whatever its kind and layout."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from layers import Case
from torch import Tensor, nn


def flat(state: Any) -> tuple[Tensor, ...]:
    """Return the parts of a state: two for an LSTM, else one."""
    return state if isinstance(state, tuple) else (state,)


def mapped(state: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """Change each part of a state."""
    return tuple(map(change, state)) if isinstance(state, tuple) else change(state)


def by_time(case: Case, tensor: Tensor) -> Tensor:
    """Return a batch in the layout of a case with time first, or the other way round."""
    return tensor.transpose(0, 1) if case.options["batch_first"] else tensor


def same(first: Iterable[Tensor], second: Iterable[Tensor], atol: float = 1e-5) -> bool:
    """Return whether tensors are the same but for rounding, one by one; None is never the same."""
    return all(torch.allclose(a, b, atol=atol) for a, b in zip(first, second, strict=True))


def close(first: Any, second: Any) -> bool:
    """Return whether output and states of two calls are the same."""
    return same((first[0], *flat(first[1])), (second[0], *flat(second[1])))


def grads(*modules: nn.Module) -> list[Tensor | None]:
    """Return the gradients of all parameters, None where there is none."""
    return [parameter.grad for module in modules for parameter in module.parameters()]
