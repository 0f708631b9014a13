"""Policy and value networks: the joint net that the product plays with, and the documented two.

`PolicyValueNet` has one body (`torsos`) and two heads, and is what `inference`, `model_files` and
training use. `PolicyNetwork` and `ValueNetwork` are the separate nets of the public contract; they
may have dropout and batch normalisation, which act in training only. Letters: `B` batch, `A`
actions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from neural.torsos import BoardTorso, HashedTorso, MLPTorso, ResidualBlock, SlotsTorso
from tasks.protocol import Environment, FloatArray

VALUE_HIDDEN = 64  # width of the value head's one hidden layer
WIDE = 4_096  # inputs in one row from which an observation counts as hashed features
TABLE_BOUND = 0.17  # of a hashed torso's first layer: hidden units start about 0.1 from 0


class ShapeError(ValueError):
    """A net shape, or an input, whose sizes do not fit together."""


@dataclass(frozen=True, slots=True)
class NetShape:
    """Everything needed to build the net that a file of weights belongs to.

    Attributes:
        torso: `mlp` reads the flattened observation; `slots` reads `[slots, features]` and names
            action `slot * verbs + verb`; `board` reads `[planes, rows, columns]`; `hashed` reads
            `[inputs]`, nearly all of them 0.
        observation_shape, num_actions: the environment's.
        width: of every hidden layer of the torso.
        depth: hidden layers of `mlp` and `hashed`, rounds of context of `slots`, residual blocks
            of `board`.
    """

    torso: Literal["mlp", "slots", "board", "hashed"]
    observation_shape: tuple[int, ...]
    num_actions: int
    width: int
    depth: int

    def __post_init__(self) -> None:
        if self.torso not in ("mlp", "slots", "board", "hashed"):
            raise ShapeError(f"unknown torso {self.torso!r}; expected mlp, slots, board or hashed")
        sizes = (*self.observation_shape, self.num_actions, self.width, self.depth)
        if not self.observation_shape or min(sizes) < 1:
            raise ShapeError(f"sizes {sizes} must all be at least 1")
        if self.torso == "slots" and not fits_slots(self.observation_shape, self.num_actions):
            raise ShapeError(
                f"slots need [slots, features] and a multiple of slots as actions, not "
                f"{list(self.observation_shape)} with {self.num_actions} actions; use mlp"
            )
        if self.torso == "board" and len(self.observation_shape) != 3:
            raise ShapeError(
                f"a board is [planes, rows, columns], not {list(self.observation_shape)}; use mlp"
            )
        if self.torso == "hashed" and len(self.observation_shape) != 1:
            raise ShapeError(
                f"hashed features are [inputs], not {list(self.observation_shape)}; use mlp"
            )

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {**asdict(self), "observation_shape": list(self.observation_shape)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> NetShape:
        """Read back `to_json`; a missing or unknown field is a TypeError or KeyError."""
        return cls(**{**data, "observation_shape": tuple(data["observation_shape"])})


def fits_slots(observation_shape: tuple[int, ...], num_actions: int) -> bool:
    """Say whether an observation can be read as slots that share their verbs."""
    return len(observation_shape) == 2 and num_actions % observation_shape[0] == 0


def shape_for(environment: Environment[Any]) -> NetShape:
    """Choose the net of an environment: board, hashed or slots where they fit, else dense."""
    observation, actions = tuple(environment.observation_shape), environment.num_actions
    if len(observation) == 1 and observation[0] >= WIDE:
        return NetShape("hashed", observation, actions, width=256, depth=1)
    if len(observation) == 3:
        return NetShape("board", observation, actions, width=64, depth=4)
    if fits_slots(observation, actions):
        return NetShape("slots", observation, actions, width=64, depth=2)
    return NetShape("mlp", observation, actions, width=128, depth=3)


class PolicyValueNet(nn.Module):
    """Joint net; stateless between calls, so training and evaluation mode compute the same."""

    def __init__(self, shape: NetShape) -> None:
        super().__init__()
        self.shape = shape
        self.torso: MLPTorso | SlotsTorso | BoardTorso | HashedTorso
        if shape.torso == "board":
            self.torso = BoardTorso(
                shape.observation_shape, shape.num_actions, shape.width, shape.depth
            )
        elif shape.torso == "slots":
            slots, features = shape.observation_shape
            self.torso = SlotsTorso(features, shape.num_actions // slots, shape.width, shape.depth)
        elif shape.torso == "hashed":
            inputs = shape.observation_shape[0]
            self.torso = HashedTorso(inputs, shape.num_actions, shape.width, shape.depth)
        else:
            inputs = math.prod(shape.observation_shape)
            self.torso = MLPTorso(inputs, shape.num_actions, shape.width, shape.depth)
        self.value_hidden = nn.Linear(self.torso.summary_width, VALUE_HIDDEN)
        self.value = nn.Linear(VALUE_HIDDEN, 1)

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, *observation_shape]` float32 to logits `[B, A]` and values `[B]` in [-1, 1]."""
        logits, summary = self.torso(observations)
        hidden = torch.relu_(self.value_hidden(summary))
        return logits, torch.tanh(self.value(hidden)).squeeze(1)


