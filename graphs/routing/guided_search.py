"""The documented search guided by a network, and by a language model where the network is unsure.

The tree is `graphs.mcts.search`, the choice between the two judges `evaluator`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import nn

from graphs.budget import Budget, Spend
from graphs.llm.client import language_model_of
from graphs.llm.evaluator import LLMEvaluator
from graphs.llm.policy import CallPolicy
from graphs.mcts.search import SearchConfig, TreeSearch, arun_search
from graphs.routing.evaluator import RoutedEvaluator
from graphs.routing.policies import ThresholdRouter
from graphs.routing.proposals import PolicyNetEvaluator, PriorCalibration
from tasks.protocol import Environment

LEAVES = 4  # in flight at once, so that model calls overlap


class NoMoveError(ValueError):
    """A search from an end, where there is nothing to choose."""


class PolicyGuidedMCTS:
    """Search whose priors come from the net above the threshold and from the model below it.

    Args:
        policy_net: with the forward of PolicyNetwork; reads flattened observations.
        llm_client: as in HybridAgent; None for the net alone.
        threshold: on the confidence, in [0, 1].
        calibration: of the net; without one the confidence is a raw signal of the whole prior.
        call_policy: how the model is called.
    """

    def __init__(
        self,
        policy_net: nn.Module,
        llm_client: object | None,
        threshold: float = 0.8,
        *,
        calibration: PriorCalibration | None = None,
        call_policy: CallPolicy | None = None,
    ) -> None:
        self._net = PolicyNetEvaluator(policy_net, calibration)
        self._router = ThresholdRouter(threshold)
        self._model = (
            language_model_of(llm_client, call_policy or CallPolicy()) if llm_client else None
        )

    async def search(
        self,
        environment: Environment[Any],
        state: Any,
        *,
        simulations: int = 64,
        budget: Budget | None = None,
        seed: int = 0,
    ) -> tuple[int, dict[str, Any]]:
        """Search from a state and return the most visited action.

        Returns:
            The action, and {source "search", cost (dollars, None where unknown), latency_ms,
            summary, decisions (one per judged state), neural_percentage}.

        Raises:
            NoMoveError: if the state is an end.
            UnparsableReplyError, ModelRefusedError: from the model.
        """
        if environment.is_terminal(state):
            raise NoMoveError("the position is an end; there is nothing to choose")
        spend, budget = Spend(), budget or Budget()
        strong = LLMEvaluator(self._model, None, spend, budget) if self._model else None
        judge = RoutedEvaluator(self._net, strong, self._router, spend, budget)
        config = SearchConfig(simulations=simulations, leaves=min(LEAVES, simulations))
        search = TreeSearch(environment, [state], config, np.random.default_rng(seed))
        await arun_search(search, environment, judge)
        summary = search.summary(0)
        neural = sum(decision.source == "network" for decision in judge.decisions)
        return int(np.argmax(summary.visit_counts)), {
            "source": "search",
            "cost": spend.dollars if spend.price_known else None,
            "latency_ms": 1000 * summary.seconds,
            "summary": summary,
            "decisions": judge.decisions,
            "neural_percentage": 100 * neural / len(judge.decisions),
        }
