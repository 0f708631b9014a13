"""Upper bounds on what fits into a knapsack, compiled.

Sources: Dantzig 1957 (fractions of items); Martello and Toth 1977 (with and without the critical
item); Martello and Toth 1997 (a bound on the number of items, relaxed by a multiplier). Items are
in the order of value for weight. Letters: `N` items.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

MULTIPLIERS = 100  # tried for the bound on the number of items
ROUNDING = 1e-6
Numbers = NDArray[np.int64]


def best_multiplier(
    values: Numbers, weights: Numbers, capacity: int
) -> tuple[float, NDArray[np.int64]]:
    """Return the price of an item's place that makes the bound lowest, and the order it gives."""
    by_weight = np.argsort(weights, kind="stable")
    best: tuple[float, float, NDArray[np.int64]] | None = None
    for price in np.linspace(0.0, 1.0, MULTIPLIERS) * float(np.percentile(values, 60)):
        order = np.argsort(-(values - price) / weights, kind="stable")
        bound = value_bound(values, weights, 0, capacity, by_weight, order, float(price))
        if best is None or bound < best[0]:
            best = (bound, float(price), order)
    assert best is not None
    return best[1], best[2]


@njit(cache=True)
def value_bound(
    values: Numbers,
    weights: Numbers,
    first: int,
    left: int,
    by_weight: NDArray[np.int64],
    order: NDArray[np.int64],
    price: float,
) -> float:
    """Return a whole number that no choice from the items from `first` on is worth more than.

    Args:
        values: `[N]`.
        weights: `[N]`.
        first: items before it are decided.
        left: capacity that is left.
        by_weight: `[N]`, the items from the lightest on.
        order: `[N]`, the items by (value - price) for weight.
        price: of an item's place.
    """
    return min(
        _with_and_without(values, weights, first, left),
        _by_number(values, weights, first, left, by_weight, order, price),
    )


@njit(cache=True)
def out_of_reach(values: Numbers, weights: Numbers, first: int, left: int) -> int:
    """Return the value of the items from `first` on that are too heavy."""
    total = 0
    for item in range(first, len(values)):
        if weights[item] > left:
            total += values[item]
    return total


@njit(cache=True)
def _with_and_without(values: Numbers, weights: Numbers, first: int, left: int) -> float:
    """Fill up in order; the first item that does not fit is either left out or put in."""
    total, room = 0, left
    before, critical, behind = -1, -1, -1
    for item in range(first, len(values)):
        if weights[item] > left:
            continue
        if critical >= 0:
            behind = item
            break
        if weights[item] <= room:
            total += values[item]
            room -= weights[item]
            before = item
        else:
            critical = item
    if critical < 0:
        return float(total)
    without = float(total)
    if behind >= 0:
        without += room * values[behind] / weights[behind]
    missing = weights[critical] - room
    within = total + values[critical] - missing * values[before] / weights[before]
    return np.floor(max(without, within) + ROUNDING)


@njit(cache=True)
def _by_number(
    values: Numbers,
    weights: Numbers,
    first: int,
    left: int,
    by_weight: NDArray[np.int64],
    order: NDArray[np.int64],
    price: float,
) -> float:
    """Pay for as many places as the lightest items could take, fill up with what is above it."""
    total, room = 0.0, left
    for item in by_weight:
        if item >= first:
            if weights[item] > room:
                break
            room -= weights[item]
            total += price
    room = left
    for item in order:
        if item < first or weights[item] > left:
            continue
        gain = values[item] - price
        if gain <= 0:
            break
        if weights[item] > room:
            total += gain * room / weights[item]
            break
        total += gain
        room -= weights[item]
    return np.floor(total + ROUNDING)
