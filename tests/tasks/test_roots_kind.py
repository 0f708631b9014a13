"""The kind math/equations_polynomial: conformance, solutions by the guide, published questions."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from graphs.best_first import best_first
from tasks.math.roots import PolynomialEquationsKind
from tasks.math.roots_generator import canonical
from tasks.protocol import Answer, InvalidTaskError, Task, task_to_json
from tasks.solving import Findings
from tasks.splits import SPLITS

KIND = PolynomialEquationsKind()
ENVIRONMENT = KIND.environment
assert ENVIRONMENT is not None


def searched(task: Task) -> Findings:
    root = ENVIRONMENT.initial(task)
    return best_first(ENVIRONMENT, KIND.guide, root, most_states=KIND.most_states)


def solved(task: Task) -> Answer:
    answer = KIND.conclude(task, searched(task))
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


def test_no_problem_is_in_two_splits_even_with_another_letter() -> None:
    problems = [
        {canonical(KIND.generate(seed, 0.1, split).payload) for seed in range(300)}
        for split in SPLITS
    ]
    assert not problems[0] & problems[1] | problems[0] & problems[2] | problems[1] & problems[2]


def test_generated_tasks_are_solved_in_more_steps_the_harder_they_are() -> None:
    means = []
    for difficulty in (0.0, 0.25, 0.5, 0.75, 1.0):
        lengths = []
        for seed in range(60):
            task = KIND.generate(seed, difficulty, "test")
            answer = solved(task)
            assert KIND.grade(task, answer).passed, (task.prompt, answer)
            lengths.append(len(answer.actions))
        means.append(statistics.mean(lengths))
    assert all(later > earlier for earlier, later in pairwise(means))
    assert means[-1] > means[0] + 5


def test_solutions_at_medium_difficulty_have_three_steps_and_four_choices_each() -> None:
    choices = []
    for seed in range(80):
        task = KIND.generate(seed, 0.5, "test")
        actions = solved(task).actions
        assert len(actions) >= 3, task.prompt
        state = ENVIRONMENT.initial(task)
        for action in actions:
            choices.append(int(ENVIRONMENT.legal(state).sum()))
            state = ENVIRONMENT.step(state, action)
    assert statistics.mean(choices) >= 4


def test_one_changed_token_of_a_right_answer_is_graded_wrong() -> None:
    wrong = passed = 0
    for seed in range(120):
        task = KIND.generate(seed, 0.5, "test")
        text = solved(task).text
        for match in re.finditer(r"\d+|(?<=\w )[+\-](?= )|(?<= )-(?=\d)", text):
            token = match[0]
            other = str(int(token) + 1) if token.isdigit() else "-" if token == "+" else "+"
            changed = text[: match.start()] + other + text[match.end() :]
            wrong += 1
            passed += KIND.grade(task, Answer(changed)).passed is not False
    assert wrong > 400
    assert passed <= 0.001 * wrong


def test_a_missing_solution_or_factor_is_graded_wrong() -> None:
    for seed in range(60):
        task = KIND.generate(seed, 0.6, "test")
        text = solved(task).text
        for mark in (", ", "*("):
            for match in re.finditer(re.escape(mark), text):
                shorter = text[: match.start()] or "1"
                assert KIND.grade(task, Answer(shorter)).passed is False, (task.prompt, shorter)


@pytest.mark.parametrize("prompt", ["2x^3 + 3x^2 = 11x + 6", "factor 2*x**4 - 10*x**2 + 12"])
def test_a_wrong_step_is_graded_wrong(prompt: str) -> None:
    task = read(prompt)
    answer = solved(task)
    assert KIND.grade(task, answer).passed
    for place in range(len(answer.derivation)):
        line = answer.derivation[place]
        for match in re.finditer(r"\d+", line.split(";")[0]):
            changed = line[: match.start()] + str(int(match[0]) + 1) + line[match.end() :]
            lines = (*answer.derivation[:place], changed, *answer.derivation[place + 1 :])
            verdict = KIND.grade(task, Answer(answer.text, answer.actions, lines))
            assert verdict.passed is False, changed
    assert KIND.grade(task, Answer(answer.text, answer.actions, ())).passed is False


@pytest.mark.parametrize(
    "name", ["train_easy", "train_medium", "train_hard", "interpolate", "extrapolate"]
)
def test_published_questions_are_solved(name: str, benchdata: Path) -> None:
    path = benchdata / "math" / f"mathematics_{name}.dev.jsonl"
    if not path.exists():
        pytest.skip(f"no {path.name} in the folder of external test files")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    wanted = ("algebra__polynomial_roots", "algebra__polynomial_roots_big")
    records = [record for record in records if record["module"] in wanted][:50]
    assert records
    for record in records:
        task = read(record["question"])
        assert KIND.grade(task, solved(task)).passed, record
        assert KIND.grade(task, Answer(record["answer"])).passed, record


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("x^2 - 2x = 2", "x = 1 - sqrt(3), x = 1 + sqrt(3)"),
        ("x^2 + 1 = 0", "no real solution"),
        ("Solve (t + 1)^3 = 4t + 4 for t", "t = -3, t = -1, t = 1"),
        ("x^2 = x^2", "every number"),
        ("(x - 1)(x + 1) = x^2", "no real solution"),
        ("(x + 1)^2 = x^2 + 3", "x = 1"),
        ("x^4 - 5x^2 + 6 = 0", "x = -sqrt(3), x = -sqrt(2), x = sqrt(2), x = sqrt(3)"),
        ("2y^2 - 4y - 3 = 0", "y = 1 - sqrt(10)/2, y = 1 + sqrt(10)/2"),
        ("x^4 + x + 1 = 0", "no real solution"),
        ("x^6 - 9x^3 + 8 = 0", "x = 1, x = 2"),
        ("What is u in u**2 - 2*u + 1 = 0?", "u = 1"),
        ("find the roots of x^3 - 2x", "x = -sqrt(2), x = 0, x = sqrt(2)"),
        ("Factor 3*x**2 - 27*x - 30.", "3*(x + 1)*(x - 10)"),
        ("factor x^4 + 4", "(x**2 + 2*x + 2)*(x**2 - 2*x + 2)"),
        ("factor x^2 - 2", "x**2 - 2"),
        ("factor 2x^4 + 2", "2*(x**4 + 1)"),
        ("factor -x^3/2 + x^2/2", "-x*x*(x - 1)/2"),
        ("Factor 6x + 9", "3*(2*x + 3)"),
    ],
)
def test_known_results(prompt: str, answer: str) -> None:
    task = read(prompt)
    found = solved(task)
    assert found.text.replace("x**2*(x - 1)", "x*x*(x - 1)") == answer
    assert KIND.grade(task, found).passed


@pytest.mark.parametrize(
    "prompt", ["x^3 = 2", "x^4 - 2x^2 - 1 = 0", "x^5 - x - 1 = 0", "factor x^5 - x - 1"]
)
def test_roots_beyond_square_roots_are_not_answered(prompt: str) -> None:
    task = read(prompt)
    found = searched(task)
    assert found.complete
    assert KIND.conclude(task, found) is None


def test_payloads_that_are_no_such_problem_are_refused() -> None:
    for text, unknown in (
        ("x = 1", "x"), ("x^2 = y", "x"), ("x^2 = 1", "y"), ("x^2 = 1", "xy"), ("x^2 = ", "x"),
        ("x^2 = 1 = x", "x"), ("1/x = x", "x"), ("x^9 = 1", "x"), ("x^2 = 9^9^9", "x"),
        ("sin(x) = x^2", "x"), ("x^2 = 1,000", "x"), ("x^2/0 = 1", "x"), ("", "x"),
        (f"x^2 = {'9' * 300}", "x"), ("(" * 60 + "x^2" + ")" * 60 + " = 1", "x"),
        ("x^2 = 10^400", "x"), (f"(x + {'9' * 50})^8 = 1", "x"),
    ):  # fmt: skip
        with pytest.raises(InvalidTaskError):
            KIND.payload_from_json({"text": text, "unknown": unknown})
    for data in ({}, {"text": "x^2 = 1"}, {"text": 1, "unknown": "x"}):
        with pytest.raises(InvalidTaskError):
            KIND.payload_from_json(data)


def test_generated_problems_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 7, "test") for n in range(8)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1)
    golden("math-equations_polynomial.json", text + "\n")
