"""A normal form for expressions made of powers, by Python's own parser and exact numbers.

What `calculus_grader` judges with; it shares nothing with how problems are read and derived.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

Monomial: TypeAlias = tuple[tuple[str, Fraction], ...]
"""Letters in order, each with its exponent, which is not 0."""

Normal: TypeAlias = dict[Monomial, Fraction]
"""Factors, which are not 0, by monomial."""

MAX_CHARACTERS = 20_000
MAX_TERMS = 3000
MAX_BITS = 40_000
_TOKEN = re.compile(r"\d+(?:\.\d+)?|\.\d+|\*\*|[a-zA-Z]+|[-+*/(),]")
_CALLS = frozenset(("diff", "integral", "insert", "sqrt"))
_SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "[": "(", "]": ")",
                        "{": "(", "}": ")"})  # fmt: skip


class UnreadableError(ValueError):
    """A text that has no normal form here."""


def normal_form(text: str, known: dict[str, Normal] | None = None) -> Normal:
    """Return the normal form of an expression.

    Args:
        text: in Python notation or as people write it, with `diff(e, x)`, `integral(e, x)`,
            `insert(e, x, at)`, `insert(e, x, lower, upper)`.
        known: normal forms of terms that occurred before; added to.

    Raises:
        UnreadableError: if the text is none, or too large.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(f"an expression of {len(text)} characters is too long to check")
    total: Normal = {}
    known = {} if known is None else known
    for piece in _pieces(text):
        value = known.get(piece)
        if value is None:
            value = known[piece] = _evaluate(_tree(piece))
        _add(total, value, Fraction(1))
    return total


def _pieces(text: str) -> list[str]:
    """Cut a sum at its own signs, not at those within brackets."""
    pieces, depth, start = [], 0, 0
    for match in re.finditer(r"[()\[\]{}]| [-+] ", text):
        sign = match[0]
        if len(sign) == 1:
            depth += 1 if sign in "([{" else -1
        elif depth == 0 and text[start : match.start()].strip():
            pieces.append(text[start : match.start()])
            start = match.start() + (2 if sign == " + " else 0)
    return [*pieces, text[start:]]


def _tree(text: str) -> ast.expr:
    """Read one text by Python's parser; products are written out first, decimals quoted."""
    plain = text.translate(_SIGNS).replace("^", "**")
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
    plain = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**" + m[0].translate(raised), plain)
    words = _TOKEN.findall(plain)
    if sum(map(len, words)) != len("".join(plain.split())) or re.search(r"[\d.]\s+[\d.]", plain):
        raise UnreadableError(f"{text[:60]!r} is not written as an expression")
    tokens: list[str] = []
    for word in words:
        letters = word.isalpha() and word not in _CALLS
        for token in word if letters else (word,):
            if tokens and _ends_value(tokens[-1]):
                if token[0].isdigit() or token[0] == ".":
                    raise UnreadableError(f"a number without an operator in {text[:60]!r}")
                if token == "(" or token.isalpha():
                    tokens.append("*")
            tokens.append(token)
    written = " ".join(repr(t) if "." in t else t.lstrip("0") or "0" if t.isdigit() else t
                       for t in tokens)  # fmt: skip
    if any(len(t) > 4000 for t in tokens):
        raise UnreadableError("a number is too long to check")
    try:
        return ast.parse(written, mode="eval").body
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise UnreadableError(f"{text[:60]!r} is not written as an expression") from error


def _ends_value(token: str) -> bool:
    return token == ")" or token[-1].isdigit() or (token.isalpha() and token not in _CALLS)


def _evaluate(node: ast.expr, depth: int = 0) -> Normal:
    if depth > 300:
        raise UnreadableError("an expression is too deep to check")
    if isinstance(node, ast.Constant) and isinstance(node.value, int | str):
        value = Fraction(node.value)
        return {(): value} if value else {}
    if isinstance(node, ast.Name):
        return {((node.id, Fraction(1)),): Fraction(1)}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _evaluate(node.operand, depth + 1)
        return inner if isinstance(node.op, ast.UAdd) else {m: -c for m, c in inner.items()}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node.func.id, node.args, depth)
    if isinstance(node, ast.BinOp):
        a, b = _evaluate(node.left, depth + 1), _evaluate(node.right, depth + 1)
        if isinstance(node.op, ast.Add | ast.Sub):
            total = dict(a)
            _add(total, b, Fraction(1 if isinstance(node.op, ast.Add) else -1))
            return total
        if isinstance(node.op, ast.Mult):
            return _product(a, b)
        if isinstance(node.op, ast.Div):
            return _product(a, _power(b, Fraction(-1)))
        if isinstance(node.op, ast.Pow) and (not b or set(b) == {()}):
            return _power(a, b.get((), Fraction(0)))
    raise UnreadableError(f"cannot evaluate {ast.dump(node)[:60]!r}")


