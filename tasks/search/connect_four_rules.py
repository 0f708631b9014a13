"""The rules of connect four: as Python for people and traces, compiled for self-play.

Columns are numbered 0-6 from the left, rows 0-5 from below. A bitboard has seven bits a column, of
which the seventh stays empty, so that lines do not run from one column into the next: bit
`7 * column + row`. Compiled words are `[own, other]`, seen from the player to move. What a task is,
and how it is read and graded, is elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from tasks.protocol import (
    DRAW,
    GOING_ON,
    WIN_FOR_MOVER,
    BatchRules,
    BoolArray,
    FloatArray,
    IllegalActionError,
    Task,
    WordArray,
)

COLUMNS, ROWS = 7, 6
CELLS = COLUMNS * ROWS
STRIDE = ROWS + 1
BOTTOM = sum(1 << STRIDE * column for column in range(COLUMNS))
FULL = BOTTOM * ((1 << ROWS) - 1)
PLANES = 4
MARKS = "XO"


class Position(NamedTuple):
    """Stones of X, who began, and of O."""

    x: int
    o: int


class ConnectFourEnvironment:
    """Two players, X first; a return is 1 for the winner, -1 for the loser, 0 each for a draw.

    Action `c` drops a stone into column `c`, counted from 0 at the left.
    """

    version = "connect-four-1"
    num_actions = COLUMNS
    observation_shape: tuple[int, ...] = (PLANES, ROWS, COLUMNS)
    num_players = 2
    max_steps = CELLS
    discount = 1.0

    def __init__(self) -> None:
        self.rules: BatchRules | None = BatchRules(
            2, compiled_step, compiled_legal, compiled_observe, to_words, from_words
        )

    def initial(self, task: Task) -> Position:
        """Return the task's position."""
        return position_from_board(task.payload.board)

    def legal(self, state: Position) -> BoolArray:
        """Return `[7]` bool: the columns with room, none once somebody has four in a row."""
        if has_four(state.x) or has_four(state.o):
            return np.zeros(COLUMNS, dtype=np.bool_)
        taken = state.x | state.o
        return np.array([not taken >> top_bit(c) & 1 for c in range(COLUMNS)], dtype=np.bool_)

    def step(self, state: Position, action: int) -> Position:
        """Return the position with the mover's stone on top of the column."""
        if not (0 <= action < COLUMNS and self.legal(state)[action]):
            raise IllegalActionError(
                f"column {action + 1} cannot be played in\n{self.describe(state)}"
            )
        taken = state.x | state.o
        stone = taken + (1 << STRIDE * action) & ~taken & FULL
        if self.to_play(state) == 0:
            return Position(state.x | stone, state.o)
        return Position(state.x, state.o | stone)

    def is_terminal(self, state: Position) -> bool:
        """Say whether someone has four in a row or the board is full."""
        return has_four(state.x) or has_four(state.o) or state.x | state.o == FULL

    def returns(self, state: Position) -> FloatArray:
        """Return `[2]`: for X, for O."""
        result = int(has_four(state.x)) - int(has_four(state.o))
        return np.array([result, -result], dtype=np.float32)

    def to_play(self, state: Position) -> int:
        """Return 0 when X moves, 1 when O does."""
        return int(state.x.bit_count() > state.o.bit_count())

    def observe(self, state: Position) -> FloatArray:
        """Return `[4, 6, 7]`, row 0 below: mover's stones, other's, cells to play, mover began."""
        own, other = (state.o, state.x) if self.to_play(state) else (state.x, state.o)
        taken = own | other
        planes = (own, other, taken + BOTTOM & ~taken & FULL, (1 - self.to_play(state)) * FULL)
        return np.array(
            [
                [[bits >> STRIDE * c + r & 1 for c in range(COLUMNS)] for r in range(ROWS)]
                for bits in planes
            ],
            dtype=np.float32,
        )

    def describe(self, state: Position) -> str:
        """Return six lines such as `. . . X . . .`, the top row first, and the column numbers."""
        rows = [
            " ".join(mark_at(state, STRIDE * column + row) for column in range(COLUMNS))
            for row in reversed(range(ROWS))
        ]
        return "\n".join([*rows, " ".join(str(column + 1) for column in range(COLUMNS))])

    def describe_action(self, state: Position, action: int) -> str:
        """Return who plays where: `X plays column 4`."""
        return f"{MARKS[self.to_play(state)]} plays column {action + 1}"


