"""Read a board game's legal moves out of an observation that came from outside.

An observation shows a position only if the rules would show the very same for it; everything else
is refused, so that no network is asked about a board that cannot be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tasks.protocol import BoolArray, Environment, FloatArray
from tasks.search import connect_four_rules, tictactoe_rules
from tasks.search.connect_four_rules import COLUMNS, ROWS, STRIDE, ConnectFourEnvironment
from tasks.search.tictactoe_rules import CELLS, TicTacToeEnvironment


def tictactoe_legal(observation: FloatArray) -> BoolArray:
    """Read the free cells of a tic-tac-toe observation `[27]`.

    Raises:
        ValueError: if it shows no position with a move to play.
    """
    own, other = (_bits(observation[plane * CELLS : (plane + 1) * CELLS]) for plane in (0, 1))
    return _legal(
        TicTacToeEnvironment(),
        tictactoe_rules.from_words,
        (own, other),
        observation,
        "a legal tic-tac-toe position; expected nine cells each of the mover's stones, the "
        "other's, and free, every one 0 or 1",
    )


def connect_four_legal(observation: FloatArray) -> BoolArray:
    """Read the columns to play of a connect-four observation `[168]`.

    Raises:
        ValueError: if it shows no position with a move to play.
    """
    planes = observation.reshape(-1, ROWS, COLUMNS)
    padded = np.zeros((2, COLUMNS, STRIDE), np.float32)  # bits run up the columns
    padded[:, :, :ROWS] = planes[:2].transpose(0, 2, 1)
    own, other = (_bits(plane.reshape(-1)) for plane in padded)
    columns = [(own | other) >> STRIDE * c & (1 << STRIDE) - 1 for c in range(COLUMNS)]
    stacked = all(column & column + 1 == 0 for column in columns)
    return _legal(
        ConnectFourEnvironment(),
        connect_four_rules.from_words,
        (own, other) if stacked else (1, 1),
        observation,
        "a legal connect-four position; expected 42 cells each, bottom row first, of the mover's "
        "stones, the other's, the cells to play, and all 1 if the mover began, every one 0 or 1",
    )


LEGAL_OF: dict[str, Callable[[FloatArray], BoolArray]] = {
    "search/tictactoe": tictactoe_legal,
    "search/connect_four": connect_four_legal,
}


def _bits(cells: FloatArray) -> int:
    return sum(1 << place for place, cell in enumerate(cells.tolist()) if cell > 0.5)


def _legal(
    environment: Environment[Any],
    from_words: Callable[[Any], Any],
    words: tuple[int, int],
    observation: FloatArray,
    wanted: str,
) -> BoolArray:
    own, other = words
    if own & other or own.bit_count() not in (other.bit_count(), other.bit_count() - 1):
        raise ValueError(f"it does not show {wanted}")
    state = from_words(np.array(words, dtype=np.int64))
    if not np.array_equal(environment.observe(state).reshape(-1), observation.reshape(-1)):
        raise ValueError(f"it does not show {wanted}")
    legal = environment.legal(state)
    if not legal.any():
        raise ValueError("the game is over, so there is no move to choose")
    return legal
