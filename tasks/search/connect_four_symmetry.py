"""The mirror image of a connect-four position: on positions, policies and compiled words."""

from __future__ import annotations

import numpy as np

from tasks.protocol import FloatArray, WordArray
from tasks.search.connect_four_rules import COLUMNS, STRIDE, Position

COLUMN = (1 << STRIDE) - 1  # the bits of column 0


def canonical(state: Position) -> Position:
    """Return the lesser of the position and its image; equal for both."""
    return min(state, mirrored(state))


def images(state: Position, policy: FloatArray | None) -> list[tuple[Position, FloatArray | None]]:
    """Return the position and its mirror image, each with the policy `[7]` moved along.

    A symmetric position comes up twice. Stepping commutes with the image: the image of a move's
    result is the result of the move's image.
    """
    return [(state, policy), (mirrored(state), None if policy is None else policy[::-1])]


def mirrored(state: Position) -> Position:
    """Return the position with left and right exchanged."""
    return Position(_mirrored_bits(state.x), _mirrored_bits(state.o))


def mirror_words(words: WordArray) -> WordArray:
    """Return the mirror images of compiled positions `[N, 2]` int64, in the same order."""
    out = np.zeros_like(words)
    for column in range(COLUMNS):
        out |= (words >> STRIDE * column & COLUMN) << STRIDE * (COLUMNS - 1 - column)
    return out


def _mirrored_bits(bits: int) -> int:
    return sum(
        (bits >> STRIDE * column & COLUMN) << STRIDE * (COLUMNS - 1 - column)
        for column in range(COLUMNS)
    )
