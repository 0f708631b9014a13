"""Reading connect-four positions from what people type."""

from __future__ import annotations

import contextlib
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.catalogue import default_catalogue
from tasks.protocol import InvalidTaskError
from tasks.search.connect_four import ConnectFourKind
from tasks.search.connect_four_rules import (
    ConnectFourEnvironment,
    Position,
    board_from_position,
    position_from_moves,
)

KIND = ConnectFourKind()
GAME = ConnectFourEnvironment()
FREE = ". . . . . . ."
DRAWN_GAME = "126613431456475467333341527215612225546777"


def board_of(text: str) -> str | None:
    task = KIND.parse(text)
    return None if task is None else task.payload.board


def after(moves: str) -> str:
    return board_from_position(position_from_moves(moves))


def drawn(*rows: str, free: str = FREE) -> str:
    return "\n".join([free] * (6 - len(rows)) + list(rows))


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("Connect four, moves so far: 44453", "44453"),
        ("connect 4: best move after 4453?", "4453"),
        ("connect4 4453", "4453"),
        ("Connect-Four: 4 4 5 3", "4453"),
        ("connect four, after 4,4,5,3 what should I play?", "4453"),
        ("CONNECT FOUR 4-4-5-3!", "4453"),
        ("  connect\nfour:\n\t4453  ", "4453"),
        ("Four in a row, moves: 4 4 5 3", "4453"),
        ("connect four, 6x7 board, moves 4 4 5 3", "4453"),
        ("Connect four: 1 1 2 2 1 1 2", "1122112"),
        ("Connect four: 1 2 3 4 5 6 7", "1234567"),
        ("connect four, X to move: 4453", "4453"),
        ("connect four, player 2 to move: 445", "445"),
        ("connect four, Yellow to move: 4453", "4453"),
        ("connect-four: best first move", ""),
        ("Connect four, empty board: where should I start?", ""),
        ("connect four, moves so far: none", ""),
        ("connect four: 4 - 4 - 5 - 3", "4453"),
        ("connect four \u2013 4\u20134\u20135", "445"),
        ("connect four 4453, what is the best move and why?", "4453"),
        (
            "what is the best move in connect four if the columns played so far are 4, 4, 5 and 3?",
            "4453",
        ),
        ("Who wins connect four 4453?", "4453"),
        ("Connect four (four in a row), best move in connect four after 4453?", "4453"),
        ("Connect-4: 1. 4 2. 4 3. 5", "445"),
        ("connect four\n1) 4\n2) 4\n3) 5", "445"),
        ("connect four: 4453" + " " * 3000, "4453"),
        ("connect four: what is the best opening move?", ""),
    ],
)
def test_moves_are_read_in_the_forms_that_people_type(text: str, moves: str) -> None:
    assert board_of(text) == after(moves)


STONES = after("34")
SWAPPED = after("43")


@pytest.mark.parametrize(
    ("text", "board"),
    [
        ("Connect four, X to move:\n" + drawn(". . X O . . .") + "\n1 2 3 4 5 6 7", STONES),
        (drawn(". . X O . . ."), STONES),
        ("Connect 4\n" + drawn("..xo...", free="......."), STONES),
        ("Connect 4\n" + drawn("--XO---", free="-------"), STONES),
        ("Connect 4\n" + drawn("_ _ X O _ _ _", free="_ _ _ _ _ _ _"), STONES),
        ("Connect 4\n" + drawn("* * X O * * *", free="* * * * * * *"), STONES),
        ("Connect 4:\n" + drawn("|_|_|X|O|_|_|_|", free="|_|_|_|_|_|_|_|"), STONES),
        ("Connect 4:\n" + drawn("| . . X O . . . |", free="| . . . . . . . |"), STONES),
        (
            "Connect 4\n"
            + drawn("|   |   | X | O |   |   |   |", free="|   |   |   |   |   |   |   |"),
            STONES,
        ),
        (
            "Connect 4\n"
            + drawn(
                "| | | X | O | | | |\n+---+---+---+---+---+---+---+",
                free="| | | | | | | |\n+---+---+---+---+---+---+---+",
            ),
            STONES,
        ),
        ("Connect 4\n" + drawn("1 | . . X O . . .", free="5 | . . . . . . .") + "\n", STONES),
        ("connect four, 0 = empty\n" + drawn("0 0 1 2 0 0 0", free="0 0 0 0 0 0 0"), STONES),
        (f"connect four, player 1 to move: {[[0] * 7] * 5 + [[0, 0, 1, 2, 0, 0, 0]]}", STONES),
        ("connect four\n" + drawn(". . R Y . . ."), STONES),
        ("connect four, Red to move:\n" + drawn(". . R Y . . ."), STONES),
        ("connect four, Yellow to move:\n" + drawn(". . R Y . . ."), SWAPPED),
        ("connect four, red is next:\n" + drawn(". Y R Y . . ."), after("234")),
        ("connect four, X = yellow, yellow to move:\n" + drawn(". . X O . . ."), STONES),
        ("connect four, O began:\n" + drawn(". . O X . . ."), STONES),
        ("Connect four\n" + drawn("⚪⚪🔴🟡⚪⚪⚪", free="⚪⚪⚪⚪⚪⚪⚪"), STONES),
        ("X to move: " + "." * 37 + "XO...", STONES),
        ("best move in " + "." * 37 + "XO...?", STONES),
        ("connect four: " + "/".join(["......."] * 5 + ["..XO..."]), STONES),
        ("connect four\n" + drawn("\t.  .  X  O  .  .  . ", free=f"  {FREE}\t"), STONES),
    ],
)
def test_boards_are_read_in_the_forms_that_people_draw(text: str, board: str) -> None:
    assert board_of(text) == board


