"""Reading mazes as people draw them, and leaving everything else alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.protocol import InvalidTaskError
from tasks.search.maze_parser import read_maze

PLAIN = (("..#", "#..", "..."), (0, 0), (2, 2), False)


@pytest.mark.parametrize(
    "text",
    [
        "grid (0 free, 1 blocked). Start at the top left corner, finish at the bottom right corner"
        ", 4-directional moves. Shortest path length?\n001\n100\n000",
        "grid with 1 passable and 0 blocked, (0,0) to (2,2), min number of moves\n110\n011\n111",
        "top-left to bottom-right, cells marked 1 can't be entered; how many steps\n001\n100\n000",
        "| S | . | # |\n|---|---|---|\n| # | . | . |\n| . | . | G |\n\nshortest route?",
        "shortest path from S to G\nS.#\n#..\n..G",
        "Solve this maze:\n```\nS.#\n#..\n..E\n```",
        "can you get from S to E?\n\nS . #\n# . .\n. . E\n\nthanks!",
        "S is the start, E the exit, # are walls and . is open. How long is the shortest way?\n"
        "S.#\n#..\n..E",
        "grid (1 = wall, 0 = free), start (0,0), goal (2,2). shortest path?\n0 0 1\n1 0 0\n0 0 0",
        "Given the grid [[0,0,1],[1,0,0],[0,0,0]] where 1 is a wall, find the shortest path from "
        "(0,0) to (2,2).",
        'maze = ["S.#", "#..", "..G"]\nshortest route?',
        "maze: S.#/#../..G",
        "S.#\n#..\n..G",
        "What is the shortest way out (start A, exit B, X = wall)?\nA.X\nX..\n..B",
        "Find a route from the top-left corner to the bottom-right corner.\n..#\n#..\n...",
        "shortest path from row 1, column 1 to row 3, column 3 (counted from 1)\n..#\n#..\n...",
        "path from (1, 1) to (3, 3)?\n..#\n#..\n...",  # only counting from 1 fits
        "Find the way:\n  S.#\n  #..\n  ..G",
        "how many steps to the exit E from S\nS █\n█  \n  E",
        "My hamster sits at S and wants to reach G, how far is it at least?\nS.#\n#..\n..G",
        "quickest way, but no diagonal moves\nS.#\n#..\n..G",
    ],
)
def test_mazes_are_read_as_people_draw_them(text: str) -> None:
    assert read_maze(text) == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "cheapest way from (0, 0) to (2, 2), 0 is a wall\n103\n520\n411",
        "weights:\n103\n520\n411\nfrom (0,0) to (2,2), 0-based, what is the cheapest path?",
        "start (1,1), goal (3,3), each digit is the cost of the cell\n1 0 3\n5 2 0\n4 1 1",
        "Minimum cost path from top left to bottom right:\n[[1,0,3],[5,2,0],[4,1,1]]",
    ],
)
def test_weighted_grids_are_read_as_people_write_them(text: str) -> None:
    assert read_maze(text) == (("103", "520", "411"), (0, 0), (2, 2), True)


def test_blanks_are_free_cells_where_walls_stand_around_them() -> None:
    text = "solve the maze\n#########\n#S #    #\n#  # ## #\n## # #  #\n#    # E#\n#########"
    maze = read_maze(text)
    assert maze is not None
    assert maze[0][1:3] == ("#..#....#", "#..#.##.#")
    assert maze[1:3] == ((1, 1), (4, 7))


@pytest.mark.parametrize(
    "text",
    [
        "Tic-tac-toe, X to move:\nX O .\n. X .\n. . O",
        "XO.\n.X.\n..O\nbest move?",
        "Connect four, X to move:\n. . . .\n. . . .\n. X O .",
        "hello\nworld",
        "1. 3x = 5\n2. 4x = 7",
        "12\n34",
        "Solve the sudoku:\n53..\n6..1\n.98.\n8...",
        "530070000\n600195000\n098000060",
        "....\n....",
        "sum of this grid\n12\n34",
        "Find the path of a file /etc/S.G",
        "shortest path from S to G\nS.#\n#..\n..G\nand write a poem about it",
        "write a program that solves this maze\nS.#\n#..\n..G",
        "shortest path, you can move diagonally\nS.#\n#..\n..G",
        "shortest path, you may break one wall\nS.#\n#..\n..G",
        "longest path from S to G\nS.#\n#..\n..G",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert read_maze(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("shortest path\n..#\n#..\n...", "neither start nor goal"),
        ("shortest path from S\nS.#\n#..\n...", "no goal"),
        ("shortest path from (0,0) to (0,2)\n..#\n#..\n...", "is a wall"),
        ("shortest path from (0,0) to (9,2)\n..#\n#..\n...", "outside"),
        ("shortest path from (0,0) to (2,2)\n001\n100\n000", "which of 0 and 1"),
        ("solve the maze\n" + "\n".join(["S" + "." * 39 + "G"] * 2), "start|at most"),
        ("solve the maze\nS" + "." * 39 + "G\n" + "." * 41, "at most 32"),
        ("path from (1,1) to (1,1)\n..#\n#..\n...", "same cell"),
    ],
)
def test_mazes_that_break_the_rules_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidTaskError, match=reason):
        read_maze(text)


@given(st.text(alphabet='#.SGE 01/\n"[],()Xstargolfrm', max_size=400))
def test_fuzzed_texts_are_read_or_refused(text: str) -> None:
    for prompt in (text, f"shortest path in this maze:\n{text}", f"S.#\n{text}\n#.G"):
        try:
            read_maze(prompt)
        except InvalidTaskError:
            continue


def test_long_and_foreign_texts_are_let_go_in_a_moment() -> None:
    started = time.process_time()
    for text in ("#" * 8000, "." * 90 + "\n" + "S" * 7000, ("#.#\n" * 1999), "(" * 7999 + "\n",
                 "from (" * 1200 + "\n", "S.G/" * 1990, "[1, 1, " * 1000 + "\n"):  # fmt: skip
        try:
            read_maze(text)
        except InvalidTaskError:
            continue
    assert time.process_time() - started < 2
    started = time.process_time()
    for _ in range(300):
        read_maze("What is the capital of France?")
        read_maze("Solve 3x + 5 = 17 for x.")
        read_maze("first line of a poem\nand the second line of it\nand a third one")
    assert (time.process_time() - started) / 900 < 100e-6


def test_a_table_of_costs_is_a_grid() -> None:
    text = (
        "Every cell has an entry cost:\n\n| | | |\n|---|---|---|\n| 2 | 1 | 3 |\n| 6 | 5 | 1 |\n\n"
        "What's the lowest total cost from the top left cell to the bottom right cell (the cost of "
        "the first cell isn't counted)?"
    )
    assert read_maze(text) == (("213", "651"), (0, 0), (1, 2), True)


@pytest.mark.parametrize(
    "text",
    [
        "min cost path top left to bottom right, moves right and down only\n131\n151\n421",
        "shortest path from S to G, you can only move down or right\nS..\n...\n..G",
        "cheapest path including the start cell, top-left to bottom-right:\n131\n151\n421",
        "cheapest path, the start's cost is counted too, top-left to bottom-right:\n131\n151\n421",
    ],
)
def test_rules_that_differ_leave_a_grid_alone(text: str) -> None:
    assert read_maze(text) is None
