"""The kind `math/equations`: solve a linear equation in one unknown.

The parts are beside it: prompts and parser (text to terms), rewriting and features (the
environment), generator, answers (an answer out of prose), grader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tasks.math import equation_grader
from tasks.math.equation_answers import find_answer
from tasks.math.equation_generator import difficulty_of, make_equation
from tasks.math.equation_parser import EquationSyntaxError, read_equation
from tasks.math.equation_prompts import read_prompt
from tasks.math.equation_rewriting import EquationEnvironment, solution_text
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


@dataclass(frozen=True, slots=True)
class EquationPayload:
    """The equation as it was typed, without the words around it, and the letter of its unknown."""

    text: str
    unknown: str


class EquationsKind:
    """Find the number, or say that none or every number solves the equation."""

    name = "math/equations"
    title = "linear equation in one unknown"
    solved_by: SolvedBy = "learned"
    check_is_public = True
    has_grader = True
    instructions = (
        "Solve the equation exactly. Write the answer on the last line as `x = 4` or `x = -7/2` "
        "with the equation's own unknown, or as `no solution` or `every number`. Do not round."
    )
    examples: tuple[str, ...] = (
        "3x + 5 = 17",
        "Solve 0 = 4*b + b + 15 for b.",
        "what is y if 5(y - 3) = 2y + 9?",
        "Solve for t: 1/2 (t + 3) = 2(t - 1) - 4",
        "x = x + 1",
        "2x = 2x",
    )

    def __init__(self) -> None:
        self._environment = EquationEnvironment()
        self.environment: Environment[Any] | None = self._environment

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make an equation whose structure grows with the difficulty."""
        equation, text, prompt = make_equation(seed, difficulty, split)
        payload = EquationPayload(text, equation.unknown)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message that asks to solve one equation."""
        found = read_prompt(text)
        if found is None:
            return None
        written, unknown, equation = found
        return task_of(
            self.name, EquationPayload(written, unknown), text, difficulty_of(equation), 0, "test"
        )

    def payload_from_json(self, data: dict[str, Any]) -> EquationPayload:
        """Read back the payload; it must hold a linear equation in its unknown."""
        if set(data) != {"text", "unknown"} or not all(isinstance(v, str) for v in data.values()):
            raise InvalidTaskError(
                f"equation payload has fields {sorted(data)}; expected text, unknown"
            )
        if not re.fullmatch("[a-zA-Z]", data["unknown"]):
            raise InvalidTaskError(f"the unknown {data['unknown'][:40]!r} is not one letter")
        try:
            read_equation(data["text"], data["unknown"])
        except EquationSyntaxError as error:
            raise InvalidTaskError(f"{data['text'][:80]!r} is not an equation: {error}") from error
        return EquationPayload(data["text"], data["unknown"])

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the answer in prose; steps written in prose are not taken over."""
        found = find_answer(text, task.payload.unknown)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Replay the rewrites; an unfinished one answers with its last equation, which fails."""
        state = self._environment.initial(task)
        derivation = []
        for action in actions:
            state = self._environment.step(state, action)
            derivation.append(self._environment.describe(state))
        text = solution_text(state) or self._environment.describe(state)
        return Answer(text, actions, tuple(derivation))

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Substitute the answer into the equation as typed; check each step of a derivation."""
        return equation_grader.grade(task, answer)
