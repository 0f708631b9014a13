"""Judge plans by running them over sets of facts, and claims that there is none by a proof.

Shares nothing with the rules: operators are lists of facts to need, add and delete.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from tasks.protocol import Answer, Verdict

Fact = tuple[str, ...]
State = frozenset[Fact]
MOST_STEPS = 2000
_CLAIM, _NOTHING = "no plan exists", "no action needed"
_STEP = re.compile(r"\(([a-z-]+)((?: [\w-]+){1,2})\)", re.ASCII)


def grade(init: Iterable[Fact], goal: Iterable[Fact], answer: Answer) -> Verdict:
    """Pass a plan that can be carried out and ends in the goal, or a true claim of none.

    A derivation must show the stacks after each action. None only for a claim that is neither
    proved nor refuted.
    """
    before, wanted = frozenset(init), frozenset(goal)
    text = answer.text.strip()
    if text == _CLAIM:
        return _grade_claim(before, wanted, answer)
    steps = _read_plan(text)
    if steps is None:
        return Verdict(
            False, 0.0, f"expected actions such as (stack a b), one a line, or {_CLAIM!r}"
        )
    if len(answer.derivation) not in (0, len(steps)):
        return Verdict(
            False, 0.0, f"{len(answer.derivation)} states are shown for {len(steps)} actions"
        )
    state = before
    for number, step in enumerate(steps, 1):
        after = _apply(state, step)
        if after is None:
            return Verdict(
                False, 0.0, f"action {number}, ({' '.join(step)}), is not possible there"
            )
        if answer.derivation and _shown(answer.derivation[number - 1]) != _places(after):
            return Verdict(False, 0.0, f"the state shown after action {number} is another one")
        state = after
    missing = sorted(wanted - state)
    if missing:
        return Verdict(False, 0.0, f"at the end ({' '.join(missing[0])}) does not hold")
    return Verdict(True, 1.0, f"the goal holds after {len(steps)} actions")


def _read_plan(text: str) -> list[Fact] | None:
    """Read one action a line; None if anything else is there."""
    if text == _NOTHING:
        return []
    steps: list[Fact] = []
    for line in text.splitlines():
        match = _STEP.fullmatch(line.strip())
        if match is None or len(steps) >= MOST_STEPS:
            return None
        steps.append((match[1], *match[2].split()))
    return steps or None


def _apply(state: State, step: Fact) -> State | None:
    """Return the state after a step; None if what it needs does not hold."""
    name, *blocks = step
    if (name in ("pick-up", "put-down")) != (len(blocks) == 1):
        return None
    top, bottom = blocks[0], blocks[-1]
    in_hand: set[Fact] = {("holding", top)}
    alone: set[Fact] = {("clear", top), ("ontable", top), ("handempty",)}
    stacked: set[Fact] = {("clear", top), ("on", top, bottom), ("handempty",)}
    if name == "pick-up":
        needs, adds, deletes = alone, in_hand, alone
    elif name == "put-down":
        needs, adds, deletes = in_hand, alone, in_hand
    elif name == "stack":
        needs, adds, deletes = in_hand | {("clear", bottom)}, stacked, in_hand | {("clear", bottom)}
    elif name == "unstack":
        needs, adds, deletes = stacked, in_hand | {("clear", bottom)}, stacked
    else:
        return None
    return (state - deletes) | adds if needs <= state else None


def _places(state: State) -> State:
    """Return where the blocks are; what is clear follows from it."""
    return frozenset(fact for fact in state if fact[0] in ("on", "ontable", "holding"))


def _shown(text: str) -> State:
    """Read `a b | c; hand empty`, stacks from the table up; no facts for anything else."""
    stacks, sign, hand = text.partition("; hand ")
    if not sign:
        return frozenset()
    facts: set[Fact] = set() if hand == "empty" else {("holding", hand)}
    for stack in stacks.split("|") if stacks != "no stack" else ():
        names = stack.split()
        facts |= {("ontable", names[0])} if names else set()
        facts |= {("on", top, bottom) for bottom, top in itertools.pairwise(names)}
    return frozenset(facts)


def _grade_claim(before: State, wanted: State, answer: Answer) -> Verdict:
    if answer.actions or answer.derivation:
        return Verdict(False, 0.0, "a claim that there is no plan is no end of a plan")
    if _exclude_each_other(wanted) or _has_circle(wanted):
        return Verdict(True, 1.0, "the facts of the goal exclude each other")
    end = _build(before, wanted)
    if end is not None and wanted <= end:
        return Verdict(False, 0.0, "there is a plan")
    return Verdict(None, 0.0, "neither a plan nor a contradiction in the goal was found")


def _exclude_each_other(facts: State) -> bool:
    """Say whether two facts can never hold together."""
    for first in facts:
        for second in facts:
            if first != second and _exclude(first, second):
                return True
    return False


def _exclude(first: Fact, second: Fact) -> bool:
    kinds = (first[0], second[0])
    if kinds == ("on", "on"):
        return (first[1] == second[1]) != (first[2] == second[2])
    if kinds == ("on", "ontable"):
        return first[1] == second[1]
    if kinds == ("on", "clear"):
        return first[2] == second[1]
    if kinds == ("holding", "on"):
        return first[1] in second[1:]
    if kinds in (("holding", "clear"), ("holding", "ontable")):
        return first[1] == second[1]
    return kinds in (("holding", "holding"), ("holding", "handempty"))


def _has_circle(facts: State) -> bool:
    """Say whether blocks would stand on each other in a circle: none of them is lowest."""
    left = {(fact[1], fact[2]) for fact in facts if fact[0] == "on"}
    while left:
        tops = {top for top, _ in left}
        lowest = {pair for pair in left if pair[1] not in tops}
        if not lowest:
            return True
        left -= lowest
    return False


def _build(before: State, wanted: State) -> State | None:
    """Put everything on the table, build the goal up, lift what is to be held; None if stuck."""
    state: State | None = before
    for fact in before:
        if fact[0] == "holding":
            state = _apply(before, ("put-down", fact[1]))
    while state is not None:
        free = [f for f in state if f[0] == "on" and ("clear", f[1]) in state]
        if not free:
            break
        state = _apply(state, ("unstack", *free[0][1:]))
        state = state and _apply(state, ("put-down", free[0][1]))
    left = {fact for fact in wanted if fact[0] == "on"}
    while state is not None and left:
        tops = {fact[1] for fact in left}
        _, top, bottom = next(fact for fact in left if fact[2] not in tops)
        state = _apply(state, ("pick-up", top))
        state = state and _apply(state, ("stack", top, bottom))
        left.remove(("on", top, bottom))
    for fact in wanted:
        if fact[0] == "holding" and state is not None:
            state = _apply(state, ("pick-up", fact[1]))
    return state
