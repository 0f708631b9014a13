"""How a message becomes problems, and how an earlier answer reaches a later one."""

import time

import pytest

from graphs.decompose import UnresolvedReferenceError, bind, plan_of, split
from graphs.intake import established, last_question
from graphs.segments import segments_of
from graphs.state import Subtask
from tasks.catalogue import Catalogue, default_catalogue
from tasks.math.calculus import CalculusKind

KINDS = default_catalogue()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("3x + 5 = 17", [("3x + 5 = 17", ())]),
        (
            "Solve 3x+5=17 for x. Then solve 2y = x + 4 for y.",
            [("Solve 3x+5=17 for x.", ()), ("solve 2y = x + 4 for y.", ("x",))],
        ),
        ("1. 3x+5=17\n2. 2y = x + 4", [("3x+5=17", ()), ("2y = x + 4", ("x",))]),
        ("Solve 3x+5=17 and solve 2z = 8", [("Solve 3x+5=17", ()), ("solve 2z = 8", ())]),
        ("2x = 10; 3y = 2 + that result", [("2x = 10", ()), ("3y = 2 + that result", ("answer",))]),
        ("3.5x + 2 = 9", [("3.5x + 2 = 9", ())]),
        ("3x+5=17, 2y=8 and 3z = 1", [("3x+5=17", ()), ("2y=8", ()), ("3z = 1", ())]),
        ("1) 3x+5=17 2) 2y=8", [("3x+5=17", ()), ("2y=8", ())]),
        ("a) 3x+5=17\nb) 2y=x+4", [("3x+5=17", ()), ("2y=x+4", ("x",))]),
        (
            "3x+5=17. Use the answer to solve 2y = x + 4.",
            [("3x+5=17.", ()), ("Use the answer to solve 2y = x + 4.", ("x",))],
        ),
        (
            "3x+5=17. Now solve 2y = that + 4.",
            [("3x+5=17.", ()), ("Now solve 2y = that + 4.", ("answer",))],
        ),
    ],
)
def test_problems_of_a_message_are_found_in_text_order(
    message: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert [(s.text, s.needs) for s in split(message, KINDS, {})] == expected


@pytest.mark.parametrize(
    "message",
    [
        "my notes say 7(x + 1) \u2212 3 = 2x + 19, what's x",
        "they wrote 2 (3) - 4 = x",
        "it says 5(a + 2) (b - 3) = 7",
    ],
)
def test_a_bracket_that_closes_after_a_number_is_no_numbering(message: str) -> None:
    assert [segment.text for segment in segments_of(message)] == [message]


@pytest.mark.parametrize("blanks", [" " * 50_000, "\t" * 50_000, " \n" * 25_000])
def test_no_run_of_blanks_makes_the_split_slow(blanks: str) -> None:
    started = time.thread_time()
    assert len(split(f"hi{blanks}there", KINDS, {})) == 1
    assert time.thread_time() - started < 2.0


def test_letter_asked_for_anew_is_not_replaced_by_its_earlier_value() -> None:
    known = {"x": "4", "y": "4", "answer": "4"}
    (subtask,) = split("solve 2y = x + 6 for y", KINDS, known)
    assert bind(subtask, KINDS, known).payload.text == "2y = (4) + 6"


@pytest.mark.parametrize("text", ["for i in range(3): x = x + 1", "at 10:30: x = 5"])
def test_code_and_prose_before_a_colon_do_not_make_a_problem(text: str) -> None:
    (subtask,) = split(text, KINDS, {})
    assert bind(subtask, KINDS, {}).kind == "open"


def test_label_before_a_colon_is_dropped() -> None:
    assert split("Problem 2: 3x + 5 = 17", KINDS, {})[0].text == "3x + 5 = 17"


BOARD = "Tic-tac-toe, X to move:\nX O .\n. X .\n. . O"


@pytest.mark.parametrize(
    ("message", "kinds"),
    [
        (f"Solve 3x+5=17. {BOARD}", ["math/equations", "search/tictactoe"]),
        (f"{BOARD}\nThen solve 3x+5=17.", ["search/tictactoe", "math/equations"]),
        (f"{BOARD}\n\n{BOARD}", ["search/tictactoe", "search/tictactoe"]),
        (f"What is the capital of France?\n{BOARD}", ["open", "search/tictactoe"]),
    ],
)
def test_a_drawn_board_stays_whole_beside_other_problems(message: str, kinds: list[str]) -> None:
    assert [bind(s, KINDS, {}).kind for s in split(message, KINDS, {})] == kinds


def test_a_long_document_is_one_question_and_read_quickly() -> None:
    assert len(split("a line of it\n" * 5000, KINDS, {})) == 1


def test_courtesies_are_not_problems() -> None:
    found = split("Hi! Please solve 3x + 5 = 17. Thanks!", KINDS, {})
    assert len(found) == 1
    assert bind(found[0], KINDS, {}).kind == "math/equations"


def test_what_no_kind_reads_stays_beside_what_one_does() -> None:
    found = split("Solve 3x+5=17. What is the capital of France? I forgot.", KINDS, {})
    kinds = [bind(s, KINDS, {}).kind for s in found]
    assert kinds == ["math/equations", "open"]
    assert found[1].text == "What is the capital of France? I forgot."


def test_an_earlier_answer_is_put_where_its_name_stands() -> None:
    (subtask,) = split("Now solve 2y = 3x + 6", KINDS, {"x": "-7/2", "answer": "-7/2"})
    task = bind(subtask, KINDS, {"x": "-7/2"})
    right = KINDS["math/equations"].answer_from_text(task, "y = -9/4")
    assert right is not None
    assert KINDS["math/equations"].grade(task, right).passed


def test_a_missing_earlier_answer_is_said() -> None:
    with pytest.raises(UnresolvedReferenceError, match="the value of x"):
        bind(Subtask(text="2y = x + 4", needs=("x",)), KINDS, {})


def test_earlier_turns_give_facts_and_the_newest_wins() -> None:
    from langchain_core.messages import AIMessage, HumanMessage

    chat = [
        HumanMessage("3x = 12"),
        AIMessage("x = 4 (verified; network)\n3x = 12 → x = 4"),
        HumanMessage("2x = 1"),
        AIMessage("x = 1/2 (verified; network)"),
        HumanMessage("and y?"),
    ]
    question, earlier = last_question(chat)
    assert question == "and y?"
    assert established(earlier) == {"x": "1/2", "answer": "1/2"}


CONNECT_FOUR = (
    "Connect four, X to move:\n. . . . . . .\n. . . . . . .\n. . . . . . .\n. . . O . . .\n"
    ". . . O . . .\n. X X X O . .\n1 2 3 4 5 6 7"
)


def test_a_tall_board_shares_a_message_with_other_problems() -> None:
    for text in (f"{CONNECT_FOUR}\n\nThen solve 3x = 9.", f"Solve 3x = 9.\n{CONNECT_FOUR}"):
        found = {KINDS.parse(s.text).kind for s in plan_of(text, KINDS, {})}  # type: ignore[union-attr]
        assert found == {"search/connect_four", "math/equations"}


def test_a_number_before_a_problem_is_no_move_of_the_one_above() -> None:
    plan = plan_of("1. connect four 4453\n2. solve 3x=9", KINDS, {})
    assert [s.text for s in plan] == ["connect four 4453", "solve 3x=9"]


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (
            "Connect four, moves so far: 4445361 and 3x+5=17",
            ["Connect four, moves so far: 4445361", "3x+5=17"],
        ),
        ("3x+5=17 and connect four: 4445361", ["3x+5=17", "connect four: 4445361"]),
        ("3x+5=17, and connect four 44 and 2y = x", ["3x+5=17", "connect four 44", "2y = x"]),
        ("connect four 4453 and connect four 445", ["connect four 4453", "connect four 445"]),
    ],
)
def test_an_and_between_problems_of_two_kinds_divides_them(message: str, parts: list[str]) -> None:
    assert [s.text for s in plan_of(message, KINDS, {})] == parts


