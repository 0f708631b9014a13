"""The documented hybrid agent: a network above its threshold, a language model below it.

What networks propose is `proposals`, who answers is `policies`, how a model is called is
`graphs.llm.policy`, what was saved is `savings`. Letters: `D` state length, `A` actions.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
from langchain_core.messages import BaseMessage
from langsmith import traceable
from torch import nn

from graphs.budget import Budget, Spend
from graphs.llm.asking import Answered, ask
from graphs.llm.client import language_model_of
from graphs.llm.policy import BudgetSpentError, ProviderDownError
from graphs.llm.positions import Context, position_of
from graphs.llm.prompts import appraise_messages, choose_messages
from graphs.llm.replies import read_choice, read_value
from graphs.routing.decision import Decision, DecisionKind, Offer, Reason
from graphs.routing.hybrid_config import HybridConfig
from graphs.routing.policies import router_for
from graphs.routing.proposals import (
    BrokenNetworkError,
    PriorCalibration,
    appraise,
    as_states,
    count_actions,
    propose,
)
from graphs.routing.savings import SavingsLedger

log = logging.getLogger(__name__)
T = TypeVar("T")

NEURAL_SHARE, LLM_SHARE = 0.3, 0.7  # of a blended value, as documented


class NoMakerError(RuntimeError):
    """Neither side may or can decide; the message says why."""


@dataclass(frozen=True, slots=True)
class _Own(Generic[T]):
    """What a network would answer: an action or a value, its confidence, and what kind it is of."""

    answer: T
    confidence: float
    basis: str


class HybridAgent:
    """Choose actions and judge positions: by a network where sure, else by a language model.

    Args:
        policy_net, value_net: modules with the forward of PolicyNetwork and ValueNetwork.
        llm_client: a LangChain chat model, an object with `async generate(prompt) -> str`, or a
            LanguageModel; None for networks only.
        calibration: of the policy net, from `neural.calibration`; without one the confidence is a
            raw signal of the whole prior, and the metadata say so.
        value_calibration: value in [-1, 1] -> probability that its sign is right.
        budget: of the agent's whole life.
        clock: seconds, for latencies.
    """

    def __init__(
        self,
        policy_net: nn.Module,
        value_net: nn.Module | None,
        llm_client: object | None,
        config: HybridConfig | None = None,
        *,
        calibration: PriorCalibration | None = None,
        value_calibration: Callable[[float], float] | None = None,
        budget: Budget | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.config = config or HybridConfig()
        self.spend = Spend()
        self._policy_net, self._value_net = policy_net, value_net
        self._calibration, self._value_calibration = calibration, value_calibration
        self._model = (
            language_model_of(llm_client, self.config.call_policy, self.config.price)
            if llm_client is not None
            else None
        )
        self._budget, self._clock = budget or Budget(), clock
        self._ledger = SavingsLedger(self.config.neural_cost_per_call)

    async def select_action(
        self, state: Any, context: Context = None
    ) -> tuple[int, dict[str, Any]]:
        """Choose an action: the network's most probable one, or the language model's.

        Args:
            state: `[D]` or `[1, D]` tensor, array or numbers.
            context: text for the language model, or a mapping with `legal` (`[A]` bool or the legal
                indices), `actions` (`[A]` names), `description` (of the state) and whatever else
                the model should read. Without `legal` every action is legal.

        Returns:
            The action, and {source: policy_network | llm, confidence, confidence_basis, cost
            (dollars, None where unknown), latency_ms, decision}. confidence is that of the returned
            action: the network's, or what the model stated (None if nothing).

        Raises:
            UnparsableReplyError: if the model's reply, asked for twice, names no legal action.
            NoMakerError: if no one may decide.
            ProviderDownError, BudgetSpentError: without a network to fall back on.
            BrokenNetworkError: if the network gives no numbers and no model may be asked.
        """
        return await self._traced("hybrid.select_action", self._select_action, state, context)

    async def evaluate_position(
        self, state: Any, use_llm_if_uncertain: bool = True, context: Context = None
    ) -> tuple[float, dict[str, Any]]:
        """Judge a position for the player to move, in [-1, 1].

        An unsure network's value is blended with the model's, 0.3 to 0.7.

        Returns:
            The value, and the keys of `select_action` with source value_network | llm, and
            neural_value and llm_value (None where not asked for).

        Raises:
            UnparsableReplyError and the others of `select_action`.
        """
        return await self._traced(
            "hybrid.evaluate_position", self._evaluate, state, use_llm_if_uncertain, context
        )

    def get_cost_savings(self) -> dict[str, Any]:
        """Return what routing saved, in dollars and per cent.

        Returns:
            {actual_cost, hypothetical_llm_cost, savings, savings_percentage, neural_percentage,
            note}, as `savings.SavingsLedger.summary`; None where not known, and the note says why.
        """
        summary = self._ledger.summary(self.spend)
        if self.config.track_costs:
            return summary
        return {**dict.fromkeys(summary), "note": "track_costs is off"}

    async def _select_action(self, state: Any, context: Context) -> tuple[int, dict[str, Any]]:
        started, states = self._clock(), as_states(state)
        position = position_of(states, context, count_actions(self._policy_net, states))

        def run() -> _Own[int]:
            (found,) = propose(self._policy_net, states, position.legal[None], self._calibration)
            return _Own(found.action, found.confidence, found.basis)

        own = self._run_network(run)
        decision = self._decide("answer", own, self.config.policy_confidence_threshold)
        messages = choose_messages(position.text, position.actions)
        decision, answered = await self._ask_model(
            decision, messages, lambda text: read_choice(text, position.legal), own
        )
        told = self._metadata("policy_network", own, answered, decision, started)
        return _answer(own, answered), told

    async def _evaluate(
        self, state: Any, use_llm_if_uncertain: bool, context: Context
    ) -> tuple[float, dict[str, Any]]:
        started, states, value_net = self._clock(), as_states(state), self._value_net

        def run(network: nn.Module) -> _Own[float]:
            return _Own(*appraise(network, states, self._value_calibration))

        own = self._run_network(lambda: run(value_net)) if value_net is not None else None
        threshold = self.config.value_confidence_threshold
        decision = self._decide("evaluate", own, threshold, use_llm_if_uncertain)
        messages = appraise_messages(position_of(states, context, 0).text)
        decision, answered = await self._ask_model(decision, messages, read_value, own)
        told = {
            **self._metadata("value_network", own, answered, decision, started),
            "neural_value": own.answer if own else None,
            "llm_value": answered.read[0] if answered else None,
        }
        if own is not None and answered is not None:
            return NEURAL_SHARE * own.answer + LLM_SHARE * answered.read[0], told
        return _answer(own, answered), told

    def _run_network(self, run: Callable[[], T]) -> T | None:
        """Run a network; None in mode llm_only, and if it is broken and a model may be asked."""
        if self.config.mode == "llm_only":
            return None
        self._ledger.count_network_call()
        try:
            return run()
        except BrokenNetworkError as error:
            if self._model is None or self.config.mode == "neural_only":
                raise
            log.warning("network is broken", extra={"fault": str(error)})
            return None

    def _decide(
        self, kind: DecisionKind, own: _Own[Any] | None, threshold: float, may_ask: bool = True
    ) -> Decision:
        """Route by the confidence in the whole prior; which action it favours plays no part."""
        has_model = self._model is not None and (may_ask or self.config.mode == "llm_only")
        offer = Offer(
            kind=kind,
            confidence=own.confidence if own else None,
            proposer="network" if own else "none",
            fallback="llm" if has_model else "none",
        )
        decision = router_for(self.config.mode, threshold).decide(offer, self._budget, self.spend)
        return replace(decision, detail=f"{decision.detail} ({own.basis})") if own else decision

    async def _ask_model(
        self,
        decision: Decision,
        messages: Sequence[BaseMessage],
        read: Callable[[str], T],
        own: _Own[Any] | None,
    ) -> tuple[Decision, Answered[T] | None]:
        """Ask the model if the decision says so; if it is down, the network's proposal stands."""
        if decision.source == "none":
            raise NoMakerError(f"nobody can decide: {decision.detail or decision.reason}")
        if decision.source != "llm" or self._model is None:
            return decision, None
        try:
            return decision, await ask(self._model, messages, read, self.spend, self._budget)
        except (BudgetSpentError, ProviderDownError) as error:
            if own is None:
                raise
            spent = isinstance(error, BudgetSpentError)
            reason: Reason = "budget_spent" if spent else "provider_down"
            return replace(decision, source="network", reason=reason, detail=str(error)), None

    def _metadata(
        self,
        network: str,
        own: _Own[Any] | None,
        answered: Answered[tuple[Any, float | None]] | None,
        decision: Decision,
        started: float,
    ) -> dict[str, Any]:
        """Book a decision that was made, and describe it."""
        seconds = self._clock() - started
        cost: float | None = self.config.neural_cost_per_call if own else 0.0
        if answered is not None:
            cost = None if answered.dollars is None else (cost or 0.0) + answered.dollars
        decision = replace(decision, seconds=seconds, dollars=cost or 0.0)
        self._ledger.count_decision(answered is not None, answered.dollars if answered else None)
        if self.config.log_decisions:
            log.info("hybrid decision", extra={"decision": decision.to_json()})
        confidence = answered.read[1] if answered else own.confidence if own else None
        return {
            "source": "llm" if answered else network,
            "confidence": confidence,
            "confidence_basis": "stated" if answered else own.basis if own else "",
            "cost": cost,
            "latency_ms": 1000 * seconds,
            "decision": decision,
        }

    async def _traced(self, name: str, decide: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        if not self.config.langsmith_project:
            return await decide(*arguments)
        traced = traceable(
            run_type="chain",
            name=name,
            project_name=self.config.langsmith_project,
            process_inputs=_shown_inputs,
            process_outputs=_shown_outputs,
        )(decide)
        return await traced(*arguments)


def _answer(own: _Own[T] | None, answered: Answered[tuple[T, float | None]] | None) -> T:
    if answered is not None:
        return answered.read[0]
    assert own is not None  # a decision without a maker was refused
    return own.answer


def _shown_inputs(inputs: dict[str, Any]) -> dict[str, Any]:
    """Keep state vectors out of traces; the context is what the model reads."""
    return {"state_length": int(np.size(inputs["state"])), "context": str(inputs.get("context"))}


def _shown_outputs(outputs: tuple[Any, dict[str, Any]]) -> dict[str, Any]:
    result, told = outputs
    return {**told, "result": result, "decision": told["decision"].to_json()}
