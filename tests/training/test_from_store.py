"""Learning from what was asked: opt-outs, counts on the card, too little, and the live net."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graphs.store.store import Store
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind, Verdict
from tests.training.conftest import EQUATION, QUICK, served
from training.fit import FitConfig
from training.from_store import OPTED_OUT, StoreConfig, TooFewEpisodesError, fit_from_store
from training.selfplay.played import Played

CONFIG = StoreConfig(
    seed=1,
    command="fit --from-store",
    fit=FitConfig(epochs=30, batch_size=32),
    compare=QUICK.compare,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    ModelStore(tmp_path, shipped=tmp_path)
    return tmp_path


def solved(runs: list[Played]) -> list[Played]:
    return [run for run in runs if run.passed]


def test_the_card_counts_episodes_by_source_and_the_winner_is_live(
    home: Path, equations: TaskKind, catalogue: Catalogue, runs: list[Played]
) -> None:
    models = ModelStore(home)
    models.use("random:1", [equations])
    with Store.open(home) as store:
        for number, run in enumerate(runs):
            store.save_episode(served(equations, run, "cli" if number % 3 else "http"))
        result = fit_from_store(store, models, catalogue, equations, CONFIG)
    card = result.model.card
    http = len(range(0, len(runs), 3))
    assert card.training["episodes_by_source"] == {"cli": len(runs) - http, "http": http}
    assert sum(card.training["episodes_by_outcome"].values()) == len(runs)
    assert result.kept["http/solved"] + result.kept["cli/solved"] == len(solved(runs))
    assert result.comparison.accepted
    assert result.released
    assert models.active(equations).card.weights_version == card.weights_version
    before = models.find_version(card.parent, equations)
    assert before.card.name == "random:1"


def test_opted_out_episodes_are_counted_and_not_used(
    home: Path, equations: TaskKind, catalogue: Catalogue, runs: list[Played]
) -> None:
    models = ModelStore(home)
    models.use("random:1", [equations])
    with Store.open(home) as store:
        for number, run in enumerate(solved(runs)):
            episode = replace(served(equations, run), thread_id="secret" if number < 3 else "")
            store.save_episode(replace(episode, train=number != 5))
        store.opt_out("thread", "secret")
        result = fit_from_store(store, models, catalogue, equations, CONFIG)
    assert result.skipped[OPTED_OUT] == 4
    assert sum(result.kept.values()) == len(solved(runs)) - 4


def test_too_few_episodes_say_how_many_there_are_and_are_needed(
    home: Path, equations: TaskKind, catalogue: Catalogue, runs: list[Played]
) -> None:
    with Store.open(home) as store:
        for run in solved(runs)[:4]:
            store.save_episode(served(equations, run))
        with pytest.raises(TooFewEpisodesError, match=r"^4 recorded .* at least 20 are needed"):
            fit_from_store(store, ModelStore(home), catalogue, equations, CONFIG)


def test_answers_graded_wrong_are_not_enough_to_learn_from(
    home: Path, equations: TaskKind, catalogue: Catalogue, runs: list[Played]
) -> None:
    with Store.open(home) as store:
        for run in solved(runs):
            wrong = replace(served(equations, run), verdict=Verdict(False, 0.0), outcome="failed")
            store.save_episode(wrong)
        with pytest.raises(TooFewEpisodesError, match=r"^0 recorded"):
            fit_from_store(store, ModelStore(home), catalogue, equations, CONFIG)


def test_the_newest_episodes_are_taken_and_a_trained_net_rehearses(
    home: Path, equations: TaskKind, catalogue: Catalogue, runs: list[Played]
) -> None:
    models = ModelStore(home)
    shipped = models.active_name(EQUATION)
    with Store.open(home) as store:
        for run in solved(runs):
            store.save_episode(served(equations, run))
        config = replace(CONFIG, episodes=25, rehearsed=20, release=False, fit=FitConfig(epochs=1))
        result = fit_from_store(store, models, catalogue, equations, config)
    assert sum(result.kept.values()) == 25
    assert result.model.card.training["rehearsed_rows"] > 20
    assert not result.released
    assert models.active_name(EQUATION) == shipped
