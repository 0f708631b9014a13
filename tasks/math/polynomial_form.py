"""Read typed expressions into Python's syntax trees for the grader, and see if they are expanded.

Expanded and collected means: a sum of terms, each a number times powers of different names, no two
terms alike, no term 0, no brackets around a sum. `3*x**2/2`, `3/2 x^2`, `1.5*x**2` and `x^2*1.5`
count; `2*3*x`, `x*x`, `2*(x + 1)` and `x + x` do not.
"""

from __future__ import annotations

import ast
import re

MAX_OPERATIONS = 700
MAX_NESTING = 60
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "·": "*", "⋅": "*", "×": "*", "∗": "*", "÷": "/", "∕": "/",
     "[": "(", "]": ")", "{": "(", "}": ")", "\u00a0": " ", "\u2009": " "}
)  # fmt: skip
_TOKEN = re.compile(r"\d+\.?\d*|\.\d+|\*\*|\^|sqrt|[a-zA-Z]|[-+*/()]")
_NUMERIC = tuple(".0123456789")
_NUMBERS_APART = re.compile(r"[\d.)]\s+[\d.]|[a-zA-Z]\s*\d")


class UnreadableError(ValueError):
    """A text that cannot be read as an expression, or is too large to be."""


def python_tree(text: str, functions: frozenset[str]) -> ast.expr:
    """Return the tree of a typed expression; numbers are quoted so that they stay exact.

    Raises:
        UnreadableError: if it is none.
    """
    text = re.sub(r"(?<=\d),(?=\d)", ".", text.strip().rstrip(".").translate(_SIGNS))
    if _NUMBERS_APART.search(text):
        raise UnreadableError(f"{text[:60]!r} has numbers without an operator")
    tokens = _TOKEN.findall(text)
    if sum(map(len, tokens)) != len("".join(text.split())) or not tokens:
        raise UnreadableError(f"{text[:60]!r} is no expression")
    if len(tokens) > MAX_OPERATIONS:
        raise UnreadableError(f"an expression of {len(tokens)} parts is too long to check")
    _check_nesting(tokens)
    parts: list[str] = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        if before[-1:] in _NUMERIC and token[0] in _NUMERIC:
            raise UnreadableError(f"{before[:20]}{token[:20]} is no number")
        called = before in functions or before == "sqrt"
        if (before[-1:].isalnum() or before == ")") and (token[0].isalnum() or token == "("):
            parts.append("" if called and token == "(" else "*")
        parts.append("**" if token == "^" else repr(token) if token[0] in _NUMERIC else token)
    try:
        return ast.parse("".join(parts), mode="eval").body
    except (SyntaxError, MemoryError, RecursionError, ValueError) as error:
        raise UnreadableError(f"{text[:60]!r} is no expression") from error


def _check_nesting(tokens: list[str]) -> None:
    depth = signs = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        signs = signs + 1 if token in "+-**^" else 0
        if depth > MAX_NESTING or signs > MAX_NESTING:
            raise UnreadableError("brackets or signs are nested too deeply to check")


def is_expanded(tree: ast.expr, terms: int) -> bool:
    """Say whether a tree is written as a sum of so many unlike monomials; 0 for the number 0."""
    parts = _terms(tree)
    if not terms:
        return len(parts) == 1 and _is_number(parts[0])
    return len(parts) == terms and all(map(_is_monomial, parts))


def _terms(tree: ast.expr) -> list[ast.expr]:
    parts: list[ast.expr] = []
    while isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add | ast.Sub):
        parts.append(tree.right)
        tree = tree.left
    if isinstance(tree, ast.UnaryOp):
        tree = tree.operand
    return [*parts, tree]


def _is_monomial(tree: ast.expr) -> bool:
    """Say whether a tree multiplies at most one fraction and powers of different names."""
    above: list[ast.expr] = []
    below: list[ast.expr] = []
    _factors(tree, above, below)
    numbers = [sum(map(_is_number, part)) for part in (above, below)]
    names = [_name(part) for part in (*above, *below) if not _is_number(part)]
    return max(numbers) <= 1 and None not in names and len(set(names)) == len(names)


def _factors(tree: ast.expr, above: list[ast.expr], below: list[ast.expr]) -> None:
    if isinstance(tree, ast.UnaryOp):
        _factors(tree.operand, above, below)
    elif isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        _factors(tree.left, above, below)
        _factors(tree.right, above, below)
    elif isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div):
        _factors(tree.left, above, below)
        _factors(tree.right, below, above)
    else:
        above.append(tree)


def _is_number(tree: ast.expr) -> bool:
    if isinstance(tree, ast.UnaryOp):
        return _is_number(tree.operand)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div):
        return _is_number(tree.left) and _is_number(tree.right)
    return isinstance(tree, ast.Constant)


def _name(tree: ast.expr) -> str | None:
    """Return the name of which a tree is a power, None if it is not."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow):
        return (
            _name(tree.left) if _is_number(tree.right) and isinstance(tree.left, ast.Name) else None
        )
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and len(tree.args) == 1:
        inner = tree.args[0]
        return inner.id if tree.func.id == "sqrt" and isinstance(inner, ast.Name) else None
    return tree.id if isinstance(tree, ast.Name) else None
