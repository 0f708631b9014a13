"""The rim of the server, as plain ASGI: size of bodies, Host of keyless servers, counting.

Nothing here reads a body; what a request means is the routes' affair.
"""

from __future__ import annotations

import time
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.callers import host_is_ours
from app.errors import error_response
from app.settings import LOOPBACK, Settings
from training.metrics import Metrics


class Rim:
    """Wraps the application; `metrics` is set once the services are there."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is too large or not for us; count what was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        answered: list[int] = []

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.append(message["status"])
                self._count(scope, message["status"], time.perf_counter() - started)
            await send(message)

        headers = {
            name: value for name, value in scope["headers"] if name in (b"host", b"content-length")
        }
        path = scope["path"]
        host = headers.get(b"host", b"").decode("latin-1")
        if not self._settings.api_keys and not host_is_ours(host, self._settings.host, LOOPBACK):
            refused = error_response(
                path, 421, "this server answers on loopback only", "wrong_host"
            )
            await refused(scope, receive, counted)
            return
        limit = self._settings.body_bytes
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > limit:
            refused = error_response(path, 413, too_large(limit), "body_too_large")
            await refused(scope, receive, counted)
            return
        await self._app(scope, limited(receive, limit), counted)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        services: Any = getattr(scope["app"].state, "services", None) if "app" in scope else None
        if services is None:
            return
        metrics: Metrics = services.metrics
        route = getattr(scope.get("route"), "path", "none")
        metrics.requests.labels(route, str(status)).inc()
        metrics.request_seconds.labels(route).observe(seconds)


def limited(receive: Receive, limit: int) -> Receive:
    """Return a receive that raises 413 once more than `limit` bytes came, announced or not."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, too_large(limit))
        return message

    return counting


def too_large(limit: int) -> str:
    """Say the limit."""
    return f"the body is larger than {limit} bytes, the most this server takes"
