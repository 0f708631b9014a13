"""Read connect-four positions from what people type: moves so far, drawn boards, the first move.

The reader is strict: apart from the position, a text may contain only words that belong to such a
question, and moves without a board only count where the game is named. How a board is drawn is in
`connect_four_drawing`, how moves are listed in `connect_four_moves`, how a move is read in
`connect_four_answers`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.protocol import InvalidTaskError
from tasks.search.connect_four_drawing import Drawn, split_off_board
from tasks.search.connect_four_moves import move_lists, plain_lists, played_position
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
_NAME = re.compile(
    r"\b(?:connect[\s-]?(?:four|4)|(?:four|4)[\s-]in[\s-]a[\s-](?:row|line))(?![\w-])", re.I
)
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """x o r y red yellow s m re d to move moves play plays played playing best find the what
        whats is are where wheres should in this position for board grid next turn it its my your
        a an game given i im me am as with please first opening empty good optimal strongest
        winning win here of on can you help which column columns go choose pick tell now
        current side player from start starting make put drop would be and after so far
        sequence following were was been have has we already second one two began begins
        started starts by at then yet legend disc discs stone stones piece pieces hello hi
        thanks consider suggest solve nothing none no shown numbered left right top bottom row
        rows each letter free blank cell cells opponent""",
    )
)
_WORDS_WITH_POSITION = _WORDS | frozenset(
    re.findall(
        r"\w+",
        """why who wins if explain because reason there these those list history recommend advise
        reply respond analyse analyze evaluate give show""",
    )
)
_SIDE = r"(x|o|red|yellow|r|y|(?:player|side) (?:1|2|one|two)|(?:first|second) player)"
_BEGAN = re.compile(
    rf"\b{_SIDE} (?:has |had )?(?:began|begins|started|starts|opened"
    r"|(?:goes|went|moves|moved|plays|played|is|was) first)\b"
)
_TO_MOVE = re.compile(
    rf"\b{_SIDE}(?:'s)? (?:is )?(?:to (?:move|play|go)|turn|(?:best )?move|plays|moves|next)\b"
    rf"|\b(?:(?:move|turn|play|column) for|should|i am|i'm|im|i play|playing|as) {_SIDE}\b"
)
_LEGEND = re.compile(
    r"\b([xo12]) ?(?:=|:|is|for|means|\() ?(red|yellow)\b"
    r"|\b(red|yellow) ?(?:=|:|is|means|\() ?([xo12])\b|\b[ry] ?= ?(?:red|yellow)\b"
    r"|[.*_0\u00b7-] ?= ?(?:empty|blank|free)\b|\b(?:empty|blank|free) ?= ?[.*_0\u00b7-]"
)
_SIZES = re.compile(r"\b(?:6 ?(?:x|by|\u00d7) ?7|7 ?(?:x|by|\u00d7) ?6)\b|\bafter \d{1,2} moves\b")
_COUNT = re.compile(r"\b\d+ (?:cells?|rows?|columns|discs|pieces|stones)\b|\bin (?:19|20)\d\d\b")
_NO_MOVES = re.compile(r"[^\d\s,;>.?!-]")
_SO_FAR = re.compile(r"\b(?:moves?|columns?|played) so far\b")
_MORE = re.compile(r"[.?!;]\s|\n|=|\b(?:and|then|also)\b", re.I)  # another problem may follow
_TYPED = str.maketrans("\u2019\u2010\u2011\u2012\u2013\u2014\u2212", "'------")
_HINT = (
    "no connect-four position was found in this question; write the moves so far as columns 1 to "
    "7 from the left ('Connect four, moves so far: 4453'), draw 6 rows of 7 cells, or ask "
    "'connect four: best first move'"
)
_FIRST_MOVE = re.compile(
    r"\b(?:first|opening|starting) (?:move|stone|disc|piece|column|play|drop)\b|\bempty\b"
    r"|\bnothing\b|\bnone\b|\bno moves\b"
    r"|\bwhere should (?:i|we|x|red) (?:start|begin|open|drop|play|go)\b"
)
_NUMBERS = {"1": 0, "one": 0, "first": 0, "2": 1, "two": 1, "second": 1}
_LETTERS = {"x": 0, "o": 1}
_COLOURS = {"r": 0, "red": 0, "y": 1, "yellow": 1}


def read_position(text: str) -> Position | None:
    """Return the position that the text draws, tells by its moves or implies; None if none.

    Raises:
        InvalidTaskError: if it names the game or draws a board, but no position with a move to
            play, or not one of the side that it says is to move; if it asks for a move in a
            position that cannot be found.
    """
    text, more = text[:MAX_CHARACTERS], " ".join(text[MAX_CHARACTERS:].split())
    if _NO_MOVES.search(more):
        return None
    names = len(_NAME.findall(text))
    # between two names may stand two lists of moves, which a blank would join
    rest = _NAME.sub(" : " if names > 1 else " ", plain_lists(text.translate(_TYPED)))
    drawn = split_off_board(rest, names > 0)
    if drawn is None and not names:
        return None
    words = " ".join((rest if drawn is None else drawn.words).lower().split())
    words, sides = _sides(words, drawn)
    lists = move_lists(f"{words} {more}")
    allowed = _WORDS if drawn is None and not lists else _WORDS_WITH_POSITION
    if not _only_words_of(allowed, words):
        if drawn is None and _SO_FAR.search(words) and not _MORE.search(text.strip()):
            raise InvalidTaskError(_HINT)
        return None
    if drawn is not None:
        return None if lists else _drawn_position(drawn, sides)
    if _COUNT.search(words):
        return None
    if len(lists) == 1 or (not lists and _FIRST_MOVE.search(words)):
        return _played_position(lists[0] if lists else [], sides)
    if lists or _SO_FAR.search(words) or not re.search(r"\w", words):
        raise InvalidTaskError(_HINT)
    return None


@dataclass(frozen=True, slots=True)
class Sides:
    """What a text says about the players, 0 for the first of its two marks, 1 for the other.

    Attributes:
        began: who is said to have begun.
        to_move: who is said to be to move.
    """

    began: frozenset[int]
    to_move: frozenset[int]


def checked_position(board: str, names: tuple[str, str] = ("X", "O")) -> Position:
    """Read 42 characters of `XO.`, the top row first; refuse what is no position with a move.

    Args:
        board: X began.
        names: of X and O in messages.

    Raises:
        InvalidTaskError: with the reason.
    """
    if len(board) != CELLS or set(board) - set(f"{MARKS}."):
        raise InvalidTaskError(
            f"board {board[:50]!r} is not {CELLS} characters of 'X', 'O' and '.'"
        )
    state = position_from_board(board)
    x, o = state.x.bit_count(), state.o.bit_count()
    first, second = names
    if x - o not in (0, 1):
        raise InvalidTaskError(
            f"{x} {first} and {o} {second} cannot arise: {first} begins, "
            f"so there are as many {first} as {second}, or one more"
        )
    taken = state.x | state.o
    for column in range(COLUMNS):
        stack = taken >> STRIDE * column & (1 << STRIDE) - 1
        if stack & (stack + 1):
            raise InvalidTaskError(
                f"column {column + 1} has a free cell below a stone; stones fall to the lowest one"
            )
    winners = [name for name, stones in zip(names, state, strict=True) if has_four(stones)]
    if len(winners) == 2:
        raise InvalidTaskError(
            f"both {first} and {second} have four in a row; the game ends with the first line"
        )
    if winners:
        raise InvalidTaskError(f"the game is over: {winners[0]} has four in a row")
    if taken == FULL:
        raise InvalidTaskError("the game is over: the board is full")
    return state


def _sides(words: str, drawn: Drawn | None) -> tuple[str, Sides]:
    """Return the words without those about sides and marks, and what these say."""
    numbers = {} if drawn is not None and drawn.names[0] == "Red" else _NUMBERS
    if drawn is None:  # of moves alone nobody knows the colours
        numbering = {**numbers, **_LETTERS}
    else:
        numbering = {**numbers, **_LETTERS, **_COLOURS}
    for mark, colour, colour2, mark2 in _LEGEND.findall(words):
        if (mark or mark2) and drawn is not None:
            place = {**_NUMBERS, **_LETTERS}[mark or mark2]
            named = (colour or colour2) == "yellow"
            numbering |= {name: place ^ named ^ which for name, which in _COLOURS.items()}
    words = _SIZES.sub(" ", _LEGEND.sub(" ", words))
    began = _named(_BEGAN.findall(words), numbering)
    words = _BEGAN.sub(" ", words)
    to_move = _named([a or b for a, b in _TO_MOVE.findall(words)], numbering)
    return _TO_MOVE.sub(" ", words), Sides(began, to_move)


def _named(found: list[str], numbering: dict[str, int]) -> frozenset[int]:
    """Return the players that the texts name, such as `x`, `player 2` or `first player`."""
    words = [text.replace("player", "").replace("side", "").strip() for text in found]
    return frozenset(numbering[word] for word in words if word in numbering)


def _only_words_of(allowed: frozenset[str], words: str) -> bool:
    if re.search(r"[^a-z0-9 .,;:?!()'\"*`>-]", words):
        return False
    return all(word in allowed for word in re.findall(r"[a-z]+", words))


def _drawn_position(drawn: Drawn, sides: Sides) -> Position:
    """Let the one begin who is said to have, or else, with colours, who has more or is to move."""
    counts = drawn.board.count("X"), drawn.board.count("O")
    coloured = drawn.names[0] == "Red"
    began = sides.began
    if not began and coloured and counts[0] != counts[1]:
        began = frozenset({int(counts[1] > counts[0])})
    elif not began and coloured and len(sides.to_move) == 1:
        began = sides.to_move
    board, names = drawn.board, drawn.names
    swapped = began == {1}
    if swapped:
        board, names = board.translate(str.maketrans("XO", "OX")), (names[1], names[0])
    state = checked_position(board, names)
    mover = int(counts[0] != counts[1])  # in the order of playing
    if sides.to_move and mover ^ swapped not in sides.to_move:
        raise InvalidTaskError(
            f"with {counts[swapped]} {names[0]} and {counts[not swapped]} {names[1]}, "
            f"{names[0]} having begun, {names[mover]} is to move, not {names[1 - mover]}"
        )
    return state


def _played_position(moves: list[str], sides: Sides) -> Position:
    """Play the moves; refuse a side to move that they contradict."""
    state = played_position(moves)
    mover = len(moves) % 2
    began = int(sides.began == {1})
    if sides.to_move and mover ^ began not in sides.to_move:
        raise InvalidTaskError(
            f"after {len(moves)} moves the player who {'did not begin' if mover else 'began'} is "
            "to move; X begins unless you say otherwise"
        )
    return state
