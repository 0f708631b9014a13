"""Bodies of the joint net: observation -> policy logits and a summary for the value head.

Neither has dropout or batch statistics, so a state's result depends on nothing else in its batch.
`SlotsTorso` follows Zaheer et al. 2017, "Deep Sets", section 4 (equivariant layers with pooled
context). Letters: `B` batch, `A` actions, `S` slots, `F` features, `V` verbs, `W` width.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn


class MLPTorso(nn.Module):
    """Dense layers over the flattened observation."""

    def __init__(self, inputs: int, num_actions: int, width: int, depth: int) -> None:
        super().__init__()
        sizes = [inputs] + [width] * depth
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
        self.policy = nn.Linear(width, num_actions)
        self.summary_width = width

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, *observation_shape]` to logits `[B, A]` and summary `[B, W]`."""
        features = observations.flatten(1)
        for layer in self.hidden:
            features = torch.relu_(layer(features))
        return self.policy(features), features


class SlotsTorso(nn.Module):
    """One shared encoder per slot and rounds of pooled context, so that slots have no fixed place.

    Permuting the slots of an observation permutes the logits in the same way and keeps the summary.
    Action index = slot * V + verb.
    """

    def __init__(self, features: int, verbs: int, width: int, rounds: int) -> None:
        super().__init__()
        self.encode = nn.Linear(features, width)
        self.own = nn.ModuleList(nn.Linear(width, width) for _ in range(rounds))
        self.shared = nn.ModuleList(nn.Linear(2 * width, width, bias=False) for _ in range(rounds))
        self.policy = nn.Linear(width, verbs)
        self.summary_width = 2 * width

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, S, F]` to logits `[B, S * V]` and summary `[B, 2 W]`."""
        slots = torch.relu_(self.encode(observations))
        for own, shared in zip(self.own, self.shared, strict=True):
            context = shared(_pool(slots)).unsqueeze(1)
            slots = slots + torch.relu_(own(slots).add_(context))
        return self.policy(slots).flatten(1), _pool(slots)


def _pool(slots: Tensor) -> Tensor:
    """Return mean and maximum over slots, `[B, S, W]` -> `[B, 2 W]`."""
    return torch.cat((slots.mean(1), slots.amax(1)), dim=1)
