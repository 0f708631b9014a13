"""What an equation is while it is being rewritten, and how it is written.

Numbers are exact: numerator and denominator of a reduced fraction, as two ints (hashing and adding
them is several times quicker than `Fraction`). The rewriting rules are `equation_rewriting`,
reading is `equation_parser`.
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple, TypeAlias, Union

CONSTANT, UNKNOWN = 0, 1

Term: TypeAlias = tuple[int, int, "Body"]
"""Coefficient numerator (never 0), denominator (positive, reduced), and what it multiplies."""

Side: TypeAlias = tuple[Term, ...]
"""The sum of its terms; empty for 0."""

Body: TypeAlias = Union[int, "Side"]
"""CONSTANT, UNKNOWN, or the two or more terms of a bracket, which may hold further brackets."""

MAX_TERMS = 24  # a side
MAX_BRACKET_TERMS = 12
MAX_DEPTH = 12  # brackets inside each other
MAX_DIGITS = 30  # of a number as typed


class Equation(NamedTuple):
    """An equation in at most one unknown; equal equations are equal states."""

    unknown: str
    left: Side
    right: Side


def reduced(num: int, den: int, body: Body) -> Term:
    """Return the term with its fraction reduced; the denominator must not be 0."""
    if den < 0:
        num, den = -num, -den
    if den != 1:
        common = gcd(num, den)
        if common != 1:
            return (num // common, den // common, body)
    return (num, den, body)


def holds_unknown(side: Side) -> bool:
    """Say whether the unknown is written anywhere in the sum."""
    return any(
        body == UNKNOWN if isinstance(body, int) else holds_unknown(body) for _, _, body in side
    )


def holds_bracket(side: Side) -> bool:
    """Say whether one of the terms is a bracket."""
    return any(not isinstance(body, int) for _, _, body in side)


def equation_text(equation: Equation) -> str:
    """Write `3x + 5 = 17`, `2(x - 3) = 1/2 x + 4`; the parser reads back the same equation."""
    unknown, left, right = equation
    return f"{side_text(left, unknown)} = {side_text(right, unknown)}"


def side_text(side: Side, unknown: str) -> str:
    """Write a sum; `0` when it is empty."""
    if not side:
        return "0"
    parts = [term_text(side[0], unknown)]
    for num, den, body in side[1:]:
        parts.append(" - " if num < 0 else " + ")
        parts.append(term_text((abs(num), den, body), unknown))
    return "".join(parts)


def term_text(term: Term, unknown: str) -> str:
    """Write one term: `-x`, `1/2 x`, `3(x + 1)`, `-7/2`."""
    num, den, body = term
    if body == CONSTANT:
        return number_text(num, den)
    thing = unknown if isinstance(body, int) else f"({side_text(body, unknown)})"
    if den == 1:
        return f"{'' if num == 1 else '-' if num == -1 else num}{thing}"
    return f"{num}/{den} {thing}"


def number_text(num: int, den: int) -> str:
    """Write `4` or `-7/2`."""
    return f"{num}" if den == 1 else f"{num}/{den}"
