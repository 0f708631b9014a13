"""The worker's side of a `workers.WorkerPool`: play what is handed over, until told to stop.

A worker ends with its trainer, however that ends: its watcher sees the trainer's end of a pipe
close. It then gives up as if told to stop, so that a half written file is removed.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import parent_process
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from pickle import PicklingError
from types import FrameType

from neural.device import use_threads
from neural.model_files import Model, load_model
from tasks.catalogue import Catalogue, default_catalogue
from tasks.protocol import TaskKind
from training.selfplay.chunks import Chunk, play_chunk
from training.selfplay.recipes import Recipe
from training.solving import environment_of

GRACE_SECONDS = 1.5  # to clean up after the trainer died, before the worker ends at once


class WorkerFailedError(RuntimeError):
    """An error of a worker that cannot travel between processes; the message holds all of it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is the same for all chunks of one call; `number` counts the calls."""

    number: int
    champion: Path
    recipe: Recipe
    shards_folder: Path


@dataclass(frozen=True, slots=True)
class Playing:
    """A worker's news: finished games of its chunk, whether that was all, and its time so far."""

    games: int
    finished: bool
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """What a worker raised, and where."""

    error: Exception
    trace: str


def work(pipe: Connection, modules: tuple[str, ...], threads: int) -> None:
    """Play each `(chunk, order)` that comes through the pipe; answer with news or the failure.

    Args:
        pipe: to the trainer.
        modules: of kinds of one's own.
        threads: processor threads of one operation.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the trainer gets it too and tells the workers
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_end_with_the_trainer, daemon=True).start()
    try:
        use_threads(threads)
        _play_all(pipe, default_catalogue(modules))
    except Exception as error:  # the worker's edge: the trainer raises it
        _send(pipe, Failed(_portable(error), traceback.format_exc()))
        raise SystemExit(1) from error


def load_champion(card: Path, kind: TaskKind) -> Model:
    """Load the net that plays.

    Raises:
        BrokenWeightsError, StaleWeightsError: as `load_model` does.
    """
    return load_model(card, environment_of(kind))


def _play_all(pipe: Connection, catalogue: Catalogue) -> None:
    call, champion = 0, None
    while True:
        chunk, order = _receive(pipe)
        kind = catalogue[chunk.kind]
        if champion is None or order.number != call:
            call, champion = order.number, load_champion(order.champion, kind)

        def tell(games: int) -> None:
            _send(pipe, Playing(games, False, time.process_time()))

        play_chunk(chunk, kind, champion, order.recipe, order.shards_folder, tell)
        _send(pipe, Playing(chunk.count, True, time.process_time()))


def _receive(pipe: Connection) -> tuple[Chunk, Order]:
    try:
        return pipe.recv()  # type: ignore[no-any-return]
    except EOFError:
        raise SystemExit(0) from None  # the trainer is gone


def _send(pipe: Connection, news: Playing | Failed) -> None:
    try:
        pipe.send(news)
    except OSError:
        raise SystemExit(0) from None  # the trainer is gone


def _portable(error: Exception) -> Exception:
    """Return the error, or one with its text where it does not survive the way to the trainer."""
    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))
    except (PicklingError, AttributeError, TypeError, ValueError, LookupError):
        return WorkerFailedError(f"{type(error).__name__}: {error}")
    return error


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _end_with_the_trainer() -> None:
    trainer = parent_process()
    assert trainer is not None
    wait([trainer.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
