"""Knapsacks: bounds, search, generator and grader, against benchmark problems too."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.best_first import best_first
from tasks.protocol import Answer, InvalidTaskError, Task, task_to_json
from tasks.search.knapsack import KnapsackKind, KnapsackPayload
from tasks.search.knapsack_generator import canonical, prompt_of
from tasks.search.knapsack_grader import most_valuable
from tasks.search.knapsack_rules import KnapsackEnvironment, Load, Problem
from tasks.solving import Findings, GuidedKind
from tasks.splits import split_of

KIND = KnapsackKind()
RULES = KnapsackEnvironment()
SMALL = (
    "My backpack holds 10 kg. Which items give the greatest value? tent (value 60, weight 5), "
    "stove (value 40, weight 4), rope (value 30, weight 3), lamp (value 25, weight 2)"
)  # tent, rope, lamp: 115


def search(root: Load) -> Findings:
    return best_first(RULES, KIND.guide, root, improves=True, most_states=KIND.most_states)


def solved(task: Task) -> Answer:
    """Return the agent's answer, by the agent's own search."""
    answer = KIND.conclude(task, search(RULES.initial(task)))
    assert answer is not None
    return answer


def read(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None
    return task


def value_of(answer: Answer) -> int:
    return int(answer.text.rsplit("; value ", 1)[1])


def by_hand(values: list[int], weights: list[int], capacity: int) -> int:
    """Return the best value over all subsets."""
    return max(
        int(np.dot(values, chosen))
        for chosen in product((0, 1), repeat=len(values))
        if np.dot(weights, chosen) <= capacity
    )


def test_the_kind_is_guided() -> None:
    assert isinstance(KIND, GuidedKind)


def test_every_benchmark_knapsack_is_packed_optimally(benchdata: Path) -> None:
    lines = (benchdata / "search" / "knapsack.dev.jsonl").read_text().splitlines()
    assert len(lines) >= 100
    for line in lines:
        record = json.loads(line)
        task = read(prompt_of(record["profits"], record["weights"], record["capacity"]))
        answer = solved(task)
        assert value_of(answer) == record["optimal_profit"]
        assert KIND.grade(task, answer).passed


def test_search_and_both_programmes_agree_with_all_subsets() -> None:
    rng = random.Random("knapsacks")
    for _ in range(60):
        count = rng.randint(1, 9)
        weights = [rng.randint(1, 30) for _ in range(count)]
        values = [rng.choice((w, w + 5, rng.randint(1, 30))) for w in weights]
        capacity = rng.randint(1, max(2, sum(weights)))
        truth = by_hand(values, weights, capacity)
        assert Problem(values, weights, capacity).bound >= truth
        assert most_valuable(tuple(values), tuple(weights), capacity) == truth
        scaled = tuple(1000 * weight for weight in weights), 1000 * capacity + 7
        assert most_valuable(tuple(values), *scaled) == truth  # over values
        names = tuple(str(n + 1) for n in range(count))
        payload = KnapsackPayload(names, tuple(values), tuple(weights), capacity)
        task = Task("", KIND.name, "", payload, 0.0, 0, "test")
        assert value_of(solved(task)) == truth


def test_the_estimate_never_promises_too_little_left_behind() -> None:
    rng = random.Random("estimates")
    for seed in range(20):
        task = KIND.generate(seed, 0.05, "test")
        state = RULES.initial(task)
        while not RULES.is_terminal(state):
            problem, item, left, _ = state
            best = by_hand(list(problem.values[item:]), list(problem.weights[item:]), left)
            assert problem.worth_at_most(item, left) >= best
            state = RULES.step(state, rng.randrange(2))


def test_costs_add_up_to_the_value_left_behind() -> None:
    rng = random.Random("costs")
    for seed in range(20):
        state = RULES.initial(KIND.generate(seed, 0.3, "test"))
        heavy = sum(
            value
            for value, weight in zip(state.problem.values, state.problem.weights, strict=True)
            if weight > state.problem.capacity
        )
        cost = float(heavy)
        while not RULES.is_terminal(state):
            action = rng.randrange(2)
            cost += KIND.guide.cost(state, action)
            state = RULES.step(state, action)
        assert cost == sum(state.problem.values) - state.value


def test_answers_with_one_token_changed_are_graded_wrong() -> None:
    wrong = passed = 0
    for seed in range(40):
        task = KIND.generate(seed, seed / 60, "test")
        payload = task.payload
        listed, value = solved(task).text.split("; value ")
        items = listed.split(", ")
        best = int(value)
        changed = [f"{listed}; value {best + d}" for d in (-1, 1, 10)]
        for place in range(len(items)):
            left = items[:place] + items[place + 1 :]
            others = [n for n in payload.names if n not in items or n in left]
            for other in others:
                way = [*left, other]
                places = [int(n) - 1 for n in way]
                fits = sum(payload.weights[p] for p in places) <= payload.capacity
                same = sum(payload.values[p] for p in places) == best
                if not (fits and same and len(set(way)) == len(way)):  # another optimum is right
                    changed.append(", ".join(way))
            changed.append(", ".join(left) or "nothing")
        wrong += len(changed)
        passed += sum(KIND.grade(task, Answer(text)).passed is not False for text in changed)
    assert wrong > 3000
    assert passed == 0


@pytest.mark.parametrize(
    "text",
    [
        "", "nothing", "tent", "tent, stove", "tent, stove; value 100",
        "tent, rope, lamp; value 116",
        "tent, rope, lamp; value 11", "tent, rope, lamp, stove", "tent, tent", "stove, rope, lamp",
        "tent, rope, lamp, lamp", "1, 3, 4", "value 115", "115", "tent rope lamp", "banana",
        "tent, rope, lamp, banana", "tent; rope; lamp", "all of them", "tent, rope, lamp; value",
        "tent, rope", "rope, lamp, ", "tent, lamp", "tent, rope, lamp; value 115.5", ",,,",
    ],
)  # fmt: skip
def test_planted_wrong_answers_are_refused(text: str) -> None:
    verdict = KIND.grade(read(SMALL), Answer(text))
    assert verdict.passed is False
    assert verdict.feedback
    assert verdict.score < 1


def test_a_lesser_packing_scores_its_share_and_says_nothing_of_the_optimum() -> None:
    verdict = KIND.grade(read(SMALL), Answer("tent, stove"))
    assert verdict.score == pytest.approx(100 / 115)
    assert "115" not in verdict.feedback
    assert KIND.grade(read(SMALL), Answer("Tent, Rope, Lamp; value 115")).passed


def test_problems_beyond_the_programme_are_not_judged() -> None:
    values, weights = [10**8 - n for n in range(30)], [10**7 + 7 * n for n in range(30)]
    task = read(prompt_of(values, weights, 10**8 - 1))
    started = time.process_time()
    assert KIND.grade(task, Answer("1, 2, 3")).passed is None
    assert solved(task).text
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("tent, rope, lamp", "tent, rope, lamp"),
        ("Take the tent, the rope and the lamp for a total value of 115.",
         "tent, rope, lamp; value 115"),
        (r"$\boxed{\text{tent, rope, lamp}}$", "tent, rope, lamp"),
        ("- Tent\n- Rope\n- Lamp\n\nTotal value: 115", "tent, rope, lamp; value 115"),
        ("tent + stove = 100 is less than tent + rope + lamp = 115", "tent, rope, lamp"),
    ],
)  # fmt: skip
def test_answers_are_found_in_prose(text: str, answer: str) -> None:
    task = read(SMALL)
    assert KIND.answer_from_text(task, text) == Answer(answer)
    assert KIND.grade(task, Answer(answer)).passed


def test_item_numbers_are_told_from_other_numbers_in_prose() -> None:
    task = read("Solve the knapsack problem: values = [60, 100, 120], weights = [10, 20, 30], "
                "capacity = 50.")  # fmt: skip
    for text in ("items 2 and 3", "Take items 2 and 3. The total value is 220.", "2, 3",
                 "The answer is items 2, 3 with value 220, weight 50."):  # fmt: skip
        found = KIND.answer_from_text(task, text)
        assert found is not None
        assert KIND.grade(task, found).passed


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_nearly_all_of_two_thousand_tasks_are_distinct(difficulty: float) -> None:
    tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000 if not difficulty
                                                                        else 500)]  # fmt: skip
    texts = {canonical(t.payload.values, t.payload.weights, t.payload.capacity) for t in tasks}
    assert len(texts) >= 0.95 * len(tasks)
    assert {split_of(text) for text in texts} == {"train"}


def test_random_packing_falls_short_the_more_the_higher_the_difficulty() -> None:
    def shortfall(difficulty: float) -> float:
        rng = random.Random("random packings")
        gaps = []
        for seed in range(60):
            task = KIND.generate(seed, difficulty, "test")
            best = 0
            for _ in range(64):
                state = RULES.initial(task)
                while not RULES.is_terminal(state):
                    state = RULES.step(state, rng.randrange(2))
                best = max(best, state.value)
            optimum = most_valuable(*[getattr(task.payload, n)
                                      for n in ("values", "weights", "capacity")])  # fmt: skip
            assert optimum is not None
            gaps.append(1 - best / optimum)
        return statistics.mean(gaps)

    means = [shortfall(d) for d in (0.0, 0.25, 0.5, 1.0)]
    assert all(later > earlier for earlier, later in pairwise(means))


def test_observations_stay_within_one() -> None:
    for seed in range(30):
        state = RULES.initial(KIND.generate(seed, seed / 30, "test"))
        while not RULES.is_terminal(state):
            assert np.abs(RULES.observe(state)).max() <= 1
            state = RULES.step(state, seed % 2)


@given(st.recursive(st.none() | st.integers() | st.text() | st.floats(), st.lists, max_leaves=9))
def test_payloads_of_any_type_are_read_or_refused(value: object) -> None:
    good = {"names": ["a", "b"], "values": [3, 4], "weights": [1, 2], "capacity": 2}
    assert KIND.payload_from_json(good)
    for name in good:
        try:
            KIND.payload_from_json({**good, name: value})
        except InvalidTaskError:
            continue


@given(st.text(alphabet="tenropslmv ,;0123456789$.-\nvalue", max_size=300))
def test_fuzzed_answers_are_graded(text: str) -> None:
    task = read(SMALL)
    found = KIND.answer_from_text(task, text)
    for answer in (Answer(text), *([found] if found else [])):
        assert KIND.grade(task, answer).passed in (True, False)


def test_generated_knapsacks_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 10, "test") for n in range(6)]
    golden("search-knapsack.json", json.dumps([task_to_json(t) for t in tasks], indent=1) + "\n")
