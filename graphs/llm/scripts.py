"""What the scripted models say, by rules on the text of the prompt.

`echo` repeats. `teacher` reads a linear equation or a tic-tac-toe board out of the prompt and works
it out by its own few lines of arithmetic: it imports no grader, no solver and no task kind, and
knows only those two. A script has a wrong side too, so that a demo or a test can inject wrong
answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

Say = Callable[[Sequence[BaseMessage], Sequence[dict[str, Any]]], AIMessage | str]

_PIECE = r"(?:[-+*/()\s]|\d+(?:\.\d+)?|(?<![a-z])[a-z](?![a-z]))"  # no words, only single letters
_SIDES_LEFT = re.compile(_PIECE + r"+$", re.IGNORECASE)
_SIDES_RIGHT = re.compile(_PIECE + r"+", re.IGNORECASE)
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]|[-+*/()]", re.IGNORECASE)
_ACTION = re.compile(r"^(\d+): (.*)$", re.MULTILINE)
_LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))


@dataclass(frozen=True, slots=True)
class Script:
    """A named script: its right answers and, where it has any, its wrong ones."""

    right: Say
    wrong: Say | None = None


def echo(messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]]) -> str:
    """Repeat the last message."""
    return messages[-1].text


def teacher(messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]]) -> str:
    """Answer a linear equation or a tic-tac-toe position; say so where it is neither."""
    return _teach(messages, shift=0)


def wrong_teacher(messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]]) -> str:
    """Answer like `teacher`, off by one."""
    return _teach(messages, shift=1)


def section(text: str, heading: str) -> str:
    """Return the part of a prompt below `### heading`; all of it where there is no such part."""
    _, found, rest = text.partition(f"### {heading}\n")
    return rest.partition("\n### ")[0] if found else text


def _teach(messages: Sequence[BaseMessage], shift: int) -> str:
    text = messages[-1].text
    problem = section(text, "Problem")
    board = _board(section(text, "Position"))
    actions = _ACTION.findall(section(text, "Legal actions")) if "### Legal actions" in text else []
    if actions:
        return _judgement(actions, board, shift)
    if board is not None:
        return f"I look for a line, then for a threat.\nMove: {_move(board, shift) + 1}"
    return (
        _solution(problem, shift)
        or "This scripted model has no rule for that; it is not a real model."
    )


def _judgement(actions: list[tuple[str, str]], board: str | None, shift: int) -> str:
    """Judge a position: nearly sure of its own move on a board, else even over what is legal."""
    chosen = None
    if board is not None:
        cell = str(_move(board, 0) + 1)
        chosen = next((i for i, (_, words) in enumerate(actions) if cell in words.split()), None)
    if chosen is None:
        priors = {index: 1 / len(actions) for index, _ in actions}
        return json.dumps({"actions": priors, "value": 0.0, "confidence": 1 / len(actions)})
    best = actions[(chosen + shift) % len(actions)][0]
    rest = 0.1 / max(len(actions) - 1, 1)
    priors = {index: 0.9 if index == best else rest for index, _ in actions}
    priors = priors if len(actions) > 1 else {best: 1.0}
    return json.dumps({"actions": priors, "value": 0.0, "confidence": 0.9})


def _board(text: str) -> str | None:
    """Return the first three rows of three cells as nine characters of `XO.`, or None."""
    rows = [re.sub(r"[\s|]", "", line) for line in text.splitlines()]
    rows = [row for row in rows if re.fullmatch(r"[XO.]{3}", row)]
    return "".join(rows[:3]) if len(rows) >= 3 else None


def _move(board: str, shift: int) -> int:
    """Win, block, centre, corner, side; with a shift a taken cell, which is never right."""
    free = [cell for cell in range(9) if board[cell] == "."]
    taken = [cell for cell in range(9) if board[cell] != "."]
    if shift:
        return (taken or free)[-1]
    mover, other = "XO" if board.count("X") == board.count("O") else "OX"
    for mark in (mover, other):
        for line in _LINES:
            marks = [board[cell] for cell in line]
            if marks.count(mark) == 2 and "." in marks:
                return line[marks.index(".")]
    return next((cell for cell in (4, 0, 2, 6, 8, 1, 3, 5, 7) if cell in free), 0)


def _solution(text: str, shift: int) -> str | None:
    """Solve the first linear equation in one unknown; None if the text holds none."""
    for equals in re.finditer("=", text):
        left = _SIDES_LEFT.search(text[: equals.start()])
        right = _SIDES_RIGHT.match(text[equals.end() :])
        letters = sorted(
            set(re.findall("[a-z]", f"{left[0] if left else ''}{right[0] if right else ''}", re.I))
        )
        if not left or not right or len(letters) != 1:
            continue
        try:
            zero, one, two = (
                _value(left[0], Fraction(x)) - _value(right[0], Fraction(x)) for x in (0, 1, 2)
            )
        except (IndexError, ValueError, ZeroDivisionError):
            continue
        slope = one - zero
        if two - one != slope:
            continue
        if slope == 0 and not shift:
            return "no solution" if zero else "every number is a solution"
        root = -zero / slope if slope else Fraction(0)
        return f"I gather the unknown on one side.\n{letters[0]} = {root + shift}"
    return None


def _value(text: str, unknown: Fraction) -> Fraction:
    """Compute a sum of products by recursive descent; a letter stands for the unknown.

    Raises:
        ValueError, IndexError: if the text is no such expression.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise ValueError(f"{text!r} is no expression")
    value, rest = _sum(tokens, unknown)
    if rest:
        raise ValueError(f"{text!r} goes on after {rest[0]!r}")
    return value


def _sum(tokens: list[str], unknown: Fraction) -> tuple[Fraction, list[str]]:
    total = Fraction(0)
    first = True
    while first or (tokens and tokens[0] in "+-"):
        sign = 1
        while tokens[0] in "+-":
            sign, tokens = (-sign if tokens[0] == "-" else sign), tokens[1:]
        part, tokens = _product(tokens, unknown)
        total, first = total + sign * part, False
    return total, tokens


def _product(tokens: list[str], unknown: Fraction) -> tuple[Fraction, list[str]]:
    total, tokens = _factor(tokens, unknown)
    while tokens and tokens[0] not in "+-)":
        divides = tokens[0] == "/"
        part, tokens = _factor(tokens[1:] if tokens[0] in "*/" else tokens, unknown)
        total = total / part if divides else total * part
    return total, tokens


def _factor(tokens: list[str], unknown: Fraction) -> tuple[Fraction, list[str]]:
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        inside, rest = _sum(rest, unknown)
        if rest[0] != ")":
            raise ValueError(f"expected ')', found {rest[0]!r}")
        return inside, rest[1:]
    if head == "-":
        value, rest = _factor(rest, unknown)
        return -value, rest
    return (unknown if head.isalpha() else Fraction(head)), rest


SCRIPTS: dict[str, Script] = {
    "echo": Script(echo),
    "teacher": Script(teacher, wrong_teacher),
}
