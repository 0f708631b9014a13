"""Comparison: ties keep the champion, perfect play cannot lose, better nets win."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from neural.inference import NetEvaluator
from neural.model_files import Model
from tasks.protocol import TaskKind
from tasks.search.tictactoe_grader import best_moves
from tasks.search.tictactoe_rules import board_to_text
from tests.training.conftest import QUICK, random_net
from training.arena import arena, search_mover
from training.augment import augmented
from training.bootstrap import Interval, mean_difference, paired_interval, ratio_difference
from training.calibrate import bare_model
from training.compare import compare, judge_derivations, judge_moves
from training.fit import FitConfig, fit
from training.rows import to_examples
from training.selfplay.played import Played, rows_of
from training.solving import environment_of, fixed_tasks, initial_states


@pytest.fixture(scope="module")
def fitted(equations: TaskKind, runs: list[Played]) -> Model:
    environment = environment_of(equations)
    rows = [row for run in runs for row in rows_of(equations, run)]
    rows = augmented(environment, equations.name, rows, np.random.default_rng(0))
    config = FitConfig(epochs=30, batch_size=32)
    net = fit(random_net(equations).net, to_examples(environment, rows), config, seed=0).net
    return bare_model(equations, net)


@pytest.mark.parametrize("name", ["equations", "tictactoe"])
def test_an_identical_net_is_never_promoted(name: str, request: pytest.FixtureRequest) -> None:
    kind: TaskKind = request.getfixturevalue(name)
    model = random_net(kind)
    verdict = compare(kind, model, model, QUICK.compare)
    assert not verdict.accepted
    assert "champion stays" in verdict.why
    assert all(d.low == d.high == 0.0 for d in verdict.differences.values())


def test_a_fitted_net_takes_over_from_random_weights_and_not_the_other_way_round(
    equations: TaskKind, fitted: Model
) -> None:
    random = random_net(equations)
    won = compare(equations, random, fitted, QUICK.compare)
    assert won.accepted, won.why
    lost = compare(equations, fitted, random, QUICK.compare)
    assert not lost.accepted, lost.why


def test_tasks_that_training_has_met_are_left_out(equations: TaskKind, fitted: Model) -> None:
    environment = environment_of(equations)
    tasks = fixed_tasks(equations, "test", QUICK.compare.tasks, high=QUICK.compare.hardest)
    seen = {environment.initial(task) for task in tasks[:5]}
    verdict = compare(equations, fitted, fitted, QUICK.compare, seen)
    assert verdict.differences["solved"].n == len(tasks) - 5


def test_perfect_play_never_loses_a_pair_of_games(tictactoe: TaskKind) -> None:
    environment = environment_of(tictactoe)

    def perfect(states: Sequence[Any]) -> list[int]:
        return [min(best_moves(board_to_text(state))) for state in states]

    openings = initial_states(tictactoe, fixed_tasks(tictactoe, "test", 60))
    for seed in (1, 2):
        player = search_mover(environment, NetEvaluator(random_net(tictactoe, seed)), 8)
        scores = arena(environment, perfect, player, openings)
        assert scores.min() >= 0.0
        assert scores.mean() > 0.05
        assert arena(environment, player, perfect, openings) == pytest.approx(-scores)


def test_equal_players_score_0_over_both_seats(tictactoe: TaskKind) -> None:
    environment = environment_of(tictactoe)
    openings = initial_states(tictactoe, fixed_tasks(tictactoe, "test", 20))
    player = search_mover(environment, NetEvaluator(random_net(tictactoe)), 8)
    assert not arena(environment, player, player, openings).any()


def interval(low: float, high: float) -> Interval:
    return Interval((low + high) / 2, low, high, 100)


SAME = interval(-0.01, 0.01)


@pytest.mark.parametrize(
    ("solved", "effort", "alone", "accepted"),
    [
        (SAME, interval(-1, 1), SAME, False),
        (SAME, interval(-9, -1), SAME, True),
        (interval(0.01, 0.2), interval(-1, 1), SAME, True),
        (SAME, interval(-1, 1), interval(0.01, 0.2), True),
        (interval(-0.2, 0.1), interval(-9, -1), SAME, False),  # may solve much less
        (SAME, interval(-9, -1), interval(-0.2, -0.01), False),
        (SAME, interval(1, 9), SAME, False),
    ],
)
def test_a_derivation_challenger_must_be_better_and_not_worse(
    solved: Interval, effort: Interval, alone: Interval, accepted: bool
) -> None:
    differences = {"solved": solved, "simulations_per_solved": effort, "solved_alone": alone}
    assert judge_derivations(differences, margin=0.03)[0] is accepted


def test_a_game_challenger_must_be_better_and_not_worse() -> None:
    better = interval(0.01, 0.1)
    assert judge_moves({"score": SAME, "right": better}, 0.03)[0]
    assert judge_moves({"score": better, "right": SAME}, 0.03)[0]
    assert not judge_moves({"score": SAME, "right": SAME}, 0.03)[0]
    assert not judge_moves({"score": interval(-0.1, 0.2), "right": better}, 0.03)[0]
    assert not judge_moves({"score": better, "right": interval(-0.2, -0.1)}, 0.03)[0]


def test_two_nets_of_equal_strength_are_rarely_told_apart() -> None:
    # the same chance of solving each task, drawn twice: at most a few of 200 comparisons promote
    rng = np.random.default_rng(0)
    promoted = 0
    for trial in range(200):
        solved = (rng.random((150, 2)) < 0.9).astype(float)
        spent = rng.geometric(0.02, (150, 2)).astype(float)
        columns = np.stack([spent[:, 0], solved[:, 0], spent[:, 1], solved[:, 1]], axis=1)
        differences = {
            "solved": paired_interval(mean_difference, columns[:, 1::2], trial, 0.99, 400),
            "simulations_per_solved": paired_interval(ratio_difference, columns, trial, 0.99, 400),
            "solved_alone": SAME,
        }
        promoted += judge_derivations(differences, margin=0.03)[0]
    assert promoted <= 4


def test_bootstrap_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for trial in range(200):
        pairs = rng.normal([0.0, 0.5], 1.0, size=(80, 2))
        found = paired_interval(mean_difference, pairs, trial, level=0.9, resamples=400)
        covered += found.low <= 0.5 <= found.high
    assert 165 <= covered <= 195
