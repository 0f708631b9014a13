"""Rows of `strength.py`: shares of mistakes with Wilson intervals, paired ratios by bootstrap."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping

import numpy as np

from bench.connect4_data import Array, Positions
from bench.report import Report, Row, interval_row
from training.bootstrap import paired_interval, ratio_of_sums, wilson

Mistakes = Mapping[str, Array]  # by player, `[P]` bool


def add_shares(report: Report, positions: Positions, mistakes: Mistakes) -> None:
    """Add the share of mistakes by phase, on all positions and on decisive ones."""
    for phase, inside in phases(positions):
        for part, mask in (("", inside), ("/decisive", inside & positions.decisive)):
            for player, wrong in mistakes.items():
                report.add(share_row(f"mistakes/{phase}{part}/{player}", wrong[mask]))


def add_ratio(
    report: Report, figure: str, wrong: Array, other: Array, must: str = "", aim: str = ""
) -> None:
    """Add mistakes over another player's on the same positions, with a bootstrap interval."""
    if not len(wrong):
        report.add(Row(figure=figure, value=None, unit="ratio", n=0, must=must, aim=aim))
        return
    columns = np.stack([wrong, other], axis=1).astype(float)
    report.add(
        interval_row(figure, paired_interval(ratio_of_sums, columns), "ratio", must=must, aim=aim)
    )


def share_row(figure: str, wrong: Array, must: str = "") -> Row:
    """Return the share of true ones with its Wilson interval."""
    low, high = wilson(int(wrong.sum()), len(wrong))
    value = float(wrong.mean()) if len(wrong) else None
    return Row(
        figure=figure, value=value, unit="share", n=len(wrong), low=low, high=high, must=must
    )


def phases(positions: Positions) -> list[tuple[str, Array]]:
    """Return the names of the phases in alphabetical order, with their masks `[P]`."""
    names = sorted(set(positions.phases.tolist()))
    return [(name, positions.phases == name) for name in names]


def tell(progress: str) -> None:
    """Say on standard error what is going on, after how many processor seconds."""
    print(f"{time.process_time():7.1f} s  {progress}", file=sys.stderr, flush=True)
