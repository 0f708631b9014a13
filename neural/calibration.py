"""Turn a net's priors into an honest probability that its first choice is right.

A temperature fitted by likelihood corrects the priors (Guo et al. 2017, "On Calibration of Modern
Neural Networks", section 4.2); a logistic map from three signals of the whole prior then gives the
confidence, with the targets of Platt 1999, "Probabilistic Outputs for Support Vector Machines",
section 2.2, so that no finite sample makes it certain. Which samples to fit on is training's
affair. Letters: `B` batch, `A` actions.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import BoolArray, FloatArray

Array = NDArray[np.float64]

SIGNALS = ("top", "margin", "entropy")
SIGNS = np.array(
    [1.0, 1.0, -1.0]
)  # confidence may only rise with top and margin, and fall with entropy
MIN_SAMPLES = 20
RIDGE = 1e-2  # on the three weights, not on the bias
LOG_TEMPERATURES = (math.log(0.05), math.log(20.0))  # where the temperature is sought
BINS = 15


class CalibrationError(ValueError):
    """Samples that cannot be calibrated on: too few, or not fitting together."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted map from logits to priors and from priors to confidence.

    Attributes:
        temperature: divides the logits, above 0.
        weights: of the signals top, margin and entropy.
        bias: of the logistic map.
        n: samples it was fitted on; 0 means not calibrated, and the confidence is then always 0.
        ece, brier: expected calibration error and mean squared error of the confidence on halves of
            the sample that it was not fitted on; 1, the worst there is, without samples.
    """

    temperature: float
    weights: tuple[float, float, float]
    bias: float
    n: int
    ece: float = 1.0
    brier: float = 1.0

    @property
    def is_fitted(self) -> bool:
        """Whether the confidence means anything."""
        return self.n > 0

    def priors(self, logits: FloatArray, legal: BoolArray) -> FloatArray:
        """Turn logits `[B, A]` into priors: exactly 0 where illegal, rows sum to 1."""
        return masked_softmax(logits / np.float32(self.temperature), legal)

    def confidence(self, priors: FloatArray, legal: BoolArray) -> FloatArray:
        """Return `[B]` in [0, 1]: how probably the first choice of priors `[B, A]` is right."""
        return self.confidence_of(signals_of(priors, legal))

    def confidence_of(self, signals: FloatArray) -> FloatArray:
        """Return the same from signals `[B, 3]`."""
        if not self.is_fitted:
            return np.zeros(len(signals), np.float32)
        return _sigmoid(signals @ np.array(self.weights) + self.bias).astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {**asdict(self), "weights": list(self.weights)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Calibration:
        """Read back `to_json`; a missing or unknown field is a TypeError or KeyError."""
        return cls(**{**data, "weights": tuple(data["weights"])})


UNCALIBRATED = Calibration(temperature=1.0, weights=(0.0, 0.0, 0.0), bias=0.0, n=0)


def fit_calibration(
    logits: FloatArray, legal: BoolArray, targets: FloatArray, right: BoolArray
) -> Calibration:
    """Fit temperature and confidence on positions that the net was not trained on.

    Args:
        logits: `[B, A]`, as the net gives them.
        legal: `[B, A]`.
        targets: `[B, A]`, distributions over legal actions, such as visit counts or equal shares of
            the best actions.
        right: `[B]`, whether the legal action with the highest logit is right.

    Raises:
        CalibrationError: if there are fewer than MIN_SAMPLES rows, shapes differ, or a target gives
            weight to an illegal action.
    """
    if not (logits.shape == legal.shape == targets.shape and right.shape == logits.shape[:1]):
        shapes = [logits.shape, legal.shape, targets.shape, right.shape]
        raise CalibrationError(f"shapes {shapes} differ; expected [B, A] three times and [B]")
    if (targets[~legal] != 0).any():
        raise CalibrationError("targets give weight to illegal actions; mask them first")
    if len(logits) < MIN_SAMPLES:
        raise CalibrationError(f"{len(logits)} samples are too few; give at least {MIN_SAMPLES}")
    return fit_confidence(logits, legal, right, fit_temperature(logits, legal, targets))


def fit_confidence(
    logits: FloatArray, legal: BoolArray, right: BoolArray, temperature: float
) -> Calibration:
    """Fit the confidence alone, for a temperature that was found in another way.

    Args:
        logits: `[B, A]`, as the net gives them.
        legal: `[B, A]`.
        right: `[B]`, as for `fit_calibration`; even rows are judged by odd ones and odd by even.
        temperature: above 0.

    Raises:
        CalibrationError: if there are fewer than MIN_SAMPLES rows.
    """
    if len(logits) < MIN_SAMPLES:
        raise CalibrationError(f"{len(logits)} samples are too few; give at least {MIN_SAMPLES}")
    signals = signals_of(masked_softmax(logits / np.float32(temperature), legal), legal)
    held_out = np.empty(len(right), np.float64)
    for half in (0, 1):
        weights, bias = _fit_logistic(signals[1 - half :: 2], right[1 - half :: 2])
        held_out[half::2] = _sigmoid(signals[half::2] @ weights + bias)
    weights, bias = _fit_logistic(signals, right)
    return Calibration(
        temperature=temperature,
        weights=(float(weights[0]), float(weights[1]), float(weights[2])),
        bias=bias,
        n=len(right),
        ece=expected_calibration_error(held_out, right),
        brier=brier_score(held_out, right),
    )


def fit_temperature(logits: FloatArray, legal: BoolArray, targets: FloatArray) -> float:
    """Return the temperature in [0.05, 20] under which the targets are most likely.

    The loss is convex in 1/T, so golden-section search finds its one minimum; same data, same
    result.
    """

    def loss(log_temperature: float) -> float:
        log_priors = _log_softmax(logits.astype(np.float64) * math.exp(-log_temperature), legal)
        return -float((targets * np.where(targets > 0, log_priors, 0.0)).sum()) / len(logits)

    low, high = LOG_TEMPERATURES
    golden = (math.sqrt(5.0) - 1.0) / 2.0
    left, right = high - golden * (high - low), low + golden * (high - low)
    loss_left, loss_right = loss(left), loss(right)
    while high - low > 1e-5:
        if loss_left <= loss_right:
            high, right, loss_right = right, left, loss_left
            left = high - golden * (high - low)
            loss_left = loss(left)
        else:
            low, left, loss_left = left, right, loss_right
            right = low + golden * (high - low)
            loss_right = loss(right)
    return math.exp((low + high) / 2)


def masked_softmax(logits: FloatArray, legal: BoolArray) -> FloatArray:
    """Return the softmax of `[B, A]` over legal actions, exactly 0 elsewhere.

    Every row must have a legal action; a row without one becomes NaN.
    """
    return np.exp(_log_softmax(logits, legal)).astype(np.float32)


def signals_of(priors: FloatArray, legal: BoolArray) -> FloatArray:
    """Read top, margin and entropy off priors `[B, A]`, all in [0, 1].

    Returns:
        `[B, 3]`: the highest prior; its lead over the second; the entropy over its maximum, the
        logarithm of the number of legal actions (0 where only one is legal).
    """
    if priors.shape[1] > 1:
        second, top = np.partition(priors, -2, axis=1)[:, -2:].T
    else:
        second, top = np.zeros(len(priors), np.float32), priors[:, 0]
    entropy = -(priors * np.log(np.maximum(priors, 1e-30))).sum(1)
    most = np.log(np.maximum(np.count_nonzero(legal, axis=1), 1.0))
    share = np.minimum(entropy / np.maximum(most, 1e-30), 1.0) * (most > 0)
    return np.stack((top, top - second, share), axis=1).astype(np.float32)


def expected_calibration_error(
    confidence: NDArray[np.floating[Any]], right: BoolArray, bins: int = BINS
) -> float:
    """Return the mean gap between confidence and accuracy over equal intervals, by their share.

    Source: Guo et al. 2017, equation 3.
    """
    index = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gap = np.bincount(index, confidence.astype(np.float64) - right, minlength=bins)
    return float(np.abs(gap).sum() / len(right))


def brier_score(confidence: NDArray[np.floating[Any]], right: BoolArray) -> float:
    """Return the mean squared distance between confidence and outcome, in [0, 1]."""
    return float(np.mean((confidence.astype(np.float64) - right) ** 2))


def _fit_logistic(signals: FloatArray, right: BoolArray) -> tuple[Array, float]:
    """Fit weights that keep their signs; the best of the eight fits with some weights held at 0.

    The loss is convex, so its minimum under the signs is the free minimum over the weights that are
    not 0 in
    it: trying all eight sets finds it exactly.
    """
    best: tuple[float, Array, float] | None = None
    positives = float(right.sum())
    high = (positives + 1) / (positives + 2)
    low = 1 / (len(right) - positives + 2)
    targets = np.where(right, high, low)
    for used in product((False, True), repeat=len(SIGNALS)):
        columns = np.array(used)
        loss, coefficients = _newton(signals[:, columns].astype(np.float64), targets)
        weights = np.zeros(len(SIGNALS))
        weights[columns] = coefficients[:-1]
        if (weights * SIGNS >= 0).all() and (best is None or loss < best[0]):
            best = loss, weights, float(coefficients[-1])
    assert best is not None, "the set without weights always keeps the signs"
    return best[1], best[2]


def _newton(features: Array, targets: Array) -> tuple[float, Array]:
    """Minimise the ridged logistic loss; coefficients end with the bias."""
    design = np.hstack([features, np.ones((len(features), 1))])
    ridge = np.diag([RIDGE] * features.shape[1] + [0.0])
    coefficients = np.zeros(design.shape[1])
    value = _logistic_loss(design, targets, ridge, coefficients)
    for _ in range(100):
        predicted = _sigmoid(design @ coefficients)
        slope = design.T @ (predicted - targets) + ridge @ coefficients
        curvature = (design.T * (predicted * (1 - predicted))) @ design + ridge
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(slope)), slope)
        size = 1.0
        while (lower := _logistic_loss(design, targets, ridge, coefficients - size * step)) > value:
            size /= 2
            if size < 1e-6:
                return value, coefficients
        coefficients = coefficients - size * step
        if value - lower < 1e-10 * (1 + abs(value)):
            return lower, coefficients
        value = lower
    return value, coefficients


def _logistic_loss(design: Array, targets: Array, ridge: Array, coefficients: Array) -> float:
    scores = design @ coefficients
    likelihood = np.logaddexp(0.0, scores) - targets * scores
    return float(likelihood.sum() + 0.5 * coefficients @ ridge @ coefficients)


def _log_softmax(logits: NDArray[Any], legal: BoolArray) -> NDArray[Any]:
    masked = np.where(legal, logits, -np.inf)
    shifted = masked - masked.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _sigmoid(scores: NDArray[Any]) -> Array:
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(scores, np.float64)))
