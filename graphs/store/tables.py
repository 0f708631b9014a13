"""The tables of the store, in portable SQL: SQLite by default, PostgreSQL by URL.

Columns hold what is searched for; the whole record is JSON text beside them. How a table changes
from one version to the next is in `migrations/versions`; a test holds the two together. Times are
Unix seconds.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

ID = String(64)
NAME = String(200)

metadata = MetaData()

runs = Table(  # LangSmith's schema, one row per span; thread_id is lifted out of extra.metadata
    "runs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("trace_id", ID, nullable=False),
    Column("parent_run_id", ID),
    Column("dotted_order", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("run_type", NAME, nullable=False),
    Column("session_name", Text, nullable=False),
    Column("thread_id", Text, nullable=False),
    Column("start_time", Double, nullable=False),
    Column("end_time", Double),
    Column("error", Text),
    Column("inputs", Text, nullable=False),
    Column("outputs", Text),
    Column("extra", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("events", Text, nullable=False),
    Index("ix_runs_trace_id", "trace_id"),
    Index("ix_runs_thread_id", "thread_id"),
    Index("ix_runs_start_time", "start_time"),
)

episodes = Table(  # one row per top-level episode; its children are inside `body`
    "episodes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("thread_id", Text, nullable=False),
    Column("key_hash", ID, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("solver", NAME, nullable=False),
    Column("origin", String(20), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("arm", NAME, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("train", Boolean, nullable=False),
    Column("versions", Text, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_episodes_started_at", "started_at", "id"),
    Index("ix_episodes_thread_id", "thread_id"),
)

episode_tasks = Table(  # an index into `episodes.body`: the episode itself and everything below it
    "episode_tasks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("episode_id", ID, ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False),
    Column("kind", NAME, nullable=False),
    Column("outcome", String(20), nullable=False),
    Index("ix_episode_tasks_episode_id", "episode_id"),
    Index("ix_episode_tasks_kind", "kind"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", ID, primary_key=True),
    Column("episode_id", ID),  # of the top-level episode
    Column("run_id", ID),  # of a span or a child episode
    Column("key", NAME, nullable=False),
    Column("score", Double),
    Column("value", Text),
    Column("comment", Text, nullable=False),
    Column("correction", Text),
    Column("source", NAME, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_feedback_episode_id", "episode_id"),
    Index("ix_feedback_run_id", "run_id"),
    Index("ix_feedback_created_at", "created_at"),
)

requests = Table(
    "requests",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key_hash", ID, nullable=False),
    Column("idempotency_key", NAME),  # NULLs are distinct: requests without a key never collide
    Column("thread_id", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("body_hash", ID, nullable=False),
    Column("status", String(20), nullable=False),
    Column("response", Text),
    Column("cancel_requested", Boolean, nullable=False),
    Column("owner", NAME),
    Column("lease_until", Double),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    UniqueConstraint("key_hash", "idempotency_key", name="uq_requests_idempotency"),
    Index("ix_requests_status", "status"),
    Index("ix_requests_thread_id", "thread_id"),
    Index("ix_requests_updated_at", "updated_at"),
)

optouts = Table(  # who does not want to be learned from
    "optouts",
    metadata,
    Column("scope", String(20), primary_key=True),  # thread | key
    Column("subject", Text, primary_key=True),  # thread id, or hash of the API key
    Column("created_at", Double, nullable=False),
)
