"""Polynomials with whole coefficients: division by one linear factor, and where zeros can lie.

Coefficients fall in degree, the first is not 0. All is exact. These are the tools of single rules
(`roots_rules`); the grader has its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import gcd, isqrt
from typing import TypeAlias

Coefficients: TypeAlias = tuple[int, ...]
Ratio: TypeAlias = tuple[int, int]
"""Numerator and positive denominator, reduced."""

MOST_CANDIDATES = 24
SMALL = 12  # whole candidates up to it are tried if they divide the last coefficient
_LARGEST_TRIAL = 1000  # primes whose squares are looked for below a root


def value(coefficients: Sequence[int], at: int) -> int:
    """Return the polynomial's value."""
    total = 0
    for coefficient in coefficients:
        total = total * at + coefficient
    return total


def remainder(coefficients: Coefficients, at: Ratio) -> int:
    """Return the value at a fraction times the denominator's power: 0 iff it is a zero."""
    num, den = at
    total, power = 0, 1
    for coefficient in coefficients:
        total = total * num + coefficient * power
        power *= den
    return total


def divided(coefficients: Coefficients, zero: Ratio) -> Coefficients:
    """Divide by `den*x - num`, of which the fraction is a zero; content 1 stays content 1."""
    num, den = zero
    quotient: list[int] = []
    carry = 0
    for coefficient in coefficients[:-1]:
        carry, rest = divmod(coefficient + num * carry, den)
        if rest:
            raise ValueError(f"{num}/{den} is no zero of {coefficients}")
        quotient.append(carry)
    return tuple(quotient)


def content(coefficients: Coefficients) -> int:
    """Return the greatest common divisor of the coefficients."""
    return gcd(*coefficients)


def derivative(coefficients: Sequence[int]) -> Coefficients:
    """Return the derivative's coefficients, content taken out."""
    degree = len(coefficients) - 1
    return primitive([c * (degree - place) for place, c in enumerate(coefficients[:-1])])


