"""Declare what a check of a repair or recipe covers, and make the layers for it."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from layers import KINDS, Case
from sections import SECTIONS
from watched import SENTENCE, compared

BOTH = (False, True)
SEQ_LEN, BATCH_SIZE, INPUT_SIZE, HIDDEN_SIZE, PROJ_SIZE = 7, 4, 3, 5, 2
LENGTHS = [2, 7, 4, 1]

#: The labels of the sections that end with what check_forward says; where their wrong calls may
#: end the process, no test makes them.
UNSAFE = {label for label in SECTIONS if label.startswith("crash-")} | {"wrong-packed-lstm"}
SAID = {label for label, text in SECTIONS.items() if SENTENCE in text} - UNSAFE
#: The labels of the sections that are checked.
CHECKED: set[str] = set()


def every(
    kinds: Sequence[str] = tuple(KINDS),
    num_layers: Sequence[int] = (1, 2),
    bidirectional: Sequence[bool] = BOTH,
    batch_first: Sequence[bool] = BOTH,
    layouts: Sequence[str] = ("batched",),
    proj_size: Sequence[int] = (0,),
    nonlinearity: Sequence[str] = ("tanh",),
    dtypes: Sequence[torch.dtype] = (torch.float32,),
) -> list[Case]:
    """Return each combination once; an LSTM alone has ``proj_size``, an RNN ``nonlinearity``."""
    cases = []
    for kind, layers, two, first, layout, projection, choice, dtype in itertools.product(
        kinds, num_layers, bidirectional, batch_first, layouts, proj_size, nonlinearity, dtypes
    ):
        if (projection and kind != "LSTM") or (choice != nonlinearity[0] and kind != "RNN"):
            continue
        options: dict[str, Any] = {"bidirectional": two, "batch_first": first}
        options |= {"proj_size": projection} if kind == "LSTM" else {}
        sizes = INPUT_SIZE, HIDDEN_SIZE, layers
        batch_size = {"unbatched": None, "empty batch": 0}.get(layout, BATCH_SIZE)
        lengths = LENGTHS if layout == "packed" else []
        case = Case(kind, sizes, options, True, choice, dtype, layout, SEQ_LEN, batch_size, lengths)
        cases.append(case)
    return cases


def repairs(*labels: str, **covers: Sequence[Any]) -> Callable[[Any], Any]:
    """
    Mark a test as the check of one or more sections, and run it for each case that they cover.

    A test without a ``case`` runs once: ``@repairs("error-x")``. Another names what its section
    covers, with the arguments of ``every``: ``@repairs("error-y", kinds=["LSTM"])``.

    Where a section ends with what ``check_forward`` says, each call of the test is compared with
    it: see ``compared``.
    """
    CHECKED.update(labels)

    def mark(test: Any) -> Any:
        has_case = "case" in test.__code__.co_varnames[: test.__code__.co_argcount]
        if SAID.intersection(labels):
            test = compared(test)
        if not has_case:
            assert not covers, "a test without a case covers one"
            return test
        return pytest.mark.parametrize("case", every(**covers), ids=name)(test)

    return mark


def name(case: Case) -> str:
    """Return the name of a case in the report."""
    options = [option for option, value in case.options.items() if value]
    dtype = str(case.dtype).removeprefix("torch.")
    return "-".join([case.kind, str(case.sizes[2]), *options, case.layout, dtype])
