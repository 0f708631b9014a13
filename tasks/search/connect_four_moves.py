"""Find lists of connect-four moves in a text, and play them from the empty board.

Columns are numbered 1 to 7 from the left. What else a text may say is for `connect_four_parser`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.protocol import InvalidTaskError
from tasks.search.connect_four_rules import (
    COLUMNS,
    MARKS,
    ConnectFourEnvironment,
    Position,
    has_four,
)

_NUMBERING = re.compile(r"(?<![\d.])(\d{1,2})[.)][ \t]?(?=\d(?!\d|[.)][ \t]?\d))")
_LAST = re.compile(r"(?<!\d)(\d[ ,]{1,2}\d),? and (\d)(?!\d)", re.I)
_SIGN = r"(?<![\w>-])-"  # unlike the dash of `4-4-5` and of `4 - 4 - 5`
_LISTS = re.compile(rf"(?:{_SIGN})?\d[\d ,;>-]*")
_MOVE = re.compile(rf"(?:{_SIGN})?\d")


def plain_lists(text: str) -> str:
    """Write `1. 4 2. 4 3. 5` and `4, 4 and 5` as lists of moves alone."""
    numbers = _NUMBERING.findall(text)
    if len(numbers) > 1 and numbers == [str(n + 1) for n in range(len(numbers))]:
        text = _NUMBERING.sub("", text)
    return _LAST.sub(r"\1, \2", text)


def move_lists(words: str) -> list[list[str]]:
    """Return the lists of moves, each move a digit with its sign if it has one."""
    return [_MOVE.findall(found) for found in _LISTS.findall(words)]


def played_position(moves: Sequence[str]) -> Position:
    """Play columns 1 to 7 from the empty board.

    Raises:
        InvalidTaskError: if a move cannot be played, or ends the game.
    """
    environment = ConnectFourEnvironment()
    state = Position(0, 0)
    for number, move in enumerate(moves, 1):
        if environment.is_terminal(state):
            raise InvalidTaskError(f"the game is over before move {number}: {_how(state)}")
        if move not in "1234567":
            raise InvalidTaskError(
                f"move {number} is {move}, no column; columns are 1 to {COLUMNS}"
            )
        if not environment.legal(state)[int(move) - 1]:
            raise InvalidTaskError(f"move {number} goes to column {move}, which is full")
        state = environment.step(state, int(move) - 1)
    if environment.is_terminal(state):
        raise InvalidTaskError(f"the game is over after move {len(moves)}: {_how(state)}")
    return state


def _how(state: Position) -> str:
    winners = [mark for mark, stones in zip(MARKS, state, strict=True) if has_four(stones)]
    if not winners:
        return "the board is full"
    return f"{'the first player' if winners == ['X'] else 'the second player'} has four in a row"
