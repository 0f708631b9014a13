"""Read a task in any of the forms that the documented faces take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tasks.catalogue import Catalogue
from tasks.protocol import InvalidTaskError, Task, TaskKind, task_id
from tasks.splits import SPLITS

AskedTask = Task | str | Mapping[str, Any]


def read_task(asked: AskedTask, kinds: Catalogue) -> Task:
    """Return the task that was asked for.

    Args:
        asked: a Task, a text, or a mapping: a whole task as JSON, `kind` and `payload` (a
            generated task has `task_id`, `problem`, `difficulty`, `seed` and `split` too), or
            `problem` (or `prompt`, `text`), with or without `kind`.
        kinds: that may be meant.

    Raises:
        InvalidTaskError: if no kind reads it, or the kind finds it against its rules.
        UnknownKindError: if the catalogue lacks the kind.
    """
    if isinstance(asked, Task):
        return asked
    if isinstance(asked, str):
        return _parsed(kinds.parse(asked), asked, kinds)
    if set(Task.__slots__) <= set(asked):
        return kinds.task_from_json(dict(asked))
    kind = kinds[asked["kind"]] if "kind" in asked else None
    if kind is not None and "payload" in asked:
        return _task_of_payload(kind, asked)
    text = next((asked[key] for key in ("problem", "prompt", "text") if key in asked), None)
    if not isinstance(text, str):
        raise InvalidTaskError(
            f"a task with the keys {', '.join(sorted(map(str, asked))) or 'none'}; expected a "
            "Task, or kind and payload, or problem (with or without kind)"
        )
    return _parsed((kind or kinds).parse(text), text, [kind] if kind else kinds)


def _task_of_payload(kind: TaskKind, asked: Mapping[str, Any]) -> Task:
    read = kind.payload_from_json(dict(asked["payload"]))
    seed, split = asked.get("seed", 0), asked.get("split", "train")
    difficulty = asked.get("difficulty", 0.5)
    if not isinstance(seed, int) or split not in SPLITS or not isinstance(difficulty, int | float):
        raise InvalidTaskError(
            f"seed {seed!r}, split {split!r}, difficulty {difficulty!r}; expected a whole number, "
            f"one of {', '.join(SPLITS)}, a number"
        )
    identity = task_id(kind.name, read, seed, split)
    task = Task(identity, kind.name, "", read, float(difficulty), seed, split)
    problem = asked.get("problem")
    if isinstance(problem, str):
        return replace(task, prompt=problem)
    if kind.environment is None:
        return task
    return replace(task, prompt=kind.environment.describe(kind.environment.initial(task)))


def _parsed(task: Task | None, text: str, kinds: Any) -> Task:
    if task is None:
        examples = "; ".join(kind.examples[0] for kind in kinds if kind.environment is not None)
        raise InvalidTaskError(f"no kind reads {text[:200]!r}; for example: {examples}")
    return task
