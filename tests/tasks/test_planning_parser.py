"""Reading blocks worlds: facts, JSON, words; and leaving other domains alone."""

from __future__ import annotations

import time

import pytest

from tasks.protocol import InvalidTaskError
from tasks.reasoning.planning_parser import read_problem

INIT = {("on", "a", "b"), ("ontable", "b"), ("ontable", "c"), ("handempty",)}


@pytest.mark.parametrize(
    "text",
    [
        "a on b, b on the table. goal: c on a",
        "a is on b, b is on the table, c on table. goal: c on a",
        "There are three blocks a, b and c. a is on b. b and c are on the table. I want c on a.",
        "Blocks: A, B, C. A is on top of B. B and C on the table. Hand empty. Goal: C on top of A.",
        "init: on(a,b), ontable(b), ontable(c), clear(a), handempty\ngoal: on(c,a)",
        "on(a, b), on(b, table), on(c, table); goal: on(c, a)",
        "init: on a b, ontable b, ontable c, clear a, clear c, handempty\ngoal: on c a",
        "- a on b\n- b on table\n- c on table\ngoal:\n- c on a",
        "How do I get c on a if a is on b and b and c are on the table?",
        "stack 1: b a; stack 2: c. goal: c on a",
        "Put c on a. Currently a is on b, and b and c are on the table.",
        "start: a on b, b on table, c on table -> goal: c on a",
        "Initially block a is on block b, and blocks b and c are on the table. Find a plan so that "
        "c is on a.",
        "stacks from top to bottom: [a b] [c]. goal: c on a",
        "stacks are now b-a (b at the bottom, a on top) and c is on the table. I want c on a",
        "from {a: b, b: table, c: table} to {c: a}",
        "(define (problem p) (:domain blocksworld) (:objects a b c - block) (:init (on a b) "
        "(on-table b) (on-table c) (clear a) (clear c) (arm-empty)) (:goal (and (on c a))))",
        '{"init": [["on","a","b"],["ontable","b"],["ontable","c"]], "goal": [["on","c","a"]]}',
        'init: [["on", "a", "b"], ["ontable", "b"], ["ontable", "c"]] goal: [["on", "c", "a"]]',
        "As initial conditions I have that, a is clear, c is clear, the hand is empty, a is on top "
        "of b, b is on the table and c is on the table. My goal is to have that c is on top of a.",
    ],
)
def test_wordings_are_read(text: str) -> None:
    payload = read_problem(text)
    assert payload is not None
    assert set(payload.init) >= INIT
    assert payload.goal == (("on", "c", "a"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What is on the table tonight? I want soup.",
        "put the book on the shelf",
        "a is not on b, b on the table. goal: a on b",
        "a on b, b on the table. goal: a on b or b on a",
        "a, b on c, c on the table. goal: c on a",
        "(:init (on a b) (ontable b)) (:goal (and (not (on a b))))",
        "(:init (on a b) (ontable b)) (:goal (or (on a b) (on b a)))",
        "a on b, b on the table. goal: not a on b",
        "a on b, b on the table. goal: b on a. Then c on d, d on the table. goal: d on c",
        "(:init (at truck1 depot) (on a b)) (:goal (and (at truck1 home)))",
        "Every block is on sale; our goal is to sell.",
        "a depends on b. goal: understand it",
        "How do I put a tower on my website?",
        "I want to place an order on Monday",
        '{"init": 3, "goal": 4}',
        "{" * 3000,
        "[" * 5000 + " on goal",
        "a on " * 1500 + "goal",
        "goal " * 1500,
        "a, b, " * 1200 + " on the table goal",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    started = time.process_time()
    assert read_problem(text) is None
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(:init (on a b) (on b a)) (:goal (and (on a b)))", "circle"),
        ("(:init (on a b) (on a c)) (:goal (and (on a b)))", "both"),
        ("(:init (on a b) (ontable b) (clear b)) (:goal (and (on b a)))", "clear"),
        ("(:init (on a b) (holding a)) (:goal (and (on b a)))", "hand"),
        ("(:init (ontable a)) (:goal (and (on a z)))", "'z'"),
        ("a is on b and a is on c. goal: b on c", "both"),
    ],
)
def test_contradictory_beginnings_are_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidTaskError, match=reason):
        read_problem(text)


def test_foreign_text_costs_next_to_nothing() -> None:
    text = "What is the sum of 12345 and 67890, and why does it matter to the council of Paris?"
    started = time.process_time()
    for _ in range(2000):
        read_problem(text)
    assert (time.process_time() - started) / 2000 < 50e-6
