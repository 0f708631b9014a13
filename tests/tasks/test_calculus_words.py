"""Derivatives and integrals are asked for in any words; those that change the meaning are not read.

The answers were looked at one by one; an area is read only where the function is not below zero.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from graphs.best_first import best_first
from tasks.math.calculus import CalculusKind
from tasks.math.calculus_area import is_nowhere_negative
from tasks.math.calculus_parser import read_body

KIND = CalculusKind()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "I need an antiderivative of 6x^2 − 4x + 1 (leave off the constant)",
            "2*x**3 - 2*x**2 + x",
        ),
        ("second derivative of t^5 - 2t^3 + t, with t as the variable", "20*t**3 - 12*t"),
        ("what's the slope of the curve y = x^3 - 2x at x = 2", "10"),
        ("area under y = 4 - x^2 between x=-2 and x=2", "32/3"),
        ("Find f'(x) where f(x) = (2x+1)^4.", "64*x**3 + 96*x**2 + 48*x + 8"),
        ("y = x^3; dy/dx = ?", "3*x**2"),
        ("How do I differentiate 4x^3 - x?", "12*x**2 - 1"),
        ("What is the slope of the tangent to y = x^2 + 1 at x = 3?", "6"),
        ("slope of the tangent line to the curve y = 3x^2 - x at the point where x = -1", "-7"),
        ("How fast is y = x^3 changing at x = 2?", "12"),
        ("What is the rate of change of s = 5t^2 - 2t at t = 3?", "28"),
        ("gradient of y = x^4 when x = 1", "4"),
        ("If y = 2x^3 - 5x, what does dy/dx equal?", "6*x**2 - 5"),
        ("f(x) = x^4 - 3x. I need f''(x)", "12*x**2"),
        ("What do I get when I differentiate 5x^4 - 2x twice?", "60*x**2"),
        ("Differentiate f(x) = x^5 - x three times", "60*x**2"),
        ("Take the derivative of (x + 1)^3 with respect to x.", "3*x**2 + 6*x + 3"),
        ("d/dx of x^3 - 2x", "3*x**2 - 2"),
        ("d/dx [x^4 + 2]", "4*x**3"),
        ("evaluate the derivative of x^3 - 2x at x = 1", "1"),
        ("For g(t) = t^3 - t^2, compute g'(2)", "8"),
        ("what is g'(2) for g(t) = t^3 - t^2", "8"),
        ("Integrate 3x^2 + 2x over the interval [0, 2]", "12"),
        ("Find the area under the curve y = x^2 from x = 0 to x = 3", "9"),
        ("area under the graph of f(x) = x^2 + 1 between 0 and 2", "14/3"),
        ("Find the area between y = 6x - x^2 and the x-axis from x = 0 to x = 6", "36"),
        ("Integral of 4x^3 - 1 between x = 1 and x = 2 please", "14"),
        ("What is an antiderivative for 8x^3?", "2*x**4 + C"),
        ("Give me the 3rd derivative of x^5 - x", "60*x**2"),
        ("Let h(x) = x^2 + 3x. What's the derivative of h at x = 5?", "13"),
        ("Let h(x) = x^2 + 3x. Evaluate h'(5).", "13"),
        ("given y = t^4, find d^2y/dt^2", "12*t**2"),
        ("Find the indefinite integral of 2x - 3. Don't add the constant.", "x**2 - 3*x"),
        (
            "Find the integral of 3t^2 with respect to t, ignoring the constant of integration",
            "t**3",
        ),
        ("the derivative of x^2 + 7x is what?", "2*x + 7"),
        ("I want to differentiate 7x^3 with respect to x, how would I do it", "21*x**2"),
        ("Calculate the definite integral of x^2 - 1, x going from 1 to 4.", "18"),
        ("y = 5x^2 - 3x + 2, find the gradient at x = 4", "37"),
    ],
)
def test_words_in_any_order_are_read(text: str, wanted: str) -> None:
    task = KIND.parse(text)
    assert task is not None
    environment = KIND.environment
    assert environment is not None
    found = best_first(environment, KIND.guide, environment.initial(task), most_states=5_000)
    answer = KIND.conclude(task, found)
    assert answer is not None
    assert answer.text == wanted
    assert KIND.grade(task, answer).passed


@pytest.mark.parametrize(
    "text",
    [
        "derivative of sin(x)",
        "area under y = x^3 from x=-1 to x=1",
        "area under y = x^2 - 4 between x=-2 and x=2",
        "area between y = x^2 and y = x from 0 to 1",
        "average rate of change of x^2 from x = 1 to x = 3",
        "rate of change of y = x^2 between x = 1 and x = 3",
        "equation of the tangent to y = x^2 at x = 1",
        "tangent line to y = x^2 at x = 1",
        "slope of the normal to y = x^2 at x = 1",
        "slope of the line y = 3x + 2",
        "slope of y = x^2",
        "find x where the derivative of x^2 - 4x is 0",
        "f(x) = x^2 - 4x. Solve f'(x) = 0",
        "f'(x) = 3x^2. find f(x)",
        "dy/dx = 2x, find y",
        "when is the derivative of x^3 - x zero?",
        "derivative of the inverse of x^3",
        "integrate x^2 from 0 to infinity",
        "first and second derivatives of x^3",
        "is the derivative of x^2 equal to 2x?",
        "derivative of x^2 and integral of x^3",
        "area of a circle x^2 + y^2 = 4",
        "f(x) = x^2, g(x) = x^3. What is f'(x)?",
        "f(x) = x^2. find g'(x)",
        "f'(2) if f(x) = x^2 at x = 3",
        "the derivative of f(x) = x^2 at x = a",
        "mean value of x^2 between 0 and 2",
        "Let f(x) = x^2. What is f'(x) + 1?",
        "derivative of x^2 at x = 2 and x = 3",
        "f(x) = x^2, find f(2) and f'(2)",
        "maximum slope of y = x^3 at x = 2",
        "antiderivative of 2x that is 5 at x = 1",
        "antiderivative F of 2x with F(1) = 5",
        "volume when y = x^2 from 0 to 1 is rotated about the x-axis",
        "concavity of x^3 at x = 1",
        "d/dx (x^2) = 6, find x",
        "log derivative of x^2",
        "implicit derivative of x^2 + y^2 = 4",
        "derivative of e^(2x)",
        "total area under y = x^2 - 1 from x = 0 to 2",
        "area above y = x^2 from 0 to 1",
        "area of the triangle with base 2x and height 3",
        "steepest slope of x^2",
        "what is the derivative of x^2 divided by x",
        "twice the derivative of x^2",
        "derivative of x^2 times x",
        "half the integral of x^2 from 0 to 2",
    ],
)
def test_words_that_change_the_meaning_are_not_read(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize(
    ("function", "low", "high", "truth"),
    [
        ("4 - x^2", -2, 2, True),
        ("4 - x^2", -2, 3, False),
        ("x^2 - 4", -2, 2, False),
        ("x^2", -1, 1, True),
        ("x^3", -1, 1, False),
        ("x^3", 0, 1, True),
        ("x^3", -1, 0, False),
        ("(x - 1)^2*(x + 2)", -2, 3, True),
        ("(x - 1)^3*(x - 2)", 0, 3, False),
        ("x^4 - 2x^2 + 1", -3, 3, True),
        ("x^2 - 2", -1, 2, False),
        ("5", 0, 2, True),
        ("0*x", 0, 2, False),
        ("(x^2 - 2)^2", 0, 2, True),
        ("1/x", 1, 2, False),  # positive, but no polynomial: in doubt
    ],
)
def test_a_function_that_dips_below_zero_is_found(
    function: str, low: int, high: int, truth: bool
) -> None:
    assert is_nowhere_negative(read_body(function), Fraction(low), Fraction(high)) is truth
