"""The kind math/calculus: conformance, solutions by the guide, the published test questions."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest

from graphs.best_first import best_first
from tasks.math.calculus import CalculusKind
from tasks.math.calculus_generator import canonical
from tasks.protocol import Answer, InvalidTaskError, Task, task_to_json
from tasks.splits import SPLITS

KIND = CalculusKind()
ENVIRONMENT = KIND.environment
assert ENVIRONMENT is not None


def solved(task: Task) -> Answer:
    found = best_first(
        ENVIRONMENT, KIND.guide, ENVIRONMENT.initial(task), most_states=KIND.most_states
    )
    answer = KIND.conclude(task, found)
    assert answer is not None, task.prompt
    return answer


def read(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None, text
    return task


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_nearly_all_of_two_thousand_tasks_are_distinct(difficulty: float) -> None:
    tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
    assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)


def test_no_problem_is_in_two_splits_even_with_other_letters() -> None:
    problems = [
        {canonical(KIND.generate(seed, 0.1, split).payload) for seed in range(300)}
        for split in SPLITS
    ]
    assert not problems[0] & problems[1] | problems[0] & problems[2] | problems[1] & problems[2]


def test_generated_tasks_are_solved_in_more_steps_the_harder_they_are() -> None:
    means = []
    for difficulty in (0.0, 0.25, 0.5, 0.75, 1.0):
        lengths = []
        for seed in range(25):
            task = KIND.generate(seed, difficulty, "test")
            answer = solved(task)
            assert KIND.grade(task, answer).passed, task.prompt
            lengths.append(len(answer.actions))
        means.append(statistics.mean(lengths))
    assert all(later > earlier + 2 for earlier, later in pairwise(means))


def test_solutions_at_medium_difficulty_have_three_steps_and_four_choices_each() -> None:
    choices = []
    for seed in range(40):
        task = KIND.generate(seed, 0.5, "test")
        actions = solved(task).actions
        assert len(actions) >= 3
        state = ENVIRONMENT.initial(task)
        for action in actions:
            choices.append(int(ENVIRONMENT.legal(state).sum()))
            state = ENVIRONMENT.step(state, action)
    assert statistics.mean(choices) >= 4


def test_one_changed_token_of_a_right_answer_is_graded_wrong() -> None:
    wrong = passed = 0
    for seed in range(60):
        task = KIND.generate(seed, 0.4, "test")
        text = solved(task).text
        for match in re.finditer(r"\d+|[+\-]", text):
            token = match[0]
            other = str(int(token) + 1) if token.isdigit() else "-" if token == "+" else "+"
            changed = text[: match.start()] + other + text[match.end() :]
            if changed.endswith("- C"):
                continue  # a constant is a constant
            wrong += 1
            passed += KIND.grade(task, Answer(changed)).passed is not False
    assert wrong > 400
    assert passed <= 0.001 * wrong


@pytest.mark.parametrize("step", ["first", "middle", "last"])
def test_a_wrong_step_is_graded_wrong(step: str) -> None:
    task = read("Find the second derivative of 3*x**4 - 2*x**2*y + 7*x wrt x")
    answer = solved(task)
    place = {"first": 0, "middle": len(answer.derivation) // 2, "last": -1}[step]
    lines = list(answer.derivation)
    lines[place] = f"{lines[place]} + 1"
    broken = Answer(answer.text, answer.actions, tuple(lines))
    assert KIND.grade(task, answer).passed
    assert KIND.grade(task, broken).passed is False
    assert KIND.grade(task, Answer(answer.text, answer.actions, ())).passed is False


@pytest.mark.parametrize("name", ["train_easy", "train_medium", "train_hard", "interpolate"])
def test_published_questions_are_solved(name: str, benchdata: Path) -> None:
    path = benchdata / "math" / f"mathematics_{name}.dev.jsonl"
    if not path.exists():
        pytest.skip(f"no {path.name} in the folder of external test files")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    records = [r for r in records if r["module"] == "calculus__differentiate"][:40]
    for record in records:
        task = read(record["question"])
        assert KIND.grade(task, solved(task)).passed, record
        assert KIND.grade(task, Answer(record["answer"])).passed, record


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Differentiate x**2 + 3*x + 2*x + x**2", "4*x + 5"),
        ("d/dx (x^2 + 1)(x - 3)", "3*x**2 - 6*x + 1"),
        ("derivative of (2x + 1)^5", "10*(2*x + 1)**4"),
        ("What is the derivative of 7?", "0"),
        ("differentiate 4/x^2 wrt x", "-8*x**(-3)"),
        ("derivative of sqrt(x)", "x**(-1/2)/2"),
        ("If f(x) = 5x^3 - x, find f'(2).", "59"),
        ("antiderivative of 6x^2 - 4x + 1", "2*x**3 - 2*x**2 + x + C"),
        ("∫_0^2 3x^2 dx", "8"),
        ("∫ 0 dx", "C"),
        ("integrate x(x + 1)^2 dx", "x**4/4 + 2*x**3/3 + x**2/2 + C"),
        ("slope of y = x^2 at x = 1/2", "1"),
    ],
)
def test_known_results(prompt: str, answer: str) -> None:
    task = read(prompt)
    found = solved(task)
    assert found.text == answer
    assert KIND.grade(task, found).passed


def test_an_integral_that_is_no_power_is_not_answered() -> None:
    task = read("integrate 1/x + x")
    found = best_first(ENVIRONMENT, KIND.guide, ENVIRONMENT.initial(task))
    assert found.complete
    assert KIND.conclude(task, found) is None


def test_payloads_that_make_no_sense_are_refused() -> None:
    good = asdict(read("integrate x^2 from 1 to 2").payload)
    for change in (
        {"operation": "limit"}, {"text": "sin(x)"}, {"text": "x^"}, {"unknown": "xy"},
        {"order": 0}, {"order": 10**9}, {"order": True}, {"order": "1"}, {"lower": "a"},
        {"upper": ""}, {"upper": "1/0"}, {"text": 7}, {"text": "9**9**9"},
        {"text": "x**-1", "lower": "-1", "upper": "1"},
    ):  # fmt: skip
        with pytest.raises(InvalidTaskError):
            KIND.payload_from_json({**good, **change})
    assert KIND.payload_from_json(good) == read("integrate x^2 from 1 to 2").payload


def test_generated_problems_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 7, "test") for n in range(8)]
    golden(
        "math-calculus.json", json.dumps([task_to_json(task) for task in tasks], indent=1) + "\n"
    )
