"""The kind `math/numbers`: common factors, primes, remainders, digits, rounding, bases, roots.

The parts are beside it: problem (operations and their values), words and parser, solver and primes,
generator, grader.
"""

from __future__ import annotations

import re
from typing import Any

from tasks.math import numbers_grader
from tasks.math.announced import candidates
from tasks.math.numbers_generator import difficulty_of, make_problem
from tasks.math.numbers_parser import read_prompt
from tasks.math.numbers_problem import NumbersPayload, checked
from tasks.math.numbers_solver import solve
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


class NumbersKind:
    """Answer a question about numbers by one exact operation; there is no environment."""

    name = "math/numbers"
    title = "factors, primes, remainders, digits, rounding, bases"
    solved_by: SolvedBy = "computed"
    environment: Environment[Any] | None = None
    check_is_public = True
    has_grader = True
    instructions = (
        "Write the answer alone on the last line: a number, `True` or `False`, prime factors as "
        "`2, 5, 47`, a prime factorization as `2^3 * 5`, digits above nine as letters from a."
    )
    examples: tuple[str, ...] = (
        "What is the greatest common divisor of 48 and 18?",
        "List the prime factors of 787720.",
        "Is 194177 a prime number?",
        "What is the remainder when 52247 is divided by 28?",
        "Which is the hundreds digit of 90544816?",
        "Round 0.0031 to five decimal places.",
        "What is 4413 (base 7) in base 11?",
        "In base 15, what is -290c + -529?",
        "What is the seventh root of 71217773 to the nearest integer?",
    )

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a problem whose numbers grow with the difficulty."""
        payload, prompt = make_problem(seed, difficulty, split)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message that asks one such question."""
        payload = read_prompt(text)
        if payload is None:
            return None
        return task_of(self.name, payload, text, difficulty_of(payload), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> NumbersPayload:
        """Read back the payload; its values must suit its operation."""
        if set(data) != {"operation", "values"}:
            raise InvalidTaskError(
                f"numbers payload has fields {sorted(data)}; expected operation, values"
            )
        operation, values = data["operation"], data["values"]
        if not isinstance(operation, str) or not isinstance(values, list | tuple):
            raise InvalidTaskError("a numbers payload is a name and a list of texts")
        if not all(isinstance(value, str) for value in values):
            raise InvalidTaskError("the values of a numbers payload are texts, such as '12'")
        return checked(operation, tuple(values))

    def compute(self, task: Task) -> Answer:
        """Return the answer.

        Raises:
            TooHardError: if factors are too large to be found, or the answer is too long.
        """
        return Answer(solve(task.payload))

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the answer that a text announces."""
        operation = task.payload.operation
        for candidate in candidates(text):
            candidate = candidate.strip(" .")
            if numbers_grader.readable(operation, candidate):
                return Answer(candidate)
        if operation in ("is prime", "is composite", "divides", "is odd"):
            words = _WORD.findall(text[-2000:])
            return Answer(words[-1]) if words else None
        if operation in ("parity", "prime or composite"):
            words = re.findall(r"\b(odd|even|prime|composite|neither)\b", text[-2000:].lower())
            return Answer(words[-1]) if words else None
        return None

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Return the computed answer; there are no actions."""
        return self.compute(task)

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Check the properties that only the right answer has."""
        return numbers_grader.grade(task, answer)
