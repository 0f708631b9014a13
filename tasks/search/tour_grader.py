"""Judge round trips: add up their distances, and compare with the shortest over all subsets.

Independent of environment, bounds and parser. The shortest is found by dynamic programming
(Bellman 1962; Held and Karp 1962) for up to `MOST_TO_JUDGE` cities.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tasks.protocol import Verdict

MOST_CHARACTERS = 5000
MOST_TO_JUDGE = 18
TOLERANCE = 0.002  # a city, for distances that are not rounded: they are compared in thousandths
_LENGTH = re.compile(
    r",? ?\(?(?:total )?length:? (\d{1,9}(?:\.\d{1,6})?)(?:, each distance rounded)?\)?\.?$"
)


def grade(
    names: tuple[str, ...],
    points: tuple[tuple[float, float], ...],
    rounded: bool,
    table: tuple[tuple[int, ...], ...],
    text: str,
) -> Verdict:
    """Pass a shortest tour; a longer one scores optimum / length.

    Args:
        names: of the cities.
        points: where they are, or empty.
        rounded: whether distances between points are rounded to whole numbers.
        table: distances, where no points are given.
        text: the answer alone: `1 -> 3 -> 2 -> 1 (length 2389)`; the way home and the length may be
            left out.
    """
    if len(text) > MOST_CHARACTERS:
        return Verdict(False, 0.0, f"{len(text)} characters are too long for a tour")
    said = _LENGTH.search(text.strip())
    stops = [stop.strip() for stop in _LENGTH.sub("", text.strip()).split("->")]
    number = {name.casefold(): place for place, name in enumerate(names)}
    unknown = [stop for stop in stops if stop.casefold() not in number]
    if unknown:
        return Verdict(False, 0.0, f"no city is named {unknown[0][:40]!r}; write such as A -> B")
    tour = [number[stop.casefold()] for stop in stops]
    if len(tour) == len(names) + 1 and tour[0] == tour[-1]:
        tour.pop()
    if sorted(tour) != list(range(len(names))):
        return Verdict(False, 0.0, "each city must be visited exactly once")
    lengths = _lengths(points, rounded, table)
    length = sum(lengths[a][b] for a, b in zip(tour, [*tour[1:], tour[0]], strict=True))
    exact = bool(table) or rounded
    slack = 0.0 if exact else TOLERANCE * len(names)
    if said is not None and abs(float(said[1]) - length) > max(slack, 0.0 if exact else 0.06):
        return Verdict(False, 0.0, f"the tour's length is {length:g}, not {said[1]}")
    if len(names) > MOST_TO_JUDGE:
        reason = f"a tour; whether one of {len(names)} cities is the shortest takes too long"
        return Verdict(None, 0.0, reason)
    best = shortest(tuple(map(tuple, lengths)))
    if length > best + slack:
        return Verdict(False, min(best / length, 0.999999), "a tour that visits all cities")
    return Verdict(True, 1.0, "a tour that visits all cities")


@lru_cache(maxsize=64)
def shortest(lengths: tuple[tuple[float, ...], ...]) -> float:
    """Return the length of a shortest tour."""
    return float(_shortest(np.array(lengths, np.float64)))


def _lengths(
    points: Sequence[tuple[float, float]], rounded: bool, table: tuple[tuple[int, ...], ...]
) -> list[list[float]]:
    if table:
        return [[float(distance) for distance in row] for row in table]
    exact = [[math.dist(a, b) for b in points] for a in points]
    return [[float(int(d + 0.5)) for d in row] for row in exact] if rounded else exact


@njit(cache=True)
def _shortest(lengths: NDArray[np.float64]) -> float:
    """Go through all sets of the cities but the last, by the city at which a way through it ends.

    The way begins at the last city; 17 others make 131 072 sets of 17 ends.
    """
    others = len(lengths) - 1
    far = 1e18
    best = np.full((1 << others, others), far)
    for city in range(others):
        best[1 << city, city] = lengths[others, city]
    for cities in range(1, 1 << others):
        for end in range(others):
            so_far = best[cities, end]
            if so_far >= far:
                continue
            for after in range(others):
                if not cities >> after & 1:
                    way = so_far + lengths[end, after]
                    if way < best[cities | 1 << after, after]:
                        best[cities | 1 << after, after] = way
    shortest_way = far
    for end in range(others):
        shortest_way = min(shortest_way, best[(1 << others) - 1, end] + lengths[end, others])
    return shortest_way
