"""The kind `math/equations_system`: solve two linear equations in two unknowns.

The parts are beside it, in files that begin with `system_`: prompts and reader (text to terms),
rules and features (the environment), guide, generator, answers (an answer out of prose), grader.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tasks.math import system_grader
from tasks.math.equation_state import Side, number_text
from tasks.math.system_answers import MANY_SOLUTIONS, NO_SOLUTION, find_answer
from tasks.math.system_generator import difficulty_of, make_system
from tasks.math.system_guide import PupilsPlan
from tasks.math.system_prompts import Request, check_request, read_request
from tasks.math.system_reader import line_of, sides_of
from tasks.math.system_rules import SystemEnvironment
from tasks.math.system_state import System, outcome, value_of
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
class SystemPayload:
    """The equations as typed, their unknowns in alphabetical order, and those asked for."""

    first: str
    second: str
    unknowns: str
    asked: str

    def system(self) -> System:
        """Return the equations as terms."""
        return _system(self.first, self.second, self.unknowns, self.asked)


class EquationsSystemKind:
    """Find the numbers that solve both equations, or say that none or infinitely many do."""

    name = "math/equations_system"
    title = "two linear equations in two unknowns"
    solved_by: SolvedBy = "heuristic"
    check_is_public = True
    has_grader = True
    instructions = (
        "Solve both equations exactly. Write on the last line only what is asked, as `x = 4` or "
        "`x = 4, y = -1/2` with the equations' own unknowns, or `no solution`, or `infinitely many "
        "solutions`. Do not round."
    )
    examples: tuple[str, ...] = (
        "Solve 3x + 2y = 13 and x - y = 1 for x and y.",
        "Solve 0 = -13*n + 15*n + 1 + 5, 5*n = -3*r - 39 for r.",
        "p + q = 12, p - 3q = 4",
        "what is a if a + b = 7 and 2a - b = 2?",
        "Solve the system 2(x - 1) = y; 4x = 2y + 4",
    )
    ends_wanted = 1
    improves = False
    most_states = 4_000

    def __init__(self) -> None:
        self._environment = SystemEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Any] = PupilsPlan()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a system whose structure grows with the difficulty."""
        found, prompt = make_system(seed, difficulty, split)
        return self._task(found, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read a message that asks to solve two equations."""
        found = read_request(text)
        if found is None:
            return None
        lines = _system(found.first, found.second, found.unknowns, found.asked).lines
        return self._task(found, text, difficulty_of(lines), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> SystemPayload:
        """Read back the payload; it must hold two linear equations in its unknowns."""
        names = ("first", "second", "unknowns", "asked")
        if set(data) != set(names) or not all(isinstance(v, str) for v in data.values()):
            raise InvalidTaskError(f"payload has fields {sorted(data)}; expected {names} as text")
        check_request(Request(**data))
        return SystemPayload(**data)

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the answer in prose; steps written in prose are not taken over."""
        found = find_answer(text, task.payload.asked)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Replay the rewrites; an unfinished one answers with its last equations, which fail."""
        state = self._environment.initial(task)
        derivation = []
        for action in actions:
            state = self._environment.step(state, action)
            derivation.append(self._environment.describe(state))
        text = solution_text(state) or f"unfinished: {self._environment.describe(state)}"
        return Answer(text, actions, tuple(derivation))

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Answer with the derivation found."""
        return self.answer_from_actions(task, found.ends[0]) if found.ends else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Judge by exact linear algebra; check each step of a derivation."""
        return system_grader.grade(task, answer)

    def _task(
        self, found: Request, prompt: str, difficulty: float, seed: int, split: Split
    ) -> Task:
        payload = SystemPayload(found.first, found.second, found.unknowns, found.asked)
        return task_of(self.name, payload, prompt, difficulty, seed, split)


def solution_text(state: System) -> str | None:
    """Return `x = 4, y = -1` for a solved system, None for an open one."""
    said = outcome(state)
    if said == "open":
        return None
    if said != "solved":
        return NO_SOLUTION if said == "none" else MANY_SOLUTIONS
    values: dict[int, Side] = {}
    for line in state.lines:
        unknown = value_of(line)
        if unknown is not None:
            values[unknown] = line.right
    return ", ".join(f"{state.unknowns[u - 1]} = {_number(values[u])}" for u in state.asked)


def _number(side: Side) -> str:
    return number_text(*side[0][:2]) if side else "0"


@lru_cache(maxsize=4096)
def _system(first: str, second: str, unknowns: str, asked: str) -> System:
    letters = (unknowns[0], unknowns[1])
    lines = (line_of(sides_of(first), letters), line_of(sides_of(second), letters))
    return System(letters, tuple(letters.index(name) + 1 for name in asked), lines)
