"""Grade the newest draft. The only module of this floor that asks a grader.

Where the kind's check is public its verdict and feedback steer the run; elsewhere the verdict is
kept for the record alone, so that no solver learns from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from langgraph.config import get_stream_writer

from graphs.routing.decision import Decision, Offer
from graphs.state import AgentState, Run, Work, json_event
from tasks.protocol import TaskKind

Next = Literal["search", "refine", "settle"]


def verify(state: AgentState) -> AgentState:
    """Check the newest draft, where there is one."""
    run, work = state["run"], state["work"]
    assert work is not None
    kind = run.means.kinds[work.task.kind]
    if not work.drafts or work.makers[-1] == "none" or work.failure:
        return {}
    work = _routed(run, check(work, kind), kind)
    get_stream_writer()(
        json_event(
            "draft",
            index=len(state["done"]),
            source=work.drafts[-1].source,
            answer=work.drafts[-1].answer.text,
            passed=work.drafts[-1].passed,
        )
    )
    return {"work": work}


def check(work: Work, kind: TaskKind) -> Work:
    """Grade the newest draft and mark it where the check is public."""
    newest = work.drafts[-1]
    verdict = kind.grade(work.task, newest.answer)
    if not kind.check_is_public:
        return replace(work, verdict=verdict)
    checked = replace(newest, passed=verdict.passed, feedback=verdict.feedback)
    accepted = Decision(
        kind="answer",
        source=newest.source,  # type: ignore[arg-type]
        reason="check_passed" if verdict.passed else "check_failed",
        confidence=newest.confidence,
        detail=verdict.feedback,
    )
    return replace(
        work,
        verdict=verdict,
        drafts=(*work.drafts[:-1], checked),
        decisions=(*work.decisions, accepted),
    )


def stronger_maker(run: Run, work: Work) -> Next:
    """Return who should try next: "search", "refine", or "settle" when nothing is left to do."""
    kind = run.means.kinds[work.task.kind]
    newest = work.drafts[-1] if work.drafts else None
    last = work.makers[-1] if work.makers else "none"
    if last == "none" or run.blocked("network"):
        return "settle"
    if newest is not None and not work.failure and (newest.passed or _accepted(work, kind)):
        return "settle"
    if last == "network" and looks_ahead(kind):
        return "search"
    if run.options.mode == "neural_only" or run.means.language_model is None:
        return "settle"
    if work.refinements >= run.means.refinements or not kind.has_grader:
        return "settle"
    return "settle" if run.blocked(next_model_maker(work, kind)) else "refine"


def looks_ahead(kind: TaskKind) -> bool:
    """Say whether there is anything to search: not where one choice is all, as of a label."""
    environment = kind.environment
    return environment is not None and (environment.max_steps > 1 or environment.num_players > 1)


def next_model_maker(work: Work, kind: TaskKind) -> Literal["llm", "llm_search"]:
    """Return how a language model is asked next: for an answer, then as the guide of a search."""
    return "llm_search" if "llm" in work.makers and looks_ahead(kind) else "llm"


def _routed(run: Run, work: Work, kind: TaskKind) -> Work:
    """Let the router say whether a search's draft stands where no public check can."""
    newest = work.drafts[-1]
    if kind.check_is_public or newest.source != "search" or newest.confidence is None:
        return work
    offer = Offer(
        kind="answer",
        confidence=newest.confidence,
        proposer="search",
        fallback="none" if run.means.language_model is None else "llm",
        slice=kind.name,
    )
    run.tick()
    decision = run.router.decide(offer, run.options.budget, run.spend)
    return replace(work, decisions=(*work.decisions, decision))


def _accepted(work: Work, kind: TaskKind) -> bool:
    """Say whether an unchecked draft stands: by the router's word, as no public check exists."""
    if kind.check_is_public:
        return False
    newest = work.drafts[-1]
    if newest.source != "search" or newest.confidence is None:
        return True  # the router trusted every step, or nobody can say more about a model's text
    return work.decisions[-1].source == "search"
