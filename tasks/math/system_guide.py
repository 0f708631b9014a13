"""What a search may know of systems: a pupil's plan, and how long it is from here.

The plan isolates the unknown that is quickest to isolate, puts it into the other equation, solves
that one and goes back. The search follows it unless adding a multiple of an equation is shorter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tasks.math.equation_state import CONSTANT
from tasks.math.system_rules import (
    ADD,
    COMBINE,
    DIVIDE,
    EXPAND,
    MOVE,
    SIDES,
    SUBSTITUTE,
    SWAP,
    VERBS,
    K,
    SystemEnvironment,
    legal_actions,
)
from tasks.math.system_state import FIRST, SECOND, Line, System, alone, outcome, unknowns_of

_RULES = SystemEnvironment()


class PupilsPlan:
    """Steps left of a pupil's plan; not admissible, since some systems have shorter ways."""

    name = "pupil's plan: isolate and substitute"
    weight = 1.0
    admissible = False
    commutes = False

    def actions(self, state: System) -> Sequence[int]:
        """Return the plan's action, and additions of a multiple where nothing is left to tidy."""
        planned = next_action(state)
        if planned is None:
            return ()
        verb = planned % VERBS
        if verb in (COMBINE, EXPAND):
            return (planned,)
        others = [a for a in legal_actions(state) if a % VERBS == ADD and a != planned]
        return (planned, *others)

    def cost(self, state: System, action: int) -> float:
        """Return 1: a short derivation is a good one."""
        return 1.0

    def estimate(self, state: System) -> float:
        """Return the length of the plan; `inf` where it grows out of the environment's limits."""
        return _steps_left(state)


@lru_cache(maxsize=20_000)
def next_action(state: System) -> int | None:
    """Return what a pupil does next; None at the end, or where the limits forbid it."""
    if outcome(state) != "open":
        return None
    legal = legal_actions(state)
    for verb in (EXPAND, COMBINE, SUBSTITUTE):
        for action in legal:
            if action % VERBS == verb:
                return action
    wanted = _isolating(state)
    return wanted if wanted in legal else None


_MOST_STEPS = 100


def _steps_left(state: System) -> float:
    way = [state]
    known: float | None = _LENGTHS.get(state)
    while known is None:
        action = next_action(way[-1])
        if action is None:
            known = 0.0 if outcome(way[-1]) != "open" else math.inf
        elif len(way) > _MOST_STEPS:
            known = math.inf
        else:
            way.append(_RULES.step(way[-1], action))
            known = _LENGTHS.get(way[-1])
    if len(_LENGTHS) > 50_000:
        _LENGTHS.clear()
    for steps, passed in enumerate(reversed(way)):
        _LENGTHS[passed] = known + steps
    return known + len(way) - 1


_LENGTHS: dict[System, float] = {}  # of plans; a cache, emptied when it is large


def _isolating(state: System) -> int | None:
    """Return the next step of the quickest way to isolate an unknown."""
    ways: list[tuple[tuple[int, int, int], int]] = []
    for at, line in enumerate(state.lines):
        told = alone(line)
        settled = told is not None and unknowns_of(line) == {told}
        mate = alone(state.lines[1 - at])
        for unknown in sorted(unknowns_of(line)):
            if told == unknown and settled:
                continue
            if mate is not None and unknown == mate:
                continue
            steps = list(_steps_to_isolate(line, unknown))
            if told is not None and told == unknown:
                continue  # done; the other equation has to move on
            if steps:
                slot, verb = steps[0]
                base = 2 * at * K
                action = (SIDES * K + at) * VERBS + SWAP if verb == SWAP else (
                    (base + slot) * VERBS + verb)  # fmt: skip
                rank = (len(unknowns_of(line)), _fraction_cost(line, unknown), len(steps))
                ways.append((rank, action))
    if ways:
        return min(ways)[1]
    return _comparing(state)


def _steps_to_isolate(line: Line, unknown: int) -> Iterator[tuple[int, int]]:
    """Yield the slots (within the equation) and verbs that isolate an unknown in a tidy line."""
    left, right = line
    on_left = [place for place, term in enumerate(left) if term[2] == unknown]
    on_right = [place for place, term in enumerate(right) if term[2] == unknown]
    if not on_left and on_right and len(right) == 1:
        yield 0, SWAP
        return
    for place in on_right:
        yield K + place, MOVE
    for place, term in enumerate(left):
        if term[2] != unknown:
            yield place, MOVE
    for place in on_left:
        if left[place][:2] != (1, 1):
            yield place, DIVIDE


def _fraction_cost(line: Line, unknown: int) -> int:
    """Return how awkward it is to divide by the unknown's coefficient."""
    total = [(num, den) for side in line for num, den, body in side if body == unknown]
    num, den = total[0]
    if len(total) > 1 or (abs(num) == 1 and den == 1):
        return 0
    others = [n for side in line for n, d, body in side if body != unknown and d == 1]
    return 0 if den == 1 and all(n % num == 0 for n in others) else 1


def _comparing(state: System) -> int | None:
    """Return a step that brings numbers or equal terms together where nothing can be isolated."""
    for at, line in enumerate(state.lines):
        for place, term in enumerate(line.right):
            if term[2] in (FIRST, SECOND) and alone(line) is None:
                return ((2 * at + 1) * K + place) * VERBS + MOVE
        for place, term in enumerate(line.left):
            if term[2] == CONSTANT and (line.right or len(line.left) > 1):
                return (2 * at * K + place) * VERBS + MOVE
    return None
