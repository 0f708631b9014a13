"""Exact numbers of `math/arithmetic`: sums of rational multiples of square roots.

A value keeps its radicands as they came about: sqrt(12) is not 2*sqrt(3) until its square factor is
taken out, because that is a step of the rewriting (`arithmetic_rules`). Like radicands are always
combined. Every operation returns None beyond the limits, so that no number grows without bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import gcd, isqrt
from typing import TypeAlias

Term: TypeAlias = tuple[int, int, int]
"""Numerator (never 0), denominator (positive, reduced), radicand (at least 1; 1 is no root)."""

Value: TypeAlias = tuple[Term, ...]
"""The sum of `numerator / denominator * sqrt(radicand)`, radicands rising; empty for 0."""

MAX_BITS = 4000  # of a numerator or denominator: about 1,200 digits
MAX_RADICAND = 10**15
MAX_TERMS = 16
MAX_EXPONENT = 4000
ONE: Value = ((1, 1, 1),)


def of(number: Fraction | int) -> Value:
    """Return a rational number as a value."""
    number = Fraction(number)
    return ((number.numerator, number.denominator, 1),) if number else ()


def rational(value: Value) -> Fraction | None:
    """Return the number that a value without roots is; None for one with roots."""
    if not value:
        return Fraction(0)
    num, den, radicand = value[0]
    return Fraction(num, den) if radicand == 1 and len(value) == 1 else None


def added(a: Value, b: Value) -> Value | None:
    """Return the sum, like roots combined."""
    return _collected((*a, *b))


def negated(value: Value) -> Value:
    """Return the value with all signs changed."""
    return tuple((-num, den, radicand) for num, den, radicand in value)


def multiplied(a: Value, b: Value) -> Value | None:
    """Return the product, expanded; sqrt(2) * sqrt(6) is sqrt(12)."""
    if len(a) * len(b) > MAX_TERMS * MAX_TERMS:
        return None
    return _collected((n * m, d * e, r * s) for n, d, r in a for m, e, s in b)


def divided(value: Value, by: Fraction) -> Value | None:
    """Return the value over a number that is not 0."""
    return multiplied(value, of(1 / by))


def raised(value: Value, exponent: int) -> Value | None:
    """Return a power of a number or of one root; None for sums, which are multiplied out."""
    if value in (ONE, negated(ONE)):
        return ONE if exponent % 2 == 0 else value
    if len(value) > 1 or abs(exponent) > MAX_EXPONENT:
        return None
    if not value:
        return () if exponent > 0 else None
    num, den, radicand = value[0]
    if exponent < 0:
        num, den, exponent = den if num > 0 else -den, abs(num), -exponent
        den *= radicand  # 1 / sqrt(r) is sqrt(r) / r
    size = max(num.bit_length(), den.bit_length(), radicand.bit_length())
    if size * exponent > 2 * MAX_BITS:
        return None
    whole, odd = divmod(exponent, 2)
    return _collected(
        [(num**exponent * radicand**whole, den**exponent, radicand if odd else 1)]
    )  # fmt: skip


def rooted(value: Value) -> Value | None:
    """Return the square root of a number that is not negative."""
    number = rational(value)
    if number is None or number < 0:
        return None
    above, below = isqrt(number.numerator), isqrt(number.denominator)
    if above * above == number.numerator and below * below == number.denominator:
        return of(Fraction(above, below))
    return _collected([(1, number.denominator, number.numerator * number.denominator)])


def whole_root(value: Value, which: int) -> Value | None:
    """Return the root of a number that is a perfect power (27/8 for cubes); None for others."""
    number = rational(value)
    if number is None or (number < 0 and which % 2 == 0) or which > MAX_EXPONENT:
        return None
    above, below = (_whole_root(abs(part), which) for part in number.as_integer_ratio())
    if above is None or below is None:
        return None
    return of(Fraction(-above if number < 0 else above, below))


def simplified(value: Value) -> Value:
    """Take all square factors out of the roots."""
    parts = []
    for num, den, radicand in value:
        factor = _largest_square(radicand)
        parts.append((num * factor, den, radicand // (factor * factor)))
    result = _collected(parts)
    return value if result is None else result


def is_simplified(value: Value) -> bool:
    """Say whether no root holds a square factor; such a value is 0 only if it is empty."""
    return all(radicand == 1 or _largest_square(radicand) == 1 for _, _, radicand in value)


def rationalising(value: Value) -> Value:
    """Return what to multiply a simplified value with roots by, so that it has fewer of them.

    One root: itself. A sum: the same with the signs changed of all roots that hold one prime.
    """
    if len(value) == 1:
        return ((1, 1, value[0][2]),)
    prime = _smallest_prime(next(radicand for _, _, radicand in value if radicand > 1))
    return tuple((-n if r % prime == 0 else n, d, r) for n, d, r in value)


def _collected(terms: Iterable[Term]) -> Value | None:
    """Add up terms of equal radicands; None beyond the limits."""
    sums: dict[int, tuple[int, int]] = {}
    for num, den, radicand in terms:
        if radicand in sums:
            n, d = sums[radicand]
            num, den = n * den + num * d, d * den
        common = gcd(num, den)
        sums[radicand] = (num // common, den // common)
        if max(num.bit_length(), den.bit_length()) > 3 * MAX_BITS:
            return None
    value = tuple((n, d, radicand) for radicand, (n, d) in sorted(sums.items()) if n)
    if len(value) > MAX_TERMS or any(radicand > MAX_RADICAND for _, _, radicand in value):
        return None
    fits = all(max(n.bit_length(), d.bit_length()) <= MAX_BITS for n, d, _ in value)
    return value if fits else None


def _whole_root(number: int, which: int) -> int | None:
    """Return the root of a perfect power by bisection; None for other numbers."""
    low, high = 0, 1 << (number.bit_length() // which + 1)
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**which <= number else (low, middle)
    return low if low**which == number else None


@lru_cache(maxsize=4096)
def _largest_square(radicand: int) -> int:
    """Return the largest number whose square divides the radicand, at most MAX_RADICAND.

    Trial division to the cube root: what is left then is 1, a prime, or two primes.
    """
    largest, rest, divisor = 1, radicand, 2
    while divisor * divisor * divisor <= rest:
        while rest % (divisor * divisor) == 0:
            rest //= divisor * divisor
            largest *= divisor
        if rest % divisor == 0:
            rest //= divisor
        divisor += 1 if divisor == 2 else 2
    root = isqrt(rest)
    return largest * root if root * root == rest else largest


@lru_cache(maxsize=4096)
def _smallest_prime(number: int) -> int:
    """Return the smallest prime factor; the number itself counts where none is below 10^5."""
    return next((d for d in range(2, 100_000) if number % d == 0), number)
