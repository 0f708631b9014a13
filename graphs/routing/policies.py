"""Routers: pure rules from an offer to a decision.

What an Offer and a Decision are is `decision`; certificates are `certificate`. Nothing here keeps
state, draws random numbers or reads a clock, so every decision can be replayed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from graphs.budget import Budget, Limit, Spend
from graphs.episode import Mode
from graphs.routing.certificate import Certificate
from graphs.routing.decision import Decision, Offer, Reason, Router, Source

LANGUAGE_MODELS: frozenset[Source] = frozenset({"llm", "llm_search"})
SEARCHES: frozenset[Source] = frozenset({"search", "llm_search"})


def router_for(mode: Mode, threshold: float, certificate: Certificate | None = None) -> Router:
    """Return the router of a mode; a certificate's thresholds go before the plain one."""
    by_threshold = ThresholdRouter(threshold, certificate=certificate)
    return by_threshold if mode == "auto" else FixedRouter(mode, by_threshold)


@dataclass(frozen=True, slots=True)
class ThresholdRouter:
    """Accept a proposal whose confidence reaches the threshold; else ask the next stronger maker.

    Attributes:
        threshold: in [0, 1]; used where there is no certificate.
        name: of the router in decisions; made from the threshold or the certificate when empty.
        certificate: its thresholds go first; what it does not cover is handed over.
    """

    threshold: float
    name: str = ""
    certificate: Certificate | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError(f"threshold {self.threshold} is outside [0, 1]")
        if not self.name:
            certified = self.certificate and f"certified@{self.certificate.id}"
            object.__setattr__(self, "name", certified or f"threshold@{self.threshold:g}")

    @classmethod
    def from_certificate(cls, certificate: Certificate) -> ThresholdRouter:
        """Return the router that keeps the certificate's promise."""
        return cls(1.0, certificate=certificate)

    def decide(self, offer: Offer, budget: Budget, spend: Spend) -> Decision:
        """Accept (source = proposer), hand over (source = fallback), or do what is left."""
        threshold = self.threshold
        if self.certificate is not None:
            covered = self.certificate.threshold_for(offer)
            if covered is None:
                about = f"certificate {self.certificate.id} does not cover {offer.slice or 'this'}"
                return self._hand_over(offer, budget, spend, None, about)
            threshold = covered
        if offer.confidence is None:
            return self._hand_over(offer, budget, spend, None, "nothing cheaper can judge this")
        said = f"{offer.proposer} is {offer.confidence:.2f} sure, {threshold:.2f} is needed"
        if offer.confidence >= threshold:
            return self._decision(offer, offer.proposer, "confident", threshold, said)
        return self._hand_over(offer, budget, spend, threshold, said)

    def _hand_over(
        self, offer: Offer, budget: Budget, spend: Spend, threshold: float | None, said: str
    ) -> Decision:
        if offer.fallback == "none":
            return self._decision(
                offer, offer.proposer, "last_resort", threshold, f"{said}; nothing stronger is left"
            )
        limit = blocked_by(offer.fallback, budget, spend)
        if limit is not None:
            about = f"{said}; the limit on {limit} forbids {offer.fallback}"
            return self._decision(offer, offer.proposer, "budget_spent", threshold, about)
        reason: Reason = "no_network" if offer.proposer == "none" else "unsure"
        return self._decision(offer, offer.fallback, reason, threshold, said)

    def _decision(
        self, offer: Offer, source: Source, reason: Reason, threshold: float | None, detail: str
    ) -> Decision:
        return Decision(
            kind=offer.kind,
            source=source,
            reason=reason,
            confidence=offer.confidence,
            threshold=threshold,
            certificate_id=self.certificate.id if self.certificate else "",
            router=self.name,
            model_version=offer.model_version,
            detail=detail,
        )


@dataclass(frozen=True, slots=True)
class FixedRouter:
    """Keep to one side: networks and search without a language model, or a language model alone.

    Between two makers of the allowed side the inner router decides. Where the allowed side has no
    maker, or its budget is spent, the source is `none`: the other side never steps in unasked.
    """

    mode: Literal["neural_only", "llm_only"]
    inner: ThresholdRouter

    @property
    def name(self) -> str:
        """Return the mode."""
        return self.mode

    def decide(self, offer: Offer, budget: Budget, spend: Spend) -> Decision:
        """Drop the makers of the other side from the offer, and decide on what is left."""
        proposer, fallback = self._keep(offer.proposer), self._keep(offer.fallback)
        if proposer == "none" and fallback == "none":
            absent: Reason = "no_model" if self.mode == "llm_only" else "no_network"
            return self._forced(offer, "none", absent, f"{self.mode} leaves no maker")
        if proposer != "none" and fallback != "none":
            return replace(self.inner.decide(offer, budget, spend), router=self.name)
        only = fallback if proposer == "none" else proposer
        limit = blocked_by(only, budget, spend) if proposer == "none" else None
        if limit is not None:
            about = f"the limit on {limit} forbids {only}, and {self.mode} leaves no other"
            return self._forced(offer, "none", "budget_spent", about)
        return self._forced(offer, only, "forced", f"{self.mode} leaves only {only}")

    def _keep(self, source: Source) -> Source:
        allowed = (source in LANGUAGE_MODELS) == (self.mode == "llm_only")
        return source if allowed else "none"

    def _forced(self, offer: Offer, source: Source, reason: Reason, detail: str) -> Decision:
        return Decision(
            kind=offer.kind,
            source=source,
            reason=reason,
            confidence=offer.confidence if source == offer.proposer else None,
            router=self.name,
            model_version=offer.model_version if source == offer.proposer else "",
            detail=detail,
        )


def blocked_by(source: Source, budget: Budget, spend: Spend) -> Limit | None:
    """Return the limit that forbids asking this maker, of those on what it would use."""
    relevant = budget
    if source not in LANGUAGE_MODELS:
        relevant = replace(relevant, dollars=None, llm_calls=None)
    if source not in SEARCHES:
        relevant = replace(relevant, simulations=None)
    return relevant.spent(spend)
