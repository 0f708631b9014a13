"""Figures of one iteration of one kind, as JSON values; checkpoints and tables hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.selfplay.played import Played

Record = dict[str, Any]


def main_figure(record: Record) -> float:
    """Return the share of test tasks that the challenger of a record got right without search."""
    figures = record["comparison"]["challenger_figures"]
    return float(figures.get("solved_alone", figures.get("right_alone", 0.0)))


def play_figures(runs: Sequence[Played]) -> Record:
    """Return what the runs of an iteration say of themselves."""
    lengths = [len(run.actions) for run in runs if run.actions]
    return {
        "games": len(runs),
        "solved": sum(run.passed for run in runs) / len(runs),
        "mean_length": float(np.mean(lengths)) if lengths else 0.0,
        "simulations": sum(run.simulations for run in runs),
        "ids": [runs[0].id, runs[-1].id],
    }
