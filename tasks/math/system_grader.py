"""Judge answers and derivations of systems by exact linear algebra on values at points.

Independent of how systems are read, rewritten and generated elsewhere: texts are brought into
Python's own notation, evaluated node by node with `ast` and `Fraction`, and compared by rank.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from fractions import Fraction

from tasks.protocol import Answer, Task, Verdict

MAX_CHARACTERS = 3000
MOST_SIGNS = 400
LONGEST_DERIVATION = 400
_NUMBER = r"[-+]?\s*\d+(?:\.\d+)?(?:\s*/\s*[-+]?\d+)?"
Row = tuple[Fraction, Fraction, Fraction]
"""Coefficients a, b and the number c of `a x + b y = c`."""


class UnreadableError(ValueError):
    """A text that cannot be evaluated as two linear equations."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What an answer says: values of unknowns, or that there are none, or infinitely many."""

    values: tuple[tuple[str, Fraction], ...] = ()
    none: bool = False
    many: bool = False


def grade(task: Task, answer: Answer) -> Verdict:
    """Pass an answer iff it is the solution, and its derivation, if any, has no wrong step."""
    payload = task.payload
    claim = read_claim(answer.text, payload.asked)
    if claim is None:
        form = ", ".join(f"{name} = 4" for name in payload.asked)
        return Verdict(False, 0.0, f"no answer found in {answer.text[:80]!r}; expected as '{form}'")
    rows = [row(text, payload.unknowns) for text in (payload.first, payload.second)]
    truth = _truth(rows, payload.unknowns, payload.asked)
    if claim != truth:
        return Verdict(False, 0.0, _objection(rows, payload.unknowns, claim))
    if wrong := _check_derivation(payload, rows, answer):
        return Verdict(False, 0.0, wrong)
    return Verdict(True, 1.0, "checked by substitution" if claim.values else "checked by rank")


def row(text: str, unknowns: str) -> Row:
    """Return the coefficients of one equation.

    Raises:
        UnreadableError: if the text cannot be evaluated, or is not linear.
    """
    sides = text.split("=")
    if len(text) > MAX_CHARACTERS or len(sides) != 2:
        raise UnreadableError(f"{text[:80]!r} is not one equation")
    left, right = (_tree(side, unknowns) for side in sides)

    def gap(x: int, y: int) -> Fraction:
        at = {unknowns[0]: Fraction(x), unknowns[1]: Fraction(y)}
        return _value(left, at) - _value(right, at)

    c = gap(0, 0)
    a, b = gap(1, 0) - c, gap(0, 1) - c
    if any(gap(x, y) != a * x + b * y + c for x, y in ((2, 3), (-5, 2), (7, -4))):
        raise UnreadableError(f"{text[:80]!r} is not linear")
    return a, b, -c


def read_claim(text: str, asked: str) -> Claim | None:
    """Return what a short answer says: `x = 4, y = -1/2`, `4`, `no solution`, `infinitely many`."""
    text = text.strip().rstrip(".").replace("−", "-").replace("–", "-")
    if len(text) > 300:
        return None
    if re.search(r"\bno\b.{0,20}\bsolutions?\b|\binconsistent\b", text, re.I):
        return Claim(none=True)
    if re.search(r"\binfinitely many\b|\binfinite number of solutions\b", text, re.I):
        return Claim(many=True)
    if len(asked) == 1 and re.fullmatch(_NUMBER, text):
        value = _number(text)
        return None if value is None else Claim(((asked, value),))
    if len(asked) == 2 and (pair := re.fullmatch(rf"\(({_NUMBER}),\s*({_NUMBER})\)", text)):
        text = f"{asked[0]} = {pair[1]}, {asked[1]} = {pair[2]}"
    found: dict[str, Fraction] = {}
    for part in re.split(r"\s*(?:,|;|\band\b)\s*", text):
        named = re.fullmatch(rf"([a-zA-Z])\s*=\s*({_NUMBER})", part)
        value = _number(named[2]) if named else None
        if named is None or value is None or named[1] in found:
            return None
        found[named[1]] = value
    if set(found) < set(asked):
        return None
    return Claim(tuple(sorted((name, value) for name, value in found.items() if name in asked)))


def _truth(rows: list[Row], unknowns: str, asked: str) -> Claim:
    reduced = _reduced(rows)
    if any(not a and not b and c for a, b, c in reduced):
        return Claim(none=True)
    values = []
    for name in sorted(asked):
        unit = (Fraction(name == unknowns[0]), Fraction(name == unknowns[1]))
        value = next((c for a, b, c in reduced if (a, b) == unit), None)
        if value is None:
            return Claim(many=True)
        values.append((name, value))
    return Claim(tuple(values))


