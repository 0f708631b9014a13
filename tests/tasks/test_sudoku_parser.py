"""Reading sudokus in the layouts that people type, and leaving everything else alone."""

from __future__ import annotations

import time

import pytest

from tasks.protocol import InvalidTaskError
from tasks.reasoning.sudoku_parser import read_sudoku

GRID = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
ROWS = [GRID[start : start + 9] for start in range(0, 81, 9)]


def drawn(empty: str, blank: str = "") -> str:
    return "\n".join(blank.join(row.replace(".", empty)) for row in ROWS)


def framed() -> str:
    lines = [" | ".join(" ".join(row[n : n + 3]) for n in (0, 3, 6)) for row in ROWS]
    bar = "------+-------+------"
    return "\n".join([*lines[:3], bar, *lines[3:6], bar, *lines[6:]])


@pytest.mark.parametrize(
    "text",
    [
        GRID,
        GRID.replace(".", "0"),
        GRID.replace(".", "_"),
        f"sudoku: {GRID.replace('.', '*')} please",
        f"Can you solve this sudoku? {GRID}.",
        f"What's the solution to the sudoku puzzle {GRID}? Thank you",
        f"9x9 sudoku: {GRID}",
        f"Sudoku\n{drawn('.')}",
        drawn("0"),
        f"please solve this sudoku for me:\n{drawn('_', ' ')}\nthanks!",
        f"sudoku\n{drawn('-')}",
        f"sudoku\n{drawn('x')}",
        f"sudoku, 0 = empty:\n{drawn('0')}",
        f"Solve this sudoku (blanks are marked with *):\n{drawn('*', ' ')}",
        f"Is this sudoku uniquely solvable?\n{drawn('.')}",
        f"Sudoku:\n{framed()}",
        f"solve\n{framed()}",
        "sudoku " + "/".join(ROWS),
        "my sudoku:\n" + "\n".join(",".join(row).replace(".", "") for row in ROWS),
        "sudoku\n" + "\n".join("|" + "|".join(row).replace(".", " ") + "|" for row in ROWS),
        "sudoku [" + ",".join(f"[{','.join(row.replace('.', '0'))}]" for row in ROWS) + "]",
        "Solve this sudoku\n"
        + "\n".join(f"Row {n + 1}: {' '.join(r)}" for n, r in enumerate(ROWS)),
    ],
)
def test_layouts_are_read(text: str) -> None:
    assert read_sudoku(text) == GRID


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("sudoku 4x4: 1..4 ..1. .1.. 4..1", "1..4..1..1..4..1"),
        ("mini sudoku (4 by 4, 2x2 boxes), 0 means empty:\n1000\n0010\n0100\n0000", None),
        ("Sudoku 6x6:\n123456\n......\n......\n......\n......\n......", "123456" + "." * 30),
    ],
)
def test_small_sides_are_read(text: str, grid: str | None) -> None:
    assert read_sudoku(text) == (grid or "1.....1..1......")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sudoku",
        "what is sudoku?",
        "How do I get better at sudoku in 2024?",
        "1" + "0" * 80,
        "9" * 81,
        "1234123412341234",
        "4929 1234 5678 9012",
        "1 0 0 1\n0 1 1 0\n0 1 1 0\n1 0 0 1",
        "Find the determinant of\n1 0 0 1\n0 1 1 0\n0 1 1 0\n1 0 0 1",
        "X O .\n. X .\nO . X",
        f"print the sudoku {GRID} upside down in French",
        "." * 81,
        "Solve 3x + 5 = 17",
        f"Solve 3x+5=17.\nThen this sudoku:\n{drawn('.')}",
        f"Solve 3x+5=17.\n\nThen this sudoku:\n{framed()}",
        "#" * 81,
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert read_sudoku(text) is None


@pytest.mark.parametrize(
    "text",
    [
        f"sudoku: {GRID[:-1]}",
        f"sudoku: {GRID}..",
        f"sudoku: .{GRID}",
        f"sudoku: {GRID.replace('79', '7.')}.",
        "sudoku 4x4: 1..5 ..1. .1.. 4..1",
        "sudoku\n" + "\n".join([ROWS[0] + "1", *ROWS[1:]]),
    ],
)
def test_broken_sudokus_are_refused_with_the_reason(text: str) -> None:
    with pytest.raises(InvalidTaskError, match="found"):
        read_sudoku(text)


def test_foreign_text_costs_next_to_nothing() -> None:
    text = "What is the sum of 12345 and 67890, and why does it matter to the council of Paris?"
    started = time.process_time()
    for _ in range(2000):
        read_sudoku(text)
    assert (time.process_time() - started) / 2000 < 50e-6


SMALL = ".....41.3.4..23."


@pytest.mark.parametrize(
    "text",
    [
        "Complete the 4x4 sudoku below.\n\n| | | | |\n|---|---|---|---|\n|   |   |   |   |\n"
        "|   | 4 | 1 |   |\n| 3 |   | 4 |   |\n|   | 2 | 3 |   |",
        "| C1 | C2 | C3 | C4 |\n|----|----|----|----|\n| . | . | . | . |\n| . | 4 | 1 | . |\n"
        "| 3 | . | 4 | . |\n| . | 2 | 3 | . |\n\nThat's a 4x4 sudoku, please solve it.",
        "My grandma's sudoku, boxes are 2 rows by 2 columns. It kept us awake on the train\n"
        "0 0 0 0\n0 4 1 0\n3 0 4 0\n0 2 3 0\n\n(0 stands for an empty cell)",
        "Sudoku 4 by 4 (2x2 blocks): ----/-41-/3-4-/-23-",
        "board = [[0, 0, 0, 0], [0, 4, 1, 0], [3, 0, 4, 0], [0, 2, 3, 0]]\nsolve this sudoku",
    ],
)
def test_sizes_and_headings_are_no_cells(text: str) -> None:
    assert read_sudoku(text) == SMALL


@pytest.mark.parametrize("wish", ["diagonal", "with one mistake in it, a", "killer", "print this"])
def test_other_rules_and_wishes_are_left_open(wish: str) -> None:
    assert read_sudoku(f"{wish} sudoku: {SMALL}") is None
