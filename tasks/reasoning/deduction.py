"""The kind `reasoning/deduction`: what follows from rules about classes, or from a partial order.

The parts are beside it: parser (`deduction_text`, `deduction_sentences`, `ordering_*`), payload
language (`deduction_problem`), inference (`deduction_classes`, `deduction_orders`, together the
environment in `deduction_rules`), generator, answers (an answer out of prose), grader.
"""

from __future__ import annotations

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
from tasks.reasoning import deduction_grader, deduction_proofs
from tasks.reasoning.deduction_answers import find_answer
from tasks.reasoning.deduction_generator import make_deduction
from tasks.reasoning.deduction_parser import read_problem
from tasks.reasoning.deduction_problem import DeductionPayload, check
from tasks.reasoning.deduction_rules import DeductionEnvironment, DeductionGuide
from tasks.solving import Findings, Guide

_FIELDS = ("form", "names", "premises", "claims", "labels")


class DeductionKind:
    """Say which claim follows from what is given, or that none does."""

    name = "reasoning/deduction"
    title = "logical deduction"
    solved_by: SolvedBy = "proved"
    check_is_public = True
    has_grader = True
    instructions = (
        "Use only what is stated. Write the answer alone on the last line: `true` or `false` "
        "(`yes` "
        "or `no`), the letter of the option such as `(B)`, the class or name, or the whole order "
        "with commas. Write `unknown` if it cannot be decided, `contradiction` if the statements "
        "contradict each other."
    )
    examples: tuple[str, ...] = (
        "Every cat is a feline. Felines are carnivores. No carnivore is herbivorous. Polly is a "
        "cat. True or false: Polly is herbivorous.",
        "Every wumpus is a yimpus. Every yimpus is a rompus. Max is a wumpus. Is Max a lempus or "
        "rompus?",
        "There are three books on a shelf: a red book, a green book and a blue book. The red "
        "book is "
        "to the left of the green book. The blue book is the rightmost.\n"
        "Which of the following is correct?\n(A) The red book is the leftmost.\n(B) The green book "
        "is the leftmost.\n(C) The blue book is the leftmost.",
        "Ann is taller than Bob. Bob is taller than Cid. Who is the tallest?",
        "Is Tom a mammal if all cats are mammals and Tom is a cat?",
    )
    ends_wanted = 1
    improves = False
    most_states = 20_000

    def __init__(self) -> None:
        self._environment = DeductionEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = DeductionGuide()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a deduction with more steps and more that leads nowhere as difficulty grows."""
        payload, prompt = make_deduction(seed, difficulty, split)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read premises and a question about what follows."""
        payload = read_problem(text)
        if payload is None:
            return None
        difficulty = min(1.0, len(payload.premises) / 30 + len(payload.names) / 12)
        return task_of(self.name, payload, text, difficulty, 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> DeductionPayload:
        """Read back the payload; its premises and claims must be in the payload's language."""
        if set(data) != set(_FIELDS) or not isinstance(data["form"], str):
            raise InvalidTaskError(
                f"deduction payload has fields {sorted(data)}; expected {', '.join(_FIELDS)}"
            )
        texts = []
        for field in _FIELDS[1:]:
            value = data[field]
            if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
                raise InvalidTaskError(f"{field} of a deduction is no list of texts")
            texts.append(tuple(value))
        payload = DeductionPayload(data["form"], *texts)
        check(payload)
        return payload

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the answer in prose; steps written in prose are not taken over."""
        found = find_answer(task.payload, text)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Replay the inferences; an unfinished derivation answers nothing, which fails."""
        state = self._environment.initial(task)
        derivation = []
        for action in actions:
            state, line = self._environment.explain(state, action)
            derivation.append(line)
        text = self._environment.answer(state) or "not derived"
        return Answer(text, actions, tuple(derivation))

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Decide by closure or over all orders; check each line of a derivation."""
        verdict = deduction_grader.grade(task, answer)
        wrong = ""
        if verdict.passed and answer.derivation:
            wrong = deduction_proofs.fault(task.payload, answer.derivation)
        return Verdict(False, 0.0, wrong) if wrong else verdict

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Return what the derivation proves; every derivation that ends is a proof."""
        return self.answer_from_actions(task, found.ends[0]) if found.ends else None
