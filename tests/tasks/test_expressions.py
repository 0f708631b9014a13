from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.math.expressions import (
    ExpressionSyntaxError,
    Tree,
    names_in,
    number,
    read_expression,
    write_expression,
)
from tasks.math.plain_text import plain_math, point_decimals
from tasks.protocol import InvalidTaskError

F = frozenset({"f"})
LEAVES = st.one_of(
    st.integers(0, 99).map(number), st.sampled_from("xyz").map(lambda name: ("name", name))
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*/^"), inner, inner),
        inner.map(lambda tree: ("neg", tree)),
        inner.map(lambda tree: ("call", "f", tree)),
    ),
    max_leaves=12,
)


@given(TREES)
def test_what_is_written_reads_as_the_same_tree(tree: Tree) -> None:
    assert read_expression(write_expression(tree), F) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2x^2 - 3(x+1)", 2 * 49 - 3 * 8),
        ("-x^2", -49),
        ("3*-4", -12),
        ("1/2x", Fraction(7, 2)),
        ("2^3^2", 512),
        ("--3 - -x", 10),
        ("x(x)x", 343),
    ],
)
def test_operators_bind_as_people_mean_them(text: str, value: Fraction) -> None:
    assert _value(read_expression(text)) == value


@pytest.mark.parametrize(
    "text", ["", "1 2", "x 2", "2..3", "(", "(1", "1)", "*3", "2+", "a'b", "$"]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionSyntaxError):
        read_expression(text)


@pytest.mark.parametrize(
    "text", ["(" * 50 + "1" + ")" * 50, "-" * 90 + "1", "9" * 61, "1+" * 900 + "1", "2^" * 50 + "2"]
)
def test_what_is_too_large_is_refused(text: str) -> None:
    with pytest.raises(InvalidTaskError):
        read_expression(text)


@given(st.text("0123456789.xyf()+-*/^!,' \t", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = read_expression(text, F)
    except (ExpressionSyntaxError, InvalidTaskError):
        return
    assert names_in(tree) <= set("xyf")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Hey, what is $\\frac{1}{2} \\cdot x²$, please?", "what is ((1)/(2)) * x^2"),
        ("3√2 − √(x+1)", "3sqrt(2) - sqrt(x+1)"),
        ("x^{10} ÷ x⁻¹²", "x^(10) / x^(-12)"),
        ("2½ · ½", "(2+1/2) * (1/2)"),
        ("\\sqrt[3]{27}!", "root(3, 27)"),
    ],
)
def test_unicode_and_latex_become_plain(typed: str, plain: str) -> None:
    assert plain_math(typed) == plain


def test_a_comma_that_may_mean_two_things_is_refused() -> None:
    assert point_decimals("3,5 + 1,000,000") == "3.5 + 1000000"
    with pytest.raises(InvalidTaskError):
        point_decimals("1,000 + 2")


def _value(tree: Tree) -> Fraction:
    """Evaluate with x = 7."""
    form = tree[0]
    if form == "num":
        return Fraction(tree[1], tree[2])
    if form == "name":
        return Fraction(7)
    if form == "neg":
        return -_value(tree[1])
    a, b = _value(tree[1]), _value(tree[2])
    if form == "^":
        return Fraction(a**b)
    return {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else Fraction(0)}[form]
