"""What a calculation is while it is being worked out, and how it is written.

Postfix notation: each operation follows its operands, so that a step replaces a run of tokens and
nothing is nested. The rules are `arithmetic_rules`, exact numbers `arithmetic_values`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple, TypeAlias

from tasks.math.arithmetic_values import MAX_RADICAND, Value, of, rational
from tasks.math.expressions import Tree, nodes_of
from tasks.protocol import InvalidTaskError

Token: TypeAlias = Value | str
"""A number, or an operation: one of BINARY, or of UNARY."""

BINARY = frozenset("+-*/^")
UNARY = frozenset({"neg", "sqrt", "abs"})
MAX_OPERATIONS = 200
_MOST_PLACES = 400  # of a decimal; a longer one is written as a fraction


class Calculation(NamedTuple):
    """An expression in postfix notation; `decimal` if it was typed with decimals."""

    decimal: bool
    tokens: tuple[Token, ...]


def calculation_of(tree: Tree, decimal: bool) -> Calculation:
    """Turn a tree without names into a calculation; signs of typed numbers belong to them.

    Raises:
        InvalidTaskError: if it is too long.
    """
    operations = sum(node[0] not in ("num", "neg") for node in nodes_of(tree))
    if operations > MAX_OPERATIONS:
        raise InvalidTaskError(f"{operations} operations; at most {MAX_OPERATIONS} are worked out")
    tokens: list[Token] = []
    _flatten(tree, tokens)
    return Calculation(decimal, tuple(tokens))


def settled(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Read the root sign of a whole number as a value: sqrt(12) is a number, no operation."""
    while "sqrt" in tokens:
        for place, token in enumerate(tokens):
            before = tokens[place - 1]
            if token == "sqrt" and not isinstance(before, str):
                root = _root_of_whole(before)
                if root is not None:
                    tokens = (*tokens[: place - 1], root, *tokens[place + 1 :])
                    break
        else:
            break
    return tokens


def calculation_text(state: Calculation) -> str:
    """Write it as people do; operations have blanks around them, numbers hold none."""
    stack: list[tuple[str, int]] = []  # text, and how tightly it binds: 1 sum, 2 product, 4 atom
    for token in state.tokens:
        if not isinstance(token, str):
            stack.append(_number_text(token, state.decimal))
        elif token in UNARY:
            inner, _ = stack.pop()
            stack.append((f"-({inner})", 1) if token == "neg" else (f"{token}({inner})", 4))
        else:
            right, left = stack.pop(), stack.pop()
            if token == "^":
                stack.append((f"{_within(left, 4)}^{_within(right, 4)}", 3))
                continue
            level = 1 if token in "+-" else 2
            text = f"{_within(left, level)} {token} {_within(right, level + 1)}"
            stack.append((text, level))
    return stack[-1][0]


def value_text(value: Value, decimal: bool = False) -> str:
    """Write a number: `7`, `-3/4`, `2.5`, `1 + 3*sqrt(2)/4`."""
    text = _number_text(value, decimal)[0]
    return text if len(value) < 2 else text.replace("+", " + ").replace("-", " - ").strip()


def _flatten(tree: Tree, tokens: list[Token]) -> None:
    form = tree[0]
    if form == "num":
        tokens.append(of(Fraction(tree[1], tree[2])))
    elif form == "neg":
        signed = _with_sign(tree[1])
        if signed is None:
            _flatten(tree[1], tokens)
            tokens.append("neg")
        else:
            _flatten(signed, tokens)
    elif form == "call":
        _flatten(tree[2], tokens)
        tokens.append(tree[1])
    else:
        _flatten(tree[1], tokens)
        _flatten(tree[2], tokens)
        tokens.append(form)


def _with_sign(tree: Tree) -> Tree | None:
    """Return minus the tree where the sign can go into the number that begins it: -2*3."""
    if tree[0] == "num":
        return ("num", -tree[1], tree[2])
    if tree[0] in "*/":
        first = _with_sign(tree[1])
        return None if first is None else (tree[0], first, tree[2])
    return None


def _root_of_whole(value: Value) -> Value | None:
    number = rational(value)
    if number is None or number.denominator != 1 or not 0 <= number <= MAX_RADICAND:
        return None
    return ((1, 1, int(number)),) if number else ()


def _within(part: tuple[str, int], level: int) -> str:
    text, binds = part
    return text if binds >= level else f"({text})"


def _number_text(value: Value, decimal: bool) -> tuple[str, int]:
    number = rational(value)
    if number is not None:
        text = decimal_text(number) if decimal else str(number)
        return text, 0 if "/" in text else 1 if number < 0 else 4
    parts = [_term_text(term, decimal) for term in value]
    text = "".join(part if part[0] == "-" or not i else f"+{part}" for i, part in enumerate(parts))
    return text, 4 if len(value) == 1 and text.startswith("sqrt") and "/" not in text else 0


def decimal_text(number: Fraction) -> str:
    """Write a number as a decimal where it ends, else as a fraction."""
    twos = fives = 0
    rest = number.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > _MOST_PLACES or not places:
        return str(number)
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _term_text(term: tuple[int, int, int], decimal: bool) -> str:
    num, den, radicand = term
    if radicand == 1:
        return decimal_text(Fraction(num, den)) if decimal else str(Fraction(num, den))
    sign = "-" if num < 0 else ""
    factor = "" if abs(num) == 1 else f"{abs(num)}*"
    return f"{sign}{factor}sqrt({radicand}){'' if den == 1 else f'/{den}'}"
