"""Turn the text of an equation into terms, exactly.

Products and quotients with numbers are read into coefficients (`2x*3` is `6x`, `(x + 3)/4` is `1/4
(x + 3)`); sums are kept as typed, because adding up is the rewriting's work. Implied products bind
like written ones, from left to right: `3/4 x` is `(3/4)x`. Which part of a message is the equation
is found by `equation_prompts`.
"""

from __future__ import annotations

import re
from fractions import Fraction

from tasks.math.equation_state import (
    CONSTANT,
    MAX_BRACKET_TERMS,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_TERMS,
    UNKNOWN,
    Equation,
    Side,
    holds_unknown,
)
from tasks.protocol import InvalidTaskError

MAX_CHARACTERS = 1000
MAX_EXPONENT = 20
_TOKEN = re.compile(r"\d+(?:\.\d+)?|\.\d+|\*\*|[a-zA-Z]|[-+*/^()]")
_SPELLINGS = {
    "−": "-", "–": "-", "—": "-", "·": "*", "⋅": "*", "×": "*", "∗": "*", "÷": "/", "∕": "/",
    "²": "^2", "³": "^3",    "[": "(", "]": ")", "{": "(", "}": ")", "\u00a0": " ", "\u2009": " ",
}  # fmt: skip
_TRANSLATION = str.maketrans(_SPELLINGS)
CHARACTERS = frozenset("0123456789+-*/^().,= \t\n" + "".join(_SPELLINGS))  # besides letters


class EquationSyntaxError(ValueError):
    """A text that is not written as an equation; the message says where it stops being one."""


