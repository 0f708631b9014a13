"""The rules of mazes compiled: a state is 68 words, 16 costs of four bits a word and four numbers.

The costs lie in rows of 32 cells, whatever the width of the grid; the words after them are height,
width, cell and goal, the cells numbered as in `maze_rules`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tasks.protocol import GOING_ON, WIN_FOR_MOVER, BoolArray, FloatArray, WordArray

SIZE = 32  # the largest height and width
CELLS = SIZE * SIZE
PLANES = 5
PACKED = CELLS // 16
HEIGHT, WIDTH, CELL, GOAL = PACKED, PACKED + 1, PACKED + 2, PACKED + 3
WORDS = PACKED + 4


def packed_costs(costs: NDArray[np.uint8]) -> WordArray:
    """Return `[64]` int64 of `[height, width]` costs; the cells outside are walls."""
    whole = np.zeros((SIZE, SIZE), np.uint64)
    whole[: costs.shape[0], : costs.shape[1]] = costs
    shifts = np.arange(0, 64, 4, dtype=np.uint64)
    words: NDArray[np.uint64] = (whole.reshape(PACKED, 16) << shifts).sum(axis=1, dtype=np.uint64)
    return words.view(np.int64)


def unpacked_costs(words: WordArray) -> NDArray[np.uint8]:
    """Return `[32, 32]` costs of `[64]` words."""
    shifts = np.arange(0, 64, 4, dtype=np.uint64)
    packed = np.ascontiguousarray(words).view(np.uint64)
    costs = (packed[:, None] >> shifts) & np.uint64(15)
    return costs.astype(np.uint8).reshape(SIZE, SIZE)


@njit(cache=True)
def compiled_step(state: WordArray, action: int, out: WordArray) -> int:
    """Write the place after a legal move."""
    for word in range(len(state)):
        out[word] = state[word]
    out[CELL] = _entered(state, action)
    return WIN_FOR_MOVER if out[CELL] == out[GOAL] else GOING_ON


@njit(cache=True)
def compiled_legal(state: WordArray, out: BoolArray) -> None:
    """Write `[4]` bool: neighbours that are no walls; none at the goal."""
    for action in range(4):
        out[action] = state[CELL] != state[GOAL] and _entered(state, action) >= 0


@njit(cache=True)
def compiled_observe(state: WordArray, out: FloatArray) -> None:
    """Write `[5 * 32 * 32]`, the same planes as `MazeEnvironment.observe`."""
    height, width = state[HEIGHT], state[WIDTH]
    for row in range(SIZE):
        for column in range(SIZE):
            cell = row * SIZE + column
            cost = _cost(state, row, column)
            inside = row < height and column < width
            out[cell] = np.float32(inside)
            out[CELLS + cell] = np.float32(cost > 0)
            out[2 * CELLS + cell] = np.float32(cost) / np.float32(9)
            out[3 * CELLS + cell] = np.float32(inside and row * width + column == state[CELL])
            out[4 * CELLS + cell] = np.float32(inside and row * width + column == state[GOAL])


@njit(cache=True)
def _cost(state: WordArray, row: int, column: int) -> int:
    cell = row * SIZE + column
    return (state[cell >> 4] >> (4 * (cell & 15))) & 15


@njit(cache=True)
def _entered(state: WordArray, action: int) -> int:
    """Return the cell that a move enters, or -1."""
    width = state[WIDTH]
    row, column = state[CELL] // width, state[CELL] % width
    if action == 0:
        row -= 1
    elif action == 1:
        column += 1
    elif action == 2:
        row += 1
    else:
        column -= 1
    if row < 0 or column < 0 or row >= state[HEIGHT] or column >= width:
        return -1
    return row * width + column if _cost(state, row, column) > 0 else -1
