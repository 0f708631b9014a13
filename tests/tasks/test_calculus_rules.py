"""Every rule of calculus keeps the value wherever it is legal; sympy and the grader say so."""

from __future__ import annotations

import random

import numpy as np
import pytest
import sympy

from tasks.math.calculus import CalculusKind
from tasks.math.calculus_grader import true_value
from tasks.math.calculus_normal_form import UnreadableError, normal_form
from tasks.math.calculus_rules import CalculusState, openings
from tasks.math.expressions import read_expression
from tasks.math.product_sum_reader import NotASumError, sum_of
from tasks.math.product_sums import is_tidy, sum_text
from tasks.protocol import IllegalActionError, InvalidTaskError

KIND = CalculusKind()
ENVIRONMENT = KIND.environment
assert ENVIRONMENT is not None
PROMPTS = (
    "d/dx x^2(x + 1)^3(2x - y)",
    "third derivative of (x^2 + 1)(x - 3)^2/2 wrt x",
    "derivative of sqrt(x)(x + 1/x)",
    "integral of (x + 1)(x - 2)^2 - 3/x^2 dx",
    "integrate 2y(x + y)^2 - x/3 wrt x from -1 to 2",
    "∫_1^4 (sqrt(x) + 1) dx",
    "derivative of (3x - (x - (2 - x))^2)^2 at x = 1/2",
    "derivative of (x + 1)^7(x - 1) at x = -1/2",
)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_any_legal_rule_keeps_the_value(prompt: str) -> None:
    task = KIND.parse(prompt)
    assert task is not None
    truth = true_value(task.payload)
    rng = random.Random(prompt)
    for _ in range(5):
        state = ENVIRONMENT.initial(task)
        for _ in range(40):
            if ENVIRONMENT.is_terminal(state):
                break
            actions = np.flatnonzero(ENVIRONMENT.legal(state))
            state = ENVIRONMENT.step(state, int(rng.choice(list(actions))))
            assert normal_form(ENVIRONMENT.describe(state)) == truth, state
            assert np.abs(ENVIRONMENT.observe(state)).max() <= 1


@pytest.mark.parametrize("seed", range(20))
def test_answers_agree_with_sympy(seed: int) -> None:
    task = KIND.generate(seed, 0.6, "test")
    state = ENVIRONMENT.initial(task)
    while not ENVIRONMENT.is_terminal(state):
        state = ENVIRONMENT.step(state, KIND.guide.actions(state)[0])
    problem = task.payload
    expression, x = sympy.sympify(problem.text), sympy.Symbol(problem.unknown)
    if problem.operation == "derivative":
        expected = sympy.diff(expression, x, problem.order)
    elif problem.upper:
        bounds = (x, sympy.Rational(problem.lower), sympy.Rational(problem.upper))
        expected = sympy.integrate(expression, bounds)
    else:
        expected = sympy.integrate(expression, x)
    found = sympy.sympify(ENVIRONMENT.describe(state))
    assert sympy.simplify(sympy.expand(found - expected)).diff(x) == 0
    if problem.operation == "derivative" or problem.upper:
        assert sympy.expand(found - expected) == 0


def test_a_net_that_treats_slots_alike_fits() -> None:
    assert ENVIRONMENT.num_actions % ENVIRONMENT.observation_shape[0] == 0


def test_what_is_left_of_a_solution_falls_to_nothing() -> None:
    task = KIND.generate(3, 0.7, "test")
    state = ENVIRONMENT.initial(task)
    first = KIND.guide.estimate(state)
    while not ENVIRONMENT.is_terminal(state):
        assert KIND.guide.estimate(state) < float("inf")
        state = ENVIRONMENT.step(state, KIND.guide.actions(state)[0])
    assert KIND.guide.estimate(state) < first
    assert is_tidy(state.terms)


def test_the_actions_are_named_and_others_refused() -> None:
    state = ENVIRONMENT.initial(KIND.generate(0, 0.5, "test"))
    assert ENVIRONMENT.describe_action(state, 1).startswith("sum rule on diff(")
    for action in (-1, 0, 10**6, ENVIRONMENT.num_actions):
        with pytest.raises(IllegalActionError):
            ENVIRONMENT.step(state, action)
    solved = CalculusState(sum_of(read_expression("3x + 1")))
    assert ENVIRONMENT.is_terminal(solved)
    assert not ENVIRONMENT.legal(solved).any()


def test_terms_beyond_the_slots_come_in_when_others_are_done() -> None:
    text = " + ".join(f"{n}*x^{n}" for n in range(2, 50))
    task = KIND.parse(f"Differentiate {text}")
    assert task is not None
    state = ENVIRONMENT.initial(task)
    state = ENVIRONMENT.step(state, KIND.guide.actions(state)[0])
    assert len(openings(state)) == 32 < len(state.terms)
    while not ENVIRONMENT.is_terminal(state):
        state = ENVIRONMENT.step(state, KIND.guide.actions(state)[0])
    assert ENVIRONMENT.returns(state)[0] == 1


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("3x^2*5", "15*x**2"),
        ("x*x^2", "x*x**2"),
        ("-(x + 1)", "-x - 1"),
        ("2(x + 1)", "2*(x + 1)"),
        ("(x + 1)/4", "(x + 1)/4"),
        ("(2x)^3", "8*x**3"),
        ("((x + 1)^2)^3", "(x + 1)**6"),
        ("sqrt(4x)", "2*x**(1/2)"),
        ("1/x^2", "x**(-2)"),
        ("x^0", "1"),
        ("0*x", "0"),
        ("5 - 0", "5"),
        ("-7/2", "-7/2"),
    ],
)
def test_sums_are_read_as_typed(typed: str, written: str) -> None:
    assert sum_text(sum_of(read_expression(typed))) == written


@pytest.mark.parametrize("typed", ["1/(x + 1)", "x^y", "2^x", "sqrt(x + 1)", "sqrt(2)"])
def test_other_expressions_are_no_sums_of_powers(typed: str) -> None:
    with pytest.raises(NotASumError):
        sum_of(read_expression(typed))


@pytest.mark.parametrize("typed", ["x/0", "0^-1", "x^(10^7)", "9^9^5", "(x + 1)^99"])
def test_impossible_or_huge_expressions_are_refused(typed: str) -> None:
    with pytest.raises(InvalidTaskError):
        sum_of(read_expression(typed))


@pytest.mark.parametrize("text", ["", "x+", "1/(x + 1)", "2 3", "x2", "(x+1)**(1/2)", "diff(x)"])
def test_the_grader_does_not_guess_at_what_it_cannot_read(text: str) -> None:
    with pytest.raises(UnreadableError):
        normal_form(text)
