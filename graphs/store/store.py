"""The one local store: what the process remembers, behind plain synchronous methods.

Every method is one transaction; when a writing one returns, its data survives a power cut
(`save_runs` apart). Many concurrent writes are cheaper through `graphs.store.writer`. Copies of
the whole home are `graphs.store.backup`. Safe to share between threads; processes open their own.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, Row

from graphs.episode import Episode, Origin, new_id
from graphs.store import episodes as episode_table
from graphs.store import feedback as feedback_table
from graphs.store import requests as request_table
from graphs.store import retention as forgetting
from graphs.store import runs as run_table
from graphs.store import tables
from graphs.store.database import open_engine
from graphs.store.episodes import EpisodeQuery, EpisodeReader
from graphs.store.feedback import FeedbackRecord
from graphs.store.requests import EndStatus, NewRequest, RequestRecord
from graphs.store.retention import DAY_SECONDS, Deleted, Retention, Scope
from graphs.store.runs import RunRecord
from tasks.catalogue import Catalogue

T = TypeVar("T")
Clock = Callable[[], float]


class Store:
    """Runs, episodes, feedback and requests of one TANDEM_HOME.

    Attributes:
        home: its folder.
        clock: Unix seconds, for the times that are not given.
    """

    def __init__(self, engine: Engine, home: Path, clock: Clock = time.time) -> None:
        self.home = home
        self.clock = clock
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self._hasty = engine.execution_options(writes=True, durable=False)

    @classmethod
    def open(cls, home: Path, url: str | None = None, clock: Clock = time.time) -> Self:
        """Open the database of this home, made or migrated where needed.

        The database is the SQLite file in `home`, or the one that the SQLAlchemy URL names.

        Raises:
            SchemaTooNewError: if a newer Tandem wrote it.
            StoreError: if another process is migrating it and does not come to an end.
        """
        return cls(open_engine(home, url), home, clock)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, change: Callable[[Connection], T], *, durable: bool = True) -> T:
        """Run the change in one transaction and commit it; nothing of it stays if it raises."""
        with (self._writing if durable else self._hasty).begin() as connection:
            return change(connection)

    def read(self, query: Callable[[Connection], T]) -> T:
        """Run the query in one read transaction."""
        with self._engine.connect() as connection:
            return query(connection)

    # episodes

    def save_episode(self, episode: Episode, key_hash: str = "") -> None:
        """Write a top-level episode and its children; one with the same id is replaced.

        `key_hash` is `retention.key_hash` of the API key that asked; opt-outs by key go by it.
        """
        rows = episode_table.episode_rows(episode, key_hash)
        self.write(partial(episode_table.write_episode, rows=rows))

    def episode(self, episode_id: str, kinds: Catalogue) -> Episode:
        """Return the episode with this id; a child's id gives the child.

        Raises:
            UnknownEpisodeError: if no episode has it.
            BrokenEpisodeError: if it cannot be read back.
        """
        return self.read(partial(episode_table.find_episode, episode_id=episode_id, kinds=kinds))

    def episodes(
        self,
        kinds: Catalogue,
        *,
        kind: str | None = None,
        origins: Sequence[Origin] | None = None,
        since: float | None = None,
        thread_id: str | None = None,
        trainable: bool = True,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> EpisodeReader:
        """Iterate over top-level episodes, oldest first; its `skipped` lists the unreadable ones.

        Args:
            kinds: what the tasks are read with.
            kind: only episodes that are of this kind or have a child of it.
            origins: only from these; None for all.
            since: started at this time or later, Unix seconds.
            thread_id: only of this thread.
            trainable: leave out what its owner, thread or API key opted out of training.
            newest_first: turn the order round, for the last `limit` ones.
            limit: at most this many.
        """
        wanted = None if origins is None else tuple(origins)
        query = EpisodeQuery(
            kind=kind,
            origins=wanted,
            since=since,
            thread_id=thread_id,
            trainable=trainable,
            newest_first=newest_first,
            limit=limit,
        )
        return EpisodeReader(self._rows, kinds, query)

    # feedback

    def save_feedback(
        self,
        *,
        key: str,
        episode_id: str | None = None,
        run_id: str | None = None,
        score: float | None = None,
        value: Any = None,
        comment: str = "",
        correction: Any = None,
        source: str = "api",
    ) -> FeedbackRecord:
        """Record what somebody said of an episode or a span.

        Raises:
            UnknownEpisodeError: if no episode has the id.
            ValueError: if neither an episode nor a run is named.
        """
        record = FeedbackRecord(
            id=new_id(),
            key=key,
            created_at=self.clock(),
            episode_id=episode_id,
            run_id=run_id,
            score=score,
            value=value,
            comment=comment,
            correction=correction,
            source=source,
        )
        self.write(partial(feedback_table.write_feedback, record=record))
        return record

    def save_feedback_record(self, record: FeedbackRecord) -> None:
        """Write feedback that was made elsewhere; one with the same id is replaced."""
        self.write(partial(feedback_table.write_feedback, record=record))

    def feedback(
        self, of: str | None = None, *, key: str | None = None, since: float | None = None
    ) -> list[FeedbackRecord]:
        """Return feedback, oldest first; `of` is the id of an episode or a run, None for all."""
        return self.read(partial(feedback_table.find_feedback, of=of, key=key, since=since))

    # requests

    def create_request(
        self,
        request_id: str,
        body: Any,
        idempotency_key: str | None = None,
        *,
        thread_id: str = "",
        key_hash: str = "",
    ) -> RequestRecord:
        """Queue a request, or return the earlier one with this idempotency key (its id differs).

        Raises:
            IdempotencyConflictError: if the key came with another body.
            ValueError: if the key is empty or too long.
        """
        new = NewRequest(
            id=request_id,
            body=body,
            idempotency_key=idempotency_key,
            thread_id=thread_id,
            key_hash=key_hash,
        )
        return self.write(partial(request_table.write_request, new=new, now=self.clock()))

    def request(self, request_id: str) -> RequestRecord:
        """Return a request.

        Raises:
            UnknownRequestError: if there is none with this id.
        """
        return self.read(partial(request_table.find_request, request_id=request_id))

    def unfinished_requests(self) -> list[RequestRecord]:
        """Return those that nobody works on, oldest first: queued, or with an expired lease."""
        return self.read(partial(request_table.find_unfinished, now=self.clock()))

    def claim_request(self, request_id: str, owner: str, lease_seconds: float) -> bool:
        """Take the request's lease if nobody holds it; say whether that worked."""
        now = self.clock()
        until = now + lease_seconds
        return self.write(
            partial(request_table.claim, request_id=request_id, owner=owner, until=until, now=now)
        )

    def renew_request(self, request_id: str, owner: str, lease_seconds: float) -> bool:
        """Prolong the lease; say whether the request should be cancelled.

        Raises:
            LostLeaseError: if the lease is another's now, or the request has ended.
        """
        until = self.clock() + lease_seconds
        return self.write(
            partial(request_table.renew, request_id=request_id, owner=owner, until=until)
        )

    def finish_request(self, request_id: str, status: EndStatus, response: Any, owner: str) -> None:
        """End a request that `owner` claimed.

        Raises:
            UnknownRequestError: if there is none with this id.
            LostLeaseError: if the lease is another's now, or the request has ended.
        """
        change = partial(
            request_table.finish, request_id=request_id, status=status, response=response
        )
        self.write(partial(change, owner=owner, now=self.clock()))

    def cancel_request(self, request_id: str) -> RequestRecord:
        """Cancel a queued request at once; ask the owner of a running one to stop.

        Raises:
            UnknownRequestError: if there is none with this id.
        """
        return self.write(partial(request_table.cancel, request_id=request_id, now=self.clock()))

    # runs

    def save_runs(self, records: Sequence[RunRecord]) -> None:
        """Write spans; those with the same ids are replaced. A power cut may lose the last ones."""
        rows = run_table.run_rows(records)
        self.write(partial(run_table.write_runs, rows=rows), durable=False)

    def runs(self, trace_id: str) -> list[RunRecord]:
        """Return the spans of a trace, parents before children; empty if there are none."""
        return self.read(partial(run_table.find_runs, trace_id=trace_id))

    def run(self, run_id: str) -> RunRecord | None:
        """Return one span."""
        return self.read(partial(run_table.find_run, run_id=run_id))

    # forgetting

    def delete_thread(self, thread_id: str) -> Deleted:
        """Delete the episodes, runs, feedback and requests of a thread, from the files too.

        Raises:
            ValueError: if the id is empty.
        """
        deleted = self.write(partial(forgetting.delete_thread, thread_id=thread_id))
        self._empty_log()
        return deleted

    def apply_retention(self, retention: Retention, now: float | None = None) -> Deleted:
        """Delete what is older than it may be, in short transactions."""
        at = self.clock() if now is None else now
        counts = {}
        for table in (tables.runs, tables.episodes, tables.feedback, tables.requests):
            days = getattr(retention, f"{table.name}_days")
            counts[table.name] = 0 if days is None else self._forget(table, at - days * DAY_SECONDS)
        if any(counts.values()):
            self._empty_log()
        return Deleted(**counts)

    def opt_out(self, scope: Scope, subject: str, out: bool = True) -> None:
        """Keep a thread, or all that an API key asked, out of training; `out=False` takes it back.

        The subject is the thread id, or `retention.key_hash` of the API key.
        """
        change = partial(forgetting.write_optout, scope=scope, subject=subject, out=out)
        self.write(partial(change, now=self.clock()))

    def is_opted_out(self, *, thread_id: str = "", key_hash: str = "") -> bool:
        """Say whether the thread or the key has opted out of training."""
        return self.read(partial(forgetting.is_opted_out, thread_id=thread_id, hashed_key=key_hash))

    def _rows(self, query: Callable[[Connection], Sequence[Row[Any]]]) -> Sequence[Row[Any]]:
        return self.read(query)

    def _forget(self, table: Any, before: float) -> int:
        total = 0
        while n := self.write(partial(forgetting.delete_older, table=table, before=before)):
            total += n
        return total

    def _empty_log(self) -> None:
        """Move the write-ahead log into the database, so that deleted text is not left in it.

        While others read, SQLite leaves the log for the next time.
        """
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert isinstance(driver, sqlite3.Connection)
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
