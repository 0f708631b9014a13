"""Judge answers and derivations of linear equations by evaluating both sides at exact points.

Independent of how equations are read, rewritten and generated elsewhere: texts are brought into
Python's own notation and evaluated node by node with `ast` and `Fraction`.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from tasks.protocol import Answer, Task, Verdict

MAX_CHARACTERS = 2000
_OPERATIONS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_NONE = re.compile(
    r"\bno\b.{0,20}\bsolutions?\b|\bimpossible\b|\bcontradiction\b|\bunsolvable\b|∅", re.I
)
_ALL = re.compile(
    r"\b(?:every|any|all)\b.{0,20}\b(?:numbers?|values?|reals?)\b"
    r"|\binfinitely many\b|\bidentity\b|ℝ",
    re.I,
)
_NUMBER = re.compile(r"([-+]*)(\d+(?:[.,]\d+)?)(?:/([-+]?\d+))?")  # without spaces and brackets
_UNCLEAR = re.compile(r"\d\s+\d|\d\s*\(|\)\s*[\d(]|\b[1-9]\d{0,2},\d{3}\b")


class UnreadableError(ValueError):
    """A text that cannot be evaluated as an equation."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """The solution set of a linear equation: one number, none, or every number."""

    number: Fraction | None
    every: bool = False

    def text(self, unknown: str) -> str:
        """Write it as an answer."""
        if self.number is not None:
            return f"{unknown} = {self.number}"
        return "every number" if self.every else "no solution"


def grade(task: Task, answer: Answer) -> Verdict:
    """Pass an answer iff it is the solution set and its derivation, if any, has no wrong step."""
    text, unknown = task.payload.text, task.payload.unknown
    claimed = read_answer(answer.text, unknown)
    if claimed is None:
        return Verdict(
            False, 0.0, f"no answer found in {answer.text[:80]!r}; expected such as '{unknown} = 4'"
        )
    truth = solutions(text, unknown)
    if claimed != truth:
        return Verdict(False, 0.0, _objection(text, unknown, claimed))
    if wrong := check_derivation(task, answer):
        return Verdict(False, 0.0, wrong)
    return Verdict(True, 1.0, _confirmation(text, unknown, claimed))


def check_derivation(task: Task, answer: Answer) -> str:
    """Return what is wrong: the first step that changes the solutions; empty if none does.

    The steps start from the prompt's equation and must end in an equation that says the answer.
    """
    unknown = task.payload.unknown
    if answer.actions and len(answer.derivation) != len(answer.actions):
        return f"{len(answer.actions)} steps were taken, {len(answer.derivation)} are written down"
    before = task.payload.text
    kept = solutions(before, unknown)
    for place, after in enumerate(answer.derivation):
        try:
            if solutions(after, unknown) != kept:
                return f"step {place + 1} is wrong: {before} and {after} have different solutions"
        except UnreadableError as error:
            return f"step {place + 1} cannot be read: {error}"
        before = after
    if answer.derivation and not _says(before, unknown):
        return f"the last step {before} does not say what {unknown} is"
    return ""


def solutions(text: str, unknown: str) -> Solutions:
    """Return the solution set of a linear equation in the unknown.

    Raises:
        UnreadableError: if the text cannot be evaluated, or is not linear.
    """
    left, right = sides(text, unknown)

    def gap(at: int) -> Fraction:
        return evaluate(left, unknown, Fraction(at)) - evaluate(right, unknown, Fraction(at))

    offset = gap(0)
    slope = gap(1) - offset
    if any(gap(at) != offset + at * slope for at in (2, -3, 7)):
        raise UnreadableError(f"{text[:80]!r} is not linear in {unknown}")
    return Solutions(-offset / slope) if slope else Solutions(None, every=not offset)


def sides(text: str, unknown: str) -> tuple[ast.expr, ast.expr]:
    """Return both sides as Python expressions.

    Raises:
        UnreadableError: if there are not two sides that Python can read.
    """
    if len(text) > MAX_CHARACTERS or len(re.findall(r"[-+*/^]", text)) > 300:
        raise UnreadableError(f"an equation of {len(text)} characters is too long to check")
    if re.search(r"[^\w\s.,=^²³()\[\]{}*/+·⋅×∗÷∕−–—-]|_", text):
        raise UnreadableError(f"{text[:80]!r} holds characters that no equation has")
    parts = _python_notation(text, unknown).split("=")
    if len(parts) != 2:
        raise UnreadableError(f"{text[:80]!r} is not one equation")
    try:
        left, right = (ast.parse(part.strip(), mode="eval").body for part in parts)
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise UnreadableError(f"{text[:80]!r} is not written as an equation") from error
    return left, right


def evaluate(node: ast.expr, unknown: str, at: Fraction) -> Fraction:
    """Return the exact value of an expression where the unknown has the value `at`.

    Raises:
        UnreadableError: at anything but numbers, the unknown, signs, + - * / and small powers.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, int | str):
        return Fraction(node.value)
    if isinstance(node, ast.Name) and node.id == unknown:
        return at
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = evaluate(node.operand, unknown, at)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        a, b = evaluate(node.left, unknown, at), evaluate(node.right, unknown, at)
        if isinstance(node.op, ast.Pow) and b.denominator == 1 and 0 <= b <= 20:
            return a ** int(b)
        if type(node.op) in _OPERATIONS and not (isinstance(node.op, ast.Div) and not b):
            return _OPERATIONS[type(node.op)](a, b)
    raise UnreadableError(f"cannot evaluate {ast.unparse(node)[:60]!r}")


