"""Which texts are read as equations of higher degree, answers in prose, and wrong answers."""

from __future__ import annotations

import time

import pytest

from tasks.math.roots import PolynomialEquationsKind
from tasks.protocol import Answer, InvalidTaskError, Task

KIND = PolynomialEquationsKind()


def read(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None, text
    return task


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Let 3*u**2 + 8*u - 3 = 0. What is u?", "3*u**2 + 8*u - 3 = 0"),
        ("Suppose x**2 = 4. Calculate x.", "x**2 = 4"),
        ("Solve -2*b**3/9 - 4*b**2/3 = 0 for b.", "-2*b**3/9 - 4*b**2/3 = 0"),
        ("Solve y**5 + 25238*y**4 = 0.", "y**5 + 25238*y**4 = 0"),
        ("Determine b, given that b**2 - 1 = 0.", "b**2 - 1 = 0"),
        ("Determine b so that b**2 - 1 = 0.", "b**2 - 1 = 0"),
        ("Find c such that c**2 = c.", "c**2 = c"),
        ("What is i in i**2 - 1 = 0?", "i**2 - 1 = 0"),
        ("Find the roots of x^2 = 1", "x^2 = 1"),
        ("Factor 3*x**2 - 27*x - 30.", "3*x**2 - 27*x - 30"),
        ("factorise 2x² − 8 completely", "2x^2 - 8"),
        ("what is the factorization of x^2 - 1?", "x^2 - 1"),
        ("Write x^2 - 9 as a product of linear factors", "x^2 - 9"),
        ("x squared plus 5x + 6 = 0", "x^2 + 5x + 6 = 0"),
        (r"Solve the equation: \(x^2 - 5x + 6 = 0\)", "x^2 - 5x + 6 = 0"),
        (r"$x^2 - \frac{5}{2}x + 1 = 0$", "x^2 - ((5)/(2))x + 1 = 0"),
        ("x^2 = 16, x = ?", "x^2 = 16"),
        ("0,5x^2 - 2 = 0", "0.5x^2 - 2 = 0"),
        ("zeros of p(x) = x^3 - x", "x^3 - x = 0"),
        ("x(x+1) = 6", "x(x+1) = 6"),
        ("When is 3y^2 - 12 equal to zero?", "3y^2 - 12 = 0"),
        ("solve x^2 + 4x = 1 by completing the square please", "x^2 + 4x = 1"),
        ("Find all real solutions of x^4 = 16.", "x^4 = 16"),
    ],
)
def test_problems_are_read(text: str, problem: str) -> None:
    assert read(text).payload.text == problem


@pytest.mark.parametrize(
    "text",
    [
        "3x + 5 = 17", "x = x + 1", "x + y = 3", "x^2 + y^2 = 1", "factor x^2 - y^2", "1/x = x",
        "Factor 60", "x^2 + 3x + 2", "simplify x^2 + 2x = 3x", "x^2 = 9, y = 3", "sin(x)^2 = 1",
        "let f(x) = x^2 - 3. What is f(2)?", "The roots of the problem", "a major factor",
        "If x^2 = 4 and y = 2, what is x?", "x^2 - 1 = 0 or x = 2", "2^x = 8", "sqrt(x) = 2",
        "How many solutions has x^2 = 4?", "Is x = 2 a root of x^2 = 4?", "x^2 > 4", "E = mc^2",
        "What is the sum of the roots of x^2 - 3x + 2 = 0?", "smallest root of x^2 = 4",
        "Solve x^2 = 4 for y", "find the positive solution of x^2 = 4", "Let x = 3**2. What is x?",
    ],
)  # fmt: skip
def test_other_texts_are_left_alone(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x^9 = 1", "at most 8"),
        ("x^2 = 1,000", "two ways"),
        ("x^2 = 4/0", "divides by zero"),
        ("x^2 = 10^400", "too large"),
    ],
)
def test_problems_beyond_the_limits_are_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidTaskError, match=reason):
        KIND.parse(text)


