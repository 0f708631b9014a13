"""A loopback server that speaks OpenAI's chat completions, told by each test what to do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"cached_tokens": 40},
}


@dataclass
class Provider:
    """What the stub answers next, and what it was asked."""

    base_url: str = ""
    statuses: list[int] = field(default_factory=list)  # of the next requests; then 200
    headers: dict[str, str] = field(default_factory=dict)  # of error replies
    text: str = "four and twenty blackbirds"
    error_code: str = "stub"
    usage: dict[str, Any] | None = field(default_factory=lambda: dict(USAGE))
    delay_seconds: float = 0.0
    break_after: int | None = None  # words after which a stream is cut
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0


@pytest.fixture(scope="session")
def stub_server() -> Iterator[Provider]:
    """Run the stub for the whole session."""
    provider = Provider()
    config = uvicorn.Config(_app(provider), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    provider.base_url = f"http://127.0.0.1:{port}/v1"
    yield provider
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture
def provider(stub_server: Provider) -> Provider:
    """Return the stub as new."""
    fresh = Provider(base_url=stub_server.base_url)
    vars(stub_server).update(vars(fresh))
    return stub_server


def _app(provider: Provider) -> FastAPI:
    import asyncio

    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> Any:
        body = await request.json()
        provider.requests.append(body)
        provider.keys.append(request.headers.get("authorization", ""))
        provider._now += 1
        provider.most_at_once = max(provider.most_at_once, provider._now)
        try:
            await asyncio.sleep(provider.delay_seconds)
        finally:
            provider._now -= 1
        status = provider.statuses.pop(0) if provider.statuses else 200
        if status != 200:
            error = {"message": f"stub {status}", "type": "stub", "code": provider.error_code}
            return JSONResponse({"error": error}, status, headers=provider.headers)
        if body.get("stream"):
            return StreamingResponse(_lines(provider, body), media_type="text/event-stream")
        message = {"role": "assistant", "content": provider.text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {**_head("chat.completion"), "choices": [choice], "usage": provider.usage}

    return app


async def _lines(provider: Provider, body: dict[str, Any]) -> Any:
    head = _head("chat.completion.chunk")
    for number, word in enumerate(provider.text.split()):
        if provider.break_after == number:
            raise ConnectionResetError("stub breaks off")
        delta = {"role": "assistant", "content": f"{word} "}
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield _event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    if (body.get("stream_options") or {}).get("include_usage"):
        yield _event({**head, "choices": [], "usage": provider.usage})
    yield "data: [DONE]\n\n"


def _head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "stub-1"}


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data)}\n\n"
