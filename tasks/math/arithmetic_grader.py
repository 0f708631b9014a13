"""Judge results and derivations of arithmetic by evaluating the expression, exactly, another way.

Independent of how expressions are read and worked out elsewhere: texts are brought into Python's
own notation and evaluated node by node with `ast`; numbers with roots are vectors over the roots of
squarefree numbers, and division solves linear equations.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import TypeAlias

from tasks.protocol import Answer, Task, Verdict

Vector: TypeAlias = dict[int, Fraction]
"""Squarefree radicand -> what its root is multiplied by, never 0; radicand 1 is no root."""

MAX_BITS = 8000
MAX_ROOTS = 16
_LARGEST_DIVISOR = 100_000
MAX_CHARACTERS = 60_000
_UNCLEAR = re.compile(r"\d\s+[\d.]|\.\s*\d*\.|\d\.\s")
_FORBIDDEN = re.compile(r"[^\d\s+*/^().a-z-]|(?!sqrt|abs)(?<![a-z])[a-z]+", re.I)
_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
_TERM = re.compile(
    rf"([-+]?)(?:\(?({_NUMBER}(?:/\d+)?)\)?\*?)??(?:sqrt\(?(\d+)\)?(?:/(\d+))?)?(?=[-+]|$)"
)
_UNDEFINED = re.compile(r"\bundefined\b|\b(?:division|divide[sd]?) by (?:zero|0)\b", re.I)


class UnreadableError(ValueError):
    """A text that cannot be evaluated as a calculation within the limits."""


class UndefinedError(UnreadableError):
    """A calculation that divides by zero."""


def grade(task: Task, answer: Answer) -> Verdict:
    """Pass an answer iff it is the value, written as a number, and no step changes the value."""
    text = task.payload.text
    claimed = read_answer(answer.text)
    undefined = claimed is None and says_undefined(answer.text)
    if claimed is None and not undefined:
        return Verdict(
            False, 0.0, f"no number found in {answer.text[:80]!r}; expected such as '7' or '-3/4'"
        )
    try:
        truth = value_of(text)
    except UndefinedError:
        passed = undefined and not answer.actions
        return Verdict(passed, float(passed), "the expression divides by zero")
    except UnreadableError as error:
        return Verdict(None, 0.0, f"cannot judge: {error}")
    if claimed != truth:
        return Verdict(False, 0.0, f"the value of {text[:80]} is another number")
    if wrong := check_derivation(task, answer, truth):
        return Verdict(False, 0.0, wrong)
    return Verdict(True, 1.0, f"evaluating {text[:80]} gives the same number")


def check_derivation(task: Task, answer: Answer, truth: Vector) -> str:
    """Return what is wrong: the first step that changes the value; empty if none does."""
    if answer.actions and len(answer.derivation) != len(answer.actions):
        return f"{len(answer.actions)} steps were taken, {len(answer.derivation)} are written down"
    before = task.payload.text
    for place, after in enumerate(answer.derivation):
        try:
            same = value_of(after) == truth
        except UnreadableError as error:
            return f"step {place + 1} cannot be read: {error}"
        if not same:
            return f"step {place + 1} is wrong: {before[:80]} and {after[:80]} differ"
        before = after
    if answer.derivation and read_answer(before) is None:
        return f"the last step {before[:80]} is no number"
    return ""


def says_undefined(text: str) -> bool:
    """Say whether a short text says that the expression has no value."""
    return len(text) < 200 and _UNDEFINED.search(text) is not None


def read_answer(text: str) -> Vector | None:
    """Return the number that a text says: `4`, `-7/2`, `2.50`, `1 + 3*sqrt(2)/4`; None if none.

    Roots must be of different squarefree numbers: an answer repeats no calculation.
    """
    text = text.strip().rstrip(".").translate(str.maketrans("−–", "--"))
    text = re.sub(r"^(?:[a-z] ?)?= ?", "", text).replace("√", "sqrt")
    if len(text) > MAX_CHARACTERS or _UNCLEAR.search(text) or re.search(r"\d{4200}", text):
        return None
    bare = "".join(text.split())
    whole = re.fullmatch(r"\((.*)\)/(\d+)", bare)
    if whole and re.search(r"sqrt", whole[1]) and int(whole[2]) and _balanced(whole[1]):
        inner = _sum(whole[1])
        return None if inner is None else {r: f / int(whole[2]) for r, f in inner.items()}
    if number := re.fullmatch(rf"([-+]?)\(?([-+]?{_NUMBER})\)?(?:/\(?(-?\d+)\)?)?", bare):
        sign, above, below = number.groups()
        if bare.count("(") != bare.count(")") or (below is not None and int(below) == 0):
            return None
        value = Fraction(above) / int(below or 1) * (-1 if sign == "-" else 1)
        return {1: value} if value else {}
    return _sum(bare)


def value_of(text: str) -> Vector:
    """Evaluate a calculation exactly.

    Raises:
        UndefinedError: if it divides by zero.
        UnreadableError: if it cannot be read, or leaves the limits.
    """
    if len(text) > MAX_CHARACTERS or text.count("(") > 500:
        raise UnreadableError(f"a calculation of {len(text)} characters is too long to check")
    try:
        node = ast.parse(_python_notation(text), mode="eval").body
        return _evaluated(node)
    except (SyntaxError, MemoryError, RecursionError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"{text[:80]!r} is not written as a calculation") from error


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _sum(text: str) -> Vector | None:
    """Read a sum of terms with different roots."""
    total: Vector = {}
    place = 0
    while place < len(text):
        match = _TERM.match(text, place)
        if match is None or match.end() == place or (place and not match[1]):
            return None
        sign, factor, root, divisor = match.groups()
        if (factor is None and root is None) or match[0].count("(") != match[0].count(")"):
            return None
        radicand = int(root) if root else 1
        if radicand in total or (root and (radicand < 2 or _split(radicand)[0] != 1)):
            return None
        try:
            value = Fraction(factor or 1) / Fraction(divisor or 1)
        except ZeroDivisionError:
            return None
        if not value:
            return None
        total[radicand] = -value if sign == "-" else value
        place = match.end()
    return total or None


def _python_notation(text: str) -> str:
    """Write products and powers out, and decimals as quoted text so that they stay exact."""
    if _FORBIDDEN.search(text) or _UNCLEAR.search(text):
        raise UnreadableError(f"{text[:80]!r} holds what no calculation has")
    text = re.sub(r"(?<=[\d)])\s*(?=[(sa])", "*", text).replace("^", "**")
    text = re.sub(r"(?<=\))\s*(?=\d)", "*", text)
    text = re.sub(r"(?<![\d.])0+(?=\d)", "", text)
    return re.sub(r"\d*\.\d+", lambda m: repr(m[0]), text.strip())


def _evaluated(node: ast.expr) -> Vector:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | str):
        return _vector({1: Fraction(node.value)})
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _evaluated(node.operand)
        return value if isinstance(node.op, ast.UAdd) else {r: -f for r, f in value.items()}
    if isinstance(node, ast.BinOp):
        return _combined(node.op, _evaluated(node.left), _evaluated(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        value = _evaluated(node.args[0])
        if node.func.id == "sqrt":
            return _root(value)
        if node.func.id == "abs" and set(value) <= {1}:
            return {r: abs(f) for r, f in value.items()}
    raise UnreadableError(f"cannot evaluate {type(node).__name__}")


def _combined(sign: ast.operator, a: Vector, b: Vector) -> Vector:
    if isinstance(sign, ast.Add | ast.Sub):
        factor = 1 if isinstance(sign, ast.Add) else -1
        return _vector({r: a.get(r, 0) + factor * b.get(r, Fraction(0)) for r in {*a, *b}})
    if isinstance(sign, ast.Mult):
        return _product(a, b)
    if isinstance(sign, ast.Div):
        return _quotient(a, b)
    if isinstance(sign, ast.Pow) and set(b) <= {1}:
        exponent = b.get(1, Fraction(0))
        if exponent.denominator == 2:
            return _power(_root(a), exponent.numerator)
        if exponent.denominator > 2:
            a = _perfect_root(a, exponent.denominator)
        return _power(a, exponent.numerator)
    raise UnreadableError("an operation that is not checked")


def _power(base: Vector, exponent: int) -> Vector:
    """Return a power with a whole exponent.

    Raises:
        UndefinedError: at a negative power of 0.
        UnreadableError: beyond the limits.
    """
    if set(base) == {1} and abs(base[1]) == 1:
        return base if exponent % 2 else {1: Fraction(1)}
    if abs(exponent) > MAX_BITS or (not base and not exponent):
        raise UnreadableError("a power beyond the limits")
    value: Vector = {1: Fraction(1)}
    for _ in range(abs(exponent) if len(base) > 1 or 1 not in base else 0):
        value = _product(value, base)
    if base and set(base) == {1}:
        size = max(base[1].numerator.bit_length(), base[1].denominator.bit_length())
        if size * abs(exponent) > 2 * MAX_BITS:
            raise UnreadableError("a power beyond the limits")
        value = {1: base[1] ** abs(exponent)}
    return _quotient({1: Fraction(1)}, value) if exponent < 0 else value


def _product(a: Vector, b: Vector) -> Vector:
    """Return the product."""
    total: dict[int, Fraction] = {}
    for r, f in a.items():
        for s, g in b.items():
            common = gcd(r, s)
            radicand = r * s // (common * common)
            total[radicand] = total.get(radicand, Fraction(0)) + f * g * common
    return _vector(total)


def _quotient(a: Vector, b: Vector) -> Vector:
    """Solve `b * x = a` over the roots that products of b's and a's reach."""
    if not b:
        raise UndefinedError("division by zero")
    if set(b) == {1}:
        return _vector({r: f / b[1] for r, f in a.items()})
    basis = {1, *a}
    while True:
        grown = basis | {r * s // gcd(r, s) ** 2 for r in basis for s in b}
        if grown == basis:
            break
        basis = grown
        if len(basis) > 2 * MAX_ROOTS:
            raise UnreadableError("too many different roots")
    order = sorted(basis)
    columns = [_product(b, {r: Fraction(1)}) for r in order]
    rows = [[c.get(r, Fraction(0)) for c in columns] + [a.get(r, Fraction(0))] for r in order]
    _eliminate(rows)
    return _vector({r: row[-1] for r, row in zip(order, rows, strict=True)})


def _eliminate(rows: list[list[Fraction]]) -> None:
    """Bring a regular system into the form that shows its solution in the last column."""
    for place in range(len(rows)):
        pivot = next(i for i in range(place, len(rows)) if rows[i][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        scale = rows[place][place]
        rows[place] = [entry / scale for entry in rows[place]]
        for other in range(len(rows)):
            if other != place and (factor := rows[other][place]):
                rows[other] = [
                    e - factor * p for e, p in zip(rows[other], rows[place], strict=True)
                ]


def _perfect_root(value: Vector, which: int) -> Vector:
    """Return a rational root by trying the number nearest to it in binary digits, bit by bit."""
    number = value.get(1, Fraction(0))
    if not set(value) <= {1} or which > MAX_BITS or (number < 0 and which % 2 == 0):
        raise UnreadableError("a root that is no number")
    parts = []
    for part in (abs(number.numerator), number.denominator):
        root = 0
        for bit in range(part.bit_length() // which, -1, -1):
            if (root | 1 << bit) ** which <= part:
                root |= 1 << bit
        if root**which != part:
            raise UnreadableError("a root that is no number without roots")
        parts.append(root)
    return _vector({1: Fraction(parts[0] if number > 0 else -parts[0], parts[1])})


def _root(value: Vector) -> Vector:
    """Return the square root of a number without roots.

    Raises:
        UnreadableError: at other numbers, or beyond the limits.
    """
    number = value.get(1, Fraction(0))
    if not set(value) <= {1} or number < 0:
        raise UnreadableError("the root of a negative number, or of a root")
    square, radicand = _split(number.numerator * number.denominator)
    return _vector({radicand: Fraction(square, number.denominator)})


@lru_cache(maxsize=4096)
def _split(number: int) -> tuple[int, int]:
    """Return the largest square's root and the squarefree rest."""
    if number == 0:
        return 0, 1
    if (root := _exact_root(number)) is not None:
        return root, 1
    square, single, rest, divisor = 1, 1, number, 2
    while divisor**3 <= rest:
        if divisor > _LARGEST_DIVISOR:
            raise UnreadableError("a root of a number beyond the limits")
        if rest % (divisor * divisor) == 0:
            rest //= divisor * divisor
            square *= divisor
        elif rest % divisor == 0:
            rest //= divisor
            single *= divisor
        else:
            divisor += 1
    root = _exact_root(rest)  # what is left is 1, a prime, or two primes
    return (square, single * rest) if root is None else (square * root, single)


def _exact_root(number: int) -> int | None:
    low, high = 0, 1 << ((number.bit_length() + 1) // 2 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle * middle <= number:
            low = middle
        else:
            high = middle - 1
    return low if low * low == number else None


def _vector(parts: dict[int, Fraction]) -> Vector:
    """Leave zeros out.

    Raises:
        UnreadableError: beyond the limits.
    """
    value = {r: f for r, f in parts.items() if f}
    if len(value) > 2 * MAX_ROOTS or any(
        max(f.numerator.bit_length(), f.denominator.bit_length()) > MAX_BITS for f in value.values()
    ):
        raise UnreadableError("numbers beyond the limits")
    return value
