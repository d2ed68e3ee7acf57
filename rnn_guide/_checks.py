"""Refuse bad arguments; each message names the argument, the rule, the value and a likely cause."""

from __future__ import annotations

import math
import operator
import reprlib

TYPE_CHECKING = False  # as in the typing module, whose import would double the start-up time
if TYPE_CHECKING:
    from typing import Any

KINDS = ("RNN", "GRU", "LSTM")
LAYOUTS = ("batched", "unbatched", "packed")

#: The smallest value of a size, where that is not 1.
MINIMA = {"batch_size": 0, "proj_size": 0}

#: The largest size of an axis: PyTorch counts in 64 bits.
MAXIMUM = 2**63 - 1

#: The largest number of layers whose parameters are listed one by one.
MOST_LISTED = 10_000

#: The most characters of a value that a message shows.
MOST_SHOWN = 80

#: Writes values without going through all of a long or deep one.
_WRITER = reprlib.Repr()
_WRITER.maxlevel, _WRITER.maxtuple, _WRITER.maxlist, _WRITER.maxset = 4, 20, 20, 20
_WRITER.maxstring = _WRITER.maxlong = _WRITER.maxother = 10 * MOST_SHOWN

#: What each check says. ``value`` stands as :func:`shown` writes it.
MESSAGES = {
    "kind": 'kind must be "RNN", "GRU" or "LSTM", got {value}; {cause}',
    "layout": 'layout must be "batched", "unbatched" or "packed", got {value}; is it misspelt?',
    "flag": "{name} must be True or False, got {value}; {cause}",
    "size": "{name} must be an integer of at least {minimum}, got {value}; {cause}",
    "large": "{name} must be at most {maximum}, got {value}; was another size passed in its place?",
    "probability": "{name} must be a number from 0 to 1, got {value}; {cause}",
    "projection": "proj_size must be smaller than hidden_size, got proj_size={proj_size} and "
    "hidden_size={hidden_size}; were the two swapped? For no projection leave it at 0",
    "lstm_only": "{name} must be left out for {kind}, got {value}; only nn.LSTM projects its "
    'state: did you mean kind="LSTM"?',
}

#: The likely cause of a value that is no number, by its type.
CAUSES_OF_TYPE = {
    "float": "was it divided with / instead of //?",
    "str": "was it read from a file or a command line without {convert}()?",
    "NoneType": "was it never set?",
    "object": "was a whole shape or tensor passed instead of one number?",
}

#: The likely cause of a number that is too small: below 0, or else by the name of the argument.
CAUSES_OF_NUMBER = {
    "negative": "is it a placeholder for a size that is not known yet?",
    "seq_len": "is the sequence empty? A batch may be empty, a sequence may not",
    "other": "was it never set?",
}

#: The likely cause of a number that is no probability.
CAUSES_OF_PROBABILITY = {"negative": "is the sign a mistake?", "other": "is it a percentage?"}


def shown(value: Any) -> str:
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


def one_line(text: str, most: int = MOST_SHOWN) -> str:
    """Return a text without line breaks and control characters, cut where it is long."""
    text = text[: 10 * most]
    if not text.isprintable():
        text = " ".join(text.split())
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def kind(value: object) -> None:
    """Refuse anything but the three names of the layers."""
    if isinstance(value, str) and value in KINDS:
        return
    cause = "was the layer itself passed? Then use shapes_of"
    if isinstance(value, str):
        cause = "is it misspelt?"
        if value.upper() in KINDS:
            cause = f'did you mean "{value.upper()}"?'
    raise ValueError(MESSAGES["kind"].format(value=shown(value), cause=cause))


def flag(name: str, value: object) -> None:
    """Refuse anything but True and False."""
    if value is True or value is False:
        return
    cause = "was another argument passed in its place?"
    if isinstance(value, str):
        cause = "was it read from a file or a command line? Every text that is not empty is true"
    raise TypeError(MESSAGES["flag"].format(name=name, value=shown(value), cause=cause))


