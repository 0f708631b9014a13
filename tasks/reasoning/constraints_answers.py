"""Write answers to sudokus and colourings, and find them in what people and models write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.reasoning.constraints_payload import ConstraintsPayload

NOT_UNIQUE, NO_SOLUTION, NO_COLOURING = "not unique", "no solution", "not colourable"
MAX_CHARACTERS = 20_000  # from the end of the text
_DENIED = r"(?<!not )(?<!n't )(?<!never )(?<!without )"
_NOT_UNIQUE = re.compile(
    rf"{_DENIED}\b(?:(?:not|n't) (?:a |have a |have exactly one )?unique|non-?unique"
    r"|(?:more than one|multiple|several|many|two|at least two|different) (?:valid |possible )?"
    r"(?:solutions?|completions?|ways)|no unique (?:solution|completion)"
    r"|(?:isn't|isnt) (?:a )?unique|ambiguous)\b",
    re.I,
)
_NO_SOLUTION = re.compile(
    rf"{_DENIED}\b(?:no (?:valid |possible )?solutions?|no (?:valid |proper )?(?:\d-)?colou?rings?"
    r"|(?:un|not )(?:solvable|satisfiable|colou?rable)|(?:not|n't) (?:\d-)colou?rable|uncolou?rable"
    r"|(?:can ?not|can't|cannot) be (?:solved|completed|filled|colou?red|done)|impossible"
    r"|contradictory|inconsistent)\b",
    re.I,
)
_ROW_LABEL = re.compile(r"^\s*(?:row|line|r)\s?#?\d\s?[:=.)]\s*", re.I)
_SEPARATOR = re.compile(r"[\s|+=*_`\u2500-\u257f-]*")
_ROW = re.compile(r"[\s\d|,;\[\](){}*`\u2500-\u257f]*")


def answer_text(payload: ConstraintsPayload, filled: Sequence[int]) -> str:
    """Write a solution: the digits row by row, or `a=1, b=2`.

    Args:
        payload: the problem.
        filled: value of each cell or vertex, counted from 1; 0 for an open one.
    """
    if payload.grid:
        return "".join(str(value) if value else "." for value in filled)
    return partial_text(payload, filled)


def partial_text(payload: ConstraintsPayload, filled: Sequence[int]) -> str:
    """Write what is filled so far: rows of a grid, or `a=1, b=?`."""
    if payload.grid:
        side = round(len(payload.grid) ** 0.5)
        marks = [str(value) if value else "." for value in filled]
        rows = [marks[start : start + side] for start in range(0, len(marks), side)]
        return "\n".join(" ".join(row) for row in rows)
    colours = ("?", *payload.colours)
    pairs = zip(payload.vertices, filled, strict=True)
    return ", ".join(f"{name}={colours[value]}" for name, value in pairs)


def find_answer(payload: ConstraintsPayload, text: str) -> str | None:
    """Return the canonical answer that a text gives; None if it gives none."""
    text = text[-MAX_CHARACTERS:].replace("\u2019", "'")
    if not payload.grid:
        return _find_colours(payload, text) or (NO_COLOURING if _NO_SOLUTION.search(text) else None)
    if _NOT_UNIQUE.search(" ".join(text.split())):
        return NOT_UNIQUE
    digits = _find_digits(text, len(payload.grid))
    if digits is None and _NO_SOLUTION.search(" ".join(text.split())):
        return NO_SOLUTION
    return digits


def _find_digits(text: str, size: int) -> str | None:
    """Return the last full grid: digits in one piece, or rows of them."""
    found = None
    rows: list[str] = []
    side = round(size**0.5)
    for line in [*text.splitlines(), "."]:
        line = _ROW_LABEL.sub("", line)
        whole = re.findall(rf"(?<![\d.])[1-{side}]{{{size}}}(?![\d.]*\d)", line)
        digits = re.sub(r"\D", "", line)
        if whole:
            found, rows = whole[-1], []
        elif _ROW.fullmatch(line) and digits:
            rows.append(digits)
        elif not _SEPARATOR.fullmatch(line):
            found, rows = _last_grid(rows, side) or found, []
    return found


def _last_grid(rows: list[str], side: int) -> str | None:
    """Return the last rows of a run of drawn ones, if they are all full."""
    if len(rows) == 1 and len(rows[0]) == side * side:
        return rows[0] if "0" not in rows[0] else None
    last = rows[-side:]
    if len(last) == side and all(len(row) == side and "0" not in row for row in last):
        return "".join(last)
    return None


def _find_colours(payload: ConstraintsPayload, text: str) -> str | None:
    """Return the last colour that the text gives to each vertex; None unless all have one."""
    vertices = {name.casefold(): name for name in payload.vertices}
    colours = {name.casefold(): name for name in payload.colours}
    if len(vertices) < len(payload.vertices):  # names that differ by case only
        vertices, flags = {name: name for name in payload.vertices}, 0
    else:
        flags = re.IGNORECASE
    pattern = re.compile(
        rf"(?<![\w]){_one_of(payload.vertices)}[\"'`*]*(?:\s|[=:\"'`*>\u2192(-]"
        r"|\b(?:is|gets|has|takes|receives|colou?red|colou?r|with|in|as|the|painted|becomes)\b){1,12}"
        rf"{_one_of(payload.colours)}(?!\w)",
        flags,
    )
    found = {}
    for name, colour in pattern.findall(text):
        key = name.casefold() if flags else name
        found[vertices[key]] = colours.get(colour.casefold(), colour)
    if len(found) < len(vertices):
        return None
    return ", ".join(f"{name}={found[name]}" for name in payload.vertices)


def _one_of(names: Sequence[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return f"({'|'.join(re.escape(name) for name in longest_first)})"