def fresh_net(shape: NetShape, seed: int) -> PolicyValueNet:
    """Build an untrained net; the same shape and seed give the same weights in every process.

    Weights and biases are uniform in +-1/sqrt(fan-in), as torch's own, but drawn by NumPy, since
    torch's numbers differ in the last bit between processors. Convolutions, which no normalisation
    follows, keep the size of their input (He et al. 2015, "Delving Deep into Rectifiers"),
    residual blocks start as the identity, and the first layer of hashed features is uniform in
    +-TABLE_BOUND. No global generator is moved.
    """
    net = empty_net(shape)
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                assert module.bias is not None
                bound = np.float32(math.sqrt(6.0 / module.weight[0].numel()))
                drawn = rng.random(tuple(module.weight.shape), dtype=np.float32)
                module.weight.copy_(torch.from_numpy((2.0 * drawn - 1.0) * bound))
                module.bias.zero_()
            elif isinstance(module, HashedTorso):
                module.scale.fill_(1.0)
                module.bias.zero_()
                drawn = rng.random(tuple(module.table.shape), dtype=np.float32)
                module.table.copy_(torch.from_numpy((2.0 * drawn - 1.0) * np.float32(TABLE_BOUND)))
            elif isinstance(module, nn.Linear):
                bound = np.float32(1.0 / math.sqrt(module.in_features))
                for parameter in module.parameters():
                    drawn = rng.random(tuple(parameter.shape), dtype=np.float32)
                    parameter.copy_(torch.from_numpy((2.0 * drawn - 1.0) * bound))
        for module in net.modules():
            if isinstance(module, ResidualBlock):
                module.second.weight.zero_()
    return net


def empty_net(shape: NetShape) -> PolicyValueNet:
    """Build a net whose weights are yet to be filled in."""
    with torch.device("meta"):
        net = PolicyValueNet(shape)
    return net.to_empty(device="cpu")


