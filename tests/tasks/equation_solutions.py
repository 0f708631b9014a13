"""Known solutions of equations: a pupil's fixed strategy, and the shortest by plain search."""

from __future__ import annotations

import numpy as np

from tasks.math.equation_rewriting import (
    COMBINE,
    DIVIDE,
    EXPAND,
    MOVE,
    SWAP,
    VERBS,
    WHOLE,
    EquationEnvironment,
    K,
)
from tasks.math.equation_state import CONSTANT, UNKNOWN, Equation

ENVIRONMENT = EquationEnvironment()


def pupil_solution(state: Equation, limit: int = 200) -> tuple[int, ...] | None:
    """Return a tidy pupil's actions: expand, combine, gather the unknown, divide."""
    actions = []
    while not ENVIRONMENT.is_terminal(state) and len(actions) < limit:
        action = _pupil_action(state, ENVIRONMENT.legal(state))
        if action is None:
            return None
        actions.append(action)
        state = ENVIRONMENT.step(state, action)
    return tuple(actions) if ENVIRONMENT.is_terminal(state) else None


def shortest_length(state: Equation, limit: int) -> int | None:
    """Return the least number of actions to an end; None if it is more than `limit`."""
    frontier, seen = {state}, {state}
    for length in range(limit + 1):
        if any(ENVIRONMENT.is_terminal(s) for s in frontier):
            return length
        if length == limit:
            return None
        after = {
            ENVIRONMENT.step(s, int(a))
            for s in frontier
            for a in np.flatnonzero(ENVIRONMENT.legal(s))
        }
        frontier = after - seen
        seen |= frontier
    return None


def _pupil_action(state: Equation, legal: np.ndarray) -> int | None:
    slots = [
        (slot, side, place)
        for side, base in ((state.left, 0), (state.right, K))
        for place, slot in enumerate(range(base, base + min(len(side), K)))
    ]
    for verb in (COMBINE, EXPAND):
        for slot, _, _ in slots:
            if legal[slot * VERBS + verb]:
                return slot * VERBS + verb
    unknown_on = [any(t[2] == UNKNOWN for t in side) for side in (state.left, state.right)]
    if unknown_on == [False, True]:
        return WHOLE * VERBS + SWAP
    for slot, side, place in slots:
        body = side[place][2]
        if (slot < K and body == CONSTANT and (unknown_on[0] or state.right)) or (
            slot >= K and body == UNKNOWN
        ):
            return slot * VERBS + MOVE
    for slot, _, _ in slots:
        if legal[slot * VERBS + DIVIDE]:
            return slot * VERBS + DIVIDE
    return None
