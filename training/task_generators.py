"""The documented task generators: tasks of a family by number, each with its exact answer.

A task is drawn from its kind's own generator, solved by the kind's own exact means and passed by
the kind's grader before it is handed out; one that is not, or that was drawn before, is drawn
again. Which kinds exist is `tasks.catalogue`'s affair. The face is `training.self_play_generator`.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from typing import Any

from tasks.catalogue import Catalogue, default_catalogue
from tasks.math.roots_exact import added, polynomial, trimmed
from tasks.protocol import SPLIT_SIZE, Task
from training.task_answers import exact_answer

MOST_DRAWS = 60  # for one task
Types = tuple[tuple[str, tuple[str, ...]], ...]  # (type, its kinds), taken in turns


class DifficultyRangeError(ValueError):
    """A range of difficulties that is none."""


class NoTaskError(RuntimeError):
    """A kind that gave no solvable new task in many draws."""


class MathProblemGenerator:
    """Arithmetic, linear equations, quadratic ones and higher, 2x2 systems, calculus."""

    types: Types = (
        ("arithmetic", ("math/arithmetic",)),
        ("linear", ("math/equations",)),
        ("quadratic", ("math/equations_polynomial",)),
        ("system", ("math/equations_system",)),
        ("calculus", ("math/calculus",)),
    )

    def __init__(
        self,
        difficulty_range: tuple[float, float] = (0.1, 1.0),
        seed: int = 42,
        *,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Prepare; `generate` depends on nothing but these.

        Args:
            difficulty_range: of the first and of the last task, within [0, 1].
            seed: of all draws.
            catalogue: of the kinds; the shipped ones without it.

        Raises:
            DifficultyRangeError: if the range is none.
            UnknownKindError: if the catalogue lacks a kind of this generator.
        """
        self._draw = _Draws(type(self).__name__, self.types, difficulty_range, seed, catalogue)

    def generate(self, num_tasks: int) -> list[dict[str, Any]]:
        """Return tasks whose difficulty grows with their number, types in turns.

        Returns:
            mappings {task_id, type, difficulty, problem, answer, steps, kind, payload, seed,
            split}; `answer` passes the kind's grader, `steps` lead to it one inference or rewrite
            each (empty for moves and for exact operations), `payload` is JSON.

        Raises:
            NoTaskError: if a kind gives no solvable new task.
        """
        return self._draw.tasks(num_tasks)


class MultiStepReasoningGenerator:
    """Logic, planning, constraint satisfaction."""

    types: Types = (
        ("logic", ("reasoning/deduction",)),
        ("planning", ("reasoning/planning",)),
        ("constraint_satisfaction", ("reasoning/constraints",)),
    )

    def __init__(
        self,
        difficulty_range: tuple[float, float] = (0.1, 1.0),
        seed: int = 42,
        *,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Prepare, as MathProblemGenerator does."""
        self._draw = _Draws(type(self).__name__, self.types, difficulty_range, seed, catalogue)

    def generate(self, num_tasks: int) -> list[dict[str, Any]]:
        """Return tasks, as MathProblemGenerator does."""
        return self._draw.tasks(num_tasks)


class MCTSSearchTaskGenerator:
    """Game states, optimisation, path finding."""

    types: Types = (
        ("game_state", ("search/tictactoe", "search/connect_four")),
        ("optimisation", ("search/knapsack", "search/tour")),
        ("path_finding", ("search/maze",)),
    )

    def __init__(
        self,
        difficulty_range: tuple[float, float] = (0.1, 1.0),
        seed: int = 42,
        *,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Prepare, as MathProblemGenerator does."""
        self._draw = _Draws(type(self).__name__, self.types, difficulty_range, seed, catalogue)

    def generate(self, num_tasks: int) -> list[dict[str, Any]]:
        """Return tasks, as MathProblemGenerator does."""
        return self._draw.tasks(num_tasks)


class _Draws:
    """Draws the tasks of one generator."""

    def __init__(
        self,
        name: str,
        types: Types,
        difficulty_range: tuple[float, float],
        seed: int,
        catalogue: Catalogue | None,
    ) -> None:
        low, high = difficulty_range
        if not 0.0 <= low <= high <= 1.0:
            raise DifficultyRangeError(
                f"difficulty_range {difficulty_range}; expected 0 <= first <= last <= 1"
            )
        self._name, self._types, self._seed = name, types, seed
        self._low, self._high = low, high
        known = catalogue or default_catalogue()
        self._kinds = {kind: known[kind] for _, kinds in types for kind in kinds}

    def tasks(self, count: int) -> list[dict[str, Any]]:
        """Return the first tasks, difficulties spread evenly over the range."""
        rng = random.Random(f"{self._name} {self._seed}")
        seen: set[tuple[str, Any]] = set()
        found = []
        for number in range(count):
            named, kinds = self._types[number % len(self._types)]
            kind = kinds[number // len(self._types) % len(kinds)]
            share = number / max(1, count - 1)
            difficulty = round(self._low + (self._high - self._low) * share, 6)
            found.append(self._task(rng, named, kind, difficulty, seen))
        return found

    def _task(
        self, rng: random.Random, named: str, name: str, difficulty: float, seen: set[Any]
    ) -> dict[str, Any]:
        kind = self._kinds[name]
        for draw in range(MOST_DRAWS):
            task = kind.generate(rng.randrange(SPLIT_SIZE), difficulty, "train")
            if (name, task.payload) in seen and draw < MOST_DRAWS // 2:
                continue
            answer = exact_answer(kind, task)
            if answer is not None:
                seen.add((name, task.payload))
                return {
                    "task_id": task.id,
                    "type": _quadratic_or_higher(task) if named == "quadratic" else named,
                    "difficulty": task.difficulty,
                    "problem": task.prompt,
                    "answer": answer.text,
                    "steps": list(answer.derivation),
                    "kind": task.kind,
                    "payload": json.loads(json.dumps(asdict(task.payload))),
                    "seed": task.seed,
                    "split": task.split,
                }
        raise NoTaskError(
            f"{name} gave no solvable {named} task in {MOST_DRAWS} draws at difficulty "
            f"{difficulty}; narrow difficulty_range"
        )


def _quadratic_or_higher(task: Task) -> str:
    """Name the type of an equation, or a polynomial to factor, by its degree."""
    text, unknown = task.payload.text, task.payload.unknown
    left, _, right = text.partition("=")
    gap = added(polynomial(left, unknown), polynomial(right or "0", unknown), -1)
    return "quadratic" if len(trimmed(gap)) == 3 else "polynomial"
