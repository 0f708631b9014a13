"""The kind `math/arithmetic`: work out an expression of numbers exactly.

The parts are beside it: parser (text to calculation), state and values (exact numbers with roots),
rules and features (the environment), generator, grader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tasks.math import arithmetic_grader
from tasks.math.announced import candidates
from tasks.math.arithmetic_generator import difficulty_of, make_expression
from tasks.math.arithmetic_parser import read_calculation, read_prompt
from tasks.math.arithmetic_rules import ArithmeticEnvironment, divides_by_zero, result
from tasks.math.arithmetic_state import Calculation, calculation_text, value_text
from tasks.math.expressions import ExpressionSyntaxError
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
class ArithmeticPayload:
    """The expression in plain characters, without the words around it."""

    text: str


class ArithmeticGuide:
    """Any order leads to the result: the first operation that can be worked out is enough."""

    name = "operations left"
    weight = 1.0
    admissible = True
    commutes = True

    def __init__(self, environment: ArithmeticEnvironment) -> None:
        self._environment = environment

    def actions(self, state: Calculation) -> Sequence[int]:
        """Return the legal actions, the leftmost operation first; roots are simplified before."""
        legal = [int(action) for action in np.flatnonzero(self._environment.legal(state))]
        return sorted(legal, key=self._environment.order)

    def cost(self, state: Calculation, action: int) -> float:
        """Return 1: every step counts."""
        return 1.0

    def estimate(self, state: Calculation) -> float:
        """Return the number of operations left; each takes a step of its own."""
        return float(sum(token in ("+", "-", "*", "/") for token in state.tokens))


class ArithmeticKind:
    """Find the number that an expression is."""

    name = "math/arithmetic"
    title = "exact value of an expression of numbers"
    solved_by: SolvedBy = "proved"
    check_is_public = True
    has_grader = True
    instructions = (
        "Work the expression out exactly. Write the answer on the last line as a number such as "
        "`7`, `-3/4`, `2.5` or `1 + 3*sqrt(2)/4` (roots simplified, none below a fraction line), "
        "or `undefined` if it divides by zero. Do not round."
    )
    examples: tuple[str, ...] = (
        "What is (2 + 3*4)/(7 - 9)?",
        "Calculate -10 + 4076539.",
        "Simplify (sqrt(12) + sqrt(27))/sqrt(2).",
        "((-4 + -7 * 5 - 9) * (-6 * -1 + 3 * 8)) =",
        "What is 0.25 less than 3?",
        "Divide -168 by 24.",
    )
    ends_wanted = 1
    improves = False
    most_states = 5000

    def __init__(self) -> None:
        self._environment = ArithmeticEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = ArithmeticGuide(self._environment)

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make an expression whose number of operations grows with the difficulty."""
        text, prompt = make_expression(seed, difficulty, split)
        return self._task(text, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message that asks for the value of an expression."""
        expression = read_prompt(text)
        if expression is None:
            return None
        operations = sum(isinstance(t, str) for t in read_calculation(expression).tokens)
        return self._task(expression, text, difficulty_of(operations), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> ArithmeticPayload:
        """Read back the payload; it must hold an expression of numbers."""
        if set(data) != {"text"} or not isinstance(data["text"], str):
            raise InvalidTaskError(f"arithmetic payload has fields {sorted(data)}; expected text")
        try:
            read_calculation(data["text"])
        except ExpressionSyntaxError as error:
            raise InvalidTaskError(
                f"{data['text'][:80]!r} is no expression of numbers: {error}"
            ) from error
        return ArithmeticPayload(data["text"])

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the number that a text announces; steps in prose are not taken over."""
        for candidate in candidates(text):
            candidate = candidate.strip(" .")
            if arithmetic_grader.says_undefined(candidate):
                return Answer("undefined")
            if arithmetic_grader.read_answer(candidate) is not None:
                return Answer(candidate)
        return None

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Replay the steps; an unfinished calculation answers with what is left, which fails."""
        state = self._environment.initial(task)
        derivation = []
        for action in actions:
            state = self._environment.step(state, action)
            derivation.append(calculation_text(state))
        value = result(state)
        text = calculation_text(state) if value is None else value_text(value, state.decimal)
        return Answer(text, actions, tuple(derivation))

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Return the result, or that there is none because of a division by zero."""
        if found.ends:
            return self.answer_from_actions(task, found.ends[0])
        if not found.complete:
            return None
        state = self._environment.initial(task)
        while not self._environment.is_terminal(state):
            state = self._environment.step(state, self.guide.actions(state)[0])
        return Answer("undefined") if divides_by_zero(state) else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Evaluate the expression by other code; check each step of a derivation."""
        return arithmetic_grader.grade(task, answer)

    def _task(self, text: str, prompt: str, difficulty: float, seed: int, split: Split) -> Task:
        payload = ArithmeticPayload(text)
        return task_of(self.name, payload, prompt, difficulty, seed, split)
