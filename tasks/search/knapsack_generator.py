"""Make knapsack problems of the classes of the literature; the more items the harder.

Source: Pisinger 2005, "Where are the hard knapsack problems?": uncorrelated, weakly, strongly,
inverse strongly correlated, subset sum.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from tasks.protocol import Split, split_seed
from tasks.splits import split_of

FEWEST, MOST = 5, 80  # items, at difficulty 0 and 1
SORTS = ("uncorrelated", "weak", "strong", "inverse strong", "subset sum")
PROMPTS = (
    "Knapsack with capacity {c}: which items give the greatest total value? "
    "Each item can be taken at most once.\nitem value weight\n{table}",
    "Solve the 0/1 knapsack problem: values = {values}, weights = {weights}, capacity = {c}.",
    "A knapsack holds at most {c}. Choose items so that the total value is as large as possible: "
    "{listed}.",
)
Numbers = tuple[int, ...]


def make_knapsack(seed: int, difficulty: float, split: Split) -> tuple[Numbers, Numbers, int, str]:
    """Return values, weights, capacity and a prompt."""
    rng = random.Random(f"knapsack {split_seed(split, seed)} {difficulty}")
    count = FEWEST + round(difficulty * (MOST - FEWEST))
    largest = 20 + round(480 * difficulty)
    while True:
        sort = rng.choice(SORTS)
        weights = tuple(rng.randint(1 + largest // 20, largest) for _ in range(count))
        values = tuple(_value(sort, weight, largest, rng) for weight in weights)
        capacity = max(min(weights), round(sum(weights) * rng.uniform(0.25, 0.7)))
        if split_of(canonical(values, weights, capacity)) == split:
            prompt = prompt_of(values, weights, capacity, rng.choice(PROMPTS))
            return values, weights, capacity, prompt


def prompt_of(
    values: Sequence[int], weights: Sequence[int], capacity: int, wording: str = PROMPTS[0]
) -> str:
    """Ask for the best packing in words that the parser reads; items count from 1."""
    pairs = list(zip(values, weights, strict=True))
    table = "\n".join(f"{n} {value} {weight}" for n, (value, weight) in enumerate(pairs, 1))
    listed = ", ".join(
        f"item {n} (value {value}, weight {weight})" for n, (value, weight) in enumerate(pairs, 1)
    )
    return wording.format(
        c=capacity, table=table, listed=listed, values=list(values), weights=list(weights)
    )


def canonical(values: Sequence[int], weights: Sequence[int], capacity: int) -> str:
    """Return a text that the same items share, in whatever order."""
    return f"{sorted(zip(values, weights, strict=True))} {capacity}"


def difficulty_of(count: int) -> float:
    """Estimate the difficulty, in [0, 1], from the number of items."""
    return min(1.0, max(0.0, (count - FEWEST) / (MOST - FEWEST)))


def _value(sort: str, weight: int, largest: int, rng: random.Random) -> int:
    if sort == "uncorrelated":
        return rng.randint(1, largest)
    if sort == "weak":
        return max(1, weight + rng.randint(-largest // 10, largest // 10))
    if sort == "strong":
        return weight + largest // 10
    if sort == "inverse strong":
        return max(1, weight - largest // 20)
    return weight
