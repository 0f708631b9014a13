"""Turn trees of expressions into sums of products, keeping what was typed.

Numbers of a product are read into one coefficient; sums, products of letters and brackets stay as
they are, because adding up and multiplying out is the rules' work.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from tasks.math.expressions import Tree
from tasks.math.product_sums import (
    BRACKET,
    LETTER,
    MOST_BITS,
    NUMBER,
    Sum,
    Term,
    letter_part,
    number_part,
)
from tasks.protocol import InvalidTaskError

MOST_BRACKET_POWER = 40
MOST_TERMS_READ = 60  # of a sum, a bracket's included
_MOST_EXPONENT = 10**6


class NotASumError(ValueError):
    """An expression that is no sum of products of numbers, letters and brackets."""


def sum_of(tree: Tree) -> Sum:
    """Return the sum that a tree writes.

    Raises:
        NotASumError: if it holds calls, divides by sums, or has exponents that are no numbers.
        InvalidTaskError: if it divides by 0, or is too large.
    """
    terms = _sum(tree)
    if len(terms) > MOST_TERMS_READ:
        raise InvalidTaskError(f"a sum has {len(terms)} terms; at most {MOST_TERMS_READ}")
    return terms


def _sum(tree: Tree) -> Sum:
    form = tree[0]
    if form == "num":
        return (number_part(Fraction(tree[1], tree[2])),) if tree[1] else ()
    if form == "name":
        return (letter_part(tree[1], Fraction(1)),)
    if form in "+-":
        return _added(tree)
    if form == "neg":
        return _scaled(_sum(tree[1]), Fraction(-1))
    if form in "*/":
        return _multiplied(tree)
    if form == "^":
        return _power(_sum(tree[1]), _exponent(tree[2]))
    if form == "call" and tree[1] == "sqrt" and len(tree) == 3:
        return _power(_sum(tree[2]), Fraction(1, 2))
    raise NotASumError(f"{tree[1]} is a function; only sums of powers are read here")


def _added(tree: Tree) -> Sum:
    """Read a chain of + and - without recursion: it may be hundreds of terms long."""
    parts: list[Sum] = []
    while tree[0] in ("+", "-"):
        right = _sum(tree[2])
        parts.append(_scaled(right, Fraction(-1)) if tree[0] == "-" else right)
        tree = tree[1]
    parts.append(_sum(tree))
    return tuple(term for part in reversed(parts) for term in part)


def _multiplied(tree: Tree) -> Sum:
    """Read a chain of * and / in the same way."""
    factors: list[Sum] = []
    while tree[0] in ("*", "/"):
        right = _sum(tree[2])
        factors.append(_power(right, Fraction(-1)) if tree[0] == "/" else right)
        tree = tree[1]
    product = _sum(tree)
    for factor in reversed(factors):
        product = _times(product, factor)
    return product


def _scaled(terms: Sum, factor: Fraction) -> Sum:
    if len(terms) > 1 and factor not in (1, -1):
        return ((*number_part(factor), (BRACKET, terms, 1)),)
    return tuple(_with_factor(term, factor) for term in terms)


def _with_factor(term: Term, factor: Fraction) -> Term:
    if term and term[0][0] == NUMBER:
        factor *= Fraction(term[0][1], term[0][2])
        term = term[1:]
    if factor.numerator.bit_length() + factor.denominator.bit_length() > MOST_BITS:
        raise InvalidTaskError("the numbers of a product are too large to write down")
    return number_part(factor) + term


def _times(a: Sum, b: Sum) -> Sum:
    if not a or not b:
        return ()
    factor = Fraction(1)
    parts: Term = ()
    for terms in (a, b):
        if len(terms) > 1:
            parts += ((BRACKET, terms, 1),)
            continue
        (term,) = terms
        if term and term[0][0] == NUMBER:
            factor *= Fraction(term[0][1], term[0][2])
            term = term[1:]
        parts += term
    return (_with_factor(parts, factor),)


def _power(base: Sum, exponent: Fraction) -> Sum:
    if not exponent:
        return ((),)
    if not base:
        if exponent < 0:
            raise InvalidTaskError("the expression divides by zero")
        return ()
    if len(base) > 1:
        if exponent == 1:
            return base
        if exponent.denominator != 1 or exponent < 0:
            raise NotASumError("a sum stands below a fraction line or a root")
        if exponent > MOST_BRACKET_POWER:
            raise InvalidTaskError(f"exponents of brackets go up to {MOST_BRACKET_POWER}")
        return (((BRACKET, base, int(exponent)),),)
    value = Fraction(1)
    parts: Term = ()
    for part in base[0]:
        if part[0] == NUMBER:
            value *= _number_power(Fraction(part[1], part[2]), exponent)
        elif part[0] == LETTER:
            if exponent.denominator == 2 and part[2] % 2 == 0 and part[3] == 1:
                raise NotASumError(f"the root of a square is the size of {part[1]}")
            parts += letter_part(part[1], Fraction(part[2], part[3]) * exponent)
        else:
            whole = part[2] * exponent
            if whole.denominator != 1 or whole < 0:
                raise NotASumError("a sum stands below a fraction line or a root")
            if whole > MOST_BRACKET_POWER:
                raise InvalidTaskError(f"exponents of brackets go up to {MOST_BRACKET_POWER}")
            parts += ((BRACKET, part[1], int(whole)),)
    return (_with_factor(parts, value),)


def number_power(value: Fraction, exponent: Fraction) -> Fraction | None:
    """Return a power that is rational and not too large to write down; None for any other."""
    if exponent.denominator == 2:
        roots = isqrt(abs(value.numerator)), isqrt(value.denominator)
        if value < 0 or Fraction(roots[0] ** 2, roots[1] ** 2) != value:
            return None
        value, exponent = Fraction(*roots), exponent * 2
    if exponent.denominator != 1 or (not value and exponent <= 0):
        return None
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    return None if bits * abs(exponent) > MOST_BITS and abs(value) != 1 else value ** int(exponent)


def _number_power(value: Fraction, exponent: Fraction) -> Fraction:
    found = number_power(value, exponent)
    if found is not None:
        return found
    if exponent.denominator != 1:
        raise NotASumError(f"{value} to the power {exponent} is no rational number")
    raise InvalidTaskError("a power of a number is too large to write down")


def _exponent(tree: Tree) -> Fraction:
    terms = _sum(tree)
    value = Fraction(0)
    for term in terms:
        if any(part[0] != NUMBER for part in term):
            raise NotASumError("an exponent is no number")
        value += Fraction(term[0][1], term[0][2]) if term else 1
    if abs(value) > _MOST_EXPONENT or value.denominator > _MOST_EXPONENT:
        raise InvalidTaskError(f"exponents go up to {_MOST_EXPONENT}")
    return value
