"""What a system of two linear equations is while it is being rewritten, and how it is written.

Terms are those of `equation_state`, with one more body: `SECOND`, the second unknown. The rewriting
rules are `system_rules`, reading is `system_reader`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from tasks.math.equation_state import CONSTANT, Side, Term, number_text

FIRST, SECOND = 1, 2  # bodies of the unknowns; CONSTANT is 0


class Line(NamedTuple):
    """One equation of the system."""

    left: Side
    right: Side


class System(NamedTuple):
    """Two equations in two unknowns; equal systems are equal states.

    Attributes:
        unknowns: the two letters, of the bodies FIRST and SECOND.
        asked: bodies of the unknowns that are asked for; both, or one of them.
        lines: the equations.
    """

    unknowns: tuple[str, str]
    asked: tuple[int, ...]
    lines: tuple[Line, Line]


Outcome = Literal["open", "solved", "none", "many"]


def outcome(state: System) -> Outcome:
    """Return what the system says by itself, without any more rewriting.

    `none` where it compares two different numbers. `many` where one equation compares equal numbers
    and the other leaves an asked unknown free. `solved` where every asked unknown stands alone
    beside its number and the rest has a solution for certain.
    """
    if all(len(line.left) > 1 or len(line.right) > 1 for line in state.lines):
        return "open"
    plain = [is_plain(line) for line in state.lines]
    held = [unknowns_of(line) for line in state.lines]
    for line, known, bare in zip(state.lines, plain, held, strict=True):
        if known and not bare and line.left != line.right:
            return "none"
    values = [value_of(line) for line in state.lines]
    if len(state.asked) == 2 and {*values} == {FIRST, SECOND}:
        return "solved"
    for at in (0, 1):
        other = 1 - at
        if state.asked == (values[at],) and plain[other]:
            rest = 3 - state.asked[0]
            if rest in held[other] or not held[other]:
                return "solved"
        identity = plain[at] and not held[at]
        if identity and plain[other] and (len(state.asked) == 2 or held[other] != {*state.asked}):
            return "many"
    return "open"


def is_plain(line: Line) -> bool:
    """Say whether there is no bracket and no unknown twice, and at most one number a side."""
    bodies = [body for side in line for _, _, body in side]
    if not all(isinstance(body, int) for body in bodies):
        return False
    if bodies.count(FIRST) > 1 or bodies.count(SECOND) > 1:
        return False
    return all(sum(body == CONSTANT for _, _, body in side) <= 1 for side in line)


def unknowns_of(line: Line) -> set[int]:
    """Return the unknowns written anywhere in an equation."""
    found: set[int] = set()
    stack = [*line]
    while stack:
        for _, _, body in stack.pop():
            if not isinstance(body, int):
                stack.append(body)
            elif body != CONSTANT:
                found.add(body)
    return found


def alone(line: Line) -> int | None:
    """Return the unknown that the equation isolates: alone on the left, not on the right."""
    if len(line.left) != 1:
        return None
    num, den, body = line.left[0]
    if (num, den) != (1, 1) or not isinstance(body, int) or body == CONSTANT:
        return None
    return None if body in unknowns_of(Line((), line.right)) else body


def value_of(line: Line) -> int | None:
    """Return the unknown of an equation that reads `unknown = number`; None for any other."""
    right = line.right
    if len(right) > 1 or (right and right[0][2] != CONSTANT):
        return None
    return alone(line)


def line_text(line: Line, unknowns: tuple[str, str]) -> str:
    """Write `3x + 2y = 5`."""
    return f"{side_text(line.left, unknowns)} = {side_text(line.right, unknowns)}"


def side_text(side: Side, unknowns: tuple[str, str]) -> str:
    """Write a sum; `0` when it is empty."""
    if not side:
        return "0"
    parts = [term_text(side[0], unknowns)]
    for num, den, body in side[1:]:
        parts.append(" - " if num < 0 else " + ")
        parts.append(term_text((abs(num), den, body), unknowns))
    return "".join(parts)


def term_text(term: Term, unknowns: tuple[str, str]) -> str:
    """Write one term: `-x`, `1/2 y`, `3(x + y)`, `-7/2`."""
    num, den, body = term
    if body == CONSTANT:
        return number_text(num, den)
    thing = unknowns[body - 1] if isinstance(body, int) else f"({side_text(body, unknowns)})"
    if den == 1:
        return f"{'' if num == 1 else '-' if num == -1 else num}{thing}"
    return f"{num}/{den} {thing}"
