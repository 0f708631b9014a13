"""Finding the column that an answer decides on."""

from __future__ import annotations

import time

import pytest

from tasks.search.connect_four_answers import read_move


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("column 4", 4),
        ("Move: 4", 4),
        ("4", 4),
        ("**4**", 4),
        ("4 (centre)", 4),
        ("I'd drop it in column 2.", 2),
        ("the 4th column", 4),
        ("The third column", 3),
        ("column five", 5),
        ("the centre column", 4),
        ("Play in the middle.", 4),
        ("far left", 1),
        ("the rightmost column", 7),
        ("Column 1 is full, so the best move is **7**.", 7),
        ("X threatens 3 and 6.\n\nMove: 5", 5),
        ("either 3 or 4 would do. Move: 3", 3),
        ("Don't play 4, play 6.", 6),
        ("The best move is one that blocks: column 2", 2),
        ("Red should play col 6", 6),
    ],
)
def test_moves_are_found_in_prose(text: str, column: int) -> None:
    assert read_move(text) == column - 1


@pytest.mark.parametrize(
    "text",
    ["", "I do not know", "either 3 or 4 would do", "column 3 or column 4", "column 8", "9", "4.5",
     "left or right: far left, far right", "columns 3 and 5 are good", "0"],
)  # fmt: skip
def test_no_move_is_invented(text: str) -> None:
    assert read_move(text) is None


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1|", "|", "- ", "play 1 ", "4 or ", "is ", "column column ", "\t", "_", "move for "],
)
def test_no_repetition_makes_reading_slow(piece: str) -> None:
    started = time.thread_time()
    read_move((piece * 4000)[:3990] + "\u00e9")
    assert time.thread_time() - started < 2.0
