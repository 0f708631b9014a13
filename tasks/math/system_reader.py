"""Turn the texts of two equations into terms, exactly.

As in `equation_parser`, products and quotients with numbers are read into coefficients, and sums
are kept as typed, because adding up is the rewriting's work.
"""

from __future__ import annotations

from fractions import Fraction
from math import log2

from tasks.math.equation_parser import scaled
from tasks.math.equation_state import CONSTANT, MAX_TERMS, Side
from tasks.math.expressions import ExpressionSyntaxError, Tree, names_in, read_expression
from tasks.math.system_state import FIRST, SECOND, Line
from tasks.protocol import InvalidTaskError

MAX_EXPONENT = 20
MAX_BITS = 200  # of a coefficient as typed
_ONLY_LINEAR = "only linear equations can be solved as a system"


def sides_of(text: str) -> tuple[Tree, Tree]:
    """Return the trees of both sides.

    Raises:
        ExpressionSyntaxError: if the text is not one equation.
        InvalidTaskError: if a side is too large.
    """
    sides = text.split("=")
    if len(sides) != 2:
        raise ExpressionSyntaxError(f"{len(sides) - 1} equals signs; an equation has one")
    left, right = (read_expression(side.strip()) for side in sides)
    return left, right


def letters_of(sides: tuple[Tree, Tree]) -> frozenset[str]:
    """Return the unknowns that an equation names."""
    return names_in(sides[0]) | names_in(sides[1])


def line_of(sides: tuple[Tree, Tree], unknowns: tuple[str, str]) -> Line:
    """Return the equation's terms.

    Raises:
        InvalidTaskError: if it is not linear in the unknowns, or too large.
    """
    line = Line(*(_side(tree, unknowns) for tree in sides))
    if max(map(len, line)) > MAX_TERMS:
        raise InvalidTaskError(f"a side has more than {MAX_TERMS} terms")
    return line


def _side(tree: Tree, unknowns: tuple[str, str]) -> Side:
    form = tree[0]
    if form == "num":
        return _constant(Fraction(tree[1], tree[2]))
    if form == "name":
        return ((1, 1, FIRST if tree[1] == unknowns[0] else SECOND),)
    if form == "neg":
        return _times(_side(tree[1], unknowns), Fraction(-1))
    if form == "call":
        raise InvalidTaskError(f"{tree[1]} is a function; {_ONLY_LINEAR}")
    a, b = _side(tree[1], unknowns), _side(tree[2], unknowns)
    if form == "+":
        return a + b
    if form == "-":
        return a + _times(b, Fraction(-1))
    if form == "*":
        if (factor := _number(b)) is not None:
            return _times(a, factor)
        if (factor := _number(a)) is not None:
            return _times(b, factor)
        raise InvalidTaskError(f"unknowns are multiplied; {_ONLY_LINEAR}")
    if form == "/":
        divisor = _number(b)
        if divisor is None:
            raise InvalidTaskError(f"an unknown stands below a fraction line; {_ONLY_LINEAR}")
        if not divisor:
            raise InvalidTaskError("an equation divides by zero")
        return _times(a, 1 / divisor)
    return _power(a, _number(b))


def _power(base: Side, exponent: Fraction | None) -> Side:
    if exponent is None or exponent.denominator != 1 or not 0 <= exponent <= MAX_EXPONENT:
        raise InvalidTaskError(f"exponents must be whole numbers from 0 to {MAX_EXPONENT}")
    value = _number(base)
    if value is not None:
        return _constant(value ** int(exponent))
    if exponent == 1:
        return base
    raise InvalidTaskError(f"an unknown has an exponent; {_ONLY_LINEAR}")


def _times(side: Side, factor: Fraction) -> Side:
    """Multiply a term's coefficient; a sum becomes a bracket."""
    if len(side) > 1 and factor != 1:
        value = _number(side)
        if value is not None:
            return _constant(value * factor)
        return scaled(((1, 1, side),), factor)
    return scaled(side, factor)


def _number(side: Side) -> Fraction | None:
    """Return the value of a sum of numbers; None for any other."""
    total = Fraction(0)
    for num, den, body in side:
        if body != CONSTANT:
            return None
        total += Fraction(num, den)
    return total


def _constant(value: Fraction) -> Side:
    if not value:
        return ()
    if log2(abs(value.numerator)) > MAX_BITS or log2(value.denominator) > MAX_BITS:
        raise InvalidTaskError("a number is too large")
    return ((value.numerator, value.denominator, CONSTANT),)
