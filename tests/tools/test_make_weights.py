"""What becomes of a run that is to be shipped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from neural.model_files import random_model
from tasks.catalogue import default_catalogue
from tests.training.conftest import GAME, QUICK
from tools.make_weights import NoWinnerError, shipped
from training.selfplay.config import LoopConfig
from training.selfplay.loop import SelfPlay
from training.solving import environment_of

EASY = replace(QUICK, compare=replace(QUICK.compare, margin=1.0))  # so that a winner comes soon


def test_the_card_of_shipped_weights_tells_version_seed_games_cost_and_command(
    tmp_path: Path,
) -> None:
    config = LoopConfig(kinds=(GAME,), games=40, seed=3, recipes={GAME: EASY}, command="typed")
    run = SelfPlay(config, default_catalogue(), tmp_path)
    known = run.state.kinds[GAME]
    while not any(record["comparison"]["accepted"] for record in run.state.history):
        assert run.state.iteration < 8
        run.iterate()
    card = shipped(run.state, GAME).card
    assert card.name == "search-tictactoe"
    assert card.weights_version == known.champion.card.weights_version
    told = card.training
    assert (told["command"], told["seed"], told["games"]) == ("typed", 3, known.games)
    assert told["cpu_seconds"] > 0
    assert told["code_version"].startswith("0.")
    assert told["metrics"] == run.state.history[-1]["comparison"]["challenger_figures"]


def test_a_run_without_a_winner_has_nothing_to_ship(tmp_path: Path) -> None:
    config = LoopConfig(kinds=(GAME,), games=8, seed=3, recipes={GAME: EASY})
    run = SelfPlay(config, default_catalogue(), tmp_path)
    random = random_model(GAME, environment_of(default_catalogue()[GAME]), 3)
    assert run.state.kinds[GAME].champion.card.weights_version == random.card.weights_version
    with pytest.raises(NoWinnerError, match="no challenger of search/tictactoe has won"):
        shipped(run.state, GAME)
    with pytest.raises(NoWinnerError, match="did not train math/equations"):
        shipped(run.state, "math/equations")
