"""Tic-tac-toe positions by difficulty: all legal ones with a move to play, ordered by effort."""

from __future__ import annotations

import random
from functools import cache

from tasks.protocol import Split, split_seed
from tasks.search.tictactoe_grader import best_moves, mover, winner
from tasks.splits import SPLITS, split_of

WINDOW = 0.2  # share of the ordered positions among which one difficulty chooses
SYMMETRIES = tuple(
    tuple(turn[c] for c in flip)
    for flip in ((0, 1, 2, 3, 4, 5, 6, 7, 8), (2, 1, 0, 5, 4, 3, 8, 7, 6))
    for turn in (
        (0, 1, 2, 3, 4, 5, 6, 7, 8),
        (6, 3, 0, 7, 4, 1, 8, 5, 2),
        (8, 7, 6, 5, 4, 3, 2, 1, 0),
        (2, 5, 8, 1, 4, 7, 0, 3, 6),
    )
)


def position(seed: int, difficulty: float, split: Split) -> str:
    """Draw a board from the window of the ordered positions around the difficulty."""
    boards = positions(split)
    rng = random.Random(f"tictactoe {split_seed(split, seed)}")
    width = int(len(boards) * WINDOW)
    start = round((len(boards) - width) * difficulty)
    return boards[start + rng.randrange(width)]


@cache
def positions(split: Split) -> tuple[str, ...]:
    """Return the split's positions, easiest first; many free cells and few right moves are hard."""
    return _by_split()[split]


def difficulty_of(board: str) -> float:
    """Return the place of a position in that order, in [0, 1]."""
    return (board.count(".") - len(best_moves(board)) / 10) / 9


def canonical(board: str) -> str:
    """Return the least of the board's eight mirror images and turns."""
    return min("".join(board[c] for c in s) for s in SYMMETRIES)


@cache
def _by_split() -> dict[Split, tuple[str, ...]]:
    boards = sorted(_reachable(), key=lambda b: (difficulty_of(b), b))
    groups: dict[Split, list[str]] = {s: [] for s in SPLITS}
    for board in boards:
        groups[split_of(canonical(board))].append(board)
    return {s: tuple(g) for s, g in groups.items()}


def _reachable() -> set[str]:
    """Return all positions with a move to play, from the empty board on."""
    seen: set[str] = set()
    frontier = {"." * 9}
    while frontier:
        seen |= frontier
        after = {b[:c] + mover(b) + b[c + 1 :] for b in frontier for c in range(9) if b[c] == "."}
        frontier = {b for b in after if not winner(b) and "." in b}
    return seen
