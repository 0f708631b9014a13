"""Solve a task of a guided kind as the agent does, for the tests of that kind."""

from __future__ import annotations

from typing import Any

from graphs.best_first import best_first
from tasks.protocol import Answer, Task


def solved(kind: Any, task: Task) -> Answer:
    """Return the kind's own answer; the task must be one that its guide solves."""
    environment = kind.environment
    found = best_first(
        environment,
        kind.guide,
        environment.initial(task),
        ends_wanted=kind.ends_wanted,
        improves=kind.improves,
        most_states=kind.most_states,
    )
    answer = kind.conclude(task, found)
    assert isinstance(answer, Answer), task.prompt
    return answer
