"""The documented face: keys of an iteration, configuration, checkpoints."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.training.conftest import GAME
from training.self_play_generator import SelfPlayTrainer, TrainerConfigError

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
