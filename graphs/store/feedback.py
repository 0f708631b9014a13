"""What people and programs said of an answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from graphs.store.database import upsert
from graphs.store.episodes import top_level_id
from graphs.store.tables import feedback


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackRecord:
    """One opinion.

    Attributes:
        episode_id: the top-level episode; None for feedback on a span alone.
        run_id: the span or the child episode; None for the episode as a whole.
        key: what is judged, such as `user_score`.
        score: a number; None where `value` or `correction` says it.
        value, correction: JSON values.
        source: who said it: `api`, `user`, `grader` ...
        created_at: Unix seconds.
    """

    id: str
    key: str
    created_at: float
    episode_id: str | None = None
    run_id: str | None = None
    score: float | None = None
    value: Any = None
    comment: str = ""
    correction: Any = None
    source: str = "api"

    def __post_init__(self) -> None:
        if self.episode_id is None and self.run_id is None:
            raise ValueError(
                f"feedback {self.key!r} names neither an episode nor a run; give one id"
            )


def write_feedback(connection: Connection, record: FeedbackRecord) -> None:
    """Insert the feedback, or replace the one with its id.

    An `episode_id` may be a child's: the record then names the child as its run, and the episode
    above it.

    Raises:
        UnknownEpisodeError: if it names an episode that is not in the store.
    """
    row = {f.name: getattr(record, f.name) for f in fields(record)}
    if record.episode_id is not None:
        top = top_level_id(connection, record.episode_id)
        if top != record.episode_id:
            row.update(episode_id=top, run_id=record.run_id or record.episode_id)
    for name in ("value", "correction"):
        row[name] = None if row[name] is None else json.dumps(row[name])
    connection.execute(upsert(connection, feedback), row)


def find_feedback(
    connection: Connection, of: str | None, key: str | None, since: float | None
) -> list[FeedbackRecord]:
    """Return feedback, oldest first; see `Store.feedback`."""
    query = select(feedback).order_by(feedback.c.created_at, feedback.c.id)
    if of is not None:
        query = query.where(or_(feedback.c.episode_id == of, feedback.c.run_id == of))
    if key is not None:
        query = query.where(feedback.c.key == key)
    if since is not None:
        query = query.where(feedback.c.created_at >= since)
    return [_record(row) for row in connection.execute(query)]


def _record(row: Row[Any]) -> FeedbackRecord:
    values = dict(row._mapping)
    for name in ("value", "correction"):
        values[name] = None if values[name] is None else json.loads(values[name])
    return FeedbackRecord(**values)
