"""What a judge of positions says, and the two shapes of a judge.

`Evaluator` is the awaited one (networks, language models and the router between them look alike to
the search); `BatchEvaluator` is the in-process one that a tight loop calls with arrays. Networks
are both. Letters: `B` batch, `A` actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import BoolArray, Environment, FloatArray


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A judgement of one state.

    Attributes:
        priors: `[A]` float32, sums to 1 over legal actions, 0 elsewhere.
        value: expected return in [-1, 1] for the player to move.
        confidence: calibrated probability that the action with the highest prior is right,
            in [0, 1].
        signals: raw numbers the confidence came from (top, margin, entropy); not probabilities of
            being right.
        source: `net:<version>` or `llm:<provider>/<model>`.
        spread: disagreement between ensemble members, 0 if there is one.
        seconds, dollars: this state's share of what the call took.
    """

    priors: FloatArray
    value: float
    confidence: float
    source: str
    signals: Mapping[str, float] = field(default_factory=dict)
    spread: float = 0.0
    seconds: float = 0.0
    dollars: float = 0.0

    def __post_init__(self) -> None:
        if not (-1.0 - 1e-6 <= self.value <= 1.0 + 1e-6):
            raise ValueError(
                f"value {self.value} is outside [-1, 1]; use tanh or rescale the returns"
            )
        if abs(float(self.priors.sum()) - 1.0) > 1e-3:
            raise ValueError(
                f"priors sum to {float(self.priors.sum())}, not 1; normalise over legal actions"
            )


class Evaluator(Protocol):
    """Awaited judge: one Evaluation per state, in order."""

    name: str

    async def evaluate(
        self, environment: Environment[Any], states: Sequence[Any]
    ) -> list[Evaluation]:
        """Judge the states."""
        ...


class BatchEvaluator(Protocol):
    """In-process judge over arrays; never awaits.

    Attributes:
        version: hash of the weights; evaluation caches are keyed by it.
        environment_version: the rules that the weights were trained under.
    """

    version: str
    environment_version: str

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Judge `[B, *observation_shape]` with `[B, A]` legal: priors `[B, A]`, values `[B]`."""
        ...
