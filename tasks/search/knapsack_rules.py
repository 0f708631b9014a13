"""The rules of packing a knapsack: item by item, the best value for weight first, in or out.

What a search may know is at the end, with `knapsack_bounds`. Letters: `N` items.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import gcd
from typing import Any, NamedTuple

import numpy as np

from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task
from tasks.search.knapsack_bounds import Numbers, best_multiplier, out_of_reach, value_bound

MOST_ITEMS = 100
TAKE, LEAVE = 0, 1
AHEAD = 12  # items that are seen beyond the one to decide
FEATURES = 10 + 2 * AHEAD


class Problem:
    """Items in the order of value for weight, and what follows from them.

    Attributes:
        order: for each place in that order the item's number in the payload.
        values, weights: `[N]`, in that order.
        capacity: in the units of the weights.
        bound: nothing that fits is worth more.
    """

    __slots__ = (
        "_by_weight", "_hash", "_price", "_price_order", "bound", "capacity", "counts", "key",
        "order", "value_array", "values", "weight_array", "weights",
    )  # fmt: skip

    def __init__(self, values: Sequence[int], weights: Sequence[int], capacity: int) -> None:
        self.order = sorted(range(len(values)), key=lambda i: (-values[i] / weights[i], -values[i]))
        self.values = tuple(values[i] for i in self.order)
        self.weights = tuple(weights[i] for i in self.order)
        self.capacity = capacity - capacity % gcd(*weights)
        self.key = (self.values, self.weights, self.capacity, tuple(self.order))
        self._hash = hash(self.key)
        self.value_array: Numbers = np.array(self.values, np.int64)
        self.weight_array: Numbers = np.array(self.weights, np.int64)
        self.counts: list[int] = [0, *np.cumsum(self.value_array).tolist()]
        self._by_weight = np.argsort(self.weight_array, kind="stable")
        self._price, self._price_order = best_multiplier(
            self.value_array, self.weight_array, self.capacity
        )
        self.bound = self.worth_at_most(0, self.capacity)

    def worth_at_most(self, first: int, left: int) -> int:
        """Return an upper bound on what the items from `first` on can add."""
        return int(
            value_bound(
                self.value_array, self.weight_array, first, left,
                self._by_weight, self._price_order, self._price,
            )
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.values)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Problem) and self.key == other.key)

    def __repr__(self) -> str:
        return f"Problem({len(self)} items, {self._hash})"


class Load(NamedTuple):
    """A knapsack that is being packed.

    Attributes:
        problem: what does not change.
        item: the next one to decide, which fits; N when none is left that does.
        left: capacity.
        value: of what is in.
    """

    problem: Problem
    item: int
    left: int
    value: int


class KnapsackEnvironment:
    """One player; action 0 takes the item, 1 leaves it out for good.

    Items that no longer fit are passed over; the end is reached when none fits. It returns
    (1 + value) / (1 + upper bound): the more valuable the more, 1 at best.
    """

    version = "knapsack-1"
    num_actions = 2
    observation_shape: tuple[int, ...] = (2, FEATURES)
    num_players = 1
    max_steps = MOST_ITEMS
    discount = 1.0  # how many decisions it took says nothing of a packing
    rules: BatchRules | None = None

    def initial(self, task: Task) -> Load:
        """Return the empty knapsack."""
        problem = problem_of(task.payload)
        return _at_next(problem, 0, problem.capacity, 0)

    def legal(self, state: Load) -> BoolArray:
        """Return `[2]` bool: both, until the end."""
        return np.full(2, not self.is_terminal(state), dtype=np.bool_)

    def step(self, state: Load, action: int) -> Load:
        """Decide an item."""
        problem, item, left, value = state
        if action not in (TAKE, LEAVE) or item >= len(problem):
            raise IllegalActionError(f"action {action} is not possible: {self.describe(state)}")
        if action == TAKE:
            return _at_next(
                problem, item + 1, left - problem.weights[item], value + problem.values[item]
            )
        return _at_next(problem, item + 1, left, value)

    def is_terminal(self, state: Load) -> bool:
        """Say whether no undecided item fits."""
        return state.item >= len(state.problem)

    def returns(self, state: Load) -> FloatArray:
        """Return `[1]` in (0, 1]: the value over its upper bound, both plus 1."""
        return np.array([(1 + state.value) / (1 + state.problem.bound)], dtype=np.float32)

    def to_play(self, state: Load) -> int:
        """Return the only player."""
        return 0

    def observe(self, state: Load) -> FloatArray:
        """Return `[2, 34]` in [-1, 1]: for taking and leaving, what follows and what comes next."""
        rows = np.zeros(self.observation_shape, dtype=np.float32)
        problem, item, left, value = state
        count = len(problem)
        if item >= count:
            return rows
        whole = 1 + problem.bound
        here = value + problem.worth_at_most(item, left)
        dearest = max(problem.values)
        for action in (TAKE, LEAVE):
            _, after, room, worth = self.step(state, action)
            bound = worth + problem.worth_at_most(after, room)
            row = [
                1.0 if action == TAKE else -1.0,
                bound / whole,
                min(1.0, (here - bound) / (1 + problem.values[item])),
                room / (1 + problem.capacity),
                problem.values[item] / dearest,
                problem.weights[item] / (1 + problem.capacity),
                problem.weights[item] / (1 + left),
                worth / whole,
                item / count,
                count / MOST_ITEMS,
            ]
            for ahead in range(after, min(count, after + AHEAD)):
                weight = problem.weights[ahead]
                row += [problem.values[ahead] / dearest, weight / (weight + room)]
            rows[action, : len(row)] = row
        return rows

    def describe(self, state: Load) -> str:
        """Return what is in, what is left, and all items as value/weight."""
        problem, item, left, value = state
        pairs = zip(problem.order, problem.values, problem.weights, strict=True)
        items = ", ".join(f"{n + 1}: {v}/{w}" for n, v, w in pairs)
        now = f"item {problem.order[item] + 1} is next" if item < len(problem) else "nothing fits"
        return f"value {value}, {left} left of {problem.capacity}, {now}; value/weight: {items}"

    def describe_action(self, state: Load, action: int) -> str:
        """Return `take item 3 (value 60, weight 10)` or `leave ...`."""
        problem, item = state.problem, state.item
        verb = "take" if action == TAKE else "leave"
        number = problem.order[item] + 1
        return (
            f"{verb} item {number} (value {problem.values[item]}, weight {problem.weights[item]})"
        )


class RelaxedPacking:
    """Cost is value left behind; no packing leaves less behind than one with fractions of items.

    The weight is next to 1: of ways that promise nearly the same it follows the one that has
    decided more, so that good packings turn up early.
    """

    name = "relaxed packing (Martello-Toth and cardinality bounds)"
    weight = 1.002
    admissible = True
    commutes = False

    def actions(self, state: Load) -> Sequence[int]:
        """Return both, taking first."""
        return (TAKE, LEAVE)

    def cost(self, state: Load, action: int) -> float:
        """Return the value that the action leaves behind for good."""
        problem, item, left, value = state
        if action == TAKE:
            left, value = left - problem.weights[item], value + problem.values[item]
        after = left_behind(problem, item + 1, left, value)
        return float(after - left_behind(*state))

    def estimate(self, state: Load) -> float:
        """Return the least value among the items that still fit that will be left behind."""
        problem, item, left, value = state
        if item >= len(problem):
            return 0.0
        open_value = problem.counts[-1] - value - left_behind(*state)
        return float(open_value - problem.worth_at_most(item, left))


def left_behind(problem: Problem, item: int, left: int, value: int) -> int:
    """Return the value of all items that are decided and out, or too heavy by now."""
    heavy = int(out_of_reach(problem.value_array, problem.weight_array, item, left))
    return problem.counts[item] - value + heavy


@lru_cache(maxsize=256)
def problem_of(payload: Any) -> Problem:
    """Return the problem of a payload; the newest ones are kept with their bounds."""
    return Problem(payload.values, payload.weights, payload.capacity)


def _at_next(problem: Problem, item: int, left: int, value: int) -> Load:
    """Pass over items that do not fit."""
    weights = problem.weights
    while item < len(weights) and weights[item] > left:
        item += 1
    return Load(problem, item, left, value)