def size(name: str, value: Any, *, plain_int: bool = False) -> int:
    """Return a size as an int; with ``plain_int`` refuse other integer types, as PyTorch does."""
    if type(value) is int and 0 < value <= MAXIMUM:
        return value  # the usual case first: shapes are asked for in inner loops
    minimum = MINIMA.get(name, 1)
    number = _index(name, value, minimum, plain_int)
    if number < minimum:
        cause = "negative" if number < 0 else name
        cause = CAUSES_OF_NUMBER.get(cause, CAUSES_OF_NUMBER["other"])
        fields = {"name": name, "minimum": minimum, "value": shown(value), "cause": cause}
        raise ValueError(MESSAGES["size"].format(**fields))
    at_most(name, number, MAXIMUM)
    return number


def at_most(name: str, number: int, maximum: int) -> None:
    """Refuse a number above a maximum."""
    if number > maximum:
        fields = {"name": name, "maximum": maximum, "value": shown(number)}
        raise ValueError(MESSAGES["large"].format(**fields))


def _index(name: str, value: Any, minimum: int, plain_int: bool) -> int:
    """Return any integer as an int."""

    def say(cause: str) -> str:
        fields = {"name": name, "minimum": minimum, "value": shown(value), "cause": cause}
        return MESSAGES["size"].format(**fields)

    if _is_flag(value):
        raise TypeError(say("was a flag such as bidirectional passed by position?"))
    try:
        number = int.__index__(operator.index(value))  # a plain int, of a subclass too
    except Exception:  # a tensor without a value raises a RuntimeError
        raise TypeError(say(_cause_of_type(value, "int"))) from None
    if plain_int and not isinstance(value, int):
        raise TypeError(say(f"PyTorch takes only int here: did you mean int({name})?"))
    return number


def _is_flag(value: Any) -> bool:
    """Return whether a value is a bool, of Python, of NumPy or in a tensor."""
    if isinstance(value, bool):
        return True
    try:
        return hasattr(type(value), "dtype") and str(value.dtype).endswith("bool")
    except Exception:  # a dtype that cannot be read is no flag
        return False


def probability(name: str, value: Any) -> None:
    """Refuse anything but a number from 0 to 1."""

    def say(cause: str) -> str:
        return MESSAGES["probability"].format(name=name, value=shown(value), cause=cause)

    if isinstance(value, bool):
        raise TypeError(say("was a flag such as bidirectional passed by position?"))
    if not isinstance(value, (int, float)):
        raise TypeError(say(_cause_of_type(value, "float")))
    if not 0 <= value <= 1:
        raise ValueError(say(CAUSES_OF_PROBABILITY["negative" if value < 0 else "other"]))


def projection(proj_size: Any, hidden_size: int, kind: str) -> int:
    """Return ``proj_size`` as an int: 0, or for an LSTM anything below ``hidden_size``."""
    if type(proj_size) is int and proj_size == 0:
        return 0
    number = size("proj_size", proj_size)
    if number:
        _lstm_only("proj_size", number, kind)
    if number >= hidden_size:
        fields = {"proj_size": number, "hidden_size": hidden_size}
        raise ValueError(MESSAGES["projection"].format(**fields))
    return number


def projected(value: object, kind: str) -> None:
    """Refuse a flag that says that another layer than an LSTM projects its state."""
    flag("projected", value)
    if value:
        _lstm_only("projected", value, kind)


def layout(value: object) -> None:
    """Refuse anything but the three ways in which an input holds its sequences."""
    if not isinstance(value, str) or value not in LAYOUTS:
        raise ValueError(MESSAGES["layout"].format(value=shown(value)))


def _lstm_only(name: str, value: object, kind: str) -> None:
    if kind != "LSTM":
        raise ValueError(MESSAGES["lstm_only"].format(name=name, kind=kind, value=shown(value)))


def _cause_of_type(value: object, convert: str) -> str:
    """Return the cause for the nearest type that has one; every type is an object."""
    names = (base.__name__ for base in type(value).__mro__)
    cause = next(CAUSES_OF_TYPE[name] for name in names if name in CAUSES_OF_TYPE)
    return cause.format(convert=convert)
