"""The documented face: keys of an iteration, configuration, checkpoints."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from graphs.nets import FixedNets
from neural.inference import NetEvaluator
from neural.model_files import weights_version
from neural.model_store import ModelStore
from tasks.protocol import TaskKind
from tests.training.conftest import EQUATION, GAME, random_net
from training.given_examples import UnfittableExampleError
from training.self_play_generator import (
    SelfPlayDataset,
    SelfPlayEpisodeGenerator,
    SelfPlayTrainer,
    State,
    TrainerConfigError,
    TrainingDataExtractor,
    TrainingExample,
)
from training.selfplay.run_lock import FolderInUseError, RunLock
from training.selfplay.steps import UnfinishedIterationError

CONFIG = {
    "kinds": [GAME],
    "games_per_iteration": 24,
    "batch_size": 64,
    "parallel_batch_size": 8,
    "max_buffer_size": 48,
    "mcts": {
        "num_simulations": 8,
        "c_puct": 1.5,
        "temperature_init": 1.0,
        "temperature_final": 0.1,
    },
}
DOCUMENTED = {
    "iteration",
    "num_episodes",
    "success_rate",
    "num_policy_examples",
    "num_value_examples",
    "eval_success_rate",
    "eval_avg_reward",
    "eval_avg_length",
    "eval_avg_efficiency",
    "best_model_metric",
    "policy_loss",
    "value_loss",
}


async def test_an_iteration_returns_the_documented_keys(tmp_path: Path) -> None:
    trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path)
    result = await trainer.iteration(0)
    assert set(result) >= DOCUMENTED
    assert all(math.isfinite(result[key]) for key in DOCUMENTED)
    assert result["num_episodes"] == 24
    assert 0.0 <= result["success_rate"] <= 1.0
    assert result["num_policy_examples"] > 100
    assert await trainer.iteration(0) == result


async def test_a_checkpoint_goes_on_with_the_same_iteration_and_metrics(tmp_path: Path) -> None:
    trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path / "a")
    results = [await trainer.iteration(i) for i in range(3)]
    other = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path / "b")
    assert other.load_checkpoint(tmp_path / "a" / "checkpoints" / "iteration-0002") == 2
    assert await other.iteration(1) == results[1]
    again = await other.iteration(2)
    weights = [r["kinds"][GAME]["weights_version"] for r in (again, results[2])]
    assert weights[0] == weights[1]
    assert other.load_checkpoint(tmp_path / "a") == 3


async def test_iterations_are_made_in_order(tmp_path: Path) -> None:
    with pytest.raises(TrainerConfigError, match="before"):
        await SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path).iteration(1)


def test_unknown_keys_and_foreign_agents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainerConfigError, match="unknown config keys games"):
        SelfPlayTrainer(config={"games": 3}, checkpoint_dir=tmp_path)
    with pytest.raises(TrainerConfigError, match="mcts"):
        SelfPlayTrainer(config={"mcts": {"sims": 3}}, checkpoint_dir=tmp_path)
    with pytest.raises(TrainerConfigError, match="must be None"):
        SelfPlayTrainer(hrm_agent=object(), checkpoint_dir=tmp_path)


async def test_the_steps_of_an_iteration_can_be_made_one_at_a_time(tmp_path: Path) -> None:
    whole = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path / "whole")
    expected = await whole.iteration(0)
    steps = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path / "steps")
    episodes = await steps.run_self_play(24)
    assert len(episodes) == 24
    assert len(await steps.run_self_play(24)) == 24  # of the same games
    with pytest.raises(UnfinishedIterationError, match="learn first"):
        await steps.evaluate_models()
    losses = await steps.train(episodes, 0)
    assert losses["policy_loss"] == expected["policy_loss"]
    evaluated = await steps.evaluate_models()
    assert evaluated["eval_success_rate"] == expected["eval_success_rate"]
    made = await steps.iteration(0)
    assert made["kinds"][GAME]["weights_version"] == expected["kinds"][GAME]["weights_version"]
    assert steps.get_quality_metrics() == whole.get_quality_metrics()


async def test_an_iteration_goes_on_where_its_steps_stopped(tmp_path: Path) -> None:
    trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path)
    await trainer.run_self_play(10)
    result = await trainer.iteration(0)
    assert result["num_episodes"] == 10
    assert (await trainer.iteration(1))["num_episodes"] == 24


async def test_played_episodes_teach_what_their_searches_visited(tmp_path: Path) -> None:
    trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path)
    episodes = await trainer.run_self_play(12)
    extracted = TrainingDataExtractor().extract_examples(episodes)
    assert len(extracted["policy"]) == sum(e.episode_length for e in episodes)
    assert {e.outcome for e in episodes} <= {"success", "failure"}
    assert episodes[3] == list(episodes)[3] == episodes[3:4][0]
    assert len(SelfPlayDataset(extracted["policy"], "policy")) == len(extracted["policy"])


async def test_examples_of_ones_own_are_fitted_and_corrupted_ones_lead_elsewhere(
    tmp_path: Path, tictactoe: TaskKind
) -> None:
    player = SelfPlayEpisodeGenerator(
        mcts_config={"num_simulations": 8},
        nets=FixedNets({GAME: NetEvaluator(random_net(tictactoe))}),
    )
    tasks = [tictactoe.generate(n, 0.5, "train") for n in range(12)]
    episodes = [await player.generate_episode(task) for task in tasks]
    examples = TrainingDataExtractor().extract_examples(episodes)
    wrong = {
        **examples,
        "value": [replace(example, target=-example.target) for example in examples["value"]],
    }
    versions = []
    for number, data in enumerate((episodes, examples, wrong)):
        trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path / str(number))
        before = weights_version(trainer.run.state.kinds[GAME].learner)
        report = (await trainer.train(data, 0))["kinds"][GAME]
        assert report["after"]["value"] < report["before"]["value"]
        versions.append(weights_version(trainer.run.state.kinds[GAME].learner))
        assert versions[-1] != before
        assert trainer.run.state.history == []
    assert versions[0] == versions[1] != versions[2]


async def test_data_that_cannot_be_trained_on_is_refused(tmp_path: Path) -> None:
    trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path)
    episodes = await trainer.run_self_play(6)
    with pytest.raises(TrainerConfigError, match="iteration 1 is not the next"):
        await trainer.train(episodes, 1)
    with pytest.raises(UnfittableExampleError, match="nothing to learn"):
        await trainer.train({"policy": []}, 0)
    foreign = TrainingExample("x/0/0/value", "value", State("s", torch.zeros(2)), 1.0)
    with pytest.raises(UnfittableExampleError, match="names no kind"):
        await trainer.train({"value": [foreign]}, 0)
    with pytest.raises(TrainerConfigError, match="0 games"):
        await trainer.run_self_play(0)


async def test_outside_an_iteration_models_are_compared_and_nobody_is_promoted(
    tmp_path: Path,
) -> None:
    trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path)
    before = trainer.best_model[GAME].card.weights_version
    found = await trainer.evaluate_models(20)
    assert found["accepted"] == {GAME: False}
    assert 0.0 <= found["eval_success_rate"] <= 1.0
    assert trainer.best_model[GAME].card.weights_version == before
    assert trainer.run.state.history == []


def test_an_equal_model_is_not_deployed_and_a_better_one_is(
    tmp_path: Path, tictactoe: TaskKind, equations: TaskKind
) -> None:
    trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path)
    weak, strong = random_net(tictactoe), ModelStore(None).active(tictactoe)
    equal = trainer.compare_models(strong, strong, 40)
    assert equal["recommendation"] == "keep_old"
    assert equal["old_win_rate"] == equal["new_win_rate"]
    better = trainer.compare_models(weak, strong, 400)
    assert better["recommendation"] == "deploy_new"
    assert better["new_win_rate"] > better["old_win_rate"]
    worse = trainer.compare_models(strong, weak, 400)
    assert worse["recommendation"] == "keep_old"
    early = trainer.compare_models(weak, strong, 20)  # wins more, but too few games tell
    assert float(early["new_win_rate"]) > float(early["old_win_rate"])
    assert early["recommendation"] == "keep_old"
    for found in (equal, better, worse, early):
        rates = [found[key] for key in ("old_win_rate", "new_win_rate", "draw_rate")]
        assert sum(map(float, rates)) == pytest.approx(1.0)
    with pytest.raises(TrainerConfigError, match="same kinds"):
        trainer.compare_models(weak, random_net(equations), 10)


def test_models_of_one_player_are_compared_on_tasks(tmp_path: Path, equations: TaskKind) -> None:
    trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path)
    weak, strong = random_net(equations), ModelStore(None).active(equations)
    better = trainer.compare_models({EQUATION: weak}, {EQUATION: strong}, 60)
    assert better["recommendation"] == "deploy_new"
    assert better["new_win_rate"] > 0.3
    assert trainer.compare_models(strong, weak, 60)["recommendation"] == "keep_old"


async def test_a_board_game_reports_real_figures_in_every_iteration(tmp_path: Path) -> None:
    config = {**CONFIG, "kinds": ["search/connect_four"], "games_per_iteration": 4}
    trainer = SelfPlayTrainer(config=config, checkpoint_dir=tmp_path)
    await trainer.train(await trainer.run_self_play(), 0)
    await trainer.evaluate_models(4)
    result = await trainer.iteration(0)
    assert all(math.isfinite(result[key]) for key in DOCUMENTED)
    assert result["num_episodes"] == 4
    assert result["eval_avg_length"] > 0


async def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    trainer = SelfPlayTrainer(config=CONFIG, checkpoint_dir=tmp_path)
    with RunLock(tmp_path, "another"), pytest.raises(FolderInUseError):
        await trainer.run_self_play(4)
    assert trainer.get_resource_usage()["memory_bytes"] > 0


@pytest.mark.parametrize(
    "config",
    [{"mcts": {"num_simulations": 0}}, {"td_lambda": 2.0}, {"games_per_iteration": 0}],
)
def test_a_value_of_no_use_is_refused(config: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(TrainerConfigError, match=r"config: .*\d"):
        SelfPlayTrainer(config=config, checkpoint_dir=tmp_path)