@pytest.mark.parametrize(
    "text",
    [
        "4453",
        "44453?",
        "4 4 5 3",
        "moves: 4453",
        "3x + 5 = 17",
        "X to move: XO..X...O",
        "What is connect four?",
        "Who wins connect four?",
        "Is it good to go first in connect four?",
        "I bought connect 4 for 12 dollars",
        "connect 44453",
        "Connect four wires to the 4453 board",
        "Connect four: 4453. Also solve 3x + 5 = 17",
        "Connect four, moves so far: 4453. What is the capital of France?",
        "Connect four, moves so far: 4453 and 3x + 5 = 17",
        "who invented connect four?",
        "connect four people to the call",
        "Who wins connect four with the first move?",
        "who wins the connect four in 2024",
        "Connect four has 42 cells",
        "Connect four 4453 or 4454?",
        "tic-tac-toe: best first move",
        drawn(),
        drawn("0 0 1 2 0 0 0", free="0 0 0 0 0 0 0"),  # some matrix
        "\n".join([". . X O . . ."] * 3),
    ],
)
def test_other_texts_are_left_to_other_kinds(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("connect four: 4444444", "move 7 goes to column 4, which is full"),
        ("connect four: 448", "move 3 is 8, no column"),
        ("connect four: 4 0", "move 2 is 0, no column"),
        ("connect four, moves so far: -1", "move 1 is -1, no column"),
        ("connect four: 4, -4, 5", "move 2 is -4, no column"),
        ("connect four moves so far: " + "1" * 10_000, "move 7 goes to column 1, which is full"),
        ("connect four: " + "4 5 " * 2500, "over after move 7|over before move 8"),
        (f"connect four: {DRAWN_GAME}1", "over before move 43: the board is full"),
        ("connect four: 12121213", "over before move 8: the first player has four"),
        ("connect four: 1212121", "over after move 7: the first player has four"),
        ("connect four: 71212121", "over after move 8: the second player has four"),
        ("connect four, O to move: 4453", "the player who began is to move"),
        ("connect four, X to move:\n" + drawn(". . X . . . ."), "O is to move, not X"),
        ("connect four, Yellow to move:\n" + drawn(". Y R Y . . ."), "Red is to move, not Yellow"),
        ("connect four\n" + drawn(". R R Y R . ."), "3 Red and 1 Yellow cannot arise"),
        ("connect four\n" + drawn(". O X O . . ."), "1 X and 2 O cannot arise"),
        ("connect four\n" + drawn(". . X O . . .", FREE), "column 3 has a free cell below"),
        ("connect four\n" + drawn("O O O . . . .", "X X X X . . ."), "over: X has four in a row"),
        ("connect four\n" + drawn("O O O O . . .", "X X X X . . ."), "both X and O have four"),
        ("connect four\n" + "\n".join([FREE] * 5), "5 rows of 7 cells; expected 6 rows of 7"),
        ("connect four\n" + drawn(". . X R . . ."), "has the marks R X"),
        ("connect four\n" + drawn(". . Z X . . ."), "row 6 from the top holds Z; the marks are X"),
        ("connect 4: X to move\n" + drawn("Z......", "XZXZXZX", free="......."), "row 5 .* Z"),
        (
            "connect four\n" + drawn("| |X|Z|Q| | | |", "|X|X|Z|Z|X| | |", free="| | | | | | | |"),
            "row 5 from the top holds Q Z",
        ),
        (drawn(". O X O . . ."), "cannot arise"),
    ],
)
def test_impossible_positions_are_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(InvalidTaskError, match=complaint):
        KIND.parse(text)


