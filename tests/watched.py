"""Watch calls of layers and cells, and ask ``check_forward`` about each before it is made."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import torch
from releases import RELEASE, SHOWN
from torch import nn

from rnn_guide import check_forward

#: What stands before the last example of a section on a wrong call.
SENTENCE = "{func}`~rnn_guide.check_forward` says it before the call:"
BASES = nn.RNNBase, nn.RNNCellBase


class Call(NamedTuple):
    """A call of a layer or cell."""

    what: str
    refusal: str  # what check_forward says, as a traceback ends; empty where it takes the call
    raised: bool  # by PyTorch
    declared: bool  # by the test: that it is wrong, and runs


_DECLARED: list[None] = []


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
            calls.append(Call(str(layer), said, raised, bool(_DECLARED)))
        return returned

    with pytest.MonkeyPatch.context() as patch:
        for base in BASES:
            patch.setattr(base, "__call__", call, raising=False)
        yield calls


@contextlib.contextmanager
def wrong_but_runs() -> Iterator[None]:
    """Declare that PyTorch takes each call in the block, and ``check_forward`` none."""
    _DECLARED.append(None)
    try:
        yield
    finally:
        _DECLARED.pop()


def compared(test: Callable[..., None]) -> Callable[..., None]:
    """
    Return a test that compares each of its calls with what ``check_forward`` says.

    It must refuse what PyTorch refuses, and take the rest, but for what is wrong and runs.
    """

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        with watched() as calls:
            test(*args, **kwargs)
        assert [call for call in calls if call.raised and not call.refusal] == []
        if RELEASE == SHOWN:  # others take what it refuses
            runs = [call for call in calls if not call.raised]
            assert [call for call in runs if bool(call.refusal) != call.declared] == []
            assert not all(call.refusal for call in calls)

    return run


def _compiles() -> bool:
    """Return whether a compiler or exporter reads this line."""
    return getattr(getattr(torch, "compiler", None), "is_compiling", bool)()
