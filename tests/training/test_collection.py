"""Collectors: real games by the given networks, kept once each, also over a kill."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from graphs.hybrid import PolicyGuidedMCTS
from graphs.nets import FixedNets
from neural.inference import NetEvaluator
from neural.policy_value import PolicyNetwork, ValueNetwork
from tasks.protocol import TaskKind
from tests.training.conftest import GAME, random_net
from training.collection import (
    CollectorConfigError,
    DataCollector,
    PolicyTrainingExample,
    SelfPlayDataGenerator,
    UnfitNetworkError,
)
from training.experience import ExperienceBuffer
from training.selfplay.episode_generator import SelfPlayEpisodeGenerator

QUICK = {"mcts": {"num_simulations": 8}, "progress": False, "parallel": 4}


def engine(kind: TaskKind) -> SelfPlayEpisodeGenerator:
    nets = FixedNets({kind.name: NetEvaluator(random_net(kind))})
    return SelfPlayEpisodeGenerator(mcts_config={"num_simulations": 8}, nets=nets)


def pair(state_dim: int = 27, action_dim: int = 9, seed: int = 0) -> tuple[Any, Any]:
    torch.manual_seed(seed)
    policy = PolicyNetwork(state_dim, action_dim, hidden_dims=(32,))
    return policy, ValueNetwork(state_dim, hidden_dims=(32,))


async def test_a_game_gives_an_example_per_move(tictactoe: TaskKind) -> None:
    buffer = ExperienceBuffer()
    collector = DataCollector(engine(tictactoe), None, buffer, {**QUICK, "first_task": 5})
    examples = await collector.collect_game()
    assert examples
    assert buffer.get_all() == examples
    for example in examples:
        assert example.state.shape == (27,)
        assert float(example.policy.sum()) == pytest.approx(1.0)
        legal = set(example.metadata["legal"])
        assert set(example.policy.nonzero().flatten().tolist()) <= legal
        assert example.action in legal
        assert -1.0 <= example.value <= 1.0
    assert collector.games == 1
    assert sum(collector.outcomes.values()) == 1


async def test_a_batch_that_was_killed_goes_on_and_no_game_counts_twice(
    tictactoe: TaskKind, tmp_path: Path
) -> None:
    whole = ExperienceBuffer(save_dir=tmp_path / "whole")
    result = await DataCollector(engine(tictactoe), None, whole, QUICK).collect_batch(11, 3)
    assert (result["games"], result["resumed"], sum(result["outcomes"].values())) == (11, 0, 11)
    assert result["examples"] == len(whole)

    class KilledError(BaseException):
        pass

    class DyingBuffer(ExperienceBuffer):
        def save(self, name: str = "experience") -> Path:
            path = super().save(name)
            if self.notes["collection"]["games"] == 6:
                raise KilledError
            return path

    dying = DyingBuffer(save_dir=tmp_path / "part")
    doomed = DataCollector(engine(tictactoe), None, dying, QUICK)
    with pytest.raises(KilledError):
        await doomed.collect_batch(11, 3)
    part = ExperienceBuffer(save_dir=tmp_path / "part")
    collector = DataCollector(engine(tictactoe), None, part, QUICK)
    result = await collector.collect_batch(11, 3)
    assert (result["games"], result["resumed"], collector.games) == (5, 6, 11)
    assert part.get_all() == whole.get_all()
    again = await collector.collect_batch(2, 3)
    assert (again["resumed"], collector.games) == (0, 13)


async def test_games_without_time_are_counted_and_teach_nothing(tictactoe: TaskKind) -> None:
    buffer = ExperienceBuffer()
    collector = DataCollector(engine(tictactoe), None, buffer, {**QUICK, "timeout": 0.0})
    result = await collector.collect_batch(3)
    assert result["outcomes"] == {"timeout": 3}
    assert len(buffer) == 0
    assert collector.reasons == {"no end within 0.0 seconds": 3}


async def test_the_networks_that_are_given_play(tictactoe: TaskKind) -> None:
    async def policies(seed: int, steer: bool = False) -> list[Any]:
        policy, value = pair(seed=seed)
        if steer:
            with torch.no_grad():
                policy.policy_head.bias[4] += 50.0
        player = SelfPlayDataGenerator(policy, value, config={**QUICK, "first_task": 3})
        await player.collect_batch(4)
        return player.buffer.get_all()

    assert await policies(0) == await policies(0)
    assert await policies(0) != await policies(1)
    steered = await policies(0, steer=True)
    centre = [
        e for e in steered if isinstance(e, PolicyTrainingExample) and 4 in e.metadata["legal"]
    ]
    shares = [float(example.policy[4]) for example in centre]
    assert sum(shares) / len(shares) > 0.4


async def test_the_value_network_steers_the_search_too() -> None:
    policy, _ = pair()
    _, value = pair(seed=3)
    collected = []
    for judge in (None, value):
        config = {**QUICK, "difficulty_range": (1.0, 1.0)}
        player = SelfPlayDataGenerator(policy, judge, config=config)
        await player.collect_batch(2)
        collected.append(player.buffer.get_all())
    assert collected[0] != collected[1]


async def test_connect_four_networks_are_recognised_by_their_sizes() -> None:
    policy, value = pair(168, 7)
    player = SelfPlayDataGenerator(policy, value, config={**QUICK, "difficulty_range": (0.0, 0.1)})
    assert player.kind.name == "search/connect_four"
    examples = await player.collect_game()
    assert all(example.policy.shape == (7,) for example in examples)
    assert policy.training  # its mode is put back
    with pytest.raises(UnfitNetworkError, match="27 numbers and 9 actions"):
        SelfPlayDataGenerator(*pair(10, 3))
    with pytest.raises(UnfitNetworkError, match="read 168"):
        SelfPlayDataGenerator(policy, value, config={"kind": GAME})


async def test_a_policy_guided_search_is_an_engine_too() -> None:
    policy, _ = pair()
    buffer = ExperienceBuffer()
    collector = DataCollector(PolicyGuidedMCTS(policy, None), None, buffer, QUICK)
    examples = await collector.collect_game()
    assert examples, collector.reasons
    assert examples[0].metadata["target_source"] == "visit counts"


async def test_the_language_model_judges_its_share_of_the_games(tictactoe: TaskKind) -> None:
    class Refusing:
        asked = 0

        async def generate(self, prompt: str) -> str:
            Refusing.asked += 1
            return "I would rather not say."

    config = {**QUICK, "llm_share": 0.5}
    collector = DataCollector(engine(tictactoe), Refusing(), ExperienceBuffer(), config)
    result = await collector.collect_batch(4)
    assert result["outcomes"]["error"] == 2
    assert Refusing.asked > 0
    assert all("Unparsable" in reason for reason in collector.reasons)


async def test_a_language_model_plays_alone_where_there_is_no_engine() -> None:
    class LastAction:
        """Always prefers the last legal action."""

        async def generate(self, prompt: str) -> str:
            last = re.findall(r"^(\d+): ", prompt, re.MULTILINE)[-1]
            return f'{{"actions": {{"{last}": 1.0}}, "value": 0.0, "confidence": 0.5}}'

    config = {**QUICK, "mcts": {"num_simulations": 4, "noise_share": 0.0}}
    collector = DataCollector(None, LastAction(), ExperienceBuffer(), config)
    examples = await collector.collect_game()
    assert examples, collector.reasons
    assert all(int(e.policy.argmax()) == max(e.metadata["legal"]) for e in examples)


def test_settings_that_cannot_be_used_are_named(tictactoe: TaskKind) -> None:
    with pytest.raises(CollectorConfigError, match="unknown settings games"):
        DataCollector(engine(tictactoe), None, ExperienceBuffer(), {"games": 3})
    with pytest.raises(CollectorConfigError, match="difficulty_range"):
        DataCollector(engine(tictactoe), None, ExperienceBuffer(), {"difficulty_range": (1, 0)})
