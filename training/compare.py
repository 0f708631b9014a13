"""Decide between the champion and a challenger: same tasks, same seeds, both seats.

A challenger is accepted if it is not worse than a stated margin allows and better in at least one
figure, each by a paired bootstrap interval; ties keep the champion. Two figures of equal nets
differ by chance, so the intervals hold 99 %: with three chances to be called better, a net of
equal strength passes in under 2 % of comparisons, and an identical one never, since all its
differences are 0.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from graphs.mcts.search import SearchConfig
from neural.inference import NetEvaluator
from neural.model_files import Model
from tasks.protocol import Task, TaskKind
from training.arena import arena, search_mover
from training.augment import unseen
from training.bootstrap import Interval, mean_difference, paired_interval, ratio_difference
from training.solving import (
    SearchRun,
    environment_of,
    fixed_tasks,
    initial_states,
    is_right,
    observe,
    solve_alone,
    solve_by_search,
)

LEVEL = 0.99


@dataclass(frozen=True, kw_only=True, slots=True)
class CompareConfig:
    """How to compare.

    Attributes:
        tasks: of the test split, difficulty from 0 to `hardest`.
        moves: single moves of a game, of the test split.
        simulations: per derivation.
        move_simulations: per move of a game.
        openings: of the games, two games each.
        margin: how much lower the solved share or the mean score may be and still count as not
            worse.
    """

    tasks: int = 200
    moves: int = 600
    hardest: float = 1.0
    simulations: int = 400
    move_simulations: int = 16
    openings: int = 60
    margin: float = 0.03


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What a comparison found.

    Attributes:
        champion, challenger: weights versions.
        accepted: whether the challenger should take over.
        why: in words.
        champion_figures, challenger_figures: each side's own.
        differences: challenger minus champion, with intervals of level LEVEL.
    """

    kind: str
    champion: str
    challenger: str
    accepted: bool
    why: str
    champion_figures: dict[str, float]
    challenger_figures: dict[str, float]
    differences: dict[str, Interval]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


def compare(
    kind: TaskKind,
    champion: Model,
    challenger: Model,
    config: CompareConfig,
    seen: Collection[Any] = (),
) -> Comparison:
    """Compare two models of a kind.

    Args:
        kind: gives tasks and grader.
        champion: keeps its place in a tie.
        challenger: wants it.
        config: how.
        seen: initial states that training has met; such tasks, and images of them, are left out.
    """
    environment = environment_of(kind)
    count = config.moves if environment.num_players > 1 else config.tasks
    fixed = fixed_tasks(kind, "test", count, high=config.hardest)
    tasks = unseen(environment, fixed, kind.name, seen)
    sides = (NetEvaluator(champion), NetEvaluator(challenger))
    if environment.num_players == 1:
        figures, differences = _derivations(kind, sides, tasks, config)
        accepted, why = judge_derivations(differences, config.margin)
    else:
        figures, differences = _moves(kind, sides, tasks, config)
        accepted, why = judge_moves(differences, config.margin)
    return Comparison(
        kind=kind.name,
        champion=champion.card.weights_version,
        challenger=challenger.card.weights_version,
        accepted=accepted,
        why=why,
        champion_figures=figures[0],
        challenger_figures=figures[1],
        differences=differences,
    )


def judge_derivations(differences: dict[str, Interval], margin: float) -> tuple[bool, str]:
    """Apply the rule for single-player kinds to the differences; returns the verdict and why."""
    solved, alone = differences["solved"], differences["solved_alone"]
    effort = differences["simulations_per_solved"]
    if solved.low < -margin:
        return False, f"solved share may be worse by more than {margin}: {_text(solved)}"
    if alone.high < 0.0:
        return False, f"the network alone solves less: {_text(alone)}"
    if solved.low > 0.0:
        return True, f"solves more: {_text(solved)}"
    if effort.high < 0.0:
        return True, f"needs fewer simulations per solved task: {_text(effort)}"
    if alone.low > 0.0:
        return True, f"the network alone solves more: {_text(alone)}"
    return False, "no figure is better beyond its interval; the champion stays"


def judge_moves(differences: dict[str, Interval], margin: float) -> tuple[bool, str]:
    """Apply the rule for two-player kinds to the differences; returns the verdict and why."""
    score = differences["score"]
    if score.low < -margin:
        return False, f"may score worse by more than {margin} a game: {_text(score)}"
    for name, difference in differences.items():
        if difference.high < 0.0:
            return False, f"{name} is worse: {_text(difference)}"
    for name, difference in differences.items():
        if difference.low > 0.0:
            return True, f"{name} is better: {_text(difference)}"
    return False, "no figure is better beyond its interval; the champion stays"


