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
FEWEST_DRAWS, MORE_DRAWS = 1, 2  # puzzles of which the best is kept; more at difficulty 1
MOST_WAITING = MOST_CELLS * MOST_VALUES
MOST_STATES = 2000  # of a proof that a puzzle has one solution
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
    problem = sudoku_problem(math.isqrt(len(grid)))
    return int(_search(problem, _candidates(grid), 2, most, _room())[1])


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
    cells = _candidates(solution)
    _dig(sudoku_problem(side), cells, np.array(order, dtype=np.int64))
    return "".join(
        str(bits.bit_length()) if bits.bit_count() == 1 else "."
        for bits in cells[: side * side].tolist()
    )


def _room() -> WordArray:
    return np.empty((MOST_WAITING, MOST_CELLS), dtype=np.int64)


def _candidates(grid: str) -> WordArray:
    """Return `[81]` candidates of the givens alone."""
    every = (1 << math.isqrt(len(grid))) - 1
    candidates = np.zeros(MOST_CELLS, dtype=np.int64)
    for cell, mark in enumerate(grid):
        candidates[cell] = every if mark == "." else 1 << int(mark) - 1
    return candidates


def _filled(rng: random.Random, side: int) -> str:
    """Return a full grid around boxes on the diagonal that are drawn at random."""
    cells = ["."] * (side * side)
    high = BOX_ROWS[side]
    wide = side // high
    for box in range(min(high, wide)):
        for place, digit in enumerate(rng.sample("123456789"[:side], side)):
            cells[side * (box * high + place // wide) + box * wide + place % wide] = digit
    solution = _candidates("".join(cells))
    found, _ = _search(sudoku_problem(side), solution, 1, MOST_STATES, _room())
    assert found == 1  # boxes without a common line can always be completed
    return "".join(str(bits.bit_length()) for bits in solution[: side * side].tolist())


@njit(cache=True)
def _dig(problem: WordArray, cells: WordArray, order: WordArray) -> None:
    """Empty the cells in the order given, except those that a second solution hangs on."""
    waiting = np.empty((MOST_WAITING, MOST_CELLS), dtype=np.int64)
    for cell in order:
        digit = cells[cell]
        cells[cell] = (1 << problem[2]) - 1
        found, states = _search(problem, cells.copy(), 2, MOST_STATES, waiting)
        if found != 1 or states >= MOST_STATES:
            cells[cell] = digit


@njit(cache=True)
def _search(
    problem: WordArray, candidates: WordArray, enough: int, most_states: int, waiting: WordArray
) -> tuple[int, int]:
    """Return how many solutions were found, up to `enough`, and the states looked at.

    Args:
        problem: words of a sudoku.
        candidates: `[81]` of the givens; holds the last solution found afterwards.
        enough: solutions to stop at.
        most_states: to look at.
        waiting: `[MOST_WAITING, 81]` room for states.
    """
    if not propagate(problem, candidates, -1):
        return 0, 1
    waiting[0] = candidates
    size, states, found = 1, 0, 0
    while size and states < most_states:
        size -= 1
        states += 1
        here = waiting[size].copy()
        cell = cell_to_fill(problem, here)
        if cell < 0:
            found += 1
            candidates[:] = here
            if found >= enough:
                break
            continue
        for value in range(MOST_VALUES):
            if here[cell] >> value & 1:
                waiting[size] = here
                waiting[size, cell] = 1 << value
                if propagate(problem, waiting[size], cell):
                    size += 1
                else:
                    states += 1
    return found, states
