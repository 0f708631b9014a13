"""The kind `math/polynomials`: expand and collect, put functions into each other, evaluate.

The parts are beside it: prompts (words to a payload), problem (payload to expression), rules, moves
and rewriting (the environment), guide, generator, answers (an answer out of prose), grader.
"""

from __future__ import annotations

from typing import Any

from tasks.math import polynomial_grader
from tasks.math.polynomial_answers import find_answer
from tasks.math.polynomial_generator import difficulty_of, make_problem
from tasks.math.polynomial_guide import WorkLeft
from tasks.math.polynomial_problem import PolynomialPayload, check, coefficient
from tasks.math.polynomial_prompts import read_prompt
from tasks.math.polynomial_rewriting import PolynomialEnvironment, is_solved
from tasks.math.polynomial_state import Polynomial, ordered, sum_text, term_text
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

_TEXTS = ("text", "form", "wanted", "positive")


class PolynomialsKind:
    """Rewrite an expression until it is a sum of unlike monomials, and give it or a coefficient."""

    name = "math/polynomials"
    title = "polynomials: expand, collect, add, compose, evaluate"
    solved_by: SolvedBy = "heuristic"
    check_is_public = True
    has_grader = True
    instructions = (
        "Work out the expression exactly, multiply out all brackets and collect like terms. Write "
        "the answer alone on the last line in Python's notation, such as `3*x**2 - 1/2*x + 4`, or "
        "as a number where a value or a coefficient is asked for."
    )
    examples: tuple[str, ...] = (
        "Expand (3x - 2)(x + 5) - 4x^2.",
        "Collect the terms in 8 + 482*c - 11 + 4.",
        "Let f(x) = 3*x**2 - 4. Let g(y) = 2*y + 1. What is f(g(z))?",
        "If f(x) = 2x^2 - 5x, what is f(-3)?",
        "Rearrange 2*k**2 - 15*k + 15*k + 3 to v*k + l + j*k**2 and give j.",
        "Simplify (u*u**(1/4))**(-3)/u assuming u is positive.",
    )
    ends_wanted = 1
    improves = False
    most_states = 20_000

    def __init__(self) -> None:
        self._environment = PolynomialEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Polynomial] = WorkLeft()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a problem that is not yet expanded and collected."""
        payload, prompt = make_problem(seed, difficulty, split)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message that asks for an expanded expression, a value or a coefficient."""
        payload = read_prompt(text)
        if payload is None:
            return None
        return task_of(self.name, payload, text, difficulty_of(payload.start()), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> PolynomialPayload:
        """Read back the payload; it must be a problem within the limits."""
        fields = {*_TEXTS, "definitions"}
        if set(data) != fields:
            raise InvalidTaskError(f"fields {sorted(map(str, data))}; expected {sorted(fields)}")
        definitions = data["definitions"]
        texts = [data[name] for name in _TEXTS]
        if not isinstance(definitions, list | tuple):
            raise InvalidTaskError("definitions are no list; expected texts such as 'f(x) = 2*x'")
        if not all(isinstance(text, str) for text in (*texts, *definitions)):
            raise InvalidTaskError("a field of the payload is no text")
        if not all("=" in text for text in definitions):
            raise InvalidTaskError("a definition has no '='; expected such as 'f(x) = 2*x'")
        payload = PolynomialPayload(texts[0], tuple(definitions), *texts[1:])
        check(payload)
        return payload

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the answer in prose; steps written in prose are not taken over."""
        return find_answer(task.payload, text)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Replay the rules; an unfinished derivation answers with its last line, which fails."""
        state = self._environment.initial(task)
        derivation = []
        for action in actions:
            state = self._environment.step(state, action)
            derivation.append(self._environment.describe(state))
        if not is_solved(state):
            return Answer(self._environment.describe(state), actions, tuple(derivation))
        factors = task.payload.monomial()
        if factors is None:
            text = sum_text(ordered(state.expression))
        else:
            text = term_text(coefficient(state.expression, factors))
        return Answer(text, actions, tuple(derivation))

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Answer with the end of the derivation that was found."""
        return self.answer_from_actions(task, found.ends[0]) if found.ends else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Compare normal forms, of the answer and of each line of a derivation."""
        return polynomial_grader.grade(task, answer)
