"""Write numbers that are spelled in words as digits: `twenty-five` -> `25`."""

from __future__ import annotations

import re

_SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
         "eighty": 80, "ninety": 90}  # fmt: skip
_LARGE = {"thousand": 1000, "million": 10**6, "billion": 10**9}
_DIGIT = f"(?:{'|'.join(list(_SMALL)[1:10])})"
_SMALLEST_LAST = "|".join(sorted(_SMALL, key=len, reverse=True))
_BELOW_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})(?:[- ]{_DIGIT})?|{_SMALLEST_LAST})"
_BELOW_THOUSAND = rf"(?:{_DIGIT} hundred(?:(?: and)? {_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
_NUMBER = re.compile(
    rf"\b{_BELOW_THOUSAND}(?: (?:{'|'.join(_LARGE)})(?:(?: and)? {_BELOW_THOUSAND})?){{0,3}}\b",
    re.I,
)  # fmt: skip
_ANY = re.compile(rf"\b(?:{'|'.join((*_SMALL, *_TENS))})\b", re.I)


def holds_spelled_number(text: str) -> bool:
    """Say whether a number is spelled somewhere in the text."""
    return _ANY.search(text) is not None


def with_digits(text: str) -> str:
    """Return the text with its spelled whole numbers, up to billions, written as digits."""
    return _NUMBER.sub(lambda match: str(_value(match[0].lower())), text)


def _value(words: str) -> int:
    total = part = 0
    for word in re.split(r"[- ]", words):
        if word == "hundred":
            part *= 100
        elif word in _LARGE:
            total, part = total + part * _LARGE[word], 0
        else:
            part += _SMALL.get(word, _TENS.get(word, 0))
    return total + part
