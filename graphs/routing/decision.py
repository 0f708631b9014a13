"""Who answers, and why: the Decision record and the Router that makes it.

Policies that implement Router are in `policies`; how a confidence comes about is
`neural.calibration`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from graphs.budget import Budget, Spend

DecisionKind = Literal["decompose", "expand", "evaluate", "refine", "answer"]
Source = Literal["rules", "computed", "guided", "network", "search", "llm", "llm_search", "none"]
Reason = Literal[
    "confident",  # confidence reached the threshold
    "unsure",  # it did not
    "check_passed",  # a public check accepted the answer
    "check_failed",  # a public check refused the previous draft
    "no_network",  # no weights for this kind
    "no_environment",  # nothing to search or to judge stepwise
    "no_model",  # no language model is configured
    "budget_spent",  # a limit of the run is reached
    "provider_down",  # the language model failed after its retries
    "exact",  # one exact operation of the kind's own
    "proved",  # a complete search left nothing to look at, or its end is proved the cheapest
    "found",  # a search with the kind's guide reached an end
    "gave_up",  # the kind's own means reached a limit without an answer
    "forced",  # the mode left no choice
    "text_order",  # subtasks follow the order of the text
    "last_resort",  # nothing stronger is left
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One choice of a maker; it explains itself.

    Attributes:
        kind: what was decided.
        source: who makes it.
        confidence: calibrated probability of being right, in [0, 1]; None where nothing was judged.
        threshold: what the confidence was compared with; None where it was not.
        reason: why this source.
        certificate_id: the risk certificate the threshold came from; empty without one.
        propensity: probability with which this source was chosen, in (0, 1].
        router, model_version: name and version of what decided and of what was judged.
        dollars, seconds: what the decision itself took (the judged call included).
        detail: one sentence for people.
    """

    kind: DecisionKind
    source: Source
    reason: Reason
    confidence: float | None = None
    threshold: float | None = None
    certificate_id: str = ""
    propensity: float = 1.0
    router: str = ""
    model_version: str = ""
    dollars: float = 0.0
    seconds: float = 0.0
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What a router may know when it decides.

    Attributes:
        kind: what is to be decided.
        confidence: of the cheap maker's proposal; None when there is no cheap maker.
        proposer: who made the proposal.
        fallback: the next stronger maker that could be asked; "none" when there is none.
        model_version: version of the judged weights.
        slice: traffic slice, by default the task kind.
    """

    kind: DecisionKind
    confidence: float | None
    proposer: Source
    fallback: Source
    model_version: str = ""
    slice: str = ""


class Router(Protocol):
    """Pure rule from an offer to a decision, so that it can be replayed over stored episodes."""

    @property
    def name(self) -> str:
        """Return the router's name in decisions."""
        ...

    def decide(self, offer: Offer, budget: Budget, spend: Spend) -> Decision:
        """Accept the proposal (source = proposer) or hand over (source = fallback)."""
        ...
