"""Count solutions of sudokus and colourings exactly, within a number of steps: for the grader.

Shares nothing with the rules: depth first over row, column and box sets, and DSATUR for graphs
(Brelaz 1979, New methods to color the vertices of a graph). Letters: `N` cells or vertices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

Cells = NDArray[np.int64]

MOST_STEPS = 200_000  # values tried; 0.1 s at most
_BOX_ROWS = {4: 2, 6: 2, 9: 3}


def sudoku_solutions(grid: str, enough: int = 2, most_steps: int = MOST_STEPS) -> int | None:
    """Return how many solutions there are, counted up to `enough`; None if that takes too long.

    Args:
        grid: 16, 36 or 81 characters, row by row, `.` for an empty cell.
        enough: stop there.
        most_steps: values tried before giving up.
    """
    side = math.isqrt(len(grid))
    cells = np.array([0 if mark == "." else int(mark) for mark in grid], dtype=np.int64)
    found = int(_count(cells, side, _BOX_ROWS[side], enough, most_steps))
    return None if found < 0 else found


def sudoku_solution(grid: str) -> str | None:
    """Return a solution, None if there is none or it takes too long."""
    side = math.isqrt(len(grid))
    cells = np.array([0 if mark == "." else int(mark) for mark in grid], dtype=np.int64)
    if _count(cells, side, _BOX_ROWS[side], 1, MOST_STEPS) != 1:
        return None
    return "".join(map(str, cells.tolist()))


def is_colourable(
    vertices: int, pairs: Sequence[tuple[int, int]], colours: int, fixed: Sequence[int]
) -> bool | None:
    """Say whether colours can be given so that the pairs differ; None if that takes too long.

    Args:
        vertices: N.
        pairs: of vertices below N.
        colours: how many there are.
        fixed: `[N]` the colour that a vertex must have, below `colours`; -1 for any.
    """
    beside = np.zeros((vertices, vertices), dtype=np.int64)
    for a, b in pairs:
        beside[a, b] = beside[b, a] = 1
    answer = int(_colour(beside, colours, np.array(fixed, dtype=np.int64), MOST_STEPS))
    return None if answer < 0 else answer == 1


@njit(cache=True, nogil=True)
def _count(cells: Cells, side: int, high: int, enough: int, most_steps: int) -> int:
    """Fill `cells` (`[N]`, 0 empty) with the last solution; return how many, -1 for too long."""
    wide = side // high
    full = (1 << side) - 1
    used = np.zeros((3, side), dtype=np.int64)  # digits in each row, column, box
    for cell in range(len(cells)):
        if cells[cell]:
            row, column = cell // side, cell % side
            box = row // high * high + column // wide
            bit = 1 << (cells[cell] - 1)
            if (used[0, row] | used[1, column] | used[2, box]) & bit:
                return 0
            used[0, row] |= bit
            used[1, column] |= bit
            used[2, box] |= bit
    chosen = np.zeros(len(cells) + 1, dtype=np.int64)  # by depth
    left = np.zeros(len(cells) + 1, dtype=np.int64)
    solution = cells.copy()
    depth, steps, found = 0, 0, 0
    chosen[0], left[0] = _next(cells, side, high, used, full)
    while depth >= 0:
        cell = chosen[depth]
        row, column = cell // side, cell % side
        box = row // high * high + column // wide
        if cell >= 0 and cells[cell]:  # take the last try back
            bit = 1 << (cells[cell] - 1)
            cells[cell] = 0
            used[0, row] ^= bit
            used[1, column] ^= bit
            used[2, box] ^= bit
        if cell < 0 and left[depth] == 0:  # all filled
            found += 1
            solution[:] = cells
            if found >= enough:
                break
            depth -= 1
        elif cell < 0 or left[depth] == 0:
            depth -= 1
        else:
            bit = left[depth] & -left[depth]
            left[depth] ^= bit
            steps += 1
            if steps > most_steps:
                return -1
            digit = 1
            while bit >> digit:
                digit += 1
            cells[cell] = digit
            used[0, row] |= bit
            used[1, column] |= bit
            used[2, box] |= bit
            depth += 1
            chosen[depth], left[depth] = _next(cells, side, high, used, full)
    cells[:] = solution
    return found


@njit(cache=True, nogil=True)
def _next(cells: Cells, side: int, high: int, used: Cells, full: int) -> tuple[int, int]:
    """Return the cell to fill and its digits; (-1, 0) if all are filled, (-1, 1) if one is dead."""
    wide = side // high
    best, best_digits, fewest = -1, 0, side + 1
    once = np.zeros((3, side), dtype=np.int64)
    twice = np.zeros((3, side), dtype=np.int64)
    for cell in range(side * side):
        if cells[cell]:
            continue
        row, column = cell // side, cell % side
        box = row // high * high + column // wide
        digits = full & ~(used[0, row] | used[1, column] | used[2, box])
        count, bits = 0, digits
        while bits:
            bits &= bits - 1
            count += 1
        if count == 0:
            return -1, 1
        if count < fewest:
            best, best_digits, fewest = cell, digits, count
            if count == 1:
                return best, best_digits
        twice[0, row] |= once[0, row] & digits
        once[0, row] |= digits
        twice[1, column] |= once[1, column] & digits
        once[1, column] |= digits
        twice[2, box] |= once[2, box] & digits
        once[2, box] |= digits
    if best < 0:
        return -1, 0
    for kind in range(3):
        for unit in range(side):
            if once[kind, unit] | used[kind, unit] != full:
                return -1, 1
    for cell in range(side * side):
        if cells[cell]:
            continue
        row, column = cell // side, cell % side
        box = row // high * high + column // wide
        digits = full & ~(used[0, row] | used[1, column] | used[2, box])
        alone = once[0, row] & ~twice[0, row]
        alone |= once[1, column] & ~twice[1, column]
        alone |= once[2, box] & ~twice[2, box]
        if digits & alone:
            return cell, digits & alone & -(digits & alone)
    return best, best_digits


@njit(cache=True, nogil=True)
def _colour(beside: Cells, colours: int, fixed: Cells, most_steps: int) -> int:
    """Return 1 if the graph can be coloured, 0 if not, -1 for too long.

    Args:
        beside: `[N, N]`, 1 for neighbours.
        colours: how many there are.
        fixed: `[N]` colour below `colours`, or -1.
        most_steps: colours tried.
    """
    size = len(fixed)
    colour = fixed.copy()
    near = np.zeros((size, colours + 1), dtype=np.int64)  # neighbours of each colour, colours
    degrees = beside.sum(axis=1)
    uses = np.zeros(colours, dtype=np.int64)
    open_vertices = 0
    for vertex in range(size):
        if colour[vertex] < 0:
            open_vertices += 1
            continue
        if near[vertex, colour[vertex]]:
            return 0
        _paint(beside, near, uses, vertex, colour[vertex], 1)
    chosen = np.full(open_vertices + 1, -1, dtype=np.int64)
    depth, steps = 0, 0
    while depth >= 0:
        if depth == open_vertices:
            return 1
        vertex = chosen[depth]
        start = 0
        if vertex < 0:
            vertex = _most_saturated(degrees, colour, near)
            chosen[depth] = vertex
        else:
            start = colour[vertex] + 1
            _paint(beside, near, uses, vertex, colour[vertex], -1)
            colour[vertex] = -1
        tried_unused = False
        for value in range(colours):
            if uses[value] == 0 and value < start:
                tried_unused = True  # one unused colour is as good as another
        value = start
        while value < colours and (near[vertex, value] or (uses[value] == 0 and tried_unused)):
            value += 1
        if value == colours:
            chosen[depth] = -1
            depth -= 1
            continue
        steps += 1
        if steps > most_steps:
            return -1
        colour[vertex] = value
        _paint(beside, near, uses, vertex, value, 1)
        depth += 1
    return 0


@njit(cache=True, nogil=True)
def _paint(beside: Cells, near: Cells, uses: Cells, vertex: int, colour: int, change: int) -> None:
    """Count a colour given to a vertex (`change` 1) or taken back (-1)."""
    uses[colour] += change
    for other in range(len(beside)):
        if beside[vertex, other]:
            before = near[other, colour]
            near[other, colour] += change
            if before == 0 or before + change == 0:
                near[other, -1] += change  # different colours around it


@njit(cache=True, nogil=True)
def _most_saturated(degrees: Cells, colour: Cells, near: Cells) -> int:
    """Return the uncoloured vertex with the most neighbouring colours, then neighbours."""
    best, most, largest = -1, -1, -1
    for vertex in range(len(colour)):
        different = near[vertex, -1]
        if colour[vertex] >= 0 or different < most:
            continue
        if different > most or degrees[vertex] > largest:
            best, most, largest = vertex, different, degrees[vertex]
    return best
