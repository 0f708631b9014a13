"""Decide by a growing row of scores in [0, 1] whether their mean is above a bound.

A score is a pair of games from one opening, played from both seats. The test bets against "the mean
is at most `bound`": the stake on the next score depends on earlier ones alone, so the expected
wealth never grows where the bound holds, and by Ville's inequality it reaches `1 / alpha` with
probability `alpha` at most, whenever one stops and whatever the scores' distribution. The stake is
the one that grows wealth fastest if the mean is the alternative: its distance from the bound over
the mean square of earlier distances. The same bet the other way round, against "the mean is at
least the alternative", ends hopeless matches; it can only lose acceptances.

Source: Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting",
J. R. Stat. Soc. B 86; departure: their stake aGRAPA follows the mean that it has seen, which pays
off for large differences, but takes half as many games again for the small ones that a gate is
for. The sequential likelihood ratio over pairs that chess engines are tested with (normal
approximation) takes a tenth fewer, but its `alpha` is approximate: 8 % where 5 % were asked, on
skewed scores. `bench/gate.py` shows both.
Letters: `R` rounds side by side, `T` pairs in time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Outcome = Literal["accepted", "rejected", "undecided"]
Floats = NDArray[np.float64]

CAUTION = 0.9  # share of the wealth that a single score may cost
PRIOR_PAIRS, PRIOR_SQUARE = 4.0, 0.125  # two independent games without draws have this square
GRID = np.arange(1, 400)[:, None] / 400.0  # means that the bounds are looked for among
ROUNDS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class SequentialConfig:
    """What to decide, and how surely.

    Attributes:
        bound: accepted is what has a mean above it.
        alternative: mean that is to be found with good probability.
        alpha: most probability of accepting where the mean is `bound` or less.
        futility: most probability of stopping early where the mean is `alternative` or more.
        max_pairs: after which nothing was decided.
    """

    bound: float
    alternative: float
    alpha: float
    futility: float
    max_pairs: int

    def __post_init__(self) -> None:
        if not 0.0 < self.bound < self.alternative < 1.0:
            raise ValueError(
                f"bound {self.bound} and alternative {self.alternative}; the alternative must be "
                "above the bound, both in (0, 1)"
            )
        if not (0.0 < self.alpha < 1.0 and 0.0 < self.futility < 1.0 and self.max_pairs >= 1):
            raise ValueError(
                f"alpha {self.alpha} and futility {self.futility} must be in (0, 1), max_pairs "
                f"{self.max_pairs} 1 or more"
            )


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the scores say so far.

    Attributes:
        outcome: None while more pairs are needed.
        pairs: that were counted: up to the one that decided.
        mean: of their scores.
        low: the mean is above it with probability `1 - alpha`, at any stopping time.
        high: the mean is below it with probability `1 - futility`, at any stopping time.
        evalue: wealth of the bet against the bound; `1 / alpha` accepts.
    """

    outcome: Outcome | None
    pairs: int
    mean: float
    low: float
    high: float
    evalue: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What a test can cost, by simulation of scores that are all 0 or 1, the widest spread.

    Attributes:
        max_games: two a pair.
        power: share of rounds accepted where the mean is the alternative.
        games_if_equal, games_if_better: expected where the mean is the bound, or the alternative.
    """

    max_games: int
    power: float
    games_if_equal: float
    games_if_better: float


def decide(scores: Sequence[float], config: SequentialConfig) -> Ruling:
    """Read scores in order, up to the one that decides.

    Raises:
        ValueError: if there are none, or one is outside [0, 1].
    """
    row = np.array(scores[: config.max_pairs], np.float64)[None]
    if not row.size or not ((row >= 0.0) & (row <= 1.0)).all():
        raise ValueError(f"scores {list(scores)[:8]}...; expected at least one, all in [0, 1]")
    outcomes, pairs = decide_many(row, config)
    counted = row[:, : int(pairs[0])]
    step = config.alternative - config.bound
    wealth = float(np.exp(log_wealth(counted, config.bound, step)[0, -1]))
    low, high = _bounds(counted, step, config)
    if outcomes[0] == "accepted":  # the bet against the bound is one against all below it too
        low = max(low, config.bound)
    return Ruling(outcomes[0], int(pairs[0]), float(counted.mean()), low, high, wealth)


def decide_many(
    scores: Floats, config: SequentialConfig
) -> tuple[list[Outcome | None], NDArray[np.int64]]:
    """Read `[R, T]` scores; return each round's outcome and the pairs that it counted."""
    step = config.alternative - config.bound
    scores = scores[:, : config.max_pairs]
    length = scores.shape[1]
    better = _first(log_wealth(scores, config.bound, step) >= -math.log(config.alpha))
    worse = _first(
        log_wealth(1.0 - scores, 1.0 - config.alternative, step) >= -math.log(config.futility)
    )
    end: Outcome | None = "undecided" if length == config.max_pairs else None
    outcomes: list[Outcome | None] = [
        "accepted" if up < down else "rejected" if down < length else end
        for up, down in zip(better.tolist(), worse.tolist(), strict=True)
    ]
    return outcomes, np.minimum(np.minimum(better, worse) + 1, length)


def log_wealth(scores: Floats, bound: float | Floats, step: float | Floats) -> Floats:
    """Bet on a mean above a bound.

    Args:
        scores: `[R, T]` in [0, 1].
        bound: in (0, 1); `[R, 1]` where each round has its own.
        step: how far above it the mean is taken to be; `[R, 1]` likewise.

    Returns:
        `[R, T]` logarithm of the wealth after each score; it was 0 before the first.
    """
    gains = scores - bound
    squares = np.cumsum(gains * gains, axis=1)
    before = np.concatenate([np.zeros((len(squares), 1)), squares[:, :-1]], axis=1)
    pairs = PRIOR_PAIRS + np.arange(scores.shape[1])
    stakes = np.minimum(step * pairs / (PRIOR_PAIRS * PRIOR_SQUARE + before), CAUTION / bound)
    return np.cumsum(np.log1p(stakes * gains), axis=1)


@lru_cache(maxsize=32)
def plan(config: SequentialConfig, seed: int = 0) -> Plan:
    """Return what to expect of a test before it starts."""
    rng = np.random.default_rng(seed)
    drawn = rng.random((ROUNDS, config.max_pairs))
    _, equal = decide_many((drawn < config.bound).astype(np.float64), config)
    outcomes, better = decide_many((drawn < config.alternative).astype(np.float64), config)
    return Plan(
        max_games=2 * config.max_pairs,
        power=outcomes.count("accepted") / ROUNDS,
        games_if_equal=2.0 * float(equal.mean()),
        games_if_better=2.0 * float(better.mean()),
    )


def _first(hit: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return per row the index of the first True, the length where there is none."""
    return np.where(hit.any(axis=1), hit.argmax(axis=1), hit.shape[1])


def _bounds(scores: Floats, step: float, config: SequentialConfig) -> tuple[float, float]:
    """Return the largest mean that the bets refuted from below, the smallest from above."""
    up = np.maximum(step, (config.alternative - GRID) / 2.0)  # far off, a bolder bet
    down = np.maximum(step, (GRID - config.bound) / 2.0)
    below = log_wealth(scores, GRID, up).max(axis=1) >= -math.log(config.alpha)
    above = log_wealth(1.0 - scores, 1.0 - GRID, down).max(axis=1) >= -math.log(config.futility)
    low = GRID[below.argmin() - 1, 0] if below[0] else 0.0
    high = GRID[len(GRID) - above[::-1].argmin(), 0] if above[-1] else 1.0
    return float(low), float(high)
