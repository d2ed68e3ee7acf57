"""Refuse bad arguments; each message names the argument, the rule, the value and a likely cause."""

from __future__ import annotations

import math
import operator
import reprlib
from typing import Any

from rnn_guide._rules import HAS_PROJECTION, KINDS, LAYOUTS, MINIMA

#: The largest size of an axis: PyTorch counts in 64 bits.
MAX_SIZE = 2**63 - 1

#: The largest number of layers whose parameters are listed one by one.
MAX_LISTED_LAYERS = 10_000

#: The most characters of a value that a message shows.
MAX_SHOWN = 80

#: Writes values without going through all of a long or deep one.
_WRITER = reprlib.Repr()
_WRITER.maxlevel, _WRITER.maxtuple, _WRITER.maxlist, _WRITER.maxset = 4, 20, 20, 20
_WRITER.maxstring = _WRITER.maxlong = _WRITER.maxother = 10 * MAX_SHOWN


def kind(value: object) -> None:
    """Refuse anything but the three names of the layers."""
    if isinstance(value, str) and value in KINDS:
        return
    cause = "was the layer itself passed? Then use shapes_of"
    if isinstance(value, str):
        cause = "is it misspelt?"
        if value.upper() in KINDS:
            cause = f'did you mean "{value.upper()}"?'
    raise ValueError(f'kind must be "RNN", "GRU" or "LSTM", got {format_value(value)}; {cause}')


def layout(value: object) -> None:
    """Refuse anything but the three ways in which an input holds its sequences."""
    if not isinstance(value, str) or value not in LAYOUTS:
        raise ValueError(
            f'layout must be "batched", "unbatched" or "packed", got {format_value(value)}; '
            "is it misspelt?"
        )


def flag(name: str, value: object) -> None:
    """Refuse anything but True and False."""
    if value is True or value is False:
        return
    cause = "was another argument passed in its place?"
    if isinstance(value, str):
        cause = "was it read from a file or a command line? Every text that is not empty is true"
    raise TypeError(f"{name} must be True or False, got {format_value(value)}; {cause}")


def size(name: str, value: Any, *, plain_int: bool = False) -> int:
    """Return a size as an int; with ``plain_int`` refuse other integer types, as PyTorch does."""
    if type(value) is int and 0 < value <= MAX_SIZE:
        return value  # the usual case first: shapes are asked for in inner loops
    minimum = MINIMA.get(name, 1)
    number = _integer(name, value, minimum, plain_int)
    if number < minimum:
        cause = "was it never set?"
        if number < 0:
            cause = "is it a placeholder for a size that is not known yet?"
        elif name == "seq_len":
            cause = "is the sequence empty? A batch may be empty, a sequence may not"
        raise ValueError(f"{_size_rule(name, value, minimum)}; {cause}")
    at_most(name, number, MAX_SIZE)
    return number


def at_most(name: str, number: int, maximum: int) -> None:
    """Refuse a number above a maximum."""
    if number > maximum:
        raise ValueError(
            f"{name} must be at most {maximum}, got {format_value(number)}; "
            "was another size passed in its place?"
        )


def projection(proj_size: Any, hidden_size: int, kind: str) -> int:
    """Return ``proj_size`` as an int: 0, or for an LSTM anything below ``hidden_size``."""
    if type(proj_size) is int and proj_size == 0:
        return 0
    number = size("proj_size", proj_size)
    if number:
        _lstm_only("proj_size", number, kind)
    if number >= hidden_size:
        raise ValueError(
            f"proj_size must be smaller than hidden_size, got proj_size={number} and "
            f"hidden_size={hidden_size}; were the two swapped? For no projection leave it at 0"
        )
    return number


def projected(value: object, kind: str) -> None:
    """Refuse a flag that says that another layer than an LSTM projects its state."""
    flag("projected", value)
    if value:
        _lstm_only("projected", value, kind)


def _lstm_only(name: str, value: object, kind: str) -> None:
    if kind not in HAS_PROJECTION:
        raise ValueError(
            f"{name} must be left out for {kind}, got {format_value(value)}; only nn.LSTM projects "
            'its state: did you mean kind="LSTM"?'
        )


def _size_rule(name: str, value: Any, minimum: int) -> str:
    return f"{name} must be an integer of at least {minimum}, got {format_value(value)}"


def _integer(name: str, value: Any, minimum: int, plain_int: bool) -> int:
    """Return any integer as an int."""
    if _is_flag(value):
        cause = "was a flag such as bidirectional passed by position?"
        raise TypeError(f"{_size_rule(name, value, minimum)}; {cause}")
    try:
        number = int.__index__(operator.index(value))  # a plain int, of a subclass too
    except Exception:  # a tensor without a value raises a RuntimeError
        cause = _cause_of_type(value)
        raise TypeError(f"{_size_rule(name, value, minimum)}; {cause}") from None
    if plain_int and not isinstance(value, int):
        cause = f"PyTorch takes only int here: did you mean int({name})?"
        raise TypeError(f"{_size_rule(name, value, minimum)}; {cause}")
    return number


def _is_flag(value: Any) -> bool:
    """Return whether a value is a bool, of Python, of NumPy or in a tensor."""
    if isinstance(value, bool):
        return True
    try:
        return hasattr(type(value), "dtype") and str(value.dtype).endswith("bool")
    except Exception:  # a dtype that cannot be read is no flag
        return False


def _cause_of_type(value: object) -> str:
    """Return why a value that is no integer may stand in the place of a size."""
    if value is None:
        return "was it never set?"
    if isinstance(value, float):
        return "was it divided with / instead of //?"
    if isinstance(value, str):
        return "was it read from a file or a command line without int()?"
    return "was a whole shape or tensor passed instead of one number?"


def format_value(value: Any) -> str:
    """Return a value as Python writes it, but on one line and cut where it is long."""
    if _is_large(value):
        return f"<{type_name(value)} of shape {one_line(str(tuple(value.shape)))}>"
    try:
        return one_line(_WRITER.repr(value))
    except Exception:  # an int of very many digits, a __repr__ that fails
        return f"<{type_name(value)} that cannot be shown>"


def _is_large(value: Any) -> bool:
    """Return whether a tensor or array is so large that it would take long to write."""
    try:
        return isinstance(value.shape, tuple) and bool(math.prod(value.shape) > 1000)
    except Exception:  # most values have no shape
        return False


def type_name(value: object) -> str:
    """Return the name of the type of a value."""
    return one_line(type(value).__name__)


def one_line(text: str, most: int = MAX_SHOWN) -> str:
    """Return a text without line breaks and control characters, cut where it is long."""
    text = text[: 10 * most]
    if not text.isprintable():
        text = " ".join(text.split())
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
