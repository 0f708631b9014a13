"""Sudokus and colourings through the real search: published puzzles, corrupted answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from graphs.best_first import best_first
from tasks.protocol import Answer, Task, task_to_json
from tasks.reasoning.constraints import ConstraintsKind

PHRASINGS = Path(__file__).parents[1] / "samples" / "phrasings"
KIND = ConstraintsKind()


def solve(task: Task) -> Answer | None:
    """Answer as the agent does."""
    assert KIND.environment is not None
    root = KIND.environment.initial(task)
    found = best_first(
        KIND.environment,
        KIND.guide,
        root,
        ends_wanted=KIND.ends_wanted,
        most_states=KIND.most_states,
    )
    return KIND.conclude(task, found)


@pytest.mark.parametrize(
    "tier",
    [
        "17clue",
        "forum11",
        "forum1106",
        "multi",
        "qqwing_easy",
        "qqwing_expert",
        "qqwing_intermediate",
        "top1465",
    ],
)
def test_published_puzzles_are_solved_and_wrong_digits_refused(tier: str, benchdata: Path) -> None:
    lines = (benchdata / f"reasoning/sudoku_{tier}.dev.jsonl").read_text().splitlines()[:60]
    for line in lines:
        record = json.loads(line)
        task = KIND.parse(f"Solve this sudoku: {record['puzzle']}")
        assert task is not None
        answer = solve(task)
        assert answer is not None
        assert answer.text == record.get("solution", "not unique")
        assert KIND.grade(task, answer).passed
        assert KIND.answer_from_text(task, f"Answer: {answer.text}") == Answer(answer.text)
        if "solution" in record:
            place = len(line) % 81
            digit = str(int(answer.text[place]) % 9 + 1)
            wrong = f"{answer.text[:place]}{digit}{answer.text[place + 1 :]}"
            assert KIND.grade(task, Answer(wrong)).passed is False
            assert KIND.grade(task, Answer("not unique")).passed is False
        else:
            assert KIND.grade(task, Answer(record["one_solution"])).passed is False
        assert KIND.grade(task, Answer("no solution")).passed is False


def test_generated_problems_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 5, "test") for n in range(6)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1, ensure_ascii=False)
    golden("reasoning-constraints.json", text + "\n")


def test_golden_questions_have_their_known_answers() -> None:
    known = {
        KIND.examples[0]: (
            "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
        ),
        "sudoku 4x4: 1... .... .... ....": "not unique",
        "sudoku 4x4: 12.. 34.. .... ..12": "not unique",
        "sudoku 4x4: 11.. .... .... ....": "no solution",
        "colour the graph a-b, b-c, c-a with 2 colours": "not colourable",
        "colour the graph a-b with 2 colours": "a=1, b=2",
        "colour the graph a-b, b-c with red and blue. b is red": "a=blue, b=red, c=blue",
    }
    for text, expected in known.items():
        task = KIND.parse(text)
        assert task is not None
        answer = solve(task)
        assert answer is not None
        assert answer.text == expected
        assert KIND.grade(task, answer).passed


def test_a_sudoku_has_no_answer_before_a_second_solution_is_ruled_out() -> None:
    task, graph = KIND.parse(KIND.examples[0]), KIND.parse(KIND.examples[2])
    assert KIND.environment is not None
    assert task is not None
    assert graph is not None
    for asked, told in ((task, False), (graph, True)):  # any colouring will do
        root = KIND.environment.initial(asked)
        found = best_first(KIND.environment, KIND.guide, root, ends_wanted=1)
        assert found.ends
        assert (KIND.conclude(asked, replace(found, complete=False)) is not None) is told
        nothing = replace(found, ends=(), costs=(), complete=False)
        assert KIND.conclude(asked, nothing) is None


def test_generated_problems_are_distinct_solvable_and_need_choices() -> None:
    assert KIND.environment is not None
    tasks = [KIND.generate(seed, seed % 11 / 10, "train") for seed in range(60)]
    assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)
    for task in tasks:
        assert not KIND.environment.is_terminal(KIND.environment.initial(task))
        answer = solve(task)
        assert answer is not None
        assert answer.actions
        assert KIND.grade(task, answer).passed


def test_search_looks_at_more_states_as_difficulty_rises() -> None:
    assert KIND.environment is not None
    means = []
    for difficulty in (0.0, 0.5, 1.0):
        tasks = [KIND.generate(seed, difficulty, "train") for seed in range(40)]
        roots = [KIND.environment.initial(task) for task in tasks]
        found = [best_first(KIND.environment, KIND.guide, root, ends_wanted=2) for root in roots]
        means.append(sum(one.states for one in found) / len(found))
    assert means[0] * 1.5 < means[1] < means[2] / 1.3


@pytest.mark.slow
def test_nearly_all_of_two_thousand_problems_are_distinct() -> None:
    for difficulty in (0.0, 0.5, 1.0):
        tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
        assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)


def test_phrasings_written_by_others_are_solved() -> None:
    records = [
        json.loads(line) for line in (PHRASINGS / "constraints.jsonl").read_text().splitlines()
    ]
    right = 0
    for record in records:
        task = KIND.parse(record["text"])
        answer = None if task is None else solve(task)
        truth = record["answer"]
        if answer is None:
            continue
        if isinstance(truth, str):
            right += answer.text == truth
        elif "solution" in truth:
            right += answer.text == truth["solution"]
        else:
            right += (answer.text != "not colourable") == truth["colorable"]
    assert right >= 0.9 * len(records)
