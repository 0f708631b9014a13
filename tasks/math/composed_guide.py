"""What a search may know of composed problems: what is needed first, and each leaf's own guide."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tasks.math.composed_rules import PUT, ComposedEnvironment
from tasks.math.composed_state import Composition, known

A_SLOT = 10_000.0  # more than any leaf's estimate, so that a finished slot is never left behind


class NeededFirst:
    """Work on the first needed slot that can be worked on, as the leaf's guide says.

    Definitions that nobody needs are left alone.
    """

    name = "needed definitions first, then the leaf's own guide"
    weight = 1.0
    admissible = False
    commutes = False

    def __init__(self, environment: ComposedEnvironment) -> None:
        self._environment = environment

    def actions(self, state: Composition) -> Sequence[int]:
        """Return the actions of the slot that is next, the most promising first."""
        index = self._next(state)
        if index is None:
            return ()
        slot, base = state[index], index * self._environment.verbs
        if slot.status == "waiting":
            return (base + PUT,)
        leaf = self._environment.leaf(slot)
        if leaf.guide is None:
            return (base + 1,)
        actions = leaf.guide.actions(slot.leaf)
        return [base + 1 + a for a in (actions[:1] if leaf.guide.commutes else actions)]

    def cost(self, state: Composition, action: int) -> float:
        """Return what the leaf's guide says the action costs; 1 for putting a value in."""
        index, verb = divmod(action, self._environment.verbs)
        slot = state[index]
        if verb == PUT:
            return 1.0
        guide = self._environment.leaf(slot).guide
        return 1.0 if guide is None else guide.cost(slot.leaf, verb - 1)

    def estimate(self, state: Composition) -> float:
        """Return a large number for each needed slot left, and the leaf's estimate of the next."""
        left = 0.0
        for slot in state:
            if slot.relevant and slot.status == "stuck":
                return math.inf
            if slot.relevant and slot.status != "done":
                left += A_SLOT + len(slot.needs)
        if state[-1].status == "done":
            return 0.0
        index = self._next(state)
        if index is None:
            return math.inf
        slot = state[index]
        if slot.status == "open":
            guide = self._environment.leaf(slot).guide
            if guide is not None:
                ahead = guide.estimate(slot.leaf)
                left += ahead if ahead == math.inf else min(guide.weight * ahead, A_SLOT / 2)
        return left

    def _next(self, state: Composition) -> int | None:
        """Return the place of the slot to work on; None if no needed slot can be worked on."""
        for index, slot in enumerate(state):
            if slot.relevant and slot.status == "open":
                return index
        values = known(state)
        for index, slot in enumerate(state):
            ready = slot.status == "waiting" and any(name in values for name in slot.needs)
            if slot.relevant and ready:
                return index
        return None
