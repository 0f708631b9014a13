"""Judge answers to make-24: evaluate the expression, or look for one by merging subsets.

Independent of the environment and its search: expressions are read by `ast`, and whether none
exists is found by joining the values of disjoint subsets, the smallest first.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from itertools import combinations

from tasks.protocol import Verdict

MOST_CHARACTERS = 300
MOST_NUMBERS_TO_PROVE = 5
_SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "∙": "*", "⋅": "*", "÷": "/",
                        "[": "(", "]": ")", "{": "(", "}": ")"})  # fmt: skip
_NONE = re.compile(
    r"(?:it is |it's |that is |this is )?(?:not possible|impossible|no (?:solution|way|answer)"
    r"|not solvable|unsolvable|cannot be (?:done|made))(?: (?:exists?|here))?[.!]?",
    re.I,
)


def grade(numbers: tuple[int, ...], target: int, text: str) -> Verdict:
    """Pass an expression of all numbers, each once, that is the target, or a true `not possible`.

    Args:
        numbers: the hand.
        target: what it shall make.
        text: the answer alone; `= 24` may stand on either side.
    """
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        return Verdict(False, 0.0, f"{len(text)} characters are too long for an expression")
    if _NONE.fullmatch(text):
        return _grade_none(numbers, target)
    try:
        value, used = _evaluated(_expression(text, target))
    except _UnreadableError as error:
        return Verdict(False, 0.0, str(error))
    if sorted(used) != sorted(numbers):
        return Verdict(
            False, 0.0, f"uses {sorted(used)}; expected each of {sorted(numbers)} exactly once"
        )
    if value is None:
        return Verdict(False, 0.0, "divides by zero")
    return Verdict(value == target, float(value == target), f"the expression is {value}")


def can_make(numbers: tuple[int, ...], target: int) -> bool:
    """Say whether the target can be made, by merging the values of disjoint subsets."""
    everything = tuple(range(len(numbers)))
    values: dict[tuple[int, ...], set[tuple[int, int]]] = {
        (i,): {(n, 1)} for i, n in enumerate(numbers)
    }
    for size in range(2, len(numbers)):
        for subset in combinations(everything, size):
            values[subset] = set()
            for left, right in _halves(subset):
                _merge(values[left], values[right], values[subset])
    if len(numbers) == 1:
        return numbers[0] == target
    return any(_meets(values[a], values[b], target) for a, b in _halves(everything))


class _UnreadableError(ValueError):
    """A text that is no expression of whole numbers."""


def _grade_none(numbers: tuple[int, ...], target: int) -> Verdict:
    if len(numbers) > MOST_NUMBERS_TO_PROVE:
        reason = f"whether {len(numbers)} numbers cannot make {target} takes too long to prove"
        return Verdict(None, 0.0, reason)
    if can_make(numbers, target):
        return Verdict(False, 0.0, f"{target} can be made")
    return Verdict(True, 1.0, f"{target} cannot be made")


def _expression(text: str, target: int) -> ast.expr:
    text = re.sub(r"(?<=[\d)\s])[xX](?=[\d(\s])", "*", text.translate(_SIGNS))
    sides = text.split("=")
    wanted = [side for side in sides if side.strip() != str(target)] or sides[:1]
    if len(wanted) != 1 or len(sides) > 2:
        raise _UnreadableError(f"{text[:60]!r} is not one expression, such as (4 + 8) * (7 - 5)")
    if not re.fullmatch(r"[\d\s+*/()-]+", wanted[0]) or re.search(r"\d{10}|\*\*|//", wanted[0]):
        raise _UnreadableError(f"{wanted[0][:60]!r} has more than numbers, + - * / and brackets")
    try:
        return ast.parse(wanted[0].strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _UnreadableError(f"{wanted[0][:60]!r} is no expression") from error


def _evaluated(node: ast.expr) -> tuple[Fraction | None, list[int]]:
    """Return the value, None if something is divided by zero, and the numbers in it."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Fraction(node.value), [node.value]
    if not isinstance(node, ast.BinOp):
        raise _UnreadableError("only + - * / between numbers are allowed")
    (left, first), (right, second) = _evaluated(node.left), _evaluated(node.right)
    used = first + second
    if left is None or right is None:
        return None, used
    if isinstance(node.op, ast.Add):
        return left + right, used
    if isinstance(node.op, ast.Sub):
        return left - right, used
    if isinstance(node.op, ast.Mult):
        return left * right, used
    return (left / right if right else None), used


def _halves(subset: tuple[int, ...]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return all ways to split a subset in two; its first number is always on the left."""
    first, others = subset[0], subset[1:]
    return [
        ((first, *some), tuple(i for i in others if i not in some))
        for size in range(len(others))
        for some in combinations(others, size)
    ]


def _merge(
    left: set[tuple[int, int]], right: set[tuple[int, int]], out: set[tuple[int, int]]
) -> None:
    """Add all results of one operation between the two; as p/q with q > 0, reduced."""
    for p, q in left:
        for r, s in right:
            for num, den in (
                (p * s + r * q, q * s),
                (p * s - r * q, q * s),
                (r * q - p * s, q * s),
                (p * r, q * s),
                (p * s, q * r),
                (r * q, s * p),
            ):
                if den:
                    value = Fraction(num, den)
                    out.add((value.numerator, value.denominator))


def _meets(left: set[tuple[int, int]], right: set[tuple[int, int]], target: int) -> bool:
    """Say whether an operation between the two gives the target: solve for the right one."""
    for p, q in left:
        a = Fraction(p, q)
        needed = [target - a, a - target, a + target]
        if a:
            needed += [target / a, a * target]
            if target:
                needed.append(a / target)
        elif target == 0:
            return True  # 0 * anything
        if any((b.numerator, b.denominator) in right for b in needed):
            # b = 0 from a * target or target / a only where a division would be by zero
            for b in needed:
                if (b.numerator, b.denominator) in right and _hits(a, b, target):
                    return True
    return False


def _hits(a: Fraction, b: Fraction, target: int) -> bool:
    results = [a + b, a - b, b - a, a * b]
    results += [a / b] if b else []
    results += [b / a] if a else []
    return target in results
