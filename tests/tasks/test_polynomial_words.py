"""Polynomials are asked for in any words; those that change the meaning are not read.
The expected values were looked at one by one.
"""

from __future__ import annotations

import pytest

from tasks.math.polynomials import PolynomialsKind
from tasks.protocol import Answer

KIND = PolynomialsKind()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "I need to multiply (3x + 2) by (x² − x + 4), what's the result?",
            "3*x**3 - x**2 + 10*x + 8",
        ),
        ("What does (p − 4)³ look like when expanded?", "p**3 - 12*p**2 + 48*p - 64"),
        ("Take the sum of (5m^2 - 3m + 1) and (−2m^2 + 8m − 6)", "3*m**2 + 5*m - 5"),
        ("Find the sum of 2x^2 + 3 and x^2 - 5x.", "3*x**2 - 5*x + 3"),
        ("What is the difference of 3x^2 - 4 and x^2 + 2x?", "2*x**2 - 2*x - 4"),
        ("add 3x^2 - 2x and 5x + 7 together", "3*x**2 + 3*x + 7"),
        ("subtract (x^2 - 3x) from (4x^2 + 2)", "3*x**2 + 3*x + 2"),
        ("Take x^2 - 3x away from 4x^2 + 2", "3*x**2 + 3*x + 2"),
        ("From 4x^2 + 2 subtract x^2 - 3x", "3*x**2 + 3*x + 2"),
        ("4x^2 + 2 take away x^2 - 3x", "3*x**2 + 3*x + 2"),
        ("What do you get if you multiply out (x - 3)(x + 7)?", "x**2 + 4*x - 21"),
        ("What would (x + 5)^2 be if I expanded it?", "x**2 + 10*x + 25"),
        ("how does (2x + 1)(x - 4) expand", "2*x**2 - 7*x - 4"),
        ("write (x + 2)^3 without brackets", "x**3 + 6*x**2 + 12*x + 8"),
        ("Write 3(x + 1) - 2(x - 4) in its simplest form", "x + 11"),
        ("Put (x + 1)(x + 2) in standard form", "x**2 + 3*x + 2"),
        ("Get rid of the parentheses: 2(3x - 1) - (x + 4)", "5*x - 6"),
        ("what's (x+1)(x+2)(x+3) multiplied out", "x**3 + 6*x**2 + 11*x + 6"),
        ("Combine like terms in 7y - 3 + 2y + 8", "9*y + 5"),
        ("How do I simplify 5a - 2b + 3a + 6b?", "8*a + 4*b"),
        ("which polynomial is (x + 4)(x - 4) equal to?", "x**2 - 16"),
        ("Work out the product of (x + 4) and (x - 4)", "x**2 - 16"),
        ("Find the product (x + 4)(x - 4).", "x**2 - 16"),
        ("Multiply x + 2 with x - 3 and simplify", "x**2 - x - 6"),
        (
            "multiply x^2 + 1 and x - 3, then give the answer in standard form",
            "x**3 - 3*x**2 + x - 3",
        ),
        ("Add the polynomials 2x^2 - 3x + 1 and x^2 + 5x - 4.", "3*x**2 + 2*x - 3"),
        ("Calculate (2x + 3) squared", "4*x**2 + 12*x + 9"),
        ("square the binomial 3x - 2", "9*x**2 - 12*x + 4"),
        ("Evaluate 2x^2 - x + 3 for x = -2", "13"),
        ("what value does 3t^2 - t take at t = 4?", "44"),
        ("what do I get when I plug x = 3 into x^2 - 5x + 1?", "-5"),
        ("if x = 2 then what is x^3 - 4x?", "0"),
        ("Plug in x = -1: 4x^3 - 2x + 6", "4"),
        ("given p(x) = x^2 - 3, what's p(5)?", "22"),
        ("p(x) = x^2 + 1, q(x) = x - 3. What is p(x) - q(x)?", "x**2 - x + 4"),
        ("Let f(x) = 2x - 5; how much is f(7)?", "9"),
        ("What coefficient does x^2 have in (x + 2)^3?", "6"),
        ("What's the constant term when (x - 2)^4 is expanded?", "16"),
        ("Expand (x + 2)^4 using the binomial theorem", "x**4 + 8*x**3 + 24*x**2 + 32*x + 16"),
        ("use FOIL on (x + 3)(2x - 5)", "2*x**2 + x - 15"),
        ("Use the distributive property to expand 4x(x^2 - 3)", "4*x**3 - 12*x"),
        ("Distribute: -2(x - 5)", "-2*x + 10"),
        ("Tidy up 4p - 2q + 3p - q", "7*p - 3*q"),
        ("Can 3x + 2y - x + 4y be simplified?", "2*x + 6*y"),
        ("Rewrite 5 - (2 - x) + 3x as simply as possible", "4*x + 3"),
        ("how would (a - b)^2 look written out", "a**2 - 2*a*b + b**2"),
    ],
)
def test_people_s_words_are_read(text: str, answer: str) -> None:
    task = KIND.parse(text)
    assert task is not None
    assert KIND.grade(task, Answer(answer)).passed, task.payload


@pytest.mark.parametrize(
    "text",
    [
        "What must be added to x^2 + 1 to get 3x^2?",
        "subtract x^2 from",
        "multiply (x + 1) by (x - 2) and solve for x",
        "What is the degree of (x + 1)(x - 2)?",
        "how many terms does (x + 1)^5 have",
        "how many terms are in the expansion of (x+1)^5",
        "Leading coefficient of (2x + 1)^3",
        "sum of the coefficients of (x + 1)^5",
        "what is the sum of the terms of x^2 + 3x",
        "differentiate (x + 1)(x - 2)",
        "divide x^2 - 1 by x - 1",
        "remainder when x^2 is divided by x - 1",
        "Is (x + 1)^2 equal to x^2 + 1?",
        "does (x+1)^2 expand to x^2 + 2x + 1",
        "which term of (x + 1)^5 contains x^2",
        "factor x^2 - 1",
        "the third term of (x + 2)^4",
        "mean of 2x and 4x",
        "ratio of 2x to x",
        "difference between the roots of x^2 - 3x + 2",
        "average of x + 1 and x + 3",
        "f(x) = x^2, solve f(x) = 4",
        "what is the reciprocal of x + 1",
        "add x + 1 to twice x - 3",
        "subtract x + 1 from half of x - 3",
        "square root of 4x",
        "multiply x + 1 by itself",
        "take x + 1 from twice x",
        "approximate (x + 1)^2",
        "sum of the squares of x + 1 and x - 1",
        "the negative of x - 3",
        "the opposite of x - 3 plus 2x",
        "square of the sum of x and y",
        "the sum of x and y squared",
        "product of the sum of x and 1 and x",
        "Add x + 1 and x + 2 and multiply by 3",
        "what is x^2 - 3x minimum",
        "sum of x + 1, x + 2 and x + 3 divided by 3",
        "x + 1 minus twice x - 3",
        "cube of x + 1 minus x",
        "evaluate x^2 at x = 2 and x = 3",
        "prove that (x+1)^2 = x^2 + 2x + 1",
        "does x^2 - 4 simplify",
    ],
)
def test_words_that_change_the_meaning_are_not_read(text: str) -> None:
    assert KIND.parse(text) is None
