"""Watch calls of layers and cells, and ask ``check_forward`` about each before it is made."""

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import torch
from torch import nn

from rnn_guide import check_forward

BASES = nn.RNNBase, nn.RNNCellBase


class Call(NamedTuple):
    """A call of a layer or cell."""

    what: str
    refusal: str  # what check_forward says, as a traceback ends; empty where it takes the call
    raised: bool  # by PyTorch


def refusal(layer: Any, *args: Any, **kwargs: Any) -> str:
    """Return what ``check_forward`` says of the arguments that a layer or cell gets."""
    kwargs = {"state" if name == "hx" else name: value for name, value in kwargs.items()}
    try:
        check_forward(layer, *args, **kwargs)
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


@contextlib.contextmanager
def watched() -> Iterator[list[Call]]:
    """Watch all calls, but for those that only a tracer or compiler sees."""
    calls: list[Call] = []

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        if torch.jit.is_tracing() or _compiles():
            return nn.Module.__call__(layer, *args, **kwargs)
        said, raised = refusal(layer, *args, **kwargs), True
        try:
            returned = nn.Module.__call__(layer, *args, **kwargs)
            raised = False
        finally:
            calls.append(Call(str(layer), said, raised))
        return returned

    with pytest.MonkeyPatch.context() as patch:
        for base in BASES:
            patch.setattr(base, "__call__", call, raising=False)
        yield calls


def _compiles() -> bool:
    """Return whether a compiler or exporter reads this line."""
    return getattr(getattr(torch, "compiler", None), "is_compiling", bool)()
