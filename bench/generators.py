"""What the generators make: speed, variety, right answers, and difficulty that is real.

    .venv/bin/python bench/generators.py [--kind KIND ...] [--json OUT] [--quick]

- each kind of the catalogue: tasks per second of processor time, the share of different problems
  among 2,000 of mixed difficulty, and the search effort without a net at five difficulties;
- each documented generator (`training.task_generators`): the share of different tasks among 2,000,
  and of those whose answer passes again after a way through JSON, and whose text is read back.

Effort is the median over tasks of the states that best-first search with the kind's guide looks at;
for kinds without a guide the simulations of a search with random priors and value 0 until it finds
an end that passes (failures counted in full), or, in games, until its move keeps the value.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from bench.control import RandomPriors
from bench.report import Report, Row, percentile_row
from graphs.mcts.search import SearchConfig
from tasks.catalogue import default_catalogue
from tasks.open import OpenKind
from tasks.protocol import SPLIT_SIZE, Answer, InvalidTaskError, Task, TaskKind
from tasks.solving import GuidedKind
from training.bootstrap import wilson
from training.solving import environment_of, solve_by_search
from training.task_answers import exact_answer, search
from training.task_generators import (
    MathProblemGenerator,
    MCTSSearchTaskGenerator,
    MultiStepReasoningGenerator,
)

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_SIMULATIONS = 1024
CHEAP = (
    "math/arithmetic", "math/compare", "math/equations", "math/game24", "math/numbers",
    "math/equations_system", "reasoning/deduction", "search/tictactoe", "search/knapsack",
    "search/tour",
)  # fmt: skip
GENERATORS = (MathProblemGenerator, MultiStepReasoningGenerator, MCTSSearchTaskGenerator)
Generator = MathProblemGenerator | MultiStepReasoningGenerator | MCTSSearchTaskGenerator


def main() -> int:
    """Measure the kinds asked for, and the generators."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", action="append", help="a kind, or the beginning of names")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of the tasks")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = Report(program="generators", seed=options.seed)
    part = 10 if options.quick else 1
    for kind in default_catalogue():
        asked = options.kind is None or kind.name.startswith(tuple(options.kind))
        if kind.name == OpenKind.name or not asked:
            continue
        print(kind.name, file=sys.stderr, flush=True)
        measure_draws(report, kind, 2000 // part, options.seed)
        if kind.environment is not None:
            measure_effort(report, kind, 60 // part, options.seed)
    if options.kind is None:
        for made in GENERATORS:
            print(made.__name__, file=sys.stderr, flush=True)
            measure_generator(report, made(seed=options.seed), 2000 // part)
    return report.finish(options.json)


def measure_draws(report: Report, kind: TaskKind, count: int, seed: int) -> None:
    """Add tasks per second, and the share of different problems."""
    rng = random.Random(seed)
    for n in range(20):
        kind.generate(n, n / 19, "train")  # compilation and tables are paid once
    start = time.process_time()
    tasks = [kind.generate(rng.randrange(SPLIT_SIZE), n / count, "train") for n in range(count)]
    seconds = time.process_time() - start
    report.add(
        Row(
            figure=f"generators/{kind.name}/speed",
            value=count / seconds,
            n=count,
            unit="tasks/s",
            must=">= 2000" if kind.name in CHEAP else "",
        )
    )
    different = len({task.payload for task in tasks})
    bound = "" if kind.name == "search/tictactoe" else ">= 0.95"  # it has 1,500 positions a split
    _add_share(report, f"generators/{kind.name}/different", different, count, bound)


def measure_effort(report: Report, kind: TaskKind, count: int, seed: int) -> None:
    """Add the median effort at each difficulty, and by how much it grows."""
    medians = []
    unit = "states" if isinstance(kind, GuidedKind) else "simulations"
    for level in LEVELS:
        tasks = [kind.generate(700_000 + n, level, "test") for n in range(count)]
        if environment_of(kind).num_players > 1:  # nobody knows the best move of some positions
            tasks = [task for task in tasks if exact_answer(kind, task) is not None]
        efforts = np.array([float(effort(kind, task, seed)) for task in tasks])
        figure = f"generators/{kind.name}/effort-{level}"
        report.add(percentile_row(figure, efforts, 50, unit, seed))
        medians.append(float(np.median(efforts)) if len(efforts) else 0.0)
    report.add(
        Row(
            figure=f"generators/{kind.name}/effort-growth",
            value=medians[-1] / max(1.0, medians[0]),
            n=count * len(LEVELS),
            unit="times",
            must=">= 1.2",
        )
    )


def effort(kind: TaskKind, task: Task, seed: int) -> int:
    """Return the states or simulations that a search without a net takes for a task."""
    environment = environment_of(kind)
    if isinstance(kind, GuidedKind):
        return search(kind, environment, task).states
    evaluator = RandomPriors(environment, seed)
    if environment.num_players == 1:
        config = SearchConfig(simulations=MOST_SIMULATIONS, stop_at_solution=True)
        run = solve_by_search(kind, evaluator, [task], config, seed)[0]
        return run.summary.simulations if run.passed else MOST_SIMULATIONS
    simulations = 1
    while simulations < MOST_SIMULATIONS:
        config = SearchConfig(simulations=simulations)
        if solve_by_search(kind, evaluator, [task], config, seed)[0].passed:
            break
        simulations *= 2
    return simulations


def measure_generator(report: Report, generator: Generator, count: int) -> None:
    """Add variety, and the shares that pass again and are read back."""
    name = f"generators/{type(generator).__name__}"
    start = time.process_time()
    tasks = generator.generate(count)
    seconds = time.process_time() - start
    report.add(Row(figure=f"{name}/speed", value=count / seconds, n=count, unit="tasks/s"))
    different = len({(task["kind"], json.dumps(task["payload"])) for task in tasks})
    _add_share(report, f"{name}/different", different, count, ">= 0.95")
    checked = tasks[:: max(1, count // 400)]
    _add_share(report, f"{name}/right", sum(map(is_right, checked)), len(checked), ">= 1")
    _add_share(report, f"{name}/read-back", sum(map(is_read, checked)), len(checked), ">= 0.99")
    hard = [task["difficulty"] for task in tasks]
    rises = sum(later >= earlier for earlier, later in pairwise(hard))
    _add_share(report, f"{name}/difficulty-rises", rises, count - 1, ">= 1")


def is_right(made: dict[str, Any]) -> bool:
    """Say whether the answer passes once more, after a way through JSON."""
    kind, task = _rebuilt(made)
    return kind.grade(task, Answer(made["answer"])).passed is True


def is_read(made: dict[str, Any]) -> bool:
    """Say whether the text alone gives the same problem."""
    kind, task = _rebuilt(made)
    try:
        read = kind.parse(task.prompt)
    except InvalidTaskError:
        return False
    return read is not None and read.payload == task.payload


_KINDS = default_catalogue()


def _rebuilt(made: dict[str, Any]) -> tuple[TaskKind, Task]:
    made = json.loads(json.dumps(made))
    kind = _KINDS[made["kind"]]
    payload = kind.payload_from_json(made["payload"])
    task = Task(
        made["task_id"], kind.name, made["problem"], payload, made["difficulty"], made["seed"],
        made["split"],
    )  # fmt: skip
    return kind, task


def _add_share(report: Report, figure: str, count: int, n: int, must: str) -> None:
    low, high = wilson(count, n)
    report.add(
        Row(figure=figure, value=count / n, low=low, high=high, n=n, unit="share", must=must)
    )


if __name__ == "__main__":
    raise SystemExit(main())
