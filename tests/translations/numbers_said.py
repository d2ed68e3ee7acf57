"""The numbers that a text says, in digits or in words."""

import re
from collections import Counter

from markup import prose

DIGITS = re.compile(r"(?<![A-Za-z_.\d])\d+(?:[.,]\d+)*")
#: English words for which Chinese may have digits; an axis that English counts from "first" is 0.
WORDS = {
    "0": "zero zeros no none empty first",
    "1": "a an one ones once single alone first second each every january",
    "2": "two twice double doubled both pair second third half february",
    "3": "three third thrice march",
    "4": "four fourth quarter april",
    "5": "five may",
    "6": "six june",
    "7": "seven july",
    "8": "eight august",
    "9": "nine september",
    "10": "ten october",
    "11": "november",
    "12": "december",
}
#: Where Chinese has a word for a number and its noun.
SAID = {"单向": "1", "双向": "2"}


def digits(text: str) -> Counter[str]:
    """Return the numbers that the prose of a text has in digits."""
    return Counter(DIGITS.findall(prose(text)))


def differences(english: str, chinese: str) -> list[str]:
    """Return the numbers that Chinese lacks, and those that it has and English does not say."""
    first, second = digits(english), digits(chinese)
    known = {number for word, number in SAID.items() if word in chinese}
    words = set(re.findall(r"[a-z]+", prose(english).lower()))
    said = {number for number, names in WORDS.items() if words & set(names.split())}
    lacks = (first - second).keys() - known
    adds = second.keys() - first.keys() - said
    return [*(f"without {n}" for n in sorted(lacks)), *(f"with {n}" for n in sorted(adds))]
