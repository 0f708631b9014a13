"""Rules of tic-tac-toe: known numbers of the solved game, and compiled rules against plain ones."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tasks.protocol import (
    DRAW,
    GOING_ON,
    LOSS_FOR_MOVER,
    WIN_FOR_MOVER,
    IllegalActionError,
)
from tasks.search.tictactoe_generator import canonical, positions
from tasks.search.tictactoe_grader import best_moves, value
from tasks.search.tictactoe_rules import Board, TicTacToeEnvironment, board_from_text, board_to_text
from tasks.splits import SPLITS

ENVIRONMENT = TicTacToeEnvironment()


@cache
def reachable() -> tuple[Board, ...]:
    seen: set[Board] = set()
    frontier = {Board(0, 0)}
    while frontier:
        seen |= frontier
        frontier = {
            ENVIRONMENT.step(state, int(action))
            for state in frontier
            for action in np.flatnonzero(ENVIRONMENT.legal(state))
        } - seen
    return tuple(sorted(seen))


def test_the_game_has_its_known_numbers_of_positions_and_ends() -> None:
    ends = [ENVIRONMENT.returns(s) for s in reachable() if ENVIRONMENT.is_terminal(s)]
    assert len(reachable()) == 5478
    assert len({canonical(board_to_text(s)) for s in reachable()}) == 765
    assert [sum(r[0] == x for r in ends) for x in (1, -1, 0)] == [626, 316, 16]


def test_the_game_is_a_draw_and_every_first_move_keeps_it() -> None:
    assert value("." * 9) == 0
    assert best_moves("." * 9) == frozenset(range(9))


def test_a_corner_opening_is_answered_in_the_center_only() -> None:
    assert best_moves("X........") == {4}


@pytest.mark.parametrize(
    ("board", "moves"),
    [
        ("XX.OO....", {2}),  # win at once
        ("X...O.X..", {3}),  # stop a line
        ("X...O...X", {1, 3, 5, 7}),  # a corner would lose to a fork
        ("XO.......", {3, 4, 6}),  # the edge beside a corner loses
        (".X.......", {0, 2, 4, 7}),
        ("....X....", {0, 2, 6, 8}),
    ],
)
def test_best_moves_are_those_of_the_solved_game(board: str, moves: set[int]) -> None:
    assert best_moves(board) == moves


def test_the_grader_and_the_environment_agree_on_every_position() -> None:
    # Two implementations that share nothing: values by full search on bitboards here.
    @cache
    def solved(state: Board) -> int:
        if ENVIRONMENT.is_terminal(state):
            return int(ENVIRONMENT.returns(state)[ENVIRONMENT.to_play(state)])
        actions = np.flatnonzero(ENVIRONMENT.legal(state))
        return max(-solved(ENVIRONMENT.step(state, int(a))) for a in actions)

    assert all(solved(s) == value(board_to_text(s)) for s in reachable())


def test_compiled_rules_equal_the_plain_rules_in_every_position() -> None:
    rules = ENVIRONMENT.rules
    assert rules is not None
    legal, out = np.zeros(9, dtype=np.bool_), np.zeros(2, dtype=np.int64)
    view = np.zeros(27, dtype=np.float32)
    for state in reachable():
        words = rules.to_words(state)
        assert rules.from_words(words) == state
        rules.legal(words, legal)
        rules.observe(words, view)
        assert (legal == ENVIRONMENT.legal(state)).all()
        assert (view == ENVIRONMENT.observe(state)).all()
        for action in np.flatnonzero(legal):
            code = rules.step(words, int(action), out)
            after = ENVIRONMENT.step(state, int(action))
            assert rules.from_words(out) == after
            assert code == _code(after, ENVIRONMENT.to_play(state))


def test_observations_show_the_board_from_the_movers_side() -> None:
    x_to_move = ENVIRONMENT.observe(board_from_text("XO......."))
    o_to_move = ENVIRONMENT.observe(board_from_text("X........"))
    assert x_to_move.reshape(3, 9)[:, :3].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert o_to_move.reshape(3, 9)[:, :2].tolist() == [[0, 0], [1, 0], [0, 1]]


@pytest.mark.parametrize("action", [0, 9, -1])
def test_taken_cells_and_cells_off_the_board_are_refused(action: int) -> None:
    with pytest.raises(IllegalActionError):
        ENVIRONMENT.step(board_from_text("XO......."), action)


def test_nothing_can_be_played_after_the_end() -> None:
    over = board_from_text("XXXOO....")
    assert not ENVIRONMENT.legal(over).any()
    with pytest.raises(IllegalActionError):
        ENVIRONMENT.step(over, 8)


def test_every_position_with_a_move_belongs_to_one_split_with_its_mirror_images() -> None:
    boards = [board for split in SPLITS for board in positions(split)]
    groups = [{canonical(board) for board in positions(split)} for split in SPLITS]
    assert len(boards) == len(set(boards)) == 4520
    assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]


def _code(after: Board, mover: int) -> int:
    if not ENVIRONMENT.is_terminal(after):
        return GOING_ON
    result = ENVIRONMENT.returns(after)[mover]
    return WIN_FOR_MOVER if result > 0 else LOSS_FOR_MOVER if result < 0 else DRAW
