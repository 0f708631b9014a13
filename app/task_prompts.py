"""Turn a task request into the text that the agent reads, or refuse it before it is accepted."""

from __future__ import annotations

from typing import Any

from app.errors import ApiError
from app.schemas import TaskRequest
from graphs.decompose import UnresolvedReferenceError, bind, plan_of
from graphs.model_maker import NO_MODEL
from graphs.without_net import needs_model
from tasks.catalogue import Catalogue, UnknownKindError
from tasks.protocol import InvalidTaskError, Task, TaskKind, task_id


def prompt_of(asked: TaskRequest, kinds: Catalogue, has_model: bool) -> str:
    """Return the prompt of a task.

    Raises:
        ApiError: 422 for an unknown kind, a problem that its kind does not read, and a question
            that nobody here can answer.
    """
    if asked.kind is None:
        text = asked.text or ""
        if asked.metadata is None or asked.metadata.thread_id is None:
            _refuse_hopeless(text, kinds, has_model and asked.mode != "neural_only")
        return text
    try:
        kind = kinds[asked.kind]
        text = asked.problem or prompt_of_payload(kind, asked.payload or {})
        read = kind.parse(text)
        if read is None and not needs_model(kind):
            text = f"{_subject(kind)}: {text}"  # `4453` alone could mean anything elsewhere
            read = kind.parse(text)
    except UnknownKindError as error:
        raise ApiError(422, str(error).strip("'\""), "unknown_kind", "kind") from error
    except InvalidTaskError as error:
        raise ApiError(422, str(error), "invalid_problem", "problem") from error
    if read is None:
        examples = " or ".join(map(repr, kind.examples[:2]))
        message = f"{kind.name} does not read this problem; it reads for example {examples}"
        raise ApiError(422, message, "invalid_problem", "problem")
    if needs_model(kind) and not has_model:
        raise ApiError(422, NO_MODEL, "no_model", "kind")
    return text


def prompt_of_payload(kind: TaskKind, data: dict[str, Any]) -> str:
    """Return a text that the kind reads back as this payload.

    Raises:
        InvalidTaskError: if the payload breaks the kind's rules, or has no text form.
    """
    payload = kind.payload_from_json(data)
    task = Task(task_id(kind.name, payload, 0, "test"), kind.name, "", payload, 0.5, 0, "test")
    if kind.environment is not None:
        shown = kind.environment.describe(kind.environment.initial(task))
        for text in (shown, f"{_subject(kind)}:\n{shown}"):
            read = kind.parse(text)
            if read is not None and read.payload == payload:
                return text
    raise InvalidTaskError(f"a payload of {kind.name} cannot be written as text; send `problem`")


def _subject(kind: TaskKind) -> str:
    return kind.title.partition(":")[0]


def _refuse_hopeless(text: str, kinds: Catalogue, has_model: bool) -> None:
    subtasks = plan_of(text, kinds, {})
    if not subtasks[0].fault and (has_model or len(subtasks) != 1):
        return
    try:
        task = bind(subtasks[0], kinds, {})
    except (InvalidTaskError, UnresolvedReferenceError) as error:
        raise ApiError(422, str(error), "invalid_problem", "text") from error
    if needs_model(kinds[task.kind]):
        raise ApiError(422, NO_MODEL, "no_model", "text")