def effort_figures(runs: Sequence[SearchRun]) -> dict[str, float]:
    """Return solved share, all simulations made per solved task, and mean actions of the solved."""
    solved = [run for run in runs if run.passed]
    spent = sum(run.summary.simulations for run in runs)
    return {
        "solved": len(solved) / len(runs),
        "simulations_per_solved": spent / max(len(solved), 0.5),
    }


def run_figures(kind: TaskKind, runs: Sequence[SearchRun]) -> dict[str, float]:
    """Return mean return, mean actions of passed runs, and return per simulation and second.

    A passed run returns its discounted worth, any other -1.
    """
    discount = environment_of(kind).discount
    passed = [len(run.actions or ()) for run in runs if run.passed]
    reward = (sum(discount**length for length in passed) - (len(runs) - len(passed))) / len(runs)
    simulations = sum(run.summary.simulations for run in runs) / len(runs)
    seconds = sum(run.seconds for run in runs) / len(runs)
    return {
        "reward": reward,
        "length": sum(passed) / max(len(passed), 1),
        "efficiency": reward / (max(simulations, 1.0) * seconds),
    }


def effort_differences(
    before: Sequence[SearchRun], after: Sequence[SearchRun], level: float = LEVEL
) -> dict[str, Interval]:
    """Return paired differences, after minus before, of `effort_figures` over the same tasks."""
    columns = np.array(
        [
            (a.summary.simulations, a.passed, b.summary.simulations, b.passed)
            for a, b in zip(before, after, strict=True)
        ],
        np.float64,
    )
    return {
        "solved": paired_interval(mean_difference, columns[:, 1::2], level=level),
        "simulations_per_solved": paired_interval(ratio_difference, columns, level=level),
    }


Sides = tuple[NetEvaluator, NetEvaluator]
Figures = tuple[dict[str, float], dict[str, float]]


def _derivations(
    kind: TaskKind, sides: Sides, tasks: Sequence[Task], config: CompareConfig
) -> tuple[Figures, dict[str, Interval]]:
    searching = SearchConfig(simulations=config.simulations, stop_at_solution=True)
    old, new = (solve_by_search(kind, side, tasks, searching) for side in sides)
    alone = np.array(
        [[run.passed for run in solve_alone(kind, side, tasks)] for side in sides], np.float64
    )
    figures = tuple(
        {**effort_figures(runs), "solved_alone": float(alone[n].mean()), **run_figures(kind, runs)}
        for n, runs in enumerate((old, new))
    )
    differences = effort_differences(old, new)
    differences["solved_alone"] = paired_interval(mean_difference, alone.T, level=LEVEL)
    return (figures[0], figures[1]), differences


def _moves(
    kind: TaskKind, sides: Sides, tasks: Sequence[Task], config: CompareConfig
) -> tuple[Figures, dict[str, Interval]]:
    environment = environment_of(kind)
    searching = SearchConfig(simulations=config.move_simulations)
    runs = [solve_by_search(kind, side, tasks, searching) for side in sides]
    right = np.array([[run.passed for run in own] for own in runs], np.float64)
    alone = np.array([[r.passed for r in solve_alone(kind, s, tasks)] for s in sides], np.float64)
    mass = np.array([right_mass(kind, side, tasks) for side in sides], np.float64)
    old, new = (search_mover(environment, side, config.move_simulations) for side in sides)
    openings = initial_states(kind, tasks[:: max(len(tasks) // config.openings, 1)])
    scores = arena(environment, new, old, openings)
    columns = {"right": right, "right_alone": alone, "right_mass": mass}
    figures = tuple(
        {**{name: float(c[n].mean()) for name, c in columns.items()}, **run_figures(kind, runs[n])}
        for n in (0, 1)
    )
    against_zero = np.stack([np.zeros_like(scores), scores], axis=1)
    return (figures[0], figures[1]), {
        "score": paired_interval(mean_difference, against_zero, level=LEVEL),
        **{
            name: paired_interval(mean_difference, column.T, level=LEVEL)
            for name, column in columns.items()
        },
    }


def right_mass(kind: TaskKind, evaluator: NetEvaluator, tasks: Sequence[Task]) -> list[float]:
    """Return, per task, how much of the network's prior lies on moves that the grader passes."""
    environment = environment_of(kind)
    observations, legal = observe(environment, initial_states(kind, tasks))
    priors, _ = evaluator.evaluate_batch(observations, legal)
    return [
        sum(float(row[a]) for a in row.nonzero()[0].tolist() if is_right(kind, task, (a,)))
        for task, row in zip(tasks, priors, strict=True)
    ]


def _text(interval: Interval) -> str:
    return f"{interval.estimate:+.4g} [{interval.low:+.4g}, {interval.high:+.4g}], n {interval.n}"
