"""The record of a risk certificate: which thresholds keep which promise, for which weights.

Certificates are fitted elsewhere; a router only reads them. What a certificate does not cover
is not promised, so a router that holds one hands such decisions over.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphs.routing.decision import DecisionKind, Offer


class CertificateError(ValueError):
    """A certificate whose fields cannot be right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CertifiedThreshold:
    """Accept from this confidence upwards, for decisions of one kind in one traffic slice.

    Attributes:
        slice: as in `Offer.slice`, by default the task kind.
        threshold: on the confidence, in [0, 1].
        model_version: the weights whose confidences were calibrated; of no other.
    """

    kind: DecisionKind
    slice: str
    threshold: float
    model_version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """Thresholds that keep a promise.

    Attributes:
        id: names the certificate in every decision made by it.
        risk: points of loss promised not to be exceeded, in [0, 1].
        assurance: probability, over the calibration sample, that the promise holds, in (0, 1).
        samples: labelled decisions it was fitted on.
        thresholds: at most one per kind, slice and version.
    """

    id: str
    risk: float
    assurance: float
    samples: int
    thresholds: tuple[CertifiedThreshold, ...]

    def __post_init__(self) -> None:
        if not self.id:
            raise CertificateError("a certificate needs an id, so that decisions can name it")
        if not (0.0 <= self.risk <= 1.0 and 0.0 < self.assurance < 1.0):
            raise CertificateError(
                f"risk {self.risk} or assurance {self.assurance} is out of range"
            )
        keys = [(t.kind, t.slice, t.model_version) for t in self.thresholds]
        if len(set(keys)) < len(keys):
            raise CertificateError(f"certificate {self.id!r} has two thresholds for one decision")

    def threshold_for(self, offer: Offer) -> float | None:
        """Return the threshold for an offer; None when the certificate does not cover it."""
        wanted = (offer.kind, offer.slice, offer.model_version)
        for t in self.thresholds:
            if (t.kind, t.slice, t.model_version) == wanted:
                return t.threshold
        return None
