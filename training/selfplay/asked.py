"""Read a task in any of the forms that the documented faces take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.catalogue import Catalogue
from tasks.protocol import InvalidTaskError, Task, TaskKind, task_id

AskedTask = Task | str | Mapping[str, Any]


def read_task(asked: AskedTask, kinds: Catalogue) -> Task:
    """Return the task that was asked for.

    Args:
        asked: a Task, a text, or a mapping: a whole task as JSON, `kind` and `payload`, or
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
        return _task_of_payload(kind, asked["payload"])
    text = next((asked[key] for key in ("problem", "prompt", "text") if key in asked), None)
    if not isinstance(text, str):
        raise InvalidTaskError(
            f"a task with the keys {', '.join(sorted(map(str, asked))) or 'none'}; expected a "
            "Task, or kind and payload, or problem (with or without kind)"
        )
    return _parsed((kind or kinds).parse(text), text, [kind] if kind else kinds)


def _task_of_payload(kind: TaskKind, payload: Mapping[str, Any]) -> Task:
    read = kind.payload_from_json(dict(payload))
    identity = task_id(kind.name, read, 0, "train")
    task = Task(identity, kind.name, "", read, 0.5, 0, "train")
    if kind.environment is None:
        return task
    shown = kind.environment.describe(kind.environment.initial(task))
    return Task(identity, kind.name, shown, read, 0.5, 0, "train")


def _parsed(task: Task | None, text: str, kinds: Any) -> Task:
    if task is None:
        examples = "; ".join(kind.examples[0] for kind in kinds if kind.environment is not None)
        raise InvalidTaskError(f"no kind reads {text[:200]!r}; for example: {examples}")
    return task
