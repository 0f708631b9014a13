"""Pieces that no kind reads, beside riddles and drawings that they change."""

import pytest

from graphs.decompose import bind, split
from tasks.catalogue import default_catalogue

KINDS = default_catalogue()
MAZE = "S.#\n..E"
SUDOKU = "1 . . .\n. . 3 .\n. 4 . .\n. . . 2"
TALL = "Anna is taller than Ben. Ben is taller than Carl. Who is the tallest?"


def kinds_of(text: str) -> list[str]:
    return [bind(subtask, KINDS, {}).kind for subtask in split(text, KINDS, {})]


@pytest.mark.parametrize(
    "text",
    [
        "Anna is at least as tall as Ben. Ben is taller than Carl. Who is the tallest?",
        "All cats are mammals or reptiles. Tom is a cat. Is Tom a mammal?",
        f"Find the longest path in this maze:\n{MAZE}",
        f"Solve this 4x4 sudoku with diagonals:\n{SUDOKU}",
        "Color the graph with 3 colors: edges A-B, B-C, C-D. A and C must have the same color.",
        "Blocks: A is on B, B is on the table, C is on the table. I want C on A. "
        "You cannot put anything on the table.",
        "A is on B. B is next to C. C is on the table. Goal: A on C.",
        "Solve x^2 = 4. x must be positive.",
    ],
)
def test_a_premise_that_is_not_understood_leaves_its_riddle_open(text: str) -> None:
    (subtask,) = split(text, KINDS, {})
    assert subtask.text == text
    assert bind(subtask, KINDS, {}).kind == "open"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"What is the capital of France? {TALL}", ["open", "reasoning/deduction"]),
        (f"{TALL} What is the capital of France?", ["reasoning/deduction", "open"]),
        (f"{TALL} I love riddles.", ["reasoning/deduction", "open"]),
        (f"Solve 3x + 5 = 17. {TALL}", ["math/equations", "reasoning/deduction"]),
        (f"Hello! {TALL} Thanks!", ["reasoning/deduction"]),
        ("Solve 3x + 5 = 17. I do not understand these.", ["math/equations", "open"]),
        ("What is 7 * 8? I must not use a calculator.", ["math/arithmetic", "open"]),
        (f"Find the shortest path:\n{MAZE}\nThen solve 2x = path length", ["search/maze", "open"]),
    ],
)
def test_what_does_not_concern_a_riddle_leaves_it_alone(text: str, kinds: list[str]) -> None:
    assert kinds_of(text) == kinds


def test_an_unclear_sum_is_not_cut_into_two_clear_ones() -> None:
    text = "What is the sum of 3, 4 and 5 divided by 2?"
    assert [subtask.text for subtask in split(text, KINDS, {})] == [text]
