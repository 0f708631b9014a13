"""Round trips: reading, bounds, search, generator and grader, against benchmark tours too."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.best_first import best_first
from tasks.protocol import Answer, InvalidTaskError, Task, task_to_json
from tasks.search.tour import TourKind
from tasks.search.tour_generator import canonical, prompt_of
from tasks.search.tour_grader import shortest
from tasks.search.tour_rules import Problem, TourEnvironment, Trip
from tasks.solving import Findings, GuidedKind
from tasks.splits import split_of

KIND = TourKind()
RULES = TourEnvironment()
SQUARE = "Find the shortest round trip through A (0, 0), B (9, 9), C (9, 0) and D (0, 9)."


def search(root: Trip) -> Findings:
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


def random_table(rng: random.Random, count: int) -> tuple[tuple[int, ...], ...]:
    """Return distances that no places in the plane have."""
    upper = {(a, b): rng.randint(1, 99) for b in range(count) for a in range(b)}
    rows = [[upper.get((min(a, b), max(a, b)), 0) for b in range(count)] for a in range(count)]
    return tuple(map(tuple, rows))


def test_the_kind_is_guided() -> None:
    assert isinstance(KIND, GuidedKind)


def test_every_benchmark_tour_is_found_and_no_shorter_one_is_known(benchdata: Path) -> None:
    lines = (benchdata / "search" / "tsp.dev.jsonl").read_text().splitlines()
    assert len(lines) >= 100
    for line in lines:
        record = json.loads(line)
        task = read(prompt_of(record["points"]))
        answer = solved(task)
        assert f"(length {record['optimal_length']}, each distance rounded)" in answer.text
        published = " -> ".join(str(city + 1) for city in record["optimal_tour"])
        assert KIND.grade(task, answer).passed
        assert KIND.grade(task, Answer(published)).passed


def test_search_and_subset_programming_agree_with_all_permutations() -> None:
    rng = random.Random("tours")
    for count in (3, 4, 5, 6, 7):
        for _ in range(6):
            table = random_table(rng, count)
            by_hand = min(
                sum(table[a][b] for a, b in pairwise((0, *middle, 0)))
                for middle in permutations(range(1, count))
            )
            found = search(Trip(Problem(table), 1, 0, 0))
            assert found.costs[0] == by_hand
            assert found.optimal
            assert shortest(tuple(tuple(map(float, row)) for row in table)) == by_hand


def test_the_bound_never_promises_too_much_along_random_trips() -> None:
    rng = random.Random("bounds")
    for _ in range(12):
        problem = Problem(random_table(rng, 7))
        trip = Trip(problem, 1, 0, 0)
        assert problem.bound <= search(trip).costs[0]
        while not RULES.is_terminal(trip):
            left = [c for c in range(7) if not trip.visited >> c & 1]
            ways = [(trip.city, *way, 0) for way in permutations(left)]
            best = min(sum(problem.distances[a][b] for a, b in pairwise(way)) for way in ways)
            assert KIND.guide.estimate(trip) <= best
            trip = RULES.step(trip, rng.choice(left))


def test_the_largest_problems_are_solved_within_the_limit_of_states() -> None:
    rng = random.Random("large")
    for _ in range(3):
        found = search(Trip(Problem(random_table(rng, 24)), 1, 0, 0))
        assert found.ends


def test_answers_with_one_token_changed_are_graded_wrong() -> None:
    wrong = passed = 0
    for seed in range(60):
        task = KIND.generate(seed, seed / 80, "test")
        way, length = solved(task).text.split(", each")[0].split(" (length ")
        stops = way.split(" -> ")
        changed = [f"{way} (length {int(length) + d})" for d in (-1, 1, 10)]
        for place in range(1, len(stops) - 1):
            for other in {*stops, "99"} - {stops[place]}:
                changed.append(" -> ".join([*stops[:place], other, *stops[place + 1 :]]))
            changed.append(" -> ".join(stops[:place] + stops[place + 1 :]))
        wrong += len(changed)
        passed += sum(KIND.grade(task, Answer(text)).passed is not False for text in changed)
    assert wrong > 3000
    assert passed == 0


@pytest.mark.parametrize(
    "text",
    [
        "", "A", "A -> B -> C -> D -> A", "A -> C -> B -> D -> B", "A -> C -> B", "A -> C -> D",
        "A -> C -> B -> D -> A, length 35", "A -> C -> B -> D -> A, length 36.5", "A C B D", "ACBD",
        "length 36", "36", "B -> A -> C -> D", "A -> A -> C -> B -> D -> A", "E -> F -> G -> H",
        "A -> C -> B -> D -> A -> C -> B -> D -> A", "1 -> 3 -> 2 -> 4", "-> A -> C -> B -> D",
        "A -> C -> B -> D -> A, length 036x", "banana", "A -> C -> B -> D -> A, length nan",
        "A -> D -> C -> B", "A > C > B > D", "A -> C -> B -> D -> E",
    ],
)  # fmt: skip
def test_planted_wrong_answers_are_refused(text: str) -> None:
    verdict = KIND.grade(read(SQUARE), Answer(text))
    assert verdict.passed is False
    assert verdict.feedback
    assert verdict.score < 1


def test_a_longer_tour_scores_its_share_and_says_nothing_of_the_optimum() -> None:
    verdict = KIND.grade(read(SQUARE), Answer("A -> B -> C -> D"))
    assert verdict.score == pytest.approx(36 / (18 + 2 * 13))
    assert "36" not in verdict.feedback


def test_tours_of_more_than_eighteen_cities_are_not_judged() -> None:
    points = [(n * 37 % 101, n * 53 % 97) for n in range(20)]
    task = read(prompt_of(points))
    assert KIND.grade(task, solved(task)).passed is None
    assert KIND.grade(task, Answer("1 -> 2 -> 3")).passed is False


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("A -> C -> B -> D -> A", "A -> C -> B -> D -> A"),
        ("A-C-B-D-A", "A -> C -> B -> D -> A"),
        ("The optimal tour is A → C → B → D → A with a total distance of 36.",
         "A -> C -> B -> D -> A (length 36)"),
        (r"$\boxed{A \to C \to B \to D \to A}$", "A -> C -> B -> D -> A"),
        ("Start at A, then C, then B, then D and back to A.", "A -> C -> B -> D"),
        ("First A, B, C, D: too long. Best: A, C, B, D.", "A -> C -> B -> D"),
    ],
)  # fmt: skip
def test_answers_are_found_in_prose(text: str, answer: str) -> None:
    task = read(SQUARE)
    assert KIND.answer_from_text(task, text) == Answer(answer)
    assert KIND.grade(task, Answer(answer)).passed


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_nearly_all_of_two_thousand_tasks_are_distinct(difficulty: float) -> None:
    tasks = [KIND.generate(seed, difficulty, "train") for seed in range(2000)]
    assert len({canonical(task.payload.points) for task in tasks}) >= 0.95 * len(tasks)
    assert {split_of(canonical(task.payload.points)) for task in tasks} == {"train"}


def test_effort_rises_with_difficulty_even_with_the_guide() -> None:
    def effort(difficulty: float) -> float:
        tasks = [KIND.generate(seed, difficulty, "test") for seed in range(40)]
        return statistics.mean(search(RULES.initial(task)).states for task in tasks)

    means = [effort(d) for d in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(later > 1.3 * earlier for earlier, later in pairwise(means))


def test_observations_stay_within_one_for_extreme_distances() -> None:
    for far in (1, 1_000_000):
        problem = Problem(tuple(tuple(0 if a == b else far for b in range(24)) for a in range(24)))
        assert np.abs(RULES.observe(Trip(problem, 1, 0, 0))).max() <= 1
    nowhere = Problem(((0, 0, 0), (0, 0, 0), (0, 0, 0)))
    found = search(Trip(nowhere, 1, 0, 0))
    assert found.costs == (0.0,)


@given(st.text(alphabet="ABCD() ,->0123456789.-\n[]:tsp", max_size=300))
def test_fuzzed_texts_end_in_an_answer_or_a_refusal(text: str) -> None:
    for prompt in (
        text,
        f"shortest round trip through {text}",
        f"tsp\n{text}\n1 2 3\n4 5 6\n7 8 9",
    ):
        try:
            KIND.parse(prompt)
        except InvalidTaskError:
            continue
    task = read(SQUARE)
    found = KIND.answer_from_text(task, text)
    for answer in (Answer(text), *([found] if found else [])):
        assert KIND.grade(task, answer).passed in (True, False)


@given(st.recursive(st.none() | st.integers() | st.text() | st.floats(), st.lists, max_leaves=9))
def test_payloads_of_any_type_are_read_or_refused(value: object) -> None:
    good = {"names": ["a", "b", "c"], "points": [[0, 0], [1, 2], [2.5, 1]], "rounded": False}
    assert KIND.payload_from_json({**good, "table": []})
    for name in (*good, "table"):
        try:
            KIND.payload_from_json({**good, "table": [], name: value})
        except InvalidTaskError:
            continue


def test_long_and_foreign_texts_are_let_go_in_a_moment() -> None:
    started = time.process_time()
    for text in ("tour " + "(1," * 1900, "tsp " + "A-" * 2900, "tour\n" + "1 2\n" * 1400,
                 "tsp\n" + "0 " * 2900, "round trip " + "a" * 5900, "tsp " + "(1 2) " * 990,
                 "tsp ("):  # fmt: skip
        try:
            KIND.parse(text)
        except InvalidTaskError:
            continue
    KIND.answer_from_text(read(SQUARE), "A -> B, " * 3000)
    assert time.process_time() - started < 2
    started = time.process_time()
    for _ in range(300):
        KIND.parse("What is the capital of France?")
        KIND.parse("Solve 3x + 5 = 17 for x.")
    assert (time.process_time() - started) / 600 < 100e-6


def test_generated_tours_keep_to_their_golden_file(golden: Callable[[str, str], None]) -> None:
    tasks = [KIND.generate(n, n / 5, "test") for n in range(6)]
    golden("search-tour.json", json.dumps([task_to_json(t) for t in tasks], indent=1) + "\n")
