"""Judge states with a trained net: arrays for tight loops, awaited micro-batches for graphs.

Rows are padded to multiples of ROW_MULTIPLE, on boards of BOARD_MULTIPLE: the matrix products of
torch's x86-64 builds then use the same kernels for a lone state as for a full batch, so a state's
result does not depend, to the last bit, on who was judged beside it, and a replayed run meets the
numbers of the first one. Letters: `B` batch, `A` actions.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neural.calibration import SIGNALS, signals_of
from neural.device import pick_precision
from neural.evaluation import Evaluation
from neural.micro_batching import MicroBatcher
from neural.model_files import BrokenWeightsError, Model, StaleWeightsError, training_command
from neural.policy_value import NetShape, ShapeError
from neural.torsos import BoardTorso
from tasks.protocol import BoolArray, Environment, FloatArray

ROW_MULTIPLE = 4
BOARD_MULTIPLE = 16
BOARD_ROWS = 256  # of one pass; twice as many are no faster
CACHED_FLOATS = (
    82_000  # of one layer; with 20 slots a pass of 64 rows costs half as much a row as 128
)
MAX_DEVICE_ROWS = 65_536
VECTOR = 16  # float32 in the widest vector register


class NetEvaluator:
    """Evaluator and BatchEvaluator over one model; keeps its own copy of the net.

    Attributes:
        name: `net:<kind>@<version>`.
        version: hash of the weights.
        environment_version: the rules that the weights were trained under.
        card: of the model.
        batcher: counts the passes of `evaluate`.
        precision: of a board's convolutions; everything else is float32.
    """

    def __init__(
        self, model: Model, device: str | torch.device = "cpu", precision: str = "float32"
    ) -> None:
        """Copy the net.

        Args:
            model: to judge with.
            device: where.
            precision: see `device.pick_precision`; nets without convolutions are float32 anyway.
        """
        self.card = model.card
        self.version = model.card.weights_version
        self.environment_version = model.card.environment_version
        self.name = f"net:{model.card.kind}@{self.version}"
        self.batcher = MicroBatcher(self.evaluate_batch)
        self._device = torch.device(device)
        self._on_host = self._device.type == "cpu"
        self._net = copy.deepcopy(model.net).eval().requires_grad_(False).to(self._device)
        self.precision = torch.float32
        if isinstance(self._net.torso, BoardTorso):
            self.precision = pick_precision(precision, self._device)
            layers = self._net.torso.convolutions.to(self.precision)
            layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        for parameter in self._net.torso.policy.parameters():  # logits / temperature, once for all
            parameter.div_(model.card.calibration.temperature)
        self._illegal = torch.tensor(-torch.inf, device=self._device)
        self._multiple = BOARD_MULTIPLE if model.card.shape.torso == "board" else ROW_MULTIPLE
        self._rows = _rows_per_pass(model.card.shape) if self._on_host else MAX_DEVICE_ROWS

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Judge `[B, *observation_shape]` with `[B, A]` legal: priors `[B, A]`, values `[B]`.

        Priors are exactly 0 where illegal and rows sum to 1; values are in [-1, 1] for the player
        to move.

        Raises:
            ShapeError: if shapes are not the net's or a row has no legal action.
            BrokenWeightsError: if the net gives something that is no number.
        """
        self._check_shapes(observations, legal)
        rows = len(observations)
        if rows <= self._rows:
            priors, values = self._forward(observations, legal)
        else:
            starts = range(0, rows, self._rows)
            cuts = [slice(start, start + self._rows) for start in starts]
            parts = [self._forward(observations[cut], legal[cut]) for cut in cuts]
            priors = np.concatenate([part[0] for part in parts])
            values = np.concatenate([part[1] for part in parts])
        if not math.isfinite(priors[:, :1].sum() + values.sum()):  # one column tells of its row
            _check_legal(legal)
            raise BrokenWeightsError(f"{self.name} gives values that are no numbers; retrain it")
        return priors, values

    def _forward(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        rows = len(observations)
        padded = -(-rows // self._multiple) * self._multiple
        if padded != rows:
            observations = _grown(observations, padded)
        with torch.inference_mode():
            logits, values = self._net(self._tensor(observations))
            if padded != rows:
                logits, values = logits[:rows], values[:rows]
            masked = torch.where(self._tensor(legal), logits, self._illegal)
            priors = masked.softmax(1) if masked.shape[1] >= VECTOR else _narrow_softmax(masked)
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

    def search_confidence(self, visit_counts: NDArray[Any], legal: BoolArray) -> float:
        """Return the probability that a search's most visited action is right, in [0, 1].

        Args:
            visit_counts: `[A]` of the root, not all 0.
            legal: `[A]` at the root.

        Returns:
            0 where this was never calibrated.
        """
        shares = (visit_counts / visit_counts.sum()).astype(np.float32)
        return float(self.card.search_calibration.confidence(shares[None], legal[None])[0])

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
        self._check_shapes(observations, legal)  # here: a bad request fails its own caller alone
        _check_legal(legal)
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

    def _check_shapes(self, observations: FloatArray, legal: BoolArray) -> None:
        shape = self.card.shape
        rows = len(observations)
        if observations.shape[1:] != shape.observation_shape or legal.shape != (
            rows,
            shape.num_actions,
        ):
            raise ShapeError(
                f"observations {list(observations.shape)} and legal {list(legal.shape)} do not fit "
                f"{self.name}; expected [B, *{list(shape.observation_shape)}] and "
                f"[B, {shape.num_actions}]"
            )

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        tensor = torch.from_numpy(array)
        return tensor if self._on_host else tensor.to(self._device)


def _narrow_softmax(logits: Tensor) -> Tensor:
    """Take the softmax of `[B, A]`, A below VECTOR: torch is fast on whole vectors, so fill up."""
    actions = logits.shape[1]
    filled = torch.nn.functional.pad(logits, (0, VECTOR - actions), value=-torch.inf)
    return filled.softmax(1)[:, :actions].contiguous()


def _rows_per_pass(shape: NetShape) -> int:
    """Return how many rows keep a layer's result in the processor's cache."""
    if shape.torso == "board":
        return BOARD_ROWS
    slots = shape.observation_shape[0] if shape.torso == "slots" else 1
    rows = CACHED_FLOATS // (slots * shape.width)
    return max(rows // ROW_MULTIPLE, 1) * ROW_MULTIPLE


def _check_legal(legal: BoolArray) -> None:
    fine = legal.any(axis=1)
    if not fine.all():
        raise ShapeError(f"row {int(fine.argmin())} has no legal action; do not ask at an end")


def _grown(array: FloatArray, rows: int) -> FloatArray:
    grown = np.zeros((rows, *array.shape[1:]), np.float32)
    grown[: len(array)] = array
    return grown
