"""Fit a net's temperature and confidence on graded runs over tasks it was not trained on.

What a confidence is and how it is fitted is `neural.calibration`; here is which runs it is fitted
on. A single player's steps are labelled by the verdict on the whole run of the network alone:
that is what the router asks, whether following the network from here ends well. A move of a game
is labelled by its own grade. Some self-play may have seen the positions of a small game: the map
is then fitted in sample, and the card says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import torch

from graphs.mcts.search import SearchConfig
from neural.calibration import (
    MIN_SAMPLES,
    UNCALIBRATED,
    Calibration,
    fit_calibration,
    fit_confidence,
)
from neural.inference import NetEvaluator
from neural.model_files import Model, make_model
from neural.policy_value import PolicyValueNet
from tasks.protocol import BoolArray, FloatArray, Task, TaskKind
from training.augment import unseen
from training.solving import (
    AloneRun,
    environment_of,
    fixed_tasks,
    is_gradable,
    is_right,
    observe,
    solve_alone,
    solve_by_search,
)

TASKS = 400
SEARCH_TASKS = 200
TEMPERATURES = (1.0, 0.5, 2.0, 0.25)  # nearest to 1 first
TEMPERATURE_GAIN = 0.03  # share of simulations that a temperature further from 1 must save
TEMPERATURE_SHARE = 7  # one task in this many decides the temperature
TEMPERATURE_SIMULATIONS = 200
SEARCH_SIMULATIONS = 100  # the fewer, the less sure a search is; serving uses at least as many


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Both maps, and the share of calibration tasks that the network alone got right."""

    priors: Calibration
    search: Calibration
    tasks: int
    passed: int

    def to_json(self) -> dict[str, Any]:
        """Return the figures that belong on a card besides the maps themselves."""
        return {"tasks": self.tasks, "passed_alone": self.passed}


def calibrate(
    kind: TaskKind,
    net: PolicyValueNet,
    seed: int = 0,
    tasks: int = TASKS,
    seen: Collection[Any] = (),
    temperature: float | None = None,
) -> Calibrated:
    """Fit both maps of a net on the kind's calibration split.

    Args:
        kind: gives the tasks and the grader.
        net: is only read.
        seed: which tasks of the split.
        tasks: how many, difficulty from 0 to 1.
        seen: initial states that training has met; such tasks, and images of them, are left out.
        temperature: of the priors; fitted without it. Nets that were promoted by games keep 1, as
            it was with this one that they won.

    Tasks whose grader gives no verdict are left out.
    """
    evaluator = NetEvaluator(bare_model(kind, net))
    fixed = fixed_tasks(kind, "calibration", tasks, first=seed * tasks)
    fresh = unseen(environment_of(kind), fixed, kind.name, seen)
    chosen = [task for task in fresh if is_gradable(kind, task)]
    runs = solve_alone(kind, evaluator, chosen)
    passed = sum(run.passed for run in runs)
    priors = _of_steps(kind, net, runs, temperature)
    if environment_of(kind).num_players == 1:
        return Calibrated(priors, UNCALIBRATED, len(chosen), passed)
    tempered = NetEvaluator(bare_model(kind, net, priors))
    searched = _of_searches(kind, tempered, chosen[:SEARCH_TASKS])
    return Calibrated(priors, searched, len(chosen), passed)


def bare_model(
    kind: TaskKind, net: PolicyValueNet, calibration: Calibration = UNCALIBRATED
) -> Model:
    """Return a model without a history, for measuring a net that is not released."""
    environment = environment_of(kind)
    return make_model(
        net,
        kind=kind.name,
        environment=environment,
        calibration=calibration,
        training={},
        created_at=datetime.fromtimestamp(0, UTC),
    )


def _of_steps(
    kind: TaskKind, net: PolicyValueNet, runs: Sequence[AloneRun], temperature: float | None
) -> Calibration:
    environment = environment_of(kind)
    kept = [run for run in runs if run.actions]
    halves = [
        [(state, run) for run in kept[half::2] for state in run.states[: len(run.actions)]]
        for half in (0, 1)
    ]
    # even rows are judged by odd ones: from either half in turn, so that no run judges itself
    rows = [row for pair in zip(*halves, strict=False) for row in pair]
    if len(rows) < MIN_SAMPLES:
        return UNCALIBRATED
    observations, legal = observe(environment, [state for state, _ in rows])
    with torch.inference_mode():
        logits = net(torch.from_numpy(observations))[0].numpy()
    right = np.array([run.passed for _, run in rows], np.bool_)
    if temperature is not None:
        return fit_confidence(logits, legal, right, temperature)
    if environment.num_players > 1:
        pairs = zip(rows, legal, strict=True)
        moves = np.stack([_graded_moves(kind, run.task, row) for (_, run), row in pairs])
        return fit_calibration(logits, legal, moves, right)
    temperature = quickest_temperature(kind, net, [run.task for run in runs])
    return fit_confidence(logits, legal, right, temperature)


def quickest_temperature(kind: TaskKind, net: PolicyValueNet, tasks: Sequence[Task]) -> float:
    """Return the temperature with which search spends the fewest simulations per solved task.

    Several orders of the same steps solve a task, so no likelihood tells how sharp a prior should
    be; what priors are for is to guide a search.
    """
    config = SearchConfig(simulations=TEMPERATURE_SIMULATIONS, stop_at_solution=True)

    def effort(temperature: float) -> float:
        calibration = replace(UNCALIBRATED, temperature=temperature)
        evaluator = NetEvaluator(bare_model(kind, net, calibration))
        runs = solve_by_search(kind, evaluator, tasks[::TEMPERATURE_SHARE], config)
        solved = sum(run.passed for run in runs)
        return sum(run.summary.simulations for run in runs) / max(solved, 0.5)

    best, least = TEMPERATURES[0], effort(TEMPERATURES[0])
    for temperature in TEMPERATURES[1:]:
        needed = effort(temperature)
        if needed < least * (1.0 - TEMPERATURE_GAIN):
            best, least = temperature, needed
    return best


def _graded_moves(kind: TaskKind, task: Task, legal: BoolArray) -> FloatArray:
    """Return `[A]`: equal shares of the moves that the grader passes."""
    shares = np.zeros(len(legal), np.float32)
    for action in legal.nonzero()[0].tolist():
        shares[action] = is_right(kind, task, (action,))
    return shares / shares.sum()


def _of_searches(kind: TaskKind, evaluator: NetEvaluator, tasks: Sequence[Task]) -> Calibration:
    environment = environment_of(kind)
    config = SearchConfig(simulations=SEARCH_SIMULATIONS)
    runs = [r for r in solve_by_search(kind, evaluator, tasks, config) if r.actions is not None]
    if len(runs) < MIN_SAMPLES:
        return UNCALIBRATED
    visits = np.array([run.summary.visit_counts for run in runs], np.float32)
    shares = visits / visits.sum(1, keepdims=True)
    legal = np.stack([environment.legal(environment.initial(run.task)) for run in runs])
    logits = np.log(np.maximum(shares, 1e-6)).astype(np.float32)
    right = np.array([run.passed for run in runs], np.bool_)
    return fit_confidence(logits, legal, right, temperature=1.0)  # shares are read as they are
