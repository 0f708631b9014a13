"""The connect-four grader: known values, an independent full search, and external test files."""

from __future__ import annotations

import json
import random
import time
from functools import cache
from pathlib import Path

import pytest

from tasks.protocol import Answer, Task
from tasks.search import connect_four_grader
from tasks.search.connect_four import ConnectFourKind, ConnectFourPayload
from tasks.search.connect_four_grader import NO, UNKNOWN, YES, judged_moves
from tasks.search.connect_four_rules import board_from_position, position_from_moves

KIND = ConnectFourKind()
O_THREATENS = "32225651121367246623"  # to complete the line that falls from column 1 to column 4


def task_after(moves: str) -> Task:
    task = KIND.parse(f"connect four: {moves or 'best first move'}")
    assert task is not None
    return task


def board_after(moves: str) -> str:
    return board_from_position(position_from_moves(moves))


def by_plain_search(board: str) -> list[int | None]:
    """Return each column's class (1, 0, -1) for the mover, by minimax over text boards."""
    mover, other = ("X", "O") if board.count("X") == board.count("O") else ("O", "X")
    classes: list[int | None] = []
    for column in range(7):
        free = [row for row in range(6) if board[7 * row + column] == "."]
        if not free:
            classes.append(None)
            continue
        at = 7 * free[-1] + column
        classes.append(-value(board[:at] + mover + board[at + 1 :], other, mover))
    return classes


@cache
def value(board: str, mover: str, other: str) -> int:
    if four(board, other):
        return -1
    best = None
    for column in range(7):
        free = [row for row in range(6) if board[7 * row + column] == "."]
        if free:
            at = 7 * free[-1] + column
            after = -value(board[:at] + mover + board[at + 1 :], other, mover)
            best = after if best is None else max(best, after)
            if best == 1:
                return 1
    return 0 if best is None else best


def four(board: str, mark: str) -> bool:
    return any(
        0 <= row + 3 * down < 6
        and 0 <= column + 3 * right < 7
        and all(board[7 * (row + down * n) + column + right * n] == mark for n in range(4))
        for row in range(6)
        for column in range(7)
        for down, right in ((0, 1), (1, 0), (1, 1), (1, -1))
    )


@pytest.mark.parametrize(
    ("moves", "right"),
    [
        (O_THREATENS, {1}),
        ("44553", set(range(1, 8))),  # a row open at both ends is lost, so no move is worse
    ],
)
def test_hand_known_positions_are_judged_right(moves: str, right: set[int]) -> None:
    judged = judged_moves(board_after(moves))
    assert {column for column in range(1, 8) if judged[column - 1] == YES} == right
    assert UNKNOWN not in judged


@pytest.mark.parametrize(
    ("moves", "wins"), [("112233", {4}), ("121212", {1}), ("445566", {3, 7}), ("4455", {3, 6})]
)
def test_winning_moves_pass_even_where_the_others_cannot_be_judged(
    moves: str, wins: set[int]
) -> None:
    judged = judged_moves(board_after(moves))
    assert wins <= {column for column in range(1, 8) if judged[column - 1] == YES}


def test_late_positions_agree_with_a_plain_search_over_text_boards() -> None:
    compared = 0
    for seed in range(40):
        board = KIND.generate(seed, 0.0, "test").payload.board
        if board.count(".") > 9:
            continue
        classes = by_plain_search(board)
        best = max(c for c in classes if c is not None)
        assert judged_moves(board) == tuple(YES if c == best else NO for c in classes), board
        compared += 1
    assert compared >= 10


@pytest.mark.parametrize(("phase", "count"), [("end", 300), ("middle", 300)])
def test_moves_are_judged_as_in_the_external_test_files(
    benchdata: Path, phase: str, count: int
) -> None:
    path = benchdata / "search" / f"connect4_{phase}.dev.jsonl"
    if not path.exists():
        pytest.skip(f"no {path.name} in the folder of external test files")
    for line in path.read_text().splitlines()[:count]:
        given = json.loads(line)
        classes = [None if s is None else (s > 0) - (s < 0) for s in given["move_scores"]]
        best = max(c for c in classes if c is not None)
        expected = tuple(YES if c == best else NO for c in classes)
        assert judged_moves(board_after(given["moves"])) == expected, given["id"]


def test_corrupted_answers_lower_success() -> None:
    rng = random.Random(1)
    right = wrong = graded = 0
    for seed in range(60):
        task = KIND.generate(seed, 0.1 + 0.4 * seed / 60, "test")
        judged = judged_moves(task.payload.board)
        if NO not in judged:
            continue
        graded += 1
        good = judged.index(YES) + 1
        bad = rng.choice([n + 1 for n, answer in enumerate(judged) if answer == NO])
        right += bool(KIND.grade(task, Answer(f"column {good}")).passed)
        wrong += bool(KIND.grade(task, Answer(f"column {bad}")).passed)
    assert graded >= 20
    assert (right, wrong) == (graded, 0)


def test_feedback_tells_legality_and_nothing_of_the_truth() -> None:
    task = task_after(O_THREATENS)
    right, wrong = (KIND.grade(task, Answer(text)) for text in ("column 1", "column 7"))
    assert right.passed
    assert wrong.passed is False
    assert right.feedback == wrong.feedback == "the move is legal"
    assert KIND.grade(task, Answer("2")).feedback == "column 2 is full; choose another one"
    for text in ("", "8", "either 3 or 4", "columns 3 and 5 look good"):
        verdict = KIND.grade(task, Answer(text))
        assert verdict.passed is False
        assert "no single move" in verdict.feedback


def test_a_text_that_contradicts_its_action_is_wrong() -> None:
    task = task_after("112233")
    assert KIND.grade(task, KIND.answer_from_actions(task, (3,))).passed
    assert KIND.grade(task, Answer("column 4", actions=(0,))).passed is False


def test_a_position_beyond_the_budget_is_not_judged_and_says_so() -> None:
    task = task_after("")
    first, again = (KIND.grade(task, Answer(f"column {column}")) for column in (4, 1))
    assert first == again
    assert first.passed is None
    assert first.score == 0.0
    assert "too open to judge" in first.feedback
    # what is illegal is known even there
    assert KIND.grade(task, Answer("column 9")).passed is False


def test_full_columns_are_no_moves() -> None:
    judged = judged_moves(board_after("4444443"))
    assert judged[3] == NO


def test_judging_stays_within_its_time() -> None:
    judged_moves(board_after("112233"))  # compiled
    spent: dict[int, list[float]] = {12: [], 16: []}
    for plies, difficulty in ((12, 0.79), (16, 0.64)):
        for seed in range(30):
            board = KIND.generate(seed, difficulty, "calibration").payload.board
            if 42 - board.count(".") < plies:
                continue
            started = time.process_time()
            assert UNKNOWN not in judged_moves(board)
            spent[plies].append(time.process_time() - started)
    assert max(spent[12]) < 1.5
    assert sorted(spent[16])[len(spent[16]) // 2] < 0.05


def test_the_budget_is_counted_in_positions() -> None:
    table = connect_four_grader.np.zeros(1 << 21, dtype="int64")
    counts = connect_four_grader.np.array([0, 500], dtype="int64")
    own, taken = connect_four_grader._bitboards(board_after("4453"))
    judged = connect_four_grader._judge(own, taken, table, counts)
    assert counts[0] >= 500
    assert set(judged.tolist()) == {UNKNOWN}


def test_payloads_are_boards_of_positions_with_a_move() -> None:
    assert KIND.payload_from_json({"board": "." * 42}) == ConnectFourPayload("." * 42)
