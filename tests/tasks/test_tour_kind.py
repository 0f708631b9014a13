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
from tasks.conformance import check_kind
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


def test_the_kind_conforms_and_is_guided() -> None:
    assert [finding.text() for finding in check_kind(KIND)] == []
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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (SQUARE, "A B C D"),
        ("TSP: (0,0), (9,9), (9,0), (0,9)", "1 2 3 4"),
        ("I need to visit 4 cities and come back home. Coordinates: A(0,0) B(9,9) C(9,0) D(0,9). "
         "What's the shortest route?", "A B C D"),
        ("Travelling salesman\nA: 0 0\nB: 9 9\nC: 9 0\nD: 0 9", "A B C D"),
        ("tsp\n1 0 0\n2 9 9\n3 9 0\n4 0 9", "1 2 3 4"),
        ("tsp with points\n0,0\n9,9\n9,0\n0,9", "1 2 3 4"),
        ("Visit all points and return by the shortest way: [[0,0],[9,9],[9,0],[0,9]]", "1 2 3 4"),
        ("Plan the shortest delivery route starting and ending at depot (0,0) visiting P1 (9,9), "
         "P2 (9,0), P3 (0,9).", "depot P1 P2 P3"),
        ("City 1: x=0, y=0\nCity 2: x=9, y=9\nCity 3: x=9, y=0\nCity 4: x=0, y=9\n"
         "find the optimal tour", "1 2 3 4"),
        ("tsp: 0 0, 9 9, 9 0, 0 9", "1 2 3 4"),
        ("x: 0 9 9 0\ny: 0 9 0 9\nshortest round trip of my drone please", "1 2 3 4"),
        ("| town | x | y |\n|---|---|---|\n| Ulm | 0 | 0 |\n| Bern | 9 | 9 |\n| Graz | 9 | 0 |\n"
         "| Linz | 0 | 9 |\nbest loop?", "Ulm Bern Graz Linz"),
        ("My van leaves the depot at (0, 0), drops parcels at (9, 9), (9, 0) and (0, 9), then "
         "drives back. Which loop is shortest?", "1 2 3 4"),
        ("Visit Paris (0, 0), Rome (9, 9), Oslo (9, 0) and Bonn (0, 9). Shortest round trip?",
         "Paris Rome Oslo Bonn"),
    ],
)  # fmt: skip
def test_places_are_read_as_people_list_them(text: str, names: str) -> None:
    payload = read(text).payload
    assert payload.names == tuple(names.split())
    assert payload.points == ((0, 0), (9, 9), (9, 0), (0, 9))
    assert payload.rounded  # not said, whole coordinates far apart: as in TSPLIB


@pytest.mark.parametrize(
    "text",
    [
        "Shortest tour that visits every city and returns to the start: A-B 10, A-C 15, A-D 20, "
        "B-C 35, B-D 25, C-D 30",
        "A salesman must visit cities A, B, C and D and return to A. Distances: AB = 10, AC = 15, "
        "AD = 20, BC = 35, BD = 25, CD = 30. Find the shortest tour.",
        "A to B is 10 km, A to C is 15 km, A to D is 20 km, B to C 35 km, B to D 25 km and "
        "C to D 30 km. Shortest round trip?",
        "   A  B  C  D\nA  0 10 15 20\nB 10  0 35 25\nC 15 35  0 30\nD 20 25 30  0\n"
        "shortest round trip?",
    ],
)
def test_distances_are_read_as_people_list_them(text: str) -> None:
    task = read(text)
    assert task.payload.names == ("A", "B", "C", "D")
    assert task.payload.table == (
        (0, 10, 15, 20),
        (10, 0, 35, 25),
        (15, 35, 0, 30),
        (20, 25, 30, 0),
    )
    assert solved(task).text.endswith(" (length 80)")


def test_tables_without_names_and_rounding_are_read() -> None:
    task = read("solve the tsp for [[0,10,15,20],[10,0,35,25],[15,35,0,30],[20,25,30,0]]")
    assert task.payload.names == ("1", "2", "3", "4")
    assert solved(task).text.endswith(" (length 80)")


def test_distances_are_rounded_unless_exact_ones_are_asked_for_or_places_are_near() -> None:
    assert solved(read(SQUARE)).text == "A -> C -> B -> D -> A (length 36, each distance rounded)"
    exact = read(SQUARE + " Use exact distances.")
    assert not exact.payload.rounded
    assert solved(exact).text == "A -> C -> B -> D -> A (length 36.00)"
    near = read("Shortest round trip through A (0, 0), B (1, 1), C (2, 0), D (1, -2)")
    assert solved(near).text.endswith("(length 7.30)")
    assert not read("tsp: (0.5, 0), (30, 40), (60, 0)").payload.rounded


