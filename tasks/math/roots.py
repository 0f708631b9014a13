"""The kind `math/equations_polynomial`: equations of degree 2 to 5, and polynomials to factor.

The parts are beside it: phrases and parser, rules (the environment) with factors, whole-number
tools, state and features, guide, generator, answers (an answer out of prose), grader.
"""

from __future__ import annotations

from typing import Any

from tasks.math import roots_grader
from tasks.math.expressions import ExpressionSyntaxError
from tasks.math.product_sum_reader import NotASumError
from tasks.math.roots_answers import find_answer
from tasks.math.roots_generator import difficulty_of, make_problem
from tasks.math.roots_guide import RootsGuide
from tasks.math.roots_parser import RootsProblem, check_problem, read_problem
from tasks.math.roots_rules import RootsEnvironment
from tasks.math.roots_state import answer_text
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


class PolynomialEquationsKind:
    """Find all real zeros, or all factors with rational coefficients.

    Zeros beyond quadratic irrationals are not found: such problems are left unanswered.
    """

    name = "math/equations_polynomial"
    title = "equations of degree 2 to 5 and factoring"
    solved_by: SolvedBy = "heuristic"
    check_is_public = True
    has_grader = True
    instructions = (
        "Solve exactly over the real numbers. Write the answer on the last line: all different "
        "solutions as `x = -2, x = 1 + sqrt(3)` with the equation's own unknown, or `no real "
        "solution`; for a polynomial to factor only the product, such as `3*(x - 10)*(x + 1)`."
    )
    examples: tuple[str, ...] = (
        "Let 3*u**2 + 8*u - 3 = 0. What is u?",
        "Factor 3*x**2 - 27*x - 30.",
        "x^2 - 2x = 2",
        "Solve (t + 1)^3 = 4t + 4 for t",
        "x^2 + 1 = 0",
        "find the roots of x^4 - 5x^2 + 6",
    )
    ends_wanted = 1
    improves = False
    most_states = 2_000

    def __init__(self) -> None:
        self._environment = RootsEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = RootsGuide()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a problem whose degree, zeros and form grow with the difficulty."""
        problem, prompt = make_problem(seed, difficulty, split)
        return task_of(self.name, problem, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message that asks for one equation's solutions, or one polynomial's factors."""
        problem = read_problem(text)
        if problem is None:
            return None
        return task_of(self.name, problem, text, difficulty_of(problem), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> RootsProblem:
        """Read back the payload."""
        if set(data) != {"text", "unknown"} or not all(isinstance(v, str) for v in data.values()):
            raise InvalidTaskError(
                f"payload of {self.name} has fields {sorted(data)}; expected text, unknown"
            )
        try:
            return check_problem(RootsProblem(**data))
        except (ExpressionSyntaxError, NotASumError) as error:
            raise InvalidTaskError(f"no problem of {self.name}: {error}") from error

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the answer in prose; steps written in prose are not taken over."""
        found = find_answer(text, task.payload)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Replay the rules; an unfinished derivation answers with its last line, which fails."""
        state = self._environment.initial(task)
        derivation = []
        for action in actions:
            state = self._environment.step(state, action)
            derivation.append(self._environment.describe(state))
        text = answer_text(state) or self._environment.describe(state)
        return Answer(text, actions, tuple(derivation))

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Return the finished derivation; None where roots beyond square roots are left."""
        return self.answer_from_actions(task, found.ends[0]) if found.ends else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Put zeros into the equation and count them; multiply factors; check each step."""
        return roots_grader.grade(task, answer)
