"""What is too large, or not decided, to be expanded: bounds from the form alone.

Nothing is calculated for an answer here: terms and degrees are bounded by counting what a product
or power could give at most.
"""

from __future__ import annotations

from math import comb
from typing import NamedTuple

from tasks.math.polynomial_rules import power
from tasks.math.polynomial_state import (
    Bracket,
    Call,
    Definition,
    Factor,
    Number,
    Polynomial,
    Sum,
    factor_text,
)
from tasks.protocol import InvalidTaskError

MAX_MONOMIALS = 40  # of anything multiplied out
MAX_POWER = 12  # of a sum
MAX_BITS = 3000  # of any number on the way
MAX_FACTORS = 3000


class Bound(NamedTuple):
    """Bounds of a sum.

    Attributes:
        terms: after multiplying out.
        bits: of its numbers.
        degree: the largest sum of exponents, None where there are fractions or negative ones.
        names: that it holds.
    """

    terms: int
    bits: int
    degree: int | None
    names: frozenset[str]


def check_size(start: Polynomial, positive: frozenset[str]) -> None:
    """Refuse an expression that is too large, or whose roots depend on signs.

    Raises:
        InvalidTaskError: with the limit, or the assumption that is missing.
    """
    _Counter(start.definitions, positive).of_sum(start.expression, {})


class _Counter:
    """Bounds of sums, with a limit on the factors looked at: definitions may use each other."""

    def __init__(self, definitions: tuple[Definition, ...], positive: frozenset[str]) -> None:
        self._known = {definition.name: definition for definition in definitions}
        self._positive = positive
        self._left = MAX_FACTORS

    def of_sum(self, terms: Sum, values: dict[str, Bound]) -> Bound:
        """Bound a sum in which some names have bounded values."""
        total = Bound(0, 0, 0, frozenset())
        for one in terms:
            size = max(_bits(one.num), _bits(one.den))
            product = Bound(1, size, 0, frozenset())
            for factor in one.factors:
                product = _times(product, self._of_factor(factor, values))
            total = _plus(total, product)
        return total

    def _of_factor(self, factor: Factor, values: dict[str, Bound]) -> Bound:
        self._left -= 1
        if self._left < 0:
            raise InvalidTaskError(f"more than {MAX_FACTORS} factors with definitions put in")
        base, num, den = factor
        if isinstance(base, Number):
            inner = Bound(1, max(_bits(base.num), _bits(base.den)), 0, frozenset())
            if den != 1 and power(base, num, den) is None:
                raise InvalidTaskError(f"{factor_text(factor)[:60]} is no rational number")
        elif isinstance(base, Bracket):
            inner = self.of_sum(base.terms, values)
            if inner.terms > 1 and inner.names and (den != 1 or num < 0):
                raise InvalidTaskError(
                    f"{factor_text(factor)[:60]} divides by a sum or takes its root; "
                    "only powers of products can be worked out so"
                )
            if den != 1 and not inner.names <= self._positive:
                raise InvalidTaskError(
                    f"{factor_text(factor)[:60]} depends on a sign; "
                    f"say that {', '.join(sorted(inner.names - self._positive))} is positive"
                )
        elif isinstance(base, Call):
            argument = self.of_sum(base.argument, values)
            definition = self._known[base.name]
            inner = self.of_sum(definition.body, {definition.parameter: argument})
        elif base in values:
            inner = values[base]
        elif base in self._known and not self._known[base].parameter:
            inner = self.of_sum(self._known[base].body, {})
        else:
            inner = Bound(1, 0, 1, frozenset(base))
        return _raised(inner, num, den)


def _raised(inner: Bound, num: int, den: int) -> Bound:
    terms, bits, degree, names = inner
    copies = -(-abs(num) // den)
    whole = den == 1 and num >= 0
    if whole and terms > 1 and num > MAX_POWER and names:
        raise InvalidTaskError(f"a sum is raised to the power {num}; at most {MAX_POWER}")
    if whole and terms > 1:
        bits = (bits + _bits(terms)) * num
        terms = comb(terms + num - 1, num) if num <= MAX_POWER else 1
    else:
        bits *= max(1, copies)
    degree = degree * num if whole and degree is not None else None
    if not names:
        terms, degree = 1, 0
    return _checked(Bound(terms, bits, degree, names))


def _times(a: Bound, b: Bound) -> Bound:
    degree = a.degree + b.degree if a.degree is not None and b.degree is not None else None
    bits = a.bits + b.bits + _bits(min(a.terms, b.terms))
    return _checked(Bound(a.terms * b.terms, bits, degree, a.names | b.names))


def _plus(a: Bound, b: Bound) -> Bound:
    degree = max(a.degree, b.degree) if a.degree is not None and b.degree is not None else None
    bits = max(a.bits, b.bits) + (1 if a.terms and b.terms else 0)
    return _checked(Bound(a.terms + b.terms, bits, degree, a.names | b.names))


def _checked(bound: Bound) -> Bound:
    terms, bits, degree, names = bound
    if degree is not None:
        terms = min(terms, comb(degree + len(names), len(names)))
    if terms > MAX_MONOMIALS:
        raise InvalidTaskError(
            f"the expression may have {terms} terms when expanded; at most {MAX_MONOMIALS}"
        )
    if bits > MAX_BITS:
        raise InvalidTaskError(f"the numbers would grow beyond {MAX_BITS} bits; use smaller ones")
    return bound._replace(terms=terms)


def _bits(number: int) -> int:
    """Return the binary logarithm, rounded up: 0 for 1, so that powers of it cost nothing."""
    return (abs(number) - 1).bit_length() if number else 0
