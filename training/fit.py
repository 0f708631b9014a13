"""Fit a copy of a net to examples.

Loss: cross-entropy of the policy over legal actions, plus `legality_share` times minus the
logarithm of the mass that the unmasked softmax puts on them, plus the loss of the value: its
squared error, unless another one is asked for (`value_loss`).
AlphaZero (Silver et al. 2018) masks and learns nothing about illegal moves; with the second term
the raw net knows the rules too, which is what the documented figure of legal moves before masking
measures. AdamW instead of SGD with momentum. Where rows come from is `examples`; whether the
result is any better is decided by `compare`, not here. Letters: `N` rows, `B` batch, `A` actions.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neural.device import pick_precision
from neural.policy_value import PolicyValueNet
from neural.torsos import BoardTorso
from training.rows import Examples
from training.value_loss import ValueLoss, ValueLossName


class FitError(RuntimeError):
    """A fit that cannot count as training: the loss is not finite, or no weight changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FitConfig:
    """How to fit.

    Attributes:
        epochs: at most; `patience` epochs without a better held-out loss end the fit, and the
            best is kept.
        batch_size: rows of a step.
        learning_rate: at the start; the cosine schedule ends at a hundredth of it.
        weight_decay: of AdamW.
        held_out_share: of the groups of equal positions, never trained on.
        value_weight: of the value loss.
        legality_share: weight of the legality term.
        precision: of a board's convolutions, see `device.pick_precision`; weights, heads and
            losses are float32 always.
        value_loss: see `value_loss.ValueLoss`.
    """

    epochs: int = 40
    batch_size: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    schedule: Literal["cosine", "constant"] = "cosine"
    held_out_share: float = 0.1
    patience: int = 8
    value_weight: float = 1.0
    legality_share: float = 0.1
    precision: str = "float32"
    value_loss: ValueLossName = "mse"

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch_size, self.patience) < 1:
            raise ValueError("epochs, batch_size and patience must be 1 or more")
        if not 0.0 <= self.held_out_share < 1.0 or self.learning_rate <= 0:
            raise ValueError(
                f"held_out_share {self.held_out_share} must be in [0, 1), learning_rate "
                f"{self.learning_rate} above 0"
            )
        ValueLoss(self.value_loss)


