"""Damage in what a run writes about itself, and what a resumed run is told of other options."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from neural.model_files import load_card
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue
from tests.training.conftest import EQUATION, GAME, QUICK
from tests.training.test_faults import CONFIG, ids, shards
from training.cli import app
from training.selfplay.checkpoint import BrokenCheckpointError, load_checkpoint, newest_checkpoint
from training.selfplay.config import LoopConfig, changes
from training.selfplay.loop import SelfPlay
from training.selfplay.repair import repair
from training.selfplay.workers import WorkerPool

WHOLE = replace(CONFIG, games=8, recipes={GAME: QUICK})  # one shard an iteration


def test_one_changed_figure_in_a_state_is_noticed(catalogue: Catalogue, tmp_path: Path) -> None:
    SelfPlay(WHOLE, catalogue, tmp_path).iterate()
    newest = newest_checkpoint(tmp_path / "checkpoints")
    assert newest is not None
    state = newest / "state.json"
    text = state.read_text()
    spoiled = re.sub(
        r'"policy": (\d)', lambda m: f'"policy": {(int(m[1]) + 1) % 10}', text, count=1
    )
    assert spoiled != text
    state.write_text(spoiled)
    with pytest.raises(BrokenCheckpointError, match="not what was written"):
        load_checkpoint(newest, catalogue)


@pytest.mark.parametrize("player", ["champion", "learner"])
def test_a_lost_manifest_without_others_beside_it_is_made_again(
    player: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    recipe = replace(QUICK, player=player)  # type: ignore[arg-type]
    run = SelfPlay(replace(WHOLE, recipes={GAME: recipe}), catalogue, tmp_path)
    run.iterate()
    run.iterate()
    expected = shards(tmp_path)
    next((tmp_path / "shards").glob("iteration-0002-*.json")).unlink()
    with WorkerPool(0, catalogue=catalogue) as pool:
        (done,) = repair(tmp_path, run.state, catalogue, lambda _: recipe, pool)
    assert "under new ids" in done.done
    assert shards(tmp_path) == expected
    assert len(set(ids(tmp_path))) == 16


def test_other_kinds_are_told_in_one_line(catalogue: Catalogue) -> None:
    one = LoopConfig(kinds=(GAME,), games=8).to_json(catalogue)
    two = LoopConfig(kinds=(GAME, EQUATION), games=8).to_json(catalogue)
    assert changes(one, two) == [f"kinds was {[GAME]} and is {[GAME, EQUATION]}"]


def test_a_trial_run_starts_from_the_live_net_and_leaves_it_live(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    command = ["self-play", "--kind", GAME, "--games", "8", "--iterations", "1", "--no-promote"]
    folder = tmp_path / "run"
    result = CliRunner().invoke(
        app, [*command, "--home", str(tmp_path), "--checkpoint-dir", str(folder)]
    )
    assert result.exit_code == 0, result.output
    live = ModelStore(None).active(catalogue[GAME]).card
    start = load_card(folder / "learners" / "search-tictactoe" / "iteration-0000.json")
    assert start.weights_version == live.weights_version
    assert start.training == live.training  # not "random weights"
    assert not (tmp_path / "models").exists()


def test_a_run_says_that_it_keeps_its_seed(tmp_path: Path) -> None:
    command = ["self-play", "--kind", GAME, "--games", "8", "--home", str(tmp_path), "--fresh"]
    CliRunner().invoke(app, [*command, "--iterations", "1", "--seed", "3"])
    silent = CliRunner().invoke(app, [*command, "--iterations", "1"])
    assert "seed" not in silent.output
    told = CliRunner().invoke(app, [*command, "--iterations", "1", "--seed", "4"])
    assert "the run keeps its seed 3; 4 is not used" in told.output
