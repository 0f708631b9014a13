"""Exact tools of `roots_grader`: reading polynomials, numbers with one root, counting real zeros.

Independent of how problems are read and taken apart: texts are read by Python's own parser.
Polynomials are lists of fractions that rise in degree, without zeros at the end.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from itertools import pairwise
from math import isqrt, lcm
from typing import NamedTuple, TypeAlias

Polynomial: TypeAlias = list[Fraction]
MAX_CHARACTERS = 8000
MAX_DEGREE = 40
MAX_BITS = 20_000
_TOKEN = re.compile(r"\d+(?:\.\d+)?|\.\d+|\*\*|[a-zA-Z]+|[-+*/()]")
_SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "[": "(", "]": ")",
                        "{": "(", "}": ")", "√": "sqrt"})  # fmt: skip


class UnreadableError(ValueError):
    """A text that is no polynomial or number here, or too large a one."""


class Surd(NamedTuple):
    """The number `a + b*sqrt(d)`; d is 1 where b is 0, and no square otherwise."""

    a: Fraction
    b: Fraction
    d: int


def syntax_tree(text: str) -> ast.expr:
    """Read an expression as people or Python write it; decimals become quoted texts.

    Raises:
        UnreadableError: if it is none.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(f"a text of {len(text)} characters is too long to check")
    plain = text.translate(_SIGNS).replace("^", "**").replace("²", "**2").replace("³", "**3")
    plain = re.sub(r"sqrt ?(\d+|[a-z])\b", r"sqrt(\1)", plain)
    words = _TOKEN.findall(plain)
    if sum(map(len, words)) != len("".join(plain.split())) or re.search(r"[\d.]\s+[\d.]", plain):
        raise UnreadableError(f"{text[:60]!r} is not written as an expression")
    tokens: list[str] = []
    for word in words:
        for token in word if word.isalpha() and word != "sqrt" else (word,):
            before = tokens[-1] if tokens else "+"
            ends = before == ")" or (before[-1].isalnum() and before != "sqrt")
            if ends and (token[0].isdigit() or token[0] == "."):
                raise UnreadableError(f"a number follows without an operator in {text[:60]!r}")
            if ends and (token == "(" or token.isalpha()):
                tokens.append("*")
            tokens.append(token)
    if any(len(token) > 4000 for token in tokens):
        raise UnreadableError("a number is too long to check")
    written = " ".join(repr(t) if "." in t else t.lstrip("0") or "0" if t.isdigit() else t
                       for t in tokens)  # fmt: skip
    try:
        return ast.parse(written, mode="eval").body
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise UnreadableError(f"{text[:60]!r} is not written as an expression") from error


def polynomial(text: str, unknown: str) -> Polynomial:
    """Return the polynomial that a text writes, multiplied out.

    Raises:
        UnreadableError: if it is none in this letter.
    """
    return polynomial_of(syntax_tree(text), unknown)


