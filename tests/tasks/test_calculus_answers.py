"""Which texts are read as calculus, which answers are found in prose, and which are wrong."""

from __future__ import annotations

import time

import pytest

from tasks.math.calculus import CalculusKind
from tasks.protocol import Answer, InvalidTaskError, Task

KIND = CalculusKind()


def read(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None, text
    return task


@pytest.mark.parametrize(
    ("text", "operation", "expression", "unknown", "order"),
    [
        ("Find the third derivative of 2*x**5 wrt x.", "derivative", "2*x**5", "x", 3),
        ("What is the first derivative of b - 3*b*c wrt c?", "derivative", "b - 3*b*c", "c", 1),
        ("Differentiate 7 - 3*d with respect to d.", "derivative", "7 - 3*d", "d", 1),
        ("differentiate y = 3x^2 - 1/x with respect to x", "derivative", "3x^2 - 1/x", "x", 1),
        ("please differentiate x² + x twice, thanks", "derivative", "x^2 + x", "x", 2),
        (r"$\frac{d}{dx}\left(3x^2 + 5x\right)$", "derivative", "3x^2 + 5x", "x", 1),
        (r"\frac{d^2}{dt^2} t^4", "derivative", "t^4", "t", 2),
        (r"\frac{\partial}{\partial x} x^2y", "derivative", "x^2y", "x", 1),
        ("d^3/dx^3 (x^5)", "derivative", "x^5", "x", 3),
        ("f(x) = 3x^2 + 1, f'(x) = ?", "derivative", "3x^2 + 1", "x", 1),
        ("Find f''(t) if f(t) = t^3", "derivative", "t^3", "t", 2),
        ("let y = 4x^3. Find dy/dx", "derivative", "4x^3", "x", 1),
        ("If y = x^4 what is d^2y/dx^2?", "derivative", "x^4", "x", 2),
        ("what's the derivative of 1,5x^2?", "derivative", "1.5x^2", "x", 1),
        ("derivative of ax^2 + bx + c", "derivative", "ax^2 + bx + c", "x", 1),
        ("2nd derivative of −x³", "derivative", "-x^3", "x", 2),
        ("can you integrate x^2+3x for me please", "integral", "x^2+3x", "x", 1),
        ("antiderivative of 6u^2 - 4u", "integral", "6u^2 - 4u", "u", 1),
        (r"\int 3x^2 \, dx", "integral", "3x^2", "x", 1),
        ("∫ x² dx", "integral", "x^2", "x", 1),
        ("integral of a*x with respect to a", "integral", "a*x", "a", 1),
        ("∫ 2x dx without the constant", "integral without a constant", "2x", "x", 1),
    ],
)
def test_problems_are_read(
    text: str, operation: str, expression: str, unknown: str, order: int
) -> None:
    problem = read(text).payload
    assert (problem.operation, problem.text) == (operation, expression)
    assert (problem.unknown, problem.order) == (unknown, order)


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("Integrate t**2 - 2*t from 0 to 3.", "0", "3"),
        (r"\int_{-1}^{2} x \,\mathrm{d}x", "-1", "2"),
        ("∫_0^2 3x^2 dx", "0", "2"),
        ("definite integral of x from x = -1/2 to x = 1.5", "-1/2", "3/2"),
        ("integrate u^3 between 1 and 2", "1", "2"),
        ("integral of x^2 over [0, 1]", "0", "1"),
        ("If f(x) = 5x^3 - x, find f'(2).", "", "2"),
        ("derivative of x^2 at x = -3", "", "-3"),
        ("slope of y = x^2 at x=0,5", "", "1/2"),
    ],
)
def test_bounds_and_points_are_read(text: str, lower: str, upper: str) -> None:
    problem = read(text).payload
    assert (problem.lower, problem.upper) == (lower, upper)


@pytest.mark.parametrize(
    "text",
    [
        "Differentiate sin(x)", "derivative of e^x", "derivative of ln x", "Differentiate it",
        "derivative of (x + 1)/(x - 1)", "What is a derivative?", "integrate this into the plan",
        "Differentiate between cats and dogs.", "The derivative of x^2 is 2x.", "3x + 5 = 17",
        "What is the derivative of f?", "f(x) = 3x, find g'(x)", "derivative of 2^x", "x^2",
        "What is the slope of the road?", "it's 5 o'clock", "∫ x^2", "d/dx", "integral of",
        "let f(x) = x^2. What is f(3)?", "slope of y = x^2", "derivative of x^2 and of x^3",
        "differentiate x^2 but not with respect to x", "differentiate old x^2 wrt x",
        "Find the derivative of the second car's speed", "area under y = x from -1 to 1",
    ],
)  # fmt: skip
def test_other_texts_are_left_alone(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("derivative of p*q", "say with respect to which"),
        ("d^0/dx^0 x", "orders go from 1"),
        ("derivative of 1,000x", "two ways"),
        ("derivative of x/0", "divides by zero"),
        ("integrate 1/x^2 from -1 to 1", "not defined at 0"),
        ("derivative of (x + 1)^80", "up to 40"),
    ],
)
def test_unclear_problems_are_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidTaskError, match=reason):
        KIND.parse(text)


