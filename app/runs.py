"""Run the agent for a caller: admission, one run per thread, events as they come, the saved record.

An episode is durable before its id leaves the process. A run whose caller goes away is cancelled
and recorded as such. HTTP is not known here: chat, tasks and the command line all run through it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AnyMessage

from graphs.agent import Agent
from graphs.episode import Episode, new_id
from graphs.state import RunOptions

log = logging.getLogger(__name__)

Event = dict[str, Any]
Save = Callable[[Episode, str], Awaitable[None]]
Trace = Callable[[RunOptions], AbstractContextManager[Any]]


class BusyThreadError(RuntimeError):
    """A second run on a thread whose first one has not ended."""


class OverloadedError(RuntimeError):
    """So many runs wait already that another one is not taken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """What a caller wants.

    Attributes:
        messages: the chat; with a thread id only what is new in it.
        key_hash: of the caller's API key; empty without one.
    """

    messages: Sequence[AnyMessage]
    options: RunOptions
    key_hash: str = ""


class LiveRun:
    """A run under way: its events as they happen, then its saved record."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._task: asyncio.Task[Episode] | None = None

    async def next_event(self, timeout_seconds: float | None = None) -> Event | None:
        """Return what happens next: plan, task, search, draft, refine, token, settled or answer.

        None means that the run has ended. Raises TimeoutError if nothing happens in time.
        """
        async with asyncio.timeout(timeout_seconds):
            return await self._events.get()

    async def episode(self) -> Episode:
        """Wait for the saved episode; a caller that is cancelled here leaves the run alone.

        Raises:
            asyncio.CancelledError: if the run was cancelled.
        """
        assert self._task is not None
        return await asyncio.shield(self._task)

    def cancel(self) -> None:
        """Stop the run; without effect once it has ended."""
        if self._task is not None:
            self._task.cancel()

    def tell(self, event: Event | None) -> None:
        """Pass an event on; None is the last one."""
        self._events.put_nowait(event)


class Runs:
    """Starts runs and keeps count of them; lives in one event loop.

    Args:
        save: writes an episode durably; (episode, key_hash).
        told: called with every saved episode, off the hot path's account: it must be quick.
        trace: context in which a run is recorded under its own id.
        running: runs at once; others wait, at most `waiting` of them.
    """

    def __init__(
        self,
        agent: Agent,
        save: Save,
        told: Callable[[Episode], None],
        trace: Trace,
        *,
        running: int,
        waiting: int,
    ) -> None:
        self._agent, self._save, self._told, self._trace = agent, save, told, trace
        self._slots = asyncio.Semaphore(running)
        self._most = running + waiting
        self._busy: set[str] = set()
        self._tasks: set[asyncio.Task[Episode]] = set()

    @property
    def in_progress(self) -> int:
        """Runs that are running or wait for a slot."""
        return len(self._tasks)

    def start(self, ask: Ask, *, queued: bool = False) -> LiveRun:
        """Start a run.

        Args:
            ask: its run id, where it has one, becomes the episode's.
            queued: the caller has its own queue, so the limit on waiting does not count.

        Raises:
            BusyThreadError: if its thread has a run under way.
            OverloadedError: if too many runs wait.
        """
        thread = ask.options.thread_id
        if thread and thread in self._busy:
            raise BusyThreadError(
                f"thread {thread!r} has a run under way; wait for its answer or use another thread"
            )
        if not queued and len(self._tasks) >= self._most:
            raise OverloadedError(
                f"{len(self._tasks)} runs are under way or waiting; try again in a moment"
            )
        options = ask.options if ask.options.run_id else replace(ask.options, run_id=new_id())
        live = LiveRun(replace(ask, options=options))
        task = asyncio.get_running_loop().create_task(self._run(live))
        live._task = task
        self._tasks.add(task)
        if thread:
            self._busy.add(thread)
        task.add_done_callback(lambda ended: self._ended(live, ended))
        return live

    async def drain(self, seconds: float) -> None:
        """Wait for the runs under way, then cancel what is left and wait for its records."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, live: LiveRun) -> Episode:
        ask = live.ask
        unfinished: list[Episode] = []
        try:
            async with self._slots:
                with self._trace(ask.options):
                    episode = await self._agent.run(
                        ask.messages, ask.options, live.tell, unfinished.append
                    )
        except asyncio.CancelledError:
            for cancelled in unfinished:
                await asyncio.shield(asyncio.ensure_future(self._save(cancelled, ask.key_hash)))
                self._told(cancelled)
                log.info("run cancelled", extra={"episode_id": cancelled.id})
            raise
        await self._save(episode, ask.key_hash)
        self._told(episode)
        return episode

    def _ended(self, live: LiveRun, task: asyncio.Task[Episode]) -> None:
        self._tasks.discard(task)
        self._busy.discard(live.ask.options.thread_id)
        if not task.cancelled() and task.exception() is not None:
            log.debug("run raised", extra={"error": repr(task.exception())})
        live.tell(None)
