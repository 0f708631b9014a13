"""Worker processes: the same games with any number of them, and after any of their deaths."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from neural.model_files import BrokenWeightsError, save_model
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from tests.training.conftest import GAME, QUICK, random_net
from training.selfplay.chunks import Chunk
from training.selfplay.games import GameConfig
from training.selfplay.shards import load_shard
from training.selfplay.workers import DEATHS, WorkerDiedError, WorkerPool

ROOT = Path(__file__).parents[2]
LONG = replace(QUICK, games=GameConfig(simulations=400, side_by_side=4))  # seconds a chunk


def chunks(count: int, games: int = 6) -> list[Chunk]:
    return [
        Chunk(
            kind=GAME,
            name=f"iteration-0001-search-tictactoe-chunk-{n:03d}",
            count=games,
            first=n * games,
            level=0.0,
            seed=100 + n,
            iteration=1,
            run_seed=7,
        )
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def champion(tictactoe: TaskKind, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(random_net(tictactoe), tmp_path_factory.mktemp("champion"))


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2) as pool:
        yield pool


def games(folder: Path) -> dict[str, str]:
    """Return shard -> hash of what was played in it; times and ids are no part of that."""
    found = {p.stem: json.loads(p.read_text())["games_sha256"] for p in folder.glob("*.json")}
    assert len(list(folder.iterdir())) == 2 * len(found)
    return found


def child_pids(parent: int) -> list[int]:
    """Return the spawned workers of a process, without multiprocessing's own tracker."""
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return [pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_any_number_of_workers_plays_the_same_games(
    pool: WorkerPool, champion: Path, tmp_path: Path
) -> None:
    here = WorkerPool(0).play(chunks(3), champion, QUICK, tmp_path / "none")
    two = pool.play(chunks(3), champion, QUICK, tmp_path / "two")
    assert (here.restarts, two.restarts) == (0, 0)
    assert here.cpu_seconds == 0.0 < two.cpu_seconds
    assert len(games(tmp_path / "none")) == 3
    assert games(tmp_path / "none") == games(tmp_path / "two")


def test_progress_tells_the_finished_games_of_each_chunk(
    pool: WorkerPool, champion: Path, tmp_path: Path
) -> None:
    told: dict[str, list[int]] = {}
    pool.play(chunks(2), champion, QUICK, tmp_path, lambda n, d: told.setdefault(n, []).append(d))
    assert list(map(sorted, told.values())) == list(told.values())
    assert {name: done[-1] for name, done in told.items()} == {c.name: 6 for c in chunks(2)}


def test_a_shard_on_disk_is_not_played_again(
    pool: WorkerPool, champion: Path, tmp_path: Path
) -> None:
    pool.play(chunks(2), champion, QUICK, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    pool.play(chunks(3), champion, QUICK, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(games(tmp_path)) == 3


def test_a_killed_worker_is_replaced_and_its_chunk_played_again(
    pool: WorkerPool, champion: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill_once(name: str, done: int) -> None:
        if not killed:
            killed.append(child_pids(os.getpid())[0])
            os.kill(killed[0], signal.SIGKILL)

    report = pool.play(chunks(3), champion, LONG, tmp_path / "killed", kill_once)
    assert report.restarts == 1
    assert pool.play(chunks(3), champion, LONG, tmp_path / "whole").restarts == 0
    assert games(tmp_path / "killed") == games(tmp_path / "whole")
    shards = [load_shard(p, catalogue) for p in sorted((tmp_path / "killed").glob("*.json"))]
    ids = [run.id for shard in shards for run in shard.runs]
    assert len(ids) == len(set(ids)) == 18


def test_a_worker_killed_while_idle_is_missed_by_nobody(
    pool: WorkerPool, champion: Path, tmp_path: Path
) -> None:
    for worker in child_pids(os.getpid()):
        os.kill(worker, signal.SIGKILL)
    pool.play(chunks(1), champion, QUICK, tmp_path)
    assert len(games(tmp_path)) == 1


def test_a_chunk_that_kills_every_worker_ends_the_run(champion: Path, tmp_path: Path) -> None:
    before, over = set(child_pids(os.getpid())), threading.Event()

    def kill_new_workers() -> None:
        while not over.wait(0.02):
            for pid in set(child_pids(os.getpid())) - before:
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_new_workers)
    killer.start()
    try:
        with WorkerPool(1) as pool, pytest.raises(WorkerDiedError) as raised:
            pool.play(chunks(2), champion, QUICK, tmp_path)
    finally:
        over.set()
        killer.join()
    assert f"{DEATHS} worker processes in a row" in str(raised.value)
    assert "chunk-000 (signal SIGKILL)" in str(raised.value)
    assert set(child_pids(os.getpid())) == before
    assert games(tmp_path) == {}


def test_what_a_worker_raises_is_raised_by_the_trainer(
    pool: WorkerPool, champion: Path, tmp_path: Path
) -> None:
    card = tmp_path / "broken.json"
    card.write_bytes(champion.read_bytes())
    tensors = bytearray(champion.with_suffix(".safetensors").read_bytes())
    tensors[-1] ^= 1
    card.with_suffix(".safetensors").write_bytes(tensors)
    with pytest.raises(BrokenWeightsError, match="restore the file or retrain") as raised:
        pool.play(chunks(2), card, QUICK, tmp_path / "shards")
    assert any("raised in a worker process" in note for note in raised.value.__notes__)
    assert child_pids(os.getpid()) == []


def test_kinds_of_ones_own_are_played_too(tmp_path: Path) -> None:
    from docs.examples.my_kind import KIND

    card = save_model(random_net(KIND), tmp_path / "champion")
    chunk = replace(chunks(1)[0], kind=KIND.name)
    for workers in (0, 1):
        with WorkerPool(workers, ["docs.examples.my_kind"]) as pool:
            pool.play([chunk], card, QUICK, tmp_path / str(workers))
    assert games(tmp_path / "0") == games(tmp_path / "1")


TRAINER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.training.test_workers import LONG, chunks
from training.selfplay.workers import WorkerPool
with WorkerPool(1) as pool:
    tell = lambda name, done: print(name, done, flush=True)
    pool.play(chunks(4, 40), Path({champion!r}), LONG, Path({folder!r}), tell)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_trainer(
    number: signal.Signals, champion: Path, tmp_path: Path
) -> None:
    code = TRAINER.format(root=str(ROOT), champion=str(champion), folder=str(tmp_path))
    trainer = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert trainer.stdout is not None
    trainer.stdout.readline()
    workers = child_pids(trainer.pid)
    assert workers
    if number == signal.SIGINT:
        os.killpg(trainer.pid, number)  # as Ctrl-C does
    else:
        trainer.kill()
    _, errors = trainer.communicate(timeout=30)
    wait_until(lambda: not any(map(alive, workers)))
    assert not list(tmp_path.glob(".*.tmp"))
    assert errors.count(b"Traceback") == (number == signal.SIGINT)  # the trainer's alone


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(fact: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        threading.Event().wait(0.02)
