"""The kind `search/tour`: a shortest round trip through all cities.

The parts are beside it: rules (the environment), bounds and guide, generator, parser, answers,
grader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tasks.protocol import (
    Answer,
    Environment,
    InvalidTaskError,
    SolvedBy,
    Split,
    Task,
    Verdict,
    split_seed,
    task_of,
)
from tasks.search import tour_grader
from tasks.search.tour_answers import find_answer, length_text, tour_text
from tasks.search.tour_generator import difficulty_of, make_tour
from tasks.search.tour_guide import SpanningTreeBound
from tasks.search.tour_parser import check_cities, read_tour
from tasks.search.tour_rules import PARTS, TourEnvironment
from tasks.solving import Findings, Guide


@dataclass(frozen=True, slots=True)
class TourPayload:
    """The cities.

    Attributes:
        names: all different; the first is where the tour begins.
        points: (x, y) of each, or empty where a table is given.
        rounded: whether distances between points are rounded to the nearest whole number.
        table: distances, symmetric, or empty where points are given.
    """

    names: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    rounded: bool
    table: tuple[tuple[int, ...], ...] = ()


class TourKind:
    """Visit all cities once and come home, by a shortest way."""

    name = "search/tour"
    title = "shortest round trip through cities"
    solved_by: SolvedBy = "heuristic"
    check_is_public = False  # judging a tour needs the shortest one
    has_grader = True
    optimises = True
    instructions = (
        "Visit every city exactly once and return to the first one, by the shortest way. Write the "
        "tour on the last line with the cities' names, such as `A -> C -> B -> A`."
    )
    examples: tuple[str, ...] = (
        "Find the shortest round trip through A (0, 0), B (3, 4), C (6, 0) and D (3, 9).",
        "Travelling salesman, distances rounded to the nearest integer:\n"
        "1: (10, 80)\n2: (55, 12)\n3: (90, 47)\n4: (20, 20)\n5: (70, 90)",
        "Shortest tour that visits every city and returns to the start: A-B 10, A-C 15, A-D 20, "
        "B-C 35, B-D 25, C-D 30",
    )
    ends_wanted = 1
    improves = True
    most_states = 60_000

    def __init__(self) -> None:
        self._environment = TourEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = SpanningTreeBound()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Draw cities, from 5 to 18 with the difficulty."""
        points, prompt = make_tour(seed, difficulty, split)
        names = tuple(str(number + 1) for number in range(len(points)))
        payload = TourPayload(names, points, rounded=True)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read cities with their places or distances, and the question for a tour."""
        found = read_tour(text)
        if found is None:
            return None
        return task_of(
            self.name, TourPayload(*found), text, difficulty_of(len(found[0])), 0, "test"
        )

    def payload_from_json(self, data: dict[str, Any]) -> TourPayload:
        """Read back the payload."""
        if set(data) != {"names", "points", "rounded", "table"}:
            raise InvalidTaskError(
                f"tour payload has fields {sorted(data)}; expected names, points, rounded, table"
            )
        lists = [data["names"], data["points"], data["table"]]
        if not all(isinstance(value, list | tuple) for value in lists) or not all(
            isinstance(row, list | tuple) for row in (*data["points"], *data["table"])
        ):
            raise InvalidTaskError("expected names, points and table as lists")
        points = tuple(map(tuple, data["points"]))
        table = tuple(map(tuple, data["table"]))
        check_cities(tuple(data["names"]), points, data["rounded"], table)
        return TourPayload(tuple(data["names"]), points, data["rounded"], table)

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the tour in prose."""
        found = find_answer(text, task.payload.names)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Write the cities in order; the way home and the length once the tour is closed."""
        payload = task.payload
        state = self._environment.initial(task)
        for action in actions:
            state = self._environment.step(state, action)
        if not self._environment.is_terminal(state):
            return Answer(" -> ".join(payload.names[city] for city in (0, *actions)), actions)
        parts = 1 if payload.rounded or payload.table else PARTS
        length = length_text(state.length, parts) + ", each distance rounded" * payload.rounded
        text = tour_text(payload.names, (0, *actions, 0), length)
        return Answer(text, actions)

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Answer with the shortest tour found."""
        return self.answer_from_actions(task, found.ends[0]) if found.ends else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Pass a shortest tour; None above 18 cities."""
        payload = task.payload
        return tour_grader.grade(
            payload.names, payload.points, payload.rounded, payload.table, answer.text
        )
