"""The rules of the blocks world with four operators: pick-up, put-down, stack, unstack.

Source: Gupta and Nau 1992, On the complexity of blocks-world planning; operators as in the planning
competition of 2000.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task
from tasks.reasoning.planning_facts import MOST_BLOCKS, Fact, PlanningPayload, goal_fault

TAKE, PUT_DOWN, STACK = range(3)
VERBS = 3
TABLE, HAND, ANYWHERE = MOST_BLOCKS, MOST_BLOCKS + 1, MOST_BLOCKS + 2
FEATURES = 2 * MOST_BLOCKS + 10


class Stacks(NamedTuple):
    """Where the blocks of a problem are.

    Attributes:
        problem: its blocks and goal as text (`problem_text`).
        below: a byte for each block: the number of the block it is on, TABLE or HAND.
    """

    problem: str
    below: bytes


@dataclass(frozen=True, slots=True)
class Goal:
    """What a problem asks for, by number of block.

    Attributes:
        names: of the blocks.
        facts: of the goal.
        below: where each block is to be: on a block, TABLE, HAND or ANYWHERE.
        top: the block that is to be on each block; -1 for none in particular.
        clear: blocks that are to be clear.
        hand_empty: whether the hand is to be empty.
        fault: why no state can be so; empty if one can.
    """

    names: tuple[str, ...]
    facts: tuple[Fact, ...]
    below: tuple[int, ...]
    top: tuple[int, ...]
    clear: frozenset[int]
    hand_empty: bool
    fault: str


class BlocksEnvironment:
    """One player; 1 when the goal holds. Without a plan a run goes on to `max_steps`.

    Action `3 * block + verb`: take that block, put it down (it is in the hand), or stack the block
    in the hand on it.
    """

    version = "blocks-1"
    num_actions = MOST_BLOCKS * VERBS
    observation_shape: tuple[int, ...] = (MOST_BLOCKS, FEATURES)
    num_players = 1
    max_steps = 4 * MOST_BLOCKS + 2
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> Stacks:
        """Return the problem's initial state."""
        return initial_stacks(task.payload)

    def legal(self, state: Stacks) -> BoolArray:
        """Return `[90]` bool."""
        mask = np.zeros(self.num_actions, dtype=np.bool_)
        if not self.is_terminal(state):
            mask[legal_actions(state)] = True
        return mask

    def step(self, state: Stacks, action: int) -> Stacks:
        """Return the state after the action."""
        if self.is_terminal(state) or action not in legal_actions(state):
            raise IllegalActionError(f"action {action} is not possible in\n{self.describe(state)}")
        block, verb = divmod(action, VERBS)
        below = bytearray(state.below)
        if verb == STACK:
            below[state.below.index(HAND)] = block
        else:
            below[block] = HAND if verb == TAKE else TABLE
        return Stacks(state.problem, bytes(below))

    def is_terminal(self, state: Stacks) -> bool:
        """Say whether the goal holds."""
        goal = goal_of(state.problem)
        below = state.below
        if goal.fault or (goal.hand_empty and HAND in below):
            return False
        if any(w not in (ANYWHERE, b) for w, b in zip(goal.below, below, strict=True)):
            return False
        return not any(block in below or below[block] == HAND for block in goal.clear)

    def returns(self, state: Stacks) -> FloatArray:
        """Return `[1]`: 1 where the goal holds."""
        return np.array([1 if self.is_terminal(state) else -1], dtype=np.float32)

    def to_play(self, state: Stacks) -> int:
        """Return 0, the only player."""
        return 0

    def observe(self, state: Stacks) -> FloatArray:
        """Return `[30, 70]`: a row for each block, so that a net can treat blocks alike.

        30 each: the block below, the block that is to be below; then: exists, is clear, on the
        table, in the hand, to be on the table, in the hand, clear; is where it is to be; so are all
        below it; the goal can be reached.
        """
        goal = goal_of(state.problem)
        view = np.zeros(self.observation_shape, dtype=np.float32)
        settled = settled_blocks(state)
        for block, (here, there) in enumerate(zip(state.below, goal.below, strict=True)):
            row = view[block]
            if here < MOST_BLOCKS:
                row[here] = 1
            if there < MOST_BLOCKS:
                row[MOST_BLOCKS + there] = 1
            row[2 * MOST_BLOCKS :] = (
                True,
                here != HAND and block not in state.below,
                here == TABLE,
                here == HAND,
                there == TABLE,
                there == HAND,
                block in goal.clear,
                there in (ANYWHERE, here),
                settled[block],
                not goal.fault,
            )
        return view

    def describe(self, state: Stacks) -> str:
        """Return the stacks from the table up, the hand, and the goal, on three lines."""
        goal = goal_of(state.problem)
        wanted = ", ".join(" ".join(fact) for fact in goal.facts)
        return f"{stacks_text(state)}\nblocks: {' '.join(goal.names)}\ngoal: {wanted}"

    def describe_action(self, state: Stacks, action: int) -> str:
        """Return the action as in a plan: `(unstack a b)`."""
        return action_text(state, action)


