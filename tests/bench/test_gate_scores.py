"""Simulated scores have the shape they claim, and the rules beside the gate do what they say."""

from __future__ import annotations

import numpy as np
import pytest

from bench.gate_scores import (
    SCORES,
    draw,
    naive_promotions,
    rival_rulings,
    table_of,
    tables,
    tilted,
)
from training.pairs import PlayedPair


@pytest.mark.parametrize("name", tables())
@pytest.mark.parametrize("mean", [0.5, 0.55])
def test_a_tilted_table_has_the_mean_that_was_asked_for(name: str, mean: float) -> None:
    table = tilted(tables()[name], mean)
    assert table.sum() == pytest.approx(1.0)
    assert (table * SCORES).sum() == pytest.approx(mean, abs=1e-9)
    drawn = draw(table, 50, 1000, np.random.default_rng(0))
    assert drawn.scores.mean() == pytest.approx(mean, abs=0.01)


def test_a_table_without_a_spread_cannot_be_tilted() -> None:
    even = table_of([PlayedPair(None, 1.0, -1.0), PlayedPair(None, -1.0, 1.0)])
    with pytest.raises(ValueError, match="have no mean"):
        tilted(even, 0.55)


def test_a_table_holds_the_results_by_seat() -> None:
    table = table_of([PlayedPair(None, 1.0, -1.0), PlayedPair(None, 0.0, 1.0)])
    assert table[2, 0] == table[1, 2] == 0.5
    drawn = draw(table, 1, 400, np.random.default_rng(0))
    assert set(drawn.scores.ravel().tolist()) == {0.5, 0.75}


def test_the_rules_that_the_gate_replaces_promote_equals_often() -> None:
    drawn = draw(tables()["no-draws"], 2000, 20, np.random.default_rng(0))
    shares = naive_promotions(drawn)
    # 40 games of equals: more than 1.1 times as many wins as losses is 21 wins or more of 40,
    # 22 where 21 : 19 falls short (21 / 19 > 1.1): P(at least 21) is 0.437; 24 or more is 0.134
    assert shares["wins-above-1.1-of-losses"] == pytest.approx(0.437, abs=0.035)
    assert shares["wins-60-percent"] == pytest.approx(0.134, abs=0.025)


def test_a_fixed_test_asked_at_each_look_promotes_equals_and_the_bets_do_not() -> None:
    drawn = draw(tables()["no-draws"], 400, 600, np.random.default_rng(0))
    rulings = rival_rulings(drawn.scores)
    assert rulings["z-each-look"][0] > 0.2
    assert rulings["grapa"][0] < 0.06
