"""The kind `math/game24`: make 24, or another number, from a few numbers.

The parts are beside it: rules (the environment), guide, generator, parser, answers, grader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tasks.math import game24_grader
from tasks.math.game24_answers import NOT_POSSIBLE, find_answer
from tasks.math.game24_generator import difficulty_of, make_hand
from tasks.math.game24_guide import TwoNumbersAhead
from tasks.math.game24_parser import check_hand, read_hand
from tasks.math.game24_rules import Game24Environment, expression_of
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
from tasks.solving import Findings, Guide


@dataclass(frozen=True, slots=True)
class Game24Payload:
    """The numbers in the order typed, and what to make of them."""

    numbers: tuple[int, ...]
    target: int


class Game24Kind:
    """Use each number once, with + - * / and brackets; or say that it is not possible."""

    name = "math/game24"
    title = "make 24 from four numbers"
    solved_by: SolvedBy = "proved"
    check_is_public = True
    has_grader = True
    instructions = (
        "Use each number exactly once, with + - * / and brackets. Write only the expression on the "
        "last line, such as `(10 - 4) * (13 - 9)`, or `not possible` if there is none."
    )
    examples: tuple[str, ...] = (
        "make 24 from 4 5 9 9",
        "can you get 24 using 3, 3, 8 and 8?",
        "Make 10 from 1, 1, 9 and 9.",
        "24 game: 1 5 5 5",
        "Use 25, 50, 3 and 7 to make 179. Each number must be used exactly once.",
    )
    ends_wanted = 1
    improves = False
    most_states = 150_000

    def __init__(self) -> None:
        self._environment = Game24Environment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = TwoNumbersAhead()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Draw a hand that can make its target, in fewer ways the higher the difficulty."""
        numbers, target, prompt = make_hand(seed, difficulty, split)
        payload = Game24Payload(numbers, target)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message that asks for a number made from others."""
        found = read_hand(text)
        if found is None:
            return None
        return task_of(self.name, Game24Payload(*found), text, difficulty_of(*found), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> Game24Payload:
        """Read back the payload."""
        if set(data) != {"numbers", "target"}:
            raise InvalidTaskError(f"payload has fields {sorted(data)}; expected numbers, target")
        numbers, target = data["numbers"], data["target"]
        if not isinstance(numbers, list | tuple) or any(
            type(number) is not int for number in (*numbers, target)
        ):
            raise InvalidTaskError("expected a list of whole numbers, and a whole target")
        check_hand(tuple(numbers), target)
        return Game24Payload(tuple(numbers), target)

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the expression, or `not possible`, in prose."""
        found = find_answer(text, task.payload.numbers)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Write the operations as one expression."""
        payload = task.payload
        return Answer(expression_of(payload.numbers, payload.target, actions), actions)

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Answer with the way found, or with `not possible` when all ways were looked at."""
        if found.ends:
            return self.answer_from_actions(task, found.ends[0])
        return Answer(NOT_POSSIBLE) if found.complete else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Evaluate the expression; look for one by other means where it says that none exists."""
        return game24_grader.grade(task.payload.numbers, task.payload.target, answer.text)
