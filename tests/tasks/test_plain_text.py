"""What people write around mathematics becomes plain characters; nothing else changes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.math.plain_text import plain_math, point_decimals
from tasks.math.spelled_numbers import holds_spelled_number, with_digits
from tasks.protocol import InvalidTaskError


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("hi, could you please work out 12 − 5 · 2 for me? thanks!", "work out 12 - 5 * 2"),
        ("Please, what is 3/4?", "what is 3/4"),
        ("quick question: is 7 prime", "is 7 prime"),
        ("sort these from low to high please: 3, 1", "sort these from low to high: 3, 1"),
        ("Can 7 divide 91?", "Can 7 divide 91"),
        (r"$\frac{1}{2} + \sqrt{3}$", "((1)/(2)) + sqrt(3)"),
        ("2½ + x²", "(2+1/2) + x^2"),
    ],
)
def test_spelling_and_courtesies_go(text: str, plain: str) -> None:
    assert plain_math(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1,234.5 + 1", "1234.5 + 1"),
        ("1,234,567", "1234567"),
        ("2,5 + 3,25", "2.5 + 3.25"),
        ("1,5.2", "1,5.2"),
        ("f(1, 2)", "f(1, 2)"),
    ],
)
def test_commas_are_read_where_they_are_clear(text: str, plain: str) -> None:
    assert point_decimals(text) == plain


def test_a_comma_that_may_be_either_is_refused() -> None:
    with pytest.raises(InvalidTaskError, match="two ways"):
        point_decimals("1,234 + 1")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("twenty-five", "25"),
        ("one hundred and five minus thirty two", "105 minus 32"),
        ("two million three hundred thousand and six", "2300006"),
        ("seventeen thousand", "17000"),
        ("often someone tens sixty-", "often someone tens 60-"),
        ("Fifteen and one", "15 and 1"),
    ],
)
def test_spelled_numbers_become_digits(text: str, digits: str) -> None:
    assert with_digits(text) == digits
    assert holds_spelled_number(text)


@given(st.text(max_size=200))
def test_no_text_breaks_the_spelling(text: str) -> None:
    assert "\n" not in plain_math(with_digits(text))


@pytest.mark.parametrize("unit", [", ", ". ", "! ", "? ", "please ", " ,", "one hundred and ", "½"])
def test_runs_of_marks_cost_no_more_than_their_length(unit: str) -> None:
    started = time.thread_time()
    plain_math(with_digits(unit * (2800 // len(unit)) + "1"))
    assert time.thread_time() - started < 2.0
