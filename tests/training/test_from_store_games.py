"""What was asked of a board game is learned too, and games alone decide what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphs.mcts.search import SearchConfig
from graphs.store.store import Store
from neural.inference import NetEvaluator
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue
from tasks.protocol import Split, Task
from tasks.search.connect_four import ConnectFourKind
from tests.training.conftest import random_net, served
from training.fit import FitConfig
from training.from_store import StoreConfig, fit_from_store
from training.gate import GateConfig
from training.selfplay.played import Played
from training.solving import fixed_tasks, solve_by_search

GATE = GateConfig(simulations=8, max_pairs=3, batch_pairs=3, precision="float32")


class LateFour(ConnectFourKind):
    """Connect four with nearly full boards, which are graded in no time."""

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        return super().generate(seed, 0.2 * difficulty, split)


def test_a_board_net_that_learned_from_the_store_has_to_win_games(tmp_path: Path) -> None:
    kind = LateFour()
    tasks = fixed_tasks(kind, "train", 60)
    search = SearchConfig(simulations=40)
    found = solve_by_search(kind, NetEvaluator(random_net(kind)), tasks, search)
    runs = [
        Played(f"0199{n:028x}", r.task, r.actions or (), (r.summary,), r.passed, 40, 40, r.seconds)
        for n, r in enumerate(found)
    ]
    models = ModelStore(tmp_path, shipped=tmp_path)
    models.use("random:1", [kind])
    with Store.open(tmp_path) as store:
        for run in runs:
            store.save_episode(served(kind, run))
        config = StoreConfig(rehearsed=0, fit=FitConfig(epochs=2, batch_size=32), gate=GATE)
        result = fit_from_store(store, models, Catalogue([kind]), kind, config)
    assert 20 < result.kept["http/solved"] == sum(run.passed for run in runs) < 60
    assert "after 6 games; the champion stays" in result.why  # right or wrong moves do not count
    assert result.comparison.challenger_figures.keys() == {"score"}
    assert not result.released
    assert models.active_name(kind.name) == "random:1"
    card = result.model.card
    assert card.calibration.temperature == pytest.approx(1.0)  # no graded move shapes a prior
    assert card.calibration.is_fitted
