"""How a training run is going, over its last iterations; read from its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

LAST = 10  # iterations looked at


def quality_metrics(history: Sequence[Mapping[str, Any]], last: int = LAST) -> dict[str, float]:
    """Return the documented figures.

    Args:
        history: records of the training loop, one per iteration and kind.
        last: iterations that the first three and the length are about.

    Returns:
        avg_success_rate, success_rate_std (population) and success_rate_trend (slope per iteration
        of the least-squares line; 0 for one iteration) of the last iterations, best_success_rate of
        all, total_iterations, total_episodes_generated, avg_episode_length of the last ones. An
        iteration's rate is the share of its runs that succeeded, whatever their kind. All 0 before
        the first iteration.
    """
    rates: dict[int, float] = {}
    lengths: dict[int, tuple[float, int]] = {}
    for iteration in sorted({record["iteration"] for record in history}):
        records = [record for record in history if record["iteration"] == iteration]
        games = sum(record["games"] for record in records)
        rates[iteration] = sum(r["solved"] * r["games"] for r in records) / max(games, 1)
        lengths[iteration] = (sum(r["mean_length"] * r["games"] for r in records), games)
    recent = list(rates)[-last:]
    shown = np.array([rates[i] for i in recent])
    steps = [lengths[i] for i in recent]
    trend = float(np.polyfit(recent, shown, 1)[0]) if len(recent) > 1 else 0.0
    return {
        "avg_success_rate": float(shown.mean()) if len(shown) else 0.0,
        "success_rate_std": float(shown.std()) if len(shown) else 0.0,
        "success_rate_trend": trend,
        "best_success_rate": max(rates.values(), default=0.0),
        "total_iterations": len(rates),
        "total_episodes_generated": sum(games for _, games in lengths.values()),
        "avg_episode_length": sum(s for s, _ in steps) / max(sum(g for _, g in steps), 1),
    }
