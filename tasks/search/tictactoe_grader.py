"""Perfect play in tic-tac-toe, by full search over text boards; independent of the environment."""

from __future__ import annotations

from functools import cache

LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))


def best_moves(board: str) -> frozenset[int]:
    """Return the cells (0-8) that keep the position's value; empty once the game is over.

    Args:
        board: nine characters of `XO.`; X moves when the counts are equal.
    """
    worth = value(board)
    return frozenset(cell for cell, after in _successors(board) if -value(after) == worth)


@cache
def value(board: str) -> int:
    """Return 1, 0 or -1: the result of perfect play for the player to move."""
    if winner(board):
        return -1  # only the other player can have completed a line
    return max((-value(after) for _, after in _successors(board)), default=0)


def winner(board: str) -> str:
    """Return `X`, `O`, or an empty text when nobody has a line."""
    for a, b, c in LINES:
        if board[a] != "." and board[a] == board[b] == board[c]:
            return board[a]
    return ""


def mover(board: str) -> str:
    """Return who is to move: X when the counts are equal."""
    return "X" if board.count("X") == board.count("O") else "O"


def _successors(board: str) -> list[tuple[int, str]]:
    if winner(board):
        return []
    stone = mover(board)
    return [(c, board[:c] + stone + board[c + 1 :]) for c in range(9) if board[c] == "."]
