"""Zeros and factors are asked for in any words; those that change the meaning are not read.

The truth of each answer is checked by the kind's own grader, which counts the zeros.
"""

from __future__ import annotations

import pytest

from graphs.best_first import best_first
from tasks.math.roots import PolynomialEquationsKind

KIND = PolynomialEquationsKind()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("At what x-values does f(x) = x^2 - 1 equal zero?", "x^2 - 1 = 0"),
        ("determine where f(x) = x^2 - 2x equals 8", "x^2 - 2x = 8"),
        ("Express x^2 - 16 as a product of two binomials", "x^2 - 16"),
        ("Where does the parabola y = x^2 - 2x - 3 cross the x axis?", "x^2 - 2x - 3 = 0"),
        ("use the quadratic formula on x^2 - 4x + 1 = 0", "x^2 - 4x + 1 = 0"),
        ("I was given (x − 5)(2x + 7) = 0 and need every possible x", "(x - 5)(2x + 7) = 0"),
        ("x^4 - 13x^2 + 36 = 0   all solutions plz", "x^4 - 13x^2 + 36 = 0"),
        (
            "A number squared minus three times the number gives 10, i.e. n^2 - 3n = 10."
            " Which numbers n work?",
            "n^2 - 3n = 10",
        ),
        ("x-intercepts of y = x^2 - 9", "x^2 - 9 = 0"),
        ("what are the x-intercepts of the graph of f(x) = x^2 - x - 6?", "x^2 - x - 6 = 0"),
        ("Find where the curve y = x^3 - 4x hits the x-axis.", "x^3 - 4x = 0"),
        ("At which values of t does t^2 - 5t + 6 vanish?", "t^2 - 5t + 6 = 0"),
        ("For which x is x^2 - 6x equal to 16?", "x^2 - 6x = 16"),
        ("Complete the square to solve x^2 + 6x + 5 = 0", "x^2 + 6x + 5 = 0"),
        ("Solve x^2 + 6x + 5 = 0 by completing the square", "x^2 + 6x + 5 = 0"),
        ("Apply the quadratic formula to 2x^2 - 3x - 2 = 0", "2x^2 - 3x - 2 = 0"),
        ("Which numbers satisfy x^2 = 3x + 10?", "x^2 = 3x + 10"),
        ("What must x be so that x^2 - 9 = 0?", "x^2 - 9 = 0"),
        ("what x makes x^2 - 4x + 4 zero?", "x^2 - 4x + 4 = 0"),
        ("f(x) = x^2 - 5x + 6. When is f(x) = 0?", "x^2 - 5x + 6 = 0"),
        ("y = x^2 - 4x, find x when y = 5", "x^2 - 4x = 5"),
        ("What numbers can I put in for x to make x^2 + 2x = 8 true?", "x^2 + 2x = 8"),
        ("Which values does x take if x^2 = 36?", "x^2 = 36"),
        ("x^2 = 5x, I need both solutions", "x^2 = 5x"),
        ("give every root of the polynomial 2x^3 - 2x", "2x^3 - 2x = 0"),
        ("I'm looking for the zeros of x^2 + 3x - 10", "x^2 + 3x - 10 = 0"),
        ("determine all x for which x^2 - x equals 12", "x^2 - x = 12"),
        ("Let x^2 - 7x + 10 = 0. List the solutions.", "x^2 - 7x + 10 = 0"),
        ("Suppose t^2 = 6t - 8, what are the values of t?", "t^2 = 6t - 8"),
        ("what does x have to be for x^2 + x - 6 = 0 to hold?", "x^2 + x - 6 = 0"),
        ("roots of the quadratic x^2 - 11x + 30?", "x^2 - 11x + 30 = 0"),
        ("how do you factor x^2 - 9", "x^2 - 9"),
        ("What does x^2 + 5x + 6 factor into?", "x^2 + 5x + 6"),
        ("break 6x^2 - x - 2 into factors", "6x^2 - x - 2"),
        ("put x^2 + 8x + 15 in factored form", "x^2 + 8x + 15"),
        ("Find the factored form of 2x^2 - 8", "2x^2 - 8"),
    ],
)
def test_words_in_any_order_are_read(text: str, read: str) -> None:
    task = KIND.parse(text)
    assert task is not None
    assert task.payload.text == read
    environment = KIND.environment
    assert environment is not None
    found = best_first(environment, KIND.guide, environment.initial(task), most_states=2_000)
    answer = KIND.conclude(task, found)
    assert answer is not None
    assert KIND.grade(task, answer).passed


@pytest.mark.parametrize(
    "text",
    [
        "Find the positive root of x^2 = 9",
        "largest x with x^2 = 9",
        "how many solutions does x^2 = 9 have?",
        "what is the number of real roots of x^2 - 9",
        "sum of the roots of x^2 - 5x + 6",
        "is x = 3 a solution of x^2 = 9?",
        "does x^2 + 1 = 0 have real solutions?",
        "Where does y = x^2 - 4 cross the y-axis?",
        "Where does y = x^2 meet y = 4?",
        "where do y = x^2 and y = x + 2 intersect?",
        "y-intercept of y = x^2 - 9",
        "what is x^2 when x = 3?",
        "what is x^2 - 9 when x is zero?",
        "x^2 = 9, what is 2x?",
        "complete the square: x^2 + 6x + 5 = 0",
        "complete the square in x^2 + 6x + 5",
        "vertex of y = x^2 - 4x",
        "integer solutions of x^2 = 2",
        "complex roots of x^2 + 1 = 0",
        "solve x^2 = 9 for x > 0",
        "solve x^2 = 9 where x is not 3",
        "discriminant of x^2 - 4 = 0",
        "Is x - 2 a factor of x^2 - 4?",
        "Can x^2 + 1 be factored?",
        "factor out x from x^2 + 3x",
        "common factor of x^2 + 3x",
        "check that x = 2 solves x^2 = 4",
        "solve x^2 = 9 and x + y = 3",
        "what is the value of x^2 + 3x",
        "minimum of x^2 - 4x",
        "graph y = x^2 - 4",
        "what is the degree of x^2 - 4 = 0",
        "does x^2 - 9 vanish at x = 3",
        "what are the coordinates where y = x^2 - 4 cuts the x-axis",
        "solve x^2 - 4 >= 0",
        "a number is 5 more than x^2 = 9",
        "solutions of x^2 - 4",
        "roots of x^2 = 4 modulo 5",
        "find the square root of x^2 - 4",
        "what does y = x^2 - 4 equal when x = 2",
        "solve y = x^2 - 4 for x",
        "Is x^2 - 4 = 0 quadratic?",
        "What is the sum of all values of x with x^2=4",
        "where is x^2 - 4 zero or positive",
    ],
)
def test_words_that_change_the_meaning_are_not_read(text: str) -> None:
    assert KIND.parse(text) is None
