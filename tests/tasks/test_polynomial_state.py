from __future__ import annotations

import pytest

from tasks.math.expressions import read_expression
from tasks.math.polynomial_reading import sum_of
from tasks.math.polynomial_state import Sum, monomials, sum_text
from tasks.protocol import InvalidTaskError

CALLED = frozenset("f")


def read(text: str) -> Sum:
    return sum_of(read_expression(text, CALLED))


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("3 + 2x - x*x*4", "3 + 2*x - 4*x*x"),
        ("-14*x**5/9+3*4*x*2", "-14/9*x**5 + 3*4*2*x"),
        ("2*f(x+1)**2 - 0*x + 0", "2*f(x + 1)**2 + 0*x + 0"),
        ("-(x+1)^2*(y-1)/2", "-1/2*(x + 1)**2*(y - 1)"),
        ("n*n**7/(n/n**0)/(-2)", "-1/2*n*n**7*(n*n**0)**(-1)"),
        ("-(x + 1)", "-(x + 1)"),
        ("3 - -(x - y)/-(-2)", "3 + 1/2*(x - y)"),
        ("x**-(2 - 3) - (-(x + 1))**2", "x - (-(x + 1))**2"),
        ("sqrt(4x)", "(4*x)**(1/2)"),
        ("(x^2)^3", "(x**2)**3"),
        ("x - (y - (z - 1))", "x - (y - (z - 1))"),
        ("(-3)**2 - 3**2", "(-3)**2 - 3**2"),
        ("0", "0"),
    ],
)
def test_reading_settles_notation_and_calculates_nothing(typed: str, written: str) -> None:
    assert sum_text(read(typed)) == written
    assert read(written) == read(typed)


@pytest.mark.parametrize("done", ["0", "3*x**2 - 1/2*x*y + 4", "x**(-1/2)", "-x"])
def test_collected_sums_of_monomials_are_done(done: str) -> None:
    assert monomials(read(done))


@pytest.mark.parametrize(
    "open_", ["x + x", "2*3", "x*x", "f(2)", "(x)*2 + y*(1 + x)", "0*x", "x**0", "2**2*x", "x + 0"]
)
def test_everything_that_a_rule_applies_to_is_not_done(open_: str) -> None:
    assert not monomials(read(open_))


@pytest.mark.parametrize("bad", ["1/0", "x**y", "2**x", "0**0", "f(1, 2)", "x**(10**7)"])
def test_what_is_no_polynomial_expression_is_refused(bad: str) -> None:
    with pytest.raises(InvalidTaskError):
        read(bad)
