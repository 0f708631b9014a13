"""The kind `search/knapsack`: the most valuable items that fit together.

The parts are beside it: rules (the environment and its guide), bounds, generator, parser and its
layouts, answers, grader.
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
from tasks.search import knapsack_grader
from tasks.search.knapsack_answers import find_answer, packing_text
from tasks.search.knapsack_generator import difficulty_of, make_knapsack
from tasks.search.knapsack_parser import check_items, read_knapsack
from tasks.search.knapsack_rules import TAKE, KnapsackEnvironment, RelaxedPacking
from tasks.solving import Findings, Guide


@dataclass(frozen=True, slots=True)
class KnapsackPayload:
    """The items, and what may be carried.

    Attributes:
        names: all different, `1`, `2`, ... where none are given.
        values: of the items, at least 1.
        weights: of the items, at least 1; in tenths, hundredths ... where typed with decimals.
        capacity: in the units of the weights.
    """

    names: tuple[str, ...]
    values: tuple[int, ...]
    weights: tuple[int, ...]
    capacity: int


class KnapsackKind:
    """Choose items, each at most once, for the greatest value within the capacity."""

    name = "search/knapsack"
    title = "knapsack: most valuable items that fit"
    solved_by: SolvedBy = "heuristic"
    check_is_public = False  # judging a packing needs the best one
    has_grader = True
    optimises = True
    instructions = (
        "Each item can be taken at most once. Write the names or numbers of the items on the last "
        "line, separated by commas, such as `1, 4, 5`; or `nothing`."
    )
    examples: tuple[str, ...] = (
        "Solve the 0/1 knapsack problem: values = [90, 75, 160], weights = [9, 7, 21], "
        "capacity = 30.",
        "My backpack holds 10 kg. Which items should I take for the greatest value? "
        "tent (value 60, weight 5), stove (value 40, weight 4), rope (value 30, weight 3), "
        "lamp (value 25, weight 2)",
        "Knapsack with capacity 9:\nitem value weight\n1 10 4\n2 7 3\n3 9 5\n4 4 2",
    )
    ends_wanted = 1
    improves = True
    most_states = 50_000

    def __init__(self) -> None:
        self._environment = KnapsackEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = RelaxedPacking()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Draw items of one of five classes, from 5 to 80 with the difficulty."""
        values, weights, capacity, prompt = make_knapsack(seed, difficulty, split)
        names = tuple(str(number + 1) for number in range(len(values)))
        payload = KnapsackPayload(names, values, weights, capacity)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read items with values and weights, a capacity, and the question for the best."""
        found = read_knapsack(text)
        if found is None:
            return None
        payload = KnapsackPayload(*found)
        return task_of(self.name, payload, text, difficulty_of(len(payload.values)), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> KnapsackPayload:
        """Read back the payload."""
        if set(data) != {"names", "values", "weights", "capacity"}:
            raise InvalidTaskError(
                f"payload has fields {sorted(data)}; expected capacity, names, values, weights"
            )
        lists = [data[name] for name in ("names", "values", "weights")]
        if not all(isinstance(value, list | tuple) for value in lists):
            raise InvalidTaskError("expected names, values and weights as lists")
        names, values, weights = map(tuple, lists)
        check_items(names, values, weights, data["capacity"])
        return KnapsackPayload(names, values, weights, data["capacity"])

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the list of items in prose."""
        found = find_answer(text, task.payload.names)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Write the items that were taken, in the order of the task, and their value."""
        state = self._environment.initial(task)
        items = []
        for action in actions:
            if action == TAKE and not self._environment.is_terminal(state):
                items.append(state.problem.order[state.item])
            state = self._environment.step(state, action)
        return Answer(packing_text(task.payload.names, sorted(items), state.value), actions)

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Answer with the most valuable packing found."""
        return self.answer_from_actions(task, found.ends[0]) if found.ends else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Pass a most valuable packing."""
        payload = task.payload
        return knapsack_grader.grade(
            payload.names, payload.values, payload.weights, payload.capacity, answer.text
        )
