"""Compare a mathematical answer with a record's, by algebra and never as text.

Also the form counts where a question asks for one: what is expanded or collected has no sums in
brackets, what is factored has as many factors as the record's.
"""

from __future__ import annotations

import ast
import re
from typing import Any

import sympy
from sympy.parsing.sympy_parser import parse_expr

_CHARACTERS = re.compile(r"[0-9a-zA-Z+\-*/(). ]{1,3000}")
MOST_EXPONENT = 100_000  # of a name; of a number or a sum a hundredth of it
_NAMED = re.compile(r"^[a-zA-Z]\w*\s*=\s*")
_YES, _NO = frozenset({"true", "yes"}), frozenset({"false", "no"})
_IN_ORDER = re.compile(r"^(?:sort|put)|\b(?:sort|put)\b.*\b(?:order|sort)", re.IGNORECASE | re.S)
_EXPANDED = re.compile(r"\b(?:expand|collect|derivative|differentiate)\b", re.IGNORECASE)
_FACTORED = re.compile(r"\bfactor(?:ise|ize)?\b(?! of)", re.IGNORECASE)


def same_answer(question: str, truth: str, said: str) -> bool:
    """Say whether an answer is the record's.

    Lists are compared in order where the question asks to sort, else as sets; a name before an
    equals sign (`x = 4`) is dropped.
    """
    truth, said = truth.strip(), said.strip().replace("\u2212", "-")
    question = question.strip(" .?").rsplit(". ", 1)[-1]  # what is asked for, after definitions
    if said == truth:
        return True
    if truth.lower() in _YES | _NO:
        return said.lower() in (_YES if truth.lower() in _YES else _NO)
    if re.fullmatch("[a-z]", truth) and f"({truth})" in question:
        return said.lower().strip("()") == truth
    truths = [_NAMED.sub("", part.strip()) for part in truth.split(",")]
    claims = [_NAMED.sub("", part.strip()) for part in said.split(",")]
    if len(truths) != len(claims):
        return False
    if len(truths) == 1 or _IN_ORDER.search(question):
        return all(_same(question, t, c) for t, c in zip(truths, claims, strict=True))
    return all(any(_same(question, t, c) for c in claims) for t in truths)


def _same(question: str, truth: str, said: str) -> bool:
    if truth == said:
        return True
    first, second = _expression(truth), _expression(said)
    if first is None or second is None:
        return False
    if sympy.expand(first - second) != 0 and sympy.simplify(first - second) != 0:
        return False
    if _FACTORED.search(question) and len(_factors(second)) < len(_factors(first)):
        return False
    return not (_EXPANDED.search(question) and _has_product_of_sums(said))


def _expression(text: str) -> Any:
    """Return the expression, as written; None for what is none or too large."""
    text = text.replace("^", "**")
    words = {word for word in re.findall("[a-zA-Z]+", text) if len(word) > 1}
    if not _CHARACTERS.fullmatch(text) or words - {"sqrt"} or not _is_tame(text):
        return None
    names = {letter: sympy.Symbol(letter, positive=True) for letter in re.findall("[a-zA-Z]", text)}
    try:
        return parse_expr(text, local_dict={**names, "sqrt": sympy.sqrt}, evaluate=True)
    except (SyntaxError, TypeError, ValueError, ZeroDivisionError):
        return None


def _is_tame(text: str) -> bool:
    """Say whether the expression can be worked out without a number of astronomic length."""
    try:
        tree = ast.parse(re.sub(r"(?<=[\d)])\s*(?=[a-zA-Z(])", "*", text.strip()), mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            values = [n.value for n in ast.walk(node.right) if isinstance(n, ast.Constant)]
            nested = any(isinstance(n, ast.Pow) for n in ast.walk(node.right))
            most = MOST_EXPONENT if isinstance(node.left, ast.Name) else MOST_EXPONENT // 100
            if nested or any(not isinstance(v, int | float) or abs(v) > most for v in values):
                return False
    return True


def _factors(expression: Any) -> list[Any]:
    """Return the factors that hold an unknown, powers as many times as they count."""
    found: list[Any] = []
    for factor in sympy.Mul.make_args(expression):
        base, exponent = factor.as_base_exp()
        if base.free_symbols:
            found += [base] * (int(exponent) if exponent.is_Integer and exponent > 0 else 1)
    return found


def _has_product_of_sums(text: str) -> bool:
    """Say whether a bracket holds a sum of unknowns, as no expanded expression does."""
    return re.search(r"\([^()]*[a-zA-Z][^()]*[+-][^()]*\)", text) is not None
