"""The sequential test: exact on small cases, its promises on many distributions of scores."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.sequential import SequentialConfig, decide, decide_many, log_wealth, plan

CONFIG = SequentialConfig(bound=0.5, alternative=0.55, alpha=0.05, futility=0.1, max_pairs=1000)
SCORES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
EQUAL = {  # weights of the five scores of a pair; their mean is a half
    "all or nothing": (0.5, 0.0, 0.0, 0.0, 0.5),
    "no draws": (0.25, 0.0, 0.5, 0.0, 0.25),
    "the seat decides": (0.08, 0.06, 0.72, 0.06, 0.08),
    "nine draws in ten": (0.005, 0.09, 0.81, 0.09, 0.005),
    "rare big wins": (0.0, 0.04, 0.94, 0.0, 0.02),
    "rare big losses": (0.02, 0.0, 0.94, 0.04, 0.0),
    "mostly small wins": (1.0, 0.0, 0.0, 2.0, 0.0),
}
BETTER = {  # mean 0.55
    "all or nothing": (0.45, 0.0, 0.0, 0.0, 0.55),
    "no draws": (0.2, 0.0, 0.5, 0.0, 0.3),
    "nine draws in ten": (0.0, 0.0, 0.84, 0.12, 0.04),
    "rare big wins": (0.0, 0.04, 0.84, 0.0, 0.12),
}


def drawn(probabilities: tuple[float, ...], rounds: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shares = np.array(probabilities) / sum(probabilities)
    return rng.choice(SCORES, size=(rounds, CONFIG.max_pairs), p=shares)


@pytest.mark.parametrize("name", EQUAL)
def test_equals_are_accepted_in_at_most_five_rounds_of_a_hundred(name: str) -> None:
    rounds = 1000
    outcomes, _ = decide_many(drawn(EQUAL[name], rounds), CONFIG)
    allowed = 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / rounds)  # 99.5 % of samples at 5 % lie below
    assert outcomes.count("accepted") / rounds <= allowed


@pytest.mark.parametrize("name", BETTER)
def test_the_alternative_is_found_four_times_in_five(name: str) -> None:
    outcomes, pairs = decide_many(drawn(BETTER[name], 1000), CONFIG)
    assert outcomes.count("accepted") / 1000 >= 0.8
    assert pairs.max() <= CONFIG.max_pairs


@pytest.mark.parametrize("shares", [(0.5, 0.0, 0.5), (0.1, 0.8, 0.1), (0.3, 0.4, 0.3)])
def test_expected_wealth_of_a_fair_bet_is_exactly_one(shares: tuple[float, ...]) -> None:
    # every row of 8 scores there is, weighed by its probability: a martingale, not a sample
    rows = np.array(list(itertools.product((0, 1, 2), repeat=8)))
    weights = np.prod(np.array(shares)[rows], axis=1)
    wealth = np.exp(log_wealth(rows / 2.0, 0.5, 0.05))
    np.testing.assert_allclose((weights[:, None] * wealth).sum(axis=0), 1.0, rtol=1e-12)


def test_a_test_that_stops_at_its_luckiest_moment_still_keeps_alpha() -> None:
    # without the futility stop, at every moment of 1000: the maximum of the wealth decides
    wealth = log_wealth(drawn(EQUAL["no draws"], 2000, seed=1), 0.5, 0.05)
    assert (wealth.max(axis=1) >= np.log(20.0)).mean() <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 2000)


def test_a_fixed_sample_test_that_is_looked_at_each_time_breaks_its_promise() -> None:
    # what this test is for: the usual z at 5 %, asked after every pair, accepts many equals
    scores = drawn(EQUAL["no draws"], 500)
    pairs = np.arange(1, CONFIG.max_pairs + 1)
    z = (scores - 0.5).cumsum(axis=1) / np.sqrt(0.125 * pairs)
    assert (z[:, 20:] > 1.645).any(axis=1).mean() > 0.2


def test_pairs_that_are_all_even_are_given_up_and_earn_nothing() -> None:
    ruling = decide([0.5] * 1000, CONFIG)
    assert ruling.outcome == "rejected"
    assert ruling.evalue == 1.0
    assert ruling.pairs < 100


def test_a_player_who_always_wins_is_accepted_soon_and_one_who_always_loses_never() -> None:
    assert decide([1.0] * 1000, CONFIG).outcome == "accepted"
    assert decide([1.0] * 1000, CONFIG).pairs < 40
    assert decide([0.0] * 1000, CONFIG).outcome == "rejected"


def test_a_margin_asks_for_more_than_a_half() -> None:
    strict = SequentialConfig(
        bound=0.52, alternative=0.57, alpha=0.05, futility=0.1, max_pairs=1000
    )
    scores = drawn((0.24, 0.0, 0.5, 0.0, 0.26), 1000, seed=2)  # mean 0.51
    assert decide_many(scores, strict)[0].count("accepted") <= 50
    assert decide_many(scores, CONFIG)[0].count("accepted") > 60


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SCORES.tolist()), min_size=1, max_size=300))
def test_the_bounds_agree_with_the_outcome_and_later_scores_do_not_change_it(
    scores: list[float],
) -> None:
    ruling = decide(scores, CONFIG)
    assert (ruling.low >= CONFIG.bound) == (ruling.outcome == "accepted")
    assert (ruling.high <= CONFIG.alternative) == (ruling.outcome == "rejected")
    assert ruling.low <= ruling.mean + 1e-9 <= ruling.high + 2e-9
    if ruling.outcome is not None:
        assert decide(scores[: ruling.pairs], CONFIG) == ruling
        if ruling.pairs > 1:
            assert decide(scores[: ruling.pairs - 1], CONFIG).outcome is None


def test_the_bounds_hold_together_with_the_stopping() -> None:
    missed = [0, 0]
    for row in drawn(BETTER["no draws"], 200, seed=3):
        ruling = decide(row.tolist(), CONFIG)
        missed[0] += ruling.low > 0.55
        missed[1] += ruling.high < 0.55
    assert missed[0] <= 20  # 5 % and 10 % of 200, with 3 standard deviations
    assert missed[1] <= 33


def test_a_plan_tells_the_most_games_and_the_power() -> None:
    whole = plan(CONFIG)
    assert whole.max_games == 2000
    assert whole.power >= 0.8
    assert whole.games_if_equal < whole.games_if_better < whole.max_games
    short = SequentialConfig(bound=0.5, alternative=0.55, alpha=0.05, futility=0.1, max_pairs=100)
    assert plan(short).power < 0.5


def test_max_pairs_without_a_decision_are_undecided() -> None:
    short = SequentialConfig(bound=0.5, alternative=0.55, alpha=0.05, futility=0.1, max_pairs=4)
    assert decide([0.5, 1.0, 0.0, 0.5, 1.0], short).outcome == "undecided"
    assert decide([0.5, 1.0, 0.0], short).outcome is None


@pytest.mark.parametrize("scores", [[], [1.5], [-0.1], [float("nan")]])
def test_scores_that_are_none_are_refused(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="expected at least one"):
        decide(scores, CONFIG)


def test_a_test_that_asks_for_the_impossible_is_refused() -> None:
    with pytest.raises(ValueError, match="alternative must be above"):
        SequentialConfig(bound=0.5, alternative=0.5, alpha=0.05, futility=0.1, max_pairs=10)
    with pytest.raises(ValueError, match="max_pairs 0"):
        SequentialConfig(bound=0.5, alternative=0.6, alpha=0.05, futility=0.1, max_pairs=0)
