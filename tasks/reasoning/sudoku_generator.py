"""Make sudokus with one solution that singles and locked candidates do not solve alone.

Clues are taken away in random order while the solution stays the only one; of several such
puzzles the one is kept whose search is nearest to what the difficulty asks for. Side 4 does not
occur: all of its puzzles follow without a choice.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import numpy as np
from numba import njit

from tasks.protocol import Split, WordArray
from tasks.reasoning.constraints_exact import has_one_solution, sudoku_solution
from tasks.reasoning.constraints_propagation import (
    BOX_ROWS,
    MOST_CELLS,
    MOST_VALUES,
    cell_to_fill,
    propagate,
)
from tasks.reasoning.constraints_rules import sudoku_problem
from tasks.splits import split_of

MOST_EFFORT = 25.0  # states of a search that difficulty 1 asks for
FEWEST_DRAWS, MORE_DRAWS = 3, 4  # puzzles of which the best is kept; more at difficulty 1
CLUES_TRIED = 12  # to get into the split
SIX_SHARE = 0.3  # of difficulty 0; falls to none


def make_grid(rng: random.Random, difficulty: float, split: Split) -> str:
    """Return a puzzle, row by row with `.` for empty, that belongs to the split."""
    side = 6 if rng.random() < SIX_SHARE - difficulty else 9
    wanted = math.log(effort_wanted(difficulty))
    found: list[tuple[float, str]] = []
    draws = 0
    while draws < FEWEST_DRAWS + MORE_DRAWS * difficulty or not found:
        solution = _filled(rng, side)
        grid = _dug(rng, solution, side)
        draws += search_effort(grid) > 1
        for puzzle in _with_one_clue_more(rng, grid, solution):
            effort = search_effort(puzzle)
            if effort == 1:
                break
            if split_of(canonical_text(puzzle)) == split:
                found.append((abs(math.log(effort) - wanted), puzzle))
                break
        if found and side == 6:
            break
    return min(found)[1]


def effort_wanted(difficulty: float) -> float:
    """Return the states that a search for both solutions of a puzzle should look at."""
    return 3.0 + (MOST_EFFORT - 3.0) * difficulty**1.5


def search_effort(grid: str, most: int = 200) -> int:
    """Return how many states a depth-first proof that there is no second solution looks at."""
    side = math.isqrt(len(grid))
    candidates = np.zeros(MOST_CELLS, dtype=np.int64)
    for cell, mark in enumerate(grid):
        candidates[cell] = (1 << side) - 1 if mark == "." else 1 << int(mark) - 1
    return int(_effort(sudoku_problem(side), candidates, most))


def canonical_text(grid: str) -> str:
    """Return a text that is equal for puzzles that symmetry or renamed digits make equal.

    Different puzzles may share it, which only matters to the size of a split.
    """
    side = math.isqrt(len(grid))
    high = BOX_ROWS[side]
    wide = side // high
    rows = [grid[start : start + side] for start in range(0, side * side, side)]
    columns = ["".join(row[place] for row in rows) for place in range(side)]
    boxes = [
        "".join(row[left : left + wide] for row in rows[top : top + high])
        for top in range(0, side, high)
        for left in range(0, side, wide)
    ]
    lines = [_bands(rows, high), _bands(columns, wide)]
    if high == wide:
        lines.sort()
    digits = sorted(grid.count(digit) for digit in "123456789"[:side])
    return f"sudoku {side} {digits} {lines} {sorted(map(_clues, boxes))}"


def _bands(lines: list[str], depth: int) -> list[list[int]]:
    counts = [_clues(line) for line in lines]
    return sorted(sorted(counts[first : first + depth]) for first in range(0, len(counts), depth))


def _clues(line: str) -> int:
    return len(line) - line.count(".")


def _with_one_clue_more(rng: random.Random, grid: str, solution: str) -> Iterator[str]:
    """Yield the puzzle, then some with one clue more: it may not belong to the split."""
    yield grid
    for _ in range(CLUES_TRIED):
        place = rng.randrange(len(grid))
        if grid[place] == ".":
            yield f"{grid[:place]}{solution[place]}{grid[place + 1 :]}"


def _dug(rng: random.Random, solution: str, side: int) -> str:
    """Take clues away as long as the solution stays the only one."""
    order = list(range(side * side))
    rng.shuffle(order)
    cells = np.array([int(digit) for digit in solution], dtype=np.int64)
    _dig(cells, np.array(order, dtype=np.int64), side, BOX_ROWS[side])
    return "".join(str(digit) if digit else "." for digit in cells.tolist())


def _filled(rng: random.Random, side: int) -> str:
    """Return a full grid around boxes on the diagonal that are drawn at random."""
    cells = ["."] * (side * side)
    high = BOX_ROWS[side]
    wide = side // high
    for box in range(min(high, wide)):
        for place, digit in enumerate(rng.sample("123456789"[:side], side)):
            cells[side * (box * high + place // wide) + box * wide + place % wide] = digit
    solution = sudoku_solution("".join(cells))
    assert solution is not None  # boxes without a common line can always be completed
    return solution


@njit(cache=True)
def _dig(cells: WordArray, order: WordArray, side: int, high: int) -> None:
    """Empty the cells in the order given, except those that a second solution hangs on."""
    for cell in order:
        digit = cells[cell]
        cells[cell] = 0
        if not has_one_solution(cells, side, high):
            cells[cell] = digit


@njit(cache=True)
def _effort(problem: WordArray, root: WordArray, most: int) -> int:
    if not propagate(problem, root, -1):
        return 1
    waiting = np.empty((MOST_CELLS * MOST_VALUES, MOST_CELLS), dtype=np.int64)
    waiting[0] = root
    size, states = 1, 0
    while size and states < most:
        size -= 1
        states += 1
        here = waiting[size].copy()
        cell = cell_to_fill(problem, here)
        for value in range(MOST_VALUES):
            if cell >= 0 and here[cell] >> value & 1:
                waiting[size] = here
                waiting[size, cell] = 1 << value
                if propagate(problem, waiting[size], cell):
                    size += 1
                else:
                    states += 1
    return states
