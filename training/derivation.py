"""Turn executed actions back into states, and cut what a derivation did not need.

A search executes the first way to the end that it finds, which may wander. What lies between two
states is dropped when they are the same state, or when one legal action leads from the first to
the second; the rest is still a derivation, step by step legal, and no longer than before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasks.protocol import Environment, IllegalActionError, Task


class ReplayError(ValueError):
    """Actions that the environment does not allow: made under other rules, or damaged."""


def replay(environment: Environment[Any], task: Task, actions: Sequence[int]) -> list[Any]:
    """Return the states from the task's start on, one more than there are actions.

    Raises:
        ReplayError: if an action is illegal where it stands.
    """
    states = [environment.initial(task)]
    for place, action in enumerate(actions):
        try:
            states.append(environment.step(states[-1], action))
        except IllegalActionError as error:
            raise ReplayError(f"action {place} of {task.id} does not replay: {error}") from error
    return states


def without_detours(
    environment: Environment[Any], states: Sequence[Any], actions: Sequence[int]
) -> tuple[list[Any], list[int]]:
    """Return the shortest derivation through the given states by single legal actions.

    Args:
        environment: its rules.
        states: the derivation's states, `len(actions) + 1` of them; the last one is its end.
        actions: its actions.

    Returns:
        States and actions in the same form, from the same start to the same end.
    """
    last_seen = {state: place for place, state in enumerate(states)}
    end = len(states) - 1
    length = {end: 0}
    choice: dict[int, tuple[int, int]] = {}
    for place in range(end - 1, -1, -1):
        if last_seen[states[place]] != place:
            continue  # a loop: its last visit stands for all
        best = (length[last_seen[states[place + 1]]], -(place + 1), actions[place])
        for action in environment.legal(states[place]).nonzero()[0].tolist():
            target = last_seen.get(environment.step(states[place], action), -1)
            if target > place:
                best = min(best, (length[target], -target, action))
        length[place], choice[place] = best[0] + 1, (-best[1], best[2])
    place = last_seen[states[0]]
    kept_states, kept_actions = [states[place]], []
    while place != end:
        place, action = choice[place]
        place = last_seen[states[place]]
        kept_states.append(states[place])
        kept_actions.append(action)
    return kept_states, kept_actions
