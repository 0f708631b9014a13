"""Generating connect-four positions, and payloads."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict

import pytest

from tasks.protocol import InvalidTaskError, task_to_json
from tasks.search.connect_four import ConnectFourKind
from tasks.search.connect_four_generator import JITTER, canonical_text, difficulty_of, plies_for
from tasks.search.connect_four_rules import ConnectFourEnvironment, position_from_board
from tasks.search.connect_four_symmetry import mirrored
from tasks.splits import SPLITS, split_of

KIND = ConnectFourKind()
GAME = ConnectFourEnvironment()


@pytest.mark.parametrize("difficulty", [0.0, 0.3, 0.7, 1.0])
def test_positions_have_the_stones_of_their_difficulty_and_moves_to_choose_from(
    difficulty: float,
) -> None:
    for seed in range(100):
        task = KIND.generate(seed, difficulty, "train")
        state = position_from_board(task.payload.board)
        plies = 42 - task.payload.board.count(".")
        assert abs(plies - plies_for(difficulty)) <= JITTER
        assert abs(difficulty_of(state) - difficulty) <= (JITTER + 1) / 28
        assert GAME.legal(state).sum() >= 2
        assert KIND.payload_from_json(asdict(task.payload)) == task.payload  # is checked


def test_few_stones_are_hard() -> None:
    assert 4 <= plies_for(1.0) - JITTER <= plies_for(1.0) + JITTER <= 8
    assert plies_for(0.0) == 34
    assert difficulty_of(position_from_board("." * 42)) == 1.0


def test_a_position_and_its_mirror_image_belong_to_one_split_only() -> None:
    for split in SPLITS:
        for seed in range(60):
            board = KIND.generate(seed, seed / 60, split).payload.board
            state = position_from_board(board)
            assert split_of(canonical_text(state)) == split
            assert canonical_text(state) == canonical_text(mirrored(state))


def test_half_of_the_games_overlook_nothing() -> None:
    overlooked = [missed_wins(KIND.generate(s, 0.4, "train").payload.board) for s in range(400)]
    # uniform play leaves a stone of its own below an unused win; tactical play does not as often
    assert 0.1 < statistics.mean(overlooked) < 0.9


def missed_wins(board: str) -> bool:
    """Say whether the player who is not to move could win at once, were it their turn."""
    state = position_from_board(board)
    other = GAME.to_play(state) ^ 1
    for column in GAME.legal(state).nonzero()[0]:
        after = GAME.step(state, int(column))
        added = (after.x | after.o) & ~(state.x | state.o)
        stones = (state.x, state.o)[other] | added
        if GAME.is_terminal(type(state)(stones, 0)):
            return True
    return False


def test_self_play_draws_its_positions_in_no_time() -> None:
    KIND.generate(0, 0.5, "train")  # compiled
    for difficulty in (0.0, 0.5, 1.0):
        started = time.thread_time()
        for seed in range(300):
            KIND.generate(seed, difficulty, "train")
        assert (time.thread_time() - started) / 300 < 0.001


def test_payloads_are_checked_when_they_are_read_back() -> None:
    empty = "." * 42
    assert KIND.payload_from_json({"board": empty}).board == empty
    wrong = [
        "X" * 42,
        "." * 41,
        "." * 41 + "O",
        "." * 34 + "X" + "." * 7,
        "." * 41 + "Z",
        "." * 28 + "OOO...." + "XXXX...",
        7,
    ]
    for board in wrong:
        with pytest.raises(InvalidTaskError):
            KIND.payload_from_json({"board": board})
    for data in ({}, {"board": empty, "more": 1}):
        with pytest.raises(InvalidTaskError, match="expected board"):
            KIND.payload_from_json(data)


def test_generated_positions_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 4, "test") for n in range(5)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1)
    golden("search-connect_four.json", text + "\n")
