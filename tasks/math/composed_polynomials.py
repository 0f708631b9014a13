"""Polynomials over the rationals, for the grader of composed problems.

Shares nothing with the kinds that rewrite polynomials: a polynomial is a dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt, lcm, perm

Poly = dict[tuple[tuple[str, int], ...], Fraction]
"""Coefficient of each monomial, a sorted tuple of letters with their exponents; no zeros."""

MOST_MONOMIALS = 1500
MOST_EXPONENT = 200
MOST_BITS = 20_000


class UnreadableError(ValueError):
    """A text that cannot be evaluated, or what it says is too large."""


def number_in(value: Poly) -> Fraction | None:
    """Return the number that a polynomial is; None if it holds letters."""
    if not value:
        return Fraction(0)
    return value[()] if set(value) == {()} else None


def letters_in(value: Poly) -> set[str]:
    """Return the letters of a polynomial."""
    return {name for monomial in value for name, _ in monomial}


def poly_text(value: Poly) -> str:
    """Write a polynomial in Python's notation, the highest powers first."""
    if not value:
        return "0"
    parts = []
    for monomial, factor in sorted(value.items(), key=lambda i: -sum(e for _, e in i[0])):
        powers = [name if e == 1 else f"{name}**{e}" for name, e in monomial]
        size = abs(factor)
        if size != 1 or not powers:
            powers.insert(0, str(size))
        parts.append((" - " if factor < 0 else " + ") + "*".join(powers))
    text = "".join(parts)
    return text[3:] if text.startswith(" + ") else f"-{text[3:]}"


def derivative(value: Poly, letter: str, order: int) -> Poly:
    """Return the derivative of that order."""
    for _ in range(order):
        after: Poly = {}
        for monomial, factor in value.items():
            exponents = dict(monomial)
            exponent = exponents.pop(letter, 0)
            if exponent:
                if exponent != 1:
                    exponents[letter] = exponent - 1
                after[tuple(sorted(exponents.items()))] = factor * exponent
        value = after
    return value


def solved(equations: Sequence[Poly]) -> dict[str, Fraction] | None:
    """Return the only solution of linear equations (each `polynomial = 0`); None if there is none.

    Elimination over the rationals; equations that are not linear have no solution here.
    """
    names = sorted(set().union(*map(letters_in, equations)))
    rows = []
    for equation in equations:
        if any(len(m) > 1 or (m and m[0][1] != 1) for m in equation):
            return None
        rows.append([*(equation.get(((n, 1),), Fraction(0)) for n in names),
                     -equation.get((), Fraction(0))])  # fmt: skip
    done: list[list[Fraction]] = []
    for column in range(len(names)):
        pivot = next((r for r in rows if r[column]), None)
        if pivot is None:
            return None
        rows.remove(pivot)
        pivot = [c / pivot[column] for c in pivot]
        rows = [[a - r[column] * b for a, b in zip(r, pivot, strict=True)] for r in rows]
        done = [[a - r[column] * b for a, b in zip(r, pivot, strict=True)] for r in done]
        done.append(pivot)
    if any(r[-1] for r in rows):
        return None
    return {name: row[-1] for name, row in zip(names, done, strict=True)}


def rational_roots(value: Poly) -> list[Fraction] | None:
    """Return the roots of a polynomial in one letter, if they are all rational and small.

    Every quotient of a divisor of the last by one of the first coefficient is tried.
    """
    letters = letters_in(value)
    if len(letters) != 1:
        return None
    letter = next(iter(letters))
    scale = lcm(*(factor.denominator for factor in value.values()))
    terms = {dict(m).get(letter, 0): int(factor * scale) for m, factor in value.items()}
    low, high = min(terms), max(terms)
    if max(abs(terms[low]), abs(terms[high])) > 10_000 or low < 0 or high > 8:
        return None
    found = [Fraction(0)] if low else []
    left = high - low
    for above in (n for n in range(1, abs(terms[low]) + 1) if terms[low] % n == 0):
        for below in (n for n in range(1, abs(terms[high]) + 1) if terms[high] % n == 0):
            for root_ in (Fraction(above, below), Fraction(-above, below)):
                order = 0
                while not sum(perm(e, order) * c * root_ ** (e - order)
                              for e, c in terms.items() if e >= order):  # fmt: skip
                    order += 1
                if order and root_ not in found:
                    found.append(root_)
                    left -= order
    return None if left else sorted(found)


def added(a: Poly, b: Poly, factor: int) -> Poly:
    """Return a + factor * b."""
    total = dict(a)
    for monomial, coefficient in b.items():
        value = total.get(monomial, Fraction(0)) + factor * coefficient
        if value:
            total[monomial] = value
        else:
            total.pop(monomial, None)
    return total


def times(a: Poly, b: Poly) -> Poly:
    """Return a * b.

    Raises:
        UnreadableError: if it is too large.
    """
    if len(a) * len(b) > 20 * MOST_MONOMIALS:
        raise UnreadableError("a product has too many terms")
    total: Poly = {}
    for m, x in a.items():
        for n, y in b.items():
            exponents = dict(m)
            for name, e in n:
                exponents[name] = exponents.get(name, 0) + e
            key = tuple(sorted(exponents.items()))
            total[key] = total.get(key, Fraction(0)) + x * y
    total = {m: c for m, c in total.items() if c}
    sizes = (max(c.numerator.bit_length(), c.denominator.bit_length()) for c in total.values())
    if len(total) > MOST_MONOMIALS or max(sizes, default=0) > MOST_BITS:
        raise UnreadableError("a product is too large")
    return total


def power(a: Poly, exponent: int) -> Poly:
    """Return a to a whole power.

    Raises:
        UnreadableError: if it is too large, or divides by zero.
    """
    base = number_in(a)
    if base is not None:
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if bits * abs(exponent) > MOST_BITS or (not base and exponent < 0):
            raise UnreadableError("a power is too large, or divides by zero")
        return constant(base**exponent)
    if not 0 <= exponent <= MOST_EXPONENT:
        raise UnreadableError(f"an exponent {exponent} is out of range")
    total = constant(Fraction(1))
    for _ in range(exponent):
        total = times(total, a)
    return total


def composed(body: Poly, parameter: str, argument: Poly) -> Poly:
    """Return a polynomial with another one put in for a letter."""
    total: Poly = {}
    for monomial, factor in body.items():
        rest = tuple((n, e) for n, e in monomial if n != parameter)
        raised = power(argument, dict(monomial).get(parameter, 0))
        total = added(total, times({rest: factor}, raised), 1)
    return total


def root(value: Poly) -> Fraction:
    """Return the square root of the square of a rational number."""
    number = number_in(value)
    if number is not None and number >= 0:
        above, below = isqrt(number.numerator), isqrt(number.denominator)
        if above * above == number.numerator and below * below == number.denominator:
            return Fraction(above, below)
    raise UnreadableError("a root is no rational number")


def constant(value: Fraction) -> Poly:
    """Return a number as a polynomial."""
    return {(): value} if value else {}
