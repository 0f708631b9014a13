"""The pupil's plan for linear equations, and more words in which equations are asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphs.best_first import best_first
from tasks.conformance_solving import check_solving
from tasks.math.composed_leaves import Leaf
from tasks.math.equation_guide import EquationPlan
from tasks.math.equations import EquationsKind
from tasks.protocol import Answer, InvalidTaskError, Task

KIND = EquationsKind()
PLAN = EquationPlan()
PHRASINGS = Path(__file__).parents[1] / "samples" / "phrasings" / "equations.jsonl"


def planned(task: Task) -> Answer | None:
    assert KIND.environment is not None
    found = best_first(KIND.environment, PLAN, KIND.environment.initial(task), most_states=500)
    return KIND.answer_from_actions(task, found.ends[0]) if found.ends else None


def test_the_plan_leads_to_the_answer_at_every_difficulty() -> None:
    for seed in range(200):
        task = KIND.generate(seed, seed / 200, "test")
        answer = planned(task)
        assert answer is not None, task.prompt
        assert KIND.grade(task, answer).passed, task.prompt


def test_the_estimate_is_the_length_of_the_plan() -> None:
    assert KIND.environment is not None
    for seed in range(50):
        task = KIND.generate(seed, seed / 50, "test")
        answer = planned(task)
        assert answer is not None
        assert PLAN.estimate(KIND.environment.initial(task)) == len(answer.actions)


def test_the_plan_names_only_legal_actions() -> None:
    assert Leaf(KIND, PLAN).environment is KIND.environment
    assert list(check_solving(KIND, 8)) == []  # a learned kind has no means of its own to check
    assert KIND.environment is not None
    state = KIND.environment.initial(KIND.generate(7, 0.9, "test"))
    while not KIND.environment.is_terminal(state):
        (action,) = PLAN.actions(state)
        assert KIND.environment.legal(state)[action]
        state = KIND.environment.step(state, action)
    assert PLAN.actions(state) == ()
    assert PLAN.estimate(state) == 0


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Which x satisfies 2(x+1) = 2x + 2?", "every number"),
        ("what number w makes 9w - 4 = 5w + 10 true?", "w = 7/2"),
        ("is there any x with 3x - 1 = 3(x + 2)? solve it", "no solution"),
        ("½x − 4 = 6", "x = 20"),
        ("need help solving this: 6x + 4 - 2x = 4(x + 1)", "every number"),
        ("solve -2(3 - n) + 4 = 5n - 11 for n pls", "n = 3"),
        ("quick question: 3x + 5 = 17", "x = 4"),
        ("For which value of t does 4t = 2?", "t = 1/2"),
    ],
)
def test_more_words_are_read(text: str, answer: str) -> None:
    task = KIND.parse(text)
    assert task is not None
    found = planned(task)
    assert found is not None
    assert found.text == answer


def test_a_minus_after_a_heading_stays() -> None:
    task = KIND.parse("Solve the equation -3x = 12")
    assert task is not None
    assert task.payload.text == "-3x = 12"


def test_phrasings_of_people_are_solved() -> None:
    right = total = 0
    for record in map(json.loads, PHRASINGS.read_text().splitlines()):
        total += 1
        try:
            task = KIND.parse(record["text"])
        except InvalidTaskError:
            continue
        answer = planned(task) if task is not None else None
        if task is not None and answer is not None:
            wanted = KIND.grade(task, Answer(str(record["answer"]))).passed
            right += bool(wanted and KIND.grade(task, answer).passed)
    assert right >= 0.9 * total


def test_all_published_linear_equations_are_read_and_solved(benchdata: Path) -> None:
    records = [
        record
        for path in sorted(benchdata.glob("math/mathematics_*.jsonl"))
        for record in map(json.loads, path.read_text().splitlines())
        if record["module"] == "algebra__linear_1d"
    ]
    right = 0
    for record in records:
        task = KIND.parse(record["question"])
        answer = planned(task) if task is not None else None
        if task is not None and answer is not None:
            right += bool(
                KIND.grade(task, answer).passed
                and KIND.grade(task, Answer(record["answer"])).passed
            )
    assert right >= 0.985 * len(records)