def test_foreign_texts_are_left_quickly() -> None:
    texts = ("What is the capital of France?", "It's the cook's recipe, isn't it? " * 20)
    started = time.process_time()
    for _ in range(500):
        assert all(KIND.parse(text) is None for text in texts)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("prompt", "text", "found"),
    [
        ("Differentiate x^3", "3*x**2", "3*x^2"),
        ("Differentiate x^3", "By the power rule, the derivative is 3x^2.", "3x^2"),
        ("Differentiate x^3", "f'(x) = 3x²", "3x^2"),
        ("Differentiate x^3", r"So we get \boxed{3x^{2}} in the end", "3x^(2)"),
        ("Differentiate x^3", r"Thus $$\frac{d}{dx} x^3 = 3x^2$$", "3x^2"),
        ("Differentiate x^3", "First 3, then lower it.\nAnswer: **3x^2**", "3x^2"),
        ("Differentiate x^3", "The derivative is $3x^2$. Let me know if you need more.", "3x^2"),
        ("Integrate x^2", "∫ x^2 dx = x^3/3 + C", "x^3/3 + C"),
        ("Integrate x^2", r"\boxed{\frac{x^3}{3} + C}", "((x^3)/(3)) + C"),
        ("Integrate x^3", "The result is x^4/4 + C, where C is a constant.", "x^4/4 + C"),
        ("Integrate x from 0 to 1", "The value is 1/2", "1/2"),
    ],
)
def test_answers_are_found_in_prose(prompt: str, text: str, found: str) -> None:
    task = read(prompt)
    answer = KIND.answer_from_text(task, text)
    assert answer is not None
    assert answer.text == found
    assert KIND.grade(task, answer).passed


@pytest.mark.parametrize("text", ["", "I do not know.", "the derivative is hard to find", "?"])
def test_no_answer_is_found_where_there_is_none(text: str) -> None:
    assert KIND.answer_from_text(read("Differentiate x^3"), text) is None


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Differentiate x^3 + 2x", "3*x**2"),
        ("Differentiate x^3 + 2x", "x**2 + 2"),
        ("Differentiate x^3 + 2x", "3*x**3 + 2*x"),
        ("Differentiate x^3 + 2x", "6*x"),
        ("Differentiate x^3 + 2x", "3*x**2 + 2*x"),
        ("Differentiate x^3 + 2x", "3*x**2 - 2"),
        ("Differentiate x^3 + 2x", "3*x**2 + 2 + C"),
        ("Differentiate x^3 + 2x", "3*y**2 + 2"),
        ("Differentiate x^3 + 2x", "diff(x**3 + 2*x, x)"),
        ("Differentiate x^3 + 2x", "x**3 + 2*x"),
        ("Differentiate a*x^2 wrt x", "2*x"),
        ("Differentiate a*x^2 wrt x", "x**2"),
        ("second derivative of (x + 1)^4", "12*(x + 1)**3"),
        ("second derivative of (x + 1)^4", "4*(x + 1)**3"),
        ("derivative of x^2 at x = 3", "2*x"),
        ("derivative of x^2 at x = 3", "9"),
        ("Integrate 6x^2", "2*x**3 + x"),
        ("Integrate 6x^2", "12*x + C"),
        ("Integrate 6x^2", "3*x**3 + C"),
        ("Integrate 6x^2", "2*x**3 + 7"),
        ("Integrate 6x^2", "C"),
        ("Integrate 6x^2, leave out the constant", "2*x**3 + C"),
        ("Integrate 6x^2 from 0 to 1", "2*x**3"),
        ("Integrate 6x^2 from 0 to 1", "2 + C"),
        ("Integrate 6x^2 from 1 to 0", "2"),
        ("Differentiate 1/x", "1/x**2"),
        ("Differentiate sqrt(x)", "1/(2*x)"),
    ],
)
def test_planted_wrong_answers_are_graded_wrong(prompt: str, answer: str) -> None:
    verdict = KIND.grade(read(prompt), Answer(answer))
    assert verdict.passed is False
    assert verdict.score == 0
    assert verdict.feedback


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Differentiate x^3 + 2x", "2 + 3x^2"),
        ("Differentiate x^3 + 2x", "3*x*x + 1 + 1"),
        ("Differentiate sqrt(x)", "1/(2*sqrt(x))"),
        ("Differentiate 1/x", "-1/x**2"),
        ("second derivative of (x + 1)^4", "12*(x + 1)**2"),
        ("second derivative of (x + 1)^4", "12*x**2 + 24*x + 12"),
        ("Integrate x + 1", "(x + 1)**2/2 + C"),
        ("Integrate x + 1", "x**2/2 + x"),
        ("Integrate x + 1", "0.5x^2 + x + const"),
        ("Integrate x from 0 to 1", "0.5"),
    ],
)
def test_right_answers_may_be_written_in_many_ways(prompt: str, answer: str) -> None:
    assert KIND.grade(read(prompt), Answer(answer)).passed
