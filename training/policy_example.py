"""What the documented collectors gather: searched positions. Letters: `A` actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from training.extraction import GAMMA, TrainingDataExtractor
from training.selfplay.traces import SelfPlayEpisode, State


@dataclass(frozen=True, eq=False, slots=True)
class PolicyTrainingExample:
    """What a search made of one position, and what came of it.

    Attributes:
        state: `[D]` float32, the flattened observation for the player to move.
        policy: `[A]` float32, the search's visit shares; 0 where illegal.
        value: discounted return in [-1, 1] for the player to move.
        action: executed.
        metadata: kind, task_id, step, outcome, legal, target_source.
    """

    state: Tensor
    policy: Tensor
    value: float
    action: int
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PolicyTrainingExample)
            and (self.value, self.action) == (other.value, other.action)
            and self.metadata == other.metadata
            and torch.equal(self.state, other.state)
            and torch.equal(self.policy, other.policy)
        )

    def __hash__(self) -> int:
        return hash((self.value, self.action))


def policy_examples(
    episodes: Sequence[SelfPlayEpisode], gamma: float = GAMMA
) -> list[PolicyTrainingExample]:
    """Return one example per searched position that has a policy and a return.

    Args:
        episodes: of kinds of ours; what teaches nothing gives nothing.
        gamma: discount per step.
    """
    found: list[PolicyTrainingExample] = []
    for episode in episodes:
        examples = TrainingDataExtractor(gamma).extract_examples([episode])
        worth = {example.metadata["step"]: example.target for example in examples["value"]}
        for example in examples["policy"]:
            assert isinstance(example.state, State)
            step = example.metadata["step"]
            policy = torch.zeros(int(example.metadata["num_actions"]))
            for action, share in example.target.items():
                policy[int(action)] = share
            found.append(
                PolicyTrainingExample(
                    state=example.state.representation.reshape(-1),
                    policy=policy,
                    value=worth[step],
                    action=int(episode.actions[step].action_id),
                    metadata=example.metadata,
                )
            )
    return found
