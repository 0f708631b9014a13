"""What a network's values are worth, in simulations saved at equal strength.

The same network searches the same decisive positions with its values and with value 0, with more
and more simulations. Between two measured numbers of simulations the share of mistakes is read off
linearly over their logarithm, after pooling neighbours that are out of order (Barlow et al. 1972,
isotonic regression). Letters: `R` resamples, `P` positions, `N` numbers of simulations.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.connect4_data import Array, Positions
from bench.connect4_players import WithoutValue, mistakes_by_search
from bench.report import Report, interval_row
from bench.strength_rows import share_row
from neural.evaluation import BatchEvaluator
from training.bootstrap import Numbers, paired_interval

BUDGETS = (8, 16, 32, 64, 100, 200, 400)
EQUAL_TO = 100  # simulations whose strength the other side has to reach
PROMISED = ">= 0.5"
RESAMPLES = 1000


def add_worth(
    report: Report, positions: Positions, evaluator: BatchEvaluator, tell: Callable[[str], None]
) -> None:
    """Add mistakes by simulations, with and without values, and the share of simulations saved."""
    chosen = positions.take(positions.decisive)
    tell("worth of the values: with them")
    with_values = mistakes_by_search(evaluator, chosen, BUDGETS, tell)
    tell("worth of the values: without them")
    without = mistakes_by_search(WithoutValue(evaluator), chosen, BUDGETS, tell)
    for name, found in (("with", with_values), ("without", without)):
        for budget, wrong in found.items():
            report.add(share_row(f"value-worth/mistakes/{name}/{budget}", wrong))
    columns = np.stack([*with_values.values(), *without.values()], axis=1).astype(float)
    for name, statistic in (
        (f"without-needs-more-than-{EQUAL_TO}", saved_by_values),
        (f"with-needs-less-than-{EQUAL_TO}", saved_from_without),
    ):
        found = paired_interval(statistic, columns, resamples=RESAMPLES)
        unit = "share" + _beyond(found.estimate, statistic)
        figure = f"value-worth/simulations-saved-share/{name}"
        report.add(interval_row(figure, found, unit, aim=PROMISED))


def saved_by_values(sample: Numbers) -> Numbers:
    """Return `[R]`: 1 - EQUAL_TO / what the search without values needs for the same mistakes."""
    given, bare = _curves(sample)
    place = BUDGETS.index(EQUAL_TO)
    return 1.0 - EQUAL_TO / simulations_for(bare, given[:, place])


def saved_from_without(sample: Numbers) -> Numbers:
    """Return `[R]`: 1 - what the search with values needs for the mistakes without / EQUAL_TO."""
    given, bare = _curves(sample)
    place = BUDGETS.index(EQUAL_TO)
    return 1.0 - simulations_for(given, bare[:, place]) / EQUAL_TO


def simulations_for(curves: Numbers, targets: Numbers) -> Numbers:
    """Return `[R]` simulations at which curves `[R, N]` first reach targets `[R]`.

    Those who are there from the start, or never, get the lowest or highest number measured.
    """
    found = np.empty(len(curves))
    logs = np.log(BUDGETS)
    for row, (curve, target) in enumerate(zip(curves, targets, strict=True)):
        reached = np.flatnonzero(curve <= target + 1e-12)
        if not len(reached) or reached[0] == 0:
            found[row] = logs[-1] if not len(reached) else logs[0]
            continue
        after = reached[0]
        part = (curve[after - 1] - target) / (curve[after - 1] - curve[after])
        found[row] = logs[after - 1] + min(part, 1.0) * (logs[after] - logs[after - 1])
    return np.exp(found)


def falling(curve: Array) -> Array:
    """Return the nearest curve that never rises: neighbours out of order share their mean."""
    blocks: list[tuple[float, int]] = []
    for value in curve.tolist():
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (a, n), (b, m) = blocks[-2:]
            blocks[-2:] = [((a * n + b * m) / (n + m), n + m)]
    return np.concatenate([np.full(count, value) for value, count in blocks])


def _curves(sample: Numbers) -> tuple[Numbers, Numbers]:
    """Turn `[R, P, 2 N]` mistakes into two curves `[R, N]`, with and without values."""
    shares = sample.mean(1)
    count = len(BUDGETS)
    given, bare = (
        np.array([falling(curve) for curve in part])
        for part in (shares[:, :count], shares[:, count:])
    )
    return given, bare


def _beyond(estimate: float, statistic: Callable[[Numbers], Numbers]) -> str:
    """Say whether the other side lies outside of the simulations measured."""
    least, most = BUDGETS[0], BUDGETS[-1]
    if statistic is saved_by_values:
        high, low = 1.0 - EQUAL_TO / most, 1.0 - EQUAL_TO / least
    else:
        high, low = 1.0 - least / EQUAL_TO, 1.0 - most / EQUAL_TO
    return (
        ", at least" if estimate >= high - 1e-9 else ", at most" if estimate <= low + 1e-9 else ""
    )
