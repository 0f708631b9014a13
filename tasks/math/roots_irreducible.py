"""Whether a polynomial with rational coefficients has factors: for `roots_grader` alone.

Up to degree 4 exactly (rational zeros, and for degree 4 the resolvent cubic); above, a proof is
tried by a prime for which it has no factors.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt, lcm

from tasks.math.roots_exact import Polynomial, count_real_zeros, square_free, trimmed

_PRIMES = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61)


def is_irreducible(values: Polynomial) -> bool | None:
    """Say whether a polynomial of degree 1 or more has no factors; None where that is not known."""
    degree = len(values) - 1
    if degree == 1:
        return True
    if degree == 2:
        c, b, a = values
        return not _is_square(b * b - 4 * a * c)
    if rational_zeros(values):
        return False
    if degree == 3:
        return True
    if degree == 4:
        return not _has_two_quadratics(values)
    return True if any(_is_irreducible_modulo(values, prime) for prime in _PRIMES) else None


def rational_zeros(values: Polynomial) -> list[Fraction]:
    """Return all rational zeros: whole numbers for the monic polynomial in y = first * x."""
    values = square_free(values)
    below = lcm(*(c.denominator for c in values))
    whole = [int(c * below) for c in values]
    first, degree = whole[-1], len(whole) - 1
    monic = [Fraction(c * first ** (degree - 1 - n)) if n < degree else Fraction(1)
             for n, c in enumerate(whole)]  # fmt: skip
    bound = 1 + int(max(abs(c) for c in monic))
    found = []
    stack = [(-bound, bound)]
    while stack:
        low, high = stack.pop()
        if not count_real_zeros(monic, low, high):
            continue
        if high - low == 1:
            if not sum((c * high**n for n, c in enumerate(monic)), Fraction(0)):
                found.append(Fraction(high, first))
            continue
        middle = (low + high) // 2
        stack += [(low, middle), (middle, high)]
    return sorted(found)


def _is_square(value: Fraction) -> bool:
    if value < 0:
        return False
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    return above * above == value.numerator and below * below == value.denominator


def _root(value: Fraction) -> Fraction:
    return Fraction(isqrt(value.numerator), isqrt(value.denominator))


def _has_two_quadratics(values: Polynomial) -> bool:
    """Look for `(x**2 + p x + q)(x**2 + r x + s)`; q + s is a zero of the resolvent cubic."""
    e, d, c, b = (value / values[4] for value in values[:4])
    resolvent = [-(b * b * e - 4 * c * e + d * d), b * d - 4 * e, -c, Fraction(1)]
    for total in rational_zeros(trimmed(resolvent)):
        inner, outer = total * total - 4 * e, b * b - 4 * (c - total)
        if not _is_square(inner) or not _is_square(outer):
            continue
        q, s = (total + _root(inner)) / 2, (total - _root(inner)) / 2
        p, r = (b + _root(outer)) / 2, (b - _root(outer)) / 2
        if p * s + q * r == d or p * q + r * s == d:
            return True
    return False


def _is_irreducible_modulo(values: Polynomial, prime: int) -> bool:
    """Say whether a polynomial keeps its degree modulo a prime and has no factor there (Rabin)."""
    below = lcm(*(c.denominator for c in values))
    whole = [int(c * below) % prime for c in values]
    if not whole[-1]:
        return False
    inverse = pow(whole[-1], -1, prime)
    monic = [c * inverse % prime for c in whole]
    degree = len(monic) - 1
    power = [0, 1]
    for _ in range(degree // 2):
        power = _raised(power, prime, monic)  # x to the prime, to the prime**2, ...
        shifted = [*power, *[0] * max(0, 2 - len(power))]
        shifted[1] = (shifted[1] - 1) % prime
        if len(_common(monic, _cut(shifted), prime)) > 1:
            return False
    return True


def _cut(values: list[int]) -> list[int]:
    while values and not values[-1]:
        values = values[:-1]
    return values


def _raised(base: list[int], prime: int, modulus: list[int]) -> list[int]:
    result = [1]
    for _ in range(prime):
        product = [0] * (len(result) + len(base) - 1 if result and base else 0)
        for i, x in enumerate(result):
            for j, y in enumerate(base):
                product[i + j] = (product[i + j] + x * y) % prime
        result = _rest(_cut(product), modulus, prime)
    return result


def _rest(a: list[int], b: list[int], prime: int) -> list[int]:
    rest, inverse = list(a), pow(b[-1], -1, prime)
    while len(rest) >= len(b):
        factor = rest[-1] * inverse % prime
        for place in range(1, len(b) + 1):
            rest[-place] = (rest[-place] - factor * b[-place]) % prime
        rest = _cut(rest[:-1])
    return rest


def _common(a: list[int], b: list[int], prime: int) -> list[int]:
    while b:
        a, b = b, _rest(a, b, prime)
    return a
