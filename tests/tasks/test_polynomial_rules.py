"""Each rule by itself, and that no sequence of rules ever changes a value."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tasks.math.polynomial_problem import PolynomialPayload
from tasks.math.polynomial_rewriting import PolynomialEnvironment, is_solved, moves
from tasks.math.polynomial_rules import (
    CALL,
    COMBINE,
    DROP,
    EXPAND,
    MULTIPLY,
    POWER,
    SPLIT,
    VERBS,
)
from tasks.math.polynomial_state import Polynomial
from tasks.math.polynomial_values import Values, Work
from tasks.math.polynomials import PolynomialsKind
from tasks.protocol import IllegalActionError

ENVIRONMENT = PolynomialEnvironment()


def successors(state: Polynomial, verb: int) -> list[str]:
    actions = [slot * VERBS + verb for slot, node in enumerate(moves(state)) if verb in node.verbs]
    return [ENVIRONMENT.describe(ENVIRONMENT.step(state, action)) for action in actions]


@pytest.mark.parametrize(
    ("text", "verb", "after"),
    [
        ("2x + y + 3x", COMBINE, ["5*x + y"]),
        ("x - x", COMBINE, ["0"]),
        ("2(x+1)^2 + 3(x+1)^2", COMBINE, ["5*(x + 1)**2"]),
        ("x + 0*y + 0", DROP, ["x + 0", "x + 0*y"]),
        ("x*x^2", MULTIPLY, ["x**3"]),
        ("x/x", MULTIPLY, ["1"]),
        ("2*3*x", MULTIPLY, ["6*x"]),
        ("x^(1/2)*x^(1/3)", MULTIPLY, ["x**(5/6)"]),
        ("2*3^2", POWER, ["2*9"]),
        ("(2x)^3", POWER, ["2**3*x**3"]),
        ("(x^2)^(-3)", POWER, ["x**(-6)"]),
        ("8^(2/3)*x", POWER, ["4*x"]),
        ("3*x^0", POWER, ["3"]),
        ("(x+1)^0", POWER, ["1"]),
        ("3x^2*(x - 2)", EXPAND, ["3*x**3 - 6*x**2"]),
        ("y - (x - 1)", EXPAND, ["y - x + 1"]),
        ("(a+b)(c+d)", EXPAND, ["c*(a + b) + d*(a + b)", "c*(a + b) + d*(a + b)"]),
        ("2(a+b)(c+d)", EXPAND, ["(2*a + 2*b)*(c + d)", "(2*c + 2*d)*(a + b)"]),
        ("(x+1)^3", SPLIT, ["(x + 1)*(x + 1)**2"]),
    ],
)
def test_a_rule_does_one_thing(text: str, verb: int, after: list[str]) -> None:
    found = successors(PolynomialPayload(text).start(), verb)
    if text == "(a+b)(c+d)":
        assert sorted(found) == ["a*(c + d) + b*(c + d)", "c*(a + b) + d*(a + b)"]
    else:
        assert found == after


def test_definitions_are_put_in_as_they_stand_and_then_forgotten() -> None:
    state = PolynomialPayload("2*f(3) + k", ("f(x) = x^2 - x", "k = 5", "g(x) = x")).start()
    assert ENVIRONMENT.describe(state) == "2*f(3) + k where f(x) = x**2 - x, k = 5"
    assert successors(state, CALL) == [
        "2*(3**2 - 3) + k where k = 5",
        "2*f(3) + 5 where f(x) = x**2 - x",
    ]


def test_bodies_of_definitions_are_rewritten_too() -> None:
    state = PolynomialPayload("f(y)", ("f(x) = x + x",)).start()
    assert successors(state, COMBINE) == ["f(y) where f(x) = 2*x"]


@pytest.mark.parametrize("stuck", ["x*(1-1)/(1-1)"])
def test_a_dead_end_is_the_end_and_is_lost(stuck: str) -> None:
    state = PolynomialPayload(stuck).start()
    for _ in range(20):
        if ENVIRONMENT.is_terminal(state):
            break
        state = ENVIRONMENT.step(state, int(np.flatnonzero(ENVIRONMENT.legal(state))[0]))
    assert ENVIRONMENT.is_terminal(state)
    assert not is_solved(state)
    assert ENVIRONMENT.returns(state).tolist() == [-1.0]


def test_random_rules_keep_the_value_by_the_graders_own_reckoning() -> None:
    kind = PolynomialsKind()
    rng = random.Random("walks")
    for seed in range(60):
        task = kind.generate(seed, seed / 60, "train")
        truth = Values(task.payload.definitions, Work()).of_text(task.payload.text)
        state = ENVIRONMENT.initial(task)
        for _ in range(25):
            legal = np.flatnonzero(ENVIRONMENT.legal(state))
            if not len(legal):
                assert is_solved(state)
                break
            state = ENVIRONMENT.step(state, int(rng.choice(legal)))
            said, _, where = ENVIRONMENT.describe(state).partition(" where ")
            stated = Values(where.split(", ") if where else (), Work())
            assert stated.of_text(said) == truth, (task.prompt, said)


def test_four_actions_are_legal_on_average_and_three_steps_needed_at_middle_difficulty() -> None:
    from_start = []
    kind = PolynomialsKind()
    for seed in range(80):
        state = ENVIRONMENT.initial(kind.generate(seed, 0.5, "test"))
        steps = 0
        while not ENVIRONMENT.is_terminal(state):
            from_start.append(int(ENVIRONMENT.legal(state).sum()))
            state = ENVIRONMENT.step(state, kind.guide.actions(state)[0])
            steps += 1
        assert steps >= 3
    assert sum(from_start) / len(from_start) >= 4


def test_actions_without_a_rule_are_illegal() -> None:
    state = PolynomialPayload("x + x").start()
    for action in (0 * VERBS + EXPAND, 1 * VERBS + COMBINE, -1, ENVIRONMENT.num_actions):
        with pytest.raises(IllegalActionError):
            ENVIRONMENT.step(state, action)


def test_actions_are_described() -> None:
    state = PolynomialPayload("2x + 3x + 4(x+1)^2 + f(2)*3*5", ("f(x) = x + x",)).start()
    texts = [
        ENVIRONMENT.describe_action(state, int(a)) for a in np.flatnonzero(ENVIRONMENT.legal(state))
    ]
    assert texts == [
        "combine x and x in the definition of f",
        "combine 2*x and 3*x",
        "take one factor out of (x + 1)**2",
        "multiply 3 by 5",
        "put in the definition for f(2)",
    ]
