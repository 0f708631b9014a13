"""Run accepted tasks in the background: under a lease, so that a killed server's tasks run again.

A task is durable before its id is given out (`routes.tasks`); its id is also its episode's, so a
task that was answered but not marked as done is finished from the record instead of run twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.answers import refusal, tandem_object
from app.runs import Ask, BusyThreadError, LiveRun, Runs
from graphs.episode import Episode, new_id
from graphs.store.database import StoreError
from graphs.store.episodes import UnknownEpisodeError
from graphs.store.requests import EndStatus, LostLeaseError, RequestRecord
from graphs.store.store import Store
from graphs.store.writer import GroupWriter
from tasks.catalogue import Catalogue

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5  # a task that takes the process down every time is given up
BUSY_THREAD_SECONDS = 0.2  # between two looks at a thread that has a run under way


@dataclass(frozen=True, kw_only=True)
class TaskMeans:
    """What the queue works with; `ask_of` turns a stored request into what to run."""

    store: Store
    writer: GroupWriter
    runs: Runs
    kinds: Catalogue
    ask_of: Callable[[RequestRecord], Ask]
    workers: int
    lease_seconds: float


class TaskQueue:
    """Tasks of one server process; lives in one event loop."""

    def __init__(self, means: TaskMeans) -> None:
        self._means = means
        self._owner = new_id()
        self._fresh: deque[RequestRecord] = deque()
        self._known: set[str] = set()  # waiting here or running here
        self._live: dict[str, LiveRun] = {}
        self._changed = asyncio.Event()
        self._workers: set[asyncio.Task[None]] = set()
        self._dispatcher: asyncio.Task[None] | None = None

    @property
    def unfinished(self) -> int:
        """Tasks that wait or run here."""
        return len(self._known)

    def start(self) -> None:
        """Take up what an earlier process left, then whatever comes."""
        self._dispatcher = asyncio.create_task(self._dispatch())

    def add(self, record: RequestRecord) -> None:
        """Queue a task that is in the store."""
        if record.status == "queued" and record.id not in self._known:
            self._known.add(record.id)
            self._fresh.append(record)
            self._changed.set()

    def cancel(self, task_id: str) -> None:
        """Stop a task that runs here; one elsewhere is stopped at its next renewal."""
        if task_id in self._live:
            self._live[task_id].cancel()

    async def stop(self, seconds: float) -> None:
        """Take nothing new, wait for what runs; what is left is run again by the next process."""
        if self._dispatcher is not None:
            self._dispatcher.cancel()
        if self._workers:
            await asyncio.wait(self._workers, timeout=seconds)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def _dispatch(self) -> None:
        while True:
            if not self._fresh:
                await self._look_for_left()
            while self._fresh and len(self._workers) < self._means.workers:
                worker = asyncio.create_task(self._work(self._fresh.popleft()))
                self._workers.add(worker)
                worker.add_done_callback(self._worker_ended)
            self._changed.clear()
            if self._fresh and len(self._workers) < self._means.workers:
                continue
            try:
                async with asyncio.timeout(self._means.lease_seconds / 2):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _look_for_left(self) -> None:
        try:
            for record in await asyncio.to_thread(self._means.store.unfinished_requests):
                if record.id not in self._known:
                    self._known.add(record.id)
                    self._fresh.append(record)
        except (SQLAlchemyError, StoreError):
            log.exception("cannot read unfinished tasks")

    def _worker_ended(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        self._changed.set()

    async def _work(self, record: RequestRecord) -> None:
        """Claim and run one task; the outer edge of the worker."""
        means = self._means
        try:
            if not await means.writer.claim_request(record.id, self._owner, means.lease_seconds):
                return
            status, response = await self._outcome(record)
            await means.writer.finish_request(record.id, status, response, self._owner)
        except LostLeaseError:
            log.warning("task is another's now", extra={"task_id": record.id})
        except Exception:  # one task's failure must not end the queue; its lease runs out
            log.exception("task broke", extra={"task_id": record.id})
        finally:
            self._known.discard(record.id)

    async def _outcome(self, record: RequestRecord) -> tuple[EndStatus, dict[str, Any]]:
        if record.attempts >= MAX_ATTEMPTS:
            message = f"given up after {record.attempts} attempts that took the server down"
            return "failed", {"error": {"code": "gave_up", "message": message}}
        episode = await asyncio.to_thread(self._recorded, record) if record.attempts else None
        if episode is None:
            try:
                episode = await self._run(record)
            except asyncio.CancelledError:
                if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                    raise  # the server stops: the next one runs it again
                return "cancelled", {"error": {"code": "cancelled", "message": "as asked"}}
        return result_of(episode)

    def _recorded(self, record: RequestRecord) -> Episode | None:
        """Return the answer of an attempt that came as far as its record."""
        try:
            episode = self._means.store.episode(record.id, self._means.kinds)
        except UnknownEpisodeError:
            return None
        return None if episode.outcome == "cancelled" else episode

    async def _run(self, record: RequestRecord) -> Episode:
        ask = self._means.ask_of(record)
        renewing = asyncio.create_task(self._renew(record.id))
        try:
            while True:
                try:
                    live = self._means.runs.start(ask, queued=True)
                    break
                except BusyThreadError:
                    await asyncio.sleep(BUSY_THREAD_SECONDS)
            self._live[record.id] = live
            try:
                return await live.episode()
            finally:
                live.cancel()
                del self._live[record.id]
        finally:
            renewing.cancel()

    async def _renew(self, task_id: str) -> None:
        """Prolong the lease while the task runs; stop the run when that is asked for."""
        means = self._means
        while True:
            await asyncio.sleep(means.lease_seconds / 3)
            try:
                stop = await means.writer.renew_request(task_id, self._owner, means.lease_seconds)
            except LostLeaseError:
                stop = True
            if stop:
                self.cancel(task_id)


def result_of(episode: Episode) -> tuple[EndStatus, dict[str, Any]]:
    """Return how a task ended: done with its `tandem` object, or failed with an error beside it."""
    code = refusal(episode)
    if code is None and episode.outcome == "error":
        code = "run_failed"
    response: dict[str, Any] = {"tandem": tandem_object(episode)}
    if code is not None:
        response["error"] = {"code": code, "message": episode.failure}
        return "failed", response
    return "done", response
