"""A router between two judges that looks like one judge to the search.

The cheap one judges every state; where the router hands over, the strong one judges again and its
evaluation counts. Every choice leaves a Decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graphs.budget import Budget, Spend
from graphs.llm.asking import together
from graphs.llm.policy import BudgetSpentError, ProviderDownError
from graphs.routing.decision import Decision, Offer, Reason, Router
from neural.evaluation import Evaluation, Evaluator
from tasks.protocol import Environment


class RoutedEvaluator:
    """An Evaluator for one run.

    Args:
        cheap: a network; asked about every state.
        strong: a language model that pays from the same spend; None when there is none.
        slice: traffic slice of the offers.

    Attributes:
        decisions: one per judged state, in the order of the states.
    """

    def __init__(
        self,
        cheap: Evaluator,
        strong: Evaluator | None,
        router: Router,
        spend: Spend,
        budget: Budget,
        *,
        slice: str = "",
    ) -> None:
        self.name = f"{cheap.name} or {strong.name if strong else 'none'}"
        self.decisions: list[Decision] = []
        self._cheap, self._strong, self._router = cheap, strong, router
        self._spend, self._budget, self._slice = spend, budget, slice

    async def evaluate(
        self, environment: Environment[Any], states: Sequence[Any]
    ) -> list[Evaluation]:
        """Judge the states; a strong judge that is down or unpaid leaves the cheap evaluation.

        Raises:
            UnparsableReplyError, ModelRefusedError: from a language model.
        """
        judged = await self._cheap.evaluate(environment, states)
        routed = await together(
            self._route(environment, state, evaluation)
            for state, evaluation in zip(states, judged, strict=True)
        )
        self._spend.evaluations += len(states)
        self.decisions.extend(decision for _, decision in routed)
        return [evaluation for evaluation, _ in routed]

    async def _route(
        self, environment: Environment[Any], state: Any, cheap: Evaluation
    ) -> tuple[Evaluation, Decision]:
        offer = Offer(
            kind="evaluate",
            confidence=cheap.confidence,
            proposer="network",
            fallback="llm" if self._strong else "none",
            model_version=cheap.source,
            slice=self._slice,
        )
        decision = self._router.decide(offer, self._budget, self._spend)
        if decision.source != "llm" or self._strong is None:
            return cheap, replace(decision, seconds=cheap.seconds)
        try:
            (strong,) = await self._strong.evaluate(environment, [state])
        except (BudgetSpentError, ProviderDownError) as error:
            reason: Reason = (
                "budget_spent" if isinstance(error, BudgetSpentError) else "provider_down"
            )
            return cheap, replace(decision, source="network", reason=reason, detail=str(error))
        paid = replace(decision, dollars=strong.dollars, seconds=cheap.seconds + strong.seconds)
        return strong, paid
