"""Self-play: legal, repeatable, stored without loss, and resumed where it was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graphs.episode import episode_from_json, episode_to_json
from neural.inference import NetEvaluator
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue, default_catalogue
from tasks.protocol import TaskKind
from tasks.search.tictactoe import TicTacToeKind
from tasks.search.tictactoe_rules import TicTacToeEnvironment
from tests.training.conftest import EQUATION, GAME, QUICK, quick_config, random_net
from training.compare import CompareConfig
from training.derivation import replay
from training.fit import FitConfig
from training.selfplay.checkpoint import (
    BrokenCheckpointError,
    load_checkpoint,
    newest_checkpoint,
)
from training.selfplay.config import LoopConfig
from training.selfplay.derivations import draw_tasks, next_level
from training.selfplay.games import GameConfig, play_games
from training.selfplay.loop import SelfPlay
from training.selfplay.played import Played, from_episode, to_episode
from training.selfplay.shards import BrokenShardError, Shard, load_shard, save_shard
from training.solving import environment_of, fixed_tasks

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def games(tictactoe: TaskKind) -> list[Played]:
    starts = fixed_tasks(tictactoe, "train", 24)
    evaluator = NetEvaluator(random_net(tictactoe))
    return play_games(tictactoe, evaluator, starts, GameConfig(simulations=12, side_by_side=7), 5)


def content(runs: list[Played]) -> list[Played]:
    """Runs without what differs between two equal ones: ids and times."""
    return [
        replace(
            run,
            id="",
            seconds=0.0,
            searches=tuple(replace(s, seconds=0.0) for s in run.searches),
        )
        for run in runs
    ]


def test_games_are_legal_end_and_keep_the_order_of_their_starts(
    tictactoe: TaskKind, games: list[Played]
) -> None:
    environment = environment_of(tictactoe)
    starts = fixed_tasks(tictactoe, "train", 24)
    assert [game.task for game in games] == starts
    for game in games:
        assert environment.is_terminal(replay(environment, game.task, game.actions)[-1])
        assert len(game.searches) == len(game.actions)
        assert all(sum(search.visit_counts) == 12 for search in game.searches)


def test_the_same_seed_plays_the_same_games(tictactoe: TaskKind, games: list[Played]) -> None:
    starts = fixed_tasks(tictactoe, "train", 24)
    config = GameConfig(simulations=12, side_by_side=7)
    evaluator = NetEvaluator(random_net(tictactoe))
    assert content(play_games(tictactoe, evaluator, starts, config, 5)) == content(games)
    assert content(play_games(tictactoe, evaluator, starts, config, 6)) != content(games)


@pytest.mark.parametrize("what", ["games", "runs"])
def test_columns_and_episodes_hold_the_same_runs(
    what: str, request: pytest.FixtureRequest, catalogue: Catalogue, tmp_path: Path
) -> None:
    played: list[Played] = request.getfixturevalue(what)
    kind = catalogue[GAME if what == "games" else EQUATION]
    path = tmp_path / "shard.json"
    shard = Shard(kind.name, environment_of(kind).version, "0123", 4, 9, tuple(played))
    save_shard(shard, path)
    assert load_shard(path, catalogue) == shard
    for run in played:
        episode = to_episode(kind, run, {"code": "test"}, 9)
        stored = episode_from_json(json.loads(json.dumps(episode_to_json(episode))), catalogue)
        assert stored == episode
        assert from_episode(stored) == run


def test_a_damaged_shard_is_refused(
    games: list[Played], catalogue: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "shard.json"
    save_shard(Shard(GAME, "tictactoe-1", "0123", 1, 1, tuple(games)), path)
    columns = path.with_suffix(".safetensors")
    columns.write_bytes(columns.read_bytes()[:-1] + b"x")
    with pytest.raises(BrokenShardError):
        load_shard(path, catalogue)


def test_tasks_stay_around_the_level_and_in_the_train_split(equations: TaskKind) -> None:
    config = QUICK.derivations
    tasks = draw_tasks(equations, 80, 0.5, config, 7, np.random.default_rng(0))
    difficulties = np.array([task.difficulty for task in tasks])
    assert difficulties.max() <= 0.6
    assert np.mean(difficulties >= 0.2) > 0.7
    assert {task.split for task in tasks} == {"train"}
    assert [task.seed for task in tasks] == list(range(7, 87))


def test_the_level_follows_what_is_solved(runs: list[Played]) -> None:
    def at(level: float, passed: bool) -> float:
        near = [replace(r, task=replace(r.task, difficulty=level), passed=passed) for r in runs]
        return next_level(level, near)

    assert at(0.4, True) == pytest.approx(0.6)
    assert at(0.4, False) == pytest.approx(0.3)
    assert at(1.0, True) == 1.0
    assert at(0.0, False) == 0.0


def test_a_resumed_run_is_the_same_as_one_in_a_piece(catalogue: Catalogue, tmp_path: Path) -> None:
    whole = SelfPlay(quick_config(), catalogue, tmp_path / "whole")
    for _ in range(2):
        whole.iterate()
    first = SelfPlay(quick_config(), catalogue, tmp_path / "parts")
    first.iterate()
    second = SelfPlay(quick_config(), catalogue, tmp_path / "parts")
    assert second.resumed
    assert second.state.iteration == 1
    assert second.state.history == first.state.history
    second.iterate()
    assert versions(second) == versions(whole)


def versions(run: SelfPlay) -> list[tuple[str, int, str, int, str, float]]:
    learned = [
        (r["kind"], r["iteration"], r["weights_version"], r["games"], str(r["solved"]), r["level"])
        for r in run.state.history
    ]
    return sorted(learned)


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tasks.catalogue import default_catalogue
from tests.training.conftest import quick_config
from neural.device import use_threads
from training.selfplay.loop import SelfPlay
use_threads(1)
run = SelfPlay(quick_config(("search/tictactoe",)), default_catalogue(), Path({folder!r}))
print("resumed", run.state.iteration, flush=True)
while run.state.iteration < 5:
    run.iterate()
    print("finished", run.state.iteration, flush=True)
"""


