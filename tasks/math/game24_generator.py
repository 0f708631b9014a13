"""Draw hands from which a target can be made; the fewer the ways, the harder.

A way is a sequence of operations; a search without knowledge meets one the later the fewer there
are.
"""

from __future__ import annotations

import random

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tasks.protocol import Split, split_seed
from tasks.splits import split_of

LARGEST_CARD = 25
MANY_WAYS = 50.0  # 1 hand in 20 has more
CLASSIC_SHARE = 0.12  # of the tasks ask for 24, the others for a number of two digits
DRAWS = 8  # of hands, before one with nearly as many ways as wanted is good enough
TARGETS = 100  # all below it
LARGEST_COUNTED = 200
PROMPTS = (
    "Make {t} from {n}.",
    "Make {t} from {n}.",
    "make {t} from {s}",
    "Can you get {t} using {n}?",
    "Use {n} to make {t}. Each number must be used exactly once.",
    "Combine {n} with +, -, * and / to get {t}.",
)


def make_hand(seed: int, difficulty: float, split: Split) -> tuple[tuple[int, ...], int, str]:
    """Return four numbers, a target that can be made from them, and a prompt."""
    rng = random.Random(f"game24 {split_seed(split, seed)} {difficulty}")
    classic = rng.random() < CLASSIC_SHARE
    targets = (24,) if classic else range(10, TARGETS)
    fewest, most = ways_for(difficulty)
    best: tuple[int, int, tuple[int, ...], int] | None = None  # the nearest, the first of equals
    for draw in range(100 * DRAWS):
        numbers = tuple(rng.randint(1, LARGEST_CARD) for _ in range(4))
        if classic and split_of(canonical(numbers, 24)) != split:
            continue
        ways = count_ways(np.array(numbers, np.int64), TARGETS)
        fitting = [t for t in targets if fewest <= ways[t] <= most] or np.flatnonzero(ways).tolist()
        for target in rng.sample(fitting, min(8, len(fitting))):
            if target in targets and split_of(canonical(numbers, target)) == split:
                miss = max(fewest - int(ways[target]), int(ways[target]) - most, 0)
                best = min(best or (miss, draw, numbers, target), (miss, draw, numbers, target))
        if best is not None and (best[0] == 0 or draw >= DRAWS):
            break
    assert best is not None  # more than half of all hands can make their target
    numbers, target = best[2:]
    return numbers, target, prompt_of(numbers, target, rng.choice(PROMPTS))


def prompt_of(numbers: tuple[int, ...], target: int = 24, wording: str = PROMPTS[0]) -> str:
    """Ask for the target in words that the parser reads."""
    *others, last = map(str, numbers)
    return wording.format(
        t=target, n=f"{', '.join(others)} and {last}", s=" ".join([*others, last])
    )


def canonical(numbers: tuple[int, ...], target: int) -> str:
    """Return a text that the same hand in another order shares."""
    return f"{sorted(numbers)} {target}"


def ways_for(difficulty: float) -> tuple[int, int]:
    """Return the fewest and most winning sequences, of 3888: at 0 about 50, at 1 one or two."""
    middle = MANY_WAYS ** (1.0 - difficulty)
    return max(1, round(middle / 1.6)), max(2, round(middle * 1.6))


def difficulty_of(numbers: tuple[int, ...], target: int) -> float:
    """Estimate the difficulty, in [0, 1], of a hand as typed; 0.5 unless it has four numbers."""
    if len(numbers) != 4 or max(numbers) > LARGEST_COUNTED or not 0 <= target < LARGEST_COUNTED:
        return 0.5
    ways = int(count_ways(np.array(numbers, np.int64), LARGEST_COUNTED)[target])
    return float(min(1.0, max(0.0, 1.0 - np.log(ways) / np.log(MANY_WAYS)))) if ways else 1.0


@njit(cache=True)
def count_ways(numbers: NDArray[np.int64], targets: int) -> NDArray[np.int64]:
    """Count the sequences of operations that end at each whole number from 0 to below `targets`.

    Exact for four numbers up to `LARGEST_COUNTED`: unreduced fractions stay below 2**63.
    """
    count = len(numbers)
    nums = np.zeros((count + 1, count), np.int64)
    dens = np.ones((count + 1, count), np.int64)
    nums[count, :count] = numbers
    ways = np.zeros(targets, np.int64)
    _count(nums, dens, count, ways)
    return ways


@njit(cache=True)
def _count(
    nums: NDArray[np.int64], dens: NDArray[np.int64], left: int, ways: NDArray[np.int64]
) -> None:
    """Go through all pairs and verbs; row `left` of the tables holds the numbers that are left."""
    if left == 1:
        num, den = nums[1, 0], dens[1, 0]
        if num % den == 0 and 0 <= num // den < len(ways):
            ways[num // den] += 1
        return
    for j in range(left):
        for i in range(j):
            place = 0
            for slot in range(left):
                if slot != i and slot != j:
                    nums[left - 1, place] = nums[left, slot]
                    dens[left - 1, place] = dens[left, slot]
                    place += 1
            p, q, r, s = nums[left, i], dens[left, i], nums[left, j], dens[left, j]
            for verb in range(6):
                if verb == 0:
                    num, den = p * s + r * q, q * s
                elif verb == 1:
                    num, den = p * s - r * q, q * s
                elif verb == 2:
                    num, den = r * q - p * s, q * s
                elif verb == 3:
                    num, den = p * r, q * s
                elif verb == 4:
                    num, den = p * s, q * r
                else:
                    num, den = r * q, s * p
                if den != 0:
                    nums[left - 1, left - 2] = num
                    dens[left - 1, left - 2] = den
                    _count(nums, dens, left - 1, ways)
