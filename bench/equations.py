"""What shipped and random weights solve: equations by difficulty, and published test questions.

    .venv/bin/python bench/equations.py [--data DIR] [--json OUT] [--quick]

Per difficulty and set of weights: the share that the network solves alone, the share that search
solves within 800 simulations, which is what serving uses, and the simulations it made per solved
equation. `--data` names a folder whose *.jsonl hold published questions (records with task
`generated_math` and module `algebra__linear_1d`). Every answer is graded by substitution.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.report import Report, interval_row
from graphs.mcts.search import SearchConfig
from neural.device import use_threads
from neural.inference import NetEvaluator
from neural.model_files import random_model
from neural.model_store import ModelStore
from tasks.math.equations import EquationsKind
from tasks.protocol import Task
from training.bootstrap import Interval, paired_interval, ratio_of_sums
from training.solving import SearchRun, environment_of, solve_alone, solve_by_search

KIND = EquationsKind()
SIMULATIONS = 800
DIFFICULTIES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
FIRST = 500_000  # index of the first task: none of the comparisons of training uses these
MODULE = "algebra__linear_1d"


def main() -> int:
    """Measure both sets of weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="a quarter of the equations")
    parser.add_argument("--seed", type=int, default=1, help="of the random weights")
    options = parser.parse_args()
    use_threads(1)
    count = 50 if options.quick else 200
    report = Report(program="equations", seed=options.seed)
    models = {
        "shipped": ModelStore(None).active(KIND),
        f"random:{options.seed}": random_model(KIND.name, environment_of(KIND), options.seed),
    }
    published = published_tasks(options.data) if options.data else {}
    for name, model in models.items():
        evaluator = NetEvaluator(model)
        for difficulty in DIFFICULTIES:
            tasks = [KIND.generate(FIRST + n, difficulty, "test") for n in range(count)]
            measure(report, f"equations/{name}/difficulty-{difficulty}", evaluator, tasks)
        for source, tasks in published.items():
            measure(report, f"equations/{name}/{source}", evaluator, tasks)
    return report.finish(options.json)


def measure(report: Report, figure: str, evaluator: NetEvaluator, tasks: Sequence[Task]) -> None:
    """Add the three figures of one set of equations."""
    alone = [run.passed for run in solve_alone(KIND, evaluator, tasks)]
    config = SearchConfig(simulations=SIMULATIONS, stop_at_solution=True)
    searched = solve_by_search(KIND, evaluator, tasks, config)
    report.add(interval_row(f"{figure}/alone", _share(alone), "share"))
    report.add(interval_row(f"{figure}/search", _share([run.passed for run in searched]), "share"))
    report.add(interval_row(f"{figure}/simulations-per-solved", _effort(searched), "simulations"))


def published_tasks(folder: Path) -> dict[str, list[Task]]:
    """Return the questions that are read as equations, by file."""
    found: dict[str, list[Task]] = defaultdict(list)
    for path, record in _records(folder):
        if record.get("task") == "generated_math" and record.get("module") == MODULE:
            task = KIND.parse(str(record["question"]))
            if task is not None:
                found[path.name.split(".")[0]].append(task)
    return found


def _records(folder: Path) -> Iterator[tuple[Path, dict[str, object]]]:
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text().split("\n"):  # texts may hold other line breaks
            if line:
                yield path, json.loads(line)


def _share(passed: Sequence[bool]) -> Interval:
    return paired_interval(lambda s: s[..., 0].mean(-1), np.array(passed, float)[:, None])


def _effort(runs: Sequence[SearchRun]) -> Interval:
    columns = np.array([(run.summary.simulations, run.passed) for run in runs], float)
    return paired_interval(ratio_of_sums, columns)


if __name__ == "__main__":
    raise SystemExit(main())
