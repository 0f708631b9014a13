"""What routes share: the services, the caller, options from a request, errors of starting a run."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from langchain_core.messages import AnyMessage

from app.assemble import Services
from app.callers import identify, own_thread
from app.errors import ApiError
from app.openai_format import newest_turn
from app.runs import Ask, BusyThreadError, LiveRun, OverloadedError
from app.schemas import RunFields
from graphs.episode import Episode, Mode
from graphs.state import RunOptions

RETRY_SECONDS = "1"


async def services_of(request: Request) -> Services:
    """Return the services of the application that serves the request.

    Both dependencies are coroutines, because plain functions cost a change of thread each.
    """
    services: Services = request.app.state.services
    return services


async def caller_of(request: Request) -> str:
    """Return the hash of the caller's API key; empty without keys. Raises 401."""
    return identify(request.headers.get("authorization"), request.app.state.key_hashes)


Wired = Annotated[Services, Depends(services_of)]
Caller = Annotated[str, Depends(caller_of)]


def options_of(
    services: Services, fields: RunFields, key_hash: str, mode: Mode | None = None, run_id: str = ""
) -> RunOptions:
    """Return the options that a request asks for."""
    metadata = fields.metadata
    return services.options(
        "http",
        mode=fields.mode or mode,
        seed=fields.seed,
        max_dollars=fields.max_dollars,
        max_seconds=fields.max_seconds,
        thread_id=own_thread(metadata.thread_id if metadata else None, key_hash),
        train=metadata.train if metadata else None,
        run_id=run_id or None,
    )


def start_run(services: Services, ask: Ask, *, queued: bool = False) -> LiveRun:
    """Start a run, or answer 409 or 503."""
    try:
        return services.runs.start(ask, queued=queued)
    except BusyThreadError as error:
        raise ApiError(409, str(error), "thread_busy", "metadata.thread_id") from error
    except OverloadedError as error:
        headers = {"Retry-After": RETRY_SECONDS}
        raise ApiError(503, str(error), "overloaded", headers=headers) from error


async def turns(services: Services, messages: list[AnyMessage], thread_id: str) -> list[AnyMessage]:
    """Return the messages that the run needs: of a thread that is kept only the newest turn."""
    if thread_id and await services.has_thread(thread_id):
        return newest_turn(messages)
    return messages


def failure_of(episode: Episode, code: str | None) -> ApiError | None:
    """Return the error that a refused or broken run is answered with; None for an answer."""
    if code is not None:
        return ApiError(422, episode.failure, code, "messages")
    if episode.outcome == "error":
        message = f"the run failed; episode {episode.id} has the record"
        return ApiError(500, message, "run_failed")
    return None
