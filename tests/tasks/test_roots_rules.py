"""Every rule on equations of higher degree keeps the zeros; sympy and the grader say so."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy

from tasks.math.roots import PolynomialEquationsKind
from tasks.math.roots_exact import count_real_zeros, polynomial
from tasks.math.roots_grader import check_derivation, difference
from tasks.math.roots_integers import (
    candidates,
    divided,
    real_zeros,
    remainder,
    square_below,
    two_squares,
)
from tasks.math.roots_irreducible import is_irreducible, rational_zeros
from tasks.protocol import Answer, IllegalActionError, Task

KIND = PolynomialEquationsKind()
ENVIRONMENT = KIND.environment
assert ENVIRONMENT is not None
X = sympy.Symbol("x")
PROMPTS = (
    "(x + 1)^2(x - 2)/3 = x(x - 2) + 1/2",
    "2x^4 - 10x^2 + 12 = 0",
    "-3x^5/4 = 3x^3/2 - 15x^2",
    "x^6 - 7x^3 - 8 = 0",
    "6x^2 - 5x = 6",
    "12x^2 = 4x + 3",
    "x(2x - 1)(x + 3)^2 = 0",
    "factor -4x^4/7 + 16x^2/7",
    "factor x^5 + x^4 + 4x + 4",
    "factor x^4 + x^2 + 1",
    "factor 18x^3 - 21x^2 - 10x + 8",
)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_any_legal_rule_keeps_the_zeros_and_notes_what_is_true(prompt: str) -> None:
    task = KIND.parse(prompt)
    assert task is not None
    target = difference(task.payload.text, task.payload.unknown)
    rng = random.Random(prompt)
    for _ in range(15):
        state = ENVIRONMENT.initial(task)
        lines: list[str] = []
        for _ in range(40):
            if ENVIRONMENT.is_terminal(state):
                break
            action = int(rng.choice(list(np.flatnonzero(ENVIRONMENT.legal(state)))))
            assert ENVIRONMENT.describe_action(state, action)
            state = ENVIRONMENT.step(state, action)
            lines.append(ENVIRONMENT.describe(state))
            assert np.abs(ENVIRONMENT.observe(state)).max() <= 1
        wrong = check_derivation(task, Answer("", (), tuple(lines)), target)
        assert not wrong or wrong.startswith("the last step"), (wrong, lines)


@pytest.mark.parametrize("seed", range(30))
def test_answers_agree_with_sympy(seed: int) -> None:
    task = KIND.generate(seed, 0.6, "test")
    text = solution(task)
    left, _, right = task.payload.text.partition("=")
    x = sympy.Symbol(task.payload.unknown)
    expression = sympy.Poly(sympy.sympify(left) - sympy.sympify(right or "0"), x)
    if right:
        expected = {sympy.radsimp(root) for root in sympy.real_roots(expression.as_expr())}
        found = {
            sympy.radsimp(sympy.sympify(part.split("=")[1]))
            for part in text.split(",")
            if "=" in part
        }
        assert found == expected
    else:
        product = sympy.sympify(text)
        assert sympy.expand(product - expression.as_expr()) == 0
        factors = sum(count for _, count in sympy.factor_list(expression.as_expr())[1])
        assert sum(count for _, count in sympy.factor_list(product)[1]) == factors
        written = sympy.Mul.make_args(sympy.sympify(text, evaluate=False))
        assert len([part for part in written if part.has(x)]) <= factors


def solution(task: Task) -> str:
    state = ENVIRONMENT.initial(task)
    actions = []
    while not ENVIRONMENT.is_terminal(state):
        actions.append(KIND.guide.actions(state)[0])
        state = ENVIRONMENT.step(state, actions[-1])
    return KIND.answer_from_actions(task, tuple(actions)).text


def test_a_net_that_treats_slots_alike_fits() -> None:
    assert ENVIRONMENT.num_actions % ENVIRONMENT.observation_shape[0] == 0


def test_all_rational_zeros_are_among_the_candidates() -> None:
    rng = random.Random(7)
    for _ in range(300):
        zeros = [
            (rng.choice((-1, 1)) * rng.randint(1, 10 ** rng.randint(1, 12)), rng.randint(1, 40))
            for _ in range(rng.randint(1, 5))
        ]
        zeros = [(Fraction(*zero).numerator, Fraction(*zero).denominator) for zero in zeros]
        coefficients = (rng.choice((1, 2, -3)),)
        for num, den in zeros:
            coefficients = tuple(
                den * a - num * b
                for a, b in zip((*coefficients, 0), (0, *coefficients), strict=True)
            )
        assert set(zeros) <= set(candidates(coefficients))
        assert len(candidates(coefficients)) <= 24
        assert (0, 1) not in candidates(coefficients)
        for zero in zeros:
            assert remainder(coefficients, zero) == 0
            coefficients = divided(coefficients, zero)


def test_division_by_no_zero_is_an_error() -> None:
    with pytest.raises(ValueError, match="no zero"):
        divided((2, 0, 1), (1, 4))


@pytest.mark.parametrize("seed", range(40))
def test_real_zeros_are_counted_alike_by_rules_grader_and_sympy(seed: int) -> None:
    rng = random.Random(seed)
    coefficients = [rng.randint(-9, 9) for _ in range(rng.randint(2, 6))]
    coefficients[0] = coefficients[0] or 1
    squared = sympy.Poly(coefficients, X) * sympy.Poly([1, rng.randint(-3, 3)], X) ** (seed % 3)
    whole = tuple(int(c) for c in squared.all_coeffs())
    expected = len(set(sympy.real_roots(squared)))
    assert real_zeros(whole) == expected
    assert count_real_zeros([Fraction(c) for c in reversed(whole)]) == expected


@pytest.mark.parametrize("seed", range(60))
def test_the_grader_knows_irreducible_polynomials_as_sympy_does(seed: int) -> None:
    rng = random.Random(seed)
    parts = [
        sympy.Poly([rng.randint(1, 4), *(rng.randint(-6, 6) for _ in range(degree))], X)
        for degree in rng.choice(((2, 2), (4,), (3,), (1, 2), (5,), (2, 3), (2,)))
    ]
    product = sympy.prod(parts)
    values = [Fraction(int(c)) for c in reversed(product.all_coeffs())]
    found = is_irreducible(values)
    assert found in (product.is_irreducible, None)
    assert found is not None or len(values) > 5
    rational = {Fraction(int(r.p), int(r.q)) for r in sympy.roots(product, filter="Q")}
    assert set(rational_zeros(values)) == rational


def test_squares_and_differences_of_squares_are_found() -> None:
    assert [square_below(n) for n in (1, 2, 12, 49, 18, 10**24, 2 * 997**2)] == [
        1, 1, 2, 7, 3, 10**12, 997,
    ]  # fmt: skip
    assert two_squares((1, 0, 0, 0, 4)) == ((1, -2, 2), (1, 2, 2))
    assert two_squares((1, 0, -7, 0, 9)) == ((1, -1, -3), (1, 1, -3))
    assert two_squares((1, 0, 0, 0, 1)) is None
    assert two_squares((1, 1, 1, 0, 1)) is None


def test_a_failed_candidate_is_noted_and_not_tried_again() -> None:
    task = KIND.parse("x^3 - 2x^2 - 5x + 6 = 0")
    assert task is not None
    state = ENVIRONMENT.step(ENVIRONMENT.initial(task), gather(ENVIRONMENT.initial(task)))
    wrong = next(
        action
        for action in map(int, np.flatnonzero(ENVIRONMENT.legal(state)))
        if ENVIRONMENT.describe_action(state, action) == "try 2 as a zero"
    )
    after = ENVIRONMENT.step(state, wrong)
    assert ENVIRONMENT.describe(after).endswith("x**3 - 2*x**2 - 5*x + 6: x != 2")
    with pytest.raises(IllegalActionError):
        ENVIRONMENT.step(after, wrong)


def gather(state: object) -> int:
    legal = map(int, np.flatnonzero(ENVIRONMENT.legal(state)))
    return next(a for a in legal if "in order" in ENVIRONMENT.describe_action(state, a))


def test_the_grader_reads_polynomials_exactly() -> None:
    assert polynomial("0.1x^2 - 2(x - 1)/3", "x") == [
        Fraction(2, 3), Fraction(-2, 3), Fraction(1, 10),
    ]  # fmt: skip