@pytest.mark.parametrize(
    "text",
    [
        "What is the distance between (0,0) and (3,4)?",
        "go back to (1, 2), (3, 4), (5, 6)",
        "find the route from (0,0), (1,1), (2,2) to paris",
        "return the sudoku\n1 2 3\n4 5 6\n7 8 9",
        "Cycle through 1 2 3 4 5 6",
        "tour de france 2023: 1 2 3",
        "Shortest path from A to C: A-B 10, A-C 30, B-C 15",
        "Shortest tour through (0, 0), (9, 9), (9, 0), (0, 9), no need to return to the start",
        "Shortest tour starting at A and ending at D: A (0, 0), B (9, 9), C (9, 0), D (0, 9)",
        "Shortest tour from A to D through A (0, 0), B (9, 9), C (9, 0), D (0, 9)",
        "Shortest round trip, but B comes before C: A (0, 0), B (9, 9), C (9, 0), D (0, 9)",
        "The circuit board A-1 10 of plan B-2 20 was returned with C-3 30 shorts, a record.",
        "Write a python program for the tsp through (0, 0), (9, 9), (9, 0), (0, 9)",
        "Shortest round trip by Manhattan distance: (0, 0), (9, 9), (9, 0), (0, 9)",
        "Longest tour through (0, 0), (9, 9), (9, 0), (0, 9)",
        "Write a poem about a round trip to (0, 0), (1, 1) and (2, 2)",
        SQUARE + " Also solve 3x = 5.",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tsp: " + ", ".join(f"({n}, {n * n})" for n in range(30)), "30 cities"),
        ("tsp: A (0, 0), B (1, 1), A (2, 2)", "same name"),
        ("shortest round trip: A-B 10, A-C 15, A-D 20, B-C 35, B-D 25", "C and D is missing"),
        ("shortest tour\n0 1 2 3\n1 0 4 5\n2 4 0 6\n3 5 7 0", "same in both directions"),
    ],
)
def test_problems_that_break_the_rules_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidTaskError, match=reason):
        KIND.parse(text)


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


def test_generation_is_quick() -> None:
    started = time.process_time()
    for seed in range(500):
        KIND.generate(seed, seed / 500, "calibration")
    assert 500 / (time.process_time() - started) > 2000  # 8 000 a second alone on a core


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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Hiking between huts at A (1, 2), B (4, 6), C (7, 2): we begin and end at A and see "
            "each hut exactly once. How short can the hike be?",
            ("A", "B", "C"),
        ),
        (
            '{"cities": [{"name": "P", "x": 1, "y": 2}, {"name": "Q", "x": 4, "y": 6}, '
            '{"name": "R", "x": 7, "y": 2}]}\nsolve TSP',
            ("P", "Q", "R"),
        ),
        ("cities = {'A': (1, 2), 'B': (4, 6), 'C': (7, 2)}\nshortest tour?", ("A", "B", "C")),
        ("points = [(1, 2), (4, 6), (7, 2)]\noptimal tsp tour", ("1", "2", "3")),
        ("shortest loop through 3 points: 1,2 ; 4,6 ; 7,2", ("1", "2", "3")),
        ("Shortest cycle visiting each once? P: 1 2, Q: 4 6, R: 7 2", ("P", "Q", "R")),
        (
            "A drone starts at (1, 2), has to visit (4, 6), (7, 2) and land where it took off. "
            "Shortest flight?",
            ("1", "2", "3"),
        ),
    ],
)
def test_points_are_read_as_programs_and_hikers_write_them(
    text: str, names: tuple[str, ...]
) -> None:
    task = TourKind().parse(text)
    assert task is not None
    assert (task.payload.names, task.payload.points) == (names, ((1, 2), (4, 6), (7, 2)))


@pytest.mark.parametrize(
    "text",
    [
        "start at A and end at C, visit all: A(1,2) B(4,6) C(7,2). shortest?",
        "tour from A that ends at different city: A(1,2) B(4,6) C(7,2). shortest?",
        "Tour of A (1,2), B (4,6), C (7,2) where B must come before C, shortest",
    ],
)
def test_ways_that_end_elsewhere_are_no_tours(text: str) -> None:
    assert TourKind().parse(text) is None
