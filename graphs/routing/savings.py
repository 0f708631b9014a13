"""What routing saved: the same decisions, had each gone to the language model.

Only measured money counts. Where a cost is unknown the figures are None, and `note` says why.
"""

from __future__ import annotations

from typing import Any

from graphs.budget import Spend


class SavingsLedger:
    """Counts decisions by who made them; the money itself is in the run's Spend.

    Args:
        neural_cost_per_call: dollars of one pass through a network, as its owner reckons it.
    """

    def __init__(self, neural_cost_per_call: float) -> None:
        self.neural_cost_per_call = neural_cost_per_call
        self.decisions = self.neural_calls = self.llm_decisions = self.priced = 0
        self.llm_dollars = 0.0  # of the priced ones

    def count_network_call(self) -> None:
        """A network was run, whoever decided in the end."""
        self.neural_calls += 1

    def count_decision(self, by_llm: bool, llm_dollars: float | None = None) -> None:
        """A decision was made; a language model's with what its calls cost, None if unknown."""
        self.decisions += 1
        self.llm_decisions += by_llm
        if by_llm and llm_dollars is not None:
            self.priced += 1
            self.llm_dollars += llm_dollars

    def summary(self, spend: Spend) -> dict[str, Any]:
        """Return the documented figures.

        Returns:
            actual_cost: dollars spent, failed questions and networks included.
            hypothetical_llm_cost: decisions times the mean cost of those that the model made.
            savings, savings_percentage: of the second over the first; negative when routing cost.
            neural_percentage: share of decisions that the networks made.
            note: why figures are None; empty if none is.
        """
        neural_dollars = self.neural_calls * self.neural_cost_per_call
        actual = spend.dollars + neural_dollars if spend.price_known else None
        hypothetical = None
        if self.priced:
            hypothetical = self.llm_dollars * (self.decisions / self.priced)
        savings = None if actual is None or hypothetical is None else hypothetical - actual
        return {
            "actual_cost": actual,
            "hypothetical_llm_cost": hypothetical,
            "savings": savings,
            "savings_percentage": _percentage(savings, hypothetical),
            "neural_percentage": _percentage(self.decisions - self.llm_decisions, self.decisions),
            "note": self._note(actual, hypothetical),
        }

    def _note(self, actual: float | None, hypothetical: float | None) -> str:
        if not self.decisions:
            return "no decision was made yet"
        if actual is None:
            return "the cost of a language model call is unknown (no price, no usage, or no answer)"
        if hypothetical is None:
            return "no language model call was made, so what one costs is not known"
        return "" if hypothetical else "the language model is free, so there is nothing to save"


def _percentage(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else 100 * part / whole
