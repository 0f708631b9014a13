"""A kill in the very moment in which a shard is written."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from tasks.catalogue import Catalogue
from tests.training.conftest import GAME
from tests.training.test_faults import CONFIG, RECIPE, ROOT, all_games_are_there_once, mend, start
from training.selfplay.chunks import chunks_of, play_chunk
from training.selfplay.shards import load_shard

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, {root!r})
from tasks.catalogue import default_catalogue
from training.selfplay.shards import load_shard, save_shard
folder = Path({folder!r})
shard = load_shard(next(folder.glob("*.json")), default_catalogue())
larger = replace(shard, runs=shard.runs * 200)
print("ready", flush=True)
number = 0
while True:
    number += 1
    save_shard(larger, folder / f"iteration-0001-search-tictactoe-chunk-{{number:03d}}.json")
"""
ATTEMPTS = 10  # a kill may fall between two writes


def test_a_kill_in_the_middle_of_a_shard_leaves_it_whole_or_absent(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    run = start(catalogue, tmp_path)
    folder = tmp_path / "shards"
    first = chunks_of(GAME, 8, 8, iteration=1, run_seed=CONFIG.seed, level=0.0, first=0)[0]
    play_chunk(first, catalogue[GAME], run.state.kinds[GAME].champion, RECIPE, folder)
    for _ in range(ATTEMPTS):
        kill_while_writing(folder)
        if list(folder.glob(".*.tmp")):
            break
    assert list(folder.glob(".*.tmp"))  # cut in two
    whole = sorted(folder.glob("*.json"))
    assert all(load_shard(path, catalogue).runs for path in whole)
    for path in whole[1:]:  # what the writer made is no part of the run
        path.unlink()
    told = mend(run, catalogue, tmp_path)
    assert any(repair.why == "half written when the run was killed" for repair in told)
    assert not list(folder.glob(".*.tmp"))
    run.iterate()
    assert all_games_are_there_once(run, tmp_path)


def kill_while_writing(folder: Path) -> None:
    """Start a process that does nothing but write shards, and kill it in a write."""
    code = WRITER.format(root=str(ROOT), folder=str(folder))
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    deadline = time.monotonic() + 20.0
    while not list(folder.glob(".*.tmp")) and time.monotonic() < deadline:
        assert process.poll() is None
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
