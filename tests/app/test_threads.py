"""Kept conversations: forgotten on request, by age, and down to what is needed."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from langgraph.checkpoint.base import empty_checkpoint

from app.threads import THREADS_FILE, forget_thread, tidy_threads, uuid6_seconds
from graphs.store.store import Store
from tests.app.conftest import RunningServer, running


def talk(server: RunningServer, thread: str) -> None:
    for text in ("solve 2x = 6", "now solve 3y = x + 9"):
        reply = server.chat(text, metadata={"thread_id": thread})
        assert reply.status_code == 200


def checkpoints(home: Path) -> dict[str, int]:
    with sqlite3.connect(home / THREADS_FILE) as connection:
        query = "SELECT thread_id, count(*) FROM checkpoints GROUP BY thread_id"
        return dict(connection.execute(query).fetchall())


def test_forgotten_thread_leaves_nothing_in_the_files(tmp_path: Path) -> None:
    with running(tmp_path, simulations=100) as server:
        talk(server, "stay")
        server.chat("solve 2x = 246824682", metadata={"thread_id": "go"})
    assert set(checkpoints(tmp_path)) == {"stay", "go"}
    assert forget_thread(tmp_path, "go") > 0
    with Store.open(tmp_path) as store:
        assert store.delete_thread("go").episodes == 1
    assert set(checkpoints(tmp_path)) == {"stay"}
    for file in tmp_path.iterdir():
        if file.is_file():
            assert b"246824682" not in file.read_bytes(), file


def test_tidied_thread_still_knows_what_was_said(tmp_path: Path) -> None:
    with running(tmp_path, simulations=100) as server:
        talk(server, "kept")
        before = checkpoints(tmp_path)["kept"]
        assert tidy_threads(tmp_path, None) == before - 1
        reply = server.chat("now solve 2z = y + 8", metadata={"thread_id": "kept"})
        assert reply.json()["tandem"]["answer"] == "z = 6"


def test_old_threads_go_and_young_ones_stay(tmp_path: Path) -> None:
    with running(tmp_path, simulations=100) as server:
        talk(server, "young")
    tidy_threads(tmp_path, older_than=time.time() - 3600)
    assert set(checkpoints(tmp_path)) == {"young"}
    tidy_threads(tmp_path, older_than=time.time() + 3600)
    assert checkpoints(tmp_path) == {}


def test_home_without_conversations_has_nothing_to_tidy(tmp_path: Path) -> None:
    assert tidy_threads(tmp_path, None) == 0
    assert forget_thread(tmp_path, "anything") == 0


def test_time_is_read_from_a_checkpoints_id() -> None:
    assert abs(uuid6_seconds(empty_checkpoint()["id"]) - time.time()) < 5
