"""Self-play of the documented networks: a policy net and a value net that the caller owns.

They are trained by whoever brought them; nothing here changes their weights. Letters: `B` batch,
`D` length of a flattened observation, `A` actions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from graphs.routing.proposals import propose
from neural.evaluation import Evaluation
from tasks.catalogue import Catalogue, default_catalogue
from tasks.protocol import Environment, FloatArray, TaskKind
from training.experience import ExperienceBuffer
from training.policy_example import PolicyTrainingExample
from training.selfplay.asked import AskedTask
from training.selfplay.collecting import CollectorConfig, DataCollector
from training.selfplay.episode_generator import SelfPlayEpisodeGenerator
from training.selfplay.traces import SelfPlayEpisode


class UnfitNetworkError(ValueError):
    """Networks whose sizes fit no kind, or not the kind that was asked for."""


class SelfPlayDataGenerator:
    """Plays games by search with the given networks, and collects what the searches teach.

    Attributes:
        kind: whose games are played.
        buffer: of the examples.
    """

    def __init__(
        self,
        policy_net: nn.Module,
        value_net: nn.Module | None,
        *,
        buffer: ExperienceBuffer | None = None,
        config: Mapping[str, Any] | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Prepare.

        Args:
            policy_net: with the forward of PolicyNetwork, over flattened observations.
            value_net: with that of ValueNetwork; None: the policy net's own value head judges.
            buffer: for the examples; a new one in memory without it.
            config: see CollectorConfig; without `kind` it is the two-player kind that the sizes
                of the policy net fit.
            catalogue: of the kinds; the shipped ones without it.

        Raises:
            UnfitNetworkError: if no kind fits the networks' `state_dim` and `action_dim`.
            CollectorConfigError: if a setting is unknown or out of range.
        """
        kinds = catalogue or default_catalogue()
        given = dict(config or {})
        self.kind = _fitting_kind(policy_net, value_net, kinds, given.get("kind"))
        settings = CollectorConfig.of({**given, "kind": self.kind.name})
        self.buffer = buffer if buffer is not None else ExperienceBuffer()
        self._player = SelfPlayEpisodeGenerator(
            mcts_config=settings.mcts,
            nets=_Pair(policy_net, value_net),
            catalogue=kinds,
            seed=settings.seed,
        )
        self._collector = DataCollector(self._player, None, self.buffer, settings, catalogue=kinds)

    async def generate_episode(
        self, task: AskedTask, max_steps: int = 50, timeout: float = 60.0
    ) -> SelfPlayEpisode:
        """Play a task; see SelfPlayEpisodeGenerator."""
        return await self._player.generate_episode(task, max_steps, timeout)

    async def collect_game(self) -> list[PolicyTrainingExample]:
        """Play the next game; keep and return its examples."""
        return await self._collector.collect_game()

    async def collect_batch(self, num_games: int, save_every: int = 10) -> dict[str, Any]:
        """Play games, saving the buffer now and then; see DataCollector."""
        return await self._collector.collect_batch(num_games, save_every)


class _Pair:
    """Judges over the two networks, named by the weights that they have at each move."""

    def __init__(self, policy_net: nn.Module, value_net: nn.Module | None) -> None:
        self._policy, self._value = policy_net, value_net
        self.name = ""

    def evaluator(self, kind: TaskKind) -> _Pair:
        """Return itself: there is one kind."""
        digest = hashlib.sha256()
        for module in (self._policy, self._value):
            for name, tensor in sorted(module.state_dict().items()) if module is not None else ():
                digest.update(name.encode())
                digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
        self.name = f"net:pair@{digest.hexdigest()[:16]}"
        return self

    async def evaluate(
        self, environment: Environment[Any], states: Sequence[Any]
    ) -> list[Evaluation]:
        """Judge `B` states in one batch."""
        observations = np.stack([environment.observe(s).reshape(-1) for s in states])
        legal = np.stack([environment.legal(state) for state in states])
        proposals = propose(self._policy, observations, legal, None)
        own = [proposal.value for proposal in proposals]
        values = own if self._value is None else _values(self._value, observations)
        return [
            Evaluation(p.priors, value, p.confidence, self.name)
            for p, value in zip(proposals, values, strict=True)
        ]


@torch.no_grad()
def _values(network: nn.Module, observations: FloatArray) -> list[float]:
    """Return `[B]` values in [-1, 1] of `[B, D]` observations, as in evaluation."""
    training = network.training
    network.eval()
    try:
        values = network(torch.from_numpy(observations)).reshape(-1).float()
    finally:
        network.train(training)
    if getattr(network, "output_activation", "tanh") == "sigmoid":
        values = 2.0 * values - 1.0
    told: list[float] = values.cpu().tolist()
    return told


def _fitting_kind(
    policy_net: nn.Module, value_net: nn.Module | None, kinds: Catalogue, name: str | None
) -> TaskKind:
    sizes = (getattr(policy_net, "state_dim", None), getattr(policy_net, "action_dim", None))
    judged = getattr(value_net, "state_dim", sizes[0])
    found = []
    for kind in [kinds[name]] if name is not None else kinds.learned():
        environment = kind.environment
        if environment is None:
            continue
        length = int(np.prod(environment.observation_shape))
        if name is None and environment.num_players != 2:
            continue
        if (length, environment.num_actions) == sizes and judged == length:
            return kind
        found.append(f"{kind.name} has {length} numbers and {environment.num_actions} actions")
    raise UnfitNetworkError(
        f"the networks read {sizes[0]} and {judged} numbers and choose among {sizes[1]} actions; "
        f"{'; '.join(found) or 'no such kind has an environment'}"
    )
