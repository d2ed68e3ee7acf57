"""Refuse bad arguments; each message names the argument, the rule, the value and a likely cause."""

from __future__ import annotations

import operator

TYPE_CHECKING = False  # as in the typing module, whose import would double the start-up time
if TYPE_CHECKING:
    from typing import Any

KINDS = ("RNN", "GRU", "LSTM")
LAYOUTS = ("batched", "unbatched", "packed")


def kind(value: object) -> None:
    """Refuse anything but the three names of the layers."""
    if isinstance(value, str) and value in KINDS:
        return
    cause = "was the layer itself passed? Then use shapes_of"
    if isinstance(value, str):
        cause = "is it misspelt?"
        if value.upper() in KINDS:
            cause = f'did you mean "{value.upper()}"?'
    raise ValueError(f'kind must be "RNN", "GRU" or "LSTM", got {value!r}; {cause}')


def flag(name: str, value: object) -> None:
    """Refuse anything but True and False."""
    if isinstance(value, bool):
        return
    cause = "was another argument passed in its place?"
    if isinstance(value, str):
        cause = "was it read from a file or a command line? Every text that is not empty is true"
    raise TypeError(f"{name} must be True or False, got {value!r}; {cause}")


def size(name: str, value: Any, minimum: int = 1, *, plain_int: bool = False) -> int:
    """Return a size as an int; with ``plain_int`` refuse other integer types, as PyTorch does."""
    rule = f"{name} must be an integer of at least {minimum}, got {value!r}"
    if isinstance(value, bool):
        raise TypeError(f"{rule}; was a flag such as bidirectional passed by position?")
    if plain_int and not isinstance(value, int) and hasattr(value, "__index__"):
        raise TypeError(f"{rule}; PyTorch takes only int here: did you mean int({name})?")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{rule}; {_cause_of_type(value)}") from None
    if number < minimum:
        raise ValueError(f"{rule}; {_cause_of_number(name, number)}")
    return number


def projection(proj_size: Any, hidden_size: int, kind: str) -> int:
    """Return ``proj_size`` as an int: 0, or for an LSTM anything below ``hidden_size``."""
    number = size("proj_size", proj_size, minimum=0)
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


def layout(value: object) -> None:
    """Refuse anything but the three ways in which an input holds its sequences."""
    if value not in LAYOUTS:
        raise ValueError(
            f'layout must be "batched", "unbatched" or "packed", got {value!r}; is it misspelt?'
        )


def _lstm_only(name: str, value: object, kind: str) -> None:
    if kind != "LSTM":
        raise ValueError(
            f"{name} must be left out for {kind}, got {value!r}; only nn.LSTM projects its "
            'state: did you mean kind="LSTM"?'
        )


def _cause_of_type(value: object) -> str:
    if isinstance(value, float):
        return "was it divided with / instead of //?"
    if isinstance(value, str):
        return "was it read from a file or a command line without int()?"
    if value is None:
        return "was it never set?"
    return "was a whole shape or tensor passed instead of one number?"


def _cause_of_number(name: str, number: int) -> str:
    if number < 0:
        return "is it a placeholder for a size that is not known yet?"
    if name == "seq_len":
        return "is the sequence empty? A batch may be empty, a sequence may not"
    return "was it never set?"
