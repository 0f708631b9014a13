"""Which connect-four moves keep a position's value, by exhaustive search; independent of the rules.

Values are win, draw or loss for the player to move. The search asks questions with two answers
("does the mover win?", "does the mover at least draw?") and stops after `MOST_NODES` positions,
counted and not timed, so that the same position always gets the same verdict. From 11 stones on
that is enough for nearly every position; most with fewer than 8 stones stay unknown.

Bitboards have seven bits a column, row 0 below, the seventh bit empty: cell `7 * column + row`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

Words = NDArray[np.int64]

COLUMNS, ROWS = 7, 6
HEIGHT = ROWS + 1
FLOOR = sum(1 << HEIGHT * column for column in range(COLUMNS))
CELLS = FLOOR * ((1 << ROWS) - 1)
COLUMN = (1 << HEIGHT) - 1
EDGE_FIRST = np.array([6, 0, 5, 1, 4, 2, 3])

MOST_NODES = 6_000_000  # of one position: 0.8 s, for which an answer may have to wait
FEW_STONES = 8  # positions with fewer are seldom solved with all of that, so a short look must do
MOST_NODES_FOR_FEW = 1_000_000
NO, YES, UNKNOWN, OPEN = 0, 1, 2, 3
LOST, DRAW, WIN = -1, 0, 1  # a question asks for at least a draw, or for a win
TABLE_BITS = 21
SCATTER = 0x1E3779B97F4A7C15  # odd; its product with a key spreads over the table
AT_LEAST_DRAW, LOSS, WON, NO_WIN = 1, 2, 4, 8  # what the table holds of a position, as bits


def keeps_the_value(board: str, column: int) -> bool | None:
    """Say whether no move is better than the column (0-6); None if that takes too long to find.

    Args:
        board: 42 characters of `XO.`, the top row first; X moves when the counts are equal.
        column: with room for a stone; the game must not be over.
    """
    answer = judged_moves(board)[column]
    return None if answer == UNKNOWN else answer == YES


@lru_cache(maxsize=4096)
def judged_moves(board: str) -> tuple[int, ...]:
    """Return for each column whether it keeps the position's value: YES, NO or UNKNOWN.

    Full columns are NO.
    """
    own, taken = _bitboards(board)
    most_nodes = MOST_NODES if taken.bit_count() >= FEW_STONES else MOST_NODES_FOR_FEW
    table = np.zeros(1 << TABLE_BITS, dtype=np.int64)
    counts = np.array([0, most_nodes], dtype=np.int64)
    return tuple(_judge(own, taken, table, counts).tolist())


def _bitboards(board: str) -> tuple[int, int]:
    """Return the mover's stones and all stones."""
    stones = {"X": 0, "O": 0, ".": 0}
    for cell, mark in enumerate(board):
        stones[mark] |= 1 << HEIGHT * (cell % COLUMNS) + ROWS - 1 - cell // COLUMNS
    mover = "X" if board.count("X") == board.count("O") else "O"
    return stones[mover], stones["X"] | stones["O"]


@njit(cache=True, nogil=True)
def _judge(own: int, taken: int, table: Words, counts: Words) -> Words:
    """Return `[7]`: which moves keep the value of the position.

    Every move gets a small share of the nodes first, so that a hard one does not use up what easy
    ones need; together they may use a little more than `counts[1]`.
    """
    judged = np.full(COLUMNS, NO, dtype=np.int64)
    playable = (taken + FLOOR) & CELLS & ~taken
    wins = _completing(own) & playable
    answer, goal = YES, WIN  # what the position is worth: LOST, DRAW or WIN
    if wins == 0:
        answer = _reaches(own, taken, WIN, table, counts)
        if answer == NO:
            goal = DRAW
            answer = _reaches(own, taken, DRAW, table, counts)
            if answer == NO:
                goal = LOST
    most_nodes = counts[1]
    for first_round in (True, False):
        for column in EDGE_FIRST[::-1]:
            move = playable & (COLUMN << (HEIGHT * column))
            if move == 0 or not (first_round or judged[column] == UNKNOWN):
                continue
            if move & wins or goal == LOST:
                judged[column] = YES
            elif answer == UNKNOWN:
                judged[column] = UNKNOWN
            else:
                counts[1] = counts[0] + most_nodes // 64 if first_round else most_nodes
                judged[column] = _keeps(own, taken, move, goal, table, counts)
    return judged


@njit(cache=True, nogil=True)
def _keeps(own: int, taken: int, move: int, goal: int, table: Words, counts: Words) -> int:
    """Answer whether the mover still reaches the goal after a move that does not win at once."""
    after = taken | move
    if _completing(own ^ taken) & (after + FLOOR) & CELLS & ~after:
        return NO
    answer = _reaches(own ^ taken, after, 1 - goal, table, counts)
    return UNKNOWN if answer == UNKNOWN else YES + NO - answer


