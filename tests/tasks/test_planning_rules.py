"""Blocks world: the rules against sets of facts, the guide against breadth-first search."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from graphs.best_first import best_first
from tasks.protocol import IllegalActionError
from tasks.reasoning.planning import PlanningKind
from tasks.reasoning.planning_facts import Fact, goal_fault, make_payload
from tasks.reasoning.planning_guide import BlocksGuide
from tasks.reasoning.planning_rules import (
    BlocksEnvironment,
    Stacks,
    action_text,
    goal_of,
    initial_stacks,
    legal_actions,
    settled_blocks,
    stacks_text,
)

KIND = PlanningKind()
ENVIRONMENT = BlocksEnvironment()
GUIDE = BlocksGuide()


def random_facts(rng: random.Random, blocks: str) -> list[Fact]:
    """Return a whole random state, sometimes with a block in the hand."""
    names = rng.sample(blocks, len(blocks))
    facts: list[Fact] = [("holding", names.pop())] if rng.random() < 0.25 else [("handempty",)]
    tops: list[str] = []
    for name in names:
        if tops and rng.random() < 0.7:
            facts.append(("on", name, tops.pop(rng.randrange(len(tops)))))
        else:
            facts.append(("ontable", name))
        tops.append(name)
    return [*facts, *(("clear", name) for name in tops)]


def facts_of(state: Stacks) -> set[Fact]:
    """Write a state as facts, from its text."""
    stacks, hand = stacks_text(state).split("; hand ")
    facts: set[Fact] = {("handempty",)} if hand == "empty" else {("holding", hand)}
    for stack in stacks.split(" | ") if stacks != "no stack" else ():
        names = stack.split()
        facts |= {("ontable", names[0]), ("clear", names[-1])}
        facts |= {("on", upper, lower) for lower, upper in itertools.pairwise(names)}
    return facts


def shortest(root: Stacks) -> int | None:
    """Return the length of a shortest plan by breadth-first search over everything."""
    level, seen, length = [root], {root}, 0
    while level:
        if any(ENVIRONMENT.is_terminal(state) for state in level):
            return length
        following = []
        for state in level:
            for action in legal_actions(state):
                after = ENVIRONMENT.step(state, action)
                if after not in seen:
                    seen.add(after)
                    following.append(after)
        level, length = following, length + 1
    return None


def random_problems(count: int, most_blocks: int) -> list[Stacks]:
    rng = random.Random(11)
    roots = []
    for _ in range(count):
        blocks = "abcdef"[: rng.randint(2, most_blocks)]
        goal = [fact for fact in random_facts(rng, blocks) if rng.random() < 0.6]
        goal += [rng.choice(random_facts(rng, blocks))] if rng.random() < 0.2 or not goal else []
        roots.append(initial_stacks(make_payload(random_facts(rng, blocks), goal, blocks)))
    return roots


def test_plans_of_small_problems_are_as_short_as_can_be() -> None:
    lengths = []
    for root in random_problems(150, 5):
        truth = shortest(root)
        found = best_first(ENVIRONMENT, GUIDE, root, improves=True, most_states=20_000)
        assert found.complete
        assert (len(found.ends[0]) if found.ends else None) == truth
        assert GUIDE.estimate(root) <= (math.inf if truth is None else truth)
        assert (truth is None) == bool(goal_of(root.problem).fault)
        lengths.append(truth)
    assert None in lengths
    assert max(length or 0 for length in lengths) >= 10


def test_every_action_changes_the_facts_as_its_operator_says() -> None:
    rng = random.Random(4)
    effects = {
        "pick-up": ("holding {0}", "clear {0},ontable {0},handempty"),
        "put-down": ("clear {0},ontable {0},handempty", "holding {0}"),
        "stack": ("clear {0},on {0} {1},handempty", "holding {0},clear {1}"),
        "unstack": ("holding {0},clear {1}", "clear {0},on {0} {1},handempty"),
    }
    for root in random_problems(40, 6):
        state = root
        for _ in range(12):
            if ENVIRONMENT.is_terminal(state):
                break
            for action in legal_actions(state):
                verb, *blocks = action_text(state, action).strip("()").split()
                added, deleted = (
                    {tuple(fact.split()) for fact in text.format(*blocks, "").split(",")}
                    for text in effects[verb]
                )
                before, after = facts_of(state), facts_of(ENVIRONMENT.step(state, action))
                assert deleted <= before
                assert after == (before - deleted) | added
            state = ENVIRONMENT.step(state, rng.choice(legal_actions(state)))


def test_shortest_plans_for_twenty_blocks_are_proved_in_a_moment() -> None:
    rng = random.Random(8)
    for _ in range(4):
        blocks = [f"b{number}" for number in range(20)]
        facts = []
        for _ in range(2):
            tops: list[str] = []
            facts.append([])
            for name in rng.sample(blocks, 20):
                if tops and rng.random() < 0.8:
                    facts[-1].append(("on", name, tops.pop(rng.randrange(len(tops)))))
                else:
                    facts[-1].append(("ontable", name))
                tops.append(name)
        root = initial_stacks(make_payload(facts[0], facts[1]))
        found = best_first(ENVIRONMENT, GUIDE, root, improves=True, most_states=KIND.most_states)
        assert found.optimal
        assert found.costs[0] <= 2.0 * GUIDE.estimate(root)


@pytest.mark.parametrize(
    ("goal", "fault"),
    [
        ("on a a", "itself"),
        ("on a b,on b a", "circle"),
        ("on a b,on b c,on c a", "circle"),
        ("on a b,on a c", "both"),
        ("on a c,on b c", "both"),
        ("on a b,clear b", "clear"),
        ("on a b,ontable a", "table"),
        ("holding a,holding b", "hand"),
        ("holding a,handempty", "empty"),
        ("holding a,on a b", "hand"),
        ("holding b,on a b", "hand"),
        ("holding a,ontable a", "hand"),
        ("holding a,clear a", "hand"),
        ("on a b,on b c,clear a,ontable c,handempty", ""),
        ("on a b,holding c", ""),
        ("clear a,clear b,clear c", ""),
    ],
)
def test_impossible_goals_are_named_and_possible_ones_are_reached(goal: str, fault: str) -> None:
    facts = [tuple(fact.split()) for fact in goal.split(",")]
    assert (fault in goal_fault(facts)) if fault else not goal_fault(facts)
    root = initial_stacks(make_payload([("on", "a", "b")], facts, "abc"))
    assert (shortest(root) is None) == bool(fault)
    assert (GUIDE.estimate(root) == math.inf) == bool(fault)


def test_settled_blocks_are_those_that_need_not_move() -> None:
    payload = make_payload(
        [("on", "b", "a"), ("on", "c", "b"), ("ontable", "d")], [("on", "b", "a"), ("on", "c", "d")]
    )
    assert settled_blocks(initial_stacks(payload)) == [True, True, False, True]


def test_what_is_not_possible_is_refused() -> None:
    state = initial_stacks(make_payload([("on", "a", "b")], [("on", "b", "a")]))
    for action in (1, 2, 3, 4, 5, 89, 90, -1):
        with pytest.raises(IllegalActionError):
            ENVIRONMENT.step(state, action)
    assert action_text(state, 0) == "(unstack a b)"
