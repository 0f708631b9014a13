"""Make round trips through random cities, uniform or in clusters; the more cities the harder."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tasks.protocol import Split, split_seed
from tasks.splits import split_of

FEWEST, MOST = 5, 18  # cities, at difficulty 0 and 1
SIDE = 1000
SPREAD = 60.0  # of the cities around the middle of their cluster
Points = tuple[tuple[float, float], ...]

PROMPTS = (
    "Find the shortest round trip through these cities "
    "(Euclidean distances rounded to the nearest integer):\n{lines}",
    "Travelling salesman: visit each city once and return to the start, by the shortest route. "
    "Distances are Euclidean, rounded to the nearest integer.\n{lines}",
    "What is the shortest tour through the cities {list}? "
    "Distances are Euclidean, rounded to the nearest integer.",
)


def make_tour(seed: int, difficulty: float, split: Split) -> tuple[Points, str]:
    """Return the places of the cities, all different, and a prompt."""
    rng = random.Random(f"tour {split_seed(split, seed)} {difficulty}")
    count = FEWEST + round(difficulty * (MOST - FEWEST))
    while True:
        clustered = rng.random() < 0.5
        places: dict[tuple[float, float], None] = {}
        middles = [_place(rng) for _ in range(rng.randint(2, 4))]
        while len(places) < count:
            x, y = _near(rng.choice(middles), rng) if clustered else _place(rng)
            places[(x, y)] = None
        points = tuple(places)
        if split_of(canonical(points)) == split:
            return points, prompt_of(points, rng.choice(PROMPTS))


def prompt_of(points: Sequence[Sequence[float]], wording: str = PROMPTS[0]) -> str:
    """Ask for the tour, rounded distances, in words that the parser reads; cities count from 1."""
    named = [f"{n}: ({x}, {y})" for n, (x, y) in enumerate(points, 1)]
    listed = ", ".join(f"{n} ({x}, {y})" for n, (x, y) in enumerate(points, 1))
    return wording.format(lines="\n".join(named), list=listed)


def canonical(points: Points) -> str:
    """Return a text that the same cities share, in whatever order."""
    return str(sorted(points))


def difficulty_of(count: int) -> float:
    """Estimate the difficulty, in [0, 1], from the number of cities."""
    return min(1.0, max(0.0, (count - FEWEST) / (MOST - FEWEST)))


def _place(rng: random.Random) -> tuple[int, int]:
    return rng.randint(0, SIDE), rng.randint(0, SIDE)


def _near(middle: tuple[int, int], rng: random.Random) -> tuple[int, int]:
    x, y = (min(SIDE, max(0, round(rng.gauss(c, SPREAD)))) for c in middle)
    return x, y
