"""What a search may know of linear equations: a pupil's plan, and how long it is from here.

The plan expands brackets, combines like terms, gathers the unknown on one side and divides. It
serves kinds that solve equations on the way, such as `math/composed`; `math/equations` itself is
learned.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

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

_RULES = EquationEnvironment()


class EquationPlan:
    """Steps left of a pupil's plan; not admissible, since some equations have shorter ways."""

    name = "pupil's plan: expand, combine, gather, divide"
    weight = 1.0
    admissible = False
    commutes = False

    def actions(self, state: Equation) -> Sequence[int]:
        """Return the plan's action."""
        planned = next_step(state)
        return () if planned is None else (planned,)

    def cost(self, state: Equation, action: int) -> float:
        """Return 1: a short derivation is a good one."""
        return 1.0

    def estimate(self, state: Equation) -> float:
        """Return the length of the plan; `inf` where it grows out of the environment's limits."""
        for steps in range(_RULES.max_steps + 1):
            if _RULES.is_terminal(state):
                return float(steps)
            planned = next_step(state)
            if planned is None:
                return math.inf
            state = _after(state, planned)
        return math.inf


@lru_cache(maxsize=20_000)
def next_step(state: Equation) -> int | None:
    """Return what a pupil does next; None at the end, or where the limits forbid it."""
    if _RULES.is_terminal(state):
        return None
    legal = _RULES.legal(state)
    slots = [
        (base + place, side[place])
        for side, base in ((state.left, 0), (state.right, K))
        for place in range(min(len(side), K))
    ]
    for verb in (COMBINE, EXPAND):
        for slot, _ in slots:
            if legal[slot * VERBS + verb]:
                return slot * VERBS + verb
    held = [any(term[2] == UNKNOWN for term in side) for side in (state.left, state.right)]
    if held == [False, True]:
        return WHOLE * VERBS + SWAP
    for slot, (_, _, body) in slots:
        gathered = body == UNKNOWN if slot >= K else body == CONSTANT and (held[0] or state.right)
        if gathered and legal[slot * VERBS + MOVE]:
            return slot * VERBS + MOVE
    for slot, _ in slots:
        if legal[slot * VERBS + DIVIDE]:
            return slot * VERBS + DIVIDE
    return None


@lru_cache(maxsize=20_000)
def _after(state: Equation, action: int) -> Equation:
    return _RULES.step(state, action)
