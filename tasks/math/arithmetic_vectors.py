"""Exact arithmetic of the grader: vectors over the roots of squarefree numbers.

Division solves linear equations; nothing is shared with `arithmetic_values`, which it checks.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import TypeAlias

Vector: TypeAlias = dict[int, Fraction]
"""Squarefree radicand -> what its root is multiplied by, never 0; radicand 1 is no root."""

MAX_BITS = 8000
MAX_ROOTS = 16
_LARGEST_DIVISOR = 100_000


class UnreadableError(ValueError):
    """A text that cannot be evaluated as a calculation within the limits."""


class UndefinedError(UnreadableError):
    """A calculation that divides by zero."""


def power(base: Vector, exponent: int) -> Vector:
    """Return a power with a whole exponent.

    Raises:
        UndefinedError: at a negative power of 0.
        UnreadableError: beyond the limits.
    """
    if set(base) == {1} and abs(base[1]) == 1:
        return base if exponent % 2 else {1: Fraction(1)}
    if abs(exponent) > MAX_BITS or (not base and not exponent):
        raise UnreadableError("a power beyond the limits")
    value: Vector = {1: Fraction(1)}
    for _ in range(abs(exponent) if len(base) > 1 or 1 not in base else 0):
        value = product(value, base)
    if base and set(base) == {1}:
        size = max(base[1].numerator.bit_length(), base[1].denominator.bit_length())
        if size * abs(exponent) > 2 * MAX_BITS:
            raise UnreadableError("a power beyond the limits")
        value = {1: base[1] ** abs(exponent)}
    return quotient({1: Fraction(1)}, value) if exponent < 0 else value


def product(a: Vector, b: Vector) -> Vector:
    """Return the product."""
    total: dict[int, Fraction] = {}
    for r, f in a.items():
        for s, g in b.items():
            common = gcd(r, s)
            radicand = r * s // (common * common)
            total[radicand] = total.get(radicand, Fraction(0)) + f * g * common
    return vector(total)


def quotient(a: Vector, b: Vector) -> Vector:
    """Solve `b * x = a` over the roots that products of b's and a's reach."""
    if not b:
        raise UndefinedError("division by zero")
    if set(b) == {1}:
        return vector({r: f / b[1] for r, f in a.items()})
    basis = {1, *a}
    while True:
        grown = basis | {r * s // gcd(r, s) ** 2 for r in basis for s in b}
        if grown == basis:
            break
        basis = grown
        if len(basis) > 2 * MAX_ROOTS:
            raise UnreadableError("too many different roots")
    order = sorted(basis)
    columns = [product(b, {r: Fraction(1)}) for r in order]
    rows = [[c.get(r, Fraction(0)) for c in columns] + [a.get(r, Fraction(0))] for r in order]
    _eliminate(rows)
    return vector({r: row[-1] for r, row in zip(order, rows, strict=True)})


def _eliminate(rows: list[list[Fraction]]) -> None:
    """Bring a regular system into the form that shows its solution in the last column."""
    for place in range(len(rows)):
        pivot = next(i for i in range(place, len(rows)) if rows[i][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        scale = rows[place][place]
        rows[place] = [entry / scale for entry in rows[place]]
        for other in range(len(rows)):
            if other != place and (factor := rows[other][place]):
                rows[other] = [
                    e - factor * p for e, p in zip(rows[other], rows[place], strict=True)
                ]


def perfect_root(value: Vector, which: int) -> Vector:
    """Return a rational root by trying the number nearest to it in binary digits, bit by bit."""
    number = value.get(1, Fraction(0))
    if not set(value) <= {1} or which > MAX_BITS or (number < 0 and which % 2 == 0):
        raise UnreadableError("a root that is no number")
    parts = []
    for part in (abs(number.numerator), number.denominator):
        root = 0
        for bit in range(part.bit_length() // which, -1, -1):
            if (root | 1 << bit) ** which <= part:
                root |= 1 << bit
        if root**which != part:
            raise UnreadableError("a root that is no number without roots")
        parts.append(root)
    return vector({1: Fraction(parts[0] if number > 0 else -parts[0], parts[1])})


def root_of(value: Vector) -> Vector:
    """Return the square root of a number without roots.

    Raises:
        UnreadableError: at other numbers, or beyond the limits.
    """
    number = value.get(1, Fraction(0))
    if not set(value) <= {1} or number < 0:
        raise UnreadableError("the root of a negative number, or of a root")
    square, radicand = split(number.numerator * number.denominator)
    return vector({radicand: Fraction(square, number.denominator)})


@lru_cache(maxsize=4096)
def split(number: int) -> tuple[int, int]:
    """Return the largest square's root and the squarefree rest."""
    if number == 0:
        return 0, 1
    if (root := _exact_root(number)) is not None:
        return root, 1
    square, single, rest, divisor = 1, 1, number, 2
    while divisor**3 <= rest:
        if divisor > _LARGEST_DIVISOR:
            raise UnreadableError("a root of a number beyond the limits")
        if rest % (divisor * divisor) == 0:
            rest //= divisor * divisor
            square *= divisor
        elif rest % divisor == 0:
            rest //= divisor
            single *= divisor
        else:
            divisor += 1
    root = _exact_root(rest)  # what is left is 1, a prime, or two primes
    return (square, single * rest) if root is None else (square * root, single)


def _exact_root(number: int) -> int | None:
    low, high = 0, 1 << ((number.bit_length() + 1) // 2 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle * middle <= number:
            low = middle
        else:
            high = middle - 1
    return low if low * low == number else None


def vector(parts: dict[int, Fraction]) -> Vector:
    """Leave zeros out.

    Raises:
        UnreadableError: beyond the limits.
    """
    value = {r: f for r, f in parts.items() if f}
    if len(value) > 2 * MAX_ROOTS or any(
        max(f.numerator.bit_length(), f.denominator.bit_length()) > MAX_BITS for f in value.values()
    ):
        raise UnreadableError("numbers beyond the limits")
    return value
