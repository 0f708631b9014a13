"""Plans in the blocks world through the real search: published problems, corrupted answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from graphs.best_first import best_first
from tasks.protocol import Answer, Task, task_to_json
from tasks.reasoning.planning import PlanningKind

PHRASINGS = Path(__file__).parents[1] / "samples" / "phrasings"
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


def test_generated_problems_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 5, "test") for n in range(6)]
    text = json.dumps([task_to_json(task) for task in tasks], indent=1, ensure_ascii=False)
    golden("reasoning-planning.json", text + "\n")


def test_golden_questions_have_their_known_answers() -> None:
    known = {
        KIND.examples[0]: "(pick-up c)\n(stack c a)",
        KIND.examples[2]: "(unstack a b)\n(put-down a)\n(pick-up b)\n(stack b a)",
        "a on b, b on table. goal: a on b": "no action needed",
        "a on b, b on table. goal: a on b, b on a": "no plan exists",
        "(:init (holding a) (ontable b)) (:goal (and (on a b)))": "(stack a b)",
        "a and b are on the table. I want the hand to hold a": None,
    }
    for text, expected in known.items():
        task = KIND.parse(text)
        answer = None if task is None else solve(task)
        assert (None if answer is None else answer.text) == expected


def test_generated_problems_are_distinct_solvable_and_need_actions() -> None:
    for difficulty in (0.0, 1.0):
        tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
        assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)
        for task in tasks[:60]:
            answer = solve(task)
            assert answer is not None
            assert answer.actions
            assert KIND.grade(task, answer).passed


def test_search_looks_at_more_states_as_difficulty_rises() -> None:
    assert KIND.environment is not None
    means = []
    for difficulty in (0.0, 0.25, 0.5, 0.75, 1.0):
        roots = [KIND.environment.initial(KIND.generate(s, difficulty, "test")) for s in range(60)]
        found = [best_first(KIND.environment, KIND.guide, root, improves=True) for root in roots]
        means.append(sum(one.states for one in found) / len(found))
    assert all(later > 1.3 * earlier for earlier, later in pairwise(means))


def test_phrasings_written_by_others_are_solved() -> None:
    records = [json.loads(line) for line in (PHRASINGS / "planning.jsonl").read_text().splitlines()]
    right = 0
    for record in records:
        task = KIND.parse(record["text"])
        answer = None if task is None else solve(task)
        length = record["answer"]["optimal_length"]
        if answer is not None and length is None:
            right += answer.text == "no plan exists"
        elif answer is not None:
            right += len(answer.actions) == length and answer.text != "no plan exists"
    assert right >= 0.9 * len(records)
