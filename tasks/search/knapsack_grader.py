"""Judge packings: add up values and weights, and compare with the best by dynamic programming.

Independent of environment, bounds and parser. The programme runs over capacities, or over values
where these are fewer; `MOST_CELLS` bounds it.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import Verdict

MOST_CHARACTERS = 5000
MOST_CELLS = 60_000_000
_VALUE = re.compile(r";? ?\(?(?:total )?value:? (\d{1,12})\)?\.?$")
Numbers = tuple[int, ...]


def grade(
    names: tuple[str, ...], values: Numbers, weights: Numbers, capacity: int, text: str
) -> Verdict:
    """Pass a most valuable packing; a lesser one scores value / optimum.

    Args:
        names: of the items.
        values: of the items.
        weights: of the items.
        capacity: the weights must not exceed it together.
        text: the answer alone: `1, 4, 5; value 57` or `nothing`; the value may be left out.
    """
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        return Verdict(False, 0.0, f"{len(text)} characters are too long for a list of items")
    said = _VALUE.search(text)
    listed = _VALUE.sub("", text).removeprefix("items ").removeprefix("item ").strip()
    number = {name.casefold(): place for place, name in enumerate(names)}
    chosen = [] if listed == "nothing" else [part.strip() for part in listed.split(",")]
    if unknown := [item for item in chosen if item.casefold() not in number]:
        return Verdict(False, 0.0, f"there is no item {unknown[0][:40]!r}; write such as 1, 4, 5")
    places = [number[item.casefold()] for item in chosen]
    if len(set(places)) != len(places):
        return Verdict(False, 0.0, "an item is taken twice; each is there once")
    weight, value = (sum(numbers[place] for place in places) for numbers in (weights, values))
    if weight > capacity:
        return Verdict(False, 0.0, f"the items weigh {weight} together, more than {capacity}")
    if said is not None and int(said[1]) != value:
        return Verdict(False, 0.0, f"the items are worth {value} together, not {said[1]}")
    best = most_valuable(values, weights, capacity)
    if best is None:
        return Verdict(None, 0.0, "the items fit; the best choice takes too long to find out")
    if value < best:
        return Verdict(False, min(value / best, 0.999999), "the items fit")
    return Verdict(True, 1.0, "the items fit")


@lru_cache(maxsize=256)
def most_valuable(values: Numbers, weights: Numbers, capacity: int) -> int | None:
    """Return the value of a best packing; None if that takes more than `MOST_CELLS` additions."""
    if sum(weights) <= capacity:
        return sum(values)
    unit = math.gcd(*weights)
    room, total = capacity // unit, sum(values)
    if min(room, total) * len(values) > MOST_CELLS:
        return None
    if room <= total:
        return _over_capacities(values, tuple(weight // unit for weight in weights), room)
    return _over_values(values, weights, capacity)


def _over_capacities(values: Numbers, weights: Numbers, room: int) -> int:
    """Keep for each capacity the value of a best packing of the items so far."""
    best: NDArray[np.int64] = np.zeros(room + 1, np.int64)
    for value, weight in zip(values, weights, strict=True):
        if weight <= room:
            best[weight:] = np.maximum(best[weight:], best[: room + 1 - weight] + value)
    return int(best[room])


def _over_values(values: Numbers, weights: Numbers, capacity: int) -> int:
    """Keep for each value the weight of a lightest packing of the items so far."""
    lightest: NDArray[np.float64] = np.full(sum(values) + 1, np.inf)
    lightest[0] = 0
    for value, weight in zip(values, weights, strict=True):
        lightest[value:] = np.minimum(lightest[value:], lightest[: len(lightest) - value] + weight)
    return int(np.flatnonzero(lightest <= capacity)[-1])
