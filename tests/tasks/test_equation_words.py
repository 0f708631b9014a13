"""Equations between words in any order: what is read, and which words leave a text alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.math.equation_words import equations_among_words
from tasks.math.equations import EquationsKind
from tasks.math.equations_system import EquationsSystemKind
from tasks.protocol import InvalidTaskError

LINEAR, SYSTEM = EquationsKind(), EquationsSystemKind()


@pytest.mark.parametrize(
    ("text", "equation", "unknown"),
    [
        ("my homework says 7(x + 1) - 3 = 2x + 19, what's x", "7(x + 1) - 3 = 2x + 19", "x"),
        ("isolate t in 3t/5 = 9", "3t/5 = 9", "t"),
        ("k + (k + 2) = 45, so k is?", "k + (k + 2) = 45", "k"),
        ("Ok so -2(m - 6) = 8. Determine m.", "-2(m - 6) = 8", "m"),
        ("0.3x + 1.2 = 3 , whats x equal to", "0.3x + 1.2 = 3", "x"),
        ("what value of x makes 3(x - 2) = 12 true?", "3(x - 2) = 12", "x"),
        ("solve the equation x/3 + 1 = 5 and give it as a fraction", "x/3 + 1 = 5", "x"),
        ("Solve -5 = 2x + 19 - what must x be?", "-5 = 2x + 19", "x"),
        ("solve this: 12 = 5n - 3 (n is unknown)", "12 = 5n - 3", "n"),
        ("find x 3x = 9", "3x = 9", "x"),
        ("I wrote 4p = 3p - 7 and now I'm stuck finding p", "4p = 3p - 7", "p"),
        ("m/7 - 2 = 1 -> m = ?", "m/7 - 2 = 1", "m"),
    ],
)
def test_one_equation_is_found_between_words(text: str, equation: str, unknown: str) -> None:
    task = LINEAR.parse(text)
    assert task is not None
    assert (task.payload.text, task.payload.unknown) == (equation, unknown)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("I'm looking for x and y such that 4x + y = 9 and 2x - 3y = 1.", "xy"),
        ("simultaneous equations question: 5m - 2n = 4, m + n = 5. Work out m and n.", "mn"),
        ("2x + 5y = 1\n3x - 2y = 11\n\nx=? y=?", "xy"),
        ("the lines y = 3x - 4 and y = x + 2, where do they meet? give x and y", "xy"),
        ("solve by substitution: `u = v + 4`, `2u + 3v = 13`", "uv"),
        ("x/2 + y/3 = 4 and at the same time x - y = 3", "xy"),
        ("(1)  0.5x + y = 4\n(2)  x - 0.25y = 3.5\nFind the unknowns.", "xy"),
        ("if a + b = 7 and a - b = 1, I want to know a", "a"),
        ("solve a system: a + b = 7; a - b = 1", "ab"),
    ],
)
def test_two_equations_are_found_between_words(text: str, asked: str) -> None:
    task = SYSTEM.parse(text)
    assert task is not None
    assert task.payload.asked == asked


@pytest.mark.parametrize(
    "text",
    [
        "Is 3x = 9 true?",
        "3x = 9, what is 2x",
        "3x = 9 what is x squared",
        "3x = 9, what is the square of x",
        "what's the number of solutions of 3x = 9",
        "what is the next step in 3x = 9",
        "solve 3x = 9 or 2x = 8",
        "3x = 9 and x = 4, which is right?",
        "solve 3x = 9 for positive x",
        "find x 4 and 3x = 9",
        "I have 2 apples and 3x = 9, what is x",
        "x is twice y and x + y = 9, x - y = 3",
        "x + y = 9, x - y = 3, what is the product of x and y",
        "x + y = 9, x - y = 3, which of x and y is larger",
        "x + y = 9, x - y = 3, what is x + y",
        "don't solve 3x = 9 for me, what is x",
        "which mistake did I make in 3x = 9",
        "for which x is 3x = 9 false",
        "solve 3x = 9 modulo five, what is x",
    ],
)
def test_words_that_change_the_question_leave_it_unread(text: str) -> None:
    for kind in (LINEAR, SYSTEM):
        try:
            assert kind.parse(text) is None
        except InvalidTaskError:
            continue


@given(st.text(alphabet="solve find xyaI=+-*/(),.?:;' 0123456789\n", max_size=120))
def test_nothing_of_an_equation_is_taken_for_words(text: str) -> None:
    found = equations_among_words(" ".join(text.split()))
    if found is not None:
        digits = "".join(filter(str.isdigit, text))
        assert "".join(filter(str.isdigit, "".join(found.equations))) == digits


def test_long_texts_are_let_go_in_a_moment() -> None:
    started = time.process_time()
    for text in ("find x " * 90 + "= 3", "(" * 600 + "=", "a " * 300 + "= 3", "x-y" * 200 + "="):
        equations_among_words(text)
    assert time.process_time() - started < 2.0
