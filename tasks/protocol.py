"""The contract of every problem: Task, Answer, Verdict, Environment, TaskKind.

What a kind must do is here; how one does it is in its own file, which kinds exist is in
`catalogue`, and the checks that each must pass are in `conformance`. Letters: `A` actions, `P`
players, `W` state words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "calibration", "test"]
SolvedBy = Literal["computed", "proved", "heuristic", "learned", "language model"]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float32]
WordArray = NDArray[np.int64]

SPLIT_SIZE = 1_000_000_000  # seeds: train below it, calibration below twice, test below thrice
SPLIT_START: dict[Split, int] = {"train": 0, "calibration": SPLIT_SIZE, "test": 2 * SPLIT_SIZE}

GOING_ON, WIN_FOR_MOVER, DRAW, LOSS_FOR_MOVER = 0, 1, 2, 3  # what `BatchRules.step` returns


class InvalidTaskError(ValueError):
    """A text or payload names a kind but breaks its rules; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One problem.

    Attributes:
        id: function of kind, payload, seed and split, so that it never changes.
        kind: name of its TaskKind, such as `math/equations`.
        prompt: text for a person or a language model.
        payload: the kind's own frozen dataclass of strings and numbers; holds no secret.
        difficulty: in [0, 1].
        seed: the generator's seed, from the split's own range; 0 for a parsed text.
        split: which use the task is for; ranges of seeds do not overlap.
    """

    id: str
    kind: str
    prompt: str
    payload: Any
    difficulty: float
    seed: int
    split: Split


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solver says: the text, and how it got there when it went step by step.

    Attributes:
        text: the answer alone, as a person would write it (`x = 4`).
        actions: environment actions from the task's initial state; empty for an answer from text.
        derivation: the state after each action, in words; same length as `actions` where one
            was kept.
    """

    text: str
    actions: tuple[int, ...] = ()
    derivation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the grader says.

    Attributes:
        passed: None where no grader exists, or where it cannot judge within its budget.
        score: in [0, 1].
        feedback: from public checks only, so that a solver may read it.
    """

    passed: bool | None
    score: float
    feedback: str = ""


StateT = TypeVar("StateT", bound=Hashable)


class Environment(Protocol[StateT]):
    """Rules as pure functions; states are immutable and hashable, `step` is pure.

    Attributes:
        version: changes whenever observations, actions or rules change; weights are bound to it.
        num_actions: A; an action is an index below it.
        observation_shape: shape of `observe`.
        num_players: 1, or 2 for zero-sum games.
        max_steps: a run that is longer than this has failed.
        discount: factor per step on returns, in (0, 1]; 1 for games.
        rules: the same rules compiled, for kinds whose speed matters; None otherwise.
    """

    version: str
    num_actions: int
    observation_shape: tuple[int, ...]
    num_players: int
    max_steps: int
    discount: float
    rules: BatchRules | None

    def initial(self, task: Task) -> StateT:
        """Return the position that the task starts from."""
        ...

    def legal(self, state: StateT) -> BoolArray:
        """Return `[A]` bool; at least one is true unless the state is terminal."""
        ...

    def step(self, state: StateT, action: int) -> StateT:
        """Return the state after a legal action.

        Raises:
            IllegalActionError: if the action is not legal here.
        """
        ...

    def is_terminal(self, state: StateT) -> bool:
        """Say whether the state is an end."""
        ...

    def returns(self, state: StateT) -> FloatArray:
        """Return `[P]` in [-1, 1] per player at a terminal state."""
        ...

    def to_play(self, state: StateT) -> int:
        """Return the player to move, below `num_players`."""
        ...

    def observe(self, state: StateT) -> FloatArray:
        """Return `observation_shape` float32, from the view of the player to move."""
        ...

    def describe(self, state: StateT) -> str:
        """Return the state as text for prompts and traces."""
        ...

    def describe_action(self, state: StateT, action: int) -> str:
        """Return the action as text for prompts and traces."""
        ...


class IllegalActionError(ValueError):
    """An action that the rules do not allow in this state."""


@dataclass(frozen=True, slots=True)
class BatchRules:
    """An environment's rules compiled with Numba; a state is `W` int64 words.

    Attributes:
        words: W.
        step: `(state[W], action, out[W]) -> int64`: writes the successor, returns GOING_ON, or the
            end from the view of the player who moved: WIN_FOR_MOVER, DRAW, LOSS_FOR_MOVER.
        legal: `(state[W], out[A] bool) -> None`.
        observe: `(state[W], out[D] float32) -> None`; D is the flattened observation.
        to_words: Python state -> `[W]` int64.
        from_words: `[W]` int64 -> Python state.
    """

    words: int
    step: Callable[..., Any]
    legal: Callable[..., Any]
    observe: Callable[..., Any]
    to_words: Callable[[Any], WordArray]
    from_words: Callable[[WordArray], Any]


class TaskKind(Protocol):
    """One kind of problem: two doors (stepwise environment, text) to one grader.

    Attributes:
        name: `family/kind`.
        title: a few words for people.
        solved_by: how the agent solves it; printed with it everywhere.
        environment: None where there is none.
        check_is_public: whether `grade` uses nothing but the prompt, so that its verdict may steer
            a solver.
        has_grader: False when `grade` always returns passed None.
        instructions: how a language model should write its answer (one short paragraph).
        examples: prompts that `parse` reads, the first one fit for a README.
    """

    name: str
    title: str
    solved_by: SolvedBy
    environment: Environment[Any] | None
    check_is_public: bool
    has_grader: bool
    instructions: str
    examples: tuple[str, ...]

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Make a solvable task; the same arguments make the same task.

        Args:
            seed: index within the split, in [0, SPLIT_SIZE).
            difficulty: in [0, 1]; search effort without a net rises with it.
            split: seeds of different splits never meet.
        """
        ...

    def parse(self, text: str) -> Task | None:
        """Read what a person would type; None if it is not this kind.

        Raises:
            InvalidTaskError: if it is this kind, but breaks its rules (two unknowns, an illegal
                position).
        """
        ...

    def payload_from_json(self, data: dict[str, Any]) -> Any:
        """Turn `dataclasses.asdict(payload)` back into the payload.

        Raises:
            InvalidTaskError: if fields are missing, unknown or out of range.
        """
        ...

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the answer in a language model's or a person's text; None if there is none."""
        ...

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Turn environment actions into an answer: the end of a derivation, or the move itself."""
        ...

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Judge the answer by code that shares nothing with any solver."""
        ...


def split_seed(split: Split, index: int) -> int:
    """Return the seed of the split's task number `index`.

    Raises:
        ValueError: if the index leaves the split's range.
    """
    if not 0 <= index < SPLIT_SIZE:
        raise ValueError(f"task index {index} is outside [0, {SPLIT_SIZE}); pick one inside")
    return SPLIT_START[split] + index


def task_id(kind: str, payload: Any, seed: int, split: Split) -> str:
    """Return a stable id: the same problem asked twice has the same one."""
    parts = f"{kind}|{sorted(asdict(payload).items())}|{seed}|{split}"
    return f"{kind.replace('/', '-')}-{hashlib.sha256(parts.encode()).hexdigest()[:16]}"


def task_of(
    kind: str, payload: Any, prompt: str, difficulty: float, seed: int, split: Split
) -> Task:
    """Return the task of a payload, with the id that equal problems share."""
    return Task(task_id(kind, payload, seed, split), kind, prompt, payload, difficulty, seed, split)


def task_to_json(task: Task) -> dict[str, Any]:
    """Turn a task into JSON values; `catalogue.task_from_json` is the way back."""
    return {
        **{name: getattr(task, name) for name in Task.__slots__},
        "payload": asdict(task.payload),
    }
