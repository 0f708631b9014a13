"""The grader passes what is right, fails what is not, and does not give the answer away."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from equation_solutions import pupil_solution
from hypothesis import given
from hypothesis import strategies as st

from tasks.math.equation_grader import (
    Solutions,
    UnreadableError,
    check_derivation,
    read_answer,
    solutions,
)
from tasks.math.equations import EquationsKind
from tasks.protocol import Answer, Task

KIND = EquationsKind()


def task_of(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None
    return task


def worked(text: str) -> tuple[Task, Answer]:
    task = task_of(text)
    assert KIND.environment is not None
    actions = pupil_solution(KIND.environment.initial(task))
    assert actions is not None
    return task, KIND.answer_from_actions(task, actions)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("3x + 5 = 17", ["x = 4", "4", "4.0", "x=4.", "8/2", "X = 4", "+4"]),
        ("2x = -7", ["x = -7/2", "-3.5", "−3,5", "(-7)/2", "-(7/2)", "7/-2"]),
        ("3x = 1", ["1/3", "x = 2/6"]),
        ("x = x + 1", ["no solution", "No solutions.", "x has no real solution", "contradiction"]),
        (
            "2x = 2x",
            ["every number", "all real numbers", "Infinitely many solutions", "x = any number"],
        ),
    ],
)
def test_right_answers_pass_however_they_are_written(text: str, answers: list[str]) -> None:
    task = task_of(text)
    for answer in answers:
        assert KIND.grade(task, Answer(answer)).passed, answer


def test_twenty_planted_wrong_answers_are_all_graded_wrong() -> None:
    wrong = {
        "3x + 5 = 17": [
            "x = 5",
            "-4",
            "y = 4",
            "4 or 5",
            "",
            "no solution",
            "every number",
            "x = 4x",
        ],
        "3x = 1": ["0.333", "0.33333333333333333", "x = 3", "1/0", "1/3/3"],
        "x = x + 1": ["x = 0", "every number", "1", "∞"],
        "2x = 2x": ["x = 0", "no solution", "1", "0 or 1"],
        "5(y - 3) = 2y + 9": ["y = 24", "x = 8", "8 + 1", "y = -8", "eight"],
    }
    planted = [(task_of(text), answer) for text, answers in wrong.items() for answer in answers]
    assert len(planted) >= 20
    assert [a for task, a in planted if KIND.grade(task, Answer(a)).passed is not False] == []


def test_feedback_shows_the_substitution_and_not_the_solution() -> None:
    verdict = KIND.grade(task_of("3x + 5 = 17"), Answer("x = 3"))
    assert verdict.feedback == "substituting x = 3 gives 14 = 17"
    assert "every number" not in KIND.grade(task_of("2x = 2x"), Answer("no solution")).feedback


def test_a_derivation_without_a_fault_passes() -> None:
    for text in ("5(y - 3) = 2y + 9", "x = x + 1", "2(x + 1) = 2x + 2", "1/2 (x - 3/4) = 2/3 x"):
        task, answer = worked(text)
        assert check_derivation(task, answer) == ""
        assert KIND.grade(task, answer).passed


def test_a_single_wrong_step_fails_a_right_answer() -> None:
    task, answer = worked("5(y - 3) = 2y + 9")
    assert len(answer.derivation) >= 4
    for place, step in enumerate(answer.derivation):
        for broken in (step + " + 1", "banana", "", "y = y", step.replace("y", "z")):
            steps = (*answer.derivation[:place], broken, *answer.derivation[place + 1 :])
            verdict = KIND.grade(task, replace(answer, derivation=steps))
            assert verdict.passed is False, steps
            assert f"step {place + 1}" in verdict.feedback


def test_a_derivation_must_be_complete_and_end_in_the_answer() -> None:
    task, answer = worked("3x + 5 = 17")
    cut = replace(answer, derivation=answer.derivation[:-1])
    assert "are written down" in KIND.grade(task, cut).feedback
    unfinished = Answer("x = 4", derivation=answer.derivation[:1])
    assert "does not say what x is" in KIND.grade(task, unfinished).feedback


def test_an_unfinished_derivation_is_no_answer() -> None:
    task, answer = worked("3x + 5 = 17")
    cut = KIND.answer_from_actions(task, answer.actions[:-1])
    assert KIND.grade(task, cut).passed is False


@given(
    a=st.fractions(-50, 50, max_denominator=9),
    b=st.fractions(-50, 50, max_denominator=9),
    c=st.fractions(-50, 50, max_denominator=9),
    d=st.fractions(-50, 50, max_denominator=9),
)
def test_solutions_are_those_of_the_formula(
    a: Fraction, b: Fraction, c: Fraction, d: Fraction
) -> None:
    found = solutions(f"({a})x + ({b}) = ({c})*x + {d}", "x")
    if a != c:
        assert found == Solutions((d - b) / (a - c))
    else:
        assert found == Solutions(None, every=b == d)


@pytest.mark.parametrize(
    "text",
    [
        "x^2 = 4",
        "__import__('os') = 1",
        "x.real = 1",
        "'1/0' = x",
        "x = 1 if x else 2",
        "x = 2 = 3",
        "x",
        "x = 9**9**9",
        "x = 1/0",
        "-" * 400 + "x = 1",
        "(" * 250 + "x" + ")" * 250 + "= 1",
        "x = " + "1+" * 5000 + "1",
        "y = 1",
    ],
)
def test_texts_that_are_no_linear_equation_cannot_be_evaluated(text: str) -> None:
    with pytest.raises(UnreadableError):
        solutions(text, "x")


@given(
    st.text(max_size=60),
    st.lists(st.text(alphabet="x0123456789+-*/()=.^ ", max_size=20), max_size=3),
)
def test_no_answer_breaks_the_grader(text: str, steps: list[str]) -> None:
    verdict = KIND.grade(task_of("3x + 5 = 17"), Answer(text, derivation=tuple(steps)))
    assert verdict.passed in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x =",
        "y = 4",
        "4 5",
        "4(5)",
        "(4",
        "1,000",
        "1/0",
        "1e5",
        "0x10",
        "four",
        "9" * 300,
    ],
)
def test_what_is_no_answer_is_not_read_as_one(text: str) -> None:
    assert read_answer(text, "x") is None
