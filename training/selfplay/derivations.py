"""Expert iteration for kinds with one player: search solves what the network alone cannot yet.

Tasks are drawn around the edge of what is solved: the highest difficulty, `level`, moves up while
the search solves most tasks near it and down when it solves few. Source: Anthony, Tian and Barber
2017, "Thinking Fast and Slow with Deep Learning and Tree Search"; departure: one search from the
task's start, ended by its first solution, whose actions are the targets, instead of one search
per step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from graphs.episode import new_id
from graphs.mcts.search import SearchConfig
from neural.evaluation import BatchEvaluator
from tasks.protocol import Task, TaskKind
from training.selfplay.played import Played
from training.solving import SIDE_BY_SIDE, solve_by_search

EDGE = 0.1  # tasks this close to the level, or above it, decide where the level goes
STEP = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class DerivationConfig:
    """How to look for solutions.

    Attributes:
        simulations: cap of one search.
        c_puct: exploration weight.
        dirichlet_alpha, noise_share: of the noise on root priors.
        below, above: tasks have difficulties from `level - below` to `level + above`.
        easy_share: of the tasks, drawn from 0 to `level` instead, so that nothing is forgotten.
    """

    simulations: int = 400
    c_puct: float = 1.25
    dirichlet_alpha: float = 0.5
    noise_share: float = 0.25
    below: float = 0.3
    above: float = 0.1
    easy_share: float = 0.2


def solve_tasks(
    kind: TaskKind,
    evaluator: BatchEvaluator,
    tasks: Sequence[Task],
    config: DerivationConfig,
    seed: int,
    on_task: Callable[[int], None] | None = None,
) -> list[Played]:
    """Search for a solution of each task, with noise; runs without one are kept too.

    Args:
        kind: of the tasks.
        evaluator: guides the searches.
        tasks: in the order of the result.
        config: how.
        seed: of the noise.
        on_task: told the number of finished tasks, for progress.
    """
    searching = SearchConfig(
        simulations=config.simulations,
        c_puct=config.c_puct,
        dirichlet_alpha=config.dirichlet_alpha,
        noise_share=config.noise_share,
        stop_at_solution=True,
    )
    runs: list[Played] = []
    for start in range(0, len(tasks), SIDE_BY_SIDE):
        chunk = tasks[start : start + SIDE_BY_SIDE]
        found = solve_by_search(kind, evaluator, chunk, searching, seed + start)
        runs += [
            Played(
                id=new_id(),
                task=run.task,
                actions=run.actions or (),
                searches=(),
                passed=run.passed,
                simulations=run.summary.simulations,
                evaluations=run.summary.evaluations,
                seconds=run.seconds,
            )
            for run in found
        ]
        if on_task is not None:
            on_task(len(runs))
    return runs


def draw_tasks(
    kind: TaskKind,
    count: int,
    level: float,
    config: DerivationConfig,
    first: int,
    rng: np.random.Generator,
) -> list[Task]:
    """Draw tasks of the train split around the level.

    Args:
        kind: generates them.
        count: how many.
        level: highest difficulty that is mostly solved, in [0, 1].
        config: how far around it.
        first: index in the split of the first one; the others follow.
        rng: draws the difficulties.
    """
    easy = rng.random(count) < config.easy_share
    low = np.where(easy, 0.0, max(level - config.below, 0.0))
    high = np.where(easy, level, min(level + config.above, 1.0))
    difficulties = low + (high - low) * rng.random(count)
    return [kind.generate(first + n, float(d), "train") for n, d in enumerate(difficulties)]


def next_level(level: float, runs: Sequence[Played]) -> float:
    """Return where the level goes after these runs: up to two steps up, or one down."""
    near = [bool(run.passed) for run in runs if run.task.difficulty > level - EDGE]
    solved = float(np.mean(near)) if near else 0.0
    move = 2 if solved >= 0.85 else 1 if solved >= 0.5 else -1 if solved < 0.1 else 0
    return min(max(level + move * STEP, 0.0), 1.0)