@njit(cache=True, nogil=True)
def _reaches(own: int, taken: int, goal: int, table: Words, counts: Words) -> int:
    """Answer whether the mover, who cannot win at once, reaches the goal: YES, NO or UNKNOWN.

    The stack is kept by hand, since Numba cannot load a cached function that calls itself.

    Args:
        own: the mover's stones.
        taken: all stones.
        goal: DRAW or WIN; the other player's is then to prevent it: WIN or DRAW.
        table: answers found so far, by position.
        counts: positions looked at, and how many may be.
    """
    owns = np.empty(COLUMNS * ROWS + 1, dtype=np.int64)  # by depth, like the following
    takens = np.empty_like(owns)
    left = np.empty_like(owns)  # moves still to try, the best one last
    moves = np.empty((len(owns), COLUMNS), dtype=np.int64)
    depth = 0
    owns[0], takens[0] = own, taken
    answer = OPEN
    entered = True
    while True:
        if entered:
            entered = False
            counts[0] += 1
            if counts[0] > counts[1]:
                return UNKNOWN
            answer = _at_once(owns[depth], takens[depth], goal, table)
            if answer == OPEN:
                left[depth] = _order(owns[depth], takens[depth], moves[depth])
        elif answer == OPEN:
            left[depth] -= 1
            owns[depth + 1] = owns[depth] ^ takens[depth]
            takens[depth + 1] = takens[depth] | moves[depth, left[depth]]
            depth += 1
            goal = 1 - goal
            entered = True
        elif depth == 0:
            return answer
        else:
            depth -= 1
            goal = 1 - goal
            if answer == YES and left[depth]:
                answer = OPEN
            else:
                answer = YES + NO - answer
                _remember(owns[depth], takens[depth], goal, answer, table)


@njit(cache=True, nogil=True)
def _at_once(own: int, taken: int, goal: int, table: Words) -> int:
    """Answer from the table or by looking at threats and at lines that can still be made."""
    moves, other = _safe_moves(own, taken), own ^ taken
    free = CELLS & ~taken
    if moves == 0:  # every move lets the other win, or the board is full
        return YES if free == 0 and goal == DRAW else NO
    if goal == WIN and not _has_line(own | free):
        return NO
    if goal == DRAW and not _has_line(other | free):
        return YES
    known = _known(own, taken, table)
    if known & (AT_LEAST_DRAW if goal == DRAW else WON):
        return YES
    if known & (LOSS if goal == DRAW else NO_WIN):
        return NO
    return OPEN


@njit(cache=True, nogil=True)
def _safe_moves(own: int, taken: int) -> int:
    """Return the moves after which the other player does not win at once."""
    free = CELLS & ~taken
    theirs = _completing(own ^ taken) & free
    moves = (taken + FLOOR) & free
    forced = moves & theirs
    if forced:
        moves = forced if forced & (forced - 1) == 0 else 0
    return moves & ~(theirs >> 1)  # no stone below a cell that wins for the other


@njit(cache=True, nogil=True)
def _order(own: int, taken: int, ordered: Words) -> int:
    """Write the safe moves, those that threaten most last, then the centre; return how many."""
    moves, free = _safe_moves(own, taken), CELLS & ~taken
    worth = np.empty(COLUMNS, dtype=np.int64)
    size = 0
    for column in EDGE_FIRST:
        move = moves & (COLUMN << (HEIGHT * column))
        if move == 0:
            continue
        threats = _count(_completing(own | move) & free)
        place = size
        while place > 0 and worth[place - 1] > threats:
            worth[place], ordered[place] = worth[place - 1], ordered[place - 1]
            place -= 1
        worth[place], ordered[place] = threats, move
        size += 1
    return size


@njit(cache=True, nogil=True)
def _known(own: int, taken: int, table: Words) -> int:
    """Return what the table says of the position, as bits; 0 for nothing."""
    key = own + taken + FLOOR  # different for different positions
    entry = table[((key * SCATTER) >> (63 - TABLE_BITS)) & (len(table) - 1)]
    return entry & 15 if entry >> 4 == key else 0


@njit(cache=True, nogil=True)
def _remember(own: int, taken: int, goal: int, answer: int, table: Words) -> None:
    """Add an answer to the table, in place of another position's if need be."""
    known = _known(own, taken, table)
    if goal == DRAW:
        known |= AT_LEAST_DRAW if answer == YES else LOSS | NO_WIN
    else:
        known |= WON | AT_LEAST_DRAW if answer == YES else NO_WIN
    key = own + taken + FLOOR
    table[((key * SCATTER) >> (63 - TABLE_BITS)) & (len(table) - 1)] = (key << 4) | known


@njit(cache=True, nogil=True)
def _completing(stones: int) -> int:
    """Return the cells, free or not, that would complete four of these stones."""
    found = (stones << 1) & (stones << 2) & (stones << 3)
    for shift in (HEIGHT - 1, HEIGHT, HEIGHT + 1):
        left, right = stones << shift, stones >> shift
        left2, right2 = left << shift, right >> shift
        found |= left & left2 & ((left2 << shift) | right)
        found |= right & right2 & ((right2 >> shift) | left)
    return found & CELLS


@njit(cache=True, nogil=True)
def _has_line(stones: int) -> bool:
    for shift in (1, HEIGHT - 1, HEIGHT, HEIGHT + 1):
        pairs = stones & (stones >> shift)
        if pairs & (pairs >> (2 * shift)):
            return True
    return False


@njit(cache=True, nogil=True)
def _count(bits: int) -> int:
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count
