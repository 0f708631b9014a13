"""The kind `reasoning/constraints`: solve a sudoku, or colour a graph.

The parts are beside it: rules and propagation (the environment), guide, readers, generators,
answers (out of prose), grader.
"""

from __future__ import annotations

from typing import Any

from tasks.protocol import (
    Answer,
    Environment,
    SolvedBy,
    Split,
    Task,
    Verdict,
    split_seed,
    task_of,
)
from tasks.reasoning import constraints_grader
from tasks.reasoning.colouring_parser import read_colouring
from tasks.reasoning.constraints_answers import (
    NO_COLOURING,
    NO_SOLUTION,
    NOT_UNIQUE,
    answer_text,
    find_answer,
    partial_text,
)
from tasks.reasoning.constraints_generator import difficulty_of, make_problem
from tasks.reasoning.constraints_guide import ConstraintsGuide
from tasks.reasoning.constraints_payload import ConstraintsPayload, checked_payload
from tasks.reasoning.constraints_rules import Cells, ConstraintsEnvironment, filled_values
from tasks.reasoning.sudoku_parser import read_sudoku
from tasks.solving import Findings, Guide


class ConstraintsKind:
    """Find the only way to fill a sudoku, or any way to colour a graph; or prove there is none."""

    name = "reasoning/constraints"
    title = "sudoku and graph colouring"
    solved_by: SolvedBy = "proved"
    check_is_public = True
    has_grader = True
    instructions = (
        "For a sudoku write the solution on the last line as its digits, row by row, without "
        "blanks; or `not unique` if there is more than one, `no solution` if there is none. For a "
        "graph write each vertex with its colour, as `a=1, b=2`, in the colours of the question; "
        "or `not colourable`."
    )
    examples: tuple[str, ...] = (
        "Solve this sudoku: 53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419.."
        "5....8..79",
        "Sudoku 4x4:\n1 . | . 4\n. . | 1 .\n----+----\n. 1 | . .\n4 . | . 1",
        "Color the graph a-b, b-c, c-a, c-d with 3 colours.",
        "Graph colouring with red, green and blue. Edges: (1,2), (2,3), (1,3), (3,4)",
    )
    ends_wanted = 2  # a second solution of a sudoku; for a graph it costs a moment
    improves = False
    most_states = 100_000

    def __init__(self) -> None:
        self._environment = ConstraintsEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Cells] = ConstraintsGuide()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a sudoku with one solution or a graph that can be coloured; both need choices."""
        payload, prompt = make_problem(seed, difficulty, split)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a sudoku of side 4, 6 or 9, or a graph and its colours."""
        grid = read_sudoku(text)
        payload = read_colouring(text) if grid is None else ConstraintsPayload(grid=grid)
        if payload is None:
            return None
        return task_of(self.name, payload, text, difficulty_of(payload), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> ConstraintsPayload:
        """Read back the payload."""
        return checked_payload(data)

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find digits, a drawn grid, a list of colours, or the claim that there is none."""
        found = find_answer(task.payload, text)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Fill cells by the actions; an unfinished way answers with its last state, which fails."""
        state = self._environment.initial(task)
        derivation = []
        for action in actions:
            state = self._environment.step(state, action)
            derivation.append(partial_text(task.payload, filled_values(state)))
        text = answer_text(task.payload, filled_values(state))
        return Answer(text, actions, tuple(derivation))

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Return the only solution of a sudoku, any colouring, or what a complete search proves."""
        if task.payload.grid and len(found.ends) > 1:
            return Answer(NOT_UNIQUE)
        if found.ends and (found.complete or not task.payload.grid):
            return self.answer_from_actions(task, found.ends[0])
        if found.complete:
            return Answer(NO_SOLUTION if task.payload.grid else NO_COLOURING)
        return None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Look at rows, columns, boxes and edges; count solutions where a claim asks for it."""
        return constraints_grader.grade(task.payload, answer)


KIND = ConstraintsKind()
