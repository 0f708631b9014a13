"""Judge ways through a maze: walk them, and compare with the cheapest by a search of its own.

Independent of environment, guide and parser: the way is read here, walked on the rows as text, and
the optimum is found by waves (cells grouped by their cost so far).
"""

from __future__ import annotations

import re
from collections import defaultdict

from tasks.protocol import Verdict

MOST_CHARACTERS = 20_000
_NONE = re.compile(
    r"(?:there is )?no (?:path|way|route)(?: (?:exists|possible))?[.!]?|unreachable[.!]?", re.I
)
_CELL = r"\(\d{1,3}, ?\d{1,3}\)"
_WAY = re.compile(
    rf"(?P<moves>[URDL]+)?(?P<cells>{_CELL}(?:(?: ?(?:->|,) ?| )?{_CELL})*)?"
    r"(?:,? ?\(?(?P<what>length|cost) (?P<number>\d{1,6})\)?)?[.!]?"
)
_TOWARDS = {"U": (-1, 0), "R": (0, 1), "D": (1, 0), "L": (0, -1)}
Cell = tuple[int, int]


def grade(rows: tuple[str, ...], start: Cell, goal: Cell, weighted: bool, text: str) -> Verdict:
    """Pass a cheapest way, or a true `no path`; a dearer way scores optimum / cost.

    Args:
        rows: of `#` and `.`, or of digits, where 0 is a wall.
        start: (row, column) from 0.
        goal: likewise.
        weighted: whether the digits are the costs of entering.
        text: the answer alone: `RRDL, length 4`, `(0, 0) -> (0, 1), cost 3` or `no path`.
    """
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        return Verdict(False, 0.0, f"{len(text)} characters are too long for a way")
    best = cheapest(rows, start, goal)
    if _NONE.fullmatch(text):
        passed = best is None
        return Verdict(passed, float(passed), f"the goal can{'not' * passed} be reached")
    match = _WAY.fullmatch(text)
    if match is None or (match["moves"] is None) == (match["cells"] is None):
        return Verdict(False, 0.0, "no way found; write such as RRDL, or `no path`")
    cells = _walked(start, match["moves"]) if match["moves"] else _listed(start, match["cells"])
    costs = [_cost(rows, cell) for cell in cells]
    if 0 in costs:
        return Verdict(False, 0.0, f"step {costs.index(0) + 1} runs into a wall or leaves the grid")
    before = [start, *cells]
    for place, (a, b) in enumerate(zip(before, cells, strict=False)):
        if abs(a[0] - b[0]) + abs(a[1] - b[1]) != 1:
            return Verdict(False, 0.0, f"step {place + 1} leads from {a} to {b}: no neighbours")
    if before[-1] != goal:
        return Verdict(False, 0.0, f"the way ends at {before[-1]}, the goal is {goal}")
    cost = sum(costs)
    said = {"length": len(cells), "cost": cost}
    if match["what"] and said[match["what"]] != int(match["number"]):
        what = match["what"]
        return Verdict(False, 0.0, f"the {what} is {said[what]}, not {match['number']}")
    assert best is not None
    if cost > best:
        noun = "cheaper" if weighted else "shorter"
        return Verdict(False, best / cost, f"the goal is reached; there is a {noun} way")
    return Verdict(True, 1.0, "the goal is reached by a cheapest way")


def cheapest(rows: tuple[str, ...], start: Cell, goal: Cell) -> int | None:
    """Return the least cost of a way from start to goal; None if there is none."""
    waves: defaultdict[int, list[Cell]] = defaultdict(list, {0: [start]})
    done: set[Cell] = set()
    for cost in range(9 * sum(map(len, rows)) + 1):
        for cell in waves.pop(cost, []):
            if cell in done:
                continue
            done.add(cell)
            if cell == goal:
                return cost
            for down, right in _TOWARDS.values():
                after = (cell[0] + down, cell[1] + right)
                entering = _cost(rows, after)
                if entering and after not in done:
                    waves[cost + entering].append(after)
        if not waves:
            return None
    return None


def _cost(rows: tuple[str, ...], cell: Cell) -> int:
    """Return the cost of entering a cell; 0 for walls and outside."""
    row, column = cell
    if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
        return 0
    mark = rows[row][column]
    return int(mark) if mark.isdigit() else int(mark == ".")


def _walked(start: Cell, moves: str) -> list[Cell]:
    cells = []
    row, column = start
    for move in moves:
        down, right = _TOWARDS[move]
        row, column = row + down, column + right
        cells.append((row, column))
    return cells


def _listed(start: Cell, text: str) -> list[Cell]:
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    cells = list(zip(numbers[::2], numbers[1::2], strict=True))
    return cells[1:] if cells[0] == start else cells