def test_kills_at_random_instants_lose_no_finished_iteration(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    folder, rng = tmp_path / "killed", np.random.default_rng(0)
    code = KILLED.format(root=str(ROOT), folder=str(folder))
    acknowledged, seen_ids, kills = 0, set[str](), 0
    for attempt in range(12):
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        resumed = int(process.stdout.readline().split()[1])
        assert resumed >= acknowledged
        if attempt < 3:
            time.sleep(rng.uniform(0.0, 0.5))
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        lines = process.stdout.read().decode().splitlines()
        process.wait()
        finished = [int(line.split()[1]) for line in lines if line.startswith("finished ")]
        acknowledged = max([resumed, *finished])
        ids = {i for path in (folder / "shards").glob("*.json") for i in shard_ids(path)}
        assert seen_ids <= ids
        seen_ids = ids
        if acknowledged == 5:
            break
    newest = newest_checkpoint(folder / "checkpoints")
    assert newest is not None
    state = load_checkpoint(newest, catalogue)
    assert (state.iteration, kills) == (5, 3)
    assert [r["iteration"] for r in state.history] == [1, 2, 3, 4, 5]
    untouched = SelfPlay(quick_config((GAME,)), catalogue, tmp_path / "untouched")
    for _ in range(5):
        untouched.iterate()
    assert [r["weights_version"] for r in untouched.state.history] == [
        r["weights_version"] for r in state.history
    ]
    assert not list((folder / "checkpoints").glob(".iteration-*.tmp"))


def shard_ids(path: Path) -> list[str]:
    ids: list[str] = json.loads(path.read_text())["ids"]
    return ids


def test_winners_go_live_and_the_champion_stays_on_disk(
    catalogue: Catalogue, tictactoe: TaskKind, tmp_path: Path
) -> None:
    store = ModelStore(tmp_path / "home", shipped=tmp_path)
    run = SelfPlay(quick_config((GAME,), games=48), catalogue, tmp_path / "run", store)
    for _ in range(3):
        run.iterate()
    champion = run.state.kinds[GAME].champion.card
    assert champion.name.startswith("search-tictactoe-")
    assert store.active(tictactoe).card.weights_version == champion.weights_version
    assert champion.training["episodes_by_source"] == {"selfplay": champion.training["games"]}
    assert (tmp_path / "run" / "best" / "search-tictactoe" / f"{champion.name}.json").exists()


def test_a_winner_over_random_weights_does_not_replace_a_better_live_net(
    catalogue: Catalogue, tictactoe: TaskKind, tmp_path: Path
) -> None:
    store = ModelStore(tmp_path / "home")
    shipped = store.active_name(GAME)
    config = replace(quick_config((GAME,), games=48), fresh=True)
    run = SelfPlay(config, catalogue, tmp_path / "run", store)
    records = [record for _ in range(3) for record in run.iterate()]
    assert any(record["comparison"]["accepted"] for record in records)
    assert store.active_name(GAME) == shipped
    assert f"{shipped} stays live" in next(r["released"] for r in records if r["released"])


def test_only_the_newest_and_best_checkpoints_are_kept(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    run = SelfPlay(quick_config((GAME,), games=8), catalogue, tmp_path)
    for _ in range(8):
        run.iterate()
    kept = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert len(kept) in (5, 6)
    assert kept[-1] == "iteration-0008"


def test_positions_that_are_kept_out_are_not_trained_on(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    config = replace(quick_config((GAME,)), keep=lambda kind, state: state.x.bit_count() < 2)
    records = SelfPlay(config, catalogue, tmp_path / "few").iterate()
    every = SelfPlay(quick_config((GAME,)), catalogue, tmp_path / "all").iterate()
    assert records[0]["policy_examples"] < every[0]["policy_examples"] / 3


def test_a_checkpoint_that_is_no_checkpoint_is_refused(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    with pytest.raises(BrokenCheckpointError):
        load_checkpoint(tmp_path, catalogue)
    assert newest_checkpoint(tmp_path / "nowhere") is None


def test_a_run_needs_a_game_per_kind() -> None:
    with pytest.raises(ValueError, match="one each"):
        LoopConfig(kinds=(GAME, EQUATION), games=1)


class PythonTicTacToe(TicTacToeKind):
    """The same game without compiled rules."""

    def __init__(self) -> None:
        super().__init__()
        environment = TicTacToeEnvironment()
        environment.rules = None
        self.environment = environment


def test_games_without_compiled_rules_are_played_too() -> None:
    kind = PythonTicTacToe()
    starts = fixed_tasks(kind, "train", 12)
    config = GameConfig(simulations=6, side_by_side=5)
    played = play_games(kind, NetEvaluator(random_net(kind)), starts, config, 5)
    environment = environment_of(kind)
    assert [game.task for game in played] == starts
    for game in played:
        assert environment.is_terminal(replay(environment, game.task, game.actions)[-1])
        assert all(sum(search.visit_counts) == 6 for search in game.searches)


def test_a_kind_of_ones_own_is_trained_like_any_other(tmp_path: Path) -> None:
    catalogue = default_catalogue(["docs.examples.my_kind"])
    name = "counting/coins"
    recipe = replace(
        QUICK,
        fit=FitConfig(epochs=30, batch_size=64),
        compare=CompareConfig(tasks=80, simulations=400),
    )
    config = LoopConfig(kinds=(name,), games=100, recipes={name: recipe})
    run = SelfPlay(config, catalogue, tmp_path)
    verdict = run.iterate()[0]["comparison"]
    random, trained = verdict["champion_figures"], verdict["challenger_figures"]
    assert verdict["accepted"]
    assert trained["solved"] > random["solved"] + 0.1