def primitive(coefficients: Sequence[int]) -> Coefficients:
    """Divide by the common divisor; the signs stay."""
    common = gcd(*coefficients) or 1
    return tuple(c // common for c in coefficients)


@lru_cache(maxsize=1024)
def candidates(coefficients: Coefficients) -> tuple[Ratio, ...]:
    """Return the fractions to try as zeros, the nearest to 0 first; the last coefficient is not 0.

    All rational zeros are among them: by the rational root theorem a zero times the first
    coefficient is whole, so that it suffices to look at whole numbers next to a change of sign or
    to a turning point. Small divisors of the last coefficient, and fractions next to it that are no
    zeros, are there as well.
    """
    first, last = coefficients[0], coefficients[-1]
    degree = len(coefficients) - 1
    monic = [1, *(c * first ** (place - 1) for place, c in enumerate(coefficients) if place)]
    near: set[Ratio] = set()
    for cell in _cells(tuple(monic)):
        for whole in (cell, cell + 1):
            near.add(_reduced(whole, first))
    zeros = {ratio for ratio in near if remainder(coefficients, ratio) == 0}
    small = {(sign * n, 1) for n in range(1, SMALL + 1) if last % n == 0 for sign in (1, -1)}
    rest = sorted((near | small) - zeros - {(0, 1)}, key=lambda r: (abs(r[0]) // r[1], r))
    kept = [*sorted(zeros), *rest][: max(MOST_CANDIDATES, degree)]
    return tuple(sorted(kept, key=lambda r: (abs(r[0]) // r[1], r)))


def _reduced(num: int, den: int) -> Ratio:
    common = gcd(num, den)
    return (num // common, den // common) if den > 0 else (-num // common, -den // common)


def _cells(coefficients: Coefficients) -> tuple[int, ...]:
    """Return whole numbers c so that every real zero lies in some [c, c + 1]."""
    if len(coefficients) <= 1:
        return ()
    if len(coefficients) == 2:
        return (-coefficients[1] // coefficients[0],)
    turning = _cells(derivative(coefficients))
    largest = max(abs(c) for c in coefficients[1:]) // abs(coefficients[0]) + 2
    marks = sorted({-largest, largest, *(c for t in turning for c in (t, t + 1))})
    found = set(turning)
    for low, high in pairwise(marks):
        if high - low > 1 or low not in found:
            cell = _crossing(coefficients, low, high)
            if cell is not None:
                found.add(cell)
    return tuple(sorted(found))


def _crossing(coefficients: Coefficients, low: int, high: int) -> int | None:
    """Return the cell in which a function that turns nowhere between the bounds is 0."""
    at_low, at_high = value(coefficients, low), value(coefficients, high)
    if at_low == 0:
        return low
    if at_high == 0:
        return high
    if (at_low > 0) == (at_high > 0):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        at_middle = value(coefficients, middle)
        if at_middle == 0:
            return middle
        if (at_middle > 0) == (at_low > 0):
            low = middle
        else:
            high = middle
    return low


@lru_cache(maxsize=1024)
def real_zeros(coefficients: Coefficients) -> int:
    """Count the different real zeros (Sturm 1829)."""
    chain = [primitive(coefficients), derivative(coefficients)]
    while len(chain[-1]) > 1:
        rest = _negative_remainder(chain[-2], chain[-1])
        if not rest:
            break
        chain.append(rest)
    ends = [[(c[0] > 0) != (len(c) % 2 == 0 and at_left) for c in chain] for at_left in (1, 0)]
    changes = [sum(a != b for a, b in pairwise(signs)) for signs in ends]
    return changes[0] - changes[1]


def _negative_remainder(a: Coefficients, b: Coefficients) -> Coefficients:
    """Return a positive multiple of minus the remainder of a by b; empty for 0."""
    rest = list(a)
    while len(rest) >= len(b):
        factor, lead = abs(b[0]), rest[0] if b[0] > 0 else -rest[0]
        rest = [c * factor for c in rest]
        for place, c in enumerate(b):
            rest[place] -= lead * c
        rest = rest[1:]
        while rest and rest[0] == 0:
            rest = rest[1:]
    return primitive([-c for c in rest]) if rest else ()


def square_below(number: int) -> int:
    """Return an r whose square divides the positive number: its root, a small prime, or 1."""
    root = isqrt(number)
    if root > 1 and root * root == number:
        return root
    for prime in range(2, _LARGEST_TRIAL):
        square = prime * prime
        if square > number:
            break
        if number % square == 0:
            return prime
    return 1


def two_squares(coefficients: Coefficients) -> tuple[Coefficients, Coefficients] | None:
    """Split `a x**4 + b x**2 + c` as a difference of squares, `(u x**2 + w)**2 - (k x)**2`."""
    if len(coefficients) != 5 or coefficients[1] or coefficients[3]:
        return None
    a, _, b, _, c = coefficients
    u, size = isqrt(abs(a)), isqrt(abs(c))
    if a < 0 or c < 0 or u * u != a or size * size != c:
        return None
    for w in (size, -size):
        square = 2 * u * w - b
        k = isqrt(abs(square))
        if square > 0 and k * k == square:
            return (u, -k, w), (u, k, w)
    return None


def is_prime_in_squares(coefficients: Coefficients) -> bool:
    """Say whether `a x**4 + b x**2 + c` has no factor; it must have no rational zero."""
    a, odd, b, odd_too, c = coefficients
    if odd or odd_too or two_squares(coefficients) is not None:
        return False
    below = b * b - 4 * a * c
    if below >= 0 and isqrt(below) ** 2 == below:
        return False
    # `(u x**2 + w)**2 - (k x)**2` with roots of a and c that are whole only together
    product = isqrt(a * c) if a * c > 0 else 0
    if product * product != a * c or not product:
        return True
    squares = (a * (2 * w - b) for w in (product, -product))
    return not any(s > 0 and isqrt(s) ** 2 == s for s in squares)