@dataclass(frozen=True, slots=True)
class Losses:
    """Weighted means over rows: policy and legality in nats, value as the fit's value loss."""

    policy: float
    legality: float
    value: float

    def total(self, config: FitConfig) -> float:
        """Return what the fit makes small."""
        return (
            self.policy + config.legality_share * self.legality + config.value_weight * self.value
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FitReport:
    """What a fit did; losses are on held-out rows, or on training rows where none are held out."""

    rows: int
    held_out_rows: int
    target_sources: Mapping[str, int]
    epochs: int
    best_epoch: int
    steps: int
    seconds: float
    before: Losses
    after: Losses

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FitResult:
    """The fitted copy, the optimiser's state for going on with it, and the report."""

    net: PolicyValueNet
    optimiser: dict[str, Any]
    report: FitReport


def fit(
    net: PolicyValueNet,
    examples: Examples,
    config: FitConfig,
    seed: int,
    optimiser: dict[str, Any] | None = None,
    device: str | torch.device = "cpu",
) -> FitResult:
    """Fit a copy of the net; the net itself stays as it is.

    Args:
        net: what the copy starts from.
        examples: at least one row with a weight.
        config: how.
        seed: of the held-out groups and of the order of rows.
        optimiser: AdamW's state of an earlier fit of the same net, to go on from.
        device: where to compute; the result is on the processor.

    Raises:
        FitError: if there is nothing to fit, the loss stops being finite, or no weight changed.
    """
    started = time.perf_counter()
    rng = np.random.default_rng(seed)
    training, held_out = _split(examples, config.held_out_share, rng)
    if not (examples.policy_weights[training].any() or examples.value_weights[training].any()):
        raise FitError(f"no row of {len(examples)} has a target to learn from")
    rows = _Tensors(examples, device, config.value_loss)
    learner = _learner(net, device, config.precision)
    stepper = torch.optim.AdamW(
        learner.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
    )
    if optimiser is not None:
        stepper.load_state_dict(optimiser)
    judged_on = held_out if len(held_out) else training
    before = _losses(learner, rows, judged_on)
    per_epoch = math.ceil(len(training) / config.batch_size)
    best = (math.inf, 0)
    best_weights = best_state = None
    epoch = 0
    for epoch in range(1, config.epochs + 1):
        order = rng.permutation(training)
        for number, start in enumerate(range(0, len(order), config.batch_size)):
            done = (epoch - 1 + number / per_epoch) / config.epochs
            _set_rate(stepper, config, done)
            _step(learner, stepper, rows, order[start : start + config.batch_size], config)
        loss = _losses(learner, rows, judged_on).total(config)
        if not math.isfinite(loss):
            raise FitError(f"the loss became {loss} in epoch {epoch}; lower the learning rate")
        if loss < best[0]:
            best = (loss, epoch)
            best_weights = copy.deepcopy(learner.state_dict())
            best_state = copy.deepcopy(stepper.state_dict())
        elif epoch - best[1] >= config.patience and len(held_out):
            break
    assert best_weights is not None
    assert best_state is not None
    learner.load_state_dict(best_weights)
    after = _losses(learner, rows, judged_on)
    fitted = copy.deepcopy(net).cpu().eval()
    fitted.load_state_dict(learner.state_dict())
    _check_changed(net, fitted)
    report = FitReport(
        rows=len(training),
        held_out_rows=len(held_out),
        target_sources=examples.sources,
        epochs=epoch,
        best_epoch=best[1],
        steps=epoch * per_epoch,
        seconds=time.perf_counter() - started,
        before=before,
        after=after,
    )
    return FitResult(fitted, best_state, report)


def total_loss(net: PolicyValueNet, examples: Examples, config: FitConfig) -> float:
    """Return what a fit makes small, as a mean over all rows, in float32."""
    rows = _Tensors(examples, "cpu", config.value_loss)
    return _losses(net, rows, np.arange(len(examples))).total(config)


def _learner(net: PolicyValueNet, device: str | torch.device, precision: str) -> PolicyValueNet:
    """Return a copy to be trained; boards are laid out and computed as is fastest."""
    learner = copy.deepcopy(net).to(device).train().requires_grad_(True)
    if isinstance(learner.torso, BoardTorso):
        layers: Any = learner.torso.convolutions
        layers.to(memory_format=torch.channels_last)
        learner.torso.in_bfloat16 = pick_precision(precision, device) == torch.bfloat16
    return learner


class _Tensors:
    """Examples as tensors of one device; weights scaled so that each mean weight is 1."""

    def __init__(
        self, examples: Examples, device: str | torch.device, value_loss: ValueLossName
    ) -> None:
        self.value_loss = ValueLoss(value_loss)
        self.observations = torch.from_numpy(examples.observations).to(device)
        self.legal = torch.from_numpy(examples.legal).to(device)
        self.policies = torch.from_numpy(examples.policies).to(device)
        self.values = torch.from_numpy(examples.values).to(device)
        self.policy_weights = _scaled(examples.policy_weights).to(device)
        self.value_weights = _scaled(examples.value_weights).to(device)

    def losses(self, net: PolicyValueNet, index: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return each row's losses, weighted, `[B]` three times: policy, legality, value."""
        logits, values = net(self.observations[index])
        legal, policies = self.legal[index], self.policies[index]
        weight = self.policy_weights[index]
        legal_logits = logits.masked_fill(~legal, -torch.inf)
        log_mass = torch.logsumexp(legal_logits, 1)
        log_priors = (logits - log_mass.unsqueeze(1)).masked_fill(~legal, 0.0)
        policy = -(policies * log_priors).sum(1) * weight
        legality = (torch.logsumexp(logits, 1) - log_mass) * weight
        value = self.value_loss.of_rows(values, self.values[index]) * self.value_weights[index]
        return policy, legality, value


def _step(
    learner: PolicyValueNet,
    stepper: torch.optim.AdamW,
    rows: _Tensors,
    index: NDArray[np.int64],
    config: FitConfig,
) -> None:
    policy, legality, value = rows.losses(learner, torch.from_numpy(index))
    loss = (policy + config.legality_share * legality + config.value_weight * value).mean()
    if not bool(torch.isfinite(loss)):
        raise FitError(f"the loss is {loss.item()}; look at the targets or lower the learning rate")
    stepper.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    stepper.step()


@torch.no_grad()
def _losses(net: PolicyValueNet, rows: _Tensors, index: NDArray[np.int64]) -> Losses:
    sums = torch.zeros(3, dtype=torch.float64)
    weights = torch.zeros(2, dtype=torch.float64)
    for start in range(0, len(index), 4096):
        chunk = torch.from_numpy(index[start : start + 4096])
        parts = rows.losses(net, chunk)
        sums += torch.stack([p.sum().double().cpu() for p in parts])
        used = (rows.policy_weights[chunk], rows.value_weights[chunk])
        weights += torch.stack([w.sum().double().cpu() for w in used])
    policy_weight, value_weight = (max(float(w), 1e-12) for w in weights)
    return Losses(
        float(sums[0]) / policy_weight,
        float(sums[1]) / policy_weight,
        float(sums[2]) / value_weight,
    )


def _split(
    examples: Examples, share: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return row indices for training and held out; images of one position stay together."""
    groups = np.unique(examples.groups)
    chosen = rng.permutation(groups)[: int(len(groups) * share)]
    held_out = np.isin(examples.groups, chosen)
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def _scaled(weights: NDArray[np.float32]) -> Tensor:
    mean = float(weights.mean()) if len(weights) else 0.0
    return torch.from_numpy(weights / mean if mean > 0 else weights)


def _set_rate(stepper: torch.optim.AdamW, config: FitConfig, done: float) -> None:
    """Set the learning rate for a share `done` of the epochs."""
    factor = 1.0
    if config.schedule == "cosine":
        factor = 0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * done))
    for group in stepper.param_groups:
        group["lr"] = config.learning_rate * factor


def _check_changed(old: PolicyValueNet, new: PolicyValueNet) -> None:
    pairs = zip(old.state_dict().values(), new.state_dict().values(), strict=True)
    if all(torch.equal(a.cpu(), b) for a, b in pairs):
        raise FitError("the fit changed no weight, so nothing was learned; check rate and targets")
