"""Run the failing line of a section, and ask check_forward about its call."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from releases import RELEASE, SHOWN

from rnn_guide import check_forward


@contextlib.contextmanager
def refused(error: type[Exception], message: str) -> Iterator[None]:
    """Expect an error with these words; another release may have other words, or take the line."""
    if RELEASE == SHOWN:
        with pytest.raises(error, match=re.escape(message)):
            yield
    else:
        with contextlib.suppress(Exception):
            yield


def checked(wrong: tuple[Any, ...], right: tuple[Any, ...], words: str) -> None:
    """Expect check_forward to refuse the failing call with these words, and to take the other."""
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        check_forward(*wrong)
    check_forward(*right)