@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of France and 3x + 5 = 17?",
        "Connect four, moves so far: 4453 and explain why",
        "Connect four, best move after 4, 4, 5 and 3",
        "Who invented connect four and tic-tac-toe?",
    ],
)
def test_an_and_within_one_problem_does_not_divide_it(text: str) -> None:
    assert [s.text for s in plan_of(text, KINDS, {})] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "connect four 4 and x " * 4000,
        ("3x=9 and " * 30 + "y\n") * 300,
        "3x=9 and 2y=8 and z\n" * 400,
    ],
)
def test_no_run_of_ands_makes_the_split_slow(text: str) -> None:
    started = time.thread_time()
    plan_of(text, KINDS, {})
    assert time.thread_time() - started < 2.0


def test_a_problem_whose_names_were_defined_in_unread_words_is_not_answered_without_them() -> None:
    text = "Let d be the height of a giraffe in feet. What is the derivative of d*t**2 wrt t?"
    *_, last = plan_of(text, Catalogue([CalculusKind()]), {})
    assert "defined in words that nothing here reads" in last.fault


def test_a_problem_of_many_lines_is_found_between_others() -> None:
    sudoku = "Solve this sudoku:\n12..\n34..\n..12\n..34"
    text = f"What is 7 * 8?\n\n{sudoku}\n\nThen solve 3x + 5 = 17."
    assert [s.text for s in plan_of(text, KINDS, {})] == [
        "What is 7 * 8?",
        sudoku,
        "solve 3x + 5 = 17.",
    ]


def test_a_riddle_before_a_drawing_is_a_problem_of_its_own() -> None:
    riddle = "All cats are mammals. Mammals are animals. Tom is a cat. Is Tom an animal?"
    maze = "find the shortest path:\nS..#\n.#..\n...G"
    found = plan_of(f"{riddle}\n\nThen {maze}", KINDS, {})
    assert [s.text for s in found] == [riddle, maze]


def test_problems_numbered_with_points_on_one_line_are_told_apart() -> None:
    text = "1. Solve 3x = 9. 2. Solve 2y = 8. 3. What is 7 * 8?"
    assert [s.text for s in plan_of(text, KINDS, {})] == [
        "Solve 3x = 9.",
        "Solve 2y = 8.",
        "What is 7 * 8?",
    ]


def test_two_equations_of_a_system_stay_together_behind_a_riddle() -> None:
    text = "Is 7 a prime number? Also solve x + y = 5, x - y = 1."
    second = [s.text for s in plan_of(text, KINDS, {})][1]
    assert second.removeprefix("Also ") == "solve x + y = 5, x - y = 1."
