"""An iteration that has not ended: what is known of one kind's share of it, and its record."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from training.fit import FitReport
from training.rows import Examples
from training.selfplay.judging import Judged
from training.selfplay.records import PlayedShards, Record
from training.selfplay.state import KindState


class UnfinishedIterationError(RuntimeError):
    """A step of an iteration before the one that comes first."""


class Clocks:
    """What has passed since it was made: seconds of a clock, and of the processor."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._began, self._processor = clock, clock(), time.process_time()

    def seconds(self) -> float:
        """Return the clock's."""
        return self._clock() - self._began

    def cpu_seconds(self) -> float:
        """Return the processor's, of this process."""
        return time.process_time() - self._processor


@dataclass(slots=True)
class UnderWay:
    """One kind's share of an iteration.

    Attributes:
        played: its shards.
        seconds: by step.
        report: of the fit; None before it.
        policy_examples, value_examples: that were fitted.
    """

    played: PlayedShards
    seconds: dict[str, float] = field(default_factory=dict)
    report: FitReport | None = None
    policy_examples: int = 0
    value_examples: int = 0

    def learned(self, report: FitReport, examples: Examples, seconds: float) -> None:
        """Note a fit."""
        self.report = report
        self.seconds["fit"] = seconds
        self.policy_examples = int((examples.policy_weights > 0).sum())
        self.value_examples = int((examples.value_weights > 0).sum())

    def fitted(self, kind: str) -> FitReport:
        """Return the report of the fit.

        Raises:
            UnfinishedIterationError: if there was none.
        """
        if self.report is None:
            raise UnfinishedIterationError(f"{kind} has played, but not learned; learn first")
        return self.report

    def record(
        self, iteration: int, kind: str, known: KindState, judged: Judged, released: str
    ) -> Record:
        """Return the figures of a finished iteration.

        Args:
            iteration: its number.
            kind: name.
            known: of the kind, after it.
            judged: what became of the challenger.
            released: where it went, in words; empty where it lost.
        """
        return {
            "iteration": iteration,
            "kind": kind,
            **self.played.figures(),
            "level": known.level,
            "policy_examples": self.policy_examples,
            "value_examples": self.value_examples,
            "fit": self.fitted(kind).to_json(),
            "calibration": judged.calibration,
            "confidence_ece": judged.challenger.card.calibration.ece,
            "comparison": judged.comparison,
            "rating": judged.rating,
            "weights_version": judged.challenger.card.weights_version,
            "released": released,
            "cpu_seconds": known.cpu_seconds,
            "seconds": self.seconds,
        }
