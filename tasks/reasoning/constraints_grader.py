"""Judge answers to sudokus and colourings by looking at rows, columns, boxes and edges.

Shares nothing with the rules; claims about all solutions are judged by `constraints_exact`.
"""

from __future__ import annotations

import math
from typing import Protocol

from tasks.protocol import Answer, Verdict
from tasks.reasoning.constraints_exact import is_colourable, sudoku_solutions

_BOX_ROWS = {4: 2, 6: 2, 9: 3}
_CLAIMS = ("not unique", "no solution", "not colourable")
_UNDECIDED = Verdict(None, 0.0, "counting the solutions takes more steps than the limit")


class Problem(Protocol):
    """What is read of the payload; it says what the fields hold."""

    @property
    def grid(self) -> str:
        """Return the cells of a sudoku, empty for a graph."""
        ...

    @property
    def vertices(self) -> tuple[str, ...]:
        """Return the names of a graph's vertices."""
        ...

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Return pairs of names."""
        ...

    @property
    def colours(self) -> tuple[str, ...]:
        """Return the names of the colours."""
        ...

    @property
    def fixed(self) -> tuple[tuple[str, str], ...]:
        """Return vertices and the colours they must have."""
        ...


def grade(payload: Problem, answer: Answer) -> Verdict:
    """Pass the only solution of a sudoku, a proper colouring, or a true claim that there is none.

    A sudoku with several solutions has the answer `not unique`. A derivation must fill in nothing
    but the answer, and end with it. None where solutions cannot be counted within the limit.
    """
    text = answer.text.strip()
    if text in _CLAIMS:
        return _grade_claim(payload, text, answer)
    fault = _sudoku_fault(payload.grid, text) if payload.grid else _colour_fault(payload, text)
    fault = fault or _derivation_fault(payload, answer, text)
    if fault:
        return Verdict(False, 0.0, fault)
    if not payload.grid:
        return Verdict(True, 1.0, "every edge joins two colours")
    solutions = sudoku_solutions(payload.grid)
    if solutions is None:
        return _UNDECIDED
    if solutions > 1:
        return Verdict(False, 0.0, "the grid is right, but the puzzle has more than one solution")
    return Verdict(True, 1.0, "every row, column and box is right, and there is no other solution")


def _grade_claim(payload: Problem, claim: str, answer: Answer) -> Verdict:
    if answer.actions or answer.derivation:
        return Verdict(False, 0.0, "a claim about all solutions is no end of a derivation")
    if payload.grid:
        if claim == "not colourable":
            return Verdict(False, 0.0, "the question is a sudoku; write its digits")
        solutions = sudoku_solutions(payload.grid)
        if solutions is None:
            return _UNDECIDED
        passed = solutions > 1 if claim == "not unique" else solutions == 0
        return Verdict(passed, float(passed), "the solutions were counted")
    if claim == "not unique":
        return Verdict(False, 0.0, "any proper colouring will do; write one")
    place = {name: index for index, name in enumerate(payload.vertices)}
    fixed = [-1] * len(place)
    for name, colour in payload.fixed:
        fixed[place[name]] = payload.colours.index(colour)
    pairs = [(place[a], place[b]) for a, b in payload.edges]
    colourable = is_colourable(len(place), pairs, len(payload.colours), fixed)
    if colourable is None:
        return _UNDECIDED
    return Verdict(not colourable, float(not colourable), "all colourings were looked at")


def _sudoku_fault(grid: str, text: str) -> str:
    """Return what is wrong with a filled grid, empty for nothing."""
    side = math.isqrt(len(grid))
    if len(text) != len(grid) or not (text.isascii() and text.isdigit()):
        return f"expected {len(grid)} digits, or a claim such as {_CLAIMS[0]!r}"
    digits = set("123456789"[:side])
    for place, (given, digit) in enumerate(zip(grid, text, strict=True)):
        if given not in (".", digit):
            return f"row {place // side + 1}, column {place % side + 1} is given as {given}"
    rows = [text[start : start + side] for start in range(0, len(text), side)]
    high = _BOX_ROWS[side]
    wide = side // high
    for number in range(side):
        column = "".join(row[number] for row in rows)
        top, left = number // (side // wide) * high, number % (side // wide) * wide
        box = "".join(row[left : left + wide] for row in rows[top : top + high])
        for unit, name in ((rows[number], "row"), (column, "column"), (box, "box")):
            if set(unit) != digits:
                return f"{name} {number + 1} does not hold each digit from 1 to {side} once"
    return ""


def _read_colours(text: str) -> dict[str, str] | None:
    """Read `a=1, b=2`; None if it is written otherwise or names a vertex twice."""
    found: dict[str, str] = {}
    for part in text.split(","):
        name, sign, colour = part.partition("=")
        if not sign or name.strip() in found:
            return None
        found[name.strip()] = colour.strip()
    return found


def _colour_fault(payload: Problem, text: str) -> str:
    """Return what is wrong with a colouring, empty for nothing."""
    colours = _read_colours(text)
    if colours is None or set(colours) != set(payload.vertices):
        return "expected each vertex once with its colour, as `a=1, b=2`"
    for name, colour in colours.items():
        if colour not in payload.colours:
            return f"{name} has the colour {colour[:40]!r}, which is not one of the question's"
    for name, colour in payload.fixed:
        if colours[name] != colour:
            return f"{name} is given as {colour}"
    for a, b in payload.edges:
        if colours[a] == colours[b]:
            return f"{a} and {b} are neighbours of one colour"
    return ""


def _derivation_fault(payload: Problem, answer: Answer, text: str) -> str:
    """Return what is wrong with the steps shown, empty for nothing."""
    if len(answer.derivation) not in (0, len(answer.actions)):
        return f"{len(answer.derivation)} steps are shown for {len(answer.actions)} actions"
    before = -1
    for step, shown in enumerate(answer.derivation, 1):
        if payload.grid:
            marks = "".join(shown.split())
            agree = len(marks) == len(text) and all(
                mark in (".", digit) for mark, digit in zip(marks, text, strict=True)
            )
            filled = len(marks) - marks.count(".")
        else:
            colours, final = _read_colours(shown) or {}, _read_colours(text) or {}
            agree = set(colours) == set(final) and all(
                colour in ("?", final[name]) for name, colour in colours.items()
            )
            filled = sum(colour != "?" for colour in colours.values())
        if not agree or filled <= before:
            return f"step {step} does not lead to the answer"
        before = filled
    size = len(payload.grid) or len(payload.vertices)
    return "" if before in (-1, size) else "the last step is not the answer"