def test_foreign_texts_are_left_quickly() -> None:
    texts = (
        "What is the capital of France?",
        "the main factor here = that people have roots at home and zero patience" * 5,
    )
    started = time.process_time()
    for _ in range(500):
        assert all(KIND.parse(text) is None for text in texts)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("x^2 - x = 6", "x = -2, x = 3"),
        ("x^2 - x = 6", "-2, 3"),
        ("x^2 - x = 6", "x = 3 or x = -2"),
        ("x^2 - x = 6", "The solutions are x = -2 and x = 3."),
        ("x^2 - x = 6", r"Therefore \boxed{x = -2, 3}"),
        ("x^2 - x = 6", "We factor (x - 3)(x + 2) = 0.\nx = 3\nx = -2"),
        ("x^2 - x = 6", "The solutions are x = -2 and x = 3. Put them in to check."),
        ("x^2 - x = 6", "Answer: {-2, 3}"),
        ("x^2 - x = 6", "x_1 = -2; x_2 = 3"),
        ("x^2 - 2x = 2", "x = 1 ± sqrt(3)"),
        ("x^2 - 2x = 2", r"\boxed{x = 1 \pm \sqrt{3}}"),
        ("x^2 - 2x = 2", "So x = 1 + sqrt(3) or x = 1 - sqrt(3)"),
        ("x^2 - 2x = 2", r"\[x = \frac{2 \pm \sqrt{12}}{2} = 1 \pm \sqrt{3}\]"),
        ("x^2 - 2x = 2", "x₁ = 1+√3, x₂ = 1-√3"),
        ("2x^2 - 4x = 3", "x = (2 + sqrt(10))/2, x = (2 - √10)/2"),
        ("x^2 = 2x - 1", "x = 1 (double root)"),
        ("x^2 = 1/4", "x = -0.5 or 0.5"),
        ("x^2 = -1", "There is no real solution."),
        ("x^2 = -1", "the equation has no real roots"),
        ("x^2 = x^2", "every real number"),
        ("factor x^2 - 1", "(x - 1)(x + 1)"),
        ("factor x^2 - 1", "The factorization is (x-1)(x+1)."),
        ("factor x^2 - 1", "x^2 - 1 = (x + 1)(x - 1)"),
        ("factor 2x^3 - 4x^2 + 2x", r"\boxed{2x(x-1)^2}"),
        ("factor x^2/2 - 1/2", "1/2 (x - 1)(x + 1)"),
    ],
)
def test_right_answers_are_found_in_prose(prompt: str, text: str) -> None:
    task = read(prompt)
    answer = KIND.answer_from_text(task, text)
    assert answer is not None
    assert KIND.grade(task, answer).passed, answer


@pytest.mark.parametrize("text", ["", "I do not know.", "solve it with the formula", "?", "x = "])
def test_no_answer_is_found_where_there_is_none(text: str) -> None:
    for prompt in ("x^2 - x = 6", "factor x^2 - 1"):
        assert KIND.answer_from_text(read(prompt), text) is None


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("x^2 - x = 6", "x = 3"),
        ("x^2 - x = 6", "x = 2, x = -3"),
        ("x^2 - x = 6", "x = -2, x = 3, x = 4"),
        ("x^2 - x = 6", "x = -2, x = 3, x = 1 + sqrt(2)"),
        ("x^2 - x = 6", "no real solution"),
        ("x^2 - x = 6", "every number"),
        ("x^2 - x = 6", "y = -2, y = 3"),
        ("x^2 - x = 6", "(x - 3)*(x + 2)"),
        ("x^2 - x = 6", "x = 3, x = 6/2"),
        ("x^2 - 2x = 2", "x = 1 + sqrt(3)"),
        ("x^2 - 2x = 2", "x = -0.732, x = 2.732"),
        ("x^2 - 2x = 2", "x = 1 - sqrt(2), x = 1 + sqrt(2)"),
        ("x^2 - 2x = 2", "x = 1 - sqrt(3), x = -sqrt(3) + 1"),
        ("x^2 = 2x - 1", "x = 1, x = -1"),
        ("x^2 = -1", "x = 1"),
        ("x^2 = -1", "x = sqrt(-1)"),
        ("x^2 = x^2", "x = 0"),
        ("x^2 = x^2 + 1", "x = 0"),
        ("x^4 = 4", "x = -2, x = 2"),
        ("factor 2x^2 - 2", "(x - 1)*(x + 1)"),
        ("factor 2x^2 - 2", "2*(x**2 - 1)"),
        ("factor 2x^2 - 2", "(2*x - 2)*(x + 1)"),
        ("factor 2x^2 - 2", "2*x**2 - 2"),
        ("factor 2x^2 - 2", "2*(x - 1)**2"),
        ("factor 2x^2 - 2", "x = -1, x = 1"),
        ("factor x^4 + 4", "x**4 + 4"),
        ("factor x^4 - 5x^2 + 6", "x**4 - 5*x**2 + 6"),
        ("factor x^4 - 5x^2 + 6", "(x**2 - 2)*(x**2 + 3)"),
    ],
)
def test_planted_wrong_answers_are_graded_wrong(prompt: str, answer: str) -> None:
    verdict = KIND.grade(read(prompt), Answer(answer))
    assert verdict.passed is False
    assert verdict.score == 0
    assert verdict.feedback
