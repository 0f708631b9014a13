"""Worker processes that play chunks of self-play games, each chunk by one worker at a time.

A chunk always gives the same games, so how many workers there are, and how often one of them died,
changes nothing but time: a dead worker is replaced and its chunk is played again. What a worker
does with a chunk is `chunks.play_chunk`; the worker's own side is `worker_process`.
"""

from __future__ import annotations

import resource
import signal
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType

from tasks.catalogue import Catalogue, default_catalogue
from training.selfplay.chunks import Chunk, play_chunk
from training.selfplay.recipes import Recipe
from training.selfplay.worker_process import Failed, Order, load_champion, work

DEATHS = 3  # of workers in a row over one chunk end the run
STOP_SECONDS = 5.0  # for a worker to end by itself before it is killed

OnRuns = Callable[[str, int], None]


class WorkerDiedError(RuntimeError):
    """Workers died over one chunk again and again."""


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """What playing some chunks took.

    Attributes:
        cpu_seconds: processor time of worker processes, their start and those that died included;
            0 without workers, as the trainer's own time then holds it.
        restarts: workers that died and were replaced.
    """

    cpu_seconds: float
    restarts: int


@dataclass(slots=True)
class _Worker:
    """A process, our end of its pipe, its chunk, and its processor seconds: known and reported."""

    process: BaseProcess
    pipe: Connection
    chunk: Chunk | None = None
    known: float = 0.0
    reported: float = 0.0


class WorkerPool:
    """Spawned processes that play; they start when first needed and end with the `with` block.

    Args:
        workers: how many; 0 plays in this process.
        kind_modules: of kinds of one's own, as `default_catalogue` takes them.
        threads_each: processor threads of one operation in each worker.
        catalogue: of this process, where that plays; None makes one of the modules.
    """

    def __init__(
        self,
        workers: int,
        kind_modules: Sequence[str] = (),
        threads_each: int = 1,
        catalogue: Catalogue | None = None,
    ) -> None:
        if workers < 0 or threads_each < 1:
            raise ValueError(f"{workers} workers with {threads_each} threads; give 0 or more of 1")
        self._count = workers
        self._modules = tuple(kind_modules)
        self._threads = threads_each
        self._workers: list[_Worker] = []
        self._context = get_context("spawn")
        self._catalogue = catalogue
        self._calls = 0

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def play(
        self,
        chunks: Sequence[Chunk],
        champion: Path,
        recipe: Recipe,
        shards_folder: Path,
        on_runs: OnRuns | None = None,
    ) -> WorkerReport:
        """Play chunks until the shard of each is on disk.

        Args:
            chunks: with names of their own; all of the champion's kind.
            champion: path of its card.
            recipe: how to play.
            shards_folder: where shards are, or will be.
            on_runs: told a chunk's name and the number of its finished games; the number falls
                where a chunk is played again.

        Raises:
            WorkerDiedError: if one chunk's worker died DEATHS times in a row.

        What a worker raises is raised here as it is; all workers are stopped then.
        """
        tell = on_runs or (lambda name, done: None)
        self._calls += 1
        if self._count == 0:
            self._play_here(chunks, champion, recipe, shards_folder, tell)
            return WorkerReport(0.0, 0)
        round_ = _Round(deque(chunks), Order(self._calls, champion, recipe, shards_folder), tell)
        try:
            self._play_round(round_)
        except BaseException:  # whatever it is, Ctrl-C included: no worker may play on
            self.close()
            raise
        return WorkerReport(round_.cpu_seconds + self._collect(), round_.restarts)

    def close(self) -> None:
        """End all workers; a chunk under way is dropped, and nothing half written stays visible."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(STOP_SECONDS)
            worker.process.kill()
            _bury(worker)
        self._workers.clear()

    def _play_here(
        self,
        chunks: Sequence[Chunk],
        champion: Path,
        recipe: Recipe,
        shards_folder: Path,
        tell: OnRuns,
    ) -> None:
        catalogue = self._catalogue = self._catalogue or default_catalogue(self._modules)
        for chunk in chunks:
            kind = catalogue[chunk.kind]
            model = load_champion(champion, kind)

            def count(done: int, name: str = chunk.name) -> None:
                tell(name, done)

            play_chunk(chunk, kind, model, recipe, shards_folder, count)

    def _play_round(self, round_: _Round) -> None:
        while round_.waiting or any(worker.chunk is not None for worker in self._workers):
            self._replace_the_dead(round_)
            self._hand_out(round_)
            busy = [worker for worker in self._workers if worker.chunk is not None]
            ready = wait([w.pipe for w in busy] + [w.process.sentinel for w in busy])
            for worker in busy:
                if worker.pipe in ready:
                    _hear(worker, round_)

    def _hand_out(self, round_: _Round) -> None:
        """Give each idle worker a chunk; start workers while there are chunks for them."""
        while round_.waiting:
            worker = next((w for w in self._workers if w.chunk is None), None)
            if worker is None and len(self._workers) == self._count:
                return
            if worker is None:
                worker = self._start()
            worker.chunk = round_.waiting.popleft()
            try:
                worker.pipe.send((worker.chunk, round_.order))
            except OSError:  # it died while it was idle; its death is found in the next turn
                continue

    def _replace_the_dead(self, round_: _Round) -> None:
        """Put the chunks of dead workers first in the queue again."""
        ended = wait([worker.process.sentinel for worker in self._workers], timeout=0)
        for worker in [w for w in self._workers if w.process.sentinel in ended]:
            _hear(worker, round_)
            self._workers.remove(worker)
            _bury(worker)
            round_.cpu_seconds += worker.known - worker.reported
            if worker.chunk is None:
                continue
            round_.restarts += 1
            round_.deaths[worker.chunk.name] += 1
            if round_.deaths[worker.chunk.name] == DEATHS:
                raise WorkerDiedError(_obituary(worker))
            round_.waiting.appendleft(worker.chunk)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=work, args=(theirs, self._modules, self._threads), daemon=True
        )
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _collect(self) -> float:
        """Return the processor seconds of living workers that were not reported yet."""
        spent = sum(worker.known - worker.reported for worker in self._workers)
        for worker in self._workers:
            worker.reported = worker.known
        return spent


@dataclass(slots=True)
class _Round:
    """One call of `play`: what is still to do, and what happened."""

    waiting: deque[Chunk]
    order: Order
    tell: OnRuns
    deaths: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    cpu_seconds: float = 0.0


def _hear(worker: _Worker, round_: _Round) -> None:
    """Take in all that a worker has said; raise what it failed with."""
    while worker.pipe.poll():
        try:
            news = worker.pipe.recv()
        except (EOFError, OSError):  # it died; whoever watches the processes finds it
            return
        if isinstance(news, Failed):
            news.error.add_note(f"raised in a worker process:\n{news.trace}")
            raise news.error
        assert worker.chunk is not None
        worker.known = news.cpu_seconds
        round_.tell(worker.chunk.name, news.games)
        if news.finished:
            worker.chunk = None


def _bury(worker: _Worker) -> None:
    """Wait for a process that ends, and take its processor time from the system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    worker.process.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    worker.known = max(worker.known, own)
    worker.pipe.close()


def _obituary(worker: _Worker) -> str:
    assert worker.chunk is not None
    code = worker.process.exitcode or 0
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
    memory = "; SIGKILL often means that memory ran out: use fewer workers" if code == -9 else ""
    return (
        f"{DEATHS} worker processes in a row died over chunk {worker.chunk.name} ({how}){memory}. "
        "Finished chunks are on disk; the same command goes on after them"
    )