class PolicyNetwork(nn.Module):
    """Documented policy network with a value head.

    Args:
        state_dim: length of a state vector.
        action_dim: A.
        hidden_dims: widths of the hidden layers.
        dropout: share of hidden units dropped in training, in [0, 1).
        use_batch_norm: normalise hidden layers; single states are judged with the running
            statistics.
    """

    def __init__(
        self,
        state_dim: int,
        action_dim: int,
        hidden_dims: Sequence[int] = (256, 256, 128),
        dropout: float = 0.1,
        use_batch_norm: bool = True,
    ) -> None:
        super().__init__()
        self.state_dim, self.action_dim = state_dim, action_dim
        self.hidden = _hidden_layers(state_dim, hidden_dims, dropout, use_batch_norm)
        self.policy_head = nn.Linear(hidden_dims[-1], action_dim)
        self.value_head = nn.Linear(hidden_dims[-1], 1)

    def forward(self, state: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, state_dim]` to logits `[B, A]` and values `[B, 1]` in [-1, 1]."""
        features = _run(self.hidden, state, frozen=False)
        return self.policy_head(features), torch.tanh(self.value_head(features))

    def select_action(
        self,
        state: Tensor | FloatArray,
        temperature: float = 1.0,
        top_k: int | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> tuple[int, float]:
        """Draw an action for one state, always with the running statistics and without dropout.

        Args:
            state: `[state_dim]` or `[1, state_dim]`.
            temperature: divides the logits; 0 takes the most probable action.
            top_k: draw among the k most probable actions only; None means all.
            generator: source of randomness; torch's global one without it.

        Returns:
            The action, and its log-probability under the distribution it was drawn from
            (temperature and top_k included), so 0 for the one action that can be drawn.

        Raises:
            ShapeError: if there is more than one state, or it has the wrong length.
            ValueError: if the temperature is negative or top_k is below 1.
        """
        if temperature < 0 or (top_k is not None and top_k < 1):
            raise ValueError(f"temperature {temperature} must be >= 0 and top_k {top_k} >= 1")
        with torch.inference_mode():
            logits = self._frozen_logits(state)
            if logits.shape[0] != 1:
                raise ShapeError(f"select_action takes one state, not {logits.shape[0]}")
            kept = min(1 if temperature == 0 else top_k or self.action_dim, self.action_dim)
            best, actions = logits[0].topk(kept)
            log_probs = torch.log_softmax(best / (temperature or 1.0), dim=0)
            drawn = int(torch.multinomial(log_probs.exp(), 1, generator=generator))
            return int(actions[drawn]), float(log_probs[drawn])

    @torch.no_grad()
    def get_action_probs(self, state: Tensor | FloatArray) -> Tensor:
        """Return probabilities at temperature 1: `[A]` for `[state_dim]`, `[B, A]` for a batch."""
        probs = torch.softmax(self._frozen_logits(state), dim=1)
        return probs[0] if len(state.shape) == 1 else probs

    def _frozen_logits(self, state: Tensor | FloatArray) -> Tensor:
        batch = _as_batch(state, self.state_dim, self.policy_head.weight)
        return self.policy_head(_run(self.hidden, batch, frozen=True))


class ValueNetwork(nn.Module):
    """Documented value network.

    Args:
        state_dim: length of a state vector.
        hidden_dims: widths of the hidden layers.
        dropout: share of hidden units dropped in training, in [0, 1).
        output_activation: `tanh` for expected returns in [-1, 1], `sigmoid` for probabilities in
            [0, 1].
    """

    def __init__(
        self,
        state_dim: int,
        hidden_dims: Sequence[int] = (512, 256, 128),
        dropout: float = 0.1,
        output_activation: Literal["tanh", "sigmoid"] = "tanh",
    ) -> None:
        super().__init__()
        if output_activation not in ("tanh", "sigmoid"):
            raise ValueError(f"output_activation {output_activation!r}; expected tanh or sigmoid")
        self.state_dim, self.output_activation = state_dim, output_activation
        self.hidden = _hidden_layers(state_dim, hidden_dims, dropout, use_batch_norm=False)
        self.value_head = nn.Linear(hidden_dims[-1], 1)

    def forward(self, state: Tensor) -> Tensor:
        """Map `[B, state_dim]` to `[B, 1]`, in the range of the output activation."""
        return self._activate(_run(self.hidden, state, frozen=False))

    @torch.inference_mode()
    def evaluate(self, state: Tensor | FloatArray) -> float:
        """Judge one state, `[state_dim]` or `[1, state_dim]`, without dropout.

        Raises:
            ShapeError: if there is more than one state, or it has the wrong length.
        """
        batch = _as_batch(state, self.state_dim, self.value_head.weight)
        return float(self._activate(_run(self.hidden, batch, frozen=True)).squeeze())

    def _activate(self, features: Tensor) -> Tensor:
        value = self.value_head(features)
        return torch.tanh(value) if self.output_activation == "tanh" else torch.sigmoid(value)


def _hidden_layers(
    inputs: int, widths: Sequence[int], dropout: float, use_batch_norm: bool
) -> nn.ModuleList:
    if not widths:
        raise ShapeError("hidden_dims is empty; give at least one width")
    sizes = [inputs, *widths]
    return nn.ModuleList(
        nn.ModuleList(
            (
                nn.Linear(a, b),
                nn.BatchNorm1d(b) if use_batch_norm else nn.Identity(),
                nn.Dropout(dropout),
            )
        )
        for a, b in itertools.pairwise(sizes)
    )


def _run(layers: nn.ModuleList, features: Tensor, *, frozen: bool) -> Tensor:
    """Run hidden layers; frozen means as in evaluation, without touching the mode of any module."""
    for layer in layers:
        linear, norm, drop = cast(nn.ModuleList, layer)
        features = linear(features)
        if not frozen:
            features = norm(features)
        elif isinstance(norm, nn.BatchNorm1d):
            features = F.batch_norm(
                features, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps
            )
        features = torch.relu(features)
        features = features if frozen else drop(features)
    return features


def _as_batch(state: Tensor | FloatArray, state_dim: int, like: Tensor) -> Tensor:
    batch = torch.as_tensor(state, dtype=like.dtype, device=like.device)
    batch = batch.unsqueeze(0) if batch.dim() == 1 else batch
    if batch.dim() != 2 or batch.shape[1] != state_dim:
        raise ShapeError(f"state has shape {tuple(state.shape)}; expected [{state_dim}]")
    return batch
