"""What the search for plans knows: which blocks must move, and which of them twice.

Source: Slaney and Thiebaux 2001, Blocks World revisited: a block that can go to its last place may
go at once, and where none can, some block goes to the table; only which one is a choice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tasks.reasoning.planning_facts import MOST_BLOCKS
from tasks.reasoning.planning_rules import (
    ANYWHERE,
    HAND,
    PUT_DOWN,
    STACK,
    TABLE,
    TAKE,
    VERBS,
    Goal,
    Stacks,
    goal_of,
    settled_blocks,
)


class BlocksGuide:
    """Count the moves that the goal needs at least; offer moves to the last place, or the table."""

    name = "blocks that must move once or twice"
    weight = 2.0
    admissible = True
    commutes = False

    def actions(self, state: Stacks) -> Sequence[int]:
        """Return one move to a last place; where there is none, all that free other blocks."""
        goal, below = goal_of(state.problem), state.below
        if goal.fault:
            return ()
        settled = settled_blocks(state)
        held = below.find(HAND)
        if held >= 0:
            there = goal.below[held]
            if there < MOST_BLOCKS and settled[there] and there not in below:
                return (VERBS * there + STACK,)
            return (VERBS * held + PUT_DOWN,)
        clear = [block for block in range(len(below)) if block not in below]
        moving = [block for block in clear if not settled[block]]
        moving.sort(key=lambda block: goal.below[block] >= ANYWHERE)  # these may stay in the hand
        for block in moving:
            there = goal.below[block]
            if there == HAND:
                ready = len(moving) == 1 and settled.count(False) == 1
            else:
                ready = there >= MOST_BLOCKS or (settled[there] and there not in below)
            if ready:
                return (VERBS * block + TAKE,)
        if not moving:  # all is in place but the block that is to be in the hand
            return tuple(VERBS * block + TAKE for block in clear if goal.below[block] == HAND)
        return tuple(VERBS * block + TAKE for block in moving)

    def cost(self, state: Stacks, action: int) -> float:
        """Return 1: plans are as good as they are short."""
        return 1.0

    def estimate(self, state: Stacks) -> float:
        """Return how many actions every plan needs at least; `inf` for an impossible goal."""
        goal, below = goal_of(state.problem), state.below
        if goal.fault:
            return math.inf
        settled = settled_blocks(state)
        held = below.find(HAND)
        others = [block for block in range(len(below)) if block != held and not settled[block]]
        total = sum(_moves(block, goal, below, settled) for block in others) * 2
        wanted = HAND in goal.below
        if wanted and (held < 0 or goal.below[held] != HAND):
            total += 1
        elif not (wanted or goal.hand_empty) and any(
            goal.below[block] == ANYWHERE and block not in goal.clear for block in others
        ):
            total -= 1  # the last one may stay in the hand
        if held < 0:
            return float(total)
        there = goal.below[held]
        if there == HAND:
            return float(total + 2 if others else total)
        if there < MOST_BLOCKS and not (settled[there] and there not in below):
            return float(total + 3)
        if there == ANYWHERE and not (others or wanted or goal.hand_empty or held in goal.clear):
            return float(total)
        return float(total + 1)


def _moves(block: int, goal: Goal, below: bytes, settled: list[bool]) -> int:
    """Return how often a block that is not settled must be put somewhere, at least.

    Twice if it stands somewhere above the one it is to be on, which must move too; never if it is
    to be in the hand and nothing below it must move.
    """
    there, under = goal.below[block], below[block]
    if there == HAND:
        return int(under != TABLE and not settled[under])
    if there >= MOST_BLOCKS or settled[there]:
        return 1
    while under != TABLE:
        if under == there:
            return 2
        under = below[under]
    return 1
