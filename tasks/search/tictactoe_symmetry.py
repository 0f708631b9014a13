"""The eight symmetries of the tic-tac-toe board, on boards and on policies over cells."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tasks.protocol import FloatArray
from tasks.search.tictactoe_generator import SYMMETRIES
from tasks.search.tictactoe_rules import Board

_ORDER = np.array(SYMMETRIES)  # cell c of image s is cell _ORDER[s, c] of the board


def canonical(board: Board) -> Board:
    """Return the least of the board's images; equal for all images of one board."""
    return min(_boards(board))


def images(board: Board, policy: FloatArray | None) -> list[tuple[Board, FloatArray | None]]:
    """Return the board's eight images, itself first, each with the policy `[9]` moved along.

    A symmetric board comes up more than once among its own images. Stepping commutes with every
    image: the image of a move's result is the result of the move's image.
    """
    return [
        (image, None if policy is None else policy[order])
        for image, order in zip(_boards(board), _ORDER, strict=True)
    ]


@lru_cache(maxsize=8192)
def _boards(board: Board) -> tuple[Board, ...]:
    return tuple(Board(_moved(board.x, order), _moved(board.o, order)) for order in SYMMETRIES)


def _moved(bits: int, order: tuple[int, ...]) -> int:
    return sum((bits >> source & 1) << cell for cell, source in enumerate(order))
