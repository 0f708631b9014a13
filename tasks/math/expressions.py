"""Read expressions as people type them into trees, and write trees back.

A tree is nested tuples, so that it hashes and compares; `Tree` lists its forms. Nothing is
calculated here: `2 + 3` stays a sum. Graders read by other code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, TypeAlias

from tasks.protocol import InvalidTaskError

Tree: TypeAlias = tuple[Any, ...]
"""`("num", numerator, denominator)` with a positive denominator, `("name", "x")`, `("neg", a)`,
`("+", a, b)`, `("-", a, b)`, `("*", a, b)`, `("/", a, b)`, `("^", a, b)`, and calls
`("call", "f", a, ...)`; `sqrt(a)` is `("call", "sqrt", a)`."""

MAX_CHARACTERS = 2000
MAX_DEPTH = 40  # brackets, signs and powers inside each other
MAX_DIGITS = 60  # of a number as typed
MAX_PARTS = 600  # numbers, names, signs and brackets; so no tree is deeper than this
_TOKEN = re.compile(r"\d+(?:\.\d+)?|\.\d+|\*\*|[a-zA-Z]+'*|[-+*/^(),!]")
_BLANK_BETWEEN = re.compile(r"[\d.)]\s+[\d.]|[a-zA-Z]\s*\.?\d")
_BRACKETS = str.maketrans("[]{}", "()()")


class ExpressionSyntaxError(ValueError):
    """A text that is not written as an expression; the message says where it stops being one."""


def read_expression(
    text: str, functions: frozenset[str] = frozenset(), words: frozenset[str] = frozenset()
) -> Tree:
    """Read an expression in plain characters (`tasks.math.plain_text`).

    Products may be implied (`2x`, `3(x + 1)`, `xy`) and bind like written ones, from left to right.
    `^` and `**` are powers, from right to left, and bind tighter than a sign before them.

    Args:
        text: the expression alone; decimals with a point.
        functions: names that are called: `f(2)` is no product then; `sqrt` always is one.
        words: names of several letters that are one unknown; other runs of letters are products.

    Raises:
        ExpressionSyntaxError: if the text is no expression.
        InvalidTaskError: if it is one, but too large.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidTaskError(
            f"the expression has {len(text)} characters; at most {MAX_CHARACTERS}"
        )
    return _Reader(_tokens(text, functions | {"sqrt"}, words), functions | {"sqrt"}).whole()


def write_expression(tree: Tree) -> str:
    """Write a tree with as few brackets as it takes to read the same tree again."""
    return _written(tree, 0)


def names_in(tree: Tree) -> frozenset[str]:
    """Return the unknowns of a tree; called functions are none."""
    return frozenset(node[1] for node in nodes_of(tree) if node[0] == "name")