def read_answer(text: str, unknown: str) -> Solutions | None:
    """Return what a short answer says: `x = 4`, `-7/2`, `4.0`, `no solution`, `every number`."""
    text = text.strip().rstrip(".").replace("−", "-").replace("–", "-")
    if len(text) > 200:
        return None
    named = re.match(r"([a-zA-Z])\s*=\s*(.*)", text, re.S)
    if named:
        if named[1].lower() != unknown.lower():
            return None
        text = named[2]
    if (value := _number(text)) is not None:
        return Solutions(value)
    if _NONE.search(text):
        return Solutions(None)
    return Solutions(None, every=True) if _ALL.search(text) else None


def _number(text: str) -> Fraction | None:
    if _UNCLEAR.search(text) or text.count("(") != text.count(")"):
        return None
    match = _NUMBER.fullmatch(re.sub(r"[\s()]", "", text))
    if match is None:
        return None
    signs, top, bottom = match.groups()
    divisor = Fraction(bottom or 1) * (-1) ** signs.count("-")
    return Fraction(top.replace(",", ".")) / divisor if divisor else None


def _python_notation(text: str, unknown: str) -> str:
    """Write products out, and decimals as quoted text so that they stay exact."""
    text = re.sub(r"[−–—]", "-", text)
    text = re.sub(r"[·⋅×∗]", "*", text)
    text = re.sub(r"[÷∕]", "/", text).replace("^", "**").replace("²", "**2").replace("³", "**3")
    text = re.sub(r"[\[{]", "(", re.sub(r"[\]}]", ")", text))
    text = re.sub(r"(?<=\d),(?=\d{3},\d{3})|(?<=,\d{3}),(?=\d{3})|(?<=\d),(?=\d{3},)", "", text)
    text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    v = re.escape(unknown)
    text = re.sub(rf"(?<=[\d)])\s*(?=[({v}])|(?<={v})\s*(?=[({v}])", "*", text)
    text = re.sub(r"(?<![\w.])0+(?=\d)", "", text)  # Python refuses numbers such as 007
    return re.sub(r"\d*\.\d+", lambda m: repr(m[0]), text)


def _says(equation: str, unknown: str) -> bool:
    left, right = (side.strip() for side in equation.split("="))
    plain = r"-?\d+(?:/\d+)?"
    return bool(re.fullmatch(plain, right) and (left == unknown or re.fullmatch(plain, left)))


def _objection(text: str, unknown: str, claimed: Solutions) -> str:
    if claimed.number is not None:
        return _substituted(text, unknown, claimed.number)
    tried = [Fraction(n) for n in (0, 1, 2)]
    if claimed.every:
        failing = next(n for n in tried if not _holds(text, unknown, n))
        return f"not every number: {_substituted(text, unknown, failing)}"
    return "there is a solution: the two sides do not always differ"


def _confirmation(text: str, unknown: str, claimed: Solutions) -> str:
    if claimed.number is not None:
        return _substituted(text, unknown, claimed.number)
    return f"checked: {claimed.text(unknown)}"


def _holds(text: str, unknown: str, at: Fraction) -> bool:
    left, right = sides(text, unknown)
    return evaluate(left, unknown, at) == evaluate(right, unknown, at)


def _substituted(text: str, unknown: str, at: Fraction) -> str:
    values = [evaluate(side, unknown, at) for side in sides(text, unknown)]
    return f"substituting {unknown} = {at} gives {values[0]} = {values[1]}"
