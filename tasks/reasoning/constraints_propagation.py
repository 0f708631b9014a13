"""What follows in a sudoku or a colouring without a choice, compiled; the cell to fill next.

A problem is `[3 + 2 * 81]` int64: the side of a sudoku (4, 6, 9) or 0 for a graph, the number of
cells, the number of values, then for all cells the bits of neighbours 0-53, then 54-80. Candidates
are `[81]` int64: bit `v` of a cell says that value `v` is still open there, one bit that it is
filled; cells beyond the number of cells are 0.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from tasks.protocol import BoolArray, WordArray

MOST_CELLS = 81
MOST_VALUES = 9
HALF = 54  # cells whose bits are in the first word of neighbours
HEADER = 3
SIDES = (4, 6, 9)
BOX_ROWS = {4: 2, 6: 2, 9: 3}
COUNT = np.array([bits.bit_count() for bits in range(1 << MOST_VALUES)], dtype=np.int64)


def groups_of(side: int) -> list[list[int]]:
    """Return the cells of the rows, then the columns, then the boxes of a sudoku."""
    high = BOX_ROWS[side]
    wide = side // high
    rows = [[side * r + c for c in range(side)] for r in range(side)]
    columns = [[side * r + c for r in range(side)] for c in range(side)]
    boxes = [
        [side * (top + i // wide) + left + i % wide for i in range(side)]
        for top in range(0, side, high)
        for left in range(0, side, wide)
    ]
    return rows + columns + boxes


def sudoku_neighbours(side: int) -> list[tuple[int, int]]:
    """Return the pairs of cells, the smaller first, that must differ."""
    pairs = {(a, b) for group in groups_of(side) for a in group for b in group if a < b}
    return sorted(pairs)


def pack_problem(side: int, cells: int, values: int, pairs: list[tuple[int, int]]) -> WordArray:
    """Return the problem's words; `side` is 0 for a graph."""
    problem = np.zeros(HEADER + 2 * MOST_CELLS, dtype=np.int64)
    problem[:HEADER] = side, cells, values
    for pair in pairs:
        for cell, other in (pair, pair[::-1]):
            word = HEADER + cell + (MOST_CELLS if other >= HALF else 0)
            problem[word] |= 1 << other % HALF
    return problem


def _group_table() -> WordArray:
    table = np.zeros((MOST_VALUES + 1, 3 * MOST_VALUES, MOST_VALUES), dtype=np.int64)
    for side in SIDES:
        table[side, : 3 * side, :side] = groups_of(side)
    return table


GROUPS = _group_table()
BOX_HEIGHT = np.array([BOX_ROWS.get(side, 1) for side in range(MOST_VALUES + 1)], dtype=np.int64)


@njit(cache=True, nogil=True)
def propagate(problem: WordArray, candidates: WordArray, fresh: int) -> bool:
    """Fill in place whatever is forced: naked and hidden singles, and locked candidates.

    Args:
        problem: as above.
        candidates: as above.
        fresh: the cell filled since the last call, -1 if all filled cells are new.

    Returns:
        False if some cell or some value of a group has no place left.
    """
    side, cells = problem[0], problem[1]
    told = np.zeros(MOST_CELLS, dtype=np.bool_)  # filled cells whose neighbours have struck it
    for cell in range(cells):
        told[cell] = fresh >= 0 and cell != fresh and COUNT[candidates[cell]] == 1
    while True:
        if not _naked_singles(problem, candidates, told):
            return False
        if side == 0:
            return True
        found = _hidden_singles(side, candidates)
        if found < 0:
            return False
        if found == 0 and not _strike_locked(side, candidates):
            return True


@njit(cache=True, nogil=True)
def _naked_singles(problem: WordArray, candidates: WordArray, told: BoolArray) -> bool:
    """Strike the values of filled cells from their neighbours; False if a cell runs empty."""
    waiting = np.empty(MOST_CELLS, dtype=np.int64)
    size = 0
    for cell in range(problem[1]):
        if candidates[cell] == 0:
            return False
        if COUNT[candidates[cell]] == 1 and not told[cell]:
            waiting[size] = cell
            size += 1
    while size:
        size -= 1
        cell = waiting[size]
        told[cell] = True
        bit = candidates[cell]
        for half in range(2):
            bits = problem[HEADER + cell + half * MOST_CELLS]
            other = half * HALF
            while bits:
                if bits & 1 and candidates[other] & bit:
                    candidates[other] ^= bit
                    if candidates[other] == 0:
                        return False
                    if COUNT[candidates[other]] == 1:
                        waiting[size] = other
                        size += 1
                bits >>= 1
                other += 1
    return True


@njit(cache=True, nogil=True)
def _hidden_singles(side: int, candidates: WordArray) -> int:
    """Fill cells that alone can hold a value of a group; how many, -1 if a value has none."""
    found = 0
    for group in range(3 * side):
        once, twice = 0, 0
        for place in range(side):
            bits = candidates[GROUPS[side, group, place]]
            twice |= once & bits
            once |= bits
        if once != (1 << side) - 1:
            return -1
        for place in range(side):
            cell = GROUPS[side, group, place]
            bits = candidates[cell] & once & ~twice
            if bits and bits != candidates[cell]:
                if COUNT[bits] > 1:
                    return -1
                candidates[cell] = bits
                found += 1
    return found


@njit(cache=True, nogil=True)
def _strike_locked(side: int, candidates: WordArray) -> bool:
    """Strike values that a line and a box keep to their common cells from the rest of both."""
    high = BOX_HEIGHT[side]
    struck = False
    parts_of = np.empty((side, side), dtype=np.int64)  # candidates of a line's part in one box
    for across in range(2):
        depth, length = (high, side // high) if across == 0 else (side // high, high)
        parts_of[:] = 0
        for line in range(side):
            for place in range(side):
                cell = GROUPS[side, across * side + line, place]
                parts_of[line, place // length] |= candidates[cell]
        for line in range(side):
            first = line - line % depth
            for part in range(side // length):
                in_line, in_box = 0, 0  # elsewhere in the line, in the box's other lines
                for other in range(side // length):
                    in_line |= parts_of[line, other] if other != part else 0
                for other in range(first, first + depth):
                    in_box |= parts_of[other, part] if other != line else 0
                kept = parts_of[line, part]
                for place in range(side):
                    if place // length != part:
                        cell = GROUPS[side, across * side + line, place]
                        struck |= candidates[cell] & kept & ~in_box != 0
                        candidates[cell] &= ~(kept & ~in_box)
                for other in range(first, first + depth):
                    for place in range(part * length, (part + 1) * length):
                        if other != line:
                            cell = GROUPS[side, across * side + other, place]
                            struck |= candidates[cell] & kept & ~in_line != 0
                            candidates[cell] &= ~(kept & ~in_line)
    return struck


@njit(cache=True, nogil=True)
def cell_to_fill(problem: WordArray, candidates: WordArray) -> int:
    """Return the open cell with the fewest candidates, then the most open neighbours, then first.

    -1 if all cells are filled, or none can be (candidates all 0).
    """
    best, fewest, most = -1, MOST_VALUES + 1, -1
    for cell in range(problem[1]):
        count = COUNT[candidates[cell]]
        if count < 2 or count > fewest:
            continue
        open_neighbours = 0
        for half in range(2):
            bits = problem[HEADER + cell + half * MOST_CELLS]
            other = half * HALF
            while bits:
                open_neighbours += bits & 1 and COUNT[candidates[other]] > 1
                bits >>= 1
                other += 1
        if count < fewest or open_neighbours > most:
            best, fewest, most = cell, count, open_neighbours
    return best