def nodes_of(tree: Tree) -> Iterator[Tree]:
    """Yield the tree and all parts of it."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        if node[0] not in ("num", "name"):
            stack.extend(part for part in node[1:] if isinstance(part, tuple))


def number(value: Fraction | int) -> Tree:
    """Return the tree of a number; negative ones are numbers too, not signs."""
    value = Fraction(value)
    return ("num", value.numerator, value.denominator)


def _tokens(text: str, functions: frozenset[str], words: frozenset[str]) -> list[str]:
    text = text.translate(_BRACKETS)
    if found := _BLANK_BETWEEN.search(text):
        raise ExpressionSyntaxError(f"no operator in {found[0]!r}")
    tokens: list[str] = []
    size = 0
    for token in _TOKEN.findall(text):
        size += len(token)
        if token[0].isalpha() and token not in functions and token not in words:
            if "'" in token:
                raise ExpressionSyntaxError(f"{token!r} is no name of a function here")
            tokens.extend(token)  # a product of letters
        else:
            tokens.append("^" if token == "**" else token)
    if size != len("".join(text.split())):
        raise ExpressionSyntaxError(f"{text.strip()[:60]!r} holds characters that none has")
    if len(tokens) > MAX_PARTS:
        raise InvalidTaskError(f"the expression has {len(tokens)} parts; at most {MAX_PARTS}")
    return tokens


class _Reader:
    """Recursive descent over tokens."""

    def __init__(self, tokens: list[str], functions: frozenset[str]) -> None:
        self._tokens = [*tokens, ""]
        self._functions = functions
        self._at = 0
        self._depth = 0

    def whole(self) -> Tree:
        """Read all tokens."""
        tree = self._sum()
        if self._tokens[self._at]:
            raise ExpressionSyntaxError(f"{self._tokens[self._at]!r} is not expected there")
        return tree

    def _sum(self) -> Tree:
        total = self._signed(self._product)
        while self._tokens[self._at] in ("+", "-"):
            total = (self._next(), total, self._signed(self._product))
        return total

    def _product(self) -> Tree:
        value = self._power()
        while True:
            token = self._tokens[self._at]
            if token in ("*", "/"):
                self._next()
                value = (token, value, self._signed(self._power))
            elif token == "(" or token[:1].isalpha():
                value = ("*", value, self._power())
            else:
                return value

    def _signed(self, inner: Any) -> Tree:
        """Read signs, then what they stand before: `-x^2` is `-(x^2)`, `-2*x` is `-(2*x)`."""
        self._deeper()
        if self._tokens[self._at] == "-":
            self._next()
            tree: Tree = ("neg", self._signed(inner))
        elif self._tokens[self._at] == "+":
            self._next()
            tree = self._signed(inner)
        else:
            tree = inner()
        self._depth -= 1
        return tree

    def _power(self) -> Tree:
        base = self._atom()
        if self._tokens[self._at] != "^":
            return base
        self._next()
        return ("^", base, self._signed(self._power))

    def _atom(self) -> Tree:
        token = self._next()
        if token == "(":
            self._deeper()
            inner = self._sum()
            self._close()
            return inner
        if token[:1].isdigit() or token[:1] == ".":
            if len(token) > MAX_DIGITS:
                raise InvalidTaskError(f"a number has {len(token)} digits; at most {MAX_DIGITS}")
            return number(Fraction(token))
        if token in self._functions:
            return self._call(token)
        if token.isalpha():
            return ("name", token)
        found = repr(token) if token else "the end"
        raise ExpressionSyntaxError(f"{found} stands where a number or a name is expected")

    def _call(self, name: str) -> Tree:
        if self._next() != "(":
            raise ExpressionSyntaxError(f"{name} is a function; write {name}(...)")
        self._deeper()
        arguments = [self._sum()]
        while self._tokens[self._at] == ",":
            self._next()
            arguments.append(self._sum())
        self._close()
        return ("call", name, *arguments)

    def _close(self) -> None:
        if self._next() != ")":
            raise ExpressionSyntaxError("a bracket is not closed")
        self._depth -= 1

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InvalidTaskError(f"more than {MAX_DEPTH} brackets and signs inside each other")

    def _next(self) -> str:
        token = self._tokens[self._at]
        self._at += token != ""
        return token


_LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 1, "^": 3}


def _written(tree: Tree, level: int) -> str:
    """Write a part so that it binds at least as tightly as its place asks: 0 sum ... 4 atom."""
    form = tree[0]
    if form == "num":
        _, above, below = tree
        text = str(above) if below == 1 else f"{above}/{below}"
        plain = above >= 0 and below == 1
        return text if plain or level == 0 else f"({text})"
    if form == "name":
        return str(tree[1])
    if form == "call":
        return f"{tree[1]}({', '.join(_written(part, 0) for part in tree[2:])})"
    own = _LEVEL[form]
    if form == "neg":
        text = f"-{_written(tree[1], 2)}"
    elif form == "^":
        text = f"{_written(tree[1], 4)}^{_written(tree[2], 4)}"
    elif form in "+-":
        text = f"{_written(tree[1], 1)} {form} {_written(tree[2], 2)}"
    else:
        text = f"{_written(tree[1], 2)}{form}{_written(tree[2], 3)}"
    if form == "neg" and level == 1:
        return text
    return text if own >= level and not (form == "neg" and level > 0) else f"({text})"
