"""Drafts of kinds that need no net: one exact operation, or search with the kind's guide.

Which of the two a kind declares is `TaskKind.solved_by`; what it offers for it is `tasks.solving`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from langgraph.config import get_stream_writer

from graphs.best_first import best_first
from graphs.episode import Draft
from graphs.routing.decision import Decision, Reason, Source
from graphs.spans import maker_span
from graphs.state import Run, Work, json_event, offload
from graphs.steps import make_step
from tasks.protocol import Answer, Task, TaskKind
from tasks.solving import ComputedKind, Findings, GuidedKind, TooHardError

REHEARSED_STATES = 500


def makes_without_net(kind: TaskKind) -> bool:
    """Say whether the agent solves the kind by itself, without weights."""
    return kind.solved_by in ("computed", "proved", "heuristic")


def needs_model(kind: TaskKind) -> bool:
    """Say whether nothing but a language model can answer the kind."""
    return kind.environment is None and not makes_without_net(kind)


async def draft_without_net(run: Run, work: Work, index: int) -> Work:
    """Draft an answer by the kind's own means; without one the failure says why."""
    kind = run.means.kinds[work.task.kind]
    if isinstance(kind, ComputedKind) and kind.solved_by == "computed":
        with maker_span("computed", kind=kind.name) as span:
            work = await offload(run, lambda stop: computed(work, kind))
            span.report(work)
        return work
    assert isinstance(kind, GuidedKind)
    with maker_span("guided", kind=kind.name, guide=kind.guide.name) as span:
        before = work
        work, found = await offload(run, lambda stop: guided(before, kind, stop))
        span.report(work)
    get_stream_writer()(
        json_event(
            "guided",
            index=index,
            states=found.states,
            complete=found.complete,
            found=len(found.ends),
        )
    )
    return work


def computed(work: Work, kind: ComputedKind) -> Work:
    """Draft by the kind's one exact operation."""
    started = time.perf_counter()
    try:
        answer = kind.compute(work.task)
    except TooHardError as error:
        return _with(work, None, "computed", "gave_up", started, str(error))
    return _with(work, answer, "computed", "exact", started, "one exact operation")


def rehearse(kind: TaskKind, task: Task) -> Answer | None:
    """Solve a task outside of any run, so that no request pays for compilation."""
    if isinstance(kind, ComputedKind) and kind.solved_by == "computed":
        return kind.compute(task)
    if isinstance(kind, GuidedKind) and kind.environment is not None:
        root = kind.environment.initial(task)
        found = best_first(
            kind.environment,
            kind.guide,
            root,
            ends_wanted=kind.ends_wanted,
            most_states=REHEARSED_STATES,
        )
        return kind.conclude(task, found)
    return None


def guided(
    work: Work, kind: GuidedKind, should_stop: Callable[[], bool] | None = None
) -> tuple[Work, Findings]:
    """Draft by best-first search with the kind's guide, and return what it found."""
    started = time.perf_counter()
    environment = kind.environment  # type: ignore[attr-defined]
    root = environment.initial(work.task)
    found = best_first(
        environment,
        kind.guide,
        root,
        ends_wanted=kind.ends_wanted,
        improves=kind.improves,
        most_states=kind.most_states,
        should_stop=should_stop,
    )
    why = f"no answer within {kind.most_states} states or the time limit"
    try:
        answer = kind.conclude(work.task, found)
    except TooHardError as error:
        answer, why = None, str(error)
    proved = found.complete or found.optimal or (kind.guide.commutes and bool(found.ends))
    reason: Reason = "gave_up" if answer is None else "proved" if proved else "found"
    about = f"{kind.guide.name}: {found.states} states"
    if answer is None:
        about += f"; {why}"
    work = _with(work, answer, "guided", reason, started, about)
    if answer is None or not answer.actions:
        return work, found
    steps = []
    state = root
    for action in answer.actions:
        steps.append(make_step(environment, state, action))
        state = environment.step(state, action)
    return replace(work, steps=tuple(steps)), found


def _with(
    work: Work, answer: Answer | None, source: Source, reason: Reason, started: float, about: str
) -> Work:
    """Add the draft, or the reason why there is none."""
    confidence = 1.0 if reason in ("exact", "proved") else None
    decision = Decision(
        kind="answer",
        source=source,
        reason=reason,
        confidence=confidence,
        router="class of the kind",
        seconds=time.perf_counter() - started,
        detail=about,
    )
    work = replace(
        work,
        decisions=(*work.decisions, decision),
        makers=(*work.makers, source),
        steps=(),
        verdict=None,
        confidence=confidence,
    )
    if answer is None:
        return replace(work, failure=about)
    draft = Draft(answer=answer, source=source, confidence=confidence, passed=None)
    return replace(work, drafts=(*work.drafts, draft), failure="")
