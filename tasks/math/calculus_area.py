"""Say whether a function is nowhere below zero between two bounds: then its integral is its area.

By sign changes: zeros of odd order between the bounds, counted with a Sturm chain.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from tasks.math.product_sums import BRACKET, LETTER, NUMBER, Sum

Coefficients: TypeAlias = tuple[Fraction, ...]
"""From the constant up; the last is not 0; empty for 0."""

MOST_DEGREE = 12


def is_nowhere_negative(terms: Sum, low: Fraction, high: Fraction) -> bool:
    """Say whether a sum in one letter is at least 0 from `low` to `high`; False if in doubt."""
    values = _polynomial(terms)
    if not values or len(values) > MOST_DEGREE + 1 or low >= high:
        return False
    for bound in (low, high):
        while _value(values, bound) == 0 and len(values) > 1:
            values = _divided(values, (-bound, Fraction(1)))[0]
            if bound == high:
                values = tuple(-value for value in values)  # x - high is below 0 in between
    chain = _chain(_odd_part(values))
    if _changes(chain, low) != _changes(chain, high):
        return False
    between = (low + (high - low) * Fraction(k, MOST_DEGREE + 2) for k in range(1, MOST_DEGREE + 2))
    return next((value > 0 for at in between if (value := _value(values, at))), False)


def _polynomial(terms: Sum) -> Coefficients | None:
    """Return the coefficients; None for powers below 0, fractions of powers, or a high degree."""
    total: Coefficients = ()
    for term in terms:
        product: Coefficients | None = (Fraction(1),)
        for part in term:
            factor: Coefficients | None = None
            power = 1
            if part[0] == NUMBER:
                factor = (Fraction(part[1], part[2]),)
            elif part[0] == LETTER and part[3] == 1 and part[2] > 0:
                factor, power = (Fraction(0), Fraction(1)), part[2]
            elif part[0] == BRACKET:
                factor, power = _polynomial(part[1]), part[2]
            if factor is None or product is None or power > MOST_DEGREE:
                return None
            for _ in range(power):
                product = _times(product, factor)
                if len(product) > MOST_DEGREE + 1:
                    return None
        total = _added(total, product or ())
    return total


def _added(a: Coefficients, b: Coefficients) -> Coefficients:
    size = max(len(a), len(b))
    padded = [(*c, *([Fraction(0)] * (size - len(c)))) for c in (a, b)]
    return _trimmed([x + y for x, y in zip(*padded, strict=True)])


def _times(a: Coefficients, b: Coefficients) -> Coefficients:
    if not a or not b:
        return ()
    product = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] += x * y
    return _trimmed(product)


def _divided(a: Coefficients, b: Coefficients) -> tuple[Coefficients, Coefficients]:
    """Return quotient and remainder."""
    rest = list(a)
    quotient = [Fraction(0)] * max(0, len(a) - len(b) + 1)
    for place in reversed(range(len(quotient))):
        factor = rest[place + len(b) - 1] / b[-1]
        quotient[place] = factor
        for offset, value in enumerate(b):
            rest[place + offset] -= factor * value
    return _trimmed(quotient), _trimmed(rest)


def _common(a: Coefficients, b: Coefficients) -> Coefficients:
    while b:
        a, b = b, _divided(a, b)[1]
    return a


def _derivative(values: Coefficients) -> Coefficients:
    return tuple(power * value for power, value in enumerate(values))[1:]


def _trimmed(values: list[Fraction]) -> Coefficients:
    while values and not values[-1]:
        values.pop()
    return tuple(values)


def _value(values: Coefficients, at: Fraction) -> Fraction:
    total = Fraction(0)
    for value in reversed(values):
        total = total * at + value
    return total


def _odd_part(values: Coefficients) -> Coefficients:
    """Return the product of the zeros' factors, each once, whose multiplicity is odd."""
    odd: Coefficients = (Fraction(1),)
    rest = _common(values, _derivative(values))
    once = _divided(values, rest)[0]
    multiplicity = 1
    while len(once) > 1:
        more = _common(once, rest)
        if multiplicity % 2:
            odd = _times(odd, _divided(once, more)[0])
        once, rest, multiplicity = more, _divided(rest, more)[0], multiplicity + 1
    return odd


def _chain(values: Coefficients) -> list[Coefficients]:
    """Return the Sturm chain of a polynomial without multiple zeros."""
    chain = [values, _derivative(values)]
    while len(chain[-1]) > 1:
        rest = _divided(chain[-2], chain[-1])[1]
        if not rest:
            break
        chain.append(tuple(-value for value in rest))
    return [values for values in chain if values]


def _changes(chain: list[Coefficients], at: Fraction) -> int:
    signs = [value > 0 for values in chain if (value := _value(values, at))]
    return sum(first != second for first, second in pairwise(signs))
