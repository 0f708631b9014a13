"""What search solves that knows nothing: random priors and value 0, the head-room for learning.

    .venv/bin/python bench/control.py [--kind KIND ...] [--json OUT] [--quick]

For every kind with an environment, on its generator's test tasks of all difficulties:

- one player: the share for which one search from the start finds a solution that the grader passes,
  at 64, 256 and 1,024 simulations, and the simulations it made, failures counted in full;
- kinds that ask for the best of many solutions: the mean gap to the best score when every move is
  the most visited one of such a search, beside the gap of the kind's own guide;
- games: the share of first moves that keep the value of the position.

A kind that this search solves at 98 % with 64 simulations may not be declared learned; the kinds
that were learned before this rule, tic-tac-toe and linear equations, are held to it at 16.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.report import Report, Row
from graphs.mcts.search import SearchConfig, TreeSearch, run_search
from tasks.catalogue import default_catalogue
from tasks.protocol import BoolArray, Environment, FloatArray, Task, TaskKind
from tasks.solving import GuidedKind, optimises
from training.bootstrap import wilson
from training.solving import environment_of, fixed_tasks, solve_by_search
from training.task_answers import search as guided_search

SIMULATIONS = (64, 256, 1024)
FIRST = 700_000  # index of the first task: no training or comparison uses these
LEARNED_EARLIER = {"search/tictactoe": 16, "math/equations": 16}
MOST_MOVES = 100  # of one run, move by move; who has not ended then has found nothing
MOST_SOLVED = 0.98  # by the control, of a kind that is declared learned


class RandomPriors:
    """Judges without looking: priors drawn afresh for every state, value 0."""

    def __init__(self, environment: Environment[Any], seed: int) -> None:
        self.version = f"random-priors:{seed}"
        self.environment_version = environment.version
        self._rng = np.random.default_rng(seed)

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Judge `[B]` states; priors `[B, A]` over the legal actions, values `[B]`."""
        weights = self._rng.standard_exponential(legal.shape, dtype=np.float32) * legal
        priors: FloatArray = weights / weights.sum(1, keepdims=True)
        return priors, np.zeros(len(legal), np.float32)


def main() -> int:
    """Measure every kind asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    parser.add_argument("--kind", action="append", help="a kind, or the beginning of names")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="20 tasks a kind instead of 100")
    parser.add_argument("--seed", type=int, default=1, help="of the random priors")
    options = parser.parse_args()
    report = Report(program="control", seed=options.seed)
    count = 20 if options.quick else 100
    for kind in default_catalogue():
        asked = options.kind is None or kind.name.startswith(tuple(options.kind))
        if kind.environment is None or not asked:
            continue
        tasks = fixed_tasks(kind, "test", count, first=FIRST)
        tell(f"{kind.name} ({kind.solved_by})")
        if optimises(kind):
            measure_gaps(report, kind, tasks, options.seed)
        else:
            measure_solved(report, kind, tasks, options.seed)
    return report.finish(options.json)


def measure_solved(report: Report, kind: TaskKind, tasks: list[Task], seed: int) -> None:
    """Add the shares that the control solves, and its simulations per task."""
    environment = environment_of(kind)
    bound_at = LEARNED_EARLIER.get(kind.name, 64)
    for simulations in sorted({*SIMULATIONS, bound_at}):
        config = SearchConfig(
            simulations=simulations, stop_at_solution=environment.num_players == 1
        )
        evaluator = RandomPriors(environment, seed)
        runs = solve_by_search(kind, evaluator, tasks, config, seed)
        solved = sum(run.passed for run in runs)
        spent = [run.summary.simulations if run.passed else simulations for run in runs]
        low, high = wilson(solved, len(runs))
        learned = kind.solved_by == "learned" and simulations == bound_at
        report.add(
            Row(
                figure=f"control/{kind.name}/{kind.solved_by}/solved-{simulations}",
                value=solved / len(runs),
                low=low,
                high=high,
                n=len(runs),
                unit="share",
                must=f"<= {MOST_SOLVED}" if learned else "",
            )
        )
        report.add(
            Row(
                figure=f"control/{kind.name}/{kind.solved_by}/simulations-{simulations}",
                value=float(np.mean(spent)),
                n=len(runs),
                unit="simulations",
            )
        )


def measure_gaps(report: Report, kind: TaskKind, tasks: list[Task], seed: int) -> None:
    """Add the mean gaps to the best score: of the control, and of the kind's guide."""
    environment = environment_of(kind)
    tasks = tasks[:: max(1, len(tasks) // 10)]  # move by move is slow
    for simulations in SIMULATIONS:
        evaluator = RandomPriors(environment, seed)
        played = [play(environment, task, evaluator, simulations, seed) for task in tasks]
        add_gap(report, kind, f"gap-{simulations}", tasks, played)
    if isinstance(kind, GuidedKind):
        ends = [guided_search(kind, environment, task).ends for task in tasks]
        add_gap(report, kind, "gap-guide", tasks, [way[0] if way else None for way in ends])


def add_gap(
    report: Report,
    kind: TaskKind,
    name: str,
    tasks: list[Task],
    actions: list[tuple[int, ...] | None],
) -> None:
    """Add a mean of 1 - score; no answer counts as a gap of 1, what nobody can grade not at all."""
    gaps = []
    for task, way in zip(tasks, actions, strict=True):
        verdict = kind.grade(task, kind.answer_from_actions(task, way)) if way else None
        if verdict is None:
            gaps.append(1.0)
        elif verdict.passed is not None:
            gaps.append(1.0 - verdict.score)
    report.add(
        Row(
            figure=f"control/{kind.name}/{kind.solved_by}/{name}",
            value=float(np.mean(gaps)) if gaps else None,
            n=len(gaps),
            unit="1 - score",
        )
    )


def play(
    environment: Environment[Any],
    task: Task,
    evaluator: RandomPriors,
    simulations: int,
    seed: int,
) -> tuple[int, ...] | None:
    """Take the most visited action of a search at every step; None if that leads nowhere."""
    state = environment.initial(task)
    actions: list[int] = []
    config = SearchConfig(simulations=simulations)
    most = min(environment.max_steps, MOST_MOVES)
    while not environment.is_terminal(state) and len(actions) < most:
        search = TreeSearch(
            environment, [state], config, np.random.default_rng(seed), root_depths=[len(actions)]
        )
        run_search(search, evaluator)
        actions.append(int(np.argmax(search.summary(0).visit_counts)))
        state = environment.step(state, actions[-1])
    ended = environment.is_terminal(state) and float(environment.returns(state)[0]) > 0
    return tuple(actions) if ended else None


def tell(progress: str) -> None:
    """Say on standard error what is going on, after how many processor seconds."""
    print(f"{time.process_time():7.1f} s  {progress}", file=sys.stderr, flush=True)


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Keep the lines of the description."""


if __name__ == "__main__":
    sys.exit(main())
