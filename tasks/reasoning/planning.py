"""The kind `reasoning/planning`: find a plan in the blocks world, or prove that there is none.

The parts are beside it: facts, rules (the environment), guide, readers, generator, answers (out of
prose), grader.
"""

from __future__ import annotations

from typing import Any

from tasks.protocol import (
    Answer,
    Environment,
    SolvedBy,
    Split,
    Task,
    Verdict,
    split_seed,
    task_of,
)
from tasks.reasoning import planning_grader
from tasks.reasoning.planning_answers import NO_PLAN, find_plan, plan_text
from tasks.reasoning.planning_facts import PlanningPayload, checked_payload
from tasks.reasoning.planning_generator import difficulty_of, make_problem
from tasks.reasoning.planning_guide import BlocksGuide
from tasks.reasoning.planning_parser import read_problem
from tasks.reasoning.planning_rules import (
    BlocksEnvironment,
    Stacks,
    action_text,
    stacks_text,
)
from tasks.solving import Findings, Guide


class PlanningKind:
    """Move blocks with one hand until the goal holds; any plan passes, short ones are sought."""

    name = "reasoning/planning"
    title = "plans in the blocks world"
    solved_by: SolvedBy = "heuristic"
    check_is_public = True
    has_grader = True
    instructions = (
        "One hand moves one block at a time. Write the plan one action a line, as `(pick-up a)`, "
        "`(put-down a)`, `(stack a b)` or `(unstack a b)`; or `no plan exists`, or `no action "
        "needed` if the goal holds already."
    )
    examples: tuple[str, ...] = (
        "a is on b, b is on the table, c is on the table. Goal: c on a.",
        "(:init (on a b) (ontable b) (ontable c) (clear a) (clear c) (handempty)) "
        "(:goal (and (on c a)))",
        'init: [["on", "a", "b"], ["ontable", "b"], ["clear", "a"], ["handempty"]], '
        'goal: [["on", "b", "a"]]',
        "Blocks world, stacks from bottom to top: [a b c] [d]. Goal: [d c] [b a]",
    )
    ends_wanted = 1
    improves = True
    most_states = 20_000

    def __init__(self) -> None:
        self._environment = BlocksEnvironment()
        self.environment: Environment[Any] | None = self._environment
        self.guide: Guide[Stacks] = BlocksGuide()

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Draw random stacks before and after; more blocks are harder."""
        payload, prompt = make_problem(seed, difficulty, split)
        return task_of(self.name, payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read facts in brackets or lists, or blocks and stacks in words."""
        payload = read_problem(text)
        if payload is None:
            return None
        return task_of(self.name, payload, text, difficulty_of(payload), 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> PlanningPayload:
        """Read back the payload; the initial state must be whole, the goal may be impossible."""
        return checked_payload(data)

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the actions in prose, or the claim that there is no plan."""
        found = find_plan(task.payload.blocks, text)
        return None if found is None else Answer(found)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Write the actions as a plan, with the stacks after each."""
        state = self._environment.initial(task)
        steps, derivation = [], []
        for action in actions:
            steps.append(action_text(state, action))
            state = self._environment.step(state, action)
            derivation.append(stacks_text(state))
        return Answer(plan_text(steps), actions, tuple(derivation))

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Return the shortest plan found, or that there is none, where that is proved."""
        if found.ends:
            return self.answer_from_actions(task, found.ends[0])
        return Answer(NO_PLAN) if found.complete else None

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Carry the plan out; prove or refute that there is none."""
        return planning_grader.grade(task.payload.init, task.payload.goal, answer)


KIND = PlanningKind()
