"""Connect four against rules that are written anew here, on plain lists of marks."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.protocol import DRAW, GOING_ON, WIN_FOR_MOVER, IllegalActionError
from tasks.search.connect_four_rules import (
    ConnectFourEnvironment,
    Position,
    board_from_position,
    compiled_legal,
    compiled_observe,
    compiled_step,
    from_words,
    position_from_board,
    position_from_moves,
    to_words,
)
from tasks.search.connect_four_symmetry import canonical, images, mirror_words, mirrored

GAME = ConnectFourEnvironment()
DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))
# 42 moves without four in a row, found by random play
DRAWN_GAME = "126613431456475467333341527215612225546777"


class PlainGame:
    """Six lists of seven marks, the lowest row first; the mover is `XO`[moves played % 2]."""

    def __init__(self) -> None:
        self.rows = [["."] * 7 for _ in range(6)]
        self.played = 0
        self.won = False

    def legal(self) -> list[bool]:
        return [not self.won and self.rows[5][column] == "." for column in range(7)]

    def play(self, column: int) -> int:
        row = next(r for r in range(6) if self.rows[r][column] == ".")
        mark = "XO"[self.played % 2]
        self.rows[row][column] = mark
        self.played += 1
        for down, right in DIRECTIONS:
            length = 1
            for sign in (1, -1):
                r, c = row + sign * down, column + sign * right
                while 0 <= r < 6 and 0 <= c < 7 and self.rows[r][c] == mark:
                    length, r, c = length + 1, r + sign * down, c + sign * right
            self.won |= length >= 4
        if self.won:
            return WIN_FOR_MOVER
        return DRAW if self.played == 42 else GOING_ON

    def planes(self) -> np.ndarray:
        own, other = "XO" if self.played % 2 == 0 else "OX"
        view = np.zeros((4, 6, 7), dtype=np.float32)
        for row in range(6):
            for column in range(7):
                mark = self.rows[row][column]
                view[0, row, column] = mark == own
                view[1, row, column] = mark == other
                lowest = mark == "." and (row == 0 or self.rows[row - 1][column] != ".")
                view[2, row, column] = lowest
        view[3] = self.played % 2 == 0
        return view

    def board(self) -> str:
        return "".join("".join(row) for row in reversed(self.rows))


def test_random_games_agree_with_plain_rules_to_the_last_bit() -> None:
    rng = random.Random(7)
    ends = {WIN_FOR_MOVER: 0, DRAW: 0}
    games = ["" for _ in range(400)] + [DRAWN_GAME]
    for given_moves in games:
        plain, state, words = PlainGame(), Position(0, 0), to_words(Position(0, 0))
        code = GOING_ON
        while code == GOING_ON:
            assert plain.board() == board_from_position(state)
            assert position_from_board(plain.board()) == state
            assert from_words(words) == state
            legal, view = np.zeros(7, np.bool_), np.zeros(168, np.float32)
            compiled_legal(words, legal)
            compiled_observe(words, view)
            assert plain.legal() == legal.tolist() == GAME.legal(state).tolist()
            assert np.array_equal(plain.planes(), GAME.observe(state))
            assert np.array_equal(plain.planes().ravel(), view)
            columns = [column for column in range(7) if plain.legal()[column]]
            action = rng.choice(columns)
            if given_moves:
                action = int(given_moves[plain.played]) - 1
            out = np.zeros(2, np.int64)
            mover = GAME.to_play(state)
            assert mover == plain.played % 2
            code = plain.play(action)
            assert compiled_step(words, action, out) == code
            state, words = GAME.step(state, action), out
            assert GAME.is_terminal(state) == (code != GOING_ON)
        won = code == WIN_FOR_MOVER
        assert GAME.returns(state).tolist() == [won * (1 - 2 * mover), won * (2 * mover - 1)]
        assert not GAME.legal(state).any()
        ends[code] += 1
    assert ends[WIN_FOR_MOVER] >= 300
    assert ends[DRAW] >= 1


@pytest.mark.parametrize("row", range(6))
@pytest.mark.parametrize("column", range(7))
@pytest.mark.parametrize(("down", "right"), DIRECTIONS)
def test_four_in_a_line_win_everywhere_and_nothing_wraps_around(
    row: int, column: int, down: int, right: int
) -> None:
    cells = [(row + n * down, column + n * right) for n in range(4)]
    inside = all(r < 6 and 0 <= c < 7 for r, c in cells)
    # the cells of a line that leaves the board, continued in the next column or row of the grid
    places = [(r + 6 * c) % 42 for r, c in cells]
    marks = [["."] * 7 for _ in range(6)]
    for place in places:
        marks[place % 6][place // 6] = "X"
    state = position_from_board("".join("".join(line) for line in reversed(marks)))
    assert GAME.is_terminal(state) == inside
    three = Position(state.x & (state.x - 1), 0)
    assert not GAME.is_terminal(three)


def test_the_number_of_move_sequences_by_depth_is_the_known_one() -> None:
    # a column fills at depth 6 at the earliest, nobody wins before depth 7
    counts = [leaves(to_words(Position(0, 0)), depth) for depth in range(1, 8)]
    assert counts == [7, 49, 343, 2401, 16807, 117649, 823536]


def leaves(words: np.ndarray, depth: int) -> int:
    legal = np.zeros(7, np.bool_)
    compiled_legal(words, legal)
    if depth == 1:
        return int(legal.sum())
    total = 0
    for action in legal.nonzero()[0]:
        out = np.zeros(2, np.int64)
        if compiled_step(words, action, out) == GOING_ON:
            total += leaves(out, depth - 1)
    return total


def test_an_illegal_move_is_refused_with_the_board() -> None:
    full = position_from_moves("444444")
    for action in (3, -1, 7):
        with pytest.raises(IllegalActionError, match="cannot be played"):
            GAME.step(full, action)
    with pytest.raises(IllegalActionError):
        GAME.step(position_from_moves("1212121"), 4)


@given(st.lists(st.integers(0, 6), max_size=42))
def test_mirroring_commutes_with_moves(columns: list[int]) -> None:
    state, image = Position(0, 0), Position(0, 0)
    for column in columns:
        if not GAME.legal(state)[column]:
            continue
        policy = np.eye(7, dtype=np.float32)[column]
        (same, kept), (other, moved) = images(state, policy)
        assert (same, other) == (state, image)
        assert kept is policy
        assert moved is not None
        assert moved.argmax() == 6 - column
        state, image = GAME.step(state, column), GAME.step(image, 6 - column)
        assert mirrored(state) == image
        assert mirrored(image) == state
        assert canonical(state) == canonical(image) in (state, image)
        assert GAME.is_terminal(state) == GAME.is_terminal(image)
        assert np.array_equal(GAME.observe(state)[:, :, ::-1], GAME.observe(image))
        words = np.stack([to_words(state), to_words(image)])
        assert np.array_equal(mirror_words(words), words[::-1])


def test_mirroring_no_positions_gives_none() -> None:
    assert mirror_words(np.zeros((0, 2), np.int64)).shape == (0, 2)
