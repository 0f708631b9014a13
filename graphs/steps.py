"""Turn executed actions into an episode's Steps and into the draft they lead to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graphs.episode import Draft, Step
from graphs.mcts.summary import SearchSummary
from graphs.routing.decision import Decision, Source
from graphs.state import Work
from tasks.protocol import Environment, Task, TaskKind


def with_draft(
    work: Work, kind: TaskKind, steps: tuple[Step, ...], source: Source, confidence: float | None
) -> Work:
    """Add the draft that executed actions lead to."""
    answer = kind.answer_from_actions(work.task, tuple(s.action for s in steps))
    draft = Draft(answer=answer, source=source, confidence=confidence, passed=None)
    return replace(
        work,
        drafts=(*work.drafts, draft),
        steps=steps,
        confidence=confidence,
        verdict=None,
        makers=(*work.makers, source),
        failure="",
    )


def searched_steps(
    environment: Environment[Any], task: Task, actions: tuple[int, ...], summary: SearchSummary
) -> tuple[Step, ...]:
    """Return the steps that one search from the start chose; the first has its statistics."""
    state = environment.initial(task)
    steps: list[Step] = []
    for action in actions:
        steps.append(make_step(environment, state, action, search=None if steps else summary))
        state = environment.step(state, action)
    return tuple(steps)


def make_step(
    environment: Environment[Any],
    state: object,
    action: int,
    search: SearchSummary | None = None,
    decision: Decision | None = None,
) -> Step:
    """Describe one action in one state."""
    legal = environment.legal(state).nonzero()[0]
    return Step(
        state=environment.describe(state),
        legal=tuple(int(a) for a in legal),
        to_play=environment.to_play(state),
        action=action,
        action_text=environment.describe_action(state, action),
        search=search,
        decision=decision,
    )
