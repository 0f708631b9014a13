"""The kind `search/maze`: a cheapest way through a maze or a grid of costs.

The parts are beside it: rules (the environment and its guide), the same compiled, generator,
parser and drawing, answers, grader.
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
from tasks.search import maze_grader
from tasks.search.maze_answers import NO_PATH, find_answer, way_text
from tasks.search.maze_compiled import CELLS
from tasks.search.maze_generator import difficulty_of, make_maze
from tasks.search.maze_parser import checked_maze, read_maze
from tasks.search.maze_rules import MOVES, ManhattanDistance, MazeEnvironment
from tasks.solving import Findings, Guide


@dataclass(frozen=True, slots=True)
class MazePayload:
    """The grid and its ends.

    Attributes:
        rows: of `#` (wall) and `.`, or of digits: the cost of entering, 0 for a wall.
        start, goal: (row, column), counted from 0 at the top left.
        weighted: whether the rows are digits.
    """

    rows: tuple[str, ...]
    start: tuple[int, int]
    goal: tuple[int, int]
    weighted: bool


class MazeKind:
    """Find a shortest or cheapest way, proved; or say that there is none."""

    name = "search/maze"
    title = "shortest way through a maze or weighted grid"
    solved_by: SolvedBy = "proved"
    check_is_public = True
    has_grader = True
    optimises = True
    instructions = (
        "Move up (U), right (R), down (D) or left (L). Write the moves of a shortest (or cheapest) "
        "way as letters on the last line, such as `RRDDL`, or `no path` if the goal cannot be "
        "reached."
    )
    examples: tuple[str, ...] = (
        "Find the shortest path from S to G in this maze:\nS.#.\n..#.\n#...\n#.#G",
        "cheapest path from (0, 0) to (2, 3), digits are costs and 0 is a wall:\n1193\n4019\n1111",
        "Can you get from S to E?\n#######\n#S  # #\n# # # #\n# #  E#\n#######",
    )
    ends_wanted = 1
    improves = False
    most_states = 2 * CELLS

    def __init__(self) -> None:
        self._environment = MazeEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = ManhattanDistance()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a maze or weighted grid; its sides grow with the difficulty from 5 to 30."""
        rows, start, goal, weighted, prompt = make_maze(seed, difficulty, split)
        payload = MazePayload(rows, start, goal, weighted)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a drawn maze with the words around it."""
        found = read_maze(text)
        if found is None:
            return None
        return task_of(self.name, MazePayload(*found), text, difficulty_of(found[0]), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> MazePayload:
        """Read back the payload."""
        if set(data) != {"rows", "start", "goal", "weighted"}:
            raise InvalidTaskError(
                f"maze payload has fields {sorted(data)}; expected goal, rows, start, weighted"
            )
        rows, weighted = data["rows"], data["weighted"]
        if (
            type(weighted) is not bool
            or not isinstance(rows, list | tuple)
            or not all(isinstance(row, str) for row in rows)
        ):
            raise InvalidTaskError("expected rows as a list of texts, and weighted true or false")
        for name in ("start", "goal"):
            cell = data[name]
            if not (isinstance(cell, list | tuple) and len(cell) == 2) or any(
                type(number) is not int for number in cell
            ):
                raise InvalidTaskError(f"{name} is not a row and a column")
        return MazePayload(
            *checked_maze(tuple(rows), tuple(data["start"]), tuple(data["goal"]), weighted)
        )

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the way in prose: letters, words, arrows or cells; or that there is none."""
        found = find_answer(text)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Write the moves and what they cost."""
        state = self._environment.initial(task)
        cost = 0
        for action in actions:
            state = self._environment.step(state, action)
            cost += state.grid.costs[state.cell]
        moves = "".join(MOVES[action] for action in actions)
        return Answer(way_text(moves, cost, task.payload.weighted), actions)

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Answer with the cheapest way, or with `no path` when every cell in reach was seen."""
        if found.ends:
            return self.answer_from_actions(task, found.ends[0])
        return Answer(NO_PATH) if found.complete else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Walk the way; pass it iff none is cheaper."""
        payload = task.payload
        return maze_grader.grade(
            payload.rows, payload.start, payload.goal, payload.weighted, answer.text
        )
