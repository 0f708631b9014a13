"""The mistakes after every iteration of a training run, with what it had cost by then.

Read from `FOLDER/learners/<kind>/iteration-NNNN.json`. A curve falls when the mean of its last
third lies below that of its first; the interval resamples positions. Letters: `P` positions, `I`
iterations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from bench.connect4_data import Array, Positions
from bench.connect4_players import ENVIRONMENT, KIND, choices_alone, mistakes_by_search
from bench.report import Report, Row, interval_row
from bench.strength_rows import phases, share_row
from neural.inference import NetEvaluator
from neural.model_files import load_model, shipped_name
from training.bootstrap import mean_difference, paired_interval

BUDGETS = (32, 100)
PLAYERS = ("net-alone", *(f"net-{n}" for n in BUDGETS))
FALLS = "<= -0.000001"
NAME = re.compile(r"iteration-(\d+)\.json")
COSTS = (("games", 1.0), ("evaluations", 1.0), ("cpu_seconds", 1 / 60))  # of a card, and a factor


class NoCurveError(ValueError):
    """A folder without learners of the kind."""


@dataclass(frozen=True, slots=True)
class Point:
    """One iteration: mistakes by player, `[P]` bool, and the training figures of its card."""

    iteration: int
    mistakes: Mapping[str, Array]
    training: Mapping[str, Any]


def add_curve(
    report: Report,
    positions: Positions,
    folder: Path,
    plot: Path | None,
    tell: Callable[[str], None],
) -> None:
    """Add the curve and whether it falls; print its table, draw it where asked.

    Raises:
        NoCurveError: if the folder has no learners.
    """
    points = read_points(positions, folder, tell)
    for point in points:
        for player in PLAYERS:
            figure = f"curve/{point.iteration:04d}/decisive/{player}"
            report.add(share_row(figure, point.mistakes[player][positions.decisive]))
    add_fall(report, positions, points)
    print(table(positions, points), end="\n\n")
    if plot is not None:
        draw(positions, points, plot)


def read_points(positions: Positions, folder: Path, tell: Callable[[str], None]) -> list[Point]:
    """Measure the learner of every iteration, the oldest first."""
    learners = folder / "learners" / shipped_name(KIND)
    cards = {int(m[1]): p for p in learners.glob("*.json") if (m := NAME.fullmatch(p.name))}
    if not cards:
        raise NoCurveError(
            f"no iteration-NNNN.json in {learners}; give --run the --checkpoint-dir of "
            f"`python -m training.cli self-play --kind {KIND}`"
        )
    points = []
    for iteration, path in sorted(cards.items()):
        tell(f"curve: iteration {iteration}")
        model = load_model(path, ENVIRONMENT)
        evaluator = NetEvaluator(model, precision="auto")
        found = {"net-alone": positions.mistakes(choices_alone(evaluator, positions))}
        searched = mistakes_by_search(evaluator, positions, BUDGETS, tell)
        found |= {f"net-{n}": searched[n] for n in BUDGETS}
        points.append(Point(iteration, found, model.card.training))
    return points


def add_fall(report: Report, positions: Positions, points: Sequence[Point]) -> None:
    """Add last third minus first third per player, and the rank correlation with iterations."""
    third = max(len(points) // 3, 1)
    for player in PLAYERS:
        wrong = np.array([point.mistakes[player][positions.decisive] for point in points], float)
        if len(points) < 3:
            for figure, must in ((f"curve/falls/{player}", FALLS), (f"curve/rank/{player}", "")):
                report.add(Row(figure=figure, value=None, unit="share", n=len(points), must=must))
            continue
        columns = np.stack([wrong[:third].mean(0), wrong[-third:].mean(0)], axis=1)
        found = paired_interval(mean_difference, columns)
        report.add(interval_row(f"curve/falls/{player}", found, "share", must=FALLS))
        shares = wrong.mean(1)
        rank = float(spearmanr(range(len(points)), shares).statistic) if np.ptp(shares) else 0.0
        report.add(
            Row(figure=f"curve/rank/{player}", value=rank, unit="correlation", n=len(points))
        )


def table(positions: Positions, points: Sequence[Point]) -> str:
    """Return mistakes in per cent, by phase on all positions and on decisive ones."""
    parts = phases(positions)
    head = "iteration     games  evaluations  minutes   " + "   ".join(
        f"{player + ' ' + '/'.join(name for name, _ in parts):<34}" for player in PLAYERS
    )
    lines = [
        "per cent of mistakes; on decisive positions in brackets",
        head.rstrip(),
    ]
    for point in points:
        costs = [_cost(point, key, factor) for key, factor in COSTS]
        cells = []
        for player in PLAYERS:
            wrong = point.mistakes[player]
            every = " ".join(f"{100 * wrong[mask].mean():4.1f}" for _, mask in parts)
            decisive = " ".join(
                f"{100 * wrong[mask & positions.decisive].mean():4.1f}" for _, mask in parts
            )
            cells.append(f"{every} ({decisive})".ljust(34))
        lines.append(
            f"{point.iteration:>9} {costs[0]:>9} {costs[1]:>12} {costs[2]:>8}   "
            + "   ".join(cells).rstrip()
        )
    return "\n".join(lines)


def draw(positions: Positions, points: Sequence[Point], path: Path) -> None:
    """Draw mistakes on decisive positions over iterations, one panel per phase."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    parts = phases(positions)
    figure = Figure(figsize=(3.7 * len(parts), 3.4), layout="constrained")
    axes = figure.subplots(1, len(parts), squeeze=False)[0]
    for axis, (name, mask) in zip(axes, parts, strict=True):
        inside = mask & positions.decisive
        for player in PLAYERS:
            shares = [100 * point.mistakes[player][inside].mean() for point in points]
            axis.plot([p.iteration for p in points], shares, marker=".", label=player)
        axis.set(title=f"{name}, decisive", xlabel="iteration", ylabel="mistakes, %")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize=7)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def _cost(point: Point, key: str, factor: float) -> str:
    value = point.training.get(key)
    return "-" if value is None else f"{value * factor:,.1f}" if factor != 1.0 else f"{value:,}"
