"""Judge results and derivations of arithmetic by evaluating the expression, exactly, another way.

Independent of how expressions are read and worked out elsewhere: texts are brought into Python's
own notation and evaluated node by node with `ast`; the exact numbers are `arithmetic_vectors`.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction

from tasks.math.arithmetic_vectors import (
    UndefinedError,
    UnreadableError,
    Vector,
    perfect_root,
    power,
    product,
    quotient,
    root_of,
    split,
    vector,
)
from tasks.protocol import Answer, Task, Verdict

MAX_CHARACTERS = 60_000
_UNCLEAR = re.compile(r"\d\s+[\d.]|\.\s*\d*\.|\d\.\s")
_FORBIDDEN = re.compile(r"[^\d\s+*/^().a-z-]|(?!sqrt|abs)(?<![a-z])[a-z]+", re.I)
_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
_TERM = re.compile(
    rf"([-+]?)(?:\(?({_NUMBER}(?:/\d+)?)\)?\*?)??(?:sqrt\(?(\d+)\)?(?:/(\d+))?)?(?=[-+]|$)"
)
_UNDEFINED = re.compile(r"\bundefined\b|\b(?:division|divide[sd]?) by (?:zero|0)\b", re.I)


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
        if radicand in total or (root and (radicand < 2 or split(radicand)[0] != 1)):
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
        return vector({1: Fraction(node.value)})
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _evaluated(node.operand)
        return value if isinstance(node.op, ast.UAdd) else {r: -f for r, f in value.items()}
    if isinstance(node, ast.BinOp):
        return _combined(node.op, _evaluated(node.left), _evaluated(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        value = _evaluated(node.args[0])
        if node.func.id == "sqrt":
            return root_of(value)
        if node.func.id == "abs" and set(value) <= {1}:
            return {r: abs(f) for r, f in value.items()}
    raise UnreadableError(f"cannot evaluate {type(node).__name__}")


def _combined(sign: ast.operator, a: Vector, b: Vector) -> Vector:
    if isinstance(sign, ast.Add | ast.Sub):
        factor = 1 if isinstance(sign, ast.Add) else -1
        return vector({r: a.get(r, 0) + factor * b.get(r, Fraction(0)) for r in {*a, *b}})
    if isinstance(sign, ast.Mult):
        return product(a, b)
    if isinstance(sign, ast.Div):
        return quotient(a, b)
    if isinstance(sign, ast.Pow) and set(b) <= {1}:
        exponent = b.get(1, Fraction(0))
        if exponent.denominator == 2:
            return power(root_of(a), exponent.numerator)
        if exponent.denominator > 2:
            a = perfect_root(a, exponent.denominator)
        return power(a, exponent.numerator)
    raise UnreadableError("an operation that is not checked")
