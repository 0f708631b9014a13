"""Run a recorded run again with its seed and its weights, and compare decision by decision.

A message with several problems is replayed problem by problem, each with the text in which earlier
answers already stand, so that no conversation is needed. The comparison leaves out times and costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from langchain_core.messages import HumanMessage

from app.assemble import means_of, open_store
from app.kinds import kinds_of
from app.settings import Settings
from graphs.agent import Agent
from graphs.episode import Episode
from graphs.nets import FixedNets, code_version
from graphs.state import RunOptions
from graphs.traces import trace
from neural.device import use_threads
from neural.inference import NetEvaluator
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue

NETS = "net:"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it: equal, or the first difference in words."""

    equal: bool
    text: str


async def replay_episode(settings: Settings, episode_id: str) -> Replayed:
    """Replay a stored episode.

    Raises:
        UnknownEpisodeError: if there is none with this id.
        UnknownModelError: if its weights are gone.
    """
    kinds = kinds_of(settings)
    with open_store(settings) as store:
        stored = store.episode(episode_id, kinds)
    reason = not_repeatable(stored)
    if reason is not None:
        return Replayed(False, f"not repeatable: {reason}")
    use_threads(1)
    nets = FixedNets(_evaluators(ModelStore(settings.home), kinds, stored))
    agent = Agent(means_of(settings, kinds, nets, None))
    problems = [e for e in stored.walk() if not e.children]
    compared = 0
    for number, problem in enumerate(problems, 1):
        options = _options(problem)
        with trace(None):
            again = await agent.run([HumanMessage(problem.task.prompt)], options)
        for difference in differences(problem, again):
            place = f"problem {number}, " if len(problems) > 1 else ""
            return Replayed(False, f"differs: {place}{difference}")
        compared += len(list(facts(problem)))
    versions = ", ".join(f"{k}={v}" for k, v in sorted(stored.versions.items()))
    changed = stored.versions.get("code") != code_version()
    note = f"; the code is now {code_version()}" if changed else ""
    return Replayed(True, f"equal: {compared} facts of the same decisions ({versions}){note}")


def not_repeatable(episode: Episode) -> str | None:
    """Return why a run cannot be repeated exactly; None if it can."""
    for part in episode.walk():
        if part.outcome in ("cancelled", "error"):
            return f"the run ended as {part.outcome!r}: {part.failure}"
        if part.spend.llm_calls:
            return f"a language model ({part.versions.get('model', 'unknown')}) was asked"
        if part.outcome == "out_of_budget" and "seconds" in part.failure:
            return "the run was stopped by its time limit"
    return None


def differences(before: Episode, after: Episode) -> Iterator[str]:
    """Yield what differs between two runs of one problem, in the order of the run."""
    for (name, old), (_, new) in zip_longest(
        facts(before), facts(after), fillvalue=("facts", "none left")
    ):
        if old != new:
            yield f"{name}: recorded {old!r}, now {new!r}"


def facts(episode: Episode) -> Iterator[tuple[str, Any]]:
    """Yield what a replay must meet again: decisions, executed actions, answer, outcome."""
    decisions = [d for d in episode.all_decisions() if d.kind != "decompose"]
    for number, d in enumerate(decisions, 1):
        yield f"decision {number}", (d.kind, d.source, d.reason, d.confidence, d.model_version)
    for number, step in enumerate(episode.steps, 1):
        yield f"action {number}", step.action
        if step.search is not None:
            yield f"visit counts {number}", step.search.visit_counts
    yield "simulations", episode.spend.simulations
    yield "answer", episode.answer.text if episode.answer else None
    yield "outcome", episode.outcome


def _evaluators(models: ModelStore, kinds: Catalogue, episode: Episode) -> dict[str, NetEvaluator]:
    versions = {k: v for part in episode.walk() for k, v in part.versions.items()}
    return {
        name.removeprefix(NETS): NetEvaluator(
            models.find_version(version, kinds[name.removeprefix(NETS)])
        )
        for name, version in versions.items()
        if name.startswith(NETS)
    }


def _options(problem: Episode) -> RunOptions:
    """Return the options of the recorded run; time is no limit, since it did not stop the run."""
    budget = problem.budget
    return RunOptions(
        mode=problem.mode,
        seed=problem.seed,
        max_dollars=budget.dollars,
        max_simulations=budget.simulations,
        max_llm_calls=budget.llm_calls,
        max_seconds=None,
        origin="evaluation",
        train=False,
    )
