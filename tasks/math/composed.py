"""The kind `math/composed`: definitions that feed each other, and a question that uses them.

The parts are beside it, in files that begin with `composed_`: sentences and questions (prose to
statements), slots (statements to work), leaves (the kinds that do it), rules, state and features
(the environment), guide, generator, answers, and grader with its own values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.math import composed_grader
from tasks.math.arithmetic import ArithmeticKind
from tasks.math.calculus import CalculusKind
from tasks.math.compare import CompareKind
from tasks.math.composed_answers import find_answer
from tasks.math.composed_generator import make_problem
from tasks.math.composed_guide import NeededFirst
from tasks.math.composed_leaves import Leaf, Leaves
from tasks.math.composed_rules import ComposedEnvironment, relevant_works
from tasks.math.composed_sentences import read_message
from tasks.math.composed_slots import Work, compiled, needs_of
from tasks.math.composed_statement import QUESTIONS, read_line
from tasks.math.equation_guide import EquationPlan
from tasks.math.equations import EquationsKind
from tasks.math.equations_system import EquationsSystemKind
from tasks.math.numbers import NumbersKind
from tasks.math.polynomials import PolynomialsKind
from tasks.math.roots import PolynomialEquationsKind
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

MOST_DEFINITIONS = 24


@dataclass(frozen=True, slots=True)
class ComposedPayload:
    """Lines of `composed_statement`: the definitions as ordered in the text, and the question."""

    definitions: tuple[str, ...]
    question: str


class ComposedKind:
    """Answer a question about names that are defined one by the other."""

    name = "math/composed"
    title = "definitions that feed each other, and a question"
    solved_by: SolvedBy = "heuristic"
    check_is_public = True
    has_grader = True
    instructions = (
        "Work out what the definitions say, in any order that works; some may not be needed. Write "
        "only the answer to the question on the last line, exactly: a number such as `7` or "
        "`-3/4`, `x = 4` for an unknown, an expression such as `6*x**2 - 4`, True or False, or the "
        "names and numbers that are asked for, such as `l, 0, c`."
    )
    examples: tuple[str, ...] = (
        "Let n = 1969 + -1969. Solve n = 6*u - 262 + 238 for u.",
        "let c = 5*6 - 8. suppose 2*d = c. what is d - 4?",
        "Suppose 0 = -r + 4*r + 4*y - 122, -73 = -2*r - y. Is r a multiple of 17?",
        "Let u(f) = f**3 - 4*f. Let y be u(3). Let k = y - 20. Sort k, -1, y in ascending order.",
    )
    ends_wanted = 1
    improves = False
    most_states = 30_000

    def __init__(self, leaves: Mapping[str, Leaf] | None = None) -> None:
        self._leaves = Leaves(default_leaves() if leaves is None else leaves)
        self._environment = ComposedEnvironment(self._leaves)
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = NeededFirst(self._environment)

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a chain of definitions whose length grows with the difficulty."""
        definitions, question, prompt = make_problem(seed, difficulty, split)
        payload = ComposedPayload(definitions, question)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message of definitions and a question that needs at least one of them."""
        found = read_message(text)
        if found is None:
            return None
        payload = ComposedPayload(*found)
        works = compiled([read_line(line) for line in payload.definitions], read_line(found[1]))
        relevant = relevant_works(works)
        if len(relevant) < 2:
            return None
        _check(works, relevant)
        return task_of(self.name, payload, text, min(1.0, len(relevant) / 10), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> ComposedPayload:
        """Read back the payload; every line must be a statement."""
        if set(data) != {"definitions", "question"}:
            raise InvalidTaskError(f"fields {sorted(data)}; expected definitions, question")
        definitions, question = data["definitions"], data["question"]
        if not isinstance(definitions, list | tuple) or len(definitions) > MOST_DEFINITIONS:
            raise InvalidTaskError(f"definitions are no list of at most {MOST_DEFINITIONS} lines")
        if not all(isinstance(line, str) for line in (*definitions, question)):
            raise InvalidTaskError("a statement is no text")
        asked = read_line(question)
        if asked.verb not in QUESTIONS:
            raise InvalidTaskError(f"{asked.verb} is no question; expected {sorted(QUESTIONS)}")
        compiled([read_line(line) for line in definitions], asked)
        return ComposedPayload(tuple(definitions), question)

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the answer in prose; steps written in prose are not taken over."""
        return find_answer(task.payload, text, self._leaves)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Replay the work; unfinished work answers with its last line, which fails."""
        state = self._environment.initial(task)
        derivation = []
        for action in actions:
            state = self._environment.step(state, action)
            derivation.append(self._environment.line(state[action // self._environment.verbs]))
        last = state[-1]
        text = last.said if last.status == "done" else f"unfinished: {self._environment.line(last)}"
        return Answer(text, actions, tuple(derivation))

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Answer with the work found."""
        return self.answer_from_actions(task, found.ends[0]) if found.ends else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Evaluate the definitions by other code, and judge the answer to what is left."""
        return composed_grader.grade(task.payload, answer, self._leaves)


def _check(works: Sequence[Work], relevant: frozenset[int]) -> None:
    """Refuse what the question needs, but is not defined, or twice.

    Raises:
        InvalidTaskError: with the name.
    """
    defined = [name for work in works for name in work.defines]
    for index in relevant:
        bound = works[index].bound
        needs = (needs_of(tree, bound) for tree in works[index].trees)
        for name in sorted(frozenset[str]().union(*needs)):
            if defined.count(name) != 1:
                found = "nothing says what it is" if name not in defined else "defined twice"
                raise InvalidTaskError(f"{name} is used, but {found}; define it once")


def default_leaves() -> dict[str, Leaf]:
    """Return the kinds that slots are worked out by."""
    guided = (ArithmeticKind(), CalculusKind(), EquationsSystemKind(), PolynomialEquationsKind(),
              PolynomialsKind())  # fmt: skip
    leaves = {kind.name: Leaf(kind, kind.guide) for kind in guided}
    equations = EquationsKind()
    leaves[equations.name] = Leaf(equations, EquationPlan())
    computed = (NumbersKind(), CompareKind())
    return leaves | {kind.name: Leaf(kind, None) for kind in computed}
