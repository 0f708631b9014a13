"""Intervals for paired comparisons: tasks are resampled whole, with what both sides did on them.

Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13 (percentile
intervals).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 4000
Z = 1.959964  # of a 95 % interval
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with a percentile interval over `n` pairs."""

    estimate: float
    low: float
    high: float
    n: int

    def excludes_zero(self) -> bool:
        """Say whether the whole interval lies on one side of 0."""
        return self.low > 0.0 or self.high < 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


def paired_interval(
    statistic: Callable[[Numbers], Numbers],
    columns: Numbers,
    seed: int = 0,
    level: float = 0.95,
    resamples: int = RESAMPLES,
) -> Interval:
    """Bootstrap a statistic of paired observations.

    Args:
        statistic: `[R, n, C]` -> `[R]`: of R samples of n pairs with C columns each.
        columns: `[n, C]`, one row per pair.
        seed: of the resampling.
        level: share of resamples inside the interval, in (0, 1).
        resamples: R.

    Raises:
        ValueError: if there are no pairs.
    """
    pairs = len(columns)
    if not pairs:
        raise ValueError("no pairs to compare; give at least one task")
    index = np.random.default_rng(seed).integers(0, pairs, size=(resamples, pairs))
    drawn = statistic(columns[index])
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(statistic(columns[None])[0]), float(low), float(high), pairs)


def mean_difference(sample: Numbers) -> Numbers:
    """Return mean of column 1 minus mean of column 0."""
    return np.asarray((sample[..., 1] - sample[..., 0]).mean(-1))


def ratio_of_sums(sample: Numbers) -> Numbers:
    """Return cost over gain, columns 0 and 1 summed; no gain counts as half of one."""
    sums = sample.sum(-2)
    return np.asarray(sums[..., 0] / np.maximum(sums[..., 1], 0.5))


def ratio_difference(sample: Numbers) -> Numbers:
    """Return the difference of two ratios of sums: columns are cost 0, gain 0, cost 1, gain 1.

    A side without gain counts as if it had gained half of one: its ratio is then twice its whole
    cost.
    """
    sums = sample.sum(-2)
    gain = np.maximum(sums[..., 1::2], 0.5)
    ratios = sums[..., 0::2] / gain
    return np.asarray(ratios[..., 1] - ratios[..., 0])


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share. Source: Wilson 1927, JASA 22."""
    if not of:
        return 0.0, 1.0
    share, spread = count / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / of + spread / of / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
