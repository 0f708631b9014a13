"""Solve a task by what its kind offers for that, exactly: for the answers of generated tasks.

Serving has its own loop (`graphs.without_net`) with decisions and limits of time; here only steps
and states are counted, so that the same task always gets the same answer.
"""

from __future__ import annotations

import numpy as np

from graphs.best_first import best_first
from tasks.math.equation_guide import EquationPlan
from tasks.protocol import Answer, Environment, Task, TaskKind
from tasks.solving import ComputedKind, Findings, Guide, GuidedKind, TooHardError

_PLANS: dict[str, Guide] = {"math/equations": EquationPlan()}  # type: ignore[type-arg]
MOST_STATES = 20_000  # looked at for one task; what needs more is drawn again


class NoSolverError(LookupError):
    """A kind that offers no exact way to solve it."""


def exact_answer(kind: TaskKind, task: Task) -> Answer | None:
    """Return an answer that the kind's grader passes; None if there is none within the limits.

    A computed kind computes, a guided one is searched best first, and in a game the grader is
    asked which move keeps the value.

    Raises:
        NoSolverError: if the kind offers none of them.
    """
    if isinstance(kind, ComputedKind):
        try:
            answer = kind.compute(task)
        except TooHardError:
            return None
    elif kind.environment is None:
        raise NoSolverError(
            f"{kind.name} has neither compute() nor an environment; ask another generator for it"
        )
    elif kind.environment.num_players > 1:
        return _best_move(kind, kind.environment, task)
    elif isinstance(kind, GuidedKind):
        found = search(kind, kind.environment, task)
        concluded = kind.conclude(task, found)
        if concluded is None:
            return None
        answer = concluded
    elif kind.name in _PLANS:
        environment = kind.environment
        found = best_first(environment, _PLANS[kind.name], environment.initial(task))
        if not found.ends:
            return None
        answer = kind.answer_from_actions(task, found.ends[0])
    else:
        raise NoSolverError(f"{kind.name} has neither compute() nor a guide (tasks/solving.py)")
    return answer if kind.grade(task, answer).passed else None


def search(kind: GuidedKind, environment: Environment[object], task: Task) -> Findings:
    """Search the task best first with the kind's guide."""
    return best_first(
        environment,
        kind.guide,
        environment.initial(task),
        ends_wanted=kind.ends_wanted,
        improves=kind.improves,
        most_states=min(kind.most_states, MOST_STATES),
    )


def _best_move(kind: TaskKind, environment: Environment[object], task: Task) -> Answer | None:
    """Return the first move that the grader's full search passes; None if it cannot decide."""
    for action in np.flatnonzero(environment.legal(environment.initial(task))):
        answer = kind.answer_from_actions(task, (int(action),))
        passed = kind.grade(task, answer).passed
        if passed is None:
            return None
        if passed:
            return answer
    return None
