"""The search of kinds without a net, on puzzles small enough to know everything about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.best_first import best_first
from tasks.protocol import BoolArray, FloatArray, Task

GOAL = 63


@dataclass
class Steps:
    """Positions 0..63; actions add 1, double, or add 5 modulo 64; cost of an action is given."""

    goals: frozenset[int] = frozenset({GOAL})
    version = "steps-1"
    num_actions = 3
    observation_shape = (1,)
    num_players = 1
    max_steps: int = 64
    discount = 1.0
    rules = None

    def initial(self, task: Task) -> int:
        return 1

    def legal(self, state: int) -> BoolArray:
        return np.array([True, state < 32, state < 60])

    def step(self, state: int, action: int) -> int:
        return (state + 1, 2 * state, state + 5)[action]

    def is_terminal(self, state: int) -> bool:
        return state >= GOAL

    def returns(self, state: int) -> FloatArray:
        return np.array([1.0 if state in self.goals else -1.0], np.float32)

    def to_play(self, state: int) -> int:
        return 0

    def observe(self, state: int) -> FloatArray:
        return np.array([state / 64], np.float32)

    def describe(self, state: int) -> str:
        return str(state)

    def describe_action(self, state: int, action: int) -> str:
        return ("+1", "*2", "+5")[action]


@dataclass
class Knowing:
    prices: tuple[float, float, float] = (1.0, 1.0, 1.0)
    weight: float = 1.0
    admissible: bool = True
    commutes: bool = False
    knows: dict[int, float] | None = None
    name: str = "test"

    def actions(self, state: int) -> Sequence[int]:
        return [a for a in range(3) if Steps().legal(state)[a]]

    def cost(self, state: int, action: int) -> float:
        return self.prices[action]

    def estimate(self, state: int) -> float:
        return 0.0 if self.knows is None else self.knows.get(state, 0.0)


def cheapest(prices: tuple[float, float, float]) -> dict[int, float]:
    """Return the true cost to the goal from every position."""
    best = {GOAL: 0.0}
    for state in range(GOAL - 1, 0, -1):
        after = [(state + 1, 0), (2 * state, 1), (state + 5, 2)]
        costs = [prices[a] + best[s] for s, a in after if s in best and Steps().legal(state)[a]]
        if costs:
            best[state] = min(costs)
    return best


PRICES = st.tuples(*[st.integers(0, 9).map(float)] * 3)


@given(PRICES)
def test_without_knowledge_the_first_end_is_a_cheapest_one(
    prices: tuple[float, float, float],
) -> None:
    found = best_first(Steps(), Knowing(prices), 1)
    assert found.optimal
    assert found.costs[0] == cheapest(prices)[1]


@given(PRICES)
def test_perfect_knowledge_looks_only_along_cheapest_ways(
    prices: tuple[float, float, float],
) -> None:
    blind = best_first(Steps(), Knowing(prices), 1)
    seeing = best_first(Steps(), Knowing(prices, knows=cheapest(prices)), 1)
    assert seeing.costs == blind.costs
    assert seeing.states <= blind.states


@given(PRICES, st.floats(1.5, 50))
def test_a_dive_that_goes_on_ends_with_a_proved_cheapest_end(
    prices: tuple[float, float, float], weight: float
) -> None:
    guide = Knowing(prices, weight=weight, knows=cheapest(prices))
    found = best_first(Steps(), guide, 1, improves=True)
    assert found.complete
    assert found.optimal
    assert found.costs[0] == cheapest(prices)[1]


def test_the_first_end_of_a_dive_or_of_a_guess_is_not_said_to_be_a_cheapest_one() -> None:
    way = dict.fromkeys(range(1, GOAL), 1.0)
    dive = best_first(Steps(), Knowing((1.0, 9.0, 9.0), weight=9.0, knows=way), 1)
    guess = best_first(Steps(), Knowing((1.0, 9.0, 9.0), admissible=False, knows=way), 1)
    for found in (dive, guess):
        assert found.ends
        assert (found.optimal, found.complete) == (False, False)


def test_an_empty_frontier_proves_that_there_is_no_end() -> None:
    found = best_first(Steps(goals=frozenset()), Knowing(), 1)
    assert (found.ends, found.complete, found.optimal) == ((), True, False)


def test_an_infinite_estimate_at_the_root_is_a_proof() -> None:
    found = best_first(Steps(), Knowing(knows={1: math.inf}), 1)
    assert (found.ends, found.complete, found.states) == ((), True, 1)


def test_all_different_ends_are_found_and_counted_once() -> None:
    found = best_first(Steps(goals=frozenset({63, 64, 66})), Knowing(), 1, ends_wanted=9)
    assert found.complete
    assert len(found.ends) == 2  # no legal action leads to 66
    assert list(found.costs) == sorted(found.costs)


def test_depth_beyond_max_steps_is_no_proof() -> None:
    found = best_first(Steps(max_steps=3), Knowing(), 1)
    assert (found.ends, found.complete) == ((), False)


def test_giving_up_keeps_what_was_found() -> None:
    guide = Knowing((1.0, 1.0, 9.0), weight=0.0)
    found = best_first(Steps(), guide, 1, improves=True, most_states=60)
    assert not found.complete
    assert not found.optimal


def test_it_stops_when_it_is_told_to() -> None:
    found = best_first(Steps(), Knowing(), 1, should_stop=lambda: True)
    assert not found.complete
    assert found.states < 60


def test_where_actions_commute_only_the_first_is_followed() -> None:
    found = best_first(Steps(), Knowing(commutes=True), 1)
    assert found.ends == ((0,) * 62,)
    assert found.states == 63


def test_two_players_are_refused() -> None:
    environment: Any = Steps()
    environment.num_players = 2
    with pytest.raises(ValueError, match="one player"):
        best_first(environment, Knowing(), 1)


def test_actions_lead_to_the_end_that_they_are_said_to() -> None:
    found = best_first(Steps(), Knowing((3.0, 1.0, 2.0)), 1)
    state = 1
    for action in found.ends[0]:
        state = Steps().step(state, action)
    assert state == GOAL
