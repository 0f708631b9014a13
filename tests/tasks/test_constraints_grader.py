"""Right answers to sudokus and colourings pass, planted wrong ones and corrupted ones do not."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from graphs.best_first import best_first
from tasks.protocol import Answer, Task
from tasks.reasoning.constraints import ConstraintsKind
from tasks.reasoning.constraints_exact import sudoku_solution

KIND = ConstraintsKind()
GRID = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
RIGHT = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
LATIN = "".join("123456789"[n:] + "123456789"[:n] for n in range(9))


def read(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None
    return task


def passed(task: Task, text: str) -> bool | None:
    return KIND.grade(task, Answer(text)).passed


def solved(task: Task) -> Answer:
    assert KIND.environment is not None
    root = KIND.environment.initial(task)
    found = best_first(KIND.environment, KIND.guide, root, ends_wanted=2)
    answer = KIND.conclude(task, found)
    assert answer is not None
    return answer


SUDOKU = read(f"sudoku {GRID}")
SQUARE = read("colour the graph a-b, b-c, c-d, d-a with 2 colours")
MAP = read("colour the map with red, green and blue: p-q, q-r, p-r, r-s. p is red")
TWO = read("sudoku 1..4..1..1..4..1")
NONE = read("sudoku 4x4: 11..............")
CLIQUE = read("colour the graph a-b, b-c, a-c with 2 colours")


def test_right_answers_pass() -> None:
    assert passed(SUDOKU, RIGHT)
    assert passed(SQUARE, "a=1, b=2, c=1, d=2")
    assert passed(SQUARE, "d=1, c=2, b=1, a=2")
    assert passed(MAP, "p=red, q=green, r=blue, s=green")
    assert passed(TWO, "not unique")
    assert passed(NONE, "no solution")
    assert passed(CLIQUE, "not colourable")
    assert passed(CLIQUE, "no solution")


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (SUDOKU, RIGHT[:-1]),
        (SUDOKU, RIGHT + "1"),
        (SUDOKU, RIGHT[::-1]),
        (SUDOKU, LATIN),  # rows and columns right, givens and boxes wrong
        (SUDOKU, GRID),
        (SUDOKU, RIGHT.replace("1", "0")),
        (SUDOKU, RIGHT.replace("1", "\u0661")),
        (SUDOKU, RIGHT[9:] + RIGHT[:9]),
        (SUDOKU, RIGHT.translate(str.maketrans("12", "21"))),
        (SUDOKU, "not unique"),
        (SUDOKU, "no solution"),
        (SUDOKU, "not colourable"),
        (SUDOKU, "a=1, b=2"),
        (TWO, "1234341221434321"),
        (TWO, "1324241331424231"),
        (TWO, "no solution"),
        (NONE, "1123341221434321"),
        (NONE, "not unique"),
        (SQUARE, "a=1, b=1, c=1, d=1"),
        (SQUARE, "a=1, b=2, c=1"),
        (SQUARE, "a=1, b=2, c=1, d=3"),
        (SQUARE, "a=1, b=2, c=1, d=2, e=1"),
        (SQUARE, "a=1, a=2, b=2, c=1, d=2"),
        (SQUARE, "a=red, b=blue, c=red, d=blue"),
        (SQUARE, "not colourable"),
        (SQUARE, "not unique"),
        (MAP, "p=green, q=red, r=blue, s=red"),  # p was given
        (MAP, "p=red, q=green, r=green, s=red"),
        (CLIQUE, "a=1, b=2, c=3"),
        (CLIQUE, "not unique"),
    ],
)
def test_planted_wrong_answers_fail(task: Task, text: str) -> None:
    assert passed(task, text) is False


def test_a_solution_of_a_puzzle_with_two_is_no_answer() -> None:
    solution = sudoku_solution(TWO.payload.grid)
    assert solution is not None
    verdict = KIND.grade(TWO, Answer(solution))
    assert verdict.passed is False
    assert "more than one" in verdict.feedback


def test_corrupted_answers_fail() -> None:
    # a changed colour may be another right colouring: that is looked up by hand here
    rng = random.Random(1)
    judged = wrong = 0
    for seed in range(70):
        task = KIND.generate(seed, seed % 10 / 9, "test")
        text = solved(task).text
        for _ in range(20):
            if task.payload.grid:
                place = rng.randrange(len(text))
                digit = rng.choice("123456789".replace(text[place], ""))
                changed, proper = f"{text[:place]}{digit}{text[place + 1 :]}", False
            else:
                colours = dict(part.split("=") for part in text.split(", "))
                name = rng.choice(sorted(colours))
                colours[name] = rng.choice(
                    [colour for colour in task.payload.colours if colour != colours[name]]
                )
                changed = ", ".join(f"{n}={c}" for n, c in colours.items())
                proper = all(colours[a] != colours[b] for a, b in task.payload.edges)
            if proper:
                assert passed(task, changed) is True
                continue
            judged += 1
            wrong += passed(task, changed) is not False
    assert judged > 900
    assert wrong == 0


def test_a_derivation_is_checked_against_the_answer() -> None:
    task = KIND.generate(5, 1.0, "test")
    answer = solved(task)
    assert len(answer.derivation) >= 1
    assert KIND.grade(task, answer).passed
    for broken in ("banana", answer.derivation[-1][::-1], ""):
        changed = replace(answer, derivation=(*answer.derivation[:-1], broken))
        assert KIND.grade(task, changed).passed is False
    assert KIND.grade(task, replace(answer, derivation=answer.derivation * 2)).passed is False


@pytest.mark.parametrize(
    ("task", "text", "found"),
    [
        (SUDOKU, f"The solution is {RIGHT}.", RIGHT),
        (SUDOKU, f"Answer: \\boxed{{{RIGHT}}}", RIGHT),
        (SUDOKU, "Here it is:\n" + "\n".join(re.findall("." * 9, RIGHT)) + "\nDone.", RIGHT),
        (SUDOKU, "\n".join(" ".join(row) for row in re.findall("." * 9, RIGHT)), RIGHT),
        (
            SUDOKU,
            "\n".join("| " + " | ".join(row) + " |" for row in re.findall("." * 9, RIGHT)),
            RIGHT,
        ),
        (SUDOKU, f"{GRID}\nI cannot solve this.", None),
        (SUDOKU, "There is more than one solution.", "not unique"),
        (SUDOKU, f"There is not more than one solution: {RIGHT}", RIGHT),
        (SUDOKU, "This puzzle has no solution.", "no solution"),
        (SQUARE, "a: 1, b: 2, c: 1, d: 2", "a=1, b=2, c=1, d=2"),
        (SQUARE, "Colour a with 1.\nb gets colour 2, c is 1, d -> 2", "a=1, b=2, c=1, d=2"),
        (SQUARE, "a=1, b=2", None),
        (MAP, "P is Red, Q is Green, R = blue and S=red", "p=red, q=green, r=blue, s=red"),
        (CLIQUE, "The graph is not 2-colourable.", "not colourable"),
        (CLIQUE, "It cannot be coloured with two colours.", "not colourable"),
    ],
)
def test_answers_are_found_in_prose(task: Task, text: str, found: str | None) -> None:
    answer = KIND.answer_from_text(task, text)
    assert (None if answer is None else answer.text) == found
