"""Lower bounds on tours from spanning trees, compiled.

Source: Held and Karp 1970 and 1971, "The travelling-salesman problem and minimum spanning trees".
Letters: `N` cities.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

ROUNDS = 300  # of the ascent
FAR = 1e18


def ascended(table: NDArray[np.int64]) -> tuple[NDArray[np.float64], int]:
    """Return multipliers `[N]` for the cities, and a length that no tour falls below."""
    weights, bound = _ascended(table)
    return weights, max(0, int(np.ceil(bound - 1e-6)))


@njit(cache=True)
def spanning_bound(
    table: NDArray[np.int64], weights: NDArray[np.float64], visited: int, city: int
) -> float:
    """Return a length that no way from `city` over all unvisited cities to city 0 falls below.

    Such a way is a spanning tree of these cities in which each but the two ends has degree 2: the
    cheapest spanning tree by weighted distances, less twice the weights, is no longer.

    Args:
        table: `[N, N]`.
        weights: `[N]`, any numbers; the better they are the higher the bound.
        visited: bits of the cities.
        city: where the way begins, visited.
    """
    count = len(table)
    open_ = np.empty(count + 2, np.int64)
    left = 0
    offset = 0.0
    for c in range(count):
        if not visited >> c & 1:
            open_[left] = c
            left += 1
            offset += 2 * weights[c]
    if left == 0:
        return float(table[city, 0])
    if city != 0:
        open_[left] = city
        left += 1
        offset += weights[city]
        offset += weights[0]
    else:
        offset += 2 * weights[0]
    # home last: it hangs on the cheapest edge to a city still to be visited
    nearest = np.full(left, FAR)
    inside = np.zeros(left, np.bool_)
    total = 0.0
    last = 0
    inside[0] = True
    for _ in range(left - 1):
        best, chosen = FAR, -1
        for i in range(left):
            if inside[i]:
                continue
            a, b = open_[last], open_[i]
            cost = table[a, b] + weights[a] + weights[b]
            if cost < nearest[i]:
                nearest[i] = cost
            if nearest[i] < best:
                best, chosen = nearest[i], i
        total += best
        inside[chosen] = True
        last = chosen
    homes = left - 1 if city != 0 else left  # the last is where one is
    first, second = FAR, FAR
    for i in range(homes):
        c = open_[i]
        cost = table[c, 0] + weights[c] + weights[0]
        if cost < first:
            first, second = cost, first
        elif cost < second:
            second = cost
    total += first
    if city == 0:
        total += second if homes > 1 else first
    return total - offset


@njit(cache=True)
def _ascended(table: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    """Raise the cheapest 1-tree's length by weights on cities whose degree is not 2."""
    count = len(table)
    weights = np.zeros(count)
    best_weights = weights.copy()
    best = -FAR
    step = 0.0
    for c in range(count):
        step += table[c].sum() / max(1, count - 1)
    step = step / max(1, count) / 4.0
    degrees = np.zeros(count, np.int64)
    before = np.zeros(count)
    for round_ in range(ROUNDS):
        length = _one_tree(table, weights, degrees)
        if length > best:
            best = length
            best_weights[:] = weights
        done = True
        for c in range(count):
            if degrees[c] != 2:
                done = False
        if done:
            break
        pace = step * 0.97**round_
        for c in range(count):
            change = 0.7 * (degrees[c] - 2) + 0.3 * before[c]
            before[c] = degrees[c] - 2
            weights[c] += pace * change
    return best_weights, best


@njit(cache=True)
def _one_tree(
    table: NDArray[np.int64], weights: NDArray[np.float64], degrees: NDArray[np.int64]
) -> float:
    """Return the length, less twice the weights, of a spanning tree without city 0 and its two
    cheapest edges; write the degrees.
    """
    count = len(table)
    degrees[:] = 0
    if count < 3:
        return 2.0 * table[0, count - 1]
    nearest = np.full(count, FAR)
    link = np.zeros(count, np.int64)
    inside = np.zeros(count, np.bool_)
    inside[0] = True
    inside[1] = True
    last = 1
    total = 0.0
    for _ in range(count - 2):
        best, chosen = FAR, -1
        for c in range(2, count):
            if inside[c]:
                continue
            cost = table[last, c] + weights[last] + weights[c]
            if cost < nearest[c]:
                nearest[c] = cost
                link[c] = last
            if nearest[c] < best:
                best, chosen = nearest[c], c
        total += best
        inside[chosen] = True
        degrees[chosen] += 1
        degrees[link[chosen]] += 1
        last = chosen
    first, second = FAR, FAR
    a, b = -1, -1
    for c in range(1, count):
        cost = table[0, c] + weights[0] + weights[c]
        if cost < first:
            second, b = first, a
            first, a = cost, c
        elif cost < second:
            second, b = cost, c
    degrees[0] = 2
    degrees[a] += 1
    degrees[b] += 1
    return total + first + second - 2.0 * weights.sum()