def polynomial_of(node: ast.expr, unknown: str, depth: int = 0) -> Polynomial:
    """Return the polynomial that a syntax tree stands for."""
    if depth > 300:
        raise UnreadableError("an expression is too deep to check")
    if isinstance(node, ast.Constant) and isinstance(node.value, int | str):
        return trimmed([Fraction(node.value)])
    if isinstance(node, ast.Name) and node.id == unknown:
        return [Fraction(0), Fraction(1)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = polynomial_of(node.operand, unknown, depth + 1)
        return inner if isinstance(node.op, ast.UAdd) else [-c for c in inner]
    if isinstance(node, ast.BinOp):
        a = polynomial_of(node.left, unknown, depth + 1)
        b = polynomial_of(node.right, unknown, depth + 1)
        if isinstance(node.op, ast.Add | ast.Sub):
            return added(a, b, 1 if isinstance(node.op, ast.Add) else -1)
        if isinstance(node.op, ast.Mult):
            return times(a, b)
        if isinstance(node.op, ast.Div) and len(b) == 1:
            return [c / b[0] for c in a]
        if isinstance(node.op, ast.Pow) and len(b) <= 1:
            return _power(a, b[0] if b else Fraction(0))
    raise UnreadableError(f"cannot evaluate {ast.dump(node)[:60]!r}")


def _power(base: Polynomial, exponent: Fraction) -> Polynomial:
    size = max((c.numerator.bit_length() + c.denominator.bit_length() for c in base), default=0)
    if exponent.denominator != 1 or not 0 <= exponent <= 400 or size * exponent > MAX_BITS:
        raise UnreadableError("an exponent is not checked")
    total = [Fraction(1)]
    for _ in range(int(exponent)):
        total = times(total, base)
    return total


def trimmed(values: Polynomial) -> Polynomial:
    """Drop the zeros at the end."""
    while values and not values[-1]:
        values.pop()
    return values


def added(a: Polynomial, b: Polynomial, factor: int = 1) -> Polynomial:
    """Return a + factor*b."""
    total = [Fraction(0)] * max(len(a), len(b))
    for place, c in enumerate(a):
        total[place] += c
    for place, c in enumerate(b):
        total[place] += factor * c
    return trimmed(total)


def times(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return the product."""
    if len(a) + len(b) > MAX_DEGREE:
        raise UnreadableError("the degree is too high to check")
    total = [Fraction(0)] * (len(a) + len(b))
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            total[i + j] += x * y
    if any(c.numerator.bit_length() + c.denominator.bit_length() > MAX_BITS for c in total):
        raise UnreadableError("a number is too large to check")
    return trimmed(total)


def surd(node: ast.expr, depth: int = 0) -> Surd:
    """Return the value of a number with at most one square root.

    Raises:
        UnreadableError: if it is no such number.
    """
    if depth > 100:
        raise UnreadableError("an expression is too deep to check")
    if isinstance(node, ast.Constant) and isinstance(node.value, int | str):
        return Surd(Fraction(node.value), Fraction(0), 1)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        sign = -1 if isinstance(node.op, ast.USub) else 1
        a, b, d = surd(node.operand, depth + 1)
        return Surd(sign * a, sign * b, d)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sqrt":
        inside = surd(node.args[0], depth + 1) if len(node.args) == 1 else None
        if inside is not None and not inside.b and inside.a >= 0:
            return _root(inside.a)
    if isinstance(node, ast.BinOp):
        first, second = surd(node.left, depth + 1), surd(node.right, depth + 1)
        if isinstance(node.op, ast.Pow) and not second.b and second.a in (2, Fraction(1, 2)):
            if second.a == 2:
                return _times(first, first)
            if not first.b and first.a >= 0:
                return _root(first.a)
        if isinstance(node.op, ast.Mult):
            return _times(first, second)
        if isinstance(node.op, ast.Div) and (second.a or second.b):
            norm = second.a**2 - second.b**2 * second.d
            return _times(first, Surd(second.a / norm, -second.b / norm, second.d))
        if isinstance(node.op, ast.Add | ast.Sub):
            sign = 1 if isinstance(node.op, ast.Add) else -1
            first, second = _with_same_root(first, second)
            return _plain(first.a + sign * second.a, first.b + sign * second.b, first.d)
    raise UnreadableError(f"cannot evaluate {ast.dump(node)[:60]!r}")


def _plain(a: Fraction, b: Fraction, d: int) -> Surd:
    if max(x.numerator.bit_length() + x.denominator.bit_length() for x in (a, b)) > MAX_BITS:
        raise UnreadableError("a number is too large to check")
    return Surd(a, b, d if b else 1)


def _root(value: Fraction) -> Surd:
    number = value.numerator * value.denominator
    root = isqrt(number)
    if root * root == number:
        return Surd(Fraction(root, value.denominator), Fraction(0), 1)
    return Surd(Fraction(0), Fraction(1, value.denominator), number)


def _with_same_root(first: Surd, second: Surd) -> tuple[Surd, Surd]:
    if not second.b:
        return first, second._replace(d=first.d)
    if not first.b:
        return first._replace(d=second.d), second
    product = first.d * second.d
    root = isqrt(product)
    if root * root != product:
        raise UnreadableError("a number with two different roots is not checked")
    return first, Surd(second.a, second.b * Fraction(root, first.d), first.d)


def _times(first: Surd, second: Surd) -> Surd:
    first, second = _with_same_root(first, second)
    a = first.a * second.a + first.b * second.b * first.d
    return _plain(a, first.a * second.b + first.b * second.a, first.d)


def is_zero(values: Polynomial, at: Surd) -> bool:
    """Say whether a number is a zero of a polynomial, by Horner's scheme."""
    total = Surd(Fraction(0), Fraction(0), at.d)
    for coefficient in reversed(values):
        total = _times(total, at)
        total = total._replace(a=total.a + coefficient)
    return not total.a and not total.b


def distinct(numbers: list[Surd]) -> int:
    """Count different numbers; written differently they may be the same."""
    return len({(n.a, n.b > 0, n.b**2 * n.d) for n in numbers})


def count_real_zeros(values: Polynomial, low: int | None = None, high: int | None = None) -> int:
    """Count different real zeros, all or those in `(low, high]`, by Sturm's chain.

    With bounds, no zero may be a multiple one (`square_free`).
    """
    chain = sturm_chain(values)
    return _changes(chain, low, True) - _changes(chain, high, False)


def square_free(values: Polynomial) -> Polynomial:
    """Return the polynomial with the same zeros, each of them once."""
    return quotient(values, sturm_chain(values)[-1])


def quotient(a: Polynomial, b: Polynomial) -> Polynomial:
    """Divide without looking at the remainder."""
    rest, found = list(a), []
    while len(rest) >= len(b):
        factor = rest[-1] / b[-1]
        found.append(factor)
        for place in range(1, len(b) + 1):
            rest[-place] -= factor * b[-place]
        rest.pop()
    return found[::-1]


def sturm_chain(values: Polynomial) -> list[Polynomial]:
    """Return p, p', and the negated remainders."""
    chain = [values, trimmed([c * n for n, c in enumerate(values)][1:])]
    while chain[-1]:
        chain.append([-c for c in _remainder(chain[-2], chain[-1])])
    return chain[:-1]


def _remainder(a: Polynomial, b: Polynomial) -> Polynomial:
    rest = list(a)
    while len(rest) >= len(b):
        factor = rest[-1] / b[-1]
        for place in range(1, len(b) + 1):
            rest[-place] -= factor * b[-place]
        rest.pop()
        trimmed(rest)
    if rest:  # only signs count: keep the numbers small
        scale = Fraction(lcm(*(c.denominator for c in rest)))
        rest = [c * scale for c in rest]
    return rest


def _changes(chain: list[Polynomial], at: int | None, left: bool) -> int:
    signs = []
    for values in chain:
        if at is None:
            odd = len(values) % 2 == 0
            value = -values[-1] if left and odd else values[-1]
        else:
            value = sum((c * at**n for n, c in enumerate(values)), Fraction(0))
        if value:
            signs.append(value > 0)
    return sum(a != b for a, b in pairwise(signs))
