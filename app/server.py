"""The HTTP server: `create_app` builds it, `serve` runs it until it is asked to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import uvicorn
from fastapi import FastAPI
from langchain_core.messages import HumanMessage
from sqlalchemy.exc import SQLAlchemyError

from app import errors
from app.assemble import Services, assembled, check_parts, hashed_keys, retention_of
from app.middleware import Rim
from app.prediction import Predictor
from app.routes import chat, feedback, predict, system, tasks
from app.routes.common import options_of
from app.runs import Ask
from app.schemas import TaskRequest
from app.settings import Settings, check_exposure
from app.task_queue import TaskMeans, TaskQueue
from app.threads import tidy_threads
from app.warm_up import warm_up
from graphs.nets import code_version
from graphs.store.requests import RequestRecord
from graphs.store.retention import DAY_SECONDS

log = logging.getLogger(__name__)
KEEP_ALIVE_SECONDS = 75
RETENTION_SECONDS = 3600.0


def create_app(settings: Settings, when_warm: Callable[[], None] | None = None) -> FastAPI:
    """Build the application; everything it needs is opened when it starts.

    `when_warm` is called once, when the code is compiled and the weights are loaded.
    """
    app = FastAPI(
        title="Tandem",
        version=code_version(),
        lifespan=partial(_lifespan, settings, when_warm),
        docs_url=None,  # the page loads scripts from another host
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.key_hashes = hashed_keys(settings)
    app.state.warm = False
    errors.install(app)
    for module in (predict, chat, tasks, feedback, system):  # the most frequent one first
        app.include_router(module.router)
    app.add_middleware(Rim, settings=settings)
    return app


def serve(settings: Settings) -> None:
    """Listen until SIGTERM or SIGINT; requests under way are answered first.

    Raises:
        SettingsError: if other machines could reach a server without keys.
        KindModuleError, ModelSettingsError, MissingPackageError, StoreError, RedactionError: what
            the parts say of their settings; within uvicorn it would be a stack trace.
    """
    check_exposure(settings)
    check_parts(settings)
    uvicorn.run(
        create_app(settings, when_warm=spare_long_collections),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=2048,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


def spare_long_collections() -> None:
    """Leave what is loaded for good out of garbage collection.

    Looking through the modules of torch and LangChain stops every request for 0.3 s.
    """
    gc.collect()
    gc.freeze()


def _lifespan(
    settings: Settings, when_warm: Callable[[], None] | None, app: FastAPI
) -> AbstractAsyncContextManager[None]:
    return _living(settings, when_warm, app)


@asynccontextmanager
async def _living(
    settings: Settings, when_warm: Callable[[], None] | None, app: FastAPI
) -> AsyncIterator[None]:
    async with assembled(settings) as services:
        queue = TaskQueue(
            TaskMeans(
                store=services.store,
                writer=services.writer,
                runs=services.runs,
                kinds=services.kinds,
                ask_of=partial(ask_of, services),
                workers=settings.task_workers,
                lease_seconds=settings.task_lease_seconds,
            )
        )
        app.state.services, app.state.tasks = services, queue
        app.state.predictor = Predictor(services.kinds, services.nets, services.models)
        queue.start()
        background = [
            asyncio.create_task(_warm(app, services, when_warm)),
            asyncio.create_task(_forget(services)),
        ]
        model = services.language_model
        log.info("server started", extra={"model": model.name if model else "none"})
        try:
            yield
        finally:
            for task in background:
                task.cancel()
            await queue.stop(settings.shutdown_seconds)
            log.info("server stopped")


def ask_of(services: Services, record: RequestRecord) -> Ask:
    """Turn a stored task request into what to run; its id becomes the episode's.

    The message carries an id, so that a second attempt does not say it twice in a kept thread.
    """
    asked = TaskRequest.model_validate(record.body["asked"])
    options = options_of(services, asked, record.key_hash, run_id=record.id)
    message = HumanMessage(record.body["prompt"], id=f"{record.id}:asked")
    return Ask(messages=[message], options=options, key_hash=record.key_hash)


async def _warm(app: FastAPI, services: Services, when_warm: Callable[[], None] | None) -> None:
    await asyncio.to_thread(warm_up, services.kinds, services.nets)
    if when_warm is not None:
        when_warm()
    app.state.warm = True
    log.info("server ready")


async def _forget(services: Services) -> None:
    """Delete what is older than it may be, at the start and every hour."""
    store, home = services.store, services.settings.home
    retention = retention_of(services.settings)
    days = retention.episodes_days
    while True:
        oldest = None if days is None else time.time() - days * DAY_SECONDS
        try:
            deleted = await asyncio.to_thread(store.apply_retention, retention)
            turns = await asyncio.to_thread(tidy_threads, home, oldest)
            log.info("retention applied", extra={"deleted": str(deleted), "checkpoints": turns})
        except (SQLAlchemyError, sqlite3.Error):
            log.exception("retention failed")
        await asyncio.sleep(RETENTION_SECONDS)
