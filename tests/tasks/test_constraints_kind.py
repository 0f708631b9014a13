"""Sudokus and colourings through the real search: published puzzles, corrupted answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphs.best_first import best_first
from tasks.conformance import check_kind
from tasks.protocol import Answer, Task
from tasks.reasoning.constraints import ConstraintsKind

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


def test_the_kind_conforms() -> None:
    assert [finding.text() for finding in check_kind(KIND)] == []


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
