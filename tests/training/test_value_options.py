"""Value losses and TD(lambda) as options of a training run, from the targets to the weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from neural.inference import NetEvaluator
from neural.model_files import load_card, weights_version
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from tests.training.conftest import random_net
from training.cli import app
from training.derivation import replay
from training.fit import FitConfig, fit
from training.rows import Examples, merged, to_examples
from training.selfplay.games import GameConfig, play_games
from training.selfplay.played import Played, rows_of
from training.selfplay.positions import read_positions
from training.selfplay.recipes import Recipe, recipe_for, with_fit_options
from training.selfplay.shards import Shard, save_shard
from training.solving import environment_of

DRAWN = "search/connect_four"


@pytest.fixture(scope="module")
def games(tictactoe: TaskKind) -> list[Played]:
    starts = [tictactoe.generate(n, 0.9, "train") for n in range(20)]
    evaluator = NetEvaluator(random_net(tictactoe))
    return play_games(tictactoe, evaluator, starts, GameConfig(simulations=8), 2)


@pytest.fixture(scope="module")
def examples(tictactoe: TaskKind, games: list[Played]) -> Examples:
    rows = merged(row for game in games for row in rows_of(tictactoe, game))
    return to_examples(environment_of(tictactoe), rows)


def test_lambda_one_is_the_result_and_zero_the_next_search(
    tictactoe: TaskKind, games: list[Played]
) -> None:
    for game in games[:5]:
        results = [row.value for row in rows_of(tictactoe, game)]
        assert [row.value for row in rows_of(tictactoe, game, 0.0, 1.0)] == results
        following = [-search.root_value for search in game.searches[1:]]
        bootstrapped = [row.value for row in rows_of(tictactoe, game, 0.0, 0.0)]
        assert bootstrapped == pytest.approx([*following, results[-1]])


def test_corrupted_search_values_change_bootstrapped_targets_and_not_the_results(
    tictactoe: TaskKind, games: list[Played]
) -> None:
    game = games[0]
    wrong = replace(
        game, searches=tuple(replace(s, root_value=-s.root_value) for s in game.searches)
    )
    for trace_decay, same in ((1.0, True), (0.5, False)):
        pairs = zip(
            rows_of(tictactoe, game, 0.0, trace_decay),
            rows_of(tictactoe, wrong, 0.0, trace_decay),
            strict=True,
        )
        assert all(a.value == b.value for a, b in pairs) == same


def test_columns_and_rows_have_the_same_targets(catalogue: Catalogue, tmp_path: Path) -> None:
    kind = catalogue[DRAWN]
    environment = environment_of(kind)
    assert environment.rules is not None
    starts = [kind.generate(n, 0.5, "train") for n in range(4)]
    config = GameConfig(simulations=6)
    games = play_games(kind, NetEvaluator(random_net(kind)), starts, config, 2)
    shard = Shard(kind.name, environment.version, "w", 1, 0, tuple(games))
    save_shard(shard, tmp_path / "iteration-0001-x.json")
    columns = read_positions(tmp_path / "iteration-0001-x.json", kind, catalogue, 0.5, 0.7)
    rows = [row for game in games for row in rows_of(kind, game, 0.5, 0.7)]
    states = [s for game in games for s in replay(environment, game.task, game.actions)[:-1]]
    words = np.stack([environment.rules.to_words(state) for state in states])
    assert (columns.words[: len(rows)] == words).all()
    assert columns.values[: len(rows)] == pytest.approx([row.value for row in rows], abs=1e-6)


@pytest.mark.parametrize("name", ["mse", "huber", "binary_cross_entropy"])
def test_each_loss_falls_and_brings_values_nearer_to_the_results(
    name: str, tictactoe: TaskKind, examples: Examples
) -> None:
    net = random_net(tictactoe).net
    config = FitConfig(epochs=60, batch_size=32, held_out_share=0.0, value_loss=name)  # type: ignore[arg-type]
    fitted = fit(net, examples, config, seed=0)
    assert fitted.report.after.value < 0.7 * fitted.report.before.value

    def error(judge: torch.nn.Module) -> float:
        with torch.inference_mode():
            values = judge(torch.from_numpy(examples.observations))[1].numpy()
        return float(np.mean((values - examples.values) ** 2))

    assert error(fitted.net) < 0.3 * error(net)


def test_the_losses_lead_to_different_weights(tictactoe: TaskKind, examples: Examples) -> None:
    net = random_net(tictactoe).net
    fitted = {
        weights_version(fit(net, examples, FitConfig(epochs=1, value_loss=name), seed=0).net)
        for name in ("mse", "huber", "binary_cross_entropy")
    }
    assert len(fitted) == 3


def test_the_command_line_takes_both_options(tmp_path: Path) -> None:
    command = ["self-play", "--kind", "search/tictactoe", "--games", "6", "--iterations", "1"]
    folders = {}
    for name, options in {
        "plain": [],
        "huber": ["--value-loss", "huber"],
        "td": ["--td-lambda", "0.5"],
    }.items():
        home = ["--home", str(tmp_path / name), "--fresh", "--no-promote", "--workers", "0"]
        done = CliRunner().invoke(app, [*command, *home, *options])
        assert done.exit_code == 0, done.output
        folders[name] = next((tmp_path / name).rglob("learners/*/iteration-0001.json"))
    versions = {load_card(path).weights_version for path in folders.values()}
    assert len(versions) == 3
    wrong = CliRunner().invoke(app, [*command, "--value-loss", "mae"])
    assert wrong.exit_code == 2


def test_options_are_part_of_a_recipe(tictactoe: TaskKind) -> None:
    recipe = recipe_for(tictactoe)
    assert with_fit_options(recipe) == recipe
    changed = with_fit_options(recipe, 3e-4, "huber", 0.9)
    assert (changed.fit.value_loss, changed.trace_decay) == ("huber", 0.9)
    assert changed.fit.learning_rate == 3e-4
    assert recipe.trace_decay is None
    with pytest.raises(ValueError, match="td_lambda"):
        Recipe(td_lambda=2.0)
    with pytest.raises(ValueError, match="unknown value loss"):
        with_fit_options(recipe, value_loss="mae")  # type: ignore[arg-type]
