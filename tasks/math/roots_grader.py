"""Judge zeros by putting them in and counting, factors by multiplying, and every step of the way.

Independent of how problems are read and taken apart: `roots_exact` reads texts by Python's own
parser and counts real zeros by Sturm's chain, `roots_irreducible` looks for further factors.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from math import gcd, isqrt

from tasks.math.roots_exact import (
    Polynomial,
    Surd,
    UnreadableError,
    added,
    count_real_zeros,
    distinct,
    is_zero,
    polynomial,
    polynomial_of,
    quotient,
    surd,
    syntax_tree,
    times,
)
from tasks.math.roots_irreducible import is_irreducible
from tasks.protocol import Answer, Task, Verdict

_NONE = re.compile(
    r"\bno(?: (?:real|possible|such|valid))* (?:solutions?|roots?|zeros?|numbers?|values?)\b"
    r"|∅|\bunsolvable\b|^none$|\bnot have (?:any |a )?(?:real )?(?:solutions?|roots?|zeros?)\b",
    re.I,
)
_EVERY = re.compile(r"\b(?:every|any|all)\b.{0,20}\b(?:numbers?|values?|reals?)\b|ℝ", re.I)
_COMMENT = re.compile(r"\((?=[^()]*[a-z]{3})(?!\s*sqrt)[^()]*\)|\bdouble\b|\btwice\b", re.I)
_SEPARATOR = re.compile(r",|;|\n|\b(?:or|and)\b|\\?\bvee\b|∨", re.I)


def grade(task: Task, answer: Answer) -> Verdict:
    """Pass an answer iff it is complete and right, and its derivation has no wrong step."""
    text, unknown = task.payload.text, task.payload.unknown
    try:
        target = difference(text, unknown)
    except UnreadableError as error:
        return Verdict(None, 0.0, f"too large to check: {error}")
    if "=" in text:
        fault: str | None = _fault_of_roots(answer.text, target, unknown)
    else:
        fault = fault_of_factors(answer.text, target, unknown)
    if fault is None:
        return Verdict(None, 0.0, "whether a factor has factors itself cannot be checked")
    fault = fault or check_derivation(task, answer, target)
    return Verdict(False, 0.0, fault) if fault else Verdict(True, 1.0, f"checked: {text[:80]}")


def difference(text: str, unknown: str) -> Polynomial:
    """Return a polynomial, or left less right side of an equation.

    Raises:
        UnreadableError: if the text is neither.
    """
    sides = [polynomial(side, unknown) for side in text.split("=")]
    if len(sides) > 2:
        raise UnreadableError("more than one equals sign")
    return added(sides[0], sides[1], -1) if len(sides) == 2 else sides[0]


def read_roots(text: str, unknown: str) -> list[Surd] | str | None:
    """Return what an answer lists: numbers, `none` or `every`; None if it cannot be read."""
    text = text.strip().rstrip(".").replace("−", "-").replace("–", "-")
    if len(text) > 2000:
        return None
    if _NONE.search(text):
        return "none"
    if _EVERY.search(text):
        return "every"
    numbers: list[Surd] = []
    name = rf"^{re.escape(unknown)}(?:_?\(?\d\)?)?\s*(?:=|is\b|:|∈)\s*"
    for item in _SEPARATOR.split(_COMMENT.sub(" ", text)):
        plain = re.sub(name, "", item.strip(), flags=re.I).strip().strip("{}").strip()
        if not plain:
            continue
        plain = re.sub(r"\\pm(?![a-z])|\+/-|\+-", "±", plain)
        for sign in "-+" if "±" in plain else " ":
            try:
                numbers.append(surd(syntax_tree(plain.replace("±", sign))))
            except UnreadableError:
                return None
    return numbers or None


def _fault_of_roots(text: str, target: Polynomial, unknown: str) -> str:
    """Say what is wrong with a list of zeros; empty if nothing is."""
    claimed = read_roots(text, unknown)
    if claimed is None:
        return f"no answer found in {text[:80]!r}; expected such as '{unknown} = -2, {unknown} = 3'"
    if not target or claimed == "every":
        right = claimed == "every" and not target
        return "" if right else "the two sides are equal for every number, or else not for all"
    count = count_real_zeros(target) if len(target) > 1 else 0
    if isinstance(claimed, str):
        return f"there are real solutions, {count} of them" if count else ""
    for number in claimed:
        if not is_zero(target, number):
            return f"{unknown} = {_shown(number)} does not solve the equation"
    if distinct(claimed) < count:
        return f"{distinct(claimed)} solutions are right, but there are more"
    return ""


def fault_of_factors(text: str, target: Polynomial, unknown: str) -> str | None:
    """Say what is wrong with a product; empty if nothing is, None if that cannot be judged."""
    try:
        factors = _factors(syntax_tree(text), unknown)
        product = [Fraction(1)]
        for factor, exponent in factors:
            for _ in range(exponent):
                product = times(product, factor)
    except UnreadableError as error:
        return f"no product found in {text[:80]!r}: {error}"
    if product != target:
        return f"multiplied out, {text[:80]} is another polynomial"
    unsure = False
    for factor, _ in factors:
        if len(factor) < 2:
            continue
        whole = [int(c) for c in factor if c.denominator == 1]
        if len(whole) == len(factor) and gcd(*whole) > 1:
            return f"a common factor {gcd(*whole)} can be taken out of a bracket"
        further = is_irreducible(factor)
        if further is False:
            return "one of the factors has factors itself"
        unsure |= further is None
    return None if unsure else ""


def _factors(node: ast.expr, unknown: str) -> list[tuple[Polynomial, int]]:
    """Return the factors of a product with their exponents, numbers among them."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _factors(node.left, unknown) + _factors(node.right, unknown)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        below = polynomial_of(node.right, unknown)
        if len(below) != 1:
            raise UnreadableError("a product is divided by the unknown or by 0")
        return [*_factors(node.left, unknown), ([1 / below[0]], 1)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [([Fraction(-1)], 1), *_factors(node.operand, unknown)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        exponent = polynomial_of(node.right, unknown)
        if len(exponent) == 1 and exponent[0].denominator == 1 and 1 <= exponent[0] <= 20:
            inner = _factors(node.left, unknown)
            return [(factor, count * int(exponent[0])) for factor, count in inner]
    return [(polynomial_of(node, unknown), 1)]


def check_derivation(task: Task, answer: Answer, target: Polynomial) -> str:
    """Return what is wrong: the first line that says something else; empty if none does."""
    unknown, solves = task.payload.unknown, "=" in task.payload.text
    if answer.actions and len(answer.derivation) != len(answer.actions):
        return f"{len(answer.actions)} steps were taken, {len(answer.derivation)} are written down"
    for place, line in enumerate(answer.derivation):
        statement, *notes = line.split("; ")
        try:
            found = difference(statement, unknown)
            if found != target and not (solves and found == [-c for c in target]):
                return f"step {place + 1} is wrong: {statement[:80]} is something else"
            for note in notes:
                if wrong := _fault_of_note(note, target, unknown):
                    return f"step {place + 1} is wrong: {wrong}"
        except UnreadableError as error:
            return f"step {place + 1} cannot be read: {error}"
    if answer.derivation:
        return _fault_of_end(answer, answer.derivation[-1], target, unknown, solves)
    return ""


def _fault_of_note(note: str, target: Polynomial, unknown: str) -> str:
    """Check what a line says about one factor: `x**2 + 1: discriminant -4, x != 1`."""
    written, _, claims = note.partition(": ")
    factor = polynomial(written, unknown)
    if len(factor) < 2 or times(factor, quotient(target, factor)) != target:
        return f"{written[:60]} is no factor"
    letter, step = unknown, 1
    for claim in claims.split(", "):
        if match := re.fullmatch(rf"([a-z]) = {unknown}\*\*(\d)", claim):
            letter, step = match[1], int(match[2])
            right = not any(c for n, c in enumerate(factor) if n % step)
        elif match := re.fullmatch(rf"{letter} != (-?\d+(?:/\d+)?)", claim):
            at = Surd(Fraction(match[1]), Fraction(0), 1)
            right = not is_zero(factor[::step], at)
        elif match := re.fullmatch(r"discriminant (?:(\d+)\*\*2\*)?(-?\d+)", claim):
            c, b, a = factor if len(factor) == 3 else (Fraction(0), Fraction(0), Fraction(0))
            right = int(match[1] or 1) ** 2 * int(match[2]) == b * b - 4 * a * c and a != 0
        elif match := re.fullmatch(rf"{unknown} = (.+)", claim):
            right = is_zero(factor, surd(syntax_tree(match[1])))
        elif claim == "irreducible":
            right = is_irreducible(factor) is not False
        else:
            known = {"no substitution": True, "no real zero": not count_real_zeros(factor)}
            right = known.get(claim, False)
        if not right:
            return f"{claim[:60]} does not hold for {written[:60]}"
    return ""


def _fault_of_end(answer: Answer, line: str, target: Polynomial, unknown: str, solves: bool) -> str:
    """Check that the last line says the answer."""
    statement, *notes = line.split("; ")
    if not solves:
        fault = fault_of_factors(statement, target, unknown)
        return f"the last step {statement[:80]} is not finished: {fault}" if fault else ""
    claimed = read_roots(answer.text, unknown)
    shown: list[Surd] = []
    for factor, _ in _factors(syntax_tree(statement.split("=")[0]), unknown):
        if len(factor) == 2:
            shown.append(Surd(-factor[0] / factor[1], Fraction(0), 1))
    for note in notes:
        found = re.findall(rf"(?<=[ ,]){unknown} = ([^,]+)", note)
        shown += [surd(syntax_tree(text)) for text in found if "**" not in text]
    numbers = [] if isinstance(claimed, str) or claimed is None else claimed
    if not distinct(shown) == distinct(numbers) == distinct(shown + numbers):
        return f"the last step {line[:80]} does not say the answer"
    return ""


def _shown(number: Surd) -> str:
    a, b, d = number
    root = isqrt(d)
    return str(a) if not b or root * root == d else f"{a} + {b}*sqrt({d})"
