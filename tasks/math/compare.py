"""The kind `math/compare`: which number is bigger, their order, the k-th, the closest.

The parts are beside it: problem, parser, solver, generator, grader.
"""

from __future__ import annotations

import re
from typing import Any

from tasks.math import compare_grader
from tasks.math.announced import candidates
from tasks.math.compare_generator import difficulty_of, make_problem
from tasks.math.compare_parser import read_prompt
from tasks.math.compare_problem import RELATIONS, ComparePayload, checked
from tasks.math.compare_solver import solve
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

_WORD = re.compile(r"\b(true|yes|false|no)\b", re.I)
_FIELDS = {"operation", "values", "letters", "rank", "target"}


class CompareKind:
    """Compare exact values; there is no environment."""

    name = "math/compare"
    title = "which number is bigger, order, closest"
    solved_by: SolvedBy = "computed"
    environment: Environment[Any] | None = None
    check_is_public = True
    has_grader = True
    instructions = (
        "Write the answer alone on the last line: the number as it is written in the question, its "
        "letter where the numbers have letters, all numbers in order with commas between, or "
        "`True` or `False`."
    )
    examples: tuple[str, ...] = (
        "Which is bigger: 282885 or 282892?",
        "Is 82911/721 at least 114?",
        "Sort -157/6, 2.6, -3, -3/7 in descending order.",
        "What is the second biggest value in -1090, 2988, -4?",
        "Which is the nearest to 0.7?  (a) 5/6  (b) 0.027  (c) -5689",
    )

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a comparison whose numbers grow more and closer with the difficulty."""
        payload, prompt = make_problem(seed, difficulty, split)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message that asks for one comparison."""
        payload = read_prompt(text)
        if payload is None:
            return None
        return task_of(self.name, payload, text, difficulty_of(payload), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> ComparePayload:
        """Read back the payload; its parts must suit its operation."""
        if set(data) != _FIELDS:
            raise InvalidTaskError(
                f"compare payload has fields {sorted(data)}; expected {', '.join(sorted(_FIELDS))}"
            )
        texts = (data["operation"], data["target"])
        lists = (data["values"], data["letters"])
        if (
            not all(isinstance(text, str) for text in texts)
            or not all(isinstance(part, list | tuple) for part in lists)
            or not all(isinstance(text, str) for part in lists for text in part)
            or type(data["rank"]) is not int
        ):
            raise InvalidTaskError("a compare payload holds texts, lists of texts, and a rank")
        values, letters = (tuple(part) for part in lists)
        return checked(ComparePayload(texts[0], values, letters, data["rank"], texts[1]))

    def compute(self, task: Task) -> Answer:
        """Return the answer."""
        return Answer(solve(task.payload))

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the answer that a text announces."""
        payload = task.payload
        if payload.operation in RELATIONS:
            words = _WORD.findall(text[-2000:])
            first = _WORD.match(text.strip())
            return Answer(first[1] if first else words[-1]) if words else None
        for candidate in candidates(text):
            candidate = compare_grader.plain_answer(candidate)
            if payload.operation in ("ascending", "descending"):
                if compare_grader.is_sorting_answer(candidate):
                    return Answer(candidate)
            elif compare_grader.named(payload.values, payload.letters, candidate):
                return Answer(candidate)
        return None

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Return the computed answer; there are no actions."""
        return self.compute(task)

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Count what is before and after the answer."""
        return compare_grader.grade(task, answer)
