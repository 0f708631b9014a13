"""Calibration comes from verdicts: refuse the answers and the confidence falls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neural.calibration import UNCALIBRATED
from neural.inference import NetEvaluator
from neural.model_store import ModelStore
from tasks.math.equations import EquationsKind
from tasks.protocol import Answer, Task, TaskKind, Verdict
from tasks.search.tictactoe import TicTacToeKind
from tests.training.conftest import random_net
from training.calibrate import bare_model, calibrate
from training.solving import environment_of, fixed_tasks, observe, solve_alone


class StrictEquations(EquationsKind):
    """Equations whose grader refuses every answer."""

    def grade(self, task: Task, answer: Answer) -> Verdict:
        return Verdict(False, 0.0, "refused")


def mean_confidence(kind: TaskKind, net: Any, calibration: Any) -> float:
    environment = environment_of(kind)
    evaluator = NetEvaluator(bare_model(kind, net, calibration))
    tasks = fixed_tasks(kind, "test", 30)
    states = [s for run in solve_alone(kind, evaluator, tasks) for s in run.states[:-1]]
    observations, legal = observe(environment, states)
    priors, _ = evaluator.evaluate_batch(observations, legal)
    return float(calibration.confidence(priors, legal).mean())


def test_shipped_weights_are_confident_because_their_answers_pass() -> None:
    kind = EquationsKind()
    net = ModelStore(None).active(kind).net
    right = calibrate(kind, net, tasks=80)
    refused = calibrate(StrictEquations(), net, tasks=80)
    assert right.passed >= 76
    assert refused.passed == 0
    assert mean_confidence(kind, net, right.priors) > 0.9
    assert mean_confidence(kind, net, refused.priors) < 0.1


def test_random_weights_are_not_confident(equations: TaskKind) -> None:
    net = random_net(equations).net
    calibrated = calibrate(equations, net, tasks=60)
    assert calibrated.priors.is_fitted
    assert mean_confidence(equations, net, calibrated.priors) < 0.3
    assert calibrated.search == UNCALIBRATED  # a derivation that was found is checked, not believed


def test_confidence_in_a_searched_move_is_about_the_share_of_right_ones() -> None:
    kind = TicTacToeKind()
    environment = environment_of(kind)
    calibrated = calibrate(kind, random_net(kind).net, tasks=200)
    assert calibrated.search.is_fitted
    legal = environment.legal(environment.initial(kind.generate(0, 0.5, "test")))
    one_sided = np.where(legal.cumsum() == 1, 1.0, 0.0) * legal
    shared = legal / legal.sum()
    sure, unsure = (
        calibrated.search.confidence(shares[None].astype(np.float32), legal[None])[0]
        for shares in (one_sided, shared)
    )
    assert 0.5 < unsure <= sure <= 1.0
    assert calibrated.search.ece < 0.1


def test_search_confidence_reaches_the_evaluator(tictactoe: TaskKind) -> None:
    model = random_net(tictactoe)
    visits, legal = np.array([9, 1, 0, 0, 0, 0, 0, 0, 0]), np.ones(9, np.bool_)
    assert NetEvaluator(model).search_confidence(visits, legal) == pytest.approx(0.0)
