"""Reading, generating and grading tic-tac-toe tasks."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.protocol import Answer, InvalidTaskError, task_to_json
from tasks.search.tictactoe import TicTacToeKind, TicTacToePayload
from tasks.search.tictactoe_grader import best_moves, mover, winner
from tasks.search.tictactoe_parser import read_move

KIND = TicTacToeKind()


@pytest.mark.parametrize(
    ("text", "board"),
    [
        ("Tic-tac-toe, X to move:\nX O .\n. X .\n. . O", "XO..X...O"),
        (" X | O |\n---+---+---\n   | X |\n---+---+---\n   |   | O", "XO..X...O"),
        ("| X | O | . |\n|---|---|---|\n| . | X | . |\n|---|---|---|\n| . | . | O |", "XO..X...O"),
        ("XO..X...O", "XO..X...O"),
        ("best move in XO..X...O?", "XO..X...O"),
        ("XO./.X./..O", "XO..X...O"),
        ("x o -\n- x -\n- - o", "XO..X...O"),
        ("X O -\n- - -\n- - -", "XO......."),
        ("x 2 3\n4 o 6\n7 8 9", "X...O...."),
        ("I'm O, it's my turn:\nX _ _\n_ _ _\n_ _ _", "X........"),
        ("tic-tac-toe: best first move", "........."),
        ("Tic tac toe, empty board. Where should X play?", "........."),
        ("tictactoe xo..x...o, what now?", "XO..X...O"),
        ("noughts and crosses: X O . . X . . . O", "XO..X...O"),
    ],
)
def test_boards_are_read_in_the_forms_that_people_type(text: str, board: str) -> None:
    task = KIND.parse(text)
    assert task is not None
    assert task.payload == TicTacToePayload(board)


@pytest.mark.parametrize(
    "text",
    [
        "What is tic-tac-toe?",
        "How do I win at tic-tac-toe?",
        "Play tic-tac-toe with my daughter tonight",
        "xoxo",
        "xoxo.....",
        "O X O is a band",
        "3x + 5 = 17",
        "Tic-tac-toe, X to move: XO..X...O. Also solve 3x + 5 = 17",
        "XO..X...O or XX..O....?",
        ". . .\n. . .\n. . .",
    ],
)
def test_other_texts_are_left_to_other_kinds(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("tic-tac-toe: XXX......", "3 X and 0 O cannot arise"),
        ("tic-tac-toe: OX.O.....", "1 X and 2 O cannot arise"),
        ("XXX\nOO.\n...", "the game is over: X has three in a row"),
        ("XXX\nOOO\n...", "both X and O"),
        ("X O X\nX O O\nO X X", "the board is full"),
        ("Tic-tac-toe, O to move: XO.......", "X is to move, not O"),
        ("tic-tac-toe: XO..X...", "8 cells; expected 3 rows of 3"),
        ("Tic-tac-toe:\nX O .\n. X .", "6 cells; expected 3 rows of 3"),
    ],
)
def test_illegal_positions_are_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(InvalidTaskError, match=complaint):
        KIND.parse(text)


@given(st.text(alphabet="XO.xo \n|-+/:tic0123tomove", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        task = KIND.parse(text)
    except InvalidTaskError:
        return
    assert task is None or len(task.payload.board) == 9


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("5 (center)", 5),
        ("I'd play 5", 5),
        ("center", 5),
        ("The centre square.", 5),
        ("row 2 column 2", 5),
        ("move: 5", 5),
        ("Cell 1 is taken, so the best move is **7**.", 7),
        ("upper right", 3),
        ("Take the bottom-left corner", 7),
        ("X threatens 3 and 6.\n\nMove: 9", 9),
        ("Don't play 4, play 6.", 6),
    ],
)
def test_moves_are_found_in_prose(text: str, cell: int) -> None:
    task = KIND.parse("tic-tac-toe: best first move")
    assert task is not None
    answer = KIND.answer_from_text(task, text)
    assert answer is not None
    assert answer.text.startswith(f"{cell} (")


@pytest.mark.parametrize("text", ["I do not know", "either 3 or 4 would do", ""])
def test_no_move_is_invented(text: str) -> None:
    task = KIND.parse("tic-tac-toe: best first move")
    assert task is not None
    assert KIND.answer_from_text(task, text) is None


@pytest.mark.parametrize("text", ["1" + " " * 3900 + "\u00e9", "1" + " -" * 1900 + "\u00e9"])
def test_no_run_of_blanks_makes_reading_a_move_slow(text: str) -> None:
    started = time.thread_time()
    read_move(text)
    assert time.thread_time() - started < 2.0


def test_payloads_are_checked_when_they_are_read_back() -> None:
    assert KIND.payload_from_json({"board": "." * 9}) == TicTacToePayload("." * 9)
    for board in ("XXX......", "XO", "XO..Z....", 7):
        with pytest.raises(InvalidTaskError):
            KIND.payload_from_json({"board": board})


def test_twenty_planted_wrong_answers_are_all_graded_wrong() -> None:
    wrong = []
    for seed in range(60):
        task = KIND.generate(seed, seed / 60, "test")
        for cell in range(9):
            if cell not in best_moves(task.payload.board):
                wrong.append((task, Answer(str(cell + 1))))
                wrong.append((task, KIND.answer_from_text(task, f"I play {cell + 1}")))
    assert len(wrong) >= 20
    assert not any(KIND.grade(task, answer).passed for task, answer in wrong if answer)


def test_moves_that_keep_the_value_pass_and_feedback_does_not_tell_which() -> None:
    task = KIND.parse("X........")
    assert task is not None
    right, wrong = (KIND.grade(task, Answer(cell)) for cell in ("5", "2"))
    assert right.passed
    assert wrong.passed is False
    assert right.feedback == wrong.feedback == "the move is legal"
    assert KIND.grade(task, Answer("1")).feedback == "cell 1 (top left) is taken; choose a free one"


def test_a_text_that_contradicts_its_action_is_wrong() -> None:
    task = KIND.parse("X........")
    assert task is not None
    assert KIND.grade(task, KIND.answer_from_actions(task, (4,))).passed
    assert KIND.grade(task, Answer("5", actions=(0,))).passed is False


def test_effort_without_a_net_rises_with_difficulty() -> None:
    def effort(difficulty: float) -> float:
        tasks = [KIND.generate(seed, difficulty, "train") for seed in range(60)]
        return statistics.mean(game_tree_size(task.payload.board) for task in tasks)

    efforts = [effort(d) for d in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(later > 1.3 * earlier for earlier, later in pairwise(efforts))


def test_generated_positions_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 4, "test") for n in range(5)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1)
    golden("search-tictactoe.json", text + "\n")


def game_tree_size(board: str) -> int:
    """Count the distinct positions that a full search of the position visits."""
    seen: set[str] = set()
    frontier = [board]
    while frontier:
        state = frontier.pop()
        if state in seen:
            continue
        seen.add(state)
        if not winner(state):
            frontier += [
                state[:c] + mover(state) + state[c + 1 :] for c in range(9) if state[c] == "."
            ]
    return len(seen)
