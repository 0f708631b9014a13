"""The kind `math/calculus`: differentiate and integrate sums of powers, rule by rule.

The parts are beside it: parser, rules (the environment) with operators and features, guide,
generator, answers (an answer out of prose), grader.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from tasks.math import calculus_grader
from tasks.math.calculus_answers import find_answer
from tasks.math.calculus_generator import difficulty_of, make_problem
from tasks.math.calculus_guide import CalculusGuide
from tasks.math.calculus_parser import MOST_ORDER, CalculusProblem, check_problem, read_problem
from tasks.math.calculus_rules import CalculusEnvironment, solution_text
from tasks.math.expressions import ExpressionSyntaxError
from tasks.math.product_sum_reader import NotASumError
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

_BOUND = re.compile(r"(?:-?\d{1,60}(?:/[1-9]\d{0,59})?)?")


class CalculusKind:
    """Find the derivative or the integral of an expression made of powers."""

    name = "math/calculus"
    title = "derivatives and integrals of polynomials"
    solved_by: SolvedBy = "heuristic"
    check_is_public = True
    has_grader = True
    instructions = (
        "Work out the derivative or integral exactly. Write only the expression on the last line, "
        "such as `6*x**2 - 4*x + 1/2`, with + C for an indefinite integral."
    )
    examples: tuple[str, ...] = (
        "Find the second derivative of 3*x**4 - 2*x**2 + 7*x - 1.",
        "What is the derivative of 4*a*b**2 - 3*a**2 + b wrt a?",
        "d/dx (x^2 + 1)(x - 3)",
        "If f(x) = 5x^3 - x, find f'(2).",
        "Find the antiderivative of 6x^2 - 4x + 1.",
        "Integrate t**2 - 2*t from 0 to 3.",
    )
    ends_wanted = 1
    improves = False
    most_states = 5_000

    def __init__(self) -> None:
        self._environment = CalculusEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = CalculusGuide()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a problem whose terms, letters and order grow with the difficulty."""
        problem, prompt = make_problem(seed, difficulty, split)
        return task_of(self.name, problem, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message that asks for one derivative or integral."""
        problem = read_problem(text)
        if problem is None:
            return None
        return task_of(self.name, problem, text, difficulty_of(problem), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> CalculusProblem:
        """Read back the payload; it must hold a sum of powers."""
        names = [field.name for field in fields(CalculusProblem)]
        if set(data) != set(names):
            raise InvalidTaskError(
                f"calculus payload has fields {sorted(data)}; expected {', '.join(names)}"
            )
        if not all(isinstance(data[name], str) for name in names if name != "order"):
            raise InvalidTaskError("all fields of a calculus payload but order are texts")
        if type(data["order"]) is not int or not 1 <= data["order"] <= MOST_ORDER:
            raise InvalidTaskError(f"order {data['order']!r:.40}; orders go from 1 to {MOST_ORDER}")
        problem = CalculusProblem(**data)
        if not re.fullmatch("[a-zA-Z]", problem.unknown):
            raise InvalidTaskError(f"the letter {problem.unknown[:40]!r} is not one letter")
        bounds = (problem.lower, problem.upper)
        if not all(_BOUND.fullmatch(bound) for bound in bounds) or (bounds[0] and not bounds[1]):
            raise InvalidTaskError(f"the bounds {str(bounds)[:60]} are no two numbers")
        try:
            check_problem(problem)
        except (ExpressionSyntaxError, NotASumError) as error:
            raise InvalidTaskError(f"{problem.text[:80]!r} is no sum of powers: {error}") from error
        return problem

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the expression in prose; steps written in prose are not taken over."""
        found = find_answer(text, task.payload)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Replay the rules; an unfinished derivation answers with its last line, which fails."""
        state = self._environment.initial(task)
        derivation = []
        for action in actions:
            state = self._environment.step(state, action)
            derivation.append(self._environment.describe(state))
        text = solution_text(state) or self._environment.describe(state)
        if task.payload.operation == "integral" and not task.payload.upper:
            text = "C" if text == "0" else f"{text} + C"
        return Answer(text, actions, tuple(derivation))

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Return the finished derivation; None where the rules do not lead to an end."""
        return self.answer_from_actions(task, found.ends[0]) if found.ends else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Compare normal forms of the answer, of each step, and of the problem as typed."""
        return calculus_grader.grade(task, answer)
