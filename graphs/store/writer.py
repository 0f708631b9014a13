"""Group commit: many concurrent writes, one transaction, one fsync.

A write that is awaited has been committed when the await returns. While one group is being
committed on the writer's thread, the next one gathers; under load a group is therefore large,
alone a write waits for nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from graphs.episode import Episode, new_id
from graphs.store import episodes as episode_table
from graphs.store import feedback as feedback_table
from graphs.store import requests as request_table
from graphs.store.database import StoreError
from graphs.store.feedback import FeedbackRecord
from graphs.store.requests import EndStatus, NewRequest, RequestRecord
from graphs.store.store import Store

T = TypeVar("T")
Change = Callable[[Connection], Any]
MAX_GROUP = 512  # writes per transaction: bounds how long other processes wait for the database


class WriterClosedError(StoreError):
    """A write was asked of a writer that is closed."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    change: Change
    future: asyncio.Future[Any]


class GroupWriter:
    """Writes to one store from one event loop.

    A caller that is cancelled while it awaits does not take its write back.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        self._waiting: deque[_Waiting] = deque()
        self._drain: asyncio.Task[None] | None = None
        self._closed = False

    def run(self, change: Callable[[Connection], T]) -> Awaitable[T]:
        """Add the change to the next group; awaiting it returns its result, committed.

        Raises:
            WriterClosedError: at once, if the writer is closed.
            StoreError, SQLAlchemyError: when awaited, what the change itself raised; the rest of
                the group is not touched. When the commit fails, everyone in the group gets the
                error.
        """
        if self._closed:
            raise WriterClosedError("the writer is closed; open a new GroupWriter on the store")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Waiting(change, future))
        if self._drain is None or self._drain.done():
            self._drain = loop.create_task(self._commit_all())
        return future

    async def close(self) -> None:
        """Refuse new writes, finish the accepted ones, end the thread."""
        self._closed = True
        if self._drain is not None:
            await self._drain
        self._thread.shutdown()

    async def save_episode(self, episode: Episode, key_hash: str = "") -> None:
        """See `Store.save_episode`."""
        rows = episode_table.episode_rows(episode, key_hash)
        await self.run(partial(episode_table.write_episode, rows=rows))

    async def save_feedback(self, *, key: str, **what: Any) -> FeedbackRecord:
        """See `Store.save_feedback`; takes the fields of FeedbackRecord."""
        record = FeedbackRecord(id=new_id(), key=key, created_at=self.store.clock(), **what)
        await self.run(partial(feedback_table.write_feedback, record=record))
        return record

    async def create_request(
        self,
        request_id: str,
        body: Any,
        idempotency_key: str | None = None,
        *,
        thread_id: str = "",
        key_hash: str = "",
    ) -> RequestRecord:
        """See `Store.create_request`."""
        new = NewRequest(
            id=request_id,
            body=body,
            idempotency_key=idempotency_key,
            thread_id=thread_id,
            key_hash=key_hash,
        )
        return await self.run(partial(request_table.write_request, new=new, now=self.store.clock()))

    async def claim_request(self, request_id: str, owner: str, lease_seconds: float) -> bool:
        """See `Store.claim_request`."""
        now = self.store.clock()
        until = now + lease_seconds
        return await self.run(
            partial(request_table.claim, request_id=request_id, owner=owner, until=until, now=now)
        )

    async def renew_request(self, request_id: str, owner: str, lease_seconds: float) -> bool:
        """See `Store.renew_request`."""
        until = self.store.clock() + lease_seconds
        return await self.run(
            partial(request_table.renew, request_id=request_id, owner=owner, until=until)
        )

    async def finish_request(
        self, request_id: str, status: EndStatus, response: Any, owner: str
    ) -> None:
        """See `Store.finish_request`."""
        change = partial(
            request_table.finish, request_id=request_id, status=status, response=response
        )
        await self.run(partial(change, owner=owner, now=self.store.clock()))

    async def cancel_request(self, request_id: str) -> RequestRecord:
        """See `Store.cancel_request`."""
        return await self.run(
            partial(request_table.cancel, request_id=request_id, now=self.store.clock())
        )

    async def _commit_all(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0)  # let the other tasks of this turn of the loop join the first group
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(MAX_GROUP, len(self._waiting)))]
            changes = [waiting.change for waiting in group]
            commit = loop.run_in_executor(self._thread, self.store.write, partial(_apply, changes))
            await asyncio.wait({commit})
            failed = commit.exception()
            outcomes = [failed] * len(group) if failed is not None else commit.result()
            for waiting, outcome in zip(group, outcomes, strict=True):
                _tell(waiting.future, outcome)


def _apply(changes: list[Change], connection: Connection) -> list[Any]:
    """Make each change in a savepoint of its own; return results, or the errors raised."""
    return [_apply_one(change, connection) for change in changes]


def _apply_one(change: Change, connection: Connection) -> Any:
    try:
        with connection.begin_nested():
            return change(connection)
    except (StoreError, SQLAlchemyError) as error:
        return error


def _tell(future: asyncio.Future[Any], outcome: Any) -> None:
    if future.done():  # its awaiter was cancelled
        return
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
