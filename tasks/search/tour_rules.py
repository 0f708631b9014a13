"""The rules of round trips: an action is the next city; the last one closes the tour.

Letters: `N` cities of a problem, `M` slots for cities. What a search may know is `tour_guide`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task
from tasks.search.tour_bounds import ascended

MOST_CITIES = 24
FEATURES = 14
PARTS = 1000  # of a unit of length, where distances are not rounded

Distances = tuple[tuple[int, ...], ...]


class Problem:
    """Distances between cities, and what follows from them; equal distances, equal problems.

    Attributes:
        distances: `[N][N]`, whole numbers.
        table: the same as an array.
        weights: `[N]`, Held and Karp's multipliers: added to all distances of a city they make
            the cheapest spanning tree look like a tour.
        bound: no tour is shorter.
        nearest: for each city the others, the nearest first.
    """

    __slots__ = ("_hash", "bound", "distances", "nearest", "table", "weights")

    def __init__(self, distances: Distances) -> None:
        self.distances = distances
        self.table: NDArray[np.int64] = np.array(distances, np.int64)
        self.weights, self.bound = ascended(self.table)
        order = np.argsort(self.table, axis=1, kind="stable").tolist()
        self.nearest = tuple(tuple(c for c in row if c != city) for city, row in enumerate(order))
        self._hash = hash(distances)

    def __len__(self) -> int:
        return len(self.distances)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Problem) and self.distances == other.distances)

    def __repr__(self) -> str:
        return f"Problem({len(self)} cities, {self._hash})"


class Trip(NamedTuple):
    """A trip from city 0.

    Attributes:
        problem: what does not change.
        visited: bits of the cities.
        city: where one is; 0 again at the end.
        length: so far; the way back is in it at the end.
    """

    problem: Problem
    visited: int
    city: int
    length: int


class TourEnvironment:
    """One player; action `c` goes on to city `c`, counted from 0; city 0 is home.

    A closed tour returns (1 + lower bound) / (1 + length): the shorter the more, 1 at best.
    """

    version = "tour-1"
    num_actions = MOST_CITIES
    observation_shape: tuple[int, ...] = (MOST_CITIES, FEATURES)
    num_players = 1
    max_steps = MOST_CITIES
    discount = 1.0  # all tours have as many steps
    rules: BatchRules | None = None

    def initial(self, task: Task) -> Trip:
        """Return the trip that has not left home."""
        return Trip(problem_of(task.payload), 1, 0, 0)

    def legal(self, state: Trip) -> BoolArray:
        """Return `[24]` bool: cities not visited yet."""
        mask = np.zeros(MOST_CITIES, dtype=np.bool_)
        mask[unvisited(state)] = True
        return mask

    def step(self, state: Trip, action: int) -> Trip:
        """Go to a city; from the last one also home."""
        problem, visited, city, length = state
        if not 0 <= action < len(problem) or visited >> action & 1:
            raise IllegalActionError(f"city {action + 1} is not open: {self.describe(state)}")
        visited |= 1 << action
        length += problem.distances[city][action]
        if visited == (1 << len(problem)) - 1:
            return Trip(problem, visited, 0, length + problem.distances[action][0])
        return Trip(problem, visited, action, length)

    def is_terminal(self, state: Trip) -> bool:
        """Say whether all cities are visited."""
        return state.visited == (1 << len(state.problem)) - 1

    def returns(self, state: Trip) -> FloatArray:
        """Return `[1]` in (0, 1]: the lower bound over the length, both plus 1."""
        return np.array([(1 + state.problem.bound) / (1 + state.length)], dtype=np.float32)

    def to_play(self, state: Trip) -> int:
        """Return the only player."""
        return 0

    def observe(self, state: Trip) -> FloatArray:
        """Return `[24, 14]` in [-1, 1], a row for each city; rows of absent cities are zero."""
        problem, _, city, _ = state
        count = len(problem)
        table = problem.table / max(1, int(problem.table.max()))
        left = unvisited(state)
        is_left = np.zeros(count, np.float32)
        is_left[left] = 1.0
        rows = np.zeros(self.observation_shape, dtype=np.float32)
        rows[:count, 0] = 1.0
        rows[:count, 1] = is_left
        rows[city, 2] = 1.0
        rows[0, 3] = 1.0
        rows[:count, 4] = table[city]
        rows[:count, 5] = table[0]
        rows[:count, 6] = table.mean(axis=1)
        if left:
            others = table[:, left] + np.where(np.arange(count)[:, None] == left, 2.0, 0.0)
            near = np.sort(others, axis=1)
            rows[:count, 7] = np.minimum(near[:, 0], 1.0)
            rows[:count, 8] = np.minimum(near[:, min(1, len(left) - 1)], 1.0)
            order = np.argsort(others[city], kind="stable")
            rows[np.array(left)[order], 9] = 1.0 - np.arange(len(left)) / len(left)
        weights = problem.weights / max(1, int(problem.table.max()))
        reduced = table[city] + weights[city] + weights
        rows[:count, 10] = reduced / (1.0 + np.abs(reduced))
        rows[:count, 11] = weights / (1.0 + np.abs(weights))
        rows[:count, 12] = len(left) / count
        rows[:count, 13] = count / MOST_CITIES
        return rows

    def describe(self, state: Trip) -> str:
        """Return where one is, what is left and how far one came, and the distances."""
        problem, _, city, length = state
        left = ", ".join(str(c + 1) for c in unvisited(state)) or "none"
        table = "; ".join(" ".join(map(str, row)) for row in problem.distances)
        return f"at city {city + 1} after {length}; cities left: {left}; distances: {table}"

    def describe_action(self, state: Trip, action: int) -> str:
        """Return the city and the distance: `to city 4 (312)`."""
        return f"to city {action + 1} ({state.problem.distances[state.city][action]})"


def unvisited(state: Trip) -> list[int]:
    """Return the cities that are left."""
    return [city for city in range(len(state.problem)) if not state.visited >> city & 1]


@lru_cache(maxsize=256)
def problem_of(payload: Any) -> Problem:
    """Return the problem of a payload; the newest ones are kept with their bounds."""
    if payload.table:
        return Problem(payload.table)
    points = np.array(payload.points, np.float64)
    exact = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    units = exact if payload.rounded else exact * PARTS
    return Problem(tuple(map(tuple, np.floor(units + 0.5).astype(np.int64).tolist())))
