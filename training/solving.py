"""Let a net solve many tasks side by side, alone or with search; a grader judges every answer.

What comparison, calibration, self-play and benchmarks measure with; the serving graph has its own
loop, with routing. Letters: `B` tasks under way, `A` actions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig, TreeSearch, run_search
from graphs.mcts.summary import SearchSummary
from neural.evaluation import BatchEvaluator
from tasks.protocol import BoolArray, Environment, FloatArray, Split, Task, TaskKind

SIDE_BY_SIDE = 64  # trees searched at once: enough to fill a batch, few enough to fit the cache


class NoEnvironmentError(ValueError):
    """A kind that cannot be solved step by step."""


@dataclass(frozen=True, slots=True)
class AloneRun:
    """A run of the network alone: always the action with the highest prior.

    Attributes:
        states: before each action, and the last one.
        actions: executed; one in two-player kinds.
        passed: by the grader; False where the run went in a circle or never ended.
    """

    task: Task
    states: tuple[Any, ...]
    actions: tuple[int, ...]
    passed: bool


@dataclass(frozen=True, slots=True)
class SearchRun:
    """A search from a task's start.

    Attributes:
        actions: to the solution, or the most visited move; None where nothing was found.
        passed: by the grader.
        summary: of the root.
        seconds: this tree's share of the time that those searched together took.
    """

    task: Task
    actions: tuple[int, ...] | None
    passed: bool
    summary: SearchSummary
    seconds: float


def solve_alone(kind: TaskKind, evaluator: BatchEvaluator, tasks: Sequence[Task]) -> list[AloneRun]:
    """Follow the highest prior from each task's start, to the end, a circle or the step limit."""
    environment = environment_of(kind)
    paths = [[environment.initial(task)] for task in tasks]
    actions: list[list[int]] = [[] for _ in tasks]
    limit = 1 if environment.num_players > 1 else environment.max_steps
    open_runs = [n for n, path in enumerate(paths) if not environment.is_terminal(path[0])]
    while open_runs:
        observations, legal = observe(environment, [paths[n][-1] for n in open_runs])
        priors, _ = evaluator.evaluate_batch(observations, legal)
        still_open = []
        for n, action in zip(open_runs, priors.argmax(1).tolist(), strict=True):
            state = environment.step(paths[n][-1], action)
            circle = state in paths[n]
            paths[n].append(state)
            actions[n].append(action)
            if not circle and not environment.is_terminal(state) and len(actions[n]) < limit:
                still_open.append(n)
        open_runs = still_open
    return [
        AloneRun(task, tuple(path), tuple(done), is_right(kind, task, tuple(done)))
        for task, path, done in zip(tasks, paths, actions, strict=True)
    ]


def solve_by_search(
    kind: TaskKind,
    evaluator: BatchEvaluator,
    tasks: Sequence[Task],
    config: SearchConfig,
    seed: int = 0,
    clock: Callable[[], float] = time.perf_counter,
) -> list[SearchRun]:
    """Search from each task's start, `SIDE_BY_SIDE` tasks at once."""
    environment = environment_of(kind)
    runs: list[SearchRun] = []
    for start in range(0, len(tasks), SIDE_BY_SIDE):
        chunk = tasks[start : start + SIDE_BY_SIDE]
        roots = [environment.initial(task) for task in chunk]
        began = clock()
        search = searched(environment, evaluator, roots, config, seed + start)
        each = (clock() - began) / len(chunk)
        runs += [_search_run(kind, task, search, tree, each) for tree, task in enumerate(chunk)]
    return runs


def searched(
    environment: Environment[Any],
    evaluator: BatchEvaluator,
    roots: Sequence[Any],
    config: SearchConfig,
    seed: int,
) -> TreeSearch | CompiledSearch:
    """Search all roots to the end; compiled rules give the same visits, faster."""
    if environment.rules is None:
        search = TreeSearch(environment, roots, config, np.random.default_rng(seed))
        run_search(search, evaluator)
        return search
    compiled = CompiledSearch(environment, config, len(roots), seed)
    for tree, root in enumerate(roots):
        compiled.reset(tree, environment.rules.to_words(root))
    compiled.run(evaluator)
    return compiled


def fixed_tasks(
    kind: TaskKind, split: Split, count: int, low: float = 0.0, high: float = 1.0, first: int = 0
) -> list[Task]:
    """Return `count` tasks of a split, difficulty rising evenly from low to high."""
    span = max(count - 1, 1)
    return [kind.generate(first + n, low + (high - low) * n / span, split) for n in range(count)]


def initial_states(kind: TaskKind, tasks: Sequence[Task]) -> list[Any]:
    """Return where the tasks start."""
    environment = environment_of(kind)
    return [environment.initial(task) for task in tasks]


def is_right(kind: TaskKind, task: Task, actions: tuple[int, ...]) -> bool:
    """Say whether the grader passes what the actions answer; no actions are no answer."""
    return bool(actions) and bool(kind.grade(task, kind.answer_from_actions(task, actions)).passed)


def is_gradable(kind: TaskKind, task: Task) -> bool:
    """Say whether the grader gives a verdict on a first move of the task; True for one player."""
    environment = environment_of(kind)
    if environment.num_players == 1:
        return True
    action = int(environment.legal(environment.initial(task)).argmax())
    return kind.grade(task, kind.answer_from_actions(task, (action,))).passed is not None


def observe(environment: Environment[Any], states: Sequence[Any]) -> tuple[FloatArray, BoolArray]:
    """Return observations `[B, *observation_shape]` and legal actions `[B, A]`."""
    observations = np.stack([environment.observe(state) for state in states])
    return observations, np.stack([environment.legal(state) for state in states])


def environment_of(kind: TaskKind) -> Environment[Any]:
    """Return the kind's environment.

    Raises:
        NoEnvironmentError: if it has none.
    """
    if kind.environment is None:
        raise NoEnvironmentError(
            f"kind {kind.name!r} has no environment, so there is nothing to train"
        )
    return kind.environment


def _search_run(
    kind: TaskKind, task: Task, search: TreeSearch | CompiledSearch, tree: int, seconds: float
) -> SearchRun:
    summary = search.summary(tree)
    actions = search.solution(tree)
    if search.environment.num_players > 1 and any(summary.visit_counts):
        actions = (int(np.argmax(summary.visit_counts)),)
    passed = actions is not None and is_right(kind, task, actions)
    return SearchRun(task, actions, passed, summary, seconds)