def position_from_moves(moves: str) -> Position:
    """Play columns 1 to 7, one character a move, from the empty board.

    Raises:
        IllegalActionError: if a move is no column, or cannot be played.
    """
    environment = ConnectFourEnvironment()
    state = Position(0, 0)
    for move in moves:
        state = environment.step(state, int(move) - 1 if move in "1234567" else -1)
    return state


def position_from_board(board: str) -> Position:
    """Read 42 characters of `XO.`, row by row from the top left."""
    bits = [STRIDE * (cell % COLUMNS) + ROWS - 1 - cell // COLUMNS for cell in range(CELLS)]
    return Position(
        sum(1 << bit for bit, mark in zip(bits, board, strict=True) if mark == "X"),
        sum(1 << bit for bit, mark in zip(bits, board, strict=True) if mark == "O"),
    )


def board_from_position(state: Position) -> str:
    """Write 42 characters of `XO.`, row by row from the top left."""
    rows = reversed(range(ROWS))
    return "".join(mark_at(state, STRIDE * c + row) for row in rows for c in range(COLUMNS))


def has_four(stones: int) -> bool:
    """Say whether stones of one colour hold four in a row."""
    for shift in (1, STRIDE - 1, STRIDE, STRIDE + 1):
        pairs = stones & stones >> shift
        if pairs & pairs >> 2 * shift:
            return True
    return False


def mark_at(state: Position, bit: int) -> str:
    """Return `X`, `O` or `.`."""
    return "X" if state.x >> bit & 1 else "O" if state.o >> bit & 1 else "."


def top_bit(column: int) -> int:
    """Return the bit of a column's highest cell."""
    return STRIDE * column + ROWS - 1


def to_words(state: Position) -> WordArray:
    """Return `[2]` int64: the mover's stones and the other's."""
    moved = state.x.bit_count() > state.o.bit_count()
    return np.array((state.o, state.x) if moved else (state.x, state.o), dtype=np.int64)


def from_words(words: WordArray) -> Position:
    """Turn `[2]` words back: with equal counts X is to move."""
    own, other = int(words[0]), int(words[1])
    if own.bit_count() == other.bit_count():
        return Position(own, other)
    return Position(other, own)


@njit(cache=True)
def compiled_has_four(stones: int) -> bool:
    """Do the same as `has_four` on an int64."""
    found = 0
    for shift in (1, STRIDE - 1, STRIDE, STRIDE + 1):
        pairs = stones & (stones >> shift)
        found |= pairs & (pairs >> (2 * shift))
    return found != 0


@njit(cache=True)
def compiled_step(state: WordArray, action: int, out: WordArray) -> int:
    """Write the position after the move; the words change places with the player to move."""
    taken = state[0] | state[1]
    own = state[0] | ((taken + (1 << (STRIDE * action))) & ~taken & FULL)
    out[0] = state[1]
    out[1] = own
    if compiled_has_four(own):
        return WIN_FOR_MOVER
    if own | state[1] == FULL:
        return DRAW
    return GOING_ON


@njit(cache=True)
def compiled_legal(state: WordArray, out: BoolArray) -> None:
    """Write `[7]` bool: the columns with room, none once somebody has four in a row."""
    over = compiled_has_four(state[0]) or compiled_has_four(state[1])
    taken = state[0] | state[1]
    for column in range(COLUMNS):
        out[column] = not over and (taken >> (STRIDE * column + ROWS - 1)) & 1 == 0


@njit(cache=True)
def compiled_observe(state: WordArray, out: FloatArray) -> None:
    """Write `[4 * 6 * 7]` float32, the same planes as `ConnectFourEnvironment.observe`."""
    own, other = state[0], state[1]
    taken = own | other
    playable = (taken + BOTTOM) & ~taken & FULL
    stones = 0
    for column in range(COLUMNS):
        for row in range(ROWS):
            bit = STRIDE * column + row
            cell = COLUMNS * row + column
            stones += (taken >> bit) & 1
            out[cell] = (own >> bit) & 1
            out[CELLS + cell] = (other >> bit) & 1
            out[2 * CELLS + cell] = (playable >> bit) & 1
    for cell in range(CELLS):
        out[3 * CELLS + cell] = 1 - stones % 2
