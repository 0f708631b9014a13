"""Generating equations, finding answers in prose, and the published test questions."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from equation_solutions import pupil_solution, shortest_length

from tasks.math.equation_generator import canonical
from tasks.math.equation_grader import solutions
from tasks.math.equations import EquationPayload, EquationsKind
from tasks.protocol import Answer, InvalidTaskError, task_to_json
from tasks.splits import SPLITS

KIND = EquationsKind()
ENVIRONMENT = KIND.environment


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_nearly_all_of_two_thousand_tasks_are_distinct(difficulty: float) -> None:
    tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
    assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)


def test_no_problem_is_in_two_splits_even_with_another_letter() -> None:
    assert ENVIRONMENT is not None
    problems = [
        {canonical(ENVIRONMENT.initial(KIND.generate(seed, 0.1, split))) for seed in range(300)}
        for split in SPLITS
    ]
    assert not problems[0] & problems[1] | problems[0] & problems[2] | problems[1] & problems[2]


def test_a_few_tasks_have_no_solution_or_every_number() -> None:
    tasks = [KIND.generate(seed, 0.5, "train") for seed in range(1000)]
    found = [solutions(task.payload.text, task.payload.unknown) for task in tasks]
    none = sum(s.number is None and not s.every for s in found)
    every = sum(s.every for s in found)
    assert 20 <= none + every <= 65
    assert min(none, every) >= 5


def test_most_solutions_are_small() -> None:
    tasks = [KIND.generate(seed, 0.3, "train") for seed in range(300)]
    found = [solutions(task.payload.text, task.payload.unknown).number for task in tasks]
    integers = [n for n in found if n is not None and n.denominator == 1]
    assert len(integers) > 0.8 * len(found)
    assert all(abs(n) <= 30 for n in integers)


def test_effort_without_a_net_rises_with_difficulty() -> None:
    # The length of a tidy solution, and of the shortest where plain search still reaches it.
    assert ENVIRONMENT is not None

    def lengths(difficulty: float) -> list[int]:
        states = [ENVIRONMENT.initial(KIND.generate(s, difficulty, "test")) for s in range(60)]
        return [len(pupil_solution(state) or ()) for state in states]

    means = [statistics.mean(lengths(d)) for d in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(later > earlier + 1 for earlier, later in pairwise(means))
    short = [
        sum(
            shortest_length(ENVIRONMENT.initial(KIND.generate(s, d, "test")), 3) is not None
            for s in range(40)
        )
        for d in (0.0, 0.2, 0.4)
    ]
    assert short[0] > short[1] > short[2]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x = 4", "x = 4"),
        ("4", "x = 4"),
        ("So 3x = 12, hence x = 4.", "x = 4"),
        ("x = 12/3 = 4", "x = 4"),
        ("First x = 3? No. **x = 4**", "x = 4"),
        ("The answer is 4.", "x = 4"),
        ("Answer: -7/2", "x = -7/2"),
        (r"Thus \boxed{x = \frac{7}{2}}", "x = 7/2"),
        (r"\[ x = -\frac{7}{2} \]", "x = -7/2"),
        ("x = 2.5", "x = 5/2"),
        ("Subtracting gives 0 = 1, so there is no solution.", "no solution"),
        ("Both sides agree: every number solves it.", "every number"),
        ("Let me think.\n3x = 17 - 5\n\nx = 4\n\nCheck: 3*4 + 5 = 17.", "x = 4"),
    ],
)
def test_answers_are_found_in_prose(text: str, answer: str) -> None:
    task = KIND.parse("3x + 5 = 17")
    assert task is not None
    assert KIND.answer_from_text(task, text) == Answer(answer)


@pytest.mark.parametrize("text", ["", "I cannot solve this.", "y = 4", "x = 3 + 1y", "x = 2x"])
def test_no_answer_is_invented(text: str) -> None:
    task = KIND.parse("3x + 5 = 17")
    assert task is not None
    assert KIND.answer_from_text(task, text) is None


def test_payloads_are_checked_when_they_are_read_back() -> None:
    good = {"text": "3x = 9", "unknown": "x"}
    assert KIND.payload_from_json(good) == EquationPayload("3x = 9", "x")
    for bad in (
        {"text": "3x = 9"},
        {**good, "more": 1},
        {**good, "unknown": "y"},
        {**good, "unknown": "xy"},
        {**good, "text": "3x"},
        {**good, "text": "x*x = 4"},
        {**good, "text": 3},
    ):
        with pytest.raises(InvalidTaskError):
            KIND.payload_from_json(bad)


def test_generated_equations_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 5, "test") for n in range(6)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1, ensure_ascii=False)
    golden("math-equations.json", text + "\n")


def test_golden_questions_have_their_known_answers() -> None:
    known = {
        "3x + 5 = 17": "x = 4",
        "Solve 0 = 4*b + b + 15 for b.": "b = -3",
        "what is y if 5(y - 3) = 2y + 9?": "y = 8",
        "x = x + 1": "no solution",
        "2x = 2x": "every number",
        "Solve for t: 1/2 (t + 3) = 2(t - 1) - 4": "t = 5",
    }
    for text, answer in known.items():
        task = KIND.parse(text)
        assert task is not None
        assert KIND.grade(task, Answer(answer)).passed


def test_published_questions_are_read_and_graded_by_their_published_answers(
    benchdata: Path,
) -> None:
    records = [
        record
        for path in sorted(benchdata.glob("math/mathematics_*.jsonl"))
        for record in map(json.loads, path.read_text().splitlines())
        if record["module"] == "algebra__linear_1d"
    ]
    assert len(records) >= 100
    right = wrong = 0
    for record in records:
        task = KIND.parse(record["question"])
        if task is None:
            continue
        truth = Fraction(record["answer"])
        right += KIND.grade(task, Answer(record["answer"])).passed is True
        for other in (truth + 1, -truth - 1, truth / 7 + 3):
            wrong += other != truth and KIND.grade(task, Answer(str(other))).passed is not False
    assert right >= 0.99 * len(records)
    assert wrong == 0