def problem_text(payload: PlanningPayload) -> str:
    """Write blocks and goal as one text."""
    return "|".join([" ".join(payload.blocks), *(" ".join(fact) for fact in payload.goal)])


@lru_cache(maxsize=1024)
def goal_of(problem: str) -> Goal:
    """Read back `problem_text`."""
    first, *rest = problem.split("|")
    names = tuple(first.split())
    facts: tuple[Fact, ...] = tuple(tuple(fact.split()) for fact in rest)
    place = {name: number for number, name in enumerate(names)}
    below, top = [ANYWHERE] * len(names), [-1] * len(names)
    for predicate, *blocks in facts:
        if predicate == "on":
            below[place[blocks[0]]] = place[blocks[1]]
            top[place[blocks[1]]] = place[blocks[0]]
        elif predicate in ("ontable", "holding"):
            below[place[blocks[0]]] = TABLE if predicate == "ontable" else HAND
    clear = frozenset(place[fact[1]] for fact in facts if fact[0] == "clear")
    return Goal(
        names, facts, tuple(below), tuple(top), clear, ("handempty",) in facts, goal_fault(facts)
    )


def initial_stacks(payload: PlanningPayload) -> Stacks:
    """Return the state that the initial facts describe."""
    place = {name: number for number, name in enumerate(payload.blocks)}
    below = bytearray([TABLE] * len(place))
    for predicate, *blocks in payload.init:
        if predicate == "on":
            below[place[blocks[0]]] = place[blocks[1]]
        elif predicate == "holding":
            below[place[blocks[0]]] = HAND
    return Stacks(problem_text(payload), bytes(below))


def legal_actions(state: Stacks) -> list[int]:
    """Return what can be done, whether or not the goal holds."""
    below = state.below
    held = below.find(HAND)
    clear = [block for block in range(len(below)) if block != held and block not in below]
    if held < 0:
        return [VERBS * block + TAKE for block in clear]
    return [VERBS * held + PUT_DOWN, *(VERBS * block + STACK for block in clear)]


def settled_blocks(state: Stacks) -> list[bool]:
    """Say of each block whether it need not move any more: it and all below it are in place.

    A block is not in place on one that is to be clear, in the hand, or under another block. The
    block in the hand is not settled.
    """
    goal = goal_of(state.problem)
    below = state.below
    settled = [False] * len(below)
    level = [block for block, under in enumerate(below) if under == TABLE]
    above = {under: block for block, under in enumerate(below) if under < MOST_BLOCKS}
    while level:
        higher = []
        for block in level:
            under = below[block]
            good = goal.below[block] in (ANYWHERE, HAND, under)
            if under < MOST_BLOCKS:
                good = good and settled[under] and goal.top[under] in (-1, block)
                good = good and under not in goal.clear and goal.below[under] != HAND
            settled[block] = good
            if good and block in above:
                higher.append(above[block])
        level = higher
    return settled


def action_text(state: Stacks, action: int) -> str:
    """Write an action of a plan: `(pick-up a)`, `(stack a b)`."""
    names = goal_of(state.problem).names
    block, verb = divmod(action, VERBS)
    if verb == PUT_DOWN:
        return f"(put-down {names[block]})"
    if verb == STACK:
        return f"(stack {names[state.below.index(HAND)]} {names[block]})"
    under = state.below[block]
    return (
        f"(pick-up {names[block]})"
        if under == TABLE
        else f"(unstack {names[block]} {names[under]})"
    )


def stacks_text(state: Stacks) -> str:
    """Write the stacks from the table up: `a b | c; hand empty`."""
    names = goal_of(state.problem).names
    above = {under: block for block, under in enumerate(state.below) if under < MOST_BLOCKS}
    stacks = []
    for block, under in enumerate(state.below):
        if under == TABLE:
            stack = [block]
            while stack[-1] in above:
                stack.append(above[stack[-1]])
            stacks.append(" ".join(names[one] for one in stack))
    held = state.below.find(HAND)
    return f"{' | '.join(stacks) or 'no stack'}; hand {'empty' if held < 0 else names[held]}"
