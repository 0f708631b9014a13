"""What the documented networks propose, with a confidence from the whole prior or the value.

A network is any torch module with the forward of `neural.policy_value.PolicyNetwork` or
`ValueNetwork`. It is run as in evaluation; its mode is put back. Letters: `B` batch, `D` state
length, `A` actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from neural.calibration import masked_softmax, signals_of
from neural.evaluation import Evaluation
from tasks.protocol import BoolArray, Environment, FloatArray

UNCALIBRATED_PRIOR = "uncalibrated: highest prior at temperature 1"
UNCALIBRATED_VALUE = "uncalibrated: (1 + |value|) / 2"
CALIBRATED = "calibrated"


class BrokenNetworkError(RuntimeError):
    """A network that gives no finite numbers, or values outside their range."""


class PriorCalibration(Protocol):
    """What `neural.calibration.Calibration` does."""

    def priors(self, logits: FloatArray, legal: BoolArray) -> FloatArray:
        """Turn logits `[B, A]` into priors over legal actions."""
        ...

    def confidence(self, priors: FloatArray, legal: BoolArray) -> FloatArray:
        """Return `[B]` in [0, 1]: how probably the highest prior is right."""
        ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a policy network makes of one state.

    Attributes:
        priors: `[A]`, 0 where illegal, sums to 1.
        value: of the network's value head, in [-1, 1].
        confidence: in [0, 1]; `basis` says what kind of number it is.
    """

    priors: FloatArray
    value: float
    confidence: float
    basis: str

    @property
    def action(self) -> int:
        """Return the action with the highest prior, the first of equals."""
        return int(np.argmax(self.priors))


def propose(
    network: nn.Module,
    states: FloatArray,
    legal: BoolArray,
    calibration: PriorCalibration | None,
) -> list[Proposal]:
    """Run a policy network on `[B, D]` states with `[B, A]` legal actions.

    Without a calibration the confidence is the highest prior at temperature 1: a signal, and
    labelled so.

    Raises:
        BrokenNetworkError: if an output is not finite or a value is outside [-1, 1].
        ValueError: if shapes do not fit.
    """
    logits_, values_ = _run(network, states)
    logits, values = logits_.numpy(), values_.numpy().reshape(-1)
    if logits.shape != legal.shape or len(values) != len(logits):
        raise ValueError(
            f"the network gave logits {logits.shape} and {len(values)} values for legal actions "
            f"{legal.shape}; expected one row and one value each"
        )
    if not np.isfinite(logits).all() or not (np.abs(values) <= 1.0).all():
        raise BrokenNetworkError("the policy network's logits or values are no usable numbers")
    if calibration is None:
        priors = masked_softmax(logits, legal)
        confidence = signals_of(priors, legal)[:, 0]
    else:
        priors = calibration.priors(logits, legal)
        confidence = calibration.confidence(priors, legal)
    basis = UNCALIBRATED_PRIOR if calibration is None else CALIBRATED
    return [
        Proposal(priors[row], float(values[row]), float(confidence[row]), basis)
        for row in range(len(priors))
    ]


def appraise(
    network: nn.Module, state: FloatArray, calibration: Callable[[float], float] | None
) -> tuple[float, float, str]:
    """Run a value network on one `[1, D]` state.

    A calibration turns a value in [-1, 1] into the probability that its sign is right.

    Returns:
        The value in [-1, 1], a confidence in [0, 1] and its basis. A network whose output is a
        probability (`output_activation == "sigmoid"`) is rescaled. Without a calibration the
        confidence is (1 + |value|) / 2: what it would be if the values were honest expectations
        of +-1.

    Raises:
        BrokenNetworkError: if the output is not a number in the range of its activation.
    """
    value = float(_run(network, state)[0].reshape(-1)[0])
    if getattr(network, "output_activation", "tanh") == "sigmoid":
        value = 2.0 * value - 1.0
    if not -1.0 <= value <= 1.0:
        raise BrokenNetworkError(f"the value network gave {value}; expected [-1, 1], as from tanh")
    if calibration is None:
        return value, (1.0 + abs(value)) / 2.0, UNCALIBRATED_VALUE
    return value, calibration(value), CALIBRATED


def count_actions(network: nn.Module, states: FloatArray) -> int:
    """Return A: what the network says of itself, else the width of its logits."""
    told = getattr(network, "action_dim", None)
    return int(told) if isinstance(told, int) else int(_run(network, states)[0].shape[1])


class PolicyNetEvaluator:
    """An Evaluator over a policy network with a value head; observations are flattened."""

    name = "net:policy"

    def __init__(self, network: nn.Module, calibration: PriorCalibration | None) -> None:
        self._network, self._calibration = network, calibration

    async def evaluate(
        self, environment: Environment[Any], states: Sequence[Any]
    ) -> list[Evaluation]:
        """Judge the states in one batch."""
        observations = np.stack([environment.observe(state).reshape(-1) for state in states])
        legal = np.stack([environment.legal(state) for state in states])
        proposals = propose(self._network, observations, legal, self._calibration)
        return [Evaluation(p.priors, p.value, p.confidence, self.name) for p in proposals]


def as_states(state: Any) -> FloatArray:
    """Turn one state (tensor, array or numbers) into `[1, D]` float32.

    Raises:
        ValueError: if it is more than one state.
    """
    array = state.detach().cpu().numpy() if isinstance(state, Tensor) else np.asarray(state)
    array = np.asarray(array, np.float32)
    if array.ndim == 1:
        array = array[None]
    if array.ndim != 2 or len(array) != 1:
        raise ValueError(f"state has shape {array.shape}; expected one vector")
    return array


@torch.no_grad()
def _run(network: nn.Module, states: FloatArray) -> tuple[Tensor, ...]:
    parameter = next(network.parameters(), None)
    device = parameter.device if parameter is not None else torch.device("cpu")
    with _as_in_evaluation(network):
        output = network(torch.from_numpy(states).to(device))
    outputs = output if isinstance(output, tuple) else (output,)
    return tuple(part.detach().float().cpu() for part in outputs)


@contextmanager
def _as_in_evaluation(network: nn.Module) -> Iterator[None]:
    training = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(training)
