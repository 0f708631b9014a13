"""Read connect-four positions and moves from what people and language models type."""

from __future__ import annotations

import re

from tasks.protocol import InvalidTaskError
from tasks.search.connect_four_rules import (
    CELLS,
    COLUMNS,
    FULL,
    MARKS,
    STRIDE,
    Position,
    has_four,
    position_from_board,
)

MAX_CHARACTERS = 2000
_NAME = re.compile(r"\bconnect[\s-]?(?:four|4)\b", re.I)
_ROW = re.compile(r"[XO.](?: [XO.]){6}")


def read_position(text: str) -> Position | None:
    """Return the position that the text draws; None if none.

    Raises:
        InvalidTaskError: if it names the game and draws a board, but not one with a move to play.
    """
    if len(text) > MAX_CHARACTERS or not _NAME.search(text):
        return None
    rows = [line.strip() for line in text.splitlines() if _ROW.fullmatch(line.strip())]
    if len(rows) != CELLS // COLUMNS:
        return None
    return checked_position("".join(rows).replace(" ", ""))


def read_move(text: str) -> int | None:
    """Return the column (0-6) that a text decides on; None if it names none or leaves it open."""
    digits = set(re.findall(r"(?<![\d.])[1-7](?![\d.]*\d)", text[-4000:]))
    return int(digits.pop()) - 1 if len(digits) == 1 else None


def checked_position(board: str) -> Position:
    """Read 42 characters of `XO.`, the top row first; refuse what is no position with a move.

    Raises:
        InvalidTaskError: with the reason.
    """
    if len(board) != CELLS or set(board) - set(f"{MARKS}."):
        raise InvalidTaskError(
            f"board {board[:50]!r} is not {CELLS} characters of 'X', 'O' and '.'"
        )
    state = position_from_board(board)
    x, o = state.x.bit_count(), state.o.bit_count()
    if x - o not in (0, 1):
        raise InvalidTaskError(
            f"{x} X and {o} O cannot arise: X begins, so there are as many X as O, or one more"
        )
    taken = state.x | state.o
    for column in range(COLUMNS):
        stack = taken >> STRIDE * column & (1 << STRIDE) - 1
        if stack & (stack + 1):
            raise InvalidTaskError(f"a stone in column {column + 1} has an empty cell below it")
    winners = [m for m, stones in zip(MARKS, state, strict=True) if has_four(stones)]
    if len(winners) == 2:
        raise InvalidTaskError("both X and O have four in a row; the game ends with the first")
    if winners:
        raise InvalidTaskError(f"the game is over: {winners[0]} has four in a row")
    if taken == FULL:
        raise InvalidTaskError("the game is over: the board is full")
    return state