def _called(name: str, arguments: list[ast.expr], depth: int) -> Normal:
    first = _evaluate(arguments[0], depth + 1) if arguments else {}
    if name == "sqrt" and len(arguments) == 1:
        return _power(first, Fraction(1, 2))
    if name not in _CALLS or len(arguments) < 2 or not isinstance(arguments[1], ast.Name):
        raise UnreadableError(f"cannot evaluate a call of {name[:20]}")
    letter = arguments[1].id
    if name == "insert" and 3 <= len(arguments) <= 4:
        values = [_evaluate(argument, depth + 1) for argument in arguments[2:]]
        if all(set(value) <= {()} for value in values):
            return inserted(first, letter, [value.get((), Fraction(0)) for value in values])
    if len(arguments) == 2 and name in ("diff", "integral"):
        return (differentiated if name == "diff" else integrated)(first, letter)
    raise UnreadableError(f"cannot evaluate a call of {name[:20]}")


def _add(total: Normal, value: Normal, factor: Fraction) -> None:
    for monomial, coefficient in value.items():
        new = total.get(monomial, 0) + coefficient * factor
        if new:
            total[monomial] = Fraction(new)
        else:
            total.pop(monomial, None)


def _product(a: Normal, b: Normal) -> Normal:
    if len(a) * len(b) > MAX_TERMS:
        raise UnreadableError("an expression has too many terms to check")
    total: Normal = {}
    for first, x in a.items():
        for second, y in b.items():
            exponents = dict(first)
            for letter, exponent in second:
                exponents[letter] = exponents.get(letter, Fraction(0)) + exponent
            monomial = tuple(sorted((k, v) for k, v in exponents.items() if v))
            _add(total, {monomial: _small(x * y)}, Fraction(1))
    return total


def _power(base: Normal, exponent: Fraction) -> Normal:
    if len(base) == 1:
        ((monomial, coefficient),) = base.items()
        raised = tuple((letter, power * exponent) for letter, power in monomial if exponent)
        return {raised: _number_power(coefficient, exponent)}
    if exponent.denominator != 1 or not 0 <= exponent <= 60 or (not base and not exponent):
        raise UnreadableError("a sum has an exponent that is not checked")
    total: Normal = {(): Fraction(1)}
    for _ in range(int(exponent)):
        total = _product(total, base)
    return total


def _number_power(value: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator == 2 and value >= 0:
        above, below = isqrt(value.numerator), isqrt(value.denominator)
        if above**2 == value.numerator and below**2 == value.denominator:
            value, exponent = Fraction(above, below), exponent * 2
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    if value == 1:
        return value
    if exponent.denominator != 1 or (not value and exponent <= 0):
        raise UnreadableError(f"{value} to the power {exponent} is not checked")
    if bits * abs(exponent) > MAX_BITS and abs(value) > 1:
        raise UnreadableError("a power is too large to check")
    return _small(value ** int(exponent))


def _small(value: Fraction) -> Fraction:
    if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
        raise UnreadableError("a number is too large to check")
    return value


def differentiated(value: Normal, letter: str) -> Normal:
    """Return the derivative with respect to the letter."""
    total: Normal = {}
    for monomial, coefficient in value.items():
        exponents = dict(monomial)
        power = exponents.pop(letter, Fraction(0))
        if power:
            rest = {**exponents, **({letter: power - 1} if power != 1 else {})}
            _add(total, {tuple(sorted(rest.items())): coefficient * power}, Fraction(1))
    return total


def integrated(value: Normal, letter: str) -> Normal:
    """Return the antiderivative without a constant.

    Raises:
        UnreadableError: if it is no sum of powers.
    """
    total: Normal = {}
    for monomial, coefficient in value.items():
        exponents = dict(monomial)
        power = exponents.get(letter, Fraction(0)) + 1
        if not power:
            raise UnreadableError(f"the integral of 1/{letter} is no power")
        exponents[letter] = power
        _add(total, {tuple(sorted(exponents.items())): coefficient / power}, Fraction(1))
    return total


def inserted(value: Normal, letter: str, bounds: list[Fraction]) -> Normal:
    """Return the value at the last bound, less that at the first where there are two.

    Raises:
        UnreadableError: if it is not defined there, or no rational number.
    """
    total: Normal = {}
    for monomial, coefficient in value.items():
        power = dict(monomial).get(letter, Fraction(0))
        rest = tuple((k, v) for k, v in monomial if k != letter)
        if power < 0 and min(bounds) <= 0 <= max(bounds):
            raise UnreadableError(f"1/{letter} is not defined between the bounds")
        numbers = [_number_power(b, power) if power else Fraction(1) for b in bounds]
        number = numbers[-1] - (numbers[0] if len(numbers) > 1 else 0)
        if number:
            _add(total, {rest: coefficient * number}, Fraction(1))
    return total
