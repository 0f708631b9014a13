"""Let a champion play for training: games of two players, searches for solutions otherwise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from neural.inference import NetEvaluator
from neural.model_files import Model
from tasks.protocol import TaskKind
from training.openings import first_task
from training.selfplay.derivations import draw_tasks, solve_tasks
from training.selfplay.games import play_games
from training.selfplay.played import Played
from training.selfplay.recipes import Recipe
from training.solving import environment_of


def play(
    kind: TaskKind,
    champion: Model,
    recipe: Recipe,
    count: int,
    *,
    level: float,
    first: int,
    seed: int,
    on_run: Callable[[int], None] | None = None,
) -> list[Played]:
    """Return finished runs over tasks of the train split.

    Args:
        kind: to play.
        champion: plays, with noise.
        recipe: how.
        count: of runs.
        level: difficulty that is mostly solved, for kinds of one player.
        first: index in the split of the first task.
        seed: of tasks, noise and choices.
        on_run: told the number of finished runs.
    """
    environment = environment_of(kind)
    evaluator = NetEvaluator(champion, precision=recipe.precision)
    rng = np.random.default_rng([seed, 0])
    if environment.num_players == 1:
        tasks = draw_tasks(kind, count, level, recipe.derivations, first, rng)
        return solve_tasks(kind, evaluator, tasks, recipe.derivations, seed, on_run)
    opening = first_task(kind)
    openings = [opening] * round(count * recipe.opening_share) if opening is not None else []
    others = [
        kind.generate(first + n, float(rng.random()), "train") for n in range(count - len(openings))
    ]
    starts = [*openings, *others]
    return play_games(kind, evaluator, starts, recipe.games, seed, on_run)
