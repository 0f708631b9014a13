"""Mazes and weighted grids: generated, solved and graded, against benchmark grids too."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.best_first import best_first
from tasks.protocol import Answer, InvalidTaskError, Task, task_to_json
from tasks.search.maze import MazeKind
from tasks.search.maze_generator import canonical, distances, prompt_of
from tasks.search.maze_grader import cheapest
from tasks.search.maze_rules import MazeEnvironment, Place, grid_of
from tasks.solving import GuidedKind
from tasks.splits import split_of

KIND = MazeKind()
RULES = MazeEnvironment()
SMALL = "Find the shortest path from S to G:\nS.#.\n..#.\n#...\n#.#G"


def solved(task: Task) -> Answer:
    """Return the agent's answer, by the agent's own search."""
    found = best_first(RULES, KIND.guide, RULES.initial(task), most_states=KIND.most_states)
    answer = KIND.conclude(task, found)
    assert answer is not None
    return answer


def read(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None
    return task


def record_task(record: dict[str, Any]) -> tuple[Task, int | None]:
    """Return a benchmark record as the task a person would ask, and its optimum."""
    if record["task"] == "maze":
        rows = "\n".join(record["grid"])
        return read(f"Find the shortest path from S to G:\n{rows}"), record["optimal_length"]
    start, goal = tuple(record["start"]), tuple(record["goal"])
    return read(prompt_of(tuple(record["grid"]), start, goal, True)), record["optimal_cost"]


def test_the_kind_is_guided() -> None:
    assert isinstance(KIND, GuidedKind)


@pytest.mark.parametrize("name", ["maze_15", "maze_30", "weighted_grid"])
def test_every_benchmark_grid_is_solved_optimally_or_found_unreachable(
    benchdata: Path, name: str
) -> None:
    lines = (benchdata / "search" / f"{name}.dev.jsonl").read_text().splitlines()
    seconds = []
    for line in lines:
        started = time.process_time()
        task, optimum = record_task(json.loads(line))
        answer = solved(task)
        seconds.append(time.process_time() - started)
        assert KIND.grade(task, answer).passed
        if optimum is None:
            assert answer == Answer("no path")
        else:
            assert answer.text.endswith(f" {optimum}")
            assert KIND.grade(task, Answer("no path")).passed is False
    assert len(seconds) >= 100
    assert float(np.quantile(seconds, 0.95)) < 0.2  # 4 ms alone on a core


def test_the_guide_never_promises_too_much() -> None:
    for seed in range(30):
        task = KIND.generate(seed, 0.4, "test")
        root = RULES.initial(task)
        costs = np.frombuffer(root.grid.costs, np.uint8).reshape(root.grid.height, -1)
        for cell in np.flatnonzero(costs).tolist():
            least = distances(costs, cell)[root.grid.goal]
            assert least < 0 or KIND.guide.estimate(Place(root.grid, cell)) <= least


def test_search_generator_and_grader_agree_on_the_cheapest_cost() -> None:
    # a guided search, label correcting, and waves: three codes
    for seed in range(90):
        task = KIND.generate(seed, seed / 90, "calibration")
        payload = task.payload
        best = cheapest(payload.rows, payload.start, payload.goal)
        root = RULES.initial(task)
        costs = np.frombuffer(root.grid.costs, np.uint8).reshape(root.grid.height, -1)
        assert best == distances(costs, root.cell)[root.grid.goal]
        assert solved(task).text.endswith(f" {best}")


def test_compiled_rules_hold_for_the_largest_grid_and_costs_of_nine() -> None:
    costs = np.full((32, 32), 9, np.uint8)
    place = Place(grid_of(costs.tobytes(), 32, 1023), 0)
    rules = RULES.rules
    assert rules is not None
    words = rules.to_words(place)
    assert rules.from_words(words) == place
    view = np.zeros(5 * 32 * 32, np.float32)
    rules.observe(words, view)
    assert np.array_equal(view, RULES.observe(place).ravel())


def test_being_walled_in_is_an_end_without_a_win() -> None:
    task = read("shortest path from S to G\nS#.\n##.\n..G")
    root = RULES.initial(task)
    assert RULES.is_terminal(root)
    assert RULES.returns(root)[0] == -1
    assert solved(task) == Answer("no path")


def test_answers_with_one_token_changed_are_graded_wrong() -> None:
    wrong = passed = 0
    for seed in range(25):
        task = KIND.generate(seed, seed / 25, "test")
        moves, number = solved(task).text.split(", ")
        what, value = number.split()
        changed = [f"{moves}, {what} {int(value) + d}" for d in (-1, 1, 10)]
        for place in range(len(moves)):
            changed += [moves[:place] + m + moves[place + 1 :] for m in "URDL" if m != moves[place]]
            changed.append(moves[:place] + moves[place + 1 :])
            changed.append(moves[:place] + moves[place] + moves[place:])
        wrong += len(changed)
        passed += sum(KIND.grade(task, Answer(text)).passed is not False for text in changed)
    assert wrong > 2000
    assert passed == 0


@pytest.mark.parametrize(
    "text",
    [
        "", "no path", "unreachable", "length 6", "6", "RRR", "DRDRD", "DRDRRDD",
        "RDDRRD, length 5",
        "RDDRRD, cost 7", "DDRRRD", "RDDRRDUD", "LRDDRRD", "(0, 0) -> (3, 3)", "banana",
        "(0, 0) -> (1, 1) -> (2, 2) -> (3, 3)", "DRDRRD no path", "rdrrdd", "DRDRRD, length 06x",
        "UUUUUU", "RDDRRD" * 4000, "(0, 1) -> (1, 1) -> (2, 1) -> (2, 2) -> (2, 3)",
        "(0, 0) -> (999, 0)", "RDDRRD RDDRRD", "S -> G", "RDDRRDLR, length 8",
    ],
)  # fmt: skip
def test_planted_wrong_answers_are_refused(text: str) -> None:
    verdict = KIND.grade(read(SMALL), Answer(text))
    assert verdict.passed is False
    assert verdict.feedback
    assert verdict.score < 1


def test_a_detour_scores_but_does_not_pass() -> None:
    verdict = KIND.grade(read(SMALL), Answer("RLRDDRRD, length 8"))
    assert verdict.passed is False
    assert verdict.score == pytest.approx(6 / 8)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("RDDRRD", "RDDRRD"),
        ("The shortest path is `RDDRRD` (length 6).", "RDDRRD, length 6"),
        ("right, down, down, right, right, down", "RDDRRD"),
        ("Go Right -> Down -> Down -> Right -> Right -> Down.", "RDDRRD"),
        ("→↓↓→→↓", "RDDRRD"),
        ("→ ↓ ↓ → → ↓", "RDDRRD"),
        ("R D D R R D", "RDDRRD"),
        ("First I tried DR, but the answer is R, D, D, R, R, D. It takes 6 steps.",
         "RDDRRD, length 6"),
        ("(0,0) -> (0,1) -> (1,1) -> (2,1) -> (2,2) -> (2,3) -> (3,3)",
         "(0, 0) -> (0, 1) -> (1, 1) -> (2, 1) -> (2, 2) -> (2, 3) -> (3, 3)"),
        ("There is no path from S to G.", "no path"),
    ],
)  # fmt: skip
def test_answers_are_found_in_prose(text: str, answer: str) -> None:
    task = read(SMALL)
    assert KIND.answer_from_text(task, text) == Answer(answer)
    assert KIND.grade(task, Answer(answer)).passed is (answer != "no path")


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_nearly_all_of_two_thousand_tasks_are_distinct(difficulty: float) -> None:
    tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000 if not difficulty
                                                                        else 500)]  # fmt: skip
    assert len({task.payload for task in tasks}) >= 0.95 * len(tasks)


def test_a_grid_and_its_mirror_images_belong_to_one_split() -> None:
    for seed in range(60):
        root = RULES.initial(KIND.generate(seed, seed / 60, "test"))
        costs = np.frombuffer(root.grid.costs, np.uint8).reshape(root.grid.height, -1)
        text = canonical(costs, root.cell, root.grid.goal)
        assert split_of(text) == "test"
        where = np.arange(costs.size).reshape(costs.shape)
        turned, places = np.rot90(costs), np.rot90(where).ravel().tolist()
        assert text == canonical(turned, places.index(root.cell), places.index(root.grid.goal))


def test_effort_without_knowledge_rises_with_difficulty() -> None:
    # cells that a search without estimates reaches before the goal
    def effort(difficulty: float) -> float:
        seen = []
        for seed in range(40):
            root = RULES.initial(KIND.generate(seed, difficulty, "test"))
            costs = np.frombuffer(root.grid.costs, np.uint8).reshape(root.grid.height, -1)
            least = distances(costs, root.cell)
            seen.append(int(((least >= 0) & (least <= least[root.grid.goal])).sum()))
        return statistics.mean(seen)

    means = [effort(d) for d in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(later > 1.2 * earlier for earlier, later in pairwise(means))


@given(st.recursive(st.none() | st.integers() | st.text() | st.floats(), st.lists, max_leaves=6))
def test_payloads_of_any_type_are_read_or_refused(value: object) -> None:
    good = {"rows": ["..", ".."], "start": [0, 0], "goal": [1, 1], "weighted": False}
    assert KIND.payload_from_json(good)
    for name in good:
        try:
            KIND.payload_from_json({**good, name: value})
        except InvalidTaskError:
            continue


def test_long_answers_that_are_no_way_are_refused_in_a_moment() -> None:
    task = read(SMALL)
    started = time.process_time()
    for text in ("(1, 2) " * 2800, "(1, 2)" * 3000 + "x", "(1, 2) -> " * 1900, "U" * 19_000 + "x",
                 "U R " * 4000, "length 1 " * 2000, "right, " * 2800 + "x"):  # fmt: skip
        assert KIND.grade(task, Answer(text)).passed is False
        KIND.answer_from_text(task, text * 3)
    assert time.process_time() - started < 2


@given(st.text(alphabet="URDL() ,->0123456789no path\n→length", max_size=300))
def test_fuzzed_answers_are_graded(text: str) -> None:
    task = read(SMALL)
    found = KIND.answer_from_text(task, text)
    for answer in (Answer(text), *([found] if found else [])):
        assert KIND.grade(task, answer).passed in (True, False)


def test_generated_grids_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 10, "test") for n in range(6)]
    golden("search-maze.json", json.dumps([task_to_json(t) for t in tasks], indent=1) + "\n")
