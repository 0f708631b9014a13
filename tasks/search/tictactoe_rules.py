"""The rules of tic-tac-toe: as Python for people and traces, compiled for self-play.

Cells are numbered 0-8 row by row, a bitboard has bit `c` set where cell `c` is taken. Compiled
words are `[own, other]`, seen from the player to move. What a task is, and how it is read and
graded, is elsewhere.
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

CELLS = 9
FULL = (1 << CELLS) - 1
LINES = (0o7, 0o70, 0o700, 0o111, 0o222, 0o444, 0o421, 0o124)
HAS_LINE = np.array([any(b & line == line for line in LINES) for b in range(FULL + 1)])
CELL_NAMES = (
    "top left",
    "top",
    "top right",
    "left",
    "center",
    "right",
    "bottom left",
    "bottom",
    "bottom right",
)
_HAS_LINE: tuple[bool, ...] = tuple(bool(b) for b in HAS_LINE)  # a tuple answers faster in Python


class Board(NamedTuple):
    """A position: the bitboards of X, who began, and of O."""

    x: int
    o: int


class TicTacToeEnvironment:
    """Two players, X first; a return is 1 for the winner, -1 for the loser, 0 each for a draw."""

    version = "tictactoe-1"
    num_actions = CELLS
    observation_shape: tuple[int, ...] = (3 * CELLS,)
    num_players = 2
    max_steps = CELLS
    discount = 1.0

    def __init__(self) -> None:
        self.rules: BatchRules | None = BatchRules(
            2, compiled_step, compiled_legal, compiled_observe, to_words, from_words
        )

    def initial(self, task: Task) -> Board:
        """Return the task's position."""
        return board_from_text(task.payload.board)

    def legal(self, state: Board) -> BoolArray:
        """Return `[9]` bool: the free cells, none once the game is over."""
        x, o = state
        if _HAS_LINE[x] or _HAS_LINE[o]:
            return np.zeros(CELLS, dtype=np.bool_)
        free = ~(x | o)
        return np.array([free >> c & 1 for c in range(CELLS)], dtype=np.bool_)

    def step(self, state: Board, action: int) -> Board:
        """Return the board with the mover's stone in the cell."""
        x, o = state
        bit = 1 << action if 0 <= action < CELLS else 0
        if not bit or (x | o) & bit or _HAS_LINE[x] or _HAS_LINE[o]:
            raise IllegalActionError(
                f"cell {action + 1} cannot be played in\n{self.describe(state)}"
            )
        return Board(x | bit, o) if x.bit_count() == o.bit_count() else Board(x, o | bit)

    def is_terminal(self, state: Board) -> bool:
        """Say whether someone has a line or the board is full."""
        return _HAS_LINE[state.x] or _HAS_LINE[state.o] or state.x | state.o == FULL

    def returns(self, state: Board) -> FloatArray:
        """Return `[2]`: for X, for O."""
        result = int(_HAS_LINE[state.x]) - int(_HAS_LINE[state.o])
        return np.array([result, -result], dtype=np.float32)

    def to_play(self, state: Board) -> int:
        """Return 0 when X moves, 1 when O does."""
        return int(state.x.bit_count() > state.o.bit_count())

    def observe(self, state: Board) -> FloatArray:
        """Return `[27]`: nine cells each of the mover's stones, the other's, and free, 0 or 1."""
        own, other = state if state.x.bit_count() == state.o.bit_count() else (state.o, state.x)
        word = own | other << CELLS | (FULL & ~(own | other)) << 2 * CELLS
        return np.array([word >> i & 1 for i in range(3 * CELLS)], dtype=np.float32)

    def describe(self, state: Board) -> str:
        """Return three lines such as `X O .`."""
        text = board_to_text(state)
        return "\n".join(" ".join(text[row : row + 3]) for row in (0, 3, 6))

    def describe_action(self, state: Board, action: int) -> str:
        """Return who plays where: `X plays 5 (center)`."""
        return f"{'XO'[self.to_play(state)]} plays {cell_name(action)}"


def cell_name(cell: int) -> str:
    """Return `5 (center)` for cell 4."""
    return f"{cell + 1} ({CELL_NAMES[cell]})"


def board_from_text(text: str) -> Board:
    """Turn nine characters of `XO.` into a board."""
    return Board(
        sum(1 << c for c, mark in enumerate(text) if mark == "X"),
        sum(1 << c for c, mark in enumerate(text) if mark == "O"),
    )


def board_to_text(board: Board) -> str:
    """Turn a board into nine characters of `XO.`."""
    return "".join(
        "X" if board.x >> c & 1 else "O" if board.o >> c & 1 else "." for c in range(CELLS)
    )


def to_words(board: Board) -> WordArray:
    """Return `[2]` int64: the mover's stones and the other's."""
    moved = board.x.bit_count() > board.o.bit_count()
    return np.array((board.o, board.x) if moved else (board.x, board.o), dtype=np.int64)


def from_words(words: WordArray) -> Board:
    """Turn `[2]` words back: with equal counts X is to move."""
    own, other = int(words[0]), int(words[1])
    return Board(own, other) if own.bit_count() == other.bit_count() else Board(other, own)


@njit(cache=True)
def compiled_step(state: WordArray, action: int, out: WordArray) -> int:
    """Write the position after the move; the words change places with the player to move."""
    own = state[0] | (1 << action)
    out[0] = state[1]
    out[1] = own
    if HAS_LINE[own]:
        return WIN_FOR_MOVER
    if own | state[1] == FULL:
        return DRAW
    return GOING_ON


@njit(cache=True)
def compiled_legal(state: WordArray, out: BoolArray) -> None:
    """Write `[9]` bool: the free cells, none once the game is over."""
    over = HAS_LINE[state[0]] or HAS_LINE[state[1]]
    taken = state[0] | state[1]
    for cell in range(CELLS):
        out[cell] = not over and (taken >> cell) & 1 == 0


@njit(cache=True)
def compiled_observe(state: WordArray, out: FloatArray) -> None:
    """Write `[27]` float32, the same planes as `TicTacToeEnvironment.observe`."""
    for cell in range(CELLS):
        own = (state[0] >> cell) & 1
        other = (state[1] >> cell) & 1
        out[cell] = own
        out[CELLS + cell] = other
        out[2 * CELLS + cell] = 1 - own - other
