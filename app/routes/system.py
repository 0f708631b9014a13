"""`/health`, `/ready`, `/metrics`: is the process alive, can it answer, what has it done."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.assemble import Services
from app.routes.common import Caller, Wired
from graphs.nets import code_version
from neural.model_files import BrokenWeightsError, StaleWeightsError

router = APIRouter(tags=["system"])


@router.get("/health", operation_id="health")
async def health(request: Request) -> JSONResponse:
    """Say that the process lives, and which weights it has loaded."""
    services: Services | None = getattr(request.app.state, "services", None)
    loaded = _weights(services) if services is not None else {}
    return JSONResponse({"status": "ok", "models_loaded": loaded, "version": code_version()})


@router.get("/ready", operation_id="ready")
async def ready(request: Request) -> JSONResponse:
    """Say whether requests are answered well: database, weights, warm code; 503 until then."""
    services: Services = request.app.state.services
    database = await asyncio.to_thread(_database_answers, services)
    weights = _weights(services)
    missing = [k.name for k in services.kinds.learned() if k.name not in weights]
    warm = bool(request.app.state.warm)
    fine = database and warm
    model = services.language_model
    body = {
        "ready": fine,
        "warm": warm,
        "database": database,
        "weights": weights,
        "kinds_without_weights": missing,
        "language_model": model.name if model is not None else None,
    }
    return JSONResponse(body, 200 if fine else 503)


@router.get("/metrics", operation_id="metrics")
async def metrics(services: Wired, caller: Caller) -> Response:
    """Return the metrics in Prometheus' text form."""
    services.metrics.running.set(services.runs.in_progress)
    services.metrics.trace_drops.set(services.sink.dropped)
    loop = asyncio.get_running_loop()
    # On the thread that folds, so that every episode saved before is in it.
    body = await loop.run_in_executor(services.folding, services.metrics.text)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


def _weights(services: Services) -> dict[str, Any]:
    found = {}
    for kind in services.kinds.learned():
        try:
            net = services.nets.evaluator(kind)
        except (StaleWeightsError, BrokenWeightsError):  # `warm_up` has logged which and why
            continue
        if net is not None:
            found[kind.name] = {"name": net.card.name, "version": net.version}
    return found


def _database_answers(services: Services) -> bool:
    try:
        return services.store.read(lambda c: c.execute(text("SELECT 1")).scalar()) == 1
    except SQLAlchemyError:
        return False
