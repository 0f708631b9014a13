"""Prometheus metrics as folds over episodes and training iterations.

A metric is one line of `Metrics` and one row of docs/metrics.md. The names of the first block are
documented to users and stay; those of the second block, `tandem_...`, are ours. Nothing here knows
HTTP or a trainer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from graphs.episode import Episode
from graphs.routing.decision import Decision

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
ERRORS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
NATS = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
COUNTS = (1, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096)
DOLLARS = (0.0, 0.0001, 0.001, 0.01, 0.05, 0.1, 0.5, 1.0)
LANGUAGE_MODELS = ("llm", "llm_search")
NET = "policy_value"


class Metrics:
    """The metrics of one process, in a registry of their own; safe to call from any thread."""

    def __init__(self, discounts: Mapping[str, float] | None = None) -> None:
        """Start at zero.

        Args:
            discounts: kind -> its environment's factor per step on returns; 1 where it is missing.
        """
        self._discounts = dict(discounts or {})
        self.registry = CollectorRegistry()
        gauge = partial(Gauge, registry=self.registry)
        count = partial(Counter, registry=self.registry)  # exposed as NAME_total
        spread = partial(Histogram, registry=self.registry)
        time_of = partial(spread, buckets=SECONDS)
        # documented names
        self.success_rate = gauge("self_play_success_rate", "Solved share", ["task_type"])
        self.completion = time_of("task_completion_seconds", "Time of a task", ["task_type"])
        self.quality = spread("solution_quality_score", "Grader's score", buckets=SHARES)
        self.simulations = spread("mcts_iterations", "Simulations of a run", buckets=COUNTS)
        self.inference = time_of("model_inference_seconds", "Time of a call", ["model_name"])
        self.entropy = spread("policy_entropy", "Nats of priors before search", buckets=NATS)
        self.value_error = spread("value_prediction_error", "|value - return|", buckets=ERRORS)
        self.gpu = gauge("gpu_memory_used_bytes", "GPU memory that this process holds")
        self.buffer = gauge("episode_buffer_size", "Episodes that training may use")
        self.iterations = count("training_iterations", "Finished training iterations")
        self.predictions = count("neural_predictions", "Positions judged", ["model_type"])
        self.llm_calls = count("llm_calls", "Requests to a model", ["fallback_reason"])
        self.latency = time_of("prediction_latency_seconds", "Time of a decision", ["model_type"])
        self.confidence = spread(
            "model_confidence", "Confidence of a decision", ["model_type"], buckets=SHARES
        )
        self.cost = spread("inference_cost_dollars", "Cost of a run", ["source"], buckets=DOLLARS)
        # ours
        self.episodes = count("tandem_episodes", "Episodes saved", ["origin", "outcome"])
        self.decisions = count("tandem_decisions", "Choices", ["kind", "source", "reason"])
        self.requests = count("tandem_http_requests", "Answered requests", ["route", "status"])
        self.request_seconds = time_of("tandem_http_seconds", "Time to first byte", ["route"])
        self.running = gauge("tandem_runs_in_progress", "Runs under way or waiting")
        self.trace_drops = gauge("tandem_trace_events_dropped", "Trace events lost")
        self.gpu.set_function(gpu_bytes)

    def observe_episode(self, episode: Episode) -> None:
        """Fold one top-level episode in."""
        self.episodes.labels(episode.origin, episode.outcome).inc()
        if episode.train:
            self.buffer.inc()
        for leaf in leaves(episode):
            self.completion.labels(leaf.task.kind).observe(leaf.spend.seconds)
            if leaf.verdict is not None and leaf.verdict.passed is not None:
                self.quality.observe(leaf.verdict.score)
            for entropy in prior_entropies(leaf):
                self.entropy.observe(entropy)
            for error in value_errors(leaf, self._discounts.get(leaf.task.kind, 1.0)):
                self.value_error.observe(error)
        if episode.spend.simulations:
            self.simulations.observe(episode.spend.simulations)
        if episode.spend.evaluations:
            self.predictions.labels(NET).inc(episode.spend.evaluations)
        for reason, calls in calls_by_reason(episode).items():
            self.llm_calls.labels(reason).inc(calls)
        for source, dollars in dollars_by_source(episode).items():
            self.cost.labels(source).observe(dollars)
        for decision in episode.all_decisions():
            self._observe_decision(decision)

    def observe_prediction(self, model_name: str, seconds: float, confidence: float) -> None:
        """Fold in one decision of a network that belongs to no episode (`/predict`)."""
        self.predictions.labels(NET).inc()
        self.inference.labels(model_name).observe(seconds)
        self.latency.labels("network").observe(seconds)
        self.confidence.labels("network").observe(confidence)

    def observe_iteration(self, records: Sequence[Mapping[str, Any]], buffer: int) -> None:
        """Fold in one iteration of the training loop.

        Args:
            records: one per kind, as the loop returns them.
            buffer: episodes that the next fit may use.
        """
        self.iterations.inc()
        self.buffer.set(buffer)
        for record in records:
            self.success_rate.labels(record["kind"]).set(record["solved"])

    def text(self) -> bytes:
        """Return everything in Prometheus' text form."""
        return generate_latest(self.registry)

    def _observe_decision(self, decision: Decision) -> None:
        self.decisions.labels(decision.kind, decision.source, decision.reason).inc()
        maker = maker_of(decision)
        if maker is None or decision.seconds <= 0.0:  # a check or a choice: no maker was at work
            return
        self.latency.labels(maker).observe(decision.seconds)
        if decision.model_version:
            self.inference.labels(decision.model_version).observe(decision.seconds)
        if decision.confidence is not None:
            self.confidence.labels(maker).observe(decision.confidence)


