"""Checks of what a kind offers to be solved without a net: its operation, or its guide."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from tasks.conformance_answers import corrupted
from tasks.conformance_tasks import sample
from tasks.finding import Finding, shown
from tasks.protocol import Answer, Task, TaskKind
from tasks.solving import ComputedKind, Guide, GuidedKind, TooHardError

WRONG_THAT_MAY_PASS = 0.1  # of changed answers: some problems have several right answers
_MOST_STATES = 400


def check_solving(kind: TaskKind, tasks: int) -> Iterator[Finding]:
    """Yield what is wrong with the kind's own means; nothing for other classes."""
    if kind.solved_by == "computed":
        if not isinstance(kind, ComputedKind):
            yield Finding(
                "solved_by",
                "a method compute(task) in a computed kind",
                "none",
                "add it (tasks/solving.py), or choose another solved_by",
            )
            return
        yield from _check_compute(kind, sample(kind, tasks))
    elif kind.solved_by in ("proved", "heuristic"):
        if not isinstance(kind, GuidedKind) or kind.environment is None:
            yield Finding(
                "solved_by",
                f"an environment, guide, ends_wanted, improves, most_states and conclude in a "
                f"{kind.solved_by} kind",
                "not all of them",
                "add them (tasks/solving.py), or choose another solved_by",
            )
            return
        yield from _check_guide(kind, sample(kind, tasks))


def _check_compute(kind: Any, tasks: list[Task]) -> Iterator[Finding]:
    wrong: list[tuple[Task, Answer]] = []
    for task in tasks:
        try:
            answer = kind.compute(task)
        except TooHardError:
            continue
        verdict = kind.grade(task, answer)
        if not verdict.passed:
            yield Finding(
                "a computed answer passes",
                f"passed True for {shown(answer)}",
                f"{shown(verdict)} for {shown(task.prompt)}",
                "let the operation and the grader agree on what is right",
            )
            return
        read = kind.answer_from_text(task, f"Answer: {answer.text}")
        if read is None or not kind.grade(task, read).passed:
            yield Finding(
                "answer_from_text reads right answers",
                f"an answer that passes, from {shown(answer.text)}",
                shown(read),
                "read at least what compute writes",
            )
            return
        wrong += [(task, changed) for changed in corrupted(kind, task, answer)]
    if not wrong:
        yield Finding("easy tasks are computed", "an answer", "TooHardError", "raise the limits")
        return
    passing = [(task, answer) for task, answer in wrong if kind.grade(task, answer).passed]
    if len(passing) > WRONG_THAT_MAY_PASS * len(wrong):
        task, answer = passing[0]
        yield Finding(
            "corrupted answers fail",
            f"at most {WRONG_THAT_MAY_PASS:.0%} of answers with a changed number",
            f"{len(passing)} of {len(wrong)} pass; {shown(answer)} for {shown(task.prompt)}",
            "check the answer itself",
        )


def _check_guide(kind: Any, tasks: list[Task]) -> Iterator[Finding]:
    environment, guide = kind.environment, kind.guide
    rng = random.Random("guide")
    left = _MOST_STATES
    for task in tasks:
        state = environment.initial(task)
        for _ in range(environment.max_steps):
            left -= 1
            finding = _fault(environment, guide, state)
            if finding is not None:
                yield finding
                return
            if left < 0:
                return
            if environment.is_terminal(state):
                break
            state = environment.step(state, rng.choice(np.flatnonzero(environment.legal(state))))


def _fault(environment: Any, guide: Guide[Any], state: Any) -> Finding | None:
    here = f"in the state {shown(environment.describe(state))}"
    estimate = guide.estimate(state)
    if math.isnan(estimate) or estimate < 0:
        return Finding("guide.estimate", "0 or more, or inf", f"{estimate} {here}", "mend it")
    if environment.is_terminal(state):
        won = float(environment.returns(state)[0]) > 0
        if won and (estimate == math.inf or (guide.admissible and estimate > 0)):
            return Finding("guide.estimate", "0 at a winning end", f"{estimate} {here}", "mend it")
        return None
    legal = environment.legal(state)
    actions = list(guide.actions(state))
    if not all(0 <= a < environment.num_actions and legal[a] for a in actions):
        return Finding("guide.actions", "legal actions", f"{shown(actions)} {here}", "leave out")
    if len(set(actions)) < len(actions):
        return Finding("guide.actions", "each action once", f"{shown(actions)} {here}", "leave out")
    if not actions and estimate < math.inf:
        return Finding(
            "guide.actions",
            "an action, or the estimate inf",
            f"none {here}",
            "say inf, or name one",
        )
    costs = [guide.cost(state, a) for a in actions]
    if not all(0 <= cost < math.inf for cost in costs):
        return Finding("guide.cost", "0 or more", f"{shown(costs)} {here}", "mend it")
    return None
