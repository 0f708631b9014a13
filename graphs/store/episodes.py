"""Episodes as rows, and rows as episodes.

A row holds a top-level episode with its children as canonical JSON text; the columns and
`episode_tasks` only serve searches. What may be learned from is decided here, when episodes are
read: an opt-out works on what was recorded before it too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, exists, or_, select

from graphs.episode import Episode, Origin, episode_from_json, episode_to_text
from graphs.store.database import StoreError, upsert
from graphs.store.tables import episode_tasks, episodes, optouts
from tasks.catalogue import Catalogue

PAGE = 100  # rows per transaction while reading on: a long read would keep the WAL from shrinking
Read = Callable[[Callable[[Connection], Sequence[Row[Any]]]], Sequence[Row[Any]]]


class UnknownEpisodeError(StoreError, LookupError):
    """No episode has this id."""


class BrokenEpisodeError(StoreError, ValueError):
    """A stored episode cannot be read back."""


@dataclass(frozen=True, slots=True)
class EpisodeRows:
    """What is written for one episode; made outside the transaction, since that takes the time."""

    episode: dict[str, Any]
    tasks: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A stored episode that was passed over, and why."""

    id: str
    reason: str


def episode_rows(episode: Episode, key_hash: str = "") -> EpisodeRows:
    """Turn an episode into rows; `key_hash` (see `retention`) is for opt-outs by key."""
    row = {
        "id": episode.id,
        "thread_id": episode.thread_id,
        "key_hash": key_hash,
        "kind": episode.task.kind,
        "solver": episode.solver,
        "origin": episode.origin,
        "mode": episode.mode,
        "arm": episode.arm,
        "outcome": episode.outcome,
        "train": episode.train,
        "versions": json.dumps(episode.versions, sort_keys=True),
        "started_at": episode.started_at,
        "body": episode_to_text(episode),
    }
    tasks = [
        {"id": part.id, "episode_id": episode.id, "kind": part.task.kind, "outcome": part.outcome}
        for part in episode.walk()
    ]
    return EpisodeRows(row, tasks)


def write_episode(connection: Connection, rows: EpisodeRows) -> None:
    """Insert the episode, or replace the one with its id."""
    connection.execute(upsert(connection, episodes), rows.episode)
    stale = episode_tasks.c.episode_id == rows.episode["id"]
    connection.execute(delete(episode_tasks).where(stale))
    connection.execute(upsert(connection, episode_tasks), rows.tasks)


def find_episode(connection: Connection, episode_id: str, kinds: Catalogue) -> Episode:
    """Return the episode with this id; a child's id gives the child.

    Raises:
        UnknownEpisodeError: if no episode has it.
        BrokenEpisodeError: if it cannot be read back.
    """
    joined = episodes.join(episode_tasks, episode_tasks.c.episode_id == episodes.c.id)
    query = select(episodes.c.id, episodes.c.body).select_from(joined)
    row = connection.execute(query.where(episode_tasks.c.id == episode_id)).one_or_none()
    if row is None:
        raise UnknownEpisodeError(
            f"no episode {episode_id!r} in the store; it may have been deleted"
        )
    return next(
        part for part in read_episode(row.id, row.body, kinds).walk() if part.id == episode_id
    )


def owner_of(connection: Connection, episode_id: str) -> str:
    """Return the hash of the API key that an episode, or the one above a child, was made for.

    Raises:
        UnknownEpisodeError: if no episode has the id.
    """
    top = top_level_id(connection, episode_id)
    return str(connection.scalar(select(episodes.c.key_hash).where(episodes.c.id == top)))


def top_level_id(connection: Connection, episode_id: str) -> str:
    """Return the id of the top-level episode that this one is, or is a part of.

    Raises:
        UnknownEpisodeError: if no episode has the id.
    """
    query = select(episode_tasks.c.episode_id).where(episode_tasks.c.id == episode_id)
    found = connection.scalar(query)
    if found is None:
        raise UnknownEpisodeError(
            f"no episode {episode_id!r} in the store; it may have been deleted"
        )
    return str(found)


def read_episode(episode_id: str, body: str, kinds: Catalogue) -> Episode:
    """Read a stored body.

    Raises:
        BrokenEpisodeError: if it is no episode, or one of a kind that the catalogue does not hold.
    """
    try:
        return episode_from_json(json.loads(body), kinds)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BrokenEpisodeError(f"episode {episode_id} cannot be read: {error}") from error


class EpisodeReader(Iterator[Episode]):
    """Top-level episodes, oldest first unless asked otherwise, read page by page.

    Attributes:
        skipped: those that could not be read, so far; the caller prints them when the reader is
            through.
    """

    def __init__(self, read: Read, kinds: Catalogue, query: EpisodeQuery) -> None:
        self.skipped: list[Skipped] = []
        self._episodes = self._pages(read, kinds, query)

    def __next__(self) -> Episode:
        return next(self._episodes)

    def _pages(self, read: Read, kinds: Catalogue, query: EpisodeQuery) -> Iterator[Episode]:
        given, last = 0, None
        while True:
            statement = query.page(last)
            rows = read(lambda connection, page=statement: connection.execute(page).all())  # type: ignore[misc]
            for row in rows:
                if query.limit is not None and given >= query.limit:
                    return
                try:
                    episode = read_episode(row.id, row.body, kinds)
                except BrokenEpisodeError as error:
                    self.skipped.append(Skipped(row.id, str(error)))
                    continue
                given += 1
                yield episode
            if len(rows) < PAGE:
                return
            last = (rows[-1].started_at, rows[-1].id)


@dataclass(frozen=True, kw_only=True, slots=True)
class EpisodeQuery:
    """Which episodes to read; see `Store.episodes`."""

    kind: str | None = None
    origins: tuple[Origin, ...] | None = None
    since: float | None = None
    thread_id: str | None = None
    trainable: bool = True
    newest_first: bool = False
    limit: int | None = None

    def page(self, last: tuple[float, str] | None) -> Select[Any]:
        """Return the next PAGE rows after the row with this start and id."""
        query = select(episodes.c.id, episodes.c.body, episodes.c.started_at)
        if self.kind is not None:
            part_of = episode_tasks.c.episode_id == episodes.c.id
            query = query.where(exists().where(part_of, episode_tasks.c.kind == self.kind))
        if self.origins is not None:
            query = query.where(episodes.c.origin.in_(self.origins))
        if self.since is not None:
            query = query.where(episodes.c.started_at >= self.since)
        if self.thread_id is not None:
            query = query.where(episodes.c.thread_id == self.thread_id)
        if self.trainable:
            query = query.where(episodes.c.train.is_(True), ~_opted_out())
        started, identity = episodes.c.started_at, episodes.c.id
        if self.newest_first:
            query = query.order_by(started.desc(), identity.desc())
            if last is not None:
                query = query.where(
                    or_(started < last[0], and_(started == last[0], identity < last[1]))
                )
        else:
            query = query.order_by(started, identity)
            if last is not None:
                query = query.where(
                    or_(started > last[0], and_(started == last[0], identity > last[1]))
                )
        return query.limit(PAGE)


def _opted_out() -> Any:
    by_thread = and_(optouts.c.scope == "thread", optouts.c.subject == episodes.c.thread_id)
    by_key = and_(optouts.c.scope == "key", optouts.c.subject == episodes.c.key_hash)
    return exists().where(or_(by_thread, by_key))
