"""The kept turns of conversations, as rows: forget one, keep only the newest checkpoint of each.

The checkpointer writes a checkpoint per superstep and never deletes one. Its tables are known here,
its code is not.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

THREADS_FILE = "threads.db"
BUSY_SECONDS = 30.0
UUID_EPOCH = 0x01B21DD213814000  # 100 ns ticks from 1582 to 1970, RFC 9562
NEWEST = "SELECT max(checkpoint_id) FROM checkpoints GROUP BY thread_id, checkpoint_ns"


def forget_thread(home: Path, thread_id: str) -> int:
    """Delete a thread's turns, from the file too; return how many checkpoints it had."""
    return _forget(home, [thread_id])


def tidy_threads(home: Path, older_than: float | None) -> int:
    """Keep of every thread its newest checkpoint, and of old threads nothing.

    Args:
        home: folder of the file.
        older_than: Unix seconds; threads without a turn since then are deleted. None keeps all.

    Returns:
        How many checkpoints were deleted.
    """
    if not (home / THREADS_FILE).exists():
        return 0
    with closing(_open(home)) as connection, connection:
        if not _has_tables(connection):
            return 0
        newest = connection.execute(
            "SELECT thread_id, max(checkpoint_id) FROM checkpoints GROUP BY thread_id"
        ).fetchall()
        gone = connection.execute(
            f"DELETE FROM checkpoints WHERE checkpoint_id NOT IN ({NEWEST})"
        ).rowcount
        connection.execute(f"DELETE FROM writes WHERE checkpoint_id NOT IN ({NEWEST})")
    if older_than is None:
        return gone
    old = [thread for thread, checkpoint in newest if uuid6_seconds(checkpoint) < older_than]
    return gone + _forget(home, old)


def uuid6_seconds(text: str) -> float:
    """Return the Unix seconds that a version 6 UUID carries."""
    digits = text.replace("-", "")
    return (int(digits[:12] + digits[13:16], 16) - UUID_EPOCH) / 1e7


def _forget(home: Path, threads: list[str]) -> int:
    if not threads or not (home / THREADS_FILE).exists():
        return 0
    rows = [(thread,) for thread in threads]
    with closing(_open(home)) as connection:
        with connection:
            if not _has_tables(connection):
                return 0
            deleted = connection.executemany("DELETE FROM checkpoints WHERE thread_id = ?", rows)
            connection.executemany("DELETE FROM writes WHERE thread_id = ?", rows)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return deleted.rowcount


def _open(home: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(home / THREADS_FILE, timeout=BUSY_SECONDS)
    connection.execute("PRAGMA secure_delete=ON")
    return connection


def _has_tables(connection: sqlite3.Connection) -> bool:
    query = "SELECT count(*) FROM sqlite_master WHERE name IN ('checkpoints', 'writes')"
    return bool(connection.execute(query).fetchone()[0] == 2)
