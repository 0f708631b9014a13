"""`POST /v1/chat/completions` and `GET /v1/models`: the whole agent behind OpenAI's form."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from langchain_core.messages import HumanMessage
from starlette.types import Receive, Scope, Send

from app.answers import refusal
from app.errors import ApiError, error_object
from app.openai_format import (
    MODES,
    SSE_DONE,
    SSE_PING,
    Completion,
    Finished,
    Piece,
    Pieces,
    Progress,
    model_list,
    read_messages,
    sse,
)
from app.routes.common import Caller, Wired, failure_of, options_of, start_run, turns
from app.runs import Ask, LiveRun
from app.schemas import ChatRequest

log = logging.getLogger(__name__)
router = APIRouter(tags=["chat"])
STARTED_AT = int(time.time())
HOLD_SECONDS = 0.25  # a refusal that comes within this time is a status, not a broken stream
PING_SECONDS = 15.0
WORKING = ("search", "draft", "refine")  # events after which a run is no refusal
CLIENT_LEFT = 499  # for the log: nobody reads it


@router.get("/v1/models", operation_id="list_models")
async def list_models(caller: Caller) -> JSONResponse:
    """List the presets: auto, networks and search only, language model only."""
    return JSONResponse(model_list(STARTED_AT))


@router.get("/v1/models/{model}", operation_id="read_model")
async def read_model(model: str, caller: Caller) -> JSONResponse:
    """Describe one preset."""
    _check_model(model)
    return JSONResponse(next(m for m in model_list(STARTED_AT)["data"] if m["id"] == model))


@router.post("/v1/chat/completions", operation_id="create_chat_completion")
async def create_chat_completion(
    asked: ChatRequest, request: Request, services: Wired, caller: Caller
) -> Response:
    """Answer a chat, in one piece or as a stream of progress and text."""
    _check_model(asked.model)
    _check_supported(asked)
    messages = read_messages(asked.messages)
    if not any(isinstance(message, HumanMessage) for message in messages):
        raise ApiError(400, "messages: no message of the user has text", "no_question", "messages")
    options = options_of(services, asked, caller, MODES[asked.model])
    messages = await turns(services, messages, options.thread_id)
    live = start_run(services, Ask(messages=messages, options=options, key_hash=caller))
    completion = Completion(asked.model)
    if not asked.stream:
        return await _whole(live, completion, request)
    include_usage = asked.stream_options is not None and asked.stream_options.include_usage
    stream = Pieces(live)
    try:
        held = await _hold(stream)
    except BaseException:  # a client that left included: its run must not go on
        live.cancel()
        raise
    return RunStream(live, _chunks(held, stream, completion, include_usage))


class RunStream(StreamingResponse):
    """A stream that stops its run when it ends for whatever reason, a client that left included."""

    def __init__(self, live: LiveRun, content: AsyncIterator[bytes]) -> None:
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        super().__init__(content, media_type="text/event-stream", headers=headers)
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._live.cancel()


async def _whole(live: LiveRun, completion: Completion, request: Request) -> Response:
    """Wait for the end of the run, and stop it when the client leaves before."""
    gone = asyncio.create_task(_until_gone(request))
    answer = asyncio.create_task(_finished(Pieces(live)))
    try:
        await asyncio.wait({gone, answer}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            return Response(status_code=CLIENT_LEFT)
        episode = answer.result().episode
    finally:
        live.cancel()
        gone.cancel()
        answer.cancel()
    failure = failure_of(episode, refusal(episode))
    if failure is not None:
        raise failure
    return JSONResponse(completion.whole(episode))


async def _finished(stream: Pieces) -> Finished:
    """Skip everything but the end."""
    while not isinstance(piece := await stream.next(), Finished):
        pass
    return piece


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _hold(stream: Pieces) -> list[Piece]:
    """Return the first pieces: until the run works or ends, or HOLD_SECONDS are over.

    Raises:
        ApiError: if the run was refused or broke within that time.
    """
    held: list[Piece] = []
    deadline = time.monotonic() + HOLD_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        try:
            piece = await stream.next(left)
        except TimeoutError:
            break
        held.append(piece)
        if isinstance(piece, Finished):
            failure = failure_of(piece.episode, refusal(piece.episode))
            if failure is not None:
                raise failure
            break
        if isinstance(piece, Progress) and piece.event["event"] in WORKING:
            break
    return held


async def _chunks(
    held: list[Piece], stream: Pieces, completion: Completion, include_usage: bool
) -> AsyncIterator[bytes]:
    yield sse(completion.opening())
    try:
        while True:
            try:
                piece = held.pop(0) if held else await stream.next(PING_SECONDS)
            except TimeoutError:
                yield SSE_PING
                continue
            if isinstance(piece, Finished):
                break
            yield sse(completion.piece(piece))
    except Exception:  # the HTTP edge: the status is sent, so the stream itself says it
        log.exception("stream failed")
        yield sse(error_object("an error of the server; its log says which", 500, "internal_error"))
        return
    failure = failure_of(piece.episode, refusal(piece.episode))
    if failure is not None:
        yield sse(error_object(failure.message, failure.status, failure.code))
        return
    for chunk in completion.closing(piece.episode, include_usage):
        yield sse(chunk)
    yield SSE_DONE


def _check_model(name: str) -> None:
    if name not in MODES:
        known = ", ".join(MODES)
        raise ApiError(404, f"no model {name!r}; known: {known}", "model_not_found", "model")


def _check_supported(asked: ChatRequest) -> None:
    if asked.n is not None and asked.n != 1:
        raise ApiError(400, f"n is {asked.n}; one answer per request", "unsupported", "n")
    if asked.tools or asked.functions:
        raise ApiError(
            400, "tools are not supported; the agent has its own", "unsupported", "tools"
        )
    kind = (asked.response_format or {}).get("type", "text")
    if kind != "text":
        message = f"response_format {str(kind)[:50]!r} is not supported; leave it out"
        raise ApiError(400, message, "unsupported", "response_format")
