"""Problems of the blocks world: random stacks before and after, more blocks are harder."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from tasks.protocol import Split, split_seed
from tasks.reasoning.planning_facts import Fact, PlanningPayload, make_payload
from tasks.splits import split_of

FEWEST, MOST = 4, 16  # blocks at difficulty 0 and 1
_COLOURS = (
    *("red", "blue", "green", "yellow", "orange", "purple", "white", "black", "pink", "brown"),
    *("cyan", "magenta"),
)


def make_problem(seed: int, difficulty: float, split: Split) -> tuple[PlanningPayload, str]:
    """Return a problem that has a plan of at least one action, and its prompt."""
    rng = random.Random(f"reasoning/planning {split_seed(split, seed)} {difficulty}")
    while True:
        count = round(FEWEST + (MOST - FEWEST) * difficulty) + rng.choice((0, 0, 1))
        names = _names(rng, count)
        before = _stacks(rng, names)
        after = _stacks(rng, names)
        goal = [fact for fact in _facts(after) if fact[0] == "on"]
        if rng.random() < 0.3:
            goal = [fact for fact in goal if rng.random() < 0.7]
        if not goal:
            continue
        init = _facts(before)
        solved = set(goal) <= set(init)
        if not solved and split_of(canonical_text(names, init, goal)) == split:
            payload = make_payload(init, goal)
            return payload, _prompt(rng, payload, before)


def difficulty_of(payload: PlanningPayload) -> float:
    """Return the difficulty at which as many blocks are generated, in [0, 1]."""
    return min(1.0, max(0.0, (len(payload.blocks) - FEWEST) / (MOST - FEWEST)))


def canonical_text(blocks: Sequence[str], init: Sequence[Fact], goal: Sequence[Fact]) -> str:
    """Return a text that is equal for problems that differ by the names of blocks only.

    Different problems may share it, which only matters to the size of a split.
    """
    before = {fact[1]: fact[2] for fact in init if fact[0] == "on"}
    after = {fact[1]: fact[2] for fact in goal if fact[0] == "on"}
    other = {(fact[0], name) for fact in goal if fact[0] != "on" for name in fact[1:]}
    depths = {name: (_depth(name, before), _depth(name, after)) for name in blocks}
    signs = sorted(
        (
            depths[name],
            depths.get(before.get(name, ""), ()),
            depths.get(after.get(name, ""), ()),
            tuple(sorted(predicate for predicate, one in other if one == name)),
        )
        for name in blocks
    )
    return f"blocks {signs}"


def _depth(name: str, below: dict[str, str]) -> int:
    """Return how many blocks a block stands on; goals in a circle end at 99."""
    depth = 0
    while name in below and depth < 99:
        name, depth = below[name], depth + 1
    return depth


def _names(rng: random.Random, count: int) -> list[str]:
    style = rng.randrange(4)
    if style == 0 and count <= len(_COLOURS):
        return rng.sample(_COLOURS, count)
    if style == 1:
        return [f"b{number}" for number in rng.sample(range(1, 30), count)]
    return rng.sample("abcdefghijklmnopqrstuvwxyz", count)


def _stacks(rng: random.Random, names: list[str]) -> list[list[str]]:
    """Put the blocks one after the other on the table or on a stack, evenly."""
    stacks: list[list[str]] = []
    for name in rng.sample(names, len(names)):
        place = rng.randrange(len(stacks) + 1)
        if place == len(stacks):
            stacks.append([name])
        else:
            stacks[place].append(name)
    return stacks


def _facts(stacks: list[list[str]]) -> list[Fact]:
    facts: list[Fact] = [("ontable", stack[0]) for stack in stacks]
    facts += [
        ("on", upper, lower) for stack in stacks for lower, upper in itertools.pairwise(stack)
    ]
    return facts


def _prompt(rng: random.Random, payload: PlanningPayload, before: list[list[str]]) -> str:
    """Write a problem as PDDL, lists or words."""
    style = rng.randrange(4)
    if style == 0:
        init = " ".join(f"({' '.join(fact)})" for fact in payload.init)
        goal = " ".join(f"({' '.join(fact)})" for fact in payload.goal)
        return f"(:init {init})\n(:goal (and {goal}))"
    if style == 1:
        init = ", ".join(f"[{_quoted(fact)}]" for fact in payload.init)
        goal = ", ".join(f"[{_quoted(fact)}]" for fact in payload.goal)
        return f"Blocks world. init: [{init}] goal: [{goal}]"
    wanted = ", ".join(f"{fact[1]} on {fact[2]}" for fact in payload.goal)
    if style == 2:
        stacks = " ".join(f"[{' '.join(stack)}]" for stack in before)
        return f"Blocks world, stacks from bottom to top: {stacks}. Goal: {wanted}."
    places = [
        f"{fact[1]} is on {fact[2] if fact[0] == 'on' else 'the table'}"
        for fact in payload.init
        if fact[0] in ("on", "ontable")
    ]
    return f"Find a plan. {', '.join(places)}. The hand is empty. Goal: {wanted}."


def _quoted(fact: Fact) -> str:
    return ", ".join(f'"{part}"' for part in fact)
