"""Join the requests of concurrent callers into few forward passes, without waiting for anyone.

The first request starts a pass at once, in a thread of its own; those that arrive while it runs
form the next one. So a lone caller pays no delay, and a hundred pay for two passes. What a pass
computes is `inference`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import BoolArray, FloatArray

Judged = tuple[FloatArray, NDArray[np.float32]]  # priors [B, A], values [B]
MAX_ROWS = 256


@dataclass(frozen=True, slots=True)
class Share:
    """One caller's part of a pass: priors `[B, A]`, values `[B]`, seconds of the pass per state."""

    priors: FloatArray
    values: NDArray[np.float32]
    seconds_each: float


@dataclass(frozen=True, slots=True)
class _Request:
    observations: FloatArray
    legal: BoolArray
    answer: Future[Share] = field(default_factory=Future)


class MicroBatcher:
    """Queue of requests in order of arrival; usable from any number of event loops and threads.

    Attributes:
        passes: forward passes so far.
        states: states judged in them.
    """

    def __init__(
        self, judge: Callable[[FloatArray, BoolArray], Judged], max_rows: int = MAX_ROWS
    ) -> None:
        self.passes = 0
        self.states = 0
        self._judge = judge
        self._max_rows = max_rows
        self._waiting: deque[_Request] = deque()
        self._running = False
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="forward")

    async def judge(self, observations: FloatArray, legal: BoolArray) -> Share:
        """Judge `[B, *observation_shape]` with `[B, A]` legal.

        A caller that is cancelled leaves the queue, and its neighbours are not disturbed. A request
        of more than `max_rows` goes alone.

        Raises:
            Whatever the pass raised; all callers of that pass get it.
        """
        request = _Request(observations, legal)
        with self._lock:
            self._waiting.append(request)
            start, self._running = not self._running, True
        if start:
            self._start_pass()
        return await asyncio.wrap_future(request.answer)

    def _start_pass(self) -> None:
        batch = self._take()
        if batch:
            done = self._thread.submit(self._run_pass, batch)
            done.add_done_callback(lambda future: self._deliver(batch, future))

    def _take(self) -> list[_Request]:
        """Take the next requests that are still wanted; with none left the queue comes to rest."""
        batch: list[_Request] = []
        rows = 0
        with self._lock:
            while self._waiting:
                size = len(self._waiting[0].observations)
                if batch and rows + size > self._max_rows:
                    break
                request = self._waiting.popleft()
                if request.answer.set_running_or_notify_cancel():
                    batch.append(request)
                    rows += size
            self._running = bool(batch)
        return batch

    def _run_pass(self, batch: list[_Request]) -> list[Share]:
        started = time.perf_counter()
        if len(batch) == 1:
            observations, legal = batch[0].observations, batch[0].legal
        else:
            observations = np.concatenate([request.observations for request in batch])
            legal = np.concatenate([request.legal for request in batch])
        priors, values = self._judge(observations, legal)
        seconds_each = (time.perf_counter() - started) / len(observations)
        self.passes += 1
        self.states += len(observations)
        ends = np.cumsum([len(request.observations) for request in batch])
        return [
            Share(
                priors[end - len(r.observations) : end],
                values[end - len(r.observations) : end],
                seconds_each,
            )
            for r, end in zip(batch, ends, strict=True)
        ]

    def _deliver(self, batch: list[_Request], done: Future[list[Share]]) -> None:
        error = done.exception()
        if error is not None:
            for request in batch:
                request.answer.set_exception(error)
        else:
            for request, share in zip(batch, done.result(), strict=True):
                request.answer.set_result(share)
        self._start_pass()
