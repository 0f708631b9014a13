"""What a problem of `math/numbers` is: an operation and the values it is asked for, checked.

Values are texts in plain characters, so that a task is the same through JSON and back. What each
operation means is said once, here; how it is worked out is `numbers_solver`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from tasks.protocol import InvalidTaskError

MAX_DIGITS = 300
MAX_VALUES = 50
MAX_ROOT = 300
_INTEGER = re.compile(rf"-?\d{{1,{MAX_DIGITS}}}")
_NUMBER = re.compile(
    rf"-?(?:\d{{1,{MAX_DIGITS}}}(?:\.\d{{1,{MAX_DIGITS}}})?)(?:/\d{{1,{MAX_DIGITS}}})?"
)
_DIGITS = re.compile(rf"-?[0-9a-z]{{1,{MAX_DIGITS}}}")
_DIGIT_VALUES = {digit: place for place, digit in enumerate("0123456789abcdefghijklmnopqrstuvwxyz")}

FORMS: dict[str, tuple[str, ...]] = {
    "gcd": ("integer", "..."),
    "lcm": ("integer", "..."),
    "common denominator": ("number", "..."),
    "prime factors": ("positive",),  # distinct ones
    "factorization": ("positive",),  # with multiplicity
    "divisors": ("positive",),
    "number of divisors": ("positive",),
    "least prime factor": ("above 1",),
    "greatest prime factor": ("above 1",),
    "next prime": ("integer",),  # the least prime above it
    "previous prime": ("above 2",),
    "is prime": ("integer",),
    "is composite": ("integer",),
    "divides": ("integer", "integer"),  # whether the first divides the second
    "is odd": ("integer",),
    "parity": ("integer",),  # `odd` or `even`
    "prime or composite": ("integer",),  # the word, or `neither`
    "remainder": ("integer", "positive"),
    "power remainder": ("integer", "exponent", "positive"),  # of base^exponent
    "digit": ("number", "place"),  # of 10^place
    "round": ("number", "unit"),  # to a multiple of the unit; halves away from zero
    "significant": ("number", "count"),
    "convert": ("digits", "base", "base"),  # digits, their base, the base asked for
    "in base": ("digits", "sign", "digits", "base"),
    "root": ("number", "count", "unit"),  # radicand, which root, rounded to a multiple of the unit
}
"""Operation -> the kinds of its values; `...` means two or more of the kind before it."""


@dataclass(frozen=True, slots=True)
class NumbersPayload:
    """One of FORMS, and its values as text."""

    operation: str
    values: tuple[str, ...]


def checked(operation: str, values: tuple[str, ...]) -> NumbersPayload:
    """Return the payload of a sound problem.

    Raises:
        InvalidTaskError: if the operation is unknown, or a value is not what it must be.
    """
    form = FORMS.get(operation)
    if form is None:
        raise InvalidTaskError(f"no operation {operation[:40]!r}; known: {', '.join(FORMS)}")
    if form[-1] == "...":
        if not 2 <= len(values) <= MAX_VALUES:
            raise InvalidTaskError(f"{operation} of {len(values)} values; 2 to {MAX_VALUES}")
        form = (form[0],) * len(values)
    if len(values) != len(form):
        raise InvalidTaskError(f"{operation} takes {len(form)} values, {len(values)} are given")
    for kind, value in zip(form, values, strict=True):
        if not _is(kind, value):
            raise InvalidTaskError(f"{value[:60]!r} is no {kind} within the limits ({operation})")
    _check_digits(operation, values)
    if operation == "root" and number_of(values[0]) < 0 and int(values[1]) % 2 == 0:
        raise InvalidTaskError(f"{values[0][:60]} is negative and has no real root of that kind")
    return NumbersPayload(operation, values)


def number_of(text: str) -> Fraction:
    """Return the value of a checked integer, decimal or fraction."""
    above, _, below = text.partition("/")
    return Fraction(above) / int(below or 1)


def _is(kind: str, value: str) -> bool:
    if kind in ("integer", "positive", "place", "count", "base", "exponent", "above 1", "above 2"):
        if not _INTEGER.fullmatch(value):
            return False
        number = int(value)
        return {
            "integer": True,
            "positive": number >= 1,
            "above 1": number > 1,
            "above 2": number > 2,
            "place": abs(number) <= MAX_DIGITS,
            "count": 1 <= number <= MAX_ROOT,
            "base": 2 <= number <= 36,
            "exponent": number >= 0,
        }[kind]
    if kind in ("number", "unit"):
        if not _NUMBER.fullmatch(value) or re.search(r"/0+$", value):
            return False
        return kind == "number" or number_of(value) > 0
    return value in ("+", "-", "*") if kind == "sign" else _DIGITS.fullmatch(value) is not None


def _check_digits(operation: str, values: tuple[str, ...]) -> None:
    if operation == "convert":
        texts, base = values[:1], int(values[1])
    elif operation == "in base":
        texts, base = (values[0], values[2]), int(values[3])
    else:
        return
    for text in texts:
        foreign = next((d for d in text.lstrip("-") if _DIGIT_VALUES[d] >= base), None)
        if foreign is not None:
            raise InvalidTaskError(f"{foreign} is no digit in base {base} (in {text[:60]})")
