"""Connect-four positions by difficulty: random play from the empty board, few stones are hard.

Half of the games choose evenly among the columns with room; in the other half nobody overlooks a
win in one or a threat to be blocked. No position is over, each leaves at least two columns, and
its mirror image belongs to the same split.
"""

from __future__ import annotations

import zlib

import numpy as np
from numba import njit, uint64

from tasks.protocol import Split, split_seed
from tasks.search.connect_four_rules import (
    BOTTOM,
    COLUMNS,
    FULL,
    STRIDE,
    Position,
    compiled_has_four,
)
from tasks.search.connect_four_symmetry import canonical
from tasks.splits import split_of

EASY_PLIES, HARD_PLIES = 34, 6  # stones on the board at difficulty 0 and 1
JITTER = 2  # plies more or less, evenly


def position(seed: int, difficulty: float, split: Split) -> Position:
    """Draw a position whose number of stones falls with the difficulty, give or take `JITTER`."""
    text = f"connect four {split_seed(split, seed)}"
    stream = np.array([zlib.crc32(text.encode()) << 32 | zlib.adler32(text.encode())], np.uint64)
    plies = plies_for(difficulty) + _draw(stream, 2 * JITTER + 1) - JITTER
    tactical = _draw(stream, 2) == 1
    while True:
        x, o = _play(stream, plies, tactical)
        if split_of(canonical_text(Position(x, o))) == split:
            return Position(x, o)


def plies_for(difficulty: float) -> int:
    """Return the number of stones in the middle of a difficulty's range."""
    return round(EASY_PLIES + (HARD_PLIES - EASY_PLIES) * difficulty)


def difficulty_of(state: Position) -> float:
    """Return the difficulty at which positions with as many stones are generated, in [0, 1]."""
    plies = (state.x | state.o).bit_count()
    return min(1.0, max(0.0, (EASY_PLIES - plies) / (EASY_PLIES - HARD_PLIES)))


def canonical_text(state: Position) -> str:
    """Return a text that is equal for a position and its mirror image, and for no other."""
    first = canonical(state)
    return f"connect four {first.x} {first.o}"


@njit(cache=True)
def _draw(stream: np.ndarray, bound: int) -> int:
    """Return a number below the bound and move the `[1]` uint64 stream on (SplitMix64).

    Source: Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators.
    """
    stream[0] += uint64(0x9E3779B97F4A7C15)
    mixed = stream[0]
    mixed = (mixed ^ (mixed >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> uint64(27))) * uint64(0x94D049BB133111EB)
    mixed ^= mixed >> uint64(31)
    return int((mixed >> uint64(32)) % uint64(bound))


@njit(cache=True)
def _play(stream: np.ndarray, plies: int, tactical: bool) -> tuple[int, int]:
    """Play games until one is still going on after so many plies; return X's stones and O's."""
    while True:
        own, other = 0, 0
        for _ in range(plies):
            taken = own | other
            playable = (taken + BOTTOM) & ~taken & FULL
            if tactical:
                if _completing(own, playable):
                    break  # the mover wins here, so this game does not last
                threats = _completing(other, playable)
                playable = threats if threats else playable
            own |= _choose(stream, playable)
            own, other = other, own
            if compiled_has_four(other) or own | other == FULL:
                break
        else:
            if _free_columns(own | other) >= 2:
                return (own, other) if plies % 2 == 0 else (other, own)


@njit(cache=True)
def _completing(stones: int, playable: int) -> int:
    """Return the playable cells that give these stones four in a row."""
    found = 0
    for column in range(COLUMNS):
        cell = playable & (((1 << STRIDE) - 1) << (STRIDE * column))
        if cell and compiled_has_four(stones | cell):
            found |= cell
    return found


@njit(cache=True)
def _choose(stream: np.ndarray, cells: int) -> int:
    """Return one of the cells, evenly."""
    count, left = 0, cells
    while left:
        left &= left - 1
        count += 1
    for _ in range(_draw(stream, count)):
        cells &= cells - 1
    return cells & -cells


@njit(cache=True)
def _free_columns(taken: int) -> int:
    free = 0
    for column in range(COLUMNS):
        free += 1 - ((taken >> (STRIDE * column + STRIDE - 2)) & 1)
    return free
