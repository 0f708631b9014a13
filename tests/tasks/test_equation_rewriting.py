"""Every rewrite keeps the solutions, says what it does, and no single one solves anything."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from equation_solutions import pupil_solution, shortest_length
from hypothesis import given
from hypothesis import strategies as st

from tasks.math.equation_grader import solutions
from tasks.math.equation_parser import read_equation
from tasks.math.equation_rewriting import (
    COMBINE,
    DIVIDE,
    EXPAND,
    MOVE,
    MULTIPLY,
    NUM_ACTIONS,
    SWAP,
    VERBS,
    WHOLE,
    EquationEnvironment,
    K,
    solution_text,
)
from tasks.math.equation_state import CONSTANT, MAX_TERMS, UNKNOWN, Equation
from tasks.math.equations import EquationsKind
from tasks.protocol import IllegalActionError

ENVIRONMENT = EquationEnvironment()
KIND = EquationsKind()

COEFFICIENTS = st.fractions(-30, 30, max_denominator=7).filter(bool)


def _terms(bodies: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.tuples(COEFFICIENTS, bodies).map(lambda t: (t[0].numerator, t[0].denominator, t[1]))


PLAIN = _terms(st.sampled_from([CONSTANT, UNKNOWN]))
BRACKETS = _terms(st.lists(PLAIN, min_size=2, max_size=3).map(tuple))
NESTED = _terms(st.lists(st.one_of(PLAIN, BRACKETS), min_size=2, max_size=3).map(tuple))
SIDES = st.lists(st.one_of(PLAIN, BRACKETS, NESTED), max_size=5).map(tuple)
EQUATIONS = st.builds(Equation, st.sampled_from("xtb"), SIDES, SIDES)


def equation(text: str) -> Equation:
    return read_equation(text, "x")


def after(text: str, slot: int, verb: int) -> str:
    state = ENVIRONMENT.step(equation(text), slot * VERBS + verb)
    return ENVIRONMENT.describe(state)


@given(EQUATIONS)
def test_every_legal_action_keeps_the_set_of_solutions(state: Equation) -> None:
    # Judged by the grader's own evaluation of what is printed.
    before = solutions(ENVIRONMENT.describe(state), state.unknown)
    for action in np.flatnonzero(ENVIRONMENT.legal(state)):
        text = ENVIRONMENT.describe(ENVIRONMENT.step(state, int(action)))
        assert solutions(text, state.unknown) == before


@given(EQUATIONS)
def test_exactly_the_legal_actions_can_be_taken(state: Equation) -> None:
    mask = ENVIRONMENT.legal(state)
    assert mask.any() != ENVIRONMENT.is_terminal(state)
    for action in range(-1, NUM_ACTIONS + 1):
        if 0 <= action < NUM_ACTIONS and mask[action]:
            assert ENVIRONMENT.step(state, action) != state or action == WHOLE * VERBS + SWAP
        else:
            with pytest.raises(IllegalActionError):
                ENVIRONMENT.step(state, action)


@given(EQUATIONS)
def test_what_is_printed_reads_back_to_the_same_equation(state: Equation) -> None:
    assert read_equation(ENVIRONMENT.describe(state), state.unknown) == state


@given(EQUATIONS)
def test_features_are_bounded_and_absent_terms_are_blank(state: Equation) -> None:
    view = ENVIRONMENT.observe(state)
    assert view.shape == ENVIRONMENT.observation_shape
    assert np.abs(view).max() <= 1
    assert not view[len(state.left) : K].any()
    assert not view[K + len(state.right) : 2 * K].any()


@pytest.mark.parametrize(
    ("text", "slot", "verb", "result", "said"),
    [
        ("3x + 5 = 17", 1, MOVE, "3x = 17 - 5", "subtract 5 from both sides"),
        ("3x - 5 = 17", 1, MOVE, "3x = 17 + 5", "add 5 to both sides"),
        ("3x = 2x + 1", K, MOVE, "3x - 2x = 1", "subtract 2x from both sides"),
        ("3x + 1 + 2x = 0", 2, COMBINE, "5x + 1 = 0", "combine 3x and 2x"),
        ("3x - 3x = 5", 1, COMBINE, "0 = 5", "combine 3x and -3x"),
        ("2(x + 1) - 5(x + 1) = 0", 1, COMBINE, "-3(x + 1) = 0", "combine 2(x + 1) and -5(x + 1)"),
        ("1 - 2(x - 3) = 4", 1, EXPAND, "1 - 2x + 6 = 4", "expand -2(x - 3)"),
        ("2(3(x - 1) + 4) = 8", 0, EXPAND, "6(x - 1) + 8 = 8", "expand 2(3(x - 1) + 4)"),
        ("3x + 5 = 17", 0, DIVIDE, "x + 5/3 = 17/3", "divide both sides by 3"),
        ("4(x - 1) = 8", 0, DIVIDE, "(x - 1) = 2", "divide both sides by 4"),
        ("-1/2 x = 3", 0, DIVIDE, "x = -6", "divide both sides by -1/2"),
        ("1/2 x + 1/3 = 3", 0, MULTIPLY, "x + 2/3 = 6", "multiply both sides by 2"),
        ("17 = 3x + 5", WHOLE, SWAP, "3x + 5 = 17", "swap the sides"),
    ],
)
def test_each_verb_does_what_it_says(
    text: str, slot: int, verb: int, result: str, said: str
) -> None:
    assert after(text, slot, verb) == result
    assert ENVIRONMENT.describe_action(equation(text), slot * VERBS + verb) == said


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x = 4", "x = 4"),
        ("x = 0", "x = 0"),
        ("0 = 5", "no solution"),
        ("3 = 3", "every number"),
        ("0 = 0", "every number"),
        ("4 = x", None),
        ("2x = 4", None),
        ("-x = 4", None),
        ("x = 4 + 1", None),
        ("x = x", None),
        ("(x + 1) = 4", None),
        ("2 + 3 = 5", None),
    ],
)
def test_only_an_equation_that_answers_itself_is_an_end(text: str, answer: str | None) -> None:
    state = equation(text)
    assert solution_text(state) == answer
    assert ENVIRONMENT.is_terminal(state) == (answer is not None)


def test_sides_cannot_grow_without_bound() -> None:
    state = equation("x" + " + x" * (MAX_TERMS - 1) + " = x + (x + 1 + 2)")
    right = ENVIRONMENT.legal(state).reshape(-1, VERBS)[K : K + 2]
    assert not right[:, MOVE].any()
    left = Equation("x", state.right, state.left)
    assert ENVIRONMENT.legal(left).reshape(-1, VERBS)[1, EXPAND]


def test_coefficients_beyond_the_largest_are_not_divided_by() -> None:
    state = Equation("x", ((10**30, 1, UNKNOWN),), ((1, 10**30, CONSTANT),))
    legal = ENVIRONMENT.legal(state).reshape(-1, VERBS)
    assert not legal[:, [DIVIDE, MULTIPLY]].any()
    assert legal.any()


def test_terms_beyond_the_tenth_come_in_by_combining() -> None:
    state = equation("x" + " + x" * 11 + " = 24")
    actions = pupil_solution(state)
    assert actions is not None
    for action in actions:
        state = ENVIRONMENT.step(state, action)
    assert solution_text(state) == "x = 2"


def test_half_difficult_tasks_offer_choices_and_take_at_least_three_steps() -> None:
    legal_counts = []
    for seed in range(100):
        task = KIND.generate(seed, 0.5, "test")
        state = ENVIRONMENT.initial(task)
        assert shortest_length(state, 2) is None, task.prompt
        actions = pupil_solution(state)
        assert actions is not None
        for action in actions:
            legal_counts.append(int(ENVIRONMENT.legal(state).sum()))
            state = ENVIRONMENT.step(state, action)
    assert np.mean(legal_counts) >= 4


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_a_pupil_finds_the_true_solution_of_every_task_within_the_step_limit(
    difficulty: float,
) -> None:
    for seed in range(60):
        task = KIND.generate(seed, difficulty, "train")
        actions = pupil_solution(ENVIRONMENT.initial(task))
        assert actions is not None
        assert len(actions) <= ENVIRONMENT.max_steps
        verdict = KIND.grade(task, KIND.answer_from_actions(task, actions))
        assert verdict.passed, verdict.feedback


def test_numbers_stay_exact() -> None:
    state = equation("1/3 x + 1/7 = 10000000000000000000001/9")
    actions = pupil_solution(state)
    assert actions is not None
    for action in actions:
        state = ENVIRONMENT.step(state, action)
    expected = (Fraction(10000000000000000000001, 9) - Fraction(1, 7)) * 3
    assert solution_text(state) == f"x = {expected}"
