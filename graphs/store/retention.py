"""Forgetting: delete by thread, delete by age, and the opt-outs from training."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, select

from graphs.store.tables import episode_tasks, episodes, feedback, optouts, requests, runs

Scope = Literal["thread", "key"]
DAY_SECONDS = 86_400.0
CHUNK = 1_000  # rows per DELETE, so that a writer waits for none of them long


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """Days that rows are kept; None keeps them for ever. Unfinished requests are always kept."""

    runs_days: float | None = None
    episodes_days: float | None = None
    feedback_days: float | None = None
    requests_days: float | None = None

    def __post_init__(self) -> None:
        for f in fields(self):
            days = getattr(self, f.name)
            if days is not None and days < 0:
                raise ValueError(f"retention {f.name} is {days}; it must be 0 or more")


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleted:
    """Rows deleted per table."""

    runs: int = 0
    episodes: int = 0
    feedback: int = 0
    requests: int = 0


def key_hash(api_key: str) -> str:
    """Return what is stored in place of an API key (sha256, hex); empty for no key."""
    return hashlib.sha256(api_key.encode()).hexdigest() if api_key else ""


def delete_thread(connection: Connection, thread_id: str) -> Deleted:
    """Delete everything of a thread, its opt-out apart: later messages keep to that.

    Raises:
        ValueError: if the id is empty: that is every run without a thread.
    """
    if not thread_id:
        raise ValueError("the thread id is empty; name the thread to delete")
    own_episodes = select(episodes.c.id).where(episodes.c.thread_id == thread_id)
    own_traces = select(runs.c.trace_id).where(runs.c.thread_id == thread_id)
    own_runs = or_(runs.c.trace_id.in_(own_episodes), runs.c.trace_id.in_(own_traces))
    run_ids = select(runs.c.id).where(own_runs)
    own_tasks = select(episode_tasks.c.id).where(episode_tasks.c.episode_id.in_(own_episodes))
    own_feedback = or_(
        feedback.c.episode_id.in_(own_episodes),
        feedback.c.run_id.in_(run_ids),
        feedback.c.run_id.in_(own_tasks),
    )
    # Feedback first, runs before episodes: each is found through what is deleted after it. The ids
    # of the runs are read first, because SQLite may not delete from a table that its own condition
    # reads.
    n_feedback = connection.execute(delete(feedback).where(own_feedback)).rowcount
    traces = set(connection.scalars(own_traces)) | set(connection.scalars(own_episodes))
    n_runs = sum(
        connection.execute(delete(runs).where(runs.c.trace_id == trace)).rowcount
        for trace in traces
    )
    n_episodes = connection.execute(
        delete(episodes).where(episodes.c.thread_id == thread_id)
    ).rowcount
    n_requests = connection.execute(
        delete(requests).where(requests.c.thread_id == thread_id)
    ).rowcount
    return Deleted(runs=n_runs, episodes=n_episodes, feedback=n_feedback, requests=n_requests)


def delete_older(connection: Connection, table: Table, before: float) -> int:
    """Delete at most CHUNK rows from before this time; return how many, 0 when none is left."""
    old: ColumnElement[bool]
    if table is requests:
        old = (requests.c.updated_at < before) & requests.c.status.in_(
            ("done", "failed", "cancelled")
        )
    else:
        times = {
            runs: runs.c.start_time,
            episodes: episodes.c.started_at,
            feedback: feedback.c.created_at,
        }
        old = times[table] < before
    ids = list(connection.scalars(select(table.c.id).where(old).limit(CHUNK)))
    return connection.execute(delete(table).where(table.c.id.in_(ids))).rowcount if ids else 0


def write_optout(connection: Connection, scope: Scope, subject: str, out: bool, now: float) -> None:
    """Record that a thread, or whoever holds a key, is not to be learned from; or take that back.

    The subject is the thread id, or `key_hash` of the API key.

    Raises:
        ValueError: if the subject is empty.
    """
    if not subject:
        raise ValueError(f"the {scope} of an opt-out is empty; name it")
    connection.execute(delete(optouts).where(*_this(scope, subject)))
    if out:
        connection.execute(insert(optouts), {"scope": scope, "subject": subject, "created_at": now})


def is_opted_out(connection: Connection, thread_id: str, hashed_key: str) -> bool:
    """Say whether the thread or the key has opted out of training."""
    query = select(optouts.c.scope).where(
        or_(
            (optouts.c.scope == "thread") & (optouts.c.subject == thread_id),
            (optouts.c.scope == "key") & (optouts.c.subject == hashed_key),
        )
    )
    return connection.execute(query.limit(1)).first() is not None


def _this(scope: Scope, subject: str) -> tuple[Any, Any]:
    return optouts.c.scope == scope, optouts.c.subject == subject