def test_a_full_board_is_refused() -> None:
    with pytest.raises(InvalidTaskError, match="over after move 42: the board is full"):
        KIND.parse(f"connect four: {DRAWN_GAME}")


@pytest.mark.parametrize(
    "text",
    [
        "connect four",
        "Connect 4?",
        "connect four, moves so far:",
        "connect four, moves so far: the centre thrice",
        "connect four 4453 and 44",
        "connect four 4453\nconnect four 445",
        "connect four: 4 then 4 then 5",
    ],
)
def test_a_request_without_a_readable_position_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(InvalidTaskError, match="'Connect four, moves so far: 4453'"):
        KIND.parse(text)


@given(seed=st.integers(0, 10_000), style=st.integers(0, 5))
def test_every_drawing_of_a_position_reads_back(seed: int, style: int) -> None:
    board = KIND.generate(seed, (seed % 11) / 10, "train").payload.board
    rows = [board[start : start + 7] for start in range(0, 42, 7)]
    mover = "X" if board.count("X") == board.count("O") else "O"
    swapped = str.maketrans("XO", "RY" if style == 3 else "12")
    text = [
        "\n".join(" ".join(row) for row in rows),
        "\n".join("| " + " | ".join(row.replace(".", " ")) + " |" for row in rows),
        "\n".join(rows).replace(".", "-").lower(),
        "\n".join(" ".join(row.translate(swapped)) for row in rows),
        "\n".join(",".join(row.translate(swapped).replace(".", "0")) for row in rows),
        board,
    ][style]
    side = {3: {"X": "Red", "O": "Yellow"}, 4: {"X": "player 1", "O": "player 2"}}
    who = side.get(style, {}).get(mover, mover)
    assert board_of(f"Connect four, {who} to move:\n{text}") == board


@given(st.lists(st.integers(1, 7), max_size=40), st.sampled_from(["", " ", ",", ", ", "-", " ; "]))
def test_moves_are_read_or_refused_as_the_rules_say(columns: list[int], gap: str) -> None:
    text = f"connect four, moves: {gap.join(map(str, columns))}"
    state, legal = Position(0, 0), True
    for column in columns:
        legal = legal and bool(GAME.legal(state)[column - 1])
        state = GAME.step(state, column - 1) if legal else state
    if not columns:
        assert KIND.parse(text) is None
    elif legal and not GAME.is_terminal(state):
        assert board_of(text) == board_from_position(state)
    else:
        with pytest.raises(InvalidTaskError):
            KIND.parse(text)


@given(st.text(alphabet="XO.xoRY12 \n|-+/:[],=connect four4 to move", max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    for asked in (text, f"connect four {text}"):
        try:
            task = KIND.parse(asked)
        except InvalidTaskError:
            continue
        assert task is None or KIND.payload_from_json({"board": task.payload.board})


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1|", "|", "- ", "x to move ", "red ", "play 1 ", "[", "connect four ", "4 or ", "is ",
     "column column ", "player ", "1 = ", "\t", "_", "x(", "move for ", "o | ", "1. ", "1. 4 ",
     "1) 1 ", "4, 4 and ", "-", "-1", "so far ", "Z ", "Z Z Z . . . .\n"],
)  # fmt: skip
def test_no_repetition_makes_reading_slow(piece: str) -> None:
    started = time.thread_time()
    for text in (piece * 2000)[:1980], piece * 20_000:
        with contextlib.suppress(InvalidTaskError):
            KIND.parse(f"connect four {text}")
    assert time.thread_time() - started < 2.0


def test_texts_of_other_kinds_still_reach_them() -> None:
    catalogue = default_catalogue()
    for kind in catalogue:
        for example in kind.examples:
            task = catalogue.parse(example)
            assert kind.name == "open" or (task is not None and task.kind == kind.name)
    rng = random.Random(2)
    for name in ("search/tictactoe", "math/equations", "search/connect_four"):
        for seed in range(40):
            made = catalogue[name].generate(seed, rng.random(), "test")
            read = catalogue.parse(made.prompt)
            assert read is not None
            assert (read.kind, read.payload) == (name, made.payload)
