"""Plans in the blocks world through the real search: published problems, corrupted answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graphs.best_first import best_first
from tasks.conformance import check_kind
from tasks.protocol import Answer, Task
from tasks.reasoning.planning import PlanningKind

KIND = PlanningKind()


def solve(task: Task) -> Answer | None:
    """Answer as the agent does."""
    assert KIND.environment is not None
    found = best_first(
        KIND.environment,
        KIND.guide,
        KIND.environment.initial(task),
        improves=KIND.improves,
        most_states=KIND.most_states,
    )
    return KIND.conclude(task, found)


def published(benchdata: Path) -> list[dict[str, Any]]:
    path = benchdata / "reasoning/planning_blocksworld.dev.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def pddl(record: dict[str, Any]) -> str:
    """Write a record as a PDDL problem."""
    init, goal = (
        " ".join(f"({' '.join(fact)})" for fact in record[part]) for part in ("init", "goal")
    )
    objects = " ".join(record["objects"])
    return (
        f"(define (problem one) (:domain blocksworld-4ops)\n(:objects {objects})\n"
        f"(:init {init})\n(:goal (and {goal})))"
    )


def test_the_kind_conforms() -> None:
    assert [finding.text() for finding in check_kind(KIND)] == []


def test_published_problems_get_plans_of_optimal_length_or_the_proof_of_none(
    benchdata: Path,
) -> None:
    actions = optimum = 0
    for record in published(benchdata):
        task = KIND.parse(pddl(record))
        assert task is not None
        answer = solve(task)
        assert answer is not None
        assert KIND.grade(task, answer).passed
        assert KIND.answer_from_text(task, f"Answer: {answer.text}") == Answer(answer.text)
        if record["solvable"]:
            actions += len(answer.actions)
            optimum += record["optimal_length"]
            assert KIND.grade(task, Answer("\n".join(record["optimal_plan"]))).passed
            assert KIND.grade(task, Answer("no plan exists")).passed is False
        else:
            assert answer.text == "no plan exists"
    assert actions == optimum > 2000
