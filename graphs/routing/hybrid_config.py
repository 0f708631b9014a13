"""The documented settings of the hybrid agent; the agent is `hybrid_agent`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_args

from graphs.episode import Mode
from graphs.llm.models import Price
from graphs.llm.policy import CallPolicy


class HybridConfigError(ValueError):
    """A setting out of its range."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HybridConfig:
    """The documented settings.

    Attributes:
        policy_confidence_threshold, value_confidence_threshold: in [0, 1]; below, the model is
            asked.
        track_costs: keep the figures of `get_cost_savings`.
        neural_cost_per_call: dollars of one pass through a network, as its owner reckons it.
        llm_cost_per_1k_tokens: dollars, applied to the provider's token figures; None: the model's
            own price, from the price table.
        log_decisions: log each decision as one event.
        langsmith_project: trace each decision there, where tracing is on; empty: no own traces.
        call_policy: how the model is called.
    """

    policy_confidence_threshold: float = 0.8
    value_confidence_threshold: float = 0.7
    mode: Mode = "auto"
    track_costs: bool = True
    neural_cost_per_call: float = 0.0
    llm_cost_per_1k_tokens: float | None = None
    log_decisions: bool = False
    langsmith_project: str = ""
    call_policy: CallPolicy = field(default_factory=CallPolicy)

    def __post_init__(self) -> None:
        thresholds = (self.policy_confidence_threshold, self.value_confidence_threshold)
        if not all(0.0 <= threshold <= 1.0 for threshold in thresholds):
            raise HybridConfigError(f"thresholds {thresholds} must be in [0, 1]")
        if self.mode not in get_args(Mode):
            raise HybridConfigError(f"mode {self.mode!r}; expected one of {get_args(Mode)}")
        if min(self.neural_cost_per_call, self.llm_cost_per_1k_tokens or 0.0) < 0:
            raise HybridConfigError("costs must be 0 or more")

    @property
    def price(self) -> Price | None:
        """Return the configured price per token; None leaves it to the price table."""
        if self.llm_cost_per_1k_tokens is None:
            return None
        per_million = 1000 * self.llm_cost_per_1k_tokens
        return Price(input=per_million, output=per_million, note="set by llm_cost_per_1k_tokens")
