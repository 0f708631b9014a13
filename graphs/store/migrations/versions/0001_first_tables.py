"""Make the first tables: runs, episodes, episode_tasks, feedback, requests, optouts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID, NAME = sa.String(64), sa.String(200)


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "runs",
        sa.Column("id", ID, primary_key=True),
        sa.Column("trace_id", ID, nullable=False),
        sa.Column("parent_run_id", ID),
        sa.Column("dotted_order", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("run_type", NAME, nullable=False),
        sa.Column("session_name", sa.Text, nullable=False),
        sa.Column("thread_id", sa.Text, nullable=False),
        sa.Column("start_time", sa.Double, nullable=False),
        sa.Column("end_time", sa.Double),
        sa.Column("error", sa.Text),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("outputs", sa.Text),
        sa.Column("extra", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
    )
    op.create_table(
        "episodes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("thread_id", sa.Text, nullable=False),
        sa.Column("key_hash", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("solver", NAME, nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("arm", NAME, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("train", sa.Boolean, nullable=False),
        sa.Column("versions", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "episode_tasks",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "episode_id", ID, sa.ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("id", ID, primary_key=True),
        sa.Column("episode_id", ID),
        sa.Column("run_id", ID),
        sa.Column("key", NAME, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("value", sa.Text),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("correction", sa.Text),
        sa.Column("source", NAME, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
    )
    op.create_table(
        "requests",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key_hash", ID, nullable=False),
        sa.Column("idempotency_key", NAME),
        sa.Column("thread_id", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("body_hash", ID, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("response", sa.Text),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("owner", NAME),
        sa.Column("lease_until", sa.Double),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.UniqueConstraint("key_hash", "idempotency_key", name="uq_requests_idempotency"),
    )
    op.create_table(
        "optouts",
        sa.Column("scope", sa.String(20), primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("created_at", sa.Double, nullable=False),
    )
    for table, *columns in (
        ("runs", "trace_id"),
        ("runs", "thread_id"),
        ("runs", "start_time"),
        ("episodes", "started_at", "id"),
        ("episodes", "thread_id"),
        ("episode_tasks", "episode_id"),
        ("episode_tasks", "kind"),
        ("feedback", "episode_id"),
        ("feedback", "run_id"),
        ("feedback", "created_at"),
        ("requests", "status"),
        ("requests", "thread_id"),
        ("requests", "updated_at"),
    ):
        op.create_index(f"ix_{table}_{columns[0]}", table, columns)


def downgrade() -> None:
    """Drop everything."""
    for table in ("optouts", "requests", "feedback", "episode_tasks", "episodes", "runs"):
        op.drop_table(table)
