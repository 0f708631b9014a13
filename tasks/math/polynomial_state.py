"""What a polynomial expression is while it is being rewritten, and how it is written.

A sum of terms, each a number times factors; a factor is a base with a rational exponent. Equal
texts are equal values, everything hashes. The order of factors is fixed, which is presentation;
nothing else is calculated on building: `x*x`, `2*3` and `(x**2)**3` stay as typed. Trees are turned
into sums by `polynomial_reading`, the rules are `polynomial_rules`.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import NamedTuple, TypeAlias, Union

Sum: TypeAlias = "tuple[Term, ...]"
"""Terms in the order in which they stand; empty for 0, which is never written as a lone term."""

Base: TypeAlias = Union[str, "Number", "Bracket", "Call"]
"""A name, or what `Number`, `Bracket` and `Call` say."""


class Number(NamedTuple):
    """A number that is not yet multiplied into its term, or is raised to a power: `4**2`."""

    num: int
    den: int


class Bracket(NamedTuple):
    """A sum in brackets, of any number of terms: a lone product in brackets is one as well."""

    terms: Sum


class Call(NamedTuple):
    """A function of one expression: `f(x + 1)`."""

    name: str
    argument: Sum


class Factor(NamedTuple):
    """A base raised to the rational exponent `num / den`, reduced, `den` positive."""

    base: Base
    num: int = 1
    den: int = 1


class Term(NamedTuple):
    """A coefficient, reduced with `den` positive and possibly 0, times factors in order."""

    num: int
    den: int
    factors: tuple[Factor, ...] = ()


class Definition(NamedTuple):
    """What a name stands for: `f(x) = body`, or `z = body` where the parameter is empty."""

    name: str
    parameter: str
    body: Sum


class Polynomial(NamedTuple):
    """An expression and the definitions that it still needs, sorted by name."""

    expression: Sum
    definitions: tuple[Definition, ...] = ()


ZERO_TERM = Term(0, 1)


def reduced(num: int, den: int) -> tuple[int, int]:
    """Return the fraction in lowest terms with a positive denominator, which must not be 0."""
    if den < 0:
        num, den = -num, -den
    if den != 1:
        common = gcd(num, den)
        if common != 1:
            return num // common, den // common
    return num, den


def term(num: int, den: int, factors: Iterable[Factor]) -> Term:
    """Build a term: factors in order, and a first plain number as its coefficient."""
    ordered = tuple(sorted(factors, key=_place))
    if ordered and den == 1 and num in (1, -1):
        base, above, below = ordered[0]
        if isinstance(base, Number) and above == 1 and below == 1:
            return Term(num * base.num, base.den, ordered[1:])
    return Term(num, den, ordered)


def total(terms: Iterable[Term]) -> Sum:
    """Build a sum; a lone 0 is the empty sum."""
    terms = tuple(terms)
    return () if terms == (ZERO_TERM,) else terms


def monomials(terms: Sum) -> bool:
    """Say whether nothing is left to do: no like terms, no brackets, calls or loose numbers."""
    if len({one.factors for one in terms}) < len(terms):
        return False
    return all(is_monomial(one) for one in terms)


def is_monomial(one: Term) -> bool:
    """Say whether a term is a number other than 0 times powers of different names."""
    if not one.num:
        return False
    before = ""
    for base, num, _ in one.factors:
        if not isinstance(base, str) or not num or base == before:
            return False
        before = base
    return True


def ordered(terms: Sum) -> Sum:
    """Sort the terms of a finished sum by falling degree, then by names; presentation only."""

    def place(one: Term) -> tuple[float, list[tuple[str, float]]]:
        degrees = [(str(base), -num / den) for base, num, den in one.factors]
        return sum(degree for _, degree in degrees), degrees

    return tuple(sorted(terms, key=place))


def sum_text(terms: Sum) -> str:
    """Write a sum in Python's notation: `-2*x**3 + 1/2*x*(y - 1)**2`; `0` if it is empty."""
    if not terms:
        return "0"
    parts = [term_text(terms[0])]
    for one in terms[1:]:
        parts.append(" - " if one.num < 0 else " + ")
        parts.append(term_text(one._replace(num=abs(one.num))))
    return "".join(parts)


def term_text(one: Term) -> str:
    """Write a term: `-x`, `3/2*x**2`, `2*3`, `0*x`."""
    num, den, factors = one
    if not factors:
        return number_text(num, den)
    texts = "*".join(factor_text(factor) for factor in factors)
    if den == 1 and num in (1, -1):
        return texts if num == 1 else f"-{texts}"
    return f"{number_text(num, den)}*{texts}"


def factor_text(factor: Factor) -> str:
    """Write a factor: `x**2`, `(x + 1)**(-1/2)`, `f(2)`, `(-3)**2`."""
    base, num, den = factor
    if isinstance(base, str):
        text = base
    elif isinstance(base, Number):
        text = number_text(*base)
        text = text if base.num >= 0 and base.den == 1 else f"({text})"
    elif isinstance(base, Bracket):
        text = f"({sum_text(base.terms)})"
    else:
        text = f"{base.name}({sum_text(base.argument)})"
    if num == 1 and den == 1:
        return text
    exponent = number_text(num, den)
    return f"{text}**{exponent if num >= 0 and den == 1 else f'({exponent})'}"


def number_text(num: int, den: int) -> str:
    """Write `4` or `-7/2`."""
    return f"{num}" if den == 1 else f"{num}/{den}"


def definition_text(definition: Definition) -> str:
    """Write `f(x) = 3*x`, or `z = 4`."""
    name, parameter, body = definition
    return f"{name}({parameter}) = {sum_text(body)}" if parameter else f"{name} = {sum_text(body)}"


def _place(factor: Factor) -> tuple[int, str]:
    """Order factors: numbers, names by the alphabet, calls, brackets as they stand."""
    base = factor.base
    if isinstance(base, str):
        return 1, base
    if isinstance(base, Number):
        return 0, ""
    return (2, base.name) if isinstance(base, Call) else (3, "")
