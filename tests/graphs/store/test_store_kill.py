from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from graphs.store.store import Store
from tasks.catalogue import Catalogue

CHILD = Path(__file__).with_name("kill_child.py")
ROOT = Path(__file__).parents[3]
KILLS = 12


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(tmp_path / "home")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def write_until_killed(nursery: subprocess.Popen[str], seconds: float) -> list[str]:
    """Return the ids that a child acknowledged before its kill -9."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write("go\n")
    nursery.stdin.flush()
    ready, pid = nursery.stdout.readline().split()
    assert ready == "ready"
    timer = threading.Timer(seconds, os.kill, (int(pid), signal.SIGKILL))
    timer.start()
    lines = []
    while (line := nursery.stdout.readline()) != "dead\n":
        lines.append(line.strip())
    timer.join()
    return lines


def test_what_was_acknowledged_before_kill_9_is_there_afterwards(
    tmp_path: Path, nursery: subprocess.Popen[str], kinds: Catalogue
) -> None:
    rng = random.Random(7)
    acknowledged: list[str] = []
    for _ in range(KILLS):
        acknowledged += write_until_killed(nursery, rng.uniform(0.0, 0.15))
        with Store.open(tmp_path / "home") as store:
            assert store.read(lambda c: c.scalar(text("PRAGMA integrity_check"))) == "ok"
            reader = store.episodes(kinds)
            found = {episode.id for episode in reader}
        assert reader.skipped == []
        assert set(acknowledged) <= found
        # at most the groups that were being committed at the kills were written without a word
        assert len(found) - len(acknowledged) <= KILLS * 512
    assert len(acknowledged) > KILLS
    assert len(set(acknowledged)) == len(acknowledged)


def test_a_killed_process_leaves_no_lock_behind(
    tmp_path: Path, nursery: subprocess.Popen[str]
) -> None:
    write_until_killed(nursery, 0.05)
    began = time.monotonic()
    with Store.open(tmp_path / "home") as store:
        store.create_request("r", {})
    assert time.monotonic() - began < 5.0
