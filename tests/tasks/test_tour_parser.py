"""Round trips as people write them: what is read, refused, and left alone."""

from __future__ import annotations

import pytest
from graph_runs import solved

from tasks.protocol import InvalidTaskError, Task
from tasks.search.tour import TourKind

KIND = TourKind()
SQUARE = "Find the shortest round trip through A (0, 0), B (9, 9), C (9, 0) and D (0, 9)."


def read(text: str) -> Task:
    task = KIND.parse(text)
    assert task is not None
    return task


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
    assert solved(KIND, task).text.endswith(" (length 80)")


def test_tables_without_names_and_rounding_are_read() -> None:
    task = read("solve the tsp for [[0,10,15,20],[10,0,35,25],[15,35,0,30],[20,25,30,0]]")
    assert task.payload.names == ("1", "2", "3", "4")
    assert solved(KIND, task).text.endswith(" (length 80)")


def test_distances_are_rounded_unless_exact_ones_are_asked_for_or_places_are_near() -> None:
    assert (
        solved(KIND, read(SQUARE)).text
        == "A -> C -> B -> D -> A (length 36, each distance rounded)"
    )
    exact = read(SQUARE + " Use exact distances.")
    assert not exact.payload.rounded
    assert solved(KIND, exact).text == "A -> C -> B -> D -> A (length 36.00)"
    near = read("Shortest round trip through A (0, 0), B (1, 1), C (2, 0), D (1, -2)")
    assert solved(KIND, near).text.endswith("(length 7.30)")
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
