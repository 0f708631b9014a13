"""Who takes over: by games alone where there is a gate, and only when it is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from neural.calibration import UNCALIBRATED
from neural.model_files import BrokenWeightsError, Model
from neural.policy_value import PolicyValueNet, fresh_net
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from tests.training.conftest import QUICK, random_net
from tests.training.four_players import FOUR, NARROW, plain, stubborn
from training.calibrate import bare_model
from training.gate import GateConfig
from training.selfplay.judging import Judged, elo, judge
from training.selfplay.recipes import Recipe
from training.selfplay.records import main_figure

GATE = GateConfig(simulations=24, max_pairs=200, batch_pairs=16, precision="float32")
RECIPE = Recipe(gate=GATE, gate_every=5, calibration_tasks=28)


@pytest.fixture(scope="module")
def kind(catalogue: Catalogue) -> TaskKind:
    return catalogue[FOUR]


def asked(
    kind: TaskKind,
    champion: PolicyValueNet,
    challenger: PolicyValueNet,
    *,
    recipe: Recipe = RECIPE,
    iteration: int = 5,
    rating: float = 120.0,
    seed: int = 3,
    last: bool = False,
) -> Judged:
    return judge(
        kind,
        bare_model(kind, champion),
        challenger,
        recipe,
        {"games": 10},
        iteration=iteration,
        rating=rating,
        seed=seed,
        last=last,
    )


@pytest.fixture(scope="module")
def won(kind: TaskKind) -> Judged:
    return asked(kind, stubborn(), plain())


def test_a_better_net_takes_over_with_what_it_was_shown_to_be_worth(won: Judged) -> None:
    gate = won.comparison["gate"]
    assert won.accepted
    assert won.comparison["accepted"]
    assert (gate["outcome"], gate["accepted"]) == ("accepted", True)
    assert gate["evalue"] >= 20
    assert gate["score"] > 0.75
    assert won.comparison["why"].startswith("better: score")
    assert won.rating is not None
    assert won.rating == pytest.approx(120.0 + elo(gate["score"]))
    assert won.rating > 120.0
    assert main_figure({"comparison": won.comparison, "rating": won.rating}) == won.rating


def test_a_winner_gets_a_calibrated_confidence_and_keeps_its_priors(won: Judged) -> None:
    card = won.challenger.card
    assert card.calibration.n >= 20
    assert card.search_calibration.n >= 20
    assert card.calibration.temperature == 1.0  # with which it has won
    assert won.calibration["tasks"] >= 20
    assert 0 <= won.calibration["passed_alone"] <= won.calibration["tasks"]


def test_a_card_tells_whom_it_challenged_and_how_it_was_made(kind: TaskKind, won: Judged) -> None:
    card = won.challenger.card
    assert card.parent == bare_model(kind, stubborn()).card.weights_version
    assert card.weights_version == bare_model(kind, plain()).card.weights_version
    assert card.training == {"games": 10}
    assert (won.comparison["champion"], won.comparison["challenger"]) == (
        card.parent,
        card.weights_version,
    )


def test_the_figures_are_those_of_the_games(won: Judged) -> None:
    figures, gate = won.comparison["challenger_figures"], won.comparison["gate"]
    assert figures["score"] == (gate["wins"] + gate["draws"] / 2) / gate["games"]
    assert figures["reward"] == pytest.approx((gate["wins"] - gate["losses"]) / gate["games"])
    assert figures["length"] == gate["moves"] / gate["games_played"]
    assert 4 <= figures["length"] <= 42


def test_a_worse_net_stays_a_challenger_without_confidence(kind: TaskKind) -> None:
    lost = asked(kind, plain(), stubborn())
    assert not lost.accepted
    assert lost.comparison["gate"]["outcome"] == "rejected"
    assert lost.challenger.card.calibration == UNCALIBRATED
    assert lost.calibration == {}
    assert lost.comparison["gate"]["score"] < 0.25
    assert lost.rating is not None
    assert lost.rating < 120.0


@pytest.mark.parametrize("seed", range(3))
def test_a_net_is_no_better_than_itself(kind: TaskKind, seed: int) -> None:
    few = replace(RECIPE, gate=replace(GATE, simulations=4, max_pairs=40))
    same = asked(kind, plain(), plain(), recipe=few, seed=seed)
    assert not same.accepted
    assert same.comparison["challenger_figures"]["score"] == 0.5
    assert same.rating == 120.0


@pytest.mark.parametrize(("iteration", "is_asked"), [(1, False), (4, False), (5, True), (10, True)])
def test_the_gate_is_asked_at_multiples_only(
    kind: TaskKind, iteration: int, is_asked: bool
) -> None:
    one_pair = replace(RECIPE, gate=replace(GATE, simulations=4, max_pairs=1))
    judged = asked(kind, stubborn(), plain(), recipe=one_pair, iteration=iteration)
    assert ("gate" in judged.comparison) == is_asked
    assert not judged.accepted  # not even a better one, from one pair
    if not is_asked:
        assert judged.comparison["why"] == (
            "not compared: the gate is asked every 5 iterations, and in the last"
        )
        assert judged.comparison["challenger_figures"] == {}
        assert judged.rating == 120.0


def test_the_seed_decides_the_openings_and_so_the_games(kind: TaskKind) -> None:
    few = replace(RECIPE, gate=replace(GATE, simulations=4, max_pairs=12))
    challenger = fresh_net(NARROW, 2)
    found = [
        asked(kind, plain(), challenger, recipe=few, seed=seed).comparison["gate"]
        for seed in (3, 3, 4)
    ]
    for gate in found:
        del gate["cpu_seconds"]
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_a_net_that_gives_no_numbers_is_not_judged(kind: TaskKind) -> None:
    broken = plain()
    with torch.no_grad():
        broken.value.bias.fill_(torch.nan)
    with pytest.raises(BrokenWeightsError, match="no numbers"):
        asked(kind, plain(), broken)


def test_a_kind_without_a_gate_is_compared_by_graded_tasks(tictactoe: TaskKind) -> None:
    champion: Model = random_net(tictactoe)
    judged = judge(tictactoe, champion, champion.net, QUICK, {}, iteration=1, rating=0.0, seed=1)
    assert not judged.accepted
    assert judged.rating is None
    assert "gate" not in judged.comparison
    assert judged.challenger.card.calibration.n >= 20


def test_rating_points_follow_the_score() -> None:
    assert elo(0.5) == 0.0
    assert elo(10.0 / 11.0) == pytest.approx(400.0)
    scores = np.linspace(0.0, 1.0, 41)
    points = [elo(float(score)) for score in scores]
    assert points == sorted(points)
    assert points == pytest.approx([-p for p in reversed(points)])
    assert max(points) <= 800.0


def test_the_gate_is_asked_in_the_last_iteration_whatever_its_number(kind: TaskKind) -> None:
    one_pair = replace(RECIPE, gate=replace(GATE, simulations=4, max_pairs=1))
    judged = asked(kind, stubborn(), plain(), recipe=one_pair, iteration=4, last=True)
    assert judged.comparison["gate"]["games"] == 2