def read_equation(text: str, unknown: str) -> Equation:
    """Read an equation in the given unknown.

    Raises:
        EquationSyntaxError: if the text is no equation at all.
        InvalidTaskError: if it is one, but not linear in this unknown, or too large.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidTaskError(f"the equation has {len(text)} characters; at most {MAX_CHARACTERS}")
    sides = _point_decimals(text.translate(_TRANSLATION)).split("=")
    if len(sides) != 2:
        raise EquationSyntaxError(f"{len(sides) - 1} equals signs; an equation has one")
    left, right = (_Reader(_tokens(side), unknown).side() for side in sides)
    return Equation(unknown, left, right)


def _point_decimals(text: str) -> str:
    """Turn decimal commas into points and drop commas between thousands, where that is unambiguous.

    Raises:
        InvalidTaskError: if `1,000` may be one thousand or one.
    """
    if "," not in text:
        return text
    text = re.sub(
        r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3}){2,}(?![\d,])", lambda m: m[0].replace(",", ""), text
    )
    if unclear := re.search(r"(?<![\d.,])[1-9]\d{0,2},\d{3}(?![\d,])", text):
        typed = unclear[0]
        raise InvalidTaskError(
            f"{typed!r} can be read in two ways; "
            f"write {typed.replace(',', '')} or {typed.replace(',', '.')}"
        )
    return re.sub(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])", r"\1.\2", text)


def _tokens(text: str) -> list[str]:
    if re.search(r"[\d.]\s+[\d.]|[a-zA-Z]\s*\d|\)\s*\d", text):
        raise EquationSyntaxError(f"a number follows without an operator in {text.strip()[:60]!r}")
    tokens = _TOKEN.findall(text)
    if sum(map(len, tokens)) != len("".join(text.split())):
        raise EquationSyntaxError(f"{text.strip()[:60]!r} holds characters that no equation has")
    return tokens


class _Reader:
    """Recursive descent over the tokens of one side; a value is a sum of terms."""

    def __init__(self, tokens: list[str], unknown: str) -> None:
        self._tokens = [*tokens, ""]
        self._unknown = unknown
        self._at = 0
        self._depth = 0

    def side(self) -> Side:
        """Read all tokens as one sum."""
        total = self._sum()
        if self._tokens[self._at]:
            raise EquationSyntaxError(f"{self._tokens[self._at]!r} is not expected there")
        if len(total) > MAX_TERMS:
            raise InvalidTaskError(f"a side has {len(total)} terms; at most {MAX_TERMS}")
        return total

    def _sum(self) -> Side:
        total: Side = ()
        sign = self._signs()
        while True:
            total += scaled(self._product(), Fraction(sign))
            if self._tokens[self._at] not in ("+", "-"):
                return total
            sign = self._signs()

    def _signs(self) -> int:
        """Read any number of signs: `x - -3` and `+x` are typed by people."""
        sign = 1
        while self._tokens[self._at] in ("+", "-"):
            sign = -sign if self._next() == "-" else sign
        return sign

    def _product(self) -> Side:
        value = self._power()
        while True:
            token = self._tokens[self._at]
            if token in ("*", "/"):
                self._next()
                factor = self._signed_power()
                value = self._divided(value, factor) if token == "/" else self._times(value, factor)
            elif token == "(" or token.isalpha():
                value = self._times(value, self._power())
            else:
                return value

    def _signed_power(self) -> Side:
        sign = self._signs()
        return scaled(self._power(), Fraction(sign))

    def _power(self) -> Side:
        base = self._atom()
        if self._tokens[self._at] not in ("^", "**"):
            return base
        self._next()
        exponent = number(self._atom())
        if holds_unknown(base):
            raise InvalidTaskError(f"{self._unknown} has an exponent; {ONLY_LINEAR}")
        if exponent is None or exponent.denominator != 1 or not 0 <= exponent <= MAX_EXPONENT:
            raise InvalidTaskError(f"exponents must be whole numbers from 0 to {MAX_EXPONENT}")
        return _constant(_known(base) ** int(exponent))

    def _atom(self) -> Side:
        token = self._next()
        if token == "(":
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise InvalidTaskError(f"more than {MAX_DEPTH} brackets inside each other")
            inner = self._sum()
            if self._next() != ")":
                raise EquationSyntaxError("a bracket is not closed")
            self._depth -= 1
            if len(inner) > MAX_BRACKET_TERMS:
                raise InvalidTaskError(
                    f"a bracket has {len(inner)} terms; at most {MAX_BRACKET_TERMS}"
                )
            return ((1, 1, inner),) if len(inner) > 1 else inner
        if token[:1].isdigit() or token[:1] == ".":
            if len(token) > MAX_DIGITS:
                raise InvalidTaskError(f"a number has {len(token)} digits; at most {MAX_DIGITS}")
            return _constant(Fraction(token))
        if token == self._unknown:
            return ((1, 1, UNKNOWN),)
        if token.isalpha():
            first, second = sorted((self._unknown, token))
            raise InvalidTaskError(
                f"the equation has two unknowns {first} and {second}; expected one unknown"
            )
        found = repr(token) if token else "the end"
        raise EquationSyntaxError(
            f"{found} stands where a number, an unknown or a bracket is expected"
        )

    def _times(self, a: Side, b: Side) -> Side:
        if not a or not b:
            return ()
        for factor, rest in ((b, a), (a, b)):
            if len(factor) == 1 and factor[0][2] == CONSTANT:
                return scaled(rest, _known(factor))
        for factor, rest in ((b, a), (a, b)):
            if not holds_unknown(factor):  # a bracket of numbers
                return scaled(rest, _known(factor))
        raise InvalidTaskError(f"{self._unknown} is multiplied by itself; {ONLY_LINEAR}")

    def _divided(self, a: Side, b: Side) -> Side:
        if holds_unknown(b):
            raise InvalidTaskError(f"{self._unknown} stands below a fraction line; {ONLY_LINEAR}")
        divisor = _known(b)
        if not divisor:
            raise InvalidTaskError("the equation divides by zero")
        return scaled(a, 1 / divisor)

    def _next(self) -> str:
        token = self._tokens[self._at]
        self._at += token != ""
        return token


ONLY_LINEAR = "only linear equations in one unknown can be solved"


def scaled(side: Side, factor: Fraction) -> Side:
    """Multiply every term; nothing is left of a product with zero."""
    if not factor:
        return ()
    products = ((Fraction(n, d) * factor, body) for n, d, body in side)
    return tuple((c.numerator, c.denominator, body) for c, body in products)


def number(side: Side) -> Fraction | None:
    """Return the value of a sum without the unknown, None for any other."""
    return None if holds_unknown(side) else _known(side)


def _known(side: Side) -> Fraction:
    values = (
        Fraction(n, d) * (1 if isinstance(body, int) else _known(body)) for n, d, body in side
    )
    return sum(values, Fraction(0))


def _constant(value: Fraction) -> Side:
    return ((value.numerator, value.denominator, CONSTANT),) if value else ()
