"""Bodies of the joint net: observation -> policy logits and a summary for the value head.

Neither has dropout or batch statistics, so a state's result depends on nothing else in its batch.
`SlotsTorso` follows Zaheer et al. 2017, "Deep Sets", section 4 (equivariant layers with pooled
context), `BoardTorso` He et al. 2015, "Deep Residual Learning", and Silver et al. 2017, AlphaGo
Zero, Methods, "Neural network architecture", without batch normalisation: each block starts as the
identity instead (Zhang et al. 2019, "Fixup Initialization", section 3). `HashedTorso` is the model
of Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification", section 2, with a
rectifier. Letters: `B` batch, `A` actions, `S` slots, `F` features, `V` verbs, `W` width, `P`
planes, `D` inputs, `N` inputs that are not 0.
"""

from __future__ import annotations

import itertools
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HEAD_PLANES = 16  # of a board, for each head


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


class BoardTorso(nn.Module):
    """Residual convolutions over the planes of a board.

    Attributes:
        in_bfloat16: compute the convolutions in bfloat16 from float32 weights, as training does;
            the heads stay in float32. A net whose convolutions are converted needs no flag.
    """

    def __init__(self, shape: tuple[int, ...], num_actions: int, width: int, blocks: int) -> None:
        super().__init__()
        planes, rows, columns = shape
        self.in_bfloat16 = False
        self.convolutions = nn.ModuleDict(
            {
                "stem": _convolution(planes, width, 3),
                "blocks": nn.ModuleList(ResidualBlock(width) for _ in range(blocks)),
                "policy": _convolution(width, HEAD_PLANES, 1),
                "value": _convolution(width, HEAD_PLANES, 1),
            }
        )
        self.policy = nn.Linear(HEAD_PLANES * rows * columns, num_actions)
        self.summary_width = HEAD_PLANES * rows * columns

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, P, rows, columns]` to logits `[B, A]` and summary `[B, 16 rows columns]`."""
        layers = self.convolutions
        stem = cast(nn.Conv2d, layers["stem"])
        device = observations.device.type
        with torch.autocast(device, torch.bfloat16, enabled=self.in_bfloat16):
            planes = observations.to(stem.weight.dtype, memory_format=torch.channels_last)
            planes = torch.relu_(stem(planes))
            for block in cast(nn.ModuleList, layers["blocks"]):
                planes = block(planes)
            policy = torch.relu_(layers["policy"](planes))
            value = torch.relu_(layers["value"](planes))
        return self.policy(policy.float().flatten(1)), value.float().flatten(1)


class HashedTorso(nn.Module):
    """Dense layers over a long observation that is 0 nearly everywhere: only the rest is computed.

    Attributes:
        scale: `[D]`, how much each input counts; not learned by gradients, but kept with the
            weights. Inputs times scale are brought to length 1.
        table: `[D, W]`, the first layer's weights.
    """

    scale: Tensor

    def __init__(self, inputs: int, num_actions: int, width: int, depth: int) -> None:
        super().__init__()
        self.register_buffer("scale", torch.empty(inputs))
        self.table = nn.Parameter(torch.empty(inputs, width))
        self.bias = nn.Parameter(torch.empty(width))
        self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(depth - 1))
        self.policy = nn.Linear(width, num_actions)
        self.summary_width = width

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, D]` to logits `[B, A]` and summary `[B, W]`."""
        rows, columns = observations.nonzero(as_tuple=True)
        counts = torch.bincount(rows, minlength=len(observations))
        starts = counts.cumsum(0) - counts
        return self.sparse(columns, observations[rows, columns], starts, rows)

    def sparse(
        self,
        columns: Tensor,
        values: Tensor,
        starts: Tensor,
        rows: Tensor,
        input_dropout: float = 0.0,
        dropout: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Compute the same from the inputs that are not 0, row by row.

        Args:
            columns: `[N]`, which inputs.
            values: `[N]`, what they are.
            starts: `[B]`, where each row begins among them.
            rows: `[N]`, the row of each, ascending.
            input_dropout: share of inputs left out, in training.
            dropout: share of hidden units left out, in training.
            generator: of what is left out.
        """
        values = values * self.scale[columns]
        squares = torch.zeros(len(starts), dtype=values.dtype, device=values.device)
        lengths = squares.index_add(0, rows, values.square()).sqrt().clamp_min(1e-9)
        values = _dropped(values / lengths[rows], input_dropout, generator)
        features = F.embedding_bag(
            columns, self.table, starts, mode="sum", per_sample_weights=values
        )
        features = _dropped(torch.relu(features + self.bias), dropout, generator)
        for layer in self.hidden:
            features = _dropped(torch.relu(layer(features)), dropout, generator)
        return self.policy(features), features


class ResidualBlock(nn.Module):
    """Two convolutions beside the identity; `fresh_net` starts the second one at 0."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _convolution(width, width, 3)
        self.second = _convolution(width, width, 3)

    def forward(self, planes: Tensor) -> Tensor:
        """Map `[B, W, rows, columns]` to the same shape."""
        return torch.relu_(planes + self.second(torch.relu_(self.first(planes))))


def _convolution(inputs: int, outputs: int, size: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, size, padding=size // 2)


def _dropped(values: Tensor, share: float, generator: torch.Generator | None) -> Tensor:
    """Leave a share of values out, and raise the others by as much."""
    if not share:
        return values
    kept = torch.rand(values.shape, generator=generator, device=values.device) >= share
    return values * kept / (1.0 - share)


def _pool(slots: Tensor) -> Tensor:
    """Return mean and maximum over slots, `[B, S, W]` -> `[B, 2 W]`."""
    return torch.cat((slots.mean(1), slots.amax(1)), dim=1)
