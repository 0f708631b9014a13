"""What a search may know of round trips: the shortest way home is no shorter than a tree."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tasks.search.tour_bounds import spanning_bound
from tasks.search.tour_rules import Trip


class SpanningTreeBound:
    """Held and Karp's weighted spanning tree over the cities left; at most 1 % low at the start."""

    name = "Held-Karp spanning-tree bound"
    weight = 1.0
    admissible = True
    commutes = False

    def actions(self, state: Trip) -> Sequence[int]:
        """Return the cities left, the nearest first."""
        visited = state.visited
        return [c for c in state.problem.nearest[state.city] if not visited >> c & 1]

    def cost(self, state: Trip, action: int) -> float:
        """Return the distance; with the way home for the last city."""
        problem = state.problem
        distance = problem.distances[state.city][action]
        if state.visited | 1 << action == (1 << len(problem)) - 1:
            distance += problem.distances[action][0]
        return float(distance)

    def estimate(self, state: Trip) -> float:
        """Return the bound on the way over all cities left to home, rounded up."""
        problem = state.problem
        if state.visited == (1 << len(problem)) - 1:
            return 0.0
        bound = spanning_bound(problem.table, problem.weights, state.visited, state.city)
        return float(max(0, math.ceil(bound - 1e-6)))
