"""Right plans and claims pass, planted wrong ones and corrupted ones do not."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from graphs.best_first import best_first
from tasks.protocol import Answer, Task
from tasks.reasoning.planning import PlanningKind

KIND = PlanningKind()


def read(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None
    return task


def passed(task: Task, text: str) -> bool | None:
    return KIND.grade(task, Answer(text.replace("; ", "\n"))).passed


SWAP = read("a on b, b on the table, c on the table. goal: b on a")
BUILD = read("[a] [b] [c] goal: a on b, b on c")
DONE = read("a on b, b on the table. goal: a on b")
NEVER = read("a on b, b on the table. goal: a on b, b on a")
HELD = read("(:init (holding a) (ontable b)) (:goal (and (on a b)))")


def test_right_plans_and_claims_pass() -> None:
    assert passed(SWAP, "(unstack a b); (put-down a); (pick-up b); (stack b a)")
    assert passed(
        SWAP, "(unstack a b); (stack a c); (unstack a c); (put-down a); (pick-up b); (stack b a)"
    )
    assert passed(BUILD, "(pick-up b); (stack b c); (pick-up a); (stack a b)")
    assert passed(DONE, "no action needed")
    assert passed(DONE, "(unstack a b); (stack a b)")
    assert passed(NEVER, "no plan exists")
    assert passed(HELD, "(stack a b)")


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (SWAP, "(unstack a b); (put-down a); (pick-up b)"),
        (SWAP, "(unstack a b); (put-down a); (stack b a)"),
        (SWAP, "(pick-up a); (put-down a); (pick-up b); (stack b a)"),
        (SWAP, "(pick-up b); (stack b a)"),
        (SWAP, "(unstack a b); (put-down a); (pick-up b); (stack a b)"),
        (SWAP, "(unstack a b); (put-down a); (unstack b a); (stack b a)"),
        (SWAP, "(unstack a c); (put-down a); (pick-up b); (stack b a)"),
        (SWAP, "(unstack a b); (pick-up b); (stack b a)"),
        (SWAP, "(unstack a b); (stack a a); (pick-up b); (stack b a)"),
        (SWAP, "(unstack a b); (put-down a); (pick-up b); (stack b z)"),
        (SWAP, "(unstack a b); (put-down a); (pick-up b); (stack b a); (unstack b a)"),
        (SWAP, "(unstack a b); (put-down a); (pick-up b); (move b a)"),
        (SWAP, "(unstack a); (put-down a); (pick-up b); (stack b a)"),
        (SWAP, "(unstack a b); (put-down a c); (pick-up b); (stack b a)"),
        (SWAP, "unstack a b; put-down a; pick-up b; stack b a"),
        (SWAP, "(unstack a b) (put-down a) (pick-up b) (stack b a)"),
        (SWAP, "no plan exists"),
        (SWAP, "no action needed"),
        (SWAP, "()"),
        (BUILD, "(pick-up a); (stack a b); (pick-up b); (stack b c)"),
        (BUILD, "(pick-up b); (stack b c)"),
        (BUILD, "no plan exists"),
        (DONE, "no plan exists"),
        (DONE, "(unstack a b); (put-down a)"),
        (NEVER, "no action needed"),
        (NEVER, "(unstack a b); (put-down a); (pick-up b); (stack b a)"),
        (HELD, "(pick-up a); (stack a b)"),
        (HELD, "no plan exists"),
    ],
)
def test_planted_wrong_answers_fail(task: Task, text: str) -> None:
    assert passed(task, text) is False


def solved(task: Task) -> Answer:
    assert KIND.environment is not None
    root = KIND.environment.initial(task)
    found = best_first(KIND.environment, KIND.guide, root, improves=True, most_states=20_000)
    answer = KIND.conclude(task, found)
    assert answer is not None
    return answer


def test_plans_with_one_token_changed_fail() -> None:
    # of shortest plans hardly a word can change; those that still work are looked at by name
    rng = random.Random(2)
    judged = right = 0
    for seed in range(150):
        task = KIND.generate(seed, seed % 10 / 9, "test")
        answer = solved(task)
        assert KIND.grade(task, answer).passed
        for _ in range(20):
            lines = [line.strip("()").split() for line in answer.text.splitlines()]
            line = rng.randrange(len(lines))
            token = rng.randrange(len(lines[line]))
            verbs = ("pick-up", "put-down", "stack", "unstack")
            pool = verbs if token == 0 else task.payload.blocks
            lines[line][token] = rng.choice([one for one in pool if one != lines[line][token]])
            judged += 1
            right += passed(task, "\n".join(f"({' '.join(one)})" for one in lines)) is not False
    assert judged == 3000
    assert right <= 0.001 * judged


def test_a_derivation_is_checked_against_the_plan() -> None:
    task = KIND.generate(3, 0.5, "test")
    answer = solved(task)
    for broken in ("banana", "", "a | b; hand empty", answer.derivation[0] + " x"):
        changed = replace(answer, derivation=(broken, *answer.derivation[1:]))
        assert KIND.grade(task, changed).passed is False
    assert KIND.grade(task, replace(answer, derivation=answer.derivation[1:])).passed is False


@pytest.mark.parametrize(
    "text",
    [
        "(unstack a b)\n(put-down a)\n(pick-up b)\n(stack b a)",
        "(unstack a b), (put-down a), (pick-up b), (stack b a)",
        "Plan: (unstack a b) (put-down a) (pick-up b) (stack b a)",
        "1. unstack a from b\n2. put down a\n3. pick up b\n4. stack b on a",
        "1. Unstack block A from block B.\n2. Put down block A on the table.\n"
        "3. Pick up block B.\n4. Stack block B on top of block A.",
        "First, unstack a from b, then put-down a; pick-up b and stack b on a.",
        "The answer is:\n```\nunstack a b\nputdown a\npickup b\nstack b a\n```\nDone.",
        "I first tried:\n(pick-up b)\n(stack b a)\nThat fails, so:\n(unstack a b)\n(put-down a)\n"
        "(pick-up b)\n(stack b a)",
    ],
)
def test_plans_are_found_in_prose(text: str) -> None:
    answer = KIND.answer_from_text(SWAP, text)
    assert answer == Answer("(unstack a b)\n(put-down a)\n(pick-up b)\n(stack b a)")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("There is no plan: the goal is contradictory.", "no plan exists"),
        ("The goal cannot be reached.", "no plan exists"),
        ("The goal already holds.", "no action needed"),
        ("I do not know.", None),
        ("stack your books", None),
    ],
)
def test_claims_are_found_in_prose(text: str, found: str | None) -> None:
    answer = KIND.answer_from_text(SWAP, text)
    assert (None if answer is None else answer.text) == found