def _reduced(rows: list[Row]) -> tuple[Row, ...]:
    """Return the reduced echelon form without zero rows: equal for equal solution sets.

    A contradiction is the single row 0, 0, 1.
    """
    left = list(rows)
    done: list[Row] = []
    for column in (0, 1):
        pivot = next((r for r in left if r[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        pivot = _scaled(pivot, 1 / pivot[column])
        left = [_minus(r, _scaled(pivot, r[column])) for r in left]
        done = [_minus(r, _scaled(pivot, r[column])) for r in done] + [pivot]
    if any(r[2] for r in left):
        return ((Fraction(0), Fraction(0), Fraction(1)),)
    return tuple(done)


def _scaled(r: Row, factor: Fraction) -> Row:
    return r[0] * factor, r[1] * factor, r[2] * factor


def _minus(r: Row, s: Row) -> Row:
    return r[0] - s[0], r[1] - s[1], r[2] - s[2]


def _check_derivation(payload: object, rows: list[Row], answer: Answer) -> str:
    unknowns: str = payload.unknowns  # type: ignore[attr-defined]
    if answer.actions and len(answer.derivation) != len(answer.actions):
        return f"{len(answer.actions)} steps were taken, {len(answer.derivation)} are written down"
    if len(answer.derivation) > LONGEST_DERIVATION:
        return f"a derivation of {len(answer.derivation)} steps is too long to check"
    kept = _reduced(rows)
    for place, line in enumerate(answer.derivation):
        parts = line.split(",")
        try:
            if len(parts) != 2 or _reduced([row(part, unknowns) for part in parts]) != kept:
                return f"step {place + 1} is wrong: {line[:120]} has other solutions"
        except UnreadableError as error:
            return f"step {place + 1} cannot be read: {error}"
    if answer.derivation and not _says(answer.derivation[-1], answer.text):
        return f"the last step {answer.derivation[-1][:80]} does not say {answer.text[:80]}"
    return ""


def _says(line: str, text: str) -> bool:
    """Say whether a line shows what the answer says: its values, or two numbers compared."""
    lines = [part.strip() for part in line.split(",")]
    if "=" in text:
        return all(part.strip() in lines for part in text.split(","))
    number = r"-?\d+(?:/\d+)?"
    return any(re.fullmatch(f"{number} = {number}", part) for part in lines)


def _objection(rows: list[Row], unknowns: str, claim: Claim) -> str:
    values = dict(claim.values)
    if len(values) == 2:
        for a, b, c in rows:
            total = a * values[unknowns[0]] + b * values[unknowns[1]]
            if total != c:
                return f"substituting gives {total} = {c}"
    if claim.none:
        return "the equations do not contradict each other"
    return "the equations determine what is asked" if claim.many else "that is not the solution"


def _number(text: str) -> Fraction | None:
    above, _, below = re.sub(r"\s", "", text).partition("/")
    divisor = int(below or "1")
    return Fraction(above) / divisor if divisor else None


def _tree(side: str, unknowns: str) -> ast.expr:
    if len(re.findall(r"[-+*/^(]", side)) > MOST_SIGNS or re.search(r"[^\w\s.()*/+^-]|_", side):
        raise UnreadableError(f"{side[:80]!r} is not written as an expression")
    text = side.strip().replace("^", "**")
    if re.search(r"[\d.]\s+[\d.]", text) or re.search(r"[a-zA-Z]\s*\d", text):
        raise UnreadableError(f"a number follows without an operator in {side[:80]!r}")
    text = re.sub(rf"(?<=[\d)])\s*(?=[(a-zA-Z])|(?<=[{unknowns}])\s*(?=[(a-zA-Z])", "*", text)
    text = re.sub(r"(?<![\w.])0+(?=\d)", "", text)  # Python refuses numbers such as 007
    try:
        # decimals as quoted text, so that they stay exact
        quoted = re.sub(r"\d*\.\d+", lambda m: repr(m[0]), text)
        return ast.parse(quoted, mode="eval").body
    except (SyntaxError, MemoryError, RecursionError, ValueError) as error:
        raise UnreadableError(f"{side[:80]!r} is not written as an expression") from error


def _value(node: ast.expr, at: dict[str, Fraction]) -> Fraction:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | str):
        return Fraction(node.value)
    if isinstance(node, ast.Name) and node.id in at:
        return at[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _value(node.operand, at)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        a, b = _value(node.left, at), _value(node.right, at)
        if isinstance(node.op, ast.Add):
            return a + b
        if isinstance(node.op, ast.Sub):
            return a - b
        if isinstance(node.op, ast.Mult):
            return a * b
        if isinstance(node.op, ast.Div) and b:
            return a / b
        if isinstance(node.op, ast.Pow) and b.denominator == 1 and 0 <= b <= 20:
            return Fraction(a ** int(b))
    raise UnreadableError(f"cannot evaluate {ast.unparse(node)[:60]!r}")
