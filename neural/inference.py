"""Judge states with a trained net: arrays for tight loops, awaited micro-batches for graphs.

Rows are padded to multiples of ROW_MULTIPLE: matrix products then use the same kernels for a lone
state as for a full batch, so a state's result does not depend, to the last bit, on who was judged
beside it, and a replayed run meets the numbers of the first one. Letters: `B` batch, `A` actions.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neural.calibration import SIGNALS, signals_of
from neural.evaluation import Evaluation
from neural.micro_batching import MicroBatcher
from neural.model_files import Model, StaleWeightsError, training_command
from neural.policy_value import ShapeError
from tasks.protocol import BoolArray, Environment, FloatArray

ROW_MULTIPLE = 4


class NetEvaluator:
    """Evaluator and BatchEvaluator over one model; keeps its own copy of the net.

    Attributes:
        name: `net:<kind>@<version>`.
        version: hash of the weights.
        environment_version: the rules that the weights were trained under.
        card: of the model.
        batcher: counts the passes of `evaluate`.
    """

    def __init__(self, model: Model, device: str | torch.device = "cpu") -> None:
        self.card = model.card
        self.version = model.card.weights_version
        self.environment_version = model.card.environment_version
        self.name = f"net:{model.card.kind}@{self.version}"
        self.batcher = MicroBatcher(self.evaluate_batch)
        self._device = torch.device(device)
        self._on_host = self._device.type == "cpu"
        self._net = copy.deepcopy(model.net).eval().requires_grad_(False).to(self._device)
        self._temperature = model.card.calibration.temperature
        self._illegal = torch.tensor(-torch.inf, device=self._device)

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Judge `[B, *observation_shape]` with `[B, A]` legal: priors `[B, A]`, values `[B]`.

        Priors are exactly 0 where illegal and rows sum to 1; values are in [-1, 1] for the player
        to move.

        Raises:
            ShapeError: if shapes are not the net's or a row has no legal action.
        """
        self._check(observations, legal)
        rows = len(observations)
        padded = -(-rows // ROW_MULTIPLE) * ROW_MULTIPLE
        if padded != rows:
            observations = _grown(observations, padded)
        with torch.inference_mode():
            logits, values = self._net(self._tensor(observations))
            if padded != rows:
                logits, values = logits[:rows], values[:rows]
            if self._temperature != 1.0:
                logits = logits.div_(self._temperature)
            priors = torch.where(self._tensor(legal), logits, self._illegal).softmax(1)
            if self._on_host:
                return priors.numpy(), values.numpy()
            return priors.cpu().numpy(), values.cpu().numpy()

    async def evaluate(
        self, environment: Environment[Any], states: Sequence[Any]
    ) -> list[Evaluation]:
        """Judge states, one Evaluation each in order, joined with other callers of this moment.

        Raises:
            StaleWeightsError: if the environment is not the one that the weights were trained
                under.
            ShapeError: if a state is terminal, so that nothing is legal in it.
        """
        if not states:
            return []
        observations, legal = self._observe(environment, states)
        share = await self.batcher.judge(observations, legal)
        return self._evaluations(share.priors, share.values, legal, share.seconds_each)

    def judge(self, environment: Environment[Any], states: Sequence[Any]) -> list[Evaluation]:
        """Do the same without waiting for anyone, in the caller's thread."""
        if not states:
            return []
        started = time.perf_counter()
        observations, legal = self._observe(environment, states)
        priors, values = self.evaluate_batch(observations, legal)
        return self._evaluations(
            priors, values, legal, (time.perf_counter() - started) / len(states)
        )

    def _observe(
        self, environment: Environment[Any], states: Sequence[Any]
    ) -> tuple[FloatArray, BoolArray]:
        if environment.version != self.environment_version:
            raise StaleWeightsError(
                f"{self.name} was trained for environment {self.environment_version!r}, not "
                f"{environment.version!r}; retrain with `{training_command(self.card.kind)}`"
            )
        observations = np.stack([environment.observe(state) for state in states])
        legal = np.stack([environment.legal(state) for state in states])
        self._check(observations, legal)  # here, so that a bad request fails its own caller alone
        return observations, legal

    def _evaluations(
        self,
        priors: FloatArray,
        values: NDArray[np.float32],
        legal: BoolArray,
        seconds_each: float,
    ) -> list[Evaluation]:
        signals = signals_of(priors, legal)
        confidence = self.card.calibration.confidence_of(signals)
        return [
            Evaluation(
                priors=row,
                value=value,
                confidence=sure,
                source=self.name,
                signals=dict(zip(SIGNALS, raw, strict=True)),
                seconds=seconds_each,
            )
            for row, value, sure, raw in zip(
                priors, values.tolist(), confidence.tolist(), signals.tolist(), strict=True
            )
        ]

    def _check(self, observations: FloatArray, legal: BoolArray) -> None:
        shape = self.card.shape
        if observations.shape[1:] != shape.observation_shape or legal.shape != (
            len(observations),
            shape.num_actions,
        ):
            raise ShapeError(
                f"observations {list(observations.shape)} and legal {list(legal.shape)} do not fit "
                f"{self.name}; "
                f"expected [B, *{list(shape.observation_shape)}] and [B, {shape.num_actions}]"
            )
        if not legal.any(axis=1).all():
            raise ShapeError(
                f"row {int(legal.any(axis=1).argmin())} has no legal action; do not ask at an end"
            )

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        tensor = torch.from_numpy(array)
        return tensor if self._on_host else tensor.to(self._device)


def _grown(array: FloatArray, rows: int) -> FloatArray:
    grown = np.zeros((rows, *array.shape[1:]), np.float32)
    grown[: len(array)] = array
    return grown
