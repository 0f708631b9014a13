"""`/v1/tasks`: accept durably, run in the background, read, list, cancel."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection, select

from app.callers import own_thread
from app.errors import ApiError
from app.routes.common import RETRY_SECONDS, Caller, Wired
from app.schemas import TaskRequest
from app.task_prompts import prompt_of
from app.task_queue import TaskQueue
from graphs.episode import new_id
from graphs.store import tables
from graphs.store.requests import (
    MAX_IDEMPOTENCY_KEY,
    IdempotencyConflictError,
    RequestRecord,
    UnknownRequestError,
    find_request,
)

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])
IdempotencyKey = Annotated[
    str | None, Header(min_length=1, max_length=MAX_IDEMPOTENCY_KEY, pattern=r"^[\x21-\x7e ]+$")
]


@router.post("", operation_id="create_task", status_code=202)
async def create_task(
    asked: TaskRequest,
    request: Request,
    services: Wired,
    caller: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Accept a task: its id is durable when the answer leaves, and its run follows."""
    queue: TaskQueue = request.app.state.tasks
    if queue.unfinished >= services.settings.unfinished_tasks:
        message = f"{queue.unfinished} tasks are unfinished; try again later"
        headers = {"Retry-After": RETRY_SECONDS}
        raise ApiError(503, message, "overloaded", headers=headers)
    has_model = services.language_model is not None
    prompt = await asyncio.to_thread(prompt_of, asked, services.kinds, has_model)
    body = asked.model_dump(mode="json", exclude_none=True)
    thread = own_thread(asked.metadata.thread_id if asked.metadata else None, caller)
    try:
        record = await services.writer.create_request(
            new_id(),
            {"asked": body, "prompt": prompt},
            idempotency_key,
            thread_id=thread,
            key_hash=caller,
        )
    except IdempotencyConflictError as error:
        raise ApiError(422, str(error), "idempotency_conflict", "Idempotency-Key") from error
    queue.add(record)
    headers = {"Location": f"/v1/tasks/{record.id}"}
    return JSONResponse(task_object(record), 202, headers)


@router.get("/{task_id}", operation_id="read_task")
async def read_task(task_id: str, services: Wired, caller: Caller) -> Response:
    """Return a task with its result, where it has one."""
    return JSONResponse(task_object(_own(services, task_id, caller)))


@router.get("", operation_id="list_tasks")
async def list_tasks(
    services: Wired,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    after: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """List the caller's tasks, newest first; `after` is the `next_cursor` of the page before."""

    def page(connection: Connection) -> list[RequestRecord]:
        query = select(tables.requests.c.id).where(tables.requests.c.key_hash == caller)
        if after is not None:
            query = query.where(tables.requests.c.id < after)
        ids = connection.scalars(query.order_by(tables.requests.c.id.desc()).limit(limit + 1))
        return [find_request(connection, task_id) for task_id in list(ids)]

    records = services.store.read(page)
    shown = records[:limit]
    cursor = shown[-1].id if len(records) > limit else None
    data = [task_object(record) for record in shown]
    return JSONResponse({"object": "list", "data": data, "next_cursor": cursor})


@router.post("/{task_id}/cancel", operation_id="cancel_task", status_code=202)
async def cancel_task(task_id: str, request: Request, services: Wired, caller: Caller) -> Response:
    """Stop a task; one that has ended stays as it is."""
    _own(services, task_id, caller)
    record = await services.writer.cancel_request(task_id)
    queue: TaskQueue = request.app.state.tasks
    queue.cancel(task_id)
    return JSONResponse(task_object(record), 202)


def task_object(record: RequestRecord) -> dict[str, Any]:
    """Return what a caller is told of a task."""
    response = record.response or {}
    return {
        "id": record.id,
        "object": "task",
        "status": record.status,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "attempts": record.attempts,
        "text": record.body["prompt"],
        "tandem": response.get("tandem"),
        "error": response.get("error"),
    }


def _own(services: Wired, task_id: str, caller: str) -> RequestRecord:
    try:
        record = services.store.request(task_id)
    except UnknownRequestError as error:
        raise ApiError(404, f"no task {task_id[:64]!r}", "not_found", "task_id") from error
    if record.key_hash != caller:
        raise ApiError(404, f"no task {task_id[:64]!r}", "not_found", "task_id")
    return record
