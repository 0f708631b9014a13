"""Read what people type when they want something worked out: an expression, or words for one.

Strict: apart from phrases that ask, a message may hold only numbers, operations, `sqrt`, and words
for operations. Anything else is someone else's.
"""

from __future__ import annotations

import re
from fractions import Fraction

from tasks.math.arithmetic_state import Calculation, calculation_of, settled
from tasks.math.arithmetic_words import VOCABULARY, asked_for, in_signs
from tasks.math.expressions import ExpressionSyntaxError, Tree, nodes_of, read_expression
from tasks.math.plain_text import plain_math, point_decimals
from tasks.math.spelled_numbers import holds_spelled_number, with_digits
from tasks.protocol import InvalidTaskError

MAX_CHARACTERS = 2000
MAX_POWER_BITS = 4000
_LONGEST_MESSAGE = MAX_CHARACTERS + 200
_WORD = re.compile("[A-Za-z]+")
_CHARACTERS = re.compile(r"[-\d\s+*/^().,=]+")
_OPERATION = re.compile(
    r"[-+*/^=×÷·⋅∗√%−–²³]|\\|sqrt|plus|minus|times|divide|multipl|product|sum|total|add|subtract"
    r"|take|less|more|difference|distance|quotient|square|cube|power|root|together|over|half|twice"
    r"|double|triple|percent|third|quarter|\bof\b|(?<=\d)(?: ?x ?| : )(?=\d)|[½⅓⅔¼¾⅕⅙⅛]",
    re.I,
)
_HEXADECIMAL = re.compile(r"(?<![\d.])0x", re.I)
_LEADING_ZERO = re.compile(r"(?<![\d.])0\d")


def read_prompt(text: str) -> str | None:
    """Return the expression that a message asks for, in plain characters; None if it asks for none.

    Raises:
        InvalidTaskError: if it is an expression, but too large or unclear.
    """
    if len(text) > _LONGEST_MESSAGE:
        if _CHARACTERS.fullmatch(text) and not text.strip().isdigit():
            raise InvalidTaskError(f"{len(text)} characters; at most {MAX_CHARACTERS}")
        return None
    if any(word[0].lower() not in VOCABULARY for word in _WORD.finditer(text)):
        return None
    if not _OPERATION.search(text):
        return None
    spelled = holds_spelled_number(text)
    if not spelled and not any(map(str.isnumeric, text)):
        return None
    plain = plain_math(text)
    if spelled:
        plain = with_digits(plain)
    if _HEXADECIMAL.search(plain):
        return None
    body = asked_for(plain)
    expression = in_signs(body)
    if re.search("[a-z]", expression.replace("sqrt", "").replace("abs", ""), re.I):
        return None
    if expression != body and re.search(r"\d \(", expression):
        return None  # no product: a remark in brackets
    expression = point_decimals(expression)
    return expression if _is_calculation(expression, bare=body == plain) else None


def read_calculation(text: str) -> Calculation:
    """Read an expression in plain characters into a calculation.

    Raises:
        ExpressionSyntaxError: if it is no expression, or holds names.
        InvalidTaskError: if it is too large.
    """
    tree = read_expression(text, functions=frozenset({"abs"}))
    for node in nodes_of(tree):
        if node[0] == "name" or (node[0] == "call" and len(node) != 3):
            raise ExpressionSyntaxError(f"{node[1]!r} is no number")
        if node[0] == "^":
            _power_of(node)
    calculation = calculation_of(tree, "." in text)
    return calculation._replace(tokens=settled(calculation.tokens))


def _power_of(tree: Tree) -> Fraction | None:
    """Return the value of numbers and powers of them; None where anything else is in it.

    Raises:
        InvalidTaskError: if it has too many digits.
    """
    if tree[0] == "num":
        return Fraction(tree[1], tree[2])
    parts = [_power_of(part) for part in tree[1:]] if tree[0] == "^" else [None]
    base, exponent = parts[0], parts[-1]
    if base is None or exponent is None or exponent.denominator != 1:
        return None
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(base) == 1:
        exponent %= 2
    elif bits * abs(exponent) > 2 * MAX_POWER_BITS:
        raise InvalidTaskError(
            f"a power has more than {MAX_POWER_BITS * 3 // 5} digits; write a smaller one"
        )
    return base ** int(exponent) if base or exponent > 0 else None


def _is_calculation(expression: str, bare: bool) -> bool:
    """Say whether it can be read, and has something to work out.

    Raises:
        InvalidTaskError: if it is one, but too large.
    """
    if not expression or (bare and _LEADING_ZERO.search(expression)):
        return False
    try:
        calculation = read_calculation(expression)
    except ExpressionSyntaxError:
        return False
    first = calculation.tokens[0]
    return len(calculation.tokens) > 1 or (not isinstance(first, str) and bool(first)
                                           and first[0][2] > 1)  # fmt: skip