def leaves(episode: Episode) -> Iterable[Episode]:
    """Yield the episodes that answered one problem each."""
    return (e for e in episode.walk() if not e.children)


def prior_entropies(episode: Episode) -> list[float]:
    """Return the entropy in nats of the priors of every search of an episode."""
    found = []
    for step in episode.steps:
        if step.search is not None:
            priors = np.asarray(step.search.priors, dtype=np.float64)
            priors = priors[priors > 0]
            found.append(float(-(priors * np.log(priors)).sum()))
    return found


def maker_of(decision: Decision) -> str | None:
    """Return which model made what a decision is about; None where none did.

    A step is judged by the network, whoever it is handed to.
    """
    if decision.source in ("none", "rules", "computed", "guided"):
        return None
    return "network" if decision.kind == "expand" else decision.source


def value_errors(episode: Episode, discount: float) -> list[float]:
    """Return |root value - return| of searches in derivations that were played to a graded end.

    The end of a solved derivation is worth 1, of a refused one -1, and `discount` less per step
    before it, as searches back it up. Moves of games are left out: their end was not played.
    """
    passed = episode.verdict.passed if episode.verdict else None
    if passed is None or len({step.to_play for step in episode.steps}) != 1:
        return []
    if len(episode.steps) < 2:
        return []
    end, length = (1.0 if passed else -1.0), len(episode.steps)
    return [
        abs(step.search.root_value - end * discount ** (length - place))
        for place, step in enumerate(episode.steps)
        if step.search is not None
    ]


def calls_by_reason(episode: Episode) -> dict[str, int]:
    """Return requests to language models by the reason of the decision that made them.

    A plain answer is one request; what is left over (searches, retries) goes to the newest search,
    else to the newest answer, else to `provider_down`: every attempt failed.
    """
    total = episode.spend.llm_calls
    asked = [d for d in episode.all_decisions() if d.source in LANGUAGE_MODELS]
    calls: dict[str, int] = {}
    for decision in asked:
        if decision.source == "llm" and sum(calls.values()) < total:
            calls[decision.reason] = calls.get(decision.reason, 0) + 1
    rest = total - sum(calls.values())
    if rest:
        searches = [d for d in asked if d.source == "llm_search"]
        newest = (searches or asked)[-1:]
        reason = newest[0].reason if newest else "provider_down"
        calls[reason] = calls.get(reason, 0) + rest
    return calls


def dollars_by_source(episode: Episode) -> dict[str, float]:
    """Return what a run cost by maker; makers that were asked for free are there with 0."""
    costs: dict[str, float] = {}
    for decision in episode.all_decisions():
        if (maker := maker_of(decision)) is not None:
            costs[maker] = costs.get(maker, 0.0) + decision.dollars
    rest = episode.spend.dollars - sum(costs.values())
    if rest > 1e-12:
        payer = "llm_search" if "llm_search" in costs else "llm"
        costs[payer] = costs.get(payer, 0.0) + rest
    return costs


def gpu_bytes() -> float:
    """Return the GPU memory that this process holds; 0 without a GPU in use."""
    in_use = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return float(torch.cuda.memory_allocated()) if in_use else 0.0
