"""Turn a tree of `expressions` into a sum of terms, without calculating what is to be rewritten.

Only notation is settled here: signs go into coefficients, a product with a typed quotient of
numbers keeps it as one fraction (`-2*x/3` is `-2/3*x`), `a/b` is `a` times `b**(-1)`, `sqrt(a)` is
`a**(1/2)`, products inside products lose their brackets, and exponents are worked out.
"""

from __future__ import annotations

from fractions import Fraction

from tasks.math.expressions import Tree
from tasks.math.polynomial_state import (
    Bracket,
    Call,
    Factor,
    Number,
    Sum,
    Term,
    reduced,
    term,
    total,
)
from tasks.protocol import InvalidTaskError

MAX_EXPONENT = 10**6  # as typed, of numerators and denominators


class ExponentError(InvalidTaskError):
    """An exponent that is no number, though it may become one with definitions put in."""


def sum_of(tree: Tree) -> Sum:
    """Return the sum that a tree writes.

    Raises:
        InvalidTaskError: at a division by zero, an exponent that is no number, or a function of
            several expressions.
    """
    terms: list[Term] = []
    while tree[0] in ("+", "-"):
        terms.append(_product(tree[2], 1 if tree[0] == "+" else -1))
        tree = tree[1]
    terms.append(_product(tree, 1))
    return total(reversed(terms))


def _product(tree: Tree, sign: int) -> Term:
    """Read one term; the first number becomes its coefficient, later ones stay factors."""
    coefficient = [sign, 1]
    factors: list[Factor] = []
    _multiply(tree, coefficient, factors)
    num, den = reduced(*coefficient)
    return term(num, den, factors)


def _multiply(tree: Tree, coefficient: list[int], factors: list[Factor]) -> None:
    behind: list[Tree] = []
    while tree[0] in ("*", "/"):
        behind.append(tree)
        tree = tree[1]
    form = tree[0]
    if form == "neg":
        coefficient[0] = -coefficient[0]
        _multiply(tree[1], coefficient, factors)
    elif form == "num":
        if coefficient in ([1, 1], [-1, 1]) and not any(
            isinstance(factor.base, Number) for factor in factors
        ):
            coefficient[0] *= tree[1]
            coefficient[1] = tree[2]
        else:
            factors.append(Factor(Number(tree[1], tree[2])))
    else:
        factors.append(_power(tree, Fraction(1)))
    for product in reversed(behind):
        if product[0] == "*":
            _multiply(product[2], coefficient, factors)
        else:
            _divide(product[2], coefficient, factors)


def _divide(tree: Tree, coefficient: list[int], factors: list[Factor]) -> None:
    if tree[0] == "neg":
        coefficient[0] = -coefficient[0]
        _divide(tree[1], coefficient, factors)
    elif tree[0] == "num":
        if not tree[1]:
            raise InvalidTaskError("the expression divides by zero; change the divisor")
        coefficient[:] = reduced(coefficient[0] * tree[2], coefficient[1] * tree[1])
    else:
        factors.append(_power(tree, Fraction(-1)))


def _power(tree: Tree, exponent: Fraction) -> Factor:
    """Read what is raised to an exponent; a power of a power stays one, in brackets."""
    form = tree[0]
    if form == "^" or (form == "call" and tree[1] == "sqrt"):
        own = _exponent(tree[2]) if form == "^" else Fraction(1, 2)
        base = tree[1] if form == "^" else tree[2]
        if abs(exponent) == 1:
            return _power(base, own * exponent) if _simple(base) else _raised(base, own * exponent)
        return _raised(tree, exponent)
    return _raised(tree, exponent)


def _simple(tree: Tree) -> bool:
    return tree[0] in ("name", "num") or (tree[0] == "call" and tree[1] != "sqrt")


def _raised(tree: Tree, exponent: Fraction) -> Factor:
    num, den = exponent.numerator, exponent.denominator
    form = tree[0]
    if form == "name":
        return Factor(tree[1], num, den)
    if form == "num":
        if not tree[1] and num <= 0:
            raise InvalidTaskError("the expression has 0 to a power that is not positive")
        return Factor(Number(tree[1], tree[2]), num, den)
    if form == "call" and tree[1] != "sqrt":
        if len(tree) != 3:
            raise InvalidTaskError(f"{tree[1]} is given {len(tree) - 2} expressions; expected one")
        return Factor(Call(tree[1], sum_of(tree[2])), num, den)
    return Factor(Bracket(sum_of(tree)), num, den)


def _exponent(tree: Tree) -> Fraction:
    value = constant(tree)
    if value is None:
        raise ExponentError("an exponent is no number; expected one such as 2 or -1/3")
    if abs(value.numerator) > MAX_EXPONENT or value.denominator > MAX_EXPONENT:
        raise InvalidTaskError(f"an exponent is larger than {MAX_EXPONENT}; expected a smaller one")
    return value


def constant(tree: Tree) -> Fraction | None:
    """Return the value of a short sum, product or quotient of numbers; None for anything else."""
    form = tree[0]
    if form == "num":
        return Fraction(tree[1], tree[2])
    if form == "neg":
        inner = constant(tree[1])
        return None if inner is None else -inner
    if form not in ("+", "-", "*", "/"):
        return None
    a, b = constant(tree[1]), constant(tree[2])
    if a is None or b is None or max(map(_bits, (a, b))) > 400:
        return None
    if form == "/":
        return a / b if b else None
    return a + b if form == "+" else a - b if form == "-" else a * b


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()
